//! Services that share a log group, and tails that share a quota.

use std::time::Duration;

use firstline::cloud::Span;
use firstline::estate::log::TailState;

use super::world::{Follower, World, counting};

/// A service of the same name and container in another cluster, writing into the same group under
/// the same prefix.
const NEIGHBOUR: &str = "[[cluster]]\nname = 'other'\naccount = 'acme-prod'\nenvironment = 'production'\n\
    [[service]]\nname = 'counter'\ncluster = 'other'\ndesired = 2\nrevision = 3\ntag = '1.0'\n\
    lines = 5.0\nnumbered = true\nlog_group = '/ecs/counter'\n";

#[tokio::test(start_paused = true)]
async fn lines_of_services_that_share_group_prefix_and_container_do_not_mix() {
    let world = counting(2, 5, NEIGHBOUR, "").await;
    for cluster in ["main", "other"] {
        let service = World::service_in(cluster, "counter");
        let tail = world.link.tail_of(service, Span::default());
        let mut follower = Follower::new(tail);
        follower.wait(Duration::from_mins(1)).await;
        assert!(follower.lines.len() > 200, "{}", follower.lines.len());
        let tasks = world.sim.with_world(|world| {
            let account = world.account(crate::opened::PRODUCTION).unwrap();
            let service = account.service(cluster, "counter").unwrap();
            service
                .tasks
                .iter()
                .map(|task| task.id.clone())
                .collect::<Vec<_>>()
        });
        for line in &follower.lines {
            let task = line.stream.rsplit('/').next().unwrap();
            assert!(
                tasks.iter().any(|id| id == task),
                "{} in {cluster}",
                line.stream
            );
        }
    }
}

/// Four tails over one account in a region that allows five reads a second: together a fifth.
#[tokio::test(start_paused = true)]
async fn all_tails_together_take_a_fifth_of_the_quota() {
    let world = counting(2, 50, "", "").await;
    let mut followers: Vec<Follower> = (0..4).map(|_| world.follow("counter")).collect();
    world.sim.forget_calls();
    let minute = Duration::from_mins(1);
    futures::future::join_all(followers.iter_mut().map(|one| one.wait(minute))).await;
    let reads = world.reads();
    assert!(reads <= 63, "{reads} reads in a minute");
    assert!(reads >= 40, "{reads} reads in a minute");
    for follower in &followers {
        assert!(follower.lines.len() > 1_000);
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_is_said_and_slows() {
    let world = counting(1, 1, "", "").await;
    let mut follower = world.follow("counter");
    follower.wait(Duration::from_secs(10)).await;
    world.fault("throttle:logs=1");
    world.sim.forget_calls();
    follower.wait(Duration::from_mins(2)).await;
    let (_, news) = follower.news.last().unwrap();
    assert_eq!(news.state, TailState::Throttled);
    // Three attempts each, as the SDK makes them.
    assert!(
        world.reads() <= 24,
        "{} reads in two minutes",
        world.reads()
    );
    world.fault("");
    follower.wait(Duration::from_secs(70)).await;
    let (_, news) = follower.news.last().unwrap();
    assert_eq!(news.state, TailState::Live);
}
