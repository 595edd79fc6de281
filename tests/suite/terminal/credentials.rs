//! Credentials that run out while the console is open, and are brought back without leaving it: a
//! profile of SSO, a portal that gives keys for a token, and an `aws` of ours that writes the token.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::thread;

use super::container::Estate;
use super::harness::{FIRSTLINE, Terminal, alone};
use super::session::quit;

/// Asks a person, as AWS's own tool does, and leaves its token where the SDK looks for it: the file
/// is named after the SHA-1 of the session's name.
const AWS: &str = "#!/bin/sh
echo \"$@\" >> \"$HOME/asked\"
printf 'press enter in the browser '
read -r line
cp \"$HOME/second.json\" \"$HOME/.aws/sso/cache/@@.json\"
";

/// SHA-1 of `corp`.
const CORP: &str = "ee0bfd2552fbd840c02cc48b6e823320543c450f";

const CONFIG: &str = "[profile acme]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = ops
region = eu-central-1

[sso-session corp]
sso_region = eu-central-1
sso_start_url = https://acme.example/start
";

/// A portal: keys for a token, named after it.
struct Portal(String);

impl Portal {
    fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its own address");
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                thread::spawn(move || answer(stream));
            }
        });
        Self(format!("http://{address}"))
    }
}

fn answer(mut stream: TcpStream) -> Option<()> {
    let reading = BufReader::new(stream.try_clone().ok()?);
    let mut token = String::new();
    for line in reading.lines() {
        let line = line.ok()?.to_lowercase();
        if let Some(told) = line.strip_prefix("x-amz-sso_bearer_token:") {
            token = told.trim().to_uppercase();
        }
        if line.is_empty() {
            break;
        }
    }
    let body = format!(
        "{{\"roleCredentials\":{{\"accessKeyId\":\"AKIA{token}\",\"secretAccessKey\":\"x\",\
         \"sessionToken\":\"y\",\"expiration\":4102444800000}}}}"
    );
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .ok()
}

fn token(name: &str) -> String {
    format!(
        "{{\"accessToken\":\"{name}\",\"expiresAt\":\"2100-01-01T00:00:00Z\",\"region\":\"eu-central-1\",\
         \"startUrl\":\"https://acme.example/start\"}}"
    )
}

/// A home that is signed in, with `aws` on the path where it is wanted.
fn signed_in(home: &Path, with_tool: bool) -> String {
    let cache = home.join(".aws/sso/cache");
    std::fs::create_dir_all(&cache).expect("a folder of the test's own");
    std::fs::create_dir_all(home.join("bin")).expect("a folder of the test's own");
    std::fs::write(home.join(".aws/config"), CONFIG).expect("ours");
    std::fs::write(cache.join(format!("{CORP}.json")), token("first")).expect("ours");
    std::fs::write(home.join("second.json"), token("second")).expect("ours");
    if with_tool {
        let program = home.join("bin/aws");
        std::fs::write(&program, AWS.replace("@@", CORP)).expect("ours");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&program, executable).expect("ours");
    }
    format!("PATH={}:/usr/bin:/bin", home.join("bin").display())
}

/// A console whose credentials are those of SSO.
fn console(estate: &Estate, portal: &Portal, with_tool: bool) -> Terminal {
    let command = alone("env", &estate.test);
    let path = signed_in(&super::harness::home(&estate.test), with_tool);
    let portal = format!("AWS_ENDPOINT_URL_SSO={}", portal.0);
    let command = command.args([path, portal]).arg(FIRSTLINE);
    let words = estate.words(&["--profile", "acme"]);
    Terminal::run(command.args(words), 140, 30)
}

/// Those of the first token run out; everything that was known stays on the screen.
fn run_out(estate: &Estate, console: &mut Terminal) {
    console.wait_for("✖ 1 down");
    console.press("/bill\r");
    console.wait_until("billing alone", |screen| {
        let picture = screen.contents();
        picture.contains("billing") && !picture.contains("pricing")
    });
    estate
        .sim
        .set_faults("expired=AKIAFIRST".parse().expect("a fault"));
    console.press("\x12");
    console
        .wait_for("the credentials ran out: run aws sso login --profile acme  g i signs in here");
}

fn is_back(picture: &str) -> bool {
    picture.contains("billing")
        && !picture.contains("ran out")
        && !picture.contains("pricing")
        && !picture.contains("sign in")
}

#[test]
fn credentials_that_ran_out_are_brought_back_without_leaving() {
    let (estate, portal) = (Estate::new("sso"), Portal::open());
    let mut console = console(&estate, &portal, true);
    run_out(&estate, &mut console);
    // Nothing can be done with them, and that is what it says.
    console.press("A");
    console.wait_for("arm this console");
    super::session::wait_a_second(&mut console);
    console.press("INC-42\x13");
    console.wait_for("ARMED");
    console.press("R");
    console.wait_for("the credentials have run out");
    super::session::wait_a_second(&mut console);
    console.press("\x1b");
    console.wait_until("board without the dialog", |screen| {
        !screen.contents().contains("rule credentials-expired")
    });
    let updates = estate.called("UpdateService");
    console.press("gi");
    console.wait_until("AWS's own tool", |screen| {
        !screen.alternate_screen() && screen.contents().contains("press enter in the browser")
    });
    assert!(
        console
            .screen()
            .contents()
            .contains("firstline: aws sso login --profile acme")
    );
    console.press("\r");
    console.wait_until("board as it was", |screen| {
        screen.alternate_screen() && is_back(&screen.contents())
    });
    assert_eq!(estate.called("UpdateService"), updates);
    let asked = estate.files();
    let asked = asked.iter().find(|(path, _)| path.ends_with("/asked"));
    assert_eq!(asked.expect("it ran").1.trim(), "sso login --profile acme");
    console.press("c");
    quit(console);
}

#[test]
fn without_the_tool_it_says_what_to_run_and_goes_on_when_that_was_done_elsewhere() {
    let (estate, portal) = (Estate::new("sso-elsewhere"), Portal::open());
    let mut console = console(&estate, &portal, false);
    run_out(&estate, &mut console);
    console.press("gi");
    console.wait_for("aws is not on the path: run aws sso login --profile acme elsewhere");
    let home = super::harness::home(&estate.test);
    let cache = home.join(format!(".aws/sso/cache/{CORP}.json"));
    std::fs::write(cache, token("second")).expect("ours");
    // Nobody presses a key.
    console.wait_until("board as it was", |screen| is_back(&screen.contents()));
    quit(console);
}
