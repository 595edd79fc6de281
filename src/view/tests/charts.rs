//! KPIs over time.

use insta::assert_snapshot;

use super::estate::{PRODUCTION, now, service_arn};
use super::rows::incident;
use super::{COLOURS, PLAIN, characters, picture, shown, styles};
use crate::app::{Model, Msg, update};
use crate::estate::aspect::Aspect;
use crate::estate::chart::{Curve, Span, Then};
use crate::estate::id::KpiId;
use crate::estate::kpi::{Ceiling, Kpi, KpiKind, Thresholds};
use crate::estate::part::{News, Part};
use crate::estate::problem::ProblemKind;
use crate::estate::series::{Point, Quality, Series};
use crate::estate::{SignedDuration, Timestamp};

/// A value for every minute of three hours, by the minutes that are left until the newest; `None`
/// is a minute AWS published nothing of.
fn series(value: impl Fn(i64) -> Option<f64>) -> Series {
    let as_of: Timestamp = "2026-11-21T14:01:00Z".parse().unwrap();
    let minutes = (1..=180).rev();
    Series {
        points: minutes
            .filter_map(|ago| {
                let at = as_of - SignedDuration::from_mins(ago);
                value(ago).map(|value| Point::new(at, value))
            })
            .collect(),
        period: SignedDuration::from_mins(1),
        as_of: Some(as_of),
        quality: Quality::Complete,
    }
}

/// How far a change of forty minutes has come, so many minutes before the newest.
fn progress(ago: i64) -> f64 {
    f64::from(i32::try_from(40 - ago.clamp(0, 40)).unwrap()) / 40.0
}

#[expect(clippy::unnecessary_wraps, reason = "it is the field's type")]
fn thresholds(amber: f64, red: f64, share: bool) -> Option<Thresholds> {
    Some(Thresholds {
        amber,
        red,
        share,
        points: 5,
        of: 5,
    })
}

/// A storm of evictions in the cache, and what follows from it.
fn storm() -> Vec<Kpi> {
    let kpi = |kind: KpiKind, resource: &str, values: Series| Kpi {
        id: format!("{kind}/{resource}").as_str().into(),
        kind,
        resource: resource.into(),
        label: None,
        balancer: None,
        services: Vec::new(),
        pinned: true,
        series: values,
        unit: kind.unit(),
        ceiling: None,
        thresholds: None,
        pools: Vec::new(),
    };
    let wave = |ago: i64| f64::from(i32::try_from(ago % 7).unwrap());
    let evictions = series(|ago| Some(progress(ago + 2) * 18_000.0));
    let hits = series(|ago| Some(95.0 - progress(ago) * 55.0));
    let connections = series(|ago| Some(180.0 + wave(ago) + progress(ago) * 150.0));
    let errors = series(|ago| (ago < 12).then(|| 12.0 - f64::from(i32::try_from(ago).unwrap())));
    let latency = series(|ago| {
        let quiet = (95..130).contains(&ago);
        (!quiet).then(|| 0.18 + wave(ago) / 100.0 + progress(ago) * 1.4)
    });
    let requests = series(|ago| (!(95..130).contains(&ago)).then(|| 600.0 + wave(ago) * 10.0));
    let cpu = series(|ago| (!(20..50).contains(&ago)).then(|| 30.0 + wave(ago)));
    let lag = series(|ago| Some(if (20..50).contains(&ago) { -1.0 } else { 2.0 }));
    vec![
        Kpi {
            thresholds: thresholds(900.0, f64::INFINITY, false),
            ..kpi(KpiKind::CacheEvictions, "sessions-001", evictions)
        },
        kpi(KpiKind::CacheHitRate, "sessions-001", hits),
        Kpi {
            ceiling: Some(Ceiling {
                value: 415.0,
                exact: false,
            }),
            thresholds: thresholds(80.0, 90.0, true),
            ..kpi(KpiKind::DatabaseConnections, "orders-db", connections)
        },
        Kpi {
            thresholds: thresholds(6.0, 30.0, false),
            ..kpi(KpiKind::Target5xx, "web", errors)
        },
        Kpi {
            thresholds: thresholds(0.4, 0.8, false),
            ..kpi(KpiKind::LatencyP99, "web", latency)
        },
        kpi(KpiKind::Requests, "web", requests),
        Kpi {
            services: vec![service_arn("orders")],
            thresholds: thresholds(80.0, 95.0, false),
            ..kpi(KpiKind::ServiceCpu, "orders", cpu)
        },
        Kpi {
            thresholds: thresholds(30.0, 60.0, false),
            ..kpi(KpiKind::ReplicaLag, "orders-db-2", lag)
        },
    ]
}

/// The charts that tell the storm, cause first.
pub(super) fn told(columns: u16, rows: u16) -> Model {
    let mut model = charts(columns, rows);
    if let Some(chart) = &mut model.chart {
        chart.stack = [
            "cache-evictions/sessions-001",
            "cache-hit-rate/sessions-001",
            "database-connections/orders-db",
            "latency-p99/web",
            "target-5xx/web",
        ]
        .map(KpiId::from)
        .to_vec();
    }
    model
}

/// The charts of production during the storm.
fn charts(columns: u16, rows: u16) -> Model {
    let mut model = incident(columns, rows);
    model.look.snapshot.environments[0].kpis = storm();
    press(&mut model, "m");
    model
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.split_whitespace() {
        update(model, Msg::Key(key.parse().unwrap()));
    }
}

#[test]
fn cause_and_effect_stand_one_below_the_other() {
    assert_snapshot!("charts-80x24", shown(&charts(80, 24)));
    assert_snapshot!("charts-120x40", shown(&charts(120, 40)));
    assert_snapshot!("charts-200x60", shown(&charts(200, 60)));
    assert_snapshot!("charts-styles", styles(&charts(80, 24), COLOURS));
}

#[test]
fn charts_are_right_without_colours_and_in_seven_bits() {
    let picture = picture(&charts(80, 24), PLAIN);
    assert!(characters(&picture).is_ascii());
    assert_snapshot!("charts-ascii", characters(&picture));
    assert_snapshot!("charts-ascii-styles", styles(&charts(80, 24), PLAIN));
}

#[test]
fn one_chart_is_read_out_and_compared() {
    let mut model = charts(120, 40);
    let yesterday = Curve {
        key: (
            "database-connections/orders-db".into(),
            Span::ThreeHours,
            Then::Yesterday,
        ),
        from: now() - SignedDuration::from_hours(27),
        series: {
            let mut before =
                series(|ago| Some(170.0 + f64::from(i32::try_from(ago % 40).unwrap())));
            for point in &mut before.points {
                *point = Point::new(point.at() - SignedDuration::from_hours(24), point.value);
            }
            before.as_of = before.as_of.map(|at| at - SignedDuration::from_hours(24));
            before
        },
        requests: None,
    };
    let part = |news| {
        Msg::Part(Part {
            environment: PRODUCTION.into(),
            at: now(),
            news,
            problems: Vec::new(),
        })
    };
    let chart = model.chart.as_mut().unwrap();
    let of = |id: &KpiId| id.as_str() == "database-connections/orders-db";
    chart.at = chart.stack.iter().position(of).unwrap();
    press(&mut model, "enter y");
    assert_eq!(model.chart.as_ref().unwrap().then, Then::Yesterday);
    let news = News::Curves(Aspect::of(now(), Ok(vec![yesterday])));
    update(&mut model, part(news));
    press(
        &mut model,
        "left left left left left left left left left left left left",
    );
    let text = shown(&model);
    assert_snapshot!("chart-alone-120x40", text);
    let problem = super::estate::problem(ProblemKind::Throttled, "AWS asks to be called slowly");
    update(
        &mut model,
        part(News::Curves(Aspect::of(now(), Err(problem)))),
    );
    assert!(shown(&model).contains("? AWS asks to be called slowly"));
}

#[test]
fn what_is_missing_is_drawn_by_its_meaning() {
    let page = |keys: &str| {
        let mut model = charts(120, 40);
        press(&mut model, keys);
        shown(&model)
    };
    let all: String = ["", "end G", "j j j j j j j"].map(page).concat();
    for said in ["no traffic", "no task ran", "not replicating"] {
        assert!(all.contains(said), "{said}: {all}");
    }
    let mut denied = charts(80, 24);
    for kpi in &mut denied.look.snapshot.environments[0].kpis {
        kpi.series.quality = Quality::Forbidden;
        kpi.series.points.clear();
    }
    let denied = shown(&denied);
    assert!(denied.contains("denied"), "{denied}");
    assert!(
        !denied.contains('⣀'),
        "nothing forbidden is drawn as zero: {denied}"
    );
}

/// Whoever wants this machine's zone has it everywhere, and every axis says whose time it tells.
#[test]
fn charts_and_numbers_tell_times_in_the_zone_that_is_wanted() {
    let mut model = told(120, 40);
    model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    press(&mut model, "left");
    let utc = shown(&model);
    assert!(
        utc.contains("as of 14:01 UTC") && utc.contains("     UTC "),
        "{utc}"
    );
    press(&mut model, "z");
    let local = shown(&model);
    assert!(
        local.contains("as of 16:01 +02") && local.contains("     +02 "),
        "{local}"
    );
    assert!(
        local.contains("Sat 16:0") && !local.contains("14:01"),
        "{local}"
    );
    press(&mut model, "esc");
    let board = shown(&model);
    assert!(board.contains("KPIs as of 16:01 +02"), "{board}");
    press(&mut model, "z");
    let board = shown(&model);
    assert!(board.contains("KPIs as of 14:01 UTC"), "{board}");
}
