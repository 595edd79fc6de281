//! Settings, keys, endpoints and credentials that cannot be used.

use std::time::{Duration, Instant};

use super::shell::{Ended, Home};

/// A region and credentials, and no way to the outside.
const KEYS: [(&str, &str); 4] = [
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "123456789012"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
];

#[track_caller]
fn ended_with(ended: &Ended, code: i32, err: &str) {
    assert_eq!(ended.code, code, "{ended:?}");
    snapbox::assert_data_eq!(&*ended.err, err);
}

#[test]
fn a_misspelt_setting_is_shown_with_its_line() {
    let home = Home::new("misspelt");
    home.file("config/firstline/config.toml", "read_onyl = true\n");
    ended_with(
        &home.run(&["status"], &KEYS),
        64,
        "firstline: error: unknown key `read_onyl`
 --> HOME/config/firstline/config.toml:1:1
  |
1 | read_onyl = true
  | ^^^^^^^^^ did you mean `read_only`?

",
    );
}

#[test]
fn a_misspelt_action_is_shown_with_its_line() {
    let home = Home::new("misspelt-action");
    home.file(
        "config/firstline/keymap.toml",
        "[board]\n\"j\" = \"dwon\"\n",
    );
    ended_with(
        &home.run(&["demo"], &KEYS),
        64,
        r#"firstline: HOME/config/firstline/keymap.toml:2:7: there is no action "dwon"
 2 | "j" = "dwon"
   |       ^^^^^^ did you mean down?
"#,
    );
}

#[test]
fn named_settings_must_be_there() {
    let home = Home::new("no-settings");
    ended_with(
        &home.run(&["status", "--config", "nosuch.toml"], &KEYS),
        64,
        "firstline: cannot read the settings nosuch.toml: No such file or directory (os error 2)\n",
    );
}

#[test]
fn a_misspelt_variable_is_no_silence() {
    let home = Home::new("misspelt-variable");
    ended_with(
        &home.run(&["status"], &[("FIRSTLINE_RAED_ONLY", "1")]),
        64,
        "firstline: unknown variable FIRSTLINE_RAED_ONLY: did you mean FIRSTLINE_READ_ONLY?\n",
    );
}

/// Pipelines set what is not set to nothing.
#[test]
fn an_empty_variable_is_none() {
    let home = Home::new("empty-variables");
    for name in [
        "FIRSTLINE_CONFIG",
        "FIRSTLINE_ENV",
        "FIRSTLINE_THEME",
        "FIRSTLINE_READ_ONLY",
        "FIRSTLINE_ASCII",
        "NO_COLOR",
    ] {
        let ended = home.run(&["config", "show", "--origin"], &[(name, "")]);
        assert_eq!((ended.code, &*ended.err), (0, ""), "{name}");
        assert!(!ended.out.contains("variable"), "{name}: {ended:?}");
    }
    let named = home.run(&["config", "show"], &[("FIRSTLINE_THEME", "lihgt")]);
    assert!(
        named.err.contains("a similar value exists: 'light'"),
        "{named:?}"
    );
}

#[test]
fn an_unknown_environment_is_told() {
    let home = Home::new("unknown-environment");
    home.file(
        "config/firstline/config.toml",
        "[[environment]]\nname = \"production\"\n",
    );
    let ended = home.run(&["status", "--env", "prodution"], &KEYS);
    assert_eq!(ended.code, 64);
    for words in ["prodution", "production"] {
        assert!(ended.err.contains(words), "{ended:?}");
    }
}

#[test]
fn without_a_region_it_says_how_to_give_one() {
    ended_with(
        &Home::new("no-region").run(&["status"], &KEYS[2..]),
        64,
        "firstline: no region is set for default: give --region, set AWS_REGION, or add `region = …` to the current profile in ~/.aws/config\n",
    );
}

#[test]
fn without_credentials_it_says_so_once() {
    let ended = Home::new("no-credentials").run(&["status"], &KEYS[..2]);
    ended_with(
        &ended,
        3,
        "firstline: default: no AWS credentials were found: run aws sso login, or choose a profile with --profile\n",
    );
    assert_eq!(ended.out, "no service could be read\n");
}

#[test]
fn an_endpoint_that_is_no_address_is_refused() {
    ended_with(
        &Home::new("no-url").run(&["status", "--endpoint-url", "localhost"], &KEYS),
        64,
        "firstline: the endpoint \"localhost\" is not a URL: write http://HOST:PORT or https://HOST\n",
    );
}

/// Nobody listens there: the port is one that was free a moment ago.
#[test]
fn an_endpoint_where_nobody_listens_is_given_up_soon() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let url = format!("http://127.0.0.1:{port}");
    let began = Instant::now();
    let ended = Home::new("nobody").run(&["status", "--endpoint-url", &url], &KEYS);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "a bound, not a race"
    );
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(ended.out, "no service could be read\n");
    let refused = "nobody answered ListClusters: Connection refused";
    assert!(ended.err.contains(refused), "{ended:?}");
    let ended = Home::new("nobody").run(&["explain", "orders", "--endpoint-url", &url], &KEYS);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(!ended.err.contains("there is no service"), "{ended:?}");
    assert!(ended.err.contains(refused), "{ended:?}");
}

#[test]
fn a_console_without_a_terminal_says_what_to_do() {
    let home = Home::new("no-terminal");
    for line in [&["demo"][..], &[]] {
        ended_with(
            &home.run(line, &KEYS),
            64,
            "firstline: the console needs a terminal, and standard output is none; `firstline status` prints the same picture\n",
        );
    }
}
