use strum::IntoEnumIterator as _;

use super::*;
use crate::estate::SignedDuration;
use crate::estate::aspect::Aspect;
use crate::estate::fixture::{ago, kpi};
use crate::estate::kpi::{Kpi, KpiKind, Reading, Unit};
use crate::estate::series::{Point, Quality, Series};

#[test]
fn periods_are_what_cloudwatch_still_keeps_and_never_more_than_a_screen_needs() {
    for span in Span::iter() {
        for then in Then::iter() {
            let period = span.period(then);
            let points = span.length().as_secs() / period.as_secs();
            assert!((60..=700).contains(&points), "{span:?} {then:?}: {points}");
            assert_eq!(period, span.period(Then::Now), "both lie on one axis");
        }
    }
    assert_eq!(
        Span::Hour.period(Then::LastWeek),
        SignedDuration::from_mins(1)
    );
    assert_eq!(
        super::span::floor(ago(-61), SignedDuration::from_mins(1)),
        ago(-60)
    );
    let (from, until) = Span::Day.window(ago(-299));
    assert_eq!((from, until), (ago(86_400), ago(0)));
}

#[test]
fn spans_end_at_both_ends() {
    assert_eq!(Span::Hour.shorter(), None);
    assert_eq!(Span::Hour.longer(), Some(Span::ThreeHours));
    assert_eq!(Span::Week.longer(), None);
    assert_eq!(Span::Week.shorter(), Some(Span::Day));
    assert_eq!(Then::Now.next().next().next(), Then::Now);
}

/// The minutes from the third to the seventh before now, the oldest first.
fn readings(one: &Kpi, requests: Option<&Kpi>) -> Vec<Reading> {
    let drawn = drawn(&Curves::default(), one, requests, (Span::Hour, Then::Now)).unwrap();
    let read = drawn.readings(ago(7 * 60), ago(2 * 60));
    read.into_iter().map(|(_, reading)| reading).collect()
}

fn without(mut one: Kpi, gone: &[i64]) -> Kpi {
    let gone: Vec<_> = gone.iter().map(|minute| ago(minute * 60)).collect();
    one.series
        .points
        .retain(|point| !gone.contains(&point.at()));
    one.series.as_of = Some(ago(3 * 60));
    one
}

#[test]
fn every_missing_minute_is_what_it_means() {
    use Reading::{NoTask, NoTraffic, NotReplicating, Unknown, Value, Zero};
    let five = |kind, unit| kpi(kind, unit, &[7.0, 7.0, 7.0, 7.0, 7.0]);
    let requests = without(five(KpiKind::Requests, Unit::PerMinute), &[6]);
    let errors = without(five(KpiKind::Target5xx, Unit::PerMinute), &[5, 6]);
    // The last minute is beyond what was asked: late, not zero.
    assert_eq!(
        readings(&errors, Some(&requests)),
        [Value(7.0), NoTraffic, Zero, Value(7.0), Value(7.0)]
    );
    let late = without(five(KpiKind::Target5xx, Unit::PerMinute), &[3, 5, 6]);
    assert_eq!(
        readings(&late, Some(&requests)),
        [Value(7.0), NoTraffic, Zero, Value(7.0), Unknown]
    );
    assert_eq!(readings(&requests, None)[1], NoTraffic);
    assert_eq!(
        readings(&errors, None)[1],
        Unknown,
        "nobody knows the traffic"
    );
    let latency = without(five(KpiKind::LatencyP99, Unit::Seconds), &[5, 6]);
    assert_eq!(
        readings(&latency, Some(&requests))[1..3],
        [NoTraffic, Unknown]
    );
    let cpu = without(five(KpiKind::ServiceCpu, Unit::Percent), &[5]);
    assert_eq!(readings(&cpu, None)[2], NoTask);
    let database = without(five(KpiKind::DatabaseCpu, Unit::Percent), &[5]);
    assert_eq!(readings(&database, None)[2], Unknown);
    let lag = kpi(
        KpiKind::ReplicaLag,
        Unit::Seconds,
        &[2.0, -1.0, 3.0, 4.0, 5.0],
    );
    assert_eq!(readings(&lag, None)[1], NotReplicating);
    let mut denied = cpu;
    denied.series.quality = Quality::Forbidden;
    assert_eq!(readings(&denied, None)[2], Unknown);
}

#[test]
fn what_was_asked_for_a_chart_goes_on_with_what_the_board_reads() {
    let live = kpi(KpiKind::LatencyP99, Unit::Seconds, &[1.0, 2.0]);
    let curve = |span: Span| Curve {
        key: (live.id.clone(), span, Then::Now),
        from: ago(10_800),
        series: Series {
            points: vec![Point::new(ago(600), 9.0), Point::new(ago(240), 8.0)],
            period: span.period(Then::Now),
            as_of: Some(ago(180)),
            quality: Quality::Complete,
        },
        requests: None,
    };
    let mut curves = Curves::default();
    curves.absorb(Aspect::of(
        ago(0),
        Ok(vec![curve(Span::ThreeHours), curve(Span::Day)]),
    ));
    let values = |span| {
        let drawn = drawn(&curves, &live, None, (span, Then::Now)).unwrap();
        let points = drawn.series.points.iter();
        points.map(|point| point.value).collect::<Vec<_>>()
    };
    assert_eq!(values(Span::ThreeHours), [9.0, 1.0, 2.0]);
    assert_eq!(values(Span::Day), [9.0, 8.0], "of another period");
    assert_eq!(values(Span::Hour), [1.0, 2.0]);
    assert_eq!(drawn(&curves, &live, None, (Span::Week, Then::Now)), None);
    assert_eq!(
        drawn(&curves, &live, None, (Span::Hour, Then::Yesterday)),
        None
    );
}
