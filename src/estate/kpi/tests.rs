use super::*;
use crate::estate::fixture::{ago, kpi, thresholds};
use crate::estate::series::{Point, Quality};

fn connections(values: &[f64]) -> Kpi {
    Kpi {
        ceiling: Some(Ceiling {
            value: 415.0,
            exact: false,
        }),
        thresholds: thresholds(80.0, 90.0, true),
        ..kpi(KpiKind::DatabaseConnections, Unit::Count, values)
    }
}

fn errors(values: &[f64]) -> Kpi {
    Kpi {
        thresholds: thresholds(6.0, 60.0, false),
        ..kpi(KpiKind::Target5xx, Unit::PerMinute, values)
    }
}

#[test]
fn a_level_is_what_the_newest_points_agree_on() {
    let now = ago(0);
    assert_eq!(level(&connections(&[100.0; 5]), now), Level::Fine);
    assert_eq!(level(&connections(&[340.0; 5]), now), Level::Amber);
    assert_eq!(level(&connections(&[400.0; 5]), now), Level::Red);
    let dip = [400.0, 400.0, 340.0, 400.0, 400.0];
    assert_eq!(level(&connections(&dip), now), Level::Amber);
    let only_four = level(&connections(&[400.0; 4]), now);
    assert_eq!(only_four, Level::Amber, "too few to be sure of red");
    let mut unknown_ceiling = connections(&[400.0; 5]);
    unknown_ceiling.ceiling = None;
    assert_eq!(level(&unknown_ceiling, now), Level::Unknown);
    let mut falling = kpi(KpiKind::CacheHitRate, Unit::Percent, &[40.0; 5]);
    falling.thresholds = thresholds(80.0, 60.0, false);
    assert_eq!(level(&falling, now), Level::Red, "less is worse");
}

#[test]
fn old_missing_and_forbidden_are_unknown() {
    let red = connections(&[400.0; 5]);
    assert_eq!(level(&red, ago(-600)), Level::Red);
    assert_eq!(level(&red, ago(-601)), Level::Unknown);
    assert_eq!(level(&connections(&[]), ago(0)), Level::Unknown);
    assert_eq!(level(&connections(&[f64::NAN; 5]), ago(0)), Level::Unknown);
    for quality in [Quality::Forbidden, Quality::Failed] {
        let mut unreadable = red.clone();
        unreadable.series.quality = quality;
        assert_eq!(level(&unreadable, ago(0)), Level::Unknown);
    }
    let mut never_asked = red;
    never_asked.series.as_of = None;
    assert_eq!(level(&never_asked, ago(0)), Level::Unknown);
}

#[test]
fn an_absent_count_has_three_meanings() {
    let now = ago(0);
    let requests = |values: &[f64]| kpi(KpiKind::Requests, Unit::PerMinute, values);
    let silent = errors(&[]);
    assert_eq!(
        reading(&silent, Some(&requests(&[300.0])), now),
        Reading::Zero
    );
    assert_eq!(
        level_of(&silent, Some(&requests(&[300.0])), now),
        Level::Fine
    );
    assert_eq!(
        reading(&silent, Some(&requests(&[])), now),
        Reading::NoTraffic
    );
    assert_eq!(reading(&silent, None, now), Reading::Unknown);
    let latency = kpi(KpiKind::LatencyP99, Unit::Seconds, &[]);
    assert_eq!(
        reading(&latency, Some(&requests(&[])), now),
        Reading::NoTraffic
    );
    let late = reading(&latency, Some(&requests(&[300.0])), now);
    assert_eq!(late, Reading::Unknown, "never zero seconds");
}

#[test]
fn errors_far_apart_do_not_add_up() {
    let burst = errors(&[90.0; 5]);
    assert_eq!(level(&burst, ago(0)), Level::Red);
    let mut scattered = burst;
    for (point, age) in scattered.series.points.iter_mut().zip([50, 40, 30, 20, 3]) {
        *point = Point::new(ago(age * 60), point.value);
    }
    assert_eq!(level(&scattered, ago(0)), Level::Fine);
}

#[test]
fn values_are_said_with_unit_and_share() {
    assert_eq!(value_words(&connections(&[404.6])), "405 / ≈415  97 %");
    let mut exact = connections(&[50.0]);
    exact.ceiling = Some(Ceiling {
        value: 100.0,
        exact: true,
    });
    assert_eq!(value_words(&exact), "50 / 100  50 %");
    assert_eq!(value_words(&errors(&[186.0])), "3.1/s");
    let slow = kpi(KpiKind::LatencyP99, Unit::Seconds, &[4.9]);
    assert_eq!(value_words(&slow), "4.9 s");
    let hits = kpi(KpiKind::CacheHitRate, Unit::Percent, &[95.2]);
    assert_eq!(value_words(&hits), "95 %");
    assert_eq!(value_words(&errors(&[])), "–");
}

#[test]
fn a_straight_climb_says_when_it_ends() {
    let climb = |from: f64, step: f64| {
        let values: Vec<f64> = (0..12)
            .map(|minute| from + step * f64::from(minute))
            .collect();
        trend_words(&connections(&values), ago(0))
    };
    // 366 three minutes ago, 6 a minute: 49 more take 8 minutes, of which 3 are over.
    assert_eq!(climb(300.0, 6.0).as_deref(), Some("full in ~5 min"));
    assert_eq!(climb(350.0, 6.0).as_deref(), Some("full"));
    assert_eq!(climb(340.0, 6.0).as_deref(), Some("full in <1 min"));
    assert_eq!(climb(100.0, 1.0), None, "hours away");
    assert_eq!(climb(300.0, -6.0), None);
    assert_eq!(climb(300.0, 0.0), None);
    let jumpy = [100.0, 300.0, 120.0, 310.0, 90.0, 350.0, 200.0, 380.0];
    assert_eq!(trend_words(&connections(&jumpy), ago(0)), None);
    let few = [380.0, 386.0, 392.0, 398.0];
    assert_eq!(
        trend_words(&connections(&few), ago(0)),
        None,
        "too few points"
    );
}

#[test]
fn a_newer_minute_with_traffic_and_without_errors_is_zero() {
    let requests = kpi(KpiKind::Requests, Unit::PerMinute, &[300.0; 5]);
    let mut over = errors(&[90.0; 5]);
    for point in &mut over.series.points {
        let minutes = crate::estate::SignedDuration::from_mins(2);
        *point = Point::new(point.at() - minutes, point.value);
    }
    assert_eq!(reading(&over, Some(&requests), ago(0)), Reading::Zero);
    assert_eq!(reading(&over, None, ago(0)), Reading::Value(90.0));
}

#[test]
fn a_service_without_a_task_has_no_cpu() {
    let cpu = kpi(KpiKind::ServiceCpu, Unit::Percent, &[]);
    let absent = reading(&cpu, None, ago(0));
    assert_eq!(absent, Reading::Unknown);
    assert_eq!(beside_tasks(&cpu, absent, 0), Reading::NoTask);
    assert_eq!(beside_tasks(&cpu, absent, 2), Reading::Unknown);
    assert_eq!(reading_words(&cpu, Reading::NoTask), "no task runs");
}

#[test]
fn a_replica_that_does_not_follow_is_red_and_no_lag_of_minus_one() {
    let mut lag = kpi(KpiKind::ReplicaLag, Unit::Seconds, &[0.2, -1.0]);
    lag.thresholds = thresholds(30.0, 60.0, false);
    let now = reading(&lag, None, ago(0));
    assert_eq!(reading_words(&lag, now), "not replicating");
    assert_eq!(level(&lag, ago(0)), Level::Red);
}

#[test]
fn three_of_five_are_enough_where_the_thresholds_say_so() {
    let of = |values: &[f64]| {
        let mut one = kpi(KpiKind::LoadBalancer502, Unit::PerMinute, values);
        one.thresholds = Some(Thresholds {
            amber: 1.0,
            red: 6.0,
            share: false,
            points: 3,
            of: 5,
        });
        level(&one, ago(0))
    };
    assert_eq!(of(&[9.0, 0.0, 8.0, 0.0, 7.0]), Level::Red);
    assert_eq!(of(&[9.0, 0.0, 2.0, 0.0, 7.0]), Level::Amber);
    assert_eq!(of(&[9.0, 0.0, 0.0, 0.0, 7.0]), Level::Fine);
}

#[test]
fn what_was_red_stays_so_until_enough_points_are_clear() {
    let of = |tail: &[f64]| {
        let values = [[400.0; 6].as_slice(), tail].concat();
        level(&connections(&values), ago(0))
    };
    assert_eq!(of(&[]), Level::Red);
    assert_eq!(of(&[300.0; 4]), Level::Red, "four of five");
    assert_eq!(of(&[300.0; 5]), Level::Fine);
    assert_eq!(of(&[350.0; 5]), Level::Amber);
    assert_eq!(of(&[300.0, 300.0, 400.0, 300.0, 300.0]), Level::Red);
}

#[test]
fn the_settings_rule_what_is_found() {
    let rule = |resource: Option<&str>| Rule {
        kind: KpiKind::DatabaseConnections,
        resource: resource.map(Into::into),
        amber: Some(60.0),
        red: None,
        points: Some(3),
        of: None,
        ceiling: None,
        pin: true,
        hide: false,
    };
    let wanted = Wanted {
        metrics: Vec::new(),
        rules: vec![rule(Some("orders-*")), rule(Some("billing"))],
        ..Wanted::default()
    };
    let found = |resource| {
        wanted
            .rule(KpiKind::DatabaseConnections, resource)
            .is_some()
    };
    assert_eq!(
        ["orders-db", "orders", "billing", "billing-db"].map(found),
        [true, false, true, false]
    );
    assert!(wanted.rule(KpiKind::DatabaseCpu, "orders-db").is_none());
    let ruled = rule(None).thresholds(thresholds(80.0, 90.0, true)).unwrap();
    assert_eq!((ruled.amber, ruled.red), (60.0, 90.0));
    assert_eq!((ruled.points, ruled.of, ruled.share), (3, 5, true));
    assert_eq!(
        rule(None).thresholds(None),
        None,
        "half a threshold is none"
    );
}
