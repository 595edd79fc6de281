//! Three hours of a metric at a third party's, and sixteen hundred metrics at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use firstline::cloud::{Cloud, Options};
use firstline::estate::chart::{Charted, Span, Then};
use firstline::estate::kpi::{KpiKind, Unit, Wanted, WantedMetric};
use firstline::estate::part::Read;
use firstline::estate::usage::Prices;
use firstline::estate::{SignedDuration, Timestamp};

use super::backend::read;
use crate::endpoints::{Server, python};
use crate::opened::everything;

const ACCOUNT: &str = "444455556666";
/// Four calls of five hundred at most (aws.md 2.1).
const METRICS: usize = 1_600;

fn waiting(number: usize) -> WantedMetric {
    WantedMetric {
        label: format!("queue {number}").as_str().into(),
        namespace: "Shop".into(),
        metric: "Waiting".into(),
        dimensions: vec![("Queue".into(), format!("queue-{number}"))],
        statistic: "Average".into(),
        unit: Unit::Count,
        thresholds: None,
        service: None,
        pin: true,
    }
}

#[tokio::test]
async fn ministack_tells_three_hours_and_sixteen_hundred_metrics_in_four_calls() {
    let Some(server) = Server::ministack() else {
        return;
    };
    let mut seed = python().expect("the server was started with it");
    let seed = seed.args(["history.py", &server.url, ACCOUNT]).output();
    let seed = seed.expect("the seed runs");
    assert!(
        seed.status.success(),
        "{}",
        String::from_utf8_lossy(&seed.stderr)
    );
    let ahead = Arc::new(AtomicI64::new(0));
    let hand = Arc::clone(&ahead);
    let mut connection = everything(ACCOUNT, "us-east-1");
    connection.kpis = Wanted {
        metrics: (0..METRICS).map(waiting).collect(),
        ..Wanted::default()
    };
    let options = Options {
        prices: Prices::default(),
        endpoint_url: Some(server.url.clone()),
        region: None,
        http: None,
        cache_dir: None,
        clock: Arc::new(move || {
            Timestamp::now() + SignedDuration::from_secs(hand.load(Ordering::SeqCst))
        }),
        masks: firstline::estate::log::Masks::default(),
        log_keys: firstline::estate::log::LogKeys::default(),
    };
    let cloud = Cloud::connect(vec![connection], options).await.unwrap();
    let link = Arc::clone(&cloud.links()[0]);
    let first = read(&link, &[Read::Kpis]).await;
    let custom = first.kpis.iter().filter(|kpi| kpi.kind == KpiKind::Custom);
    assert_eq!(custom.count(), METRICS);
    let queue = first.kpis.iter().find(|kpi| *kpi.resource == *"queue-0");
    let queue = queue.unwrap();
    assert!(queue.series.points.len() >= 59, "{:?}", queue.series);
    let calls = || cloud.usage(Timestamp::now()).calls;
    let before = calls();
    ahead.store(60, Ordering::SeqCst);
    let again = read(&link, &[Read::Kpis]).await;
    assert_eq!(again.kpis.len(), METRICS);
    assert_eq!(calls() - before, 4, "GetMetricData and nothing else");
    let charted = Charted {
        kpis: [queue.id.clone()].into(),
        span: Span::ThreeHours,
        then: Then::Now,
    };
    let charted = read(&link, &[Read::Curves(charted)]).await;
    let curve = charted.curves.of(&queue.id, Span::ThreeHours, Then::Now);
    let points = &curve.unwrap().series.points;
    assert_eq!(points.len(), 180, "a value for every minute");
    let risen = points.windows(2).all(|pair| pair[1].value > pair[0].value);
    assert!(risen, "{points:?}");
}
