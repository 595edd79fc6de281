use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

mod settling;
mod verbs;

use super::*;
use crate::sim::scenario::Scenario;

const PRODUCTION: &str = "123456789012";
const OPERATOR: &str = "arn:aws:sts::123456789012:assumed-role/ops/alice";

fn opened() -> Timestamp {
    "2026-07-01T14:03:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    opened() + SignedDuration::from_mins(minutes)
}

fn world(scenario: &str) -> World {
    World::new(&Scenario::named(scenario).unwrap(), 7, opened())
}

fn service<'a>(world: &'a World, cluster: &str, name: &str) -> &'a Service {
    world
        .account(PRODUCTION)
        .unwrap()
        .service(cluster, name)
        .unwrap()
}

fn said(service: &Service, fragment: &str) -> usize {
    service
        .events
        .iter()
        .filter(|event| event.message.contains(fragment))
        .count()
}

/// Everything that can be seen, as text.
fn picture(world: &World) -> String {
    format!("{:?}", world.accounts)
}

#[test]
fn same_seed_same_world_however_it_is_stepped() {
    let (mut one, mut other) = (world("demo"), world("demo"));
    one.advance(after(7));
    for second in 0..=420 {
        other.advance(opened() + SignedDuration::from_millis(second * 1000 + 1));
    }
    assert_eq!(picture(&one), picture(&other));
}

#[test]
fn another_seed_is_another_world() {
    let scenario = Scenario::named("demo").unwrap();
    let (one, other) = (
        World::new(&scenario, 7, opened()),
        World::new(&scenario, 8, opened()),
    );
    assert_ne!(picture(&one), picture(&other));
}

#[test]
fn the_clock_never_goes_back() {
    let mut world = world("demo");
    let before = picture(&world);
    world.advance(after(-30));
    assert_eq!((world.now(), picture(&world)), (opened(), before));
}

#[test]
fn the_estate_is_as_large_as_promised() {
    let world = world("steady");
    let count = |count: fn(&Account) -> usize| world.accounts.iter().map(count).collect::<Vec<_>>();
    assert_eq!(count(|account| account.clusters.len()), [2, 1]);
    assert_eq!(count(|account| account.services.len()), [15, 9]);
    assert_eq!(count(|account| account.load_balancers.len()), [1, 1]);
    assert_eq!(count(|account| account.databases.len()), [2, 1]);
    assert_eq!(count(|account| account.caches.len()), [1, 0]);
    assert_eq!(count(|account| account.alarms.len()), [11, 1]);
    let arns: HashSet<_> = world
        .accounts
        .iter()
        .flat_map(|account| &account.services)
        .map(|it| &it.arn)
        .collect();
    assert_eq!(arns.len(), 24, "every service has its own ARN");
}

#[test]
fn a_point_is_not_seen_before_its_lag() {
    let mut world = world("steady");
    let query = |world: &World, namespace: &str, name: &str, dimensions: &[(&str, &str)]| {
        let (from, to) = (after(-10), world.now());
        let statistic = Statistic::Average;
        let query = MetricQuery {
            namespace,
            name,
            dimensions,
            statistic,
            from,
            to,
            period: 60,
        };
        world.metric_points(PRODUCTION, &query).last().unwrap().at
    };
    let ecs = [("ServiceName", "web"), ("ClusterName", "prod")];
    let rds = [("DBInstanceIdentifier", "orders-db")];
    for second in 0..180 {
        world.advance(opened() + SignedDuration::from_secs(second));
        for (namespace, name, dimensions, lag) in [
            ("AWS/ECS", "CPUUtilization", ecs.as_slice(), 60),
            ("AWS/RDS", "DatabaseConnections", rds.as_slice(), 180),
        ] {
            let end = query(&world, namespace, name, dimensions) + SignedDuration::from_mins(1);
            let age = world.now().duration_since(end).as_secs();
            assert!(
                (lag - 15..lag + 60).contains(&age),
                "{namespace} newest is {age} s old"
            );
        }
    }
}

#[test]
fn periods_gather_minutes() {
    let world = world("steady");
    let balancer = &world.account(PRODUCTION).unwrap().load_balancers[0];
    let dimensions = [("LoadBalancer", balancer.dimension.as_str())];
    let points = |statistic, period| {
        let (from, to) = (after(-32), after(-7));
        let (namespace, name) = ("AWS/ApplicationELB", "RequestCount");
        let dimensions = &dimensions;
        let query = MetricQuery {
            namespace,
            name,
            dimensions,
            statistic,
            from,
            to,
            period,
        };
        world.metric_points(PRODUCTION, &query)
    };
    let (fine, coarse) = (points(Statistic::Sum, 60), points(Statistic::Sum, 300));
    assert_eq!((fine.len(), coarse.len()), (25, 6));
    let total = |samples: &[Sample]| samples.iter().map(|sample| sample.value).sum::<f64>();
    assert!((total(&fine) - total(&coarse)).abs() < 1e-3);
    assert!(
        total(&fine) > 25.0 * 1000.0,
        "the shop is busy at two in the afternoon"
    );
}

#[test]
fn three_hours_of_points_and_no_more() {
    let mut world = world("steady");
    world.advance(after(90));
    let account = world.account(PRODUCTION).unwrap();
    assert!(
        account
            .metrics
            .list()
            .all(|series| series.points.len() <= 181)
    );
    let longest = account
        .metrics
        .list()
        .map(|series| series.points.len())
        .max()
        .unwrap();
    assert!(longest >= 180, "three hours of minutes, found {longest}");
}

#[test]
fn streams_and_groups_are_bounded() {
    let mut world = world("crash-loop");
    world.advance(after(240));
    for group in world
        .accounts
        .iter()
        .flat_map(|account| &account.log_groups)
    {
        assert!(group.streams.len() <= super::log::STREAMS_KEPT);
        for stream in &group.streams {
            assert!(stream.lines.len() <= super::log::LINES_KEPT);
        }
    }
    for service in world.accounts.iter().flat_map(|account| &account.services) {
        assert!(service.events.len() <= service::EVENTS_KEPT);
        assert!(service.said.len() <= service::EVENTS_KEPT);
    }
}

#[test]
fn a_line_is_not_read_before_it_arrived() {
    let mut world = world("steady");
    let mut seen = HashSet::new();
    for second in 0..120 {
        world.advance(opened() + SignedDuration::from_secs(second));
        let query = LogQuery {
            group: "/ecs/prod/web",
            streams: &[],
            prefix: "ecs/web/",
            from: opened(),
            to: world.now() + SignedDuration::from_secs(1),
        };
        let events = world.log_events(PRODUCTION, &query).unwrap();
        assert!(events.is_sorted_by_key(|event| event.at));
        for event in events {
            assert!(event.ingested_at <= world.now());
            let late = event.ingested_at.duration_since(event.at).as_secs();
            assert!((2..=60).contains(&late), "{late} s late");
            seen.insert(event.id);
        }
    }
    assert!(
        seen.len() > 100,
        "web says about two lines a second, seen {}",
        seen.len()
    );
}

#[test]
fn only_the_streams_asked_for() {
    let world = world("steady");
    let task = &service(&world, "prod", "web").tasks[0];
    let streams = [task.log_stream.clone()];
    let (from, to) = (after(-30), opened());
    let query = LogQuery {
        group: "/ecs/prod/web",
        streams: &streams,
        prefix: "",
        from,
        to,
    };
    let events = world.log_events(PRODUCTION, &query).unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event.stream == streams[0]));
    let query = LogQuery {
        group: "/ecs/prod/none",
        ..query
    };
    assert!(world.log_events(PRODUCTION, &query).is_none());
}

#[test]
fn the_same_is_not_said_twice_within_six_hours() {
    let mut world = world("steady");
    let account = world.account_mut(PRODUCTION).unwrap();
    let cart = account
        .services
        .iter_mut()
        .find(|service| service.name == "cart")
        .unwrap();
    for hours in [0, 1, 5, 6, 7] {
        cart.say_once(after(60 * hours), "was unable to place a task");
    }
    assert_eq!(said(cart, "was unable to place a task"), 2);
}

#[test]
fn no_task_runs_no_cpu_is_measured() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    world.advance(after(15));
    let dimensions = [("ClusterName", "prod"), ("ServiceName", "cart")];
    let series =
        world
            .account(PRODUCTION)
            .unwrap()
            .metrics
            .series("AWS/ECS", "CPUUtilization", &dimensions);
    let last = series.unwrap().points.back().unwrap().start();
    assert!(
        last < after(3).as_second(),
        "the last point is of the minute the last task ran in"
    );
}

#[test]
fn generated_estates_have_their_size() {
    let world = World::new(&Scenario::generated(100, 4, 1), 1, opened());
    assert_eq!(world.accounts[0].services.len(), 100);
    assert_eq!(world.accounts[0].clusters.len(), 4);
    let running: usize = world.accounts[0]
        .services
        .iter()
        .map(Service::running)
        .sum();
    let desired: u32 = world.accounts[0]
        .services
        .iter()
        .map(|service| service.desired)
        .sum();
    assert_eq!(u32::try_from(running), Ok(desired));
}
