//! Live Tail: sooner than polling, and never less than it, whatever becomes of the stream.

use std::time::Duration;

use firstline::estate::SignedDuration;
use firstline::estate::log::{LiveState, TailState};

use super::loss::{ROLLOUT, nothing_lost_nothing_twice, rate, through_everything};
use super::world::{Follower, World, counting, number};

const MINUTE: Duration = Duration::from_mins(1);
const OPEN: LiveState = LiveState::Open { sampled: false };

fn states(follower: &Follower) -> Vec<LiveState> {
    let mut states: Vec<_> = follower
        .news
        .iter()
        .map(|(_, news)| news.live.state.clone())
        .collect();
    states.dedup();
    states
}

fn openings(world: &World) -> usize {
    let calls = world.sim.calls();
    let opened = calls
        .iter()
        .filter(|call| call.operation == "StartLiveTail");
    opened.count()
}

/// The same as polling alone goes through: late and equal lines, empty pages, three calls in ten
/// throttled, all tasks replaced and three minutes without AWS, in which the stream breaks.
#[tokio::test(start_paused = true)]
async fn live_tail_loses_nothing_through_everything() {
    let world = counting(12, rate(), "", ROLLOUT).await;
    let (follower, _switch) = world.listen("counter");
    let (follower, last) = through_everything(&world, follower).await;
    nothing_lost_nothing_twice(&follower, last);
    let states = states(&follower);
    let broken = |state: &&LiveState| matches!(state, LiveState::Refused { .. });
    assert!(states.iter().any(|state| broken(&state)), "{states:?}");
    assert!(
        matches!(states.last(), Some(LiveState::Open { .. })),
        "{states:?}"
    );
}

/// More lines than a session says: it says that it samples, and polling brings the others.
#[tokio::test(start_paused = true)]
async fn what_a_sample_leaves_out_is_polled() {
    let world = counting(4, 700, "", "").await;
    let (mut follower, _switch) = world.listen("counter");
    follower.wait(MINUTE).await;
    assert_eq!(follower.live().state, LiveState::Open { sampled: true });
    let last = world.counted("/ecs/counter");
    follower.wait(3 * MINUTE).await;
    nothing_lost_nothing_twice(&follower, last);
}

/// On, off, on again: the hand-over from polling to the stream and back, each way more than once.
#[tokio::test(start_paused = true)]
async fn switching_leaves_no_gap_and_brings_nothing_twice() {
    let world = counting(3, 40, "", "").await;
    let (mut follower, switch) = world.listen("counter");
    for turn in 0..6 {
        switch.send(turn % 2 == 0).unwrap();
        follower.wait(Duration::from_secs(37)).await;
        let expected = if turn % 2 == 0 { OPEN } else { LiveState::Off };
        assert_eq!(follower.live().state, expected);
    }
    let last = world.counted("/ecs/counter");
    follower.wait(3 * MINUTE).await;
    nothing_lost_nothing_twice(&follower, last);
    assert_eq!(openings(&world), 3);
    // Three times 37 seconds, by the minute.
    let paid = follower.live().dollars(firstline_now(&world));
    assert!((paid - 0.02).abs() < 1e-9, "{paid}");
}

fn firstline_now(world: &World) -> firstline::estate::Timestamp {
    world.sim.with_world(|world| world.now())
}

/// Lines are there within a second or so of being taken in, and polling only makes sure.
#[tokio::test(start_paused = true)]
async fn the_stream_is_sooner_and_polling_rests() {
    let world = counting(2, 2, "", "").await;
    let (mut follower, _switch) = world.listen("counter");
    follower.wait(MINUTE).await;
    world.sim.forget_calls();
    let (news, lines) = (follower.news.len(), follower.lines.len());
    follower.wait(5 * MINUTE).await;
    let reads = world.reads();
    // Three pages and an empty one every half minute; alone it would take five times as many.
    assert!(reads <= 40, "{reads} reads in five minutes");
    let mut slowest = SignedDuration::ZERO;
    let mut place = lines;
    for ((_, one), came) in follower.news.iter().zip(&follower.came).skip(news) {
        for line in &follower.lines[place..place + came] {
            slowest = slowest.max(one.at.duration_since(line.ingested_at.unwrap()));
        }
        place += came;
    }
    let heard = place - lines;
    assert!(heard > 500, "{heard}");
    assert!(slowest <= SignedDuration::from_secs(2), "{slowest}");
}

/// The sixteenth session of an account: said, polled meanwhile, and open once there is room.
#[tokio::test(start_paused = true)]
async fn without_a_free_session_it_polls_and_waits() {
    let world = counting(1, 10, "", "").await;
    let mut others: Vec<_> = (0..15).map(|_| world.listen("counter")).collect();
    for (other, _) in &mut others {
        other.wait(Duration::from_secs(8)).await;
        assert_eq!(other.live().state, OPEN);
    }
    let (mut follower, _switch) = world.listen("counter");
    follower.wait(2 * MINUTE).await;
    let LiveState::Refused { why } = &follower.live().state else {
        panic!("{:?}", follower.live());
    };
    assert_eq!(
        why.as_str(),
        "all Live Tail sessions of the account are in use"
    );
    assert!(follower.lines.len() > 900, "{}", follower.lines.len());
    drop(others);
    follower.wait(2 * MINUTE).await;
    assert_eq!(follower.live().state, OPEN);
    let last = world.counted("/ecs/counter");
    follower.wait(3 * MINUTE).await;
    nothing_lost_nothing_twice(&follower, last);
}

/// AWS ends a session after three hours; nobody pays for another one unasked.
#[tokio::test(start_paused = true)]
async fn after_three_hours_it_polls_on() {
    let world = counting(1, 1, "", "").await;
    let (mut follower, switch) = world.listen("counter");
    follower.wait(181 * MINUTE).await;
    let LiveState::Ended { why } = &follower.live().state else {
        panic!("{:?}", follower.live());
    };
    assert_eq!(why.as_str(), "Live Tail ended after three hours");
    let paid = follower.live().dollars(firstline_now(&world));
    assert!((1.79..=1.82).contains(&paid), "{paid}");
    follower.wait(10 * MINUTE).await;
    assert_eq!(openings(&world), 1);
    switch.send(false).unwrap();
    follower.wait(MINUTE).await;
    switch.send(true).unwrap();
    follower.wait(MINUTE).await;
    assert_eq!(follower.live().state, OPEN);
    let last = world.counted("/ecs/counter");
    follower.wait(3 * MINUTE).await;
    nothing_lost_nothing_twice(&follower, last);
}

/// Without the permission it says so once and polls.
#[tokio::test(start_paused = true)]
async fn who_may_not_listen_polls() {
    let world = counting(1, 2, "", "").await;
    world.fault("denied:logs.StartLiveTail");
    let (mut follower, _switch) = world.listen("counter");
    follower.wait(5 * MINUTE).await;
    let LiveState::Ended { why } = &follower.live().state else {
        panic!("{:?}", follower.live());
    };
    assert!(why.contains("logs:StartLiveTail"), "{why}");
    assert_eq!(openings(&world), 1);
    let (_, news) = follower.news.last().unwrap();
    assert_eq!(news.state, TailState::Live);
    assert!(follower.lines.iter().map(number).max() > Some(500));
}

/// A tail that is dropped, or a console that hides it, pays no longer.
#[tokio::test(start_paused = true)]
async fn a_dropped_tail_closes_its_session() {
    let world = counting(1, 2, "", "").await;
    let (mut follower, _switch) = world.listen("counter");
    follower.wait(MINUTE).await;
    assert_eq!(world.usage().live_tails, 1);
    assert!(world.usage().dollars_per_hour > 0.59);
    drop(follower);
    assert_eq!(world.usage().live_tails, 0);
}
