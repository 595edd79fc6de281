//! `firstline journal verify`.

use std::fs;

use super::shell::{Home, Simulator};

#[test]
fn a_flipped_byte_is_found_in_its_line() {
    let (home, aws) = (
        Home::new("flipped"),
        Simulator::start("flipped", &["--scenario", "steady"]),
    );
    for service in ["orders", "pricing"] {
        let line = [
            "redeploy",
            service,
            "--reason",
            "INC-42, pool",
            "--confirm",
            service,
            "--no-wait",
        ];
        assert_eq!(aws.run(&home, &line).code, 0);
    }
    let whole = home.run(&["journal", "verify"], &[]);
    assert_eq!(
        (whole.code, &*whole.out),
        (
            0,
            "HOME/state/firstline/journal/journal.jsonl: 4 lines, every seal is good\n"
        )
    );
    let lines = fs::read_to_string(home.journal()).expect("the journal");
    home.file(
        "state/firstline/journal/journal.jsonl",
        &lines
            .replacen("\"service/prod/pricing\"", "", 1)
            .replacen("pricing", "pricinh", 1),
    );
    let flipped = home.run(&["journal", "verify"], &[]);
    assert_eq!((flipped.code, &*flipped.out), (2, ""));
    assert_eq!(
        flipped.err,
        "firstline: HOME/state/firstline/journal/journal.jsonl, line 3: its seal is broken: it was altered\n"
    );
}

/// The record of a console that does not start any more is the one that is wanted most.
#[test]
fn it_needs_neither_settings_nor_aws() {
    let home = Home::new("bare-journal");
    home.file("config/firstline/config.toml", "nonsense");
    let ended = home.run(&["journal", "verify"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended
            .out
            .ends_with("no journal yet, nothing was ever recorded\n"),
        "{ended:?}"
    );
}

#[test]
fn a_named_journal_must_be_there() {
    let ended = Home::new("no-journal").run(&["journal", "verify", "nosuch.jsonl"], &[]);
    assert_eq!((ended.code, &*ended.out), (64, ""));
    assert_eq!(ended.err, "firstline: there is no journal nosuch.jsonl\n");
}
