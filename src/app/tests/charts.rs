//! Charts: what they open on, what they ask for, and what their keys do.

use super::*;
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::chart::{Span, Then};
use crate::estate::id::KpiId;
use crate::estate::kpi::{Kpi, KpiKind, Thresholds};
use crate::estate::part::Read;
use crate::estate::series::{Point, Quality, Series};

fn kpi(desktop: &Desktop, kind: KpiKind, service: Option<&str>, value: f64) -> Kpi {
    let at = desktop.model.now;
    let points = (1..=6)
        .rev()
        .map(|minute| Point::new(at - SignedDuration::from_mins(minute), value));
    Kpi {
        id: format!("{kind}/{}", service.unwrap_or("shared"))
            .as_str()
            .into(),
        kind,
        resource: service.unwrap_or("shared").into(),
        label: None,
        balancer: None,
        services: service.map(arn).into_iter().collect(),
        pinned: false,
        series: Series {
            points: points.collect(),
            period: SignedDuration::from_mins(1),
            as_of: Some(at),
            quality: Quality::Complete,
        },
        unit: kind.unit(),
        ceiling: None,
        thresholds: Some(Thresholds {
            amber: 80.0,
            red: 90.0,
            share: false,
            points: 5,
            of: 5,
        }),
        pools: Vec::new(),
    }
}

/// A console that has read what there is of two services and what they share.
fn measured() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    let kpis = vec![
        kpi(&desktop, KpiKind::DatabaseConnections, None, 10.0),
        kpi(&desktop, KpiKind::Target5xx, Some("orders"), 95.0),
        kpi(&desktop, KpiKind::ServiceCpu, Some("orders"), 99.0),
        kpi(&desktop, KpiKind::ServiceCpu, Some("web"), 9.0),
    ];
    desktop.part(News::Kpis(kpis));
    desktop
}

fn stack(desktop: &Desktop) -> Vec<&str> {
    let chart = desktop.model.chart.as_ref().unwrap();
    chart.stack.iter().map(KpiId::as_str).collect()
}

/// What is asked for charts: how many KPIs, how far back, when, how often in minutes.
#[expect(clippy::wildcard_enum_match_arm, reason = "one of many is meant")]
fn asked(desktop: &Desktop) -> Vec<(usize, Span, Then, i64)> {
    let all = subscriptions(&desktop.model).into_iter();
    let curves = all.filter_map(|one| match one {
        Subscription::Poll {
            read: Read::Curves(charted),
            every,
            ..
        } => {
            let minutes = every.as_mins();
            Some((charted.kpis.len(), charted.span, charted.then, minutes))
        }
        _ => None,
    });
    curves.collect()
}

#[test]
fn an_environment_opens_on_its_headlines_and_what_is_not_well() {
    let mut desktop = measured();
    desktop.press("m");
    assert_eq!(
        stack(&desktop),
        [
            "target-5xx/orders",
            "service-cpu/orders",
            "database-connections/shared"
        ]
    );
    desktop.press("esc");
    assert!(desktop.model.chart.is_none());
    desktop.press("g k enter");
    assert_eq!(stack(&desktop).len(), 3);
}

#[test]
fn a_service_opens_on_its_own_numbers_and_what_it_shares() {
    let mut desktop = measured();
    desktop.press("g s enter m");
    let found = stack(&desktop);
    let name = desktop.subject().unwrap();
    assert!(
        found
            .iter()
            .all(|id| id.ends_with(name) || id.ends_with("shared")),
        "{found:?}"
    );
    assert!(found.contains(&"database-connections/shared"));
    desktop.press("esc");
    assert!(desktop.model.service.is_some(), "back on the page");
}

#[test]
fn only_what_the_board_does_not_keep_is_asked_for_and_not_often() {
    let mut desktop = measured();
    assert_eq!(asked(&desktop), []);
    desktop.press("m");
    // One of the three is kept for one hour only; its newest minutes come with the board's.
    assert_eq!(asked(&desktop), [(1, Span::ThreeHours, Then::Now, 15)]);
    desktop.press("+");
    assert_eq!(asked(&desktop), []);
    desktop.press("- - -");
    assert_eq!(asked(&desktop), [(3, Span::Day, Then::Now, 5)]);
    desktop.press("y");
    assert_eq!(
        asked(&desktop),
        [
            (3, Span::Day, Then::Now, 5),
            (3, Span::Day, Then::Yesterday, 15)
        ]
    );
    desktop.wait(16 * 60_000);
    assert_eq!(asked(&desktop)[0].3, 15, "nobody is here");
    desktop.press("x");
    assert_eq!(asked(&desktop)[0].0, 2);
    desktop.press("esc");
    assert_eq!(asked(&desktop), []);
}

#[test]
fn charts_in_sight_are_worth_asking_for_every_minute() {
    let mut desktop = measured();
    desktop.press("g s enter m");
    let charted = desktop.model.chart.as_ref().unwrap().stack.clone();
    let watched = desktop.model.attention.iter();
    let watched: Vec<&KpiId> = watched.flat_map(|(_, one)| &one.watched).collect();
    assert!(
        charted.iter().all(|id| watched.contains(&id)),
        "{watched:?}"
    );
}

#[test]
fn the_cursor_moves_by_columns_and_stays_in_the_window() {
    let mut desktop = measured();
    desktop.press("m left");
    let at = |desktop: &Desktop| desktop.model.chart.as_ref().unwrap().cursor;
    let (from, until) = desktop
        .model
        .chart
        .as_ref()
        .unwrap()
        .window(desktop.model.now);
    let first = at(&desktop).unwrap();
    assert_eq!(
        until.duration_since(first),
        SignedDuration::from_mins(2),
        "a column"
    );
    desktop.press("right");
    assert_eq!(at(&desktop), None);
    desktop.press("home");
    assert_eq!(at(&desktop), Some(from));
    desktop.press("left");
    assert_eq!(at(&desktop), Some(from));
    desktop.press("end");
    assert_eq!(at(&desktop), None);
    desktop.press("left -");
    assert_eq!(at(&desktop), None, "another span, another window");
}

#[test]
fn places_are_kept_and_the_last_chart_stays() {
    let mut desktop = measured();
    desktop.press("m j");
    let before = stack(&desktop).join(" ");
    let calm = kpi(&desktop, KpiKind::Target5xx, Some("orders"), 1.0);
    desktop.part(News::Kpis(vec![calm]));
    assert_eq!(stack(&desktop).join(" "), before, "nothing jumps");
    desktop.press("x x x x");
    assert_eq!(stack(&desktop).len(), 1);
    desktop.press("enter");
    assert!(desktop.model.chart.as_ref().unwrap().alone);
    desktop.press("esc");
    assert!(!desktop.model.chart.as_ref().unwrap().alone);
}
