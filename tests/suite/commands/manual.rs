//! Completions, man pages, `--quiet`, `--no-input`, and a reader that goes away.

use std::io::{BufRead, BufReader};

use super::shell::{Ended, Home, Simulator};

/// What a shell is told could come next.
fn completed(home: &Home, words: &[&str]) -> String {
    let index = (words.len() - 1).to_string();
    let mut arguments = vec!["--"];
    arguments.extend(words);
    let variables = [
        ("FIRSTLINE_COMPLETE", "bash"),
        ("_CLAP_COMPLETE_INDEX", index.as_str()),
        ("_CLAP_COMPLETE_COMP_TYPE", "9"),
        ("_CLAP_COMPLETE_SPACE", "true"),
        ("_CLAP_IFS", "\n"),
    ];
    let ended = home.run(&arguments, &variables);
    assert_eq!(ended.code, 0, "{ended:?}");
    ended.out
}

#[test]
fn every_shell_is_told_how_to_ask() {
    let home = Home::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ended = home.run(&["completions", shell], &[]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert!(ended.out.contains("FIRSTLINE_COMPLETE"), "{ended:?}");
    }
    assert_eq!(home.run(&["completions", "tcsh"], &[]).code, 64);
}

#[test]
fn commands_flags_environments_and_services_are_completed() {
    let (home, aws) = (
        Home::new("complete"),
        Simulator::start("complete", &["--scenario", "steady"]),
    );
    let settings = "[[environment]]\nname = \"production\"\nregion = \"eu-central-1\"\n";
    home.file("config/firstline/config.toml", settings);
    assert!(completed(&home, &["firstline", "stat"]).contains("status"));
    assert!(completed(&home, &["firstline", "status", "--js"]).contains("--json"));
    assert!(completed(&home, &["firstline", "status", "prod"]).contains("production"));
    let before = completed(&home, &["firstline", "explain", "ord"]);
    assert!(
        !before.contains("orders"),
        "nothing was looked at yet: {before}"
    );
    assert_eq!(aws.run(&home, &["status"]).code, 0);
    assert!(completed(&home, &["firstline", "explain", "ord"]).contains("orders"));
}

#[test]
fn man_pages_come_from_the_grammar() {
    let home = Home::new("man");
    let page = home.run(&["man", "config", "init"], &[]).out;
    assert!(
        page.contains(".TH firstline\\-config\\-init 1")
            || page.contains(".TH firstline-config-init 1"),
        "{page}"
    );
    assert!(page.contains("Look at the account"), "{page}");
    assert_eq!(home.run(&["man", "nosuch"], &[]).code, 64);
    let folder = home
        .file("man1/x", "")
        .parent()
        .expect("a folder")
        .display()
        .to_string();
    assert_eq!(home.run(&["man", "--output", &folder], &[]).code, 0);
    assert!(home.path("man1/firstline-doctor.1").is_file());
}

#[test]
fn quiet_leaves_the_exit_code_to_tell() {
    let (home, aws) = (
        Home::new("quiet"),
        Simulator::start("quiet", &["--scenario", "steady"]),
    );
    let Ended { code, out, err } = aws.run(&home, &["status", "--quiet"]);
    assert_eq!((code, &*out, &*err), (0, "", ""));
    let wrong = aws.run(&home, &["status", "nosuch", "-q"]);
    assert_eq!((wrong.code, &*wrong.out), (3, ""), "{wrong:?}");
    assert!(wrong.err.contains("nosuch"), "{wrong:?}");
}

#[test]
fn who_must_not_be_asked_is_refused() {
    let (home, aws) = (
        Home::new("no-input"),
        Simulator::start("no-input", &["--scenario", "steady"]),
    );
    let ended = aws.run(&home, &["redeploy", "orders", "--no-input"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.err.contains("nobody sits here to be asked"),
        "{ended:?}"
    );
}

/// `firstline … | head -1`: the reader goes, and that is no error.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new("pipe");
    let mut child = home.piped(&["config", "schema"]);
    let mut reader = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    reader.read_line(&mut line).expect("text");
    drop(reader);
    let ended = child.wait_with_output().expect("our own child");
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stderr.is_empty(), "{ended:?}");
}
