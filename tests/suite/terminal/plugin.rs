//! AWS's own client as an opt-in, with a stand-in that tells what it was given.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::container::{Estate, guarded};
use super::session::{answer, is_page, on_page, quit};

/// Writes down its arguments and variables, then plays a shell for one line.
const STAND_IN: &str = "#!/bin/sh
for word in \"$@\"; do echo \"$word\"; done > \"$HOME/arguments\"
env > \"$HOME/variables\"
printf 'plugin$ '
read -r line
echo \"heard $line\"
exit 0
";

/// Settings that want AWS's own client.
fn settings(home: &Path) -> String {
    let file = home.join("plugin.toml");
    std::fs::write(&file, "[shell]\nclient = \"plugin\"\n").unwrap();
    format!("FIRSTLINE_CONFIG={}", file.display())
}

/// The same, with the stand-in on the path.
fn with_stand_in(home: &Path) -> Vec<String> {
    let program = home.join("bin/session-manager-plugin");
    std::fs::create_dir_all(home.join("bin")).unwrap();
    std::fs::write(&program, STAND_IN).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("PATH={}:{path}", home.join("bin").display());
    vec![path, settings(home)]
}

#[test]
fn the_official_plugin_gets_the_token_in_one_variable_and_no_argument() {
    let estate = Estate::with_sh("plugin");
    let mut terminal = estate.firstline_with(&guarded("shell", "billing"), with_stand_in);
    terminal.wait_for("firstline keeps no recording");
    terminal.wait_for("plugin$ ");
    terminal.press("hello\r");
    terminal.wait_for("heard hello");
    assert!(terminal.end().success());
    terminal.assert_given_back();
    assert_only_its_variable_has_the_token(&estate);
}

/// One argument names the variable, the variable holds the token, and nothing else does.
fn assert_only_its_variable_has_the_token(estate: &Estate) {
    let files = estate.files();
    let file = |name: &str| {
        let found = files.iter().find(|(path, _)| path.ends_with(name));
        found.unwrap_or_else(|| panic!("no {name}")).1.clone()
    };
    let arguments = file("/arguments");
    let arguments: Vec<&str> = arguments.lines().collect();
    assert_eq!(arguments[0], "AWS_SSM_START_SESSION_RESPONSE");
    assert_eq!(arguments[1..3], ["eu-central-1", "StartSession"]);
    let target = estate.target("billing");
    let (cluster, _) = target.split_once('_').unwrap();
    assert!(
        arguments[4].starts_with(&format!("{{\"Target\":\"{cluster}_")),
        "{arguments:?}"
    );
    assert!(
        arguments[5].starts_with("http://127.0.0.1:"),
        "{arguments:?}"
    );
    // The simulator's tokens all begin so: one variable holds it, and no other place.
    for (path, text) in &files {
        for line in text.lines().filter(|line| line.contains("AAEAA")) {
            let told = path.ends_with("/variables")
                && line.starts_with("AWS_SSM_START_SESSION_RESPONSE={");
            assert!(told, "a token in {path}");
        }
    }
    assert!(file("/variables").contains("\"TokenValue\":\"AAEAA"));
    estate.assert_ended(&["session-manager-plugin ended"]);
}

#[test]
fn a_missing_plugin_is_said_and_the_session_ended() {
    let estate = Estate::with_sh("plugin-missing");
    let words = guarded("shell", "billing");
    let mut terminal = estate.firstline_with(&words, |home| vec![settings(home)]);
    terminal.wait_for("session-manager-plugin is not on the path");
    assert_eq!(terminal.end().code(), Some(2));
    terminal.assert_given_back();
    estate.assert_ended(&["session-manager-plugin is not on the path"]);
}

/// In the console it has the terminal for itself as well, and the console is back as it was.
#[test]
fn the_console_hands_a_shell_to_the_official_plugin() {
    let estate = Estate::with_sh("plugin-console");
    let mut console = estate.firstline_with(&[], with_stand_in);
    on_page(&mut console);
    console.press("s");
    console.wait_for("should work");
    console.press("\r");
    answer(&mut console, "billing");
    console.wait_until("prompt of the plugin", |screen| {
        !screen.alternate_screen() && screen.contents().contains("plugin$ ")
    });
    assert!(
        console
            .screen()
            .contents()
            .contains("not recorded by firstline")
    );
    console.press("hello\r");
    console.wait_until("page of billing", is_page);
    quit(console);
    assert_only_its_variable_has_the_token(&estate);
}

#[test]
fn a_console_without_the_plugin_says_so_and_goes_on() {
    let estate = Estate::with_sh("plugin-console-missing");
    let mut console = estate.firstline_with(&[], |home| vec![settings(home)]);
    on_page(&mut console);
    console.press("s");
    console.wait_for("should work");
    console.press("\r");
    answer(&mut console, "billing");
    console.wait_for("session-manager-plugin is not on the path");
    console.wait_until("page of billing", is_page);
    quit(console);
    estate.assert_ended(&["session-manager-plugin is not on the path"]);
}
