//! The journal a team shares, from the command line: sent by the commands themselves, over the
//! simulator and over third parties' AWS.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::shell::{Ended, Home, Simulator};
use crate::endpoints::{Server, python};

const SETTINGS: &str = "[journal]\ngroup = '/ops/firstline'\n";

/// A home whose journal is shared, of somebody.
fn home(name: &str) -> Home {
    let home = Home::new(name);
    home.file("config/firstline/config.toml", SETTINGS);
    home
}

/// Redeploys a service; what it records is four lines: nothing waits for its end.
fn redeploy(aws: &Simulator, home: &Home, service: &str) -> Ended {
    let line = ["redeploy", service, "--reason", "INC-42, pool", "--confirm"];
    aws.run(
        home,
        &[&line[..], &[service, "--no-wait", "--json"]].concat(),
    )
}

#[test]
fn two_people_read_one_journal() {
    let aws = Simulator::start("shared", &["--scenario", "steady"]).shared();
    let (one, other) = (home("shared-one"), home("shared-other"));
    let ended = redeploy(&aws, &one, "orders");
    assert_eq!(
        (ended.code, &*ended.err),
        (0, ""),
        "it says nothing: {ended:?}"
    );
    assert_eq!(redeploy(&aws, &other, "pricing").code, 0);
    let told = aws.run(&other, &["journal", "show", "--shared"]);
    assert_eq!(told.code, 0, "{told:?}");
    for name in ["redeploy orders “INC-42, pool”: done", "redeploy pricing"] {
        assert!(told.out.contains(name), "{told:?}");
    }
    assert!(told.out.contains("alice@"), "and where: {told:?}");
    let json = aws.run(
        &one,
        &["journal", "show", "--shared", "--since", "1h", "--json"],
    );
    let list: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    let own: Value =
        serde_json::from_str(&aws.run(&one, &["journal", "show", "--json"]).out).expect("JSON");
    assert!(
        list.as_array().expect("a list").contains(&own[0]),
        "the same document"
    );

    let verified = aws.run(&one, &["journal", "verify", "--shared"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let good = verified
        .out
        .lines()
        .filter(|line| line.ends_with("2 lines, every seal is good"));
    assert_eq!(good.count(), 2, "{verified:?}");
    let synced = aws.run(&one, &["journal", "sync"]);
    assert_eq!(
        synced.out,
        "/ops/firstline: 2 entries of this machine, all there are\n"
    );
}

/// A line that was altered here before it was sent, or in the group by whoever may write there.
#[test]
fn a_line_that_was_altered_is_named() {
    let aws = Simulator::start("shared-altered", &["--scenario", "steady"]).shared();
    let home = home("shared-altered-home");
    assert_eq!(redeploy(&aws, &home, "orders").code, 0);
    let journal = fs::read_to_string(home.journal()).expect("the journal");
    let altered = journal.replacen("INC-42", "INC-43", 1);
    home.file("state/firstline/journal/journal.jsonl", &altered);
    for old in fs::read_dir(home.path("state/firstline/journal")).expect("it is there") {
        let old = old.expect("it can be read").path();
        if old.extension().is_some_and(|end| end == "json") {
            fs::remove_file(old).expect("ours");
        }
    }
    assert_eq!(aws.run(&home, &["journal", "sync"]).code, 0);
    let verified = aws.run(&home, &["journal", "verify", "--shared"]);
    assert_eq!(verified.code, 2, "{verified:?}");
    assert!(
        verified.err.contains("its seal is broken: it was altered"),
        "{verified:?}"
    );
    assert!(
        verified.out.contains("every seal is good"),
        "the first stream is whole"
    );
}

#[test]
fn a_sink_that_fails_fails_nothing_else() {
    let aws = Simulator::start(
        "shared-denied",
        &[
            "--scenario",
            "steady",
            "--fault",
            "denied:logs.PutLogEvents",
        ],
    )
    .shared();
    let home = home("shared-denied-home");
    let ended = redeploy(&aws, &home, "orders");
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.out.contains("\"event\":\"began\""), "{ended:?}");
    for word in [
        "the shared journal /ops/firstline lacks 2 entries of this machine",
        "logs:PutLogEvents",
        "nothing is lost",
    ] {
        assert!(ended.err.contains(word), "{ended:?}");
    }
    let synced = aws.run(&home, &["journal", "sync"]);
    assert_eq!((synced.code, &*synced.out), (2, ""), "{synced:?}");
    assert!(synced.err.contains("2 entries wait"), "{synced:?}");
    let doctor = aws.run(&home, &["doctor"]);
    for word in [
        "shared journal",
        "2 entries wait",
        "mend: firstline journal sync",
    ] {
        assert!(doctor.out.contains(word), "{doctor:?}");
    }
    let missing = doctor
        .out
        .lines()
        .find(|line| line.contains("logs:PutLogEvents"));
    assert!(
        missing.is_some_and(|line| line.contains("missing")),
        "{doctor:?}"
    );

    // The same journal where it is permitted again, and by whom it may be written.
    let aws = Simulator::start("shared-mended", &["--scenario", "steady"]).shared();
    let refused = aws.run(&home, &["journal", "sync", "--read-only"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let settings = home.path("config/firstline/config.toml");
    fs::write(settings, SETTINGS).expect("ours");
    assert_eq!(aws.run(&home, &["journal", "sync"]).code, 0);
    let told = aws.run(&home, &["journal", "show", "--shared"]);
    assert!(told.out.contains("redeploy orders"), "{told:?}");
}

#[test]
fn without_a_group_it_is_said_how_there_is_one() {
    let aws = Simulator::start("shared-none", &["--scenario", "steady"]).shared();
    let home = Home::new("shared-none-home");
    let none = aws.run(&home, &["journal", "sync"]);
    assert_eq!(none.code, 64, "{none:?}");
    assert!(
        none.err.contains("under [journal] in the settings"),
        "{none:?}"
    );
    home.file(
        "config/firstline/config.toml",
        "[journal]\ngroup = '/ops/other'\n",
    );
    let show = aws.run(&home, &["journal", "show", "--shared"]);
    assert_eq!((show.code, &*show.out), (2, ""), "nobody knows: {show:?}");
    let create = "aws logs create-log-group --log-group-name /ops/other --region eu-central-1";
    assert!(show.err.contains(create), "{show:?}");
    let doctor = aws.run(&home, &["doctor", "--read-only"]);
    assert!(
        doctor.out.contains(&format!("mend: {create}")),
        "{doctor:?}"
    );
}

/// What boto3 finds at a third party's AWS is this machine's journal, word for word.
fn at(server: &Server, name: &str) {
    const ACCOUNT: &str = "222233334444";
    let boto3 = |verb: &str| {
        let mut command = python().expect("the server was started with it");
        command.args(["shared.py", &server.url, ACCOUNT, "/ops/firstline", verb]);
        let output = command.output().expect("boto3 runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let home = home(name);
    let run = |line: &[&str]| {
        let variables = [
            ("AWS_ENDPOINT_URL", &*server.url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", ACCOUNT),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        home.run(line, &variables)
    };
    // A journal of the simulated estate, brought along.
    let aws = Simulator::start(name, &["--scenario", "steady"]).shared();
    assert_eq!(redeploy(&aws, &home, "orders").code, 0);
    assert_eq!(redeploy(&aws, &home, "pricing").code, 0);

    let absent = run(&["journal", "sync"]);
    assert_eq!(absent.code, 2, "{absent:?}");
    assert!(
        absent.err.contains("aws logs create-log-group"),
        "{absent:?}"
    );
    boto3("create");
    let synced = run(&["journal", "sync"]);
    assert_eq!(synced.code, 0, "{synced:?}");
    let read: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&boto3("read")).expect("one JSON line");
    assert_eq!(read.len(), 1, "{read:?}");
    let local = fs::read_to_string(home.journal()).expect("the journal");
    let local: Vec<&str> = local.lines().collect();
    let (stream, lines) = read.first_key_value().expect("one stream");
    assert!(stream.starts_with("alice@"), "{stream}");
    assert_eq!(*lines, local);
    let told = run(&["journal", "show", "--shared"]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(told.out.lines().count(), 2, "{told:?}");
    let verified = run(&["journal", "verify", "--shared"]);
    assert!(
        verified.out.ends_with("4 lines, every seal is good\n"),
        "{verified:?}"
    );
}

#[test]
fn ministack_keeps_it_word_for_word() {
    let Some(server) = Server::ministack() else {
        return;
    };
    at(&server, "shared-ministack");
}

#[test]
fn moto_keeps_it_word_for_word() {
    let Some(server) = Server::moto() else { return };
    at(&server, "shared-moto");
}
