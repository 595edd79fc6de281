//! Numbers over time: the chain of an incident on one axis, and what an idle console asks.

use std::collections::BTreeSet;

use firstline::estate::kpi::KpiKind;

use super::harness::{Desk, Opening, tally};

/// The line of the screen on which the chart of `name` begins, and the lines below it.
fn chart<'a>(screen: &'a str, name: &str) -> Vec<&'a str> {
    let mut lines = screen.lines();
    let first = lines.find(|line| line.contains(name));
    let first = first.unwrap_or_else(|| panic!("no chart of {name}:\n{screen}"));
    [first].into_iter().chain(lines.take(5)).collect()
}

/// The first column of a chart whose curve is above its lowest line.
fn rises(chart: &[&str]) -> usize {
    let dots = |letter: char| ('\u{2801}'..='\u{28ff}').contains(&letter);
    let upper = &chart[1..4];
    let columns = upper.iter().filter_map(|line| line.chars().position(dots));
    columns.min().unwrap_or(usize::MAX)
}

/// Scenario 11 of aws.md 10: the alarm rings at the database, the cause is in the cache.
#[tokio::test(start_paused = true)]
async fn a_storm_of_evictions_lines_up_on_one_axis() {
    let mut desk = Opening::of("cache-storm").open().await;
    desk.wait(70).await;
    desk.press("m");
    desk.wait(5).await;
    let screen = desk.screen(120, 60);
    let evictions = chart(&screen, "cache evictions  sessions-001");
    let database = chart(&screen, "DB CPU  catalog-db");
    let (cause, effect) = (rises(&evictions), rises(&database));
    assert!(cause < 120 && effect < 120, "{screen}");
}

/// Asked of CloudWatch so far, by operation.
fn asked(desk: &Desk) -> usize {
    let calls = desk.sim.calls();
    tally(&calls).get("GetMetricData").copied().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn a_console_nobody_touches_asks_less_and_says_so() {
    let mut desk = Opening::of("steady").open().await;
    desk.wait(60).await;
    desk.press("j");
    desk.wait(120).await;
    let before = asked(&desk);
    desk.wait(600).await;
    let busy = asked(&desk) - before;
    assert!(!desk.screen(120, 40).contains("idle"));
    desk.wait(400).await;
    let shown = desk.screen(120, 40);
    assert!(shown.contains("idle"), "{shown}");
    let before = asked(&desk);
    desk.wait(600).await;
    let idle = asked(&desk) - before;
    assert!(idle * 2 < busy, "{idle} asks while idle, {busy} before");
    desk.press("k");
    assert!(!desk.screen(120, 40).contains("idle"), "a key wakes it");
}

/// The projection is not a guess: when it says `full in ~N min`, that is when it is full.
#[tokio::test(start_paused = true)]
async fn a_projection_comes_true() {
    let mut desk = Opening::of("db-connections").open().await;
    let mut projected: Vec<(u64, u64)> = Vec::new();
    let mut full = None;
    for minute in 1..60_u64 {
        desk.wait(60).await;
        let place = &desk.model().look.snapshot.environments[0];
        let kpi = place
            .kpis
            .iter()
            .find(|kpi| kpi.kind == KpiKind::DatabaseConnections && *kpi.resource == *"orders-db");
        let Some(kpi) = kpi else { continue };
        let words = firstline::estate::kpi::trend_words(kpi, desk.model().now);
        let left = words.as_deref().and_then(|words| {
            let rest = words.strip_prefix("full in ~")?;
            rest.strip_suffix(" min")?.parse::<u64>().ok()
        });
        projected.extend(left.map(|left| (minute, minute + left)));
        // The database keeps three connections for its owner: that is as full as it gets.
        let last = kpi.series.last().map_or(0.0, |point| point.value);
        if last >= 404.0 {
            full = Some(minute);
            break;
        }
    }
    let full = full.expect("it fills up");
    assert!(projected.len() >= 3, "{projected:?}");
    let far: BTreeSet<u64> = projected.iter().map(|(_, at)| at.abs_diff(full)).collect();
    assert!(far.last() <= Some(&6), "full at {full}: {projected:?}");
}
