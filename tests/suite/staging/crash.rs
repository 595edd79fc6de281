//! Killed at every step: whoever runs it again, from an empty state folder, finishes the job.
//!
//! A run is dropped right before AWS hears of its k-th call (whatever was journalled until then
//! is on the disk: that is every journal write) and again right after AWS did it (the answer is
//! lost), for every k until a run comes through.

use std::time::Duration;

use firstline::estate::staging::Goal;
use firstline::sim::Death;

use super::bench::{Bench, Operator, every_kind};

/// Longer than a lock holds that nobody renews.
const LOCK: Duration = Duration::from_secs(200);

/// Runs until the death at call `k`; whether it came through instead.
async fn killed(bench: &Bench, goal: Goal, (k, death): (u64, Death)) -> bool {
    let alice = Operator::new("alice");
    bench.sim.let_die_at(k, death);
    let through = tokio::select! {
        biased;
        () = bench.sim.death() => false,
        ran = alice.run(bench, goal) => { assert!(ran.is_good(), "{ran:?}"); true }
    };
    bench.sim.let_live();
    through
}

async fn again(bench: &Bench, goal: Goal, name: &'static str) {
    tokio::time::advance(LOCK).await;
    let ran = Operator::new(name).run(bench, goal).await;
    assert!(ran.is_good(), "{ran:?}");
}

/// Every record on the services, without when and by whom.
fn records(bench: &Bench) -> Vec<String> {
    let state = bench.state().into_iter();
    let cut = |line: String| {
        let (head, tail) = line.split_once("v1 d=")?;
        Some(format!(
            "{} d={}",
            head.split(' ').next()?,
            tail.split(" at=").next()?
        ))
    };
    state
        .filter(|line| !line.contains("firstline:lock"))
        .filter_map(cut)
        .collect()
}

/// How many kill points are left out between two that are tried. All are tried with
/// `FIRSTLINE_EVERY_KILL_POINT=1`, which takes minutes; otherwise a sample that begins elsewhere
/// in each test.
fn stride() -> u64 {
    if std::env::var_os("FIRSTLINE_EVERY_KILL_POINT").is_some() {
        1
    } else {
        9
    }
}

/// Tries the kill points; returns how many there are.
async fn every_step(goal: Goal, death: Death, then: Goal) -> u64 {
    let stride = stride();
    let offset = 1 + 3 * (goal as u64) + 2 * u64::from(then == Goal::Stop);
    let mut k = if stride == 1 {
        1
    } else {
        offset + u64::from(death == Death::BeforeTheCall)
    };
    loop {
        let bench = Bench::new(every_kind());
        let before = bench.state();
        if goal == Goal::Start {
            assert!(
                Operator::new("carol")
                    .run(&bench, Goal::Stop)
                    .await
                    .is_good()
            );
        }
        if killed(&bench, goal, (k, death)).await {
            return k - 1;
        }
        if then == Goal::Stop {
            again(&bench, Goal::Stop, "bob").await;
            assert_eq!(bench.awake(), Vec::<String>::new(), "kill point {k}");
            assert_eq!(
                records(&bench),
                [
                    "scaled d=3 min=2 max=10 s=000",
                    "plain d=2",
                    "scheduled d=1 min=1 max=4 s=000",
                    "codedeploy d=2",
                    "drowsy d=0 min=2 max=4 s=000",
                ],
                "kill point {k}"
            );
        }
        again(&bench, Goal::Start, "dora").await;
        assert_eq!(bench.state(), before, "kill point {k}");
        k += stride;
    }
}

macro_rules! kill_points {
    ($($name:ident: $goal:ident $death:ident $then:ident;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let tried = every_step(Goal::$goal, Death::$death, Goal::$then).await;
            eprintln!("{}: kill points up to {tried}, every {}", stringify!($name), stride());
            assert!(tried > 40, "{tried}");
        }
    )*};
}

kill_points! {
    a_stop_killed_before_each_call_is_finished_by_another: Stop BeforeTheCall Stop;
    a_stop_killed_after_each_call_is_finished_by_another: Stop AfterTheCall Stop;
    a_stop_killed_after_each_call_can_be_started_at_once: Stop AfterTheCall Start;
    a_start_killed_before_each_call_is_finished_by_another: Start BeforeTheCall Start;
    a_start_killed_after_each_call_is_finished_by_another: Start AfterTheCall Start;
    a_start_killed_after_each_call_can_be_stopped_again: Start AfterTheCall Stop;
}
