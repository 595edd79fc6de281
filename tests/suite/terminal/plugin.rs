//! AWS's own client as an opt-in, with a stand-in that tells what it was given.

use std::os::unix::fs::PermissionsExt as _;

use super::container::Estate;

/// Writes down its arguments and variables, then plays a shell for one line.
const STAND_IN: &str = "#!/bin/sh
for word in \"$@\"; do echo \"$word\"; done > \"$HOME/arguments\"
env > \"$HOME/variables\"
printf 'plugin$ '
read -r line
echo \"heard $line\"
exit 0
";

#[test]
fn the_official_plugin_gets_the_token_in_one_variable_and_no_argument() {
    let estate = Estate::with_sh("plugin");
    let mut terminal = estate.firstline_with(
        &[
            "shell",
            "billing",
            "--reason",
            "INC-42",
            "--confirm",
            "billing",
        ],
        |home| {
            let program = home.join("bin/session-manager-plugin");
            std::fs::create_dir_all(home.join("bin")).unwrap();
            std::fs::write(&program, STAND_IN).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
            std::fs::write(home.join("plugin.toml"), "[shell]\nclient = \"plugin\"\n").unwrap();
            let path = std::env::var("PATH").unwrap();
            vec![
                format!("PATH={}:{path}", home.join("bin").display()),
                format!("FIRSTLINE_CONFIG={}", home.join("plugin.toml").display()),
            ]
        },
    );
    terminal.wait_for("firstline keeps no recording");
    terminal.wait_for("plugin$ ");
    terminal.press("hello\r");
    terminal.wait_for("heard hello");
    assert!(terminal.end().success());
    assert!(terminal.left_behind().is_empty());
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
    assert_eq!(estate.ends().len(), 1);
    assert_eq!(estate.called("TerminateSession"), 1);
}

#[test]
fn a_missing_plugin_is_said_and_the_session_ended() {
    let estate = Estate::with_sh("plugin-missing");
    let words = [
        "shell",
        "billing",
        "--reason",
        "INC-42",
        "--confirm",
        "billing",
    ];
    let mut terminal = estate.firstline_with(&words, |home| {
        std::fs::write(home.join("plugin.toml"), "[shell]\nclient = \"plugin\"\n").unwrap();
        vec![format!(
            "FIRSTLINE_CONFIG={}",
            home.join("plugin.toml").display()
        )]
    });
    terminal.wait_for("session-manager-plugin is not on the path");
    assert_eq!(terminal.end().code(), Some(2));
    assert_eq!(estate.called("TerminateSession"), 1);
    assert_eq!(estate.ends().len(), 1);
}
