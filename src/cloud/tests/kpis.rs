//! KPIs: what is asked when, and what it costs.

use super::*;
use crate::estate::kpi::{
    Attention, Kpi, KpiKind, Level, Reading, level, level_of, reading, suspects, trend_words,
};
use crate::estate::snapshot::EnvironmentSnapshot;

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
    bench.read(Read::Services).await;
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

/// What the first environment has of a kind of a resource.
fn of<'a>(place: &'a EnvironmentSnapshot, kind: KpiKind, resource: &str) -> &'a Kpi {
    let mut kpis = place.kpis.iter();
    let found = kpis.find(|kpi| kpi.kind == kind && *kpi.resource == *resource);
    found.unwrap_or_else(|| panic!("no {kind} of {resource}"))
}

/// Scenario 4 of aws.md 10: web closes kept-alive connections too early.
#[tokio::test(start_paused = true)]
async fn broken_connections_are_the_load_balancers_and_nobodys_fault() {
    let scenario = Scenario::named("keep-alive").unwrap();
    let bench = bench_over(&scenario, None, None, Prices::default()).await;
    bench.read(Read::Services).await;
    bench.wait(60);
    bench.read(Read::Kpis).await;
    let now = bench.link().gate.now();
    let snapshot = bench.snapshot.lock().unwrap();
    let place = &snapshot.environments[0];
    let broken = of(place, KpiKind::LoadBalancer502, "public-alb");
    assert!(broken.services.is_empty(), "it has no target group");
    let requests = place.requests_of(broken);
    assert_eq!(level_of(broken, requests, now), Level::Red);
    assert!(suspects(place, broken, now).is_empty(), "nobody stands out");
    for kpi in place.kpis.iter().filter(|kpi| !kpi.services.is_empty()) {
        let level = level_of(kpi, place.requests_of(kpi), now);
        assert!(level < Level::Amber, "{} of {}", kpi.kind, kpi.resource);
    }
    let errors = place
        .kpis
        .iter()
        .filter(|kpi| kpi.kind == KpiKind::Target5xx);
    for kpi in errors {
        let reading = reading(kpi, place.requests_of(kpi), now);
        assert!(
            matches!(reading, Reading::Zero | Reading::NoTraffic),
            "{reading:?}"
        );
    }
}

/// Scenario 11 of aws.md 10: what catalog keeps in the cache grows, and all else follows.
#[tokio::test(start_paused = true)]
async fn a_storm_of_evictions_is_seen_in_all_that_follows_it() {
    let scenario = Scenario::named("cache-storm").unwrap();
    let bench = bench_over(&scenario, None, None, Prices::default()).await;
    bench.read(Read::Services).await;
    bench.read(Read::Kpis).await;
    let snapshot = bench.snapshot.lock().unwrap();
    let place = &snapshot.environments[0];
    let since = |kind, resource: &str, bad: &dyn Fn(f64) -> bool| {
        let kpi = of(place, kind, resource);
        let first = kpi.series.points.iter().find(|point| bad(point.value));
        let first = first.unwrap_or_else(|| panic!("{kind} stays as it was"));
        first.at()
    };
    let full = since(KpiKind::CacheMemory, "sessions-001", &|value| value > 99.0);
    let evicted = since(KpiKind::CacheEvictions, "sessions-001", &|value| {
        value > 10_000.0
    });
    let missed = since(KpiKind::CacheHitRate, "sessions-001", &|value| value < 60.0);
    let busy = since(KpiKind::DatabaseCpu, "catalog-db", &|value| value > 80.0);
    for (what, at) in [("evicted", evicted), ("missed", missed), ("busy", busy)] {
        let after = at.duration_since(full).as_mins();
        assert!((0..=20).contains(&after), "{what} {after} min after {full}");
    }
}

/// Container Insights: only where it is enabled, of that cluster's services alone.
#[tokio::test]
async fn ephemeral_storage_is_asked_where_container_insights_is_enabled() {
    let bench = bench(None).await;
    bench.read(Read::Services).await;
    let all = kpis(&bench.read(Read::Kpis).await);
    let disks: Vec<&Kpi> = all
        .iter()
        .filter(|kpi| kpi.kind == KpiKind::EphemeralStorage)
        .collect();
    let clusters: std::collections::BTreeSet<&str> = disks
        .iter()
        .flat_map(|kpi| &kpi.services)
        .filter_map(|arn| arn.as_str().split('/').nth(1))
        .collect();
    assert_eq!(clusters.into_iter().collect::<Vec<_>>(), ["prod-batch"]);
    // 4 GB and a twentieth of the memory's percent, at most a tenth more, of 21.47 GB.
    let worker = disks.iter().find(|kpi| *kpi.resource == *"worker").unwrap();
    let share = worker.series.last().unwrap().value;
    assert!((20.0..50.0).contains(&share), "{share} %");
    let usual = worker.thresholds.unwrap();
    assert_eq!((usual.amber, usual.red, usual.share), (80.0, 90.0, false));
}

/// A chart asks further back, in the period CloudWatch keeps, and explains its gaps.
#[tokio::test]
async fn a_chart_is_read_in_one_call_with_the_requests_that_explain_it() {
    use crate::estate::chart::{Charted, Span, Then};
    let bench = bench(None).await;
    bench.read(Read::Services).await;
    let all = kpis(&bench.read(Read::Kpis).await);
    let errors = all.iter().find(|kpi| {
        kpi.kind == KpiKind::Target5xx && kpi.services.iter().any(|one| one.name() == "web")
    });
    let requests = all.iter().find(|kpi| {
        kpi.kind == KpiKind::Requests && kpi.services.iter().any(|one| one.name() == "web")
    });
    let (errors, requests) = (errors.unwrap(), requests.unwrap());
    for (span, then) in [(Span::Day, Then::Now), (Span::Week, Then::LastWeek)] {
        bench.calls();
        let charted = Charted {
            kpis: [errors.id.clone(), requests.id.clone()].into(),
            span,
            then,
        };
        let parts = bench.read(Read::Curves(charted)).await;
        assert_eq!(bench.calls().0, ["GetMetricData"]);
        assert!(problems(&parts).is_empty());
        let snapshot = bench.snapshot.lock().unwrap();
        let curves = &snapshot.environments[0].curves;
        let counted = &curves.of(&requests.id, span, then).unwrap().series;
        assert_eq!(counted.period, span.period(then));
        let expected = span.length().as_secs() / span.period(then).as_secs();
        let points = i64::try_from(counted.points.len()).unwrap();
        assert!(
            (expected..expected + 8).contains(&points),
            "{points} of {expected}"
        );
        let usual = requests.series.last().unwrap().value;
        for point in &counted.points {
            assert!(
                point.value < usual * 3.0,
                "told by the minute: {} and {usual}",
                point.value
            );
        }
        let quiet = curves.of(&errors.id, span, then).unwrap();
        assert!(quiet.series.points.is_empty());
        assert_eq!(quiet.requests.as_ref(), Some(counted));
    }
}

/// Pools of the settings link a database with its services, and auto scaling says how many tasks.
#[tokio::test]
async fn pools_are_held_against_what_a_database_takes() {
    use crate::estate::catalogue::{Catalogue, Known};
    use crate::estate::kpi::budget;
    let known = |service: &str, size| Known {
        service: service.into(),
        pool_size: Some(size),
        database: Some("orders-db".into()),
        ..Known::default()
    };
    let wanted = Wanted {
        services: Catalogue(vec![known("prod/orders", 20), known("billing", 24)]),
        ..Wanted::default()
    };
    let bench = bench_wanting(wanted).await;
    bench.read(Read::Services).await;
    bench.read(Read::Kpis).await;
    let snapshot = bench.snapshot.lock().unwrap();
    let place = &snapshot.environments[0];
    let connections = of(place, KpiKind::DatabaseConnections, "orders-db");
    let names: Vec<&str> = connections
        .services
        .iter()
        .map(crate::estate::id::ServiceArn::name)
        .collect();
    assert_eq!(names, ["billing", "orders"]);
    let found = budget(place, connections).unwrap();
    // orders may have ten tasks, billing has three; both twice while they are deployed.
    assert!((found.most - (10.0 * 2.0 * 20.0 + 3.0 * 2.0 * 24.0)).abs() < f64::EPSILON);
    assert!(found.is_over(), "{}", found.words);
    let others = of(place, KpiKind::DatabaseConnections, "catalog-db");
    assert!(others.pools.is_empty() && others.services.is_empty());
}
