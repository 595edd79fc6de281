//! The loss test: every number exactly once, in order within a stream.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use firstline::estate::log::{Held, TailState};

use super::world::{Follower, World, counting};

const MINUTE: Duration = Duration::from_mins(1);

/// Twelve tasks replaced while they count: a rollout.
pub(super) const ROLLOUT: &str = "[[effect]]\nat = '90s'\n\
    do.deploy = { service = 'main/counter', tag = '1.1', by = 'ci' }\n";

/// Everything from the first number seen up to `last`, once each; and once held in order of time,
/// in order within each stream.
pub(super) fn nothing_lost_nothing_twice(follower: &Follower, last: u64) {
    let numbers = follower.numbers();
    let (first, _) = numbers.first_key_value().unwrap();
    let missing: Vec<u64> = (*first..=last)
        .filter(|n| !numbers.contains_key(n))
        .collect();
    let lost_count = missing.len();
    assert!(
        missing.is_empty(),
        "{lost_count} lost, such as {:?}",
        &missing[..lost_count.min(9)]
    );
    let twice: Vec<_> = numbers.iter().filter(|(_, times)| **times > 1).collect();
    assert!(
        twice.is_empty(),
        "{} twice, such as {:?}",
        twice.len(),
        twice[0]
    );
    let held: Held = follower.lines.iter().cloned().collect();
    let mut streams: BTreeMap<String, u64> = BTreeMap::new();
    for line in held.iter() {
        let digits = line.message.strip_prefix("n=").unwrap();
        let number = digits.split(' ').next().unwrap().parse().unwrap();
        let before = streams.insert(line.stream.to_string(), number);
        assert!(before < Some(number), "in order within {}", line.stream);
    }
}

pub(super) async fn through_everything(world: &World, mut follower: Follower) -> (Follower, u64) {
    world.fault("throttle:logs.FilterLogEvents=0.3");
    follower.wait(3 * MINUTE).await;
    world.fault("drop=1");
    follower.wait(3 * MINUTE).await;
    world.fault("throttle:logs.FilterLogEvents=0.3");
    follower.wait(3 * MINUTE).await;
    let last = world.counted("/ecs/counter");
    // What came late before and after the outage is found by going back over all of it.
    follower.wait(8 * MINUTE).await;
    (follower, last)
}

/// One line in a hundred a minute late, events twice, empty pages, three calls in ten throttled,
/// all twelve tasks replaced and three minutes without AWS.
#[tokio::test(start_paused = true)]
async fn polling_loses_nothing_through_everything() {
    let world = counting(12, rate(), "", ROLLOUT).await;
    let (follower, last) = through_everything(&world, world.follow("counter")).await;
    nothing_lost_nothing_twice(&follower, last);
    let streams: BTreeSet<_> = follower.lines.iter().map(|line| &line.stream).collect();
    assert!(streams.len() >= 24, "old and new tasks: {}", streams.len());
    assert!(last > u64::from(rate()) * 400, "{last} lines");
    let states = follower.news.iter().map(|(_, news)| &news.state);
    let states: Vec<&TailState> = states.collect();
    assert!(
        states
            .iter()
            .any(|state| matches!(state, TailState::Failed { .. })),
        "the outage is said"
    );
    assert!(
        follower.lines.iter().any(|line| line.late),
        "late lines are marked"
    );
    let late = follower.lines.iter().filter(|line| line.late).count();
    assert!(
        late * 4 < follower.lines.len(),
        "{late} late of {}",
        follower.lines.len()
    );
    assert!(follower.news.iter().all(|(_, news)| news.gap.is_none()));
}

/// Lines a second. A twentieth of the house's number, with answers a twentieth as long, so that
/// every test run has the time: `LOSS_RATE=2000` is all of it, and takes a processor 134 s for
/// polling and 166 s for Live Tail without optimisation.
pub(super) fn rate() -> u32 {
    let asked = std::env::var("LOSS_RATE").ok();
    asked.map_or(100, |rate| rate.parse().unwrap())
}
