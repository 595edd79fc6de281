//! KPIs: what is asked when, and what it costs.

use super::*;
use crate::estate::kpi::{Attention, Kpi, KpiKind, Level, level, suspects, trend_words};

fn kpis(parts: &[Part]) -> Vec<Kpi> {
    let mut found = Vec::new();
    for part in parts {
        if let News::Kpis(kpis) = &part.news {
            found.extend(kpis.iter().cloned());
        }
    }
    found
}

#[tokio::test]
async fn a_steady_minute_asks_only_for_what_somebody_looks_at() {
    let bench = bench(None).await;
    let all = kpis(&bench.read(Read::Kpis).await);
    let latency = all.iter().find(|kpi| kpi.kind == KpiKind::LatencyP99);
    let watched = latency.unwrap().id.clone();
    bench.link().attend(Attention {
        watched: [watched.clone()].into(),
        idle: false,
    });
    bench.calls();
    bench.wait(60);
    let asked = kpis(&bench.read(Read::Kpis).await);
    assert_eq!(bench.calls(), (vec!["GetMetricData".to_owned()], 1));
    let ids: Vec<_> = asked.iter().map(|kpi| &kpi.id).collect();
    assert_eq!(ids, [&watched]);
    assert!(asked[0].series.points.len() <= 5);
    bench.read(Read::Kpis).await;
    assert!(
        bench.calls().0.is_empty(),
        "the same minute is not paid for twice"
    );
    bench.wait(240);
    assert_eq!(
        kpis(&bench.read(Read::Kpis).await).len(),
        all.len(),
        "the rest comes every five minutes"
    );
}

/// aws.md 2.4: asking for everything every minute is what other consoles do.
#[tokio::test(start_paused = true)]
async fn fifty_services_cost_at_most_a_third_of_asking_every_minute() {
    let scenario = Scenario::generated(50, 3, 7);
    let bench = bench_over(&scenario, None, None, Prices::default()).await;
    let all = kpis(&bench.read(Read::Kpis).await);
    // What the board has in sight: a dozen headlines.
    let headlines = all.iter().filter(|kpi| kpi.kind.place().is_some());
    bench.link().attend(Attention {
        watched: headlines.take(12).map(|kpi| kpi.id.clone()).collect(),
        idle: false,
    });
    let before = bench
        .link()
        .gate
        .meter
        .metrics_since(bench.link().gate.now());
    for _ in 0..59 {
        bench.wait(60);
        bench.read(Read::Kpis).await;
    }
    let hour = bench
        .link()
        .gate
        .meter
        .metrics_since(bench.link().gate.now());
    let naive = before * 60;
    eprintln!("50 services: {hour} metrics an hour, {naive} when asked every minute");
    assert!(hour * 3 <= naive, "{hour} of {naive}");
    assert!(
        hour >= before * 12,
        "nothing is left out: {hour}, {before} at once"
    );
}

#[tokio::test]
async fn a_ceiling_of_money_holds_and_says_so() {
    let prices = Prices {
        ceiling: Some(0.000_001),
        ..Prices::default()
    };
    let steady = Scenario::named("steady").unwrap();
    let bench = bench_over(&steady, None, None, prices).await;
    let first = kpis(&bench.read(Read::Kpis).await);
    assert!(!first.is_empty());
    bench.wait(600);
    bench.calls();
    let parts = bench.read(Read::Kpis).await;
    assert!(kpis(&parts).is_empty());
    let said = problems(&parts);
    assert!(
        said.iter()
            .any(|one| one.sentence.contains("metrics.dollars_per_hour")),
        "{said:?}"
    );
    let (calls, _) = bench.calls();
    assert!(!calls.contains(&"GetMetricData".to_owned()), "{calls:?}");
}

/// Scenario 3 of aws.md 10: billing leaks connections of orders-db.
#[tokio::test(start_paused = true)]
async fn a_leak_turns_amber_then_red_says_when_and_names_a_suspect() {
    let scenario = Scenario::named("db-connections").unwrap();
    let bench = bench_over(&scenario, None, None, Prices::default()).await;
    bench.read(Read::Services).await;
    let mut told: Vec<(Level, bool)> = Vec::new();
    let mut suspect = None;
    for _ in 0..40 {
        bench.read(Read::Kpis).await;
        let now = bench.link().gate.now();
        let snapshot = bench.snapshot.lock().unwrap();
        let place = &snapshot.environments[0];
        let connections = place
            .kpis
            .iter()
            .find(|kpi| kpi.kind == KpiKind::DatabaseConnections && *kpi.resource == *"orders-db");
        let connections = connections.unwrap();
        let level = level(connections, now);
        told.push((level, trend_words(connections, now).is_some()));
        if level == Level::Red && suspect.is_none() {
            let named = suspects(place, connections, now);
            suspect = named.first().map(|one| one.service.name().to_owned());
            assert_eq!(named.len(), 1, "only billing: {named:?}");
        }
        drop(snapshot);
        bench.wait(60);
    }
    let first = |wanted: Level| told.iter().position(|(level, _)| *level == wanted);
    let (amber, red) = (first(Level::Amber).unwrap(), first(Level::Red).unwrap());
    assert!(amber < red, "{told:?}");
    assert!(
        told[..red].iter().any(|(_, projected)| *projected),
        "{told:?}"
    );
    assert_eq!(suspect.as_deref(), Some("billing"));
}
