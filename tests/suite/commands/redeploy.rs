//! `firstline redeploy` over the simulated AWS: the guards, and the one way through.

use super::shell::{Ended, Home, Simulator};

const REASON: [&str; 2] = ["--reason", "pool stuck, INC-42"];

fn steady(test: &str) -> (Home, Simulator) {
    (
        Home::new(test),
        Simulator::start(test, &["--scenario", "steady"]),
    )
}

fn redeploy(aws: &Simulator, home: &Home, service: &str, flags: &[&str]) -> Ended {
    aws.run(home, &[&["redeploy", service], flags].concat())
}

#[test]
fn a_dry_run_shows_the_facts_and_does_nothing() {
    let (home, aws) = steady("dry-run");
    let ended = redeploy(&aws, &home, "orders", &["--dry-run"]);
    assert_eq!((ended.code, &*ended.err), (0, ""));
    snapbox::assert_data_eq!(
        &*ended.out,
        "\
redeploy orders in PRODUCTION (123456789012)
...
           aws          aws ecs update-service --region eu-central-1 --cluster prod --service orders --force-new-deployment
...
dry run: nothing was asked of AWS
"
    );
    assert_eq!(aws.run(&home, &["status", "orders"]).code, 0);
}

#[test]
fn a_change_is_done_once_recorded_and_seen() {
    let (home, aws) = steady("done");
    let flags = [&REASON[..], &["--confirm", "pricing", "--no-wait"]].concat();
    let ended = redeploy(&aws, &home, "pricing", &flags);
    assert_eq!((ended.code, &*ended.err), (0, ""));
    assert!(
        ended
            .out
            .contains("redeploy of pricing began; journal entry "),
        "{ended:?}"
    );

    let seen = aws.run(&home, &["status", "pricing"]);
    assert_eq!(seen.code, 0, "{seen:?}");
    assert!(seen.out.contains("deploying"), "{seen:?}");

    let again = redeploy(&aws, &home, "pricing", &flags);
    assert_eq!(again.code, 3);
    assert!(
        again.err.starts_with("firstline: refused (deploying): "),
        "{again:?}"
    );

    let record = home.run(&["journal", "verify"], &[]);
    assert_eq!(record.code, 0);
    assert!(
        record.out.ends_with("2 lines, every seal is good\n"),
        "{record:?}"
    );
}

#[test]
fn every_missing_or_wrong_answer_is_a_refusal() {
    let (home, aws) = steady("refused");
    let confirm = ["--confirm", "orders"];
    for (flags, expected) in [
        (vec![], "add --reason WORDS and --confirm orders"),
        (confirm.to_vec(), "add --reason WORDS\n"),
        (REASON.to_vec(), "add --confirm orders\n"),
        (
            [&REASON[..], &["--confirm", "order"]].concat(),
            "that is not the service's name",
        ),
        ([&["--reason", " "], &confirm[..]].concat(), "reason"),
        (
            [&["--read-only"], &REASON[..], &confirm].concat(),
            "refused (read-only)",
        ),
    ] {
        let ended = redeploy(&aws, &home, "orders", &flags);
        assert_eq!(ended.code, 3, "{flags:?}: {ended:?}");
        assert!(ended.err.contains(expected), "{flags:?}: {ended:?}");
    }
    let unknown = redeploy(&aws, &home, "ordrs", &REASON);
    assert_eq!(unknown.code, 3);
    assert!(unknown.err.contains("did you mean orders?"), "{unknown:?}");
    assert_eq!(
        aws.run(&home, &["status", "orders"]).code,
        0,
        "nothing was done"
    );
}
