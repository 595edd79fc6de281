//! Killed at every step of every verb: the journal is whole, whoever starts next knows what was on
//! its way and follows it to its end, and AWS is asked nothing twice.
//!
//! A run is dropped right before AWS hears of its k-th call (whatever was journalled until then
//! is on the disk: that is every journal write) and again right after AWS did it (the answer is
//! lost). So is the one who takes it up; the third comes through.

use std::collections::BTreeSet;
use std::time::Duration;

use firstline::estate::closely::Wish;
use firstline::estate::follow::End;
use firstline::journal::{Ending, Record};
use firstline::sim::Death;
use firstline::sim::world::World;

use super::bench::{Bench, Proposal, carry, take_up, world};
use crate::opened::Folder;

/// One verb on one service, and the call that carries it out.
struct Verb {
    scenario: &'static str,
    service: &'static str,
    wish: Wish,
    operation: &'static str,
    /// How often AWS is asked.
    times: usize,
    /// Seconds into the scenario.
    after: u64,
}

/// Between two kill points far from the change itself. All are tried with
/// `FIRSTLINE_EVERY_KILL_POINT=1`, which takes minutes.
fn stride(calls: usize) -> usize {
    if std::env::var_os("FIRSTLINE_EVERY_KILL_POINT").is_some() {
        1
    } else {
        calls / 4
    }
}

/// The calls of a run that nobody kills, by name.
async fn whole_run(verb: &Verb, world: &World) -> Vec<String> {
    let (bench, folder) = (Bench::of(world.clone()), Folder::new());
    tokio::time::advance(Duration::from_secs(verb.after)).await;
    let link = bench.start().await;
    let proposal = Proposal::of(&link, verb.service, &verb.wish).await.unwrap();
    let approved = proposal.approved(bench.now());
    bench.sim.forget_calls();
    let journal = folder.journal();
    let (_, pursuit) = carry((&bench, &journal), &link, (&proposal, &approved)).await;
    assert_eq!(pursuit.unwrap().end, Some(End::Healthy));
    assert_eq!(bench.heard(verb.operation), verb.times);
    let calls = bench.sim.calls().into_iter();
    calls.map(|one| one.operation).collect()
}

/// Where to kill it: around every call that changes something, and here and there between.
fn kill_points(calls: &[String], operation: &str) -> BTreeSet<usize> {
    let changes = calls.iter().enumerate();
    let changes = changes.filter(|(_, one)| *one == operation);
    let around = changes.flat_map(|(at, _)| [at, at + 1, at + 2]);
    let between = (1..=calls.len()).step_by(stride(calls.len()));
    around.chain(between).filter(|at| *at > 0).collect()
}

/// Dies at its k-th call; the next dies soon, and the one after comes through.
async fn killed_at(verb: &Verb, world: &World, (k, death): (usize, Death)) {
    let at = format!("{} killed at call {k}, {death:?}", verb.wish.verb());
    let (bench, folder) = (Bench::of(world.clone()), Folder::new());
    let journal = folder.journal();
    tokio::time::advance(Duration::from_secs(verb.after)).await;
    let link = bench.start().await;
    let proposal = Proposal::of(&link, verb.service, &verb.wish).await.unwrap();
    let approved = proposal.approved(bench.now());
    bench.sim.forget_calls();
    bench.sim.let_die_at(k as u64, death);
    let through = tokio::select! {
        biased;
        () = bench.sim.death() => false,
        _ = carry((&bench, &journal), &link, (&proposal, &approved)) => true,
    };
    bench.sim.let_live();
    let heard = bench.heard(verb.operation);
    let lines = folder.journal().verify().unwrap();
    assert!(lines >= 1, "{at}: the intent is on the disk");
    let open = folder.journal().in_flight(bench.now()).unwrap();
    assert_eq!(open.is_empty(), through, "{at}: the next one knows");

    taken_up((&bench, &folder), verb, (&at, death, open.len())).await;
    let done = recorded(&bench, &folder, &at);
    // A recycle has an outcome of its own beside those of its steps.
    let most = heard + usize::from(through || heard == verb.times);
    assert!(done <= most, "{at}");
}

/// The one who takes it up dies soon; the one after comes through and asks AWS nothing.
async fn taken_up(
    (bench, folder): (&Bench, &Folder),
    verb: &Verb,
    (at, death, open): (&str, Death, usize),
) {
    let heard = bench.heard(verb.operation);
    bench.sim.let_die_at(3, death);
    let twice = folder.journal();
    tokio::select! {
        biased;
        () = bench.sim.death() => {}
        _ = take_up(bench, &twice) => {}
    }
    bench.sim.let_live();
    let ended = take_up(bench, &folder.journal()).await;
    assert_eq!(ended.len(), open, "{at}");
    assert_eq!(
        bench.heard(verb.operation),
        heard,
        "{at}: nothing is asked again"
    );
    for pursuit in &ended {
        assert_eq!(
            pursuit.end == Some(End::Healthy),
            heard == verb.times,
            "{at}: {heard} of {} heard, and it says {:?}",
            verb.times,
            pursuit.end
        );
    }
}

/// The journal is whole and everything in it closed; how many outcomes say that it was done.
fn recorded(bench: &Bench, folder: &Folder, at: &str) -> usize {
    let journal = folder.journal();
    assert!(journal.unfinished().unwrap().is_empty(), "{at}");
    assert_eq!(journal.in_flight(bench.now()).unwrap(), [], "{at}");
    let entries = journal.entries().unwrap().entries;
    assert_eq!(journal.verify().unwrap(), entries.len(), "{at}");
    let ends = entries
        .iter()
        .filter(|one| matches!(one.record, Record::Followed(_)));
    assert_eq!(ends.count(), 1, "{at}: one end is on record");
    let done = entries.iter().filter(|one| {
        let outcome = one.record.outcome();
        outcome.is_some_and(|one| one.ending == Ending::Done)
    });
    done.count()
}

async fn every_step(verb: &Verb, death: Death) {
    let world = world(verb.scenario);
    let calls = whole_run(verb, &world).await;
    let points = kill_points(&calls, verb.operation);
    eprintln!(
        "{}: {} of {} kill points",
        verb.wish.verb(),
        points.len(),
        calls.len()
    );
    assert!(calls.len() > 20 && points.len() > 3, "{calls:?}");
    for k in points {
        killed_at(verb, &world, (k, death)).await;
    }
}

fn redeploy() -> Verb {
    Verb {
        scenario: "steady",
        service: "cart",
        wish: Wish::Redeploy,
        operation: "UpdateService",
        times: 1,
        after: 0,
    }
}

fn recycle() -> Verb {
    Verb {
        wish: Wish::Recycle,
        operation: "StopTask",
        times: 3,
        ..redeploy()
    }
}

fn rollback() -> Verb {
    Verb {
        scenario: "bad-deploy",
        service: "orders",
        wish: Wish::Rollback,
        operation: "StopServiceDeployment",
        after: 40,
        ..redeploy()
    }
}

fn stop_task() -> Verb {
    Verb {
        wish: Wish::StopTask(None),
        operation: "StopTask",
        ..redeploy()
    }
}

fn scale() -> Verb {
    Verb {
        wish: Wish::Scale(4),
        ..redeploy()
    }
}

macro_rules! killed {
    ($($name:ident: $verb:ident $death:ident;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            every_step(&$verb(), Death::$death).await;
        }
    )*};
}

killed! {
    a_redeploy_killed_before_each_call: redeploy BeforeTheCall;
    a_redeploy_killed_after_each_call: redeploy AfterTheCall;
    a_recycle_killed_before_each_call: recycle BeforeTheCall;
    a_recycle_killed_after_each_call: recycle AfterTheCall;
    a_rollback_killed_before_each_call: rollback BeforeTheCall;
    a_rollback_killed_after_each_call: rollback AfterTheCall;
    a_stopped_task_killed_before_each_call: stop_task BeforeTheCall;
    a_stopped_task_killed_after_each_call: stop_task AfterTheCall;
    a_scaling_killed_before_each_call: scale BeforeTheCall;
    a_scaling_killed_after_each_call: scale AfterTheCall;
}
