#![expect(
    clippy::disallowed_methods,
    reason = "the tests put things in the journal's way"
)]

use std::cell::Cell;
use std::sync::Mutex;

use super::*;
use crate::estate::SignedDuration;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::journal::Record;
use crate::journal::example::Folder;
use crate::policy::example::{approved, caller, now};

/// Carries the example down the road; each look at the clock is 40 ms later than the last.
async fn carried(
    journal: &Journal,
    call: impl AsyncFnOnce(&Approved, &EntryId) -> Result<Receipt, ApplyError>,
) -> (Carried, Vec<Stage>) {
    let (looks, stages) = (Mutex::new(0), Mutex::new(Vec::new()));
    let clock = || {
        let mut looks = looks.lock().unwrap();
        *looks += 1;
        now() + SignedDuration::from_millis(40) * *looks
    };
    let told = |stage| stages.lock().unwrap().push(stage);
    let road = Road {
        journal,
        caller: &caller(),
        clock: &clock,
        told: &told,
    };
    let carried = road.carry_by(&approved(), call).await;
    (carried, stages.into_inner().unwrap())
}

fn receipt() -> Receipt {
    Receipt {
        request_id: Some("8f2c".into()),
        deployment: Some("ecs-svc/59".into()),
        service_deployment: None,
        session_id: None,
    }
}

fn problem(sentence: &str) -> Problem {
    Problem {
        feed: Feed::Services,
        operation: "UpdateService",
        kind: ProblemKind::Unreachable,
        sentence: sentence.into(),
        at: now(),
    }
}

#[tokio::test]
async fn the_intent_is_on_the_disk_before_the_call_and_the_outcome_after_it() {
    let folder = Folder::new();
    let journal = folder.journal();
    let (carried, stages) = carried(&journal, async |approved, intent| {
        assert_eq!(approved.change().verb(), "redeploy");
        let waiting = journal.unfinished().unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].id, *intent);
        Ok(receipt())
    })
    .await;
    let Carried::Asked {
        intent,
        unrecorded: None,
        ..
    } = carried
    else {
        panic!("{carried:?}");
    };
    assert_eq!(
        stages,
        [
            Stage::Intended(intent),
            Stage::Answered(Ending::Done),
            Stage::Recorded
        ]
    );
    assert!(journal.unfinished().unwrap().is_empty());
    let entries = journal.entries().unwrap().entries;
    let Record::Outcome(outcome) = &entries[1].record else {
        panic!("{entries:?}");
    };
    assert_eq!((outcome.ending, outcome.milliseconds), (Ending::Done, 40));
    assert_eq!(outcome.request_id.as_deref(), Some("8f2c"));
    assert_eq!(outcome.deployment, Some("ecs-svc/59".into()));
}

/// The runtime runs it as a task of its own: this compiles only while the future is `Send`.
const _: fn(&Road<'_>, &Approved, &Link) =
    |road, approved, link| drop(futures::FutureExt::boxed(road.carry(approved, link)));

#[test]
fn each_answer_has_its_word() {
    let sentence = || problem("no");
    assert_eq!(ending(&Ok(receipt())), Ending::Done);
    assert_eq!(
        ending(&Err(ApplyError::Moved("desired".to_owned()))),
        Ending::Refused
    );
    assert_eq!(
        ending(&Err(ApplyError::Unchecked(sentence()))),
        Ending::Refused
    );
    assert_eq!(
        ending(&Err(ApplyError::Refused(sentence()))),
        Ending::Failed
    );
    assert_eq!(
        ending(&Err(ApplyError::Unclear(sentence()))),
        Ending::Unclear
    );
}

#[tokio::test]
async fn without_a_journal_aws_is_not_asked() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path()).unwrap();
    std::fs::write(folder.path().join("journal"), "in the way").unwrap();
    let asked = Cell::new(false);
    let (carried, stages) = carried(&folder.journal(), async |_, _| {
        asked.set(true);
        Ok(receipt())
    })
    .await;
    assert!(matches!(carried, Carried::NotAsked(_)), "{carried:?}");
    assert!(!asked.get() && stages.is_empty());
}

fn lost() -> ApplyError {
    ApplyError::Unclear(problem("no answer within 10 s"))
}

#[tokio::test]
async fn a_lost_answer_is_recorded_as_unclear() {
    let folder = Folder::new();
    let journal = folder.journal();
    let (_, stages) = carried(&journal, async |_, _| Err(lost())).await;
    assert_eq!(stages[1], Stage::Answered(Ending::Unclear));
    let entries = journal.entries().unwrap().entries;
    let Record::Outcome(outcome) = &entries[1].record else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Unclear);
    assert_eq!(*outcome.words, *lost().to_string());
}

#[tokio::test]
async fn an_outcome_nobody_could_write_is_told_with_its_intent() {
    let folder = Folder::new();
    let journal = folder.journal();
    let (carried, stages) = carried(&journal, async |_, _| {
        std::fs::remove_dir_all(folder.path()).unwrap();
        std::fs::write(folder.path(), "in the way").unwrap();
        Ok(receipt())
    })
    .await;
    std::fs::remove_file(folder.path()).unwrap();
    let Carried::Asked {
        unrecorded: Some(_),
        intent,
        answer,
    } = carried
    else {
        panic!("{carried:?}");
    };
    assert_eq!((intent.as_str().len(), answer), (12, Ok(receipt())));
    assert!(!stages.contains(&Stage::Recorded));
}

/// The console dies while AWS is being asked: the next one knows what was in flight.
#[tokio::test]
async fn a_call_that_never_returns_leaves_an_unfinished_intent() {
    let folder = Folder::new();
    let journal = folder.journal();
    let never = carried(&journal, async |_, _| std::future::pending().await);
    assert!(futures::poll!(Box::pin(never)).is_pending());
    let left = folder.journal().unfinished().unwrap();
    assert_eq!(left.len(), 1);
}
