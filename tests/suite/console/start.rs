//! What opening the console costs: round trips, calls and seconds of the simulated clock.

use std::time::Duration;

use firstline::estate::problem::Feed;
use firstline::sim::round_trips;
use firstline::sim::scenario::Scenario;

use super::harness::{Desk, Opening, tally};
use crate::opened::{Folder, PRODUCTION, everything};

const PATIENCE: Duration = Duration::from_mins(1);
/// What each answer takes here.
const LATENCY: Duration = Duration::from_millis(80);

/// A quiet estate of one account, seen over a distant line, with nothing configured.
fn distant(services: usize, clusters: usize, latency: Duration) -> Opening {
    let scenario = Scenario::generated(services, clusters, 1);
    let connections = vec![everything(PRODUCTION, "eu-central-1")];
    Opening::over(scenario, connections).faults(&format!("latency={}ms", latency.as_millis()))
}

fn shows(services: usize) -> impl Fn(&Desk) -> bool {
    move |desk| desk.model().look.rows.len() == services
}

/// Every feed of the board has been answered, each KPI among them.
fn is_complete(desk: &Desk) -> bool {
    let environment = &desk.model().look.snapshot.environments[0];
    let feeds = [
        Feed::Identity,
        Feed::Inventory,
        Feed::Services,
        Feed::Stops,
        Feed::Alarms,
        Feed::Metrics,
    ];
    feeds
        .iter()
        .all(|feed| environment.feeds.contains_key(feed))
        && !environment.kpis.is_empty()
}

#[tokio::test(start_paused = true)]
async fn rows_come_after_three_round_trips_and_after_one_when_the_last_run_is_known() {
    let cache = Folder::new();
    for (run, most) in [("cold", 3), ("warm", 1)] {
        let opening = distant(30, 1, LATENCY).cache(&cache);
        let mut desk = opening.open().await;
        let took = desk.until(PATIENCE, shows(30)).await.unwrap();
        let calls = desk.sim.calls();
        eprintln!(
            "30 services {run}: rows after {took:?}, {:?}",
            tally(&calls)
        );
        assert!(took <= LATENCY * most, "{run}: {took:?}");
        let rows = &desk.model().look.rows;
        assert!(rows.iter().all(|row| !row.stale), "rows are of this run");
        assert!(desk.screen(120, 40).contains("default  ○ 30"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_services_in_three_clusters_are_complete_after_six_round_trips() {
    let mut desk = distant(100, 3, LATENCY).open().await;
    let rows = desk.until(PATIENCE, shows(100)).await.unwrap();
    let rest = desk.until(PATIENCE, is_complete).await.unwrap();
    let calls = desk.sim.calls();
    eprintln!(
        "100 services: rows after {rows:?}, complete after {:?}, {} calls {:?}",
        rows + rest,
        calls.len(),
        tally(&calls)
    );
    assert!(rows + rest < Duration::from_secs(3), "{:?}", rows + rest);
    assert!(calls.len() <= 28, "{:?}", tally(&calls));
    let trips = round_trips(&calls);
    assert!(trips <= 6, "{trips} round trips");
}

#[tokio::test(start_paused = true)]
async fn the_demo_opens_on_its_incident() {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(1).await;
    desk.press("g g");
    desk.wait(1).await;
    let screen = desk.screen(140, 44);
    let first = screen
        .lines()
        .skip_while(|line| !line.contains("SERVICE"))
        .nth(1);
    let first = first.unwrap_or_default();
    for words in ["✖ orders", "production", "down", "0/4", "OutOfMemory (137)"] {
        assert!(first.contains(words), "{words} is missing:\n{screen}");
    }
    for words in [
        "acme-prod 1234-5678-9012",
        "alice@ops",
        "✖ 1 down",
        "▲ web",
        "1 target unhealthy",
        "◌ search",
        "1 stopped",
        "DB connections orders-db",
        "5xx target",
        "p99 latency",
        "web-unhealthy-targets",
        "stop   orders",
    ] {
        assert!(screen.contains(words), "{words} is missing:\n{screen}");
    }
    // Two environments, 24 services: what one look at all of it takes, the log not counted.
    let calls = desk.sim.calls();
    let of_the_log = ["DescribeTaskDefinition", "FilterLogEvents"];
    let board = calls
        .iter()
        .filter(|call| !of_the_log.contains(&call.operation.as_str()));
    // Among them the running tasks of every cluster and the targets of what is sick.
    assert!(board.count() <= 42, "{:?}", tally(&calls));
}

#[tokio::test(start_paused = true)]
async fn a_steady_minute_asks_the_least_and_draws_only_the_clock() {
    let mut desk = Opening::of("steady").open().await;
    desk.wait(90).await;
    desk.sim.forget_calls();
    let frames = desk.frames();
    desk.wait(60).await;
    let calls = desk.sim.calls();
    let expected = [
        // Every 30 s, each of the two environments.
        ("DescribeAlarms", 4),
        // Every five minutes, for staging: its databases, and what its stopped services have on
        // record.
        ("DescribeDBClusters", 1),
        ("DescribeDBInstances", 1),
        // Every 15 s: eleven services in prod take two calls, prod-batch and staging one each;
        // and one for staging's records.
        ("DescribeServices", 17),
        // Every minute the running tasks of the three clusters.
        ("DescribeTasks", 3),
        // For the one service whose log is open, as often as it has lines.
        ("FilterLogEvents", 10),
        // Every minute, each environment.
        ("GetMetricData", 2),
        // Each of the three clusters: stopped tasks every 30 s, running ones every minute.
        ("ListTasks", 9),
    ];
    let tally: Vec<(&str, usize)> = tally(&calls).into_iter().collect();
    assert_eq!(tally, expected);
    let drawn = desk.frames() - frames;
    assert!(
        drawn <= 66,
        "{drawn} frames in a minute: the clock's 60 and news"
    );
}
