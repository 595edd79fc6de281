use super::*;
use crate::estate::fixture::{ago, environment, service};
use crate::estate::log::LogLevel;
use crate::estate::snapshot::Snapshot;
use crate::estate::verdict::Judge;

fn act(what: &str, minutes: i64, refused: bool) -> Act {
    Act {
        entry: "8f2c00112233".into(),
        at: ago(0) - SignedDuration::from_mins(minutes),
        by: "alice@jump-1".into(),
        environment: Some("production".into()),
        service: None,
        what: what.into(),
        reason: "INC-42 token=hunter2secret9".into(),
        ended: "done in 1 s".into(),
        refused,
        open: false,
    }
}

fn written(note: &str) -> Handoff {
    let mut sick = service("orders");
    sick.running = 0;
    let snapshot = Snapshot {
        environments: vec![environment(vec![sick, service("web")])],
    };
    let rows = Judge::default().look(&snapshot, ago(0));
    let masks = Masks::with(&[]).unwrap();
    let acts = [
        act("redeploy orders", 5, false),
        act("redeploy orders", 3, true),
        act("redeploy orders", 200, false),
    ];
    let arn = rows[0].arn.clone();
    let said = [Said {
        at: ago(30),
        service: &arn,
        level: LogLevel::Error,
        message: "cannot reach `db` | password=hunter2",
    }];
    let asked = Asked {
        sources: Sources {
            snapshot: &snapshot,
            rows: &rows,
            deeds: &[],
        },
        scope: Scope::Estate,
        since: ago(0) - SINCE,
        now: ago(0),
        acts: &acts,
        masks: &masks,
        keys: &crate::estate::log::LogKeys::default(),
        note,
    };
    handoff(&asked, said.into_iter())
}

#[test]
fn the_next_level_reads_it_from_the_top() {
    let report = written("the pool of *orders* leaks");
    insta::assert_snapshot!(report.markdown());
}

#[test]
fn nothing_secret_leaves() {
    let report = written("their password=hunter2secret9");
    let whole = report.markdown() + &serde_json::to_string(&report).unwrap();
    assert!(!whole.contains("hunter2"), "{whole}");
    assert!(
        whole.contains("INC-42"),
        "the reason is still there:\n{whole}"
    );
}

#[test]
fn what_was_done_and_what_was_refused_are_two_lists() {
    let report = written("");
    assert_eq!(
        (report.actions.len(), report.refused.len()),
        (1, 1),
        "and not what is older"
    );
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let report = written("[click](http://evil) | <b>");
    let text = report.markdown();
    assert!(text.contains(r"\[click\](http://evil) \| \<b\>"), "{text}");
    assert!(text.contains("`cannot reach 'db' \\| password="), "{text}");
}
