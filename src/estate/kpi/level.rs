//! How bad is a number, and what does its absence mean?

use super::{Kpi, Level, Thresholds, Unit};
use crate::estate::series::{Point, Quality};
use crate::estate::{SignedDuration, Timestamp, words};

/// Older than this, a number says nothing about now.
const STALE: SignedDuration = SignedDuration::from_mins(10);
/// How late CloudWatch may publish a minute (aws.md 2.5) and a bit: a newest point further back
/// means that there is nothing newer.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// What a KPI says now. Absence has three meanings (aws.md 3.1), and none of them is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// A recent value.
    Value(f64),
    /// Nothing was counted, while there was traffic that would have been.
    Zero,
    /// There was no traffic to measure.
    NoTraffic,
    /// Nothing is known: not readable, too old, or absent without an explanation.
    Unknown,
}

/// Reads `kpi` now; `requests` is the request count of the same resource, which explains absent
/// values.
pub fn reading(kpi: &Kpi, requests: Option<&Kpi>, now: Timestamp) -> Reading {
    if !answered(kpi, now) {
        return Reading::Unknown;
    }
    if let Some(point) = recent(kpi) {
        return Reading::Value(point.value);
    }
    if !kpi.kind.of_traffic() {
        return Reading::Unknown;
    }
    match requests {
        Some(requests) if !answered(requests, now) => Reading::Unknown,
        Some(requests) => match recent(requests) {
            Some(point) if point.value > 0.0 && kpi.kind.sparse() => Reading::Zero,
            Some(point) if point.value > 0.0 => Reading::Unknown,
            _ => Reading::NoTraffic,
        },
        None => Reading::Unknown,
    }
}

/// How bad a lone KPI is now: the newest points must agree, missing is not zero, and anything
/// older than ten minutes is unknown.
pub fn level(kpi: &Kpi, now: Timestamp) -> Level {
    level_of(kpi, None, now)
}

/// How bad a KPI is now beside the request count of its resource: a count that is provably zero
/// is fine.
pub fn level_of(kpi: &Kpi, requests: Option<&Kpi>, now: Timestamp) -> Level {
    match reading(kpi, requests, now) {
        Reading::Zero => Level::Fine,
        Reading::NoTraffic | Reading::Unknown => Level::Unknown,
        Reading::Value(_) => kpi.thresholds.map_or(Level::Fine, |thresholds| {
            agreed(kpi, &thresholds).unwrap_or(Level::Unknown)
        }),
    }
}

/// The newest value in words: `405 / ≈415  97 %`, `4.9 s`, `3.1/s`; `–` when there is none.
pub fn value_words(kpi: &Kpi) -> String {
    let Some(point) = kpi.series.last().filter(|point| point.value.is_finite()) else {
        return "–".to_owned();
    };
    let value = in_unit(kpi.unit, point.value);
    match (kpi.ceiling, share(kpi, point.value)) {
        (Some(ceiling), Some(share)) => {
            let about = if ceiling.exact { "" } else { "≈" };
            let (ceiling, share) = (in_unit(kpi.unit, ceiling.value), words::percent(share));
            format!("{value} / {about}{ceiling}  {share}")
        }
        _ => value,
    }
}

/// A value in the words of its unit.
pub fn in_unit(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Count => words::number(value),
        Unit::PerMinute => words::rate(value),
        Unit::Seconds => words::latency(value),
        Unit::Percent => words::percent(value),
    }
}

/// Whether AWS answered for this metric lately, be it with nothing.
fn answered(kpi: &Kpi, now: Timestamp) -> bool {
    let readable = match kpi.series.quality {
        Quality::Complete | Quality::Partial => true,
        Quality::Forbidden | Quality::Failed => false,
    };
    let asked = kpi.series.as_of;
    readable && asked.is_some_and(|as_of| now.duration_since(as_of) <= STALE)
}

/// The newest point, if it was new when AWS answered.
fn recent(kpi: &Kpi) -> Option<Point> {
    let as_of = kpi.series.as_of?;
    kpi.series
        .last()
        .filter(|point| point.value.is_finite() && as_of.duration_since(point.at) <= LATE)
}

/// `value` as percent of the ceiling.
pub(super) fn share(kpi: &Kpi, value: f64) -> Option<f64> {
    let ceiling = kpi.ceiling.filter(|ceiling| ceiling.value > 0.0)?;
    Some(value / ceiling.value * 100.0).filter(|share| share.is_finite())
}

/// The level all of the newest points reach. Fewer points than asked for are never red; points
/// with a gap between them do not count together when AWS leaves out quiet minutes. `None` when
/// the thresholds are a share of a ceiling nobody knows.
fn agreed(kpi: &Kpi, thresholds: &Thresholds) -> Option<Level> {
    let wanted = usize::from(thresholds.points.max(1));
    let points = &kpi.series.points;
    let newest = points.get(points.len().saturating_sub(wanted)..)?;
    let mut agreed = Level::Red;
    for point in newest {
        agreed = agreed.min(reached_by(kpi, point.value, thresholds)?);
    }
    let enough = newest.len() == wanted;
    let quiet_between = kpi.kind.sparse() && !adjacent(newest, kpi.series.period);
    Some(if quiet_between {
        agreed.min(Level::Fine)
    } else if !enough {
        agreed.min(Level::Amber)
    } else {
        agreed
    })
}

/// The level one value reaches by itself; `None` when the thresholds are a share of a ceiling
/// nobody knows.
pub fn reached_by(kpi: &Kpi, value: f64, thresholds: &Thresholds) -> Option<Level> {
    let value = if thresholds.share {
        share(kpi, value)?
    } else {
        value
    };
    Some(reached(value, thresholds))
}

fn reached(value: f64, thresholds: &Thresholds) -> Level {
    // Where less is worse (hit rate, healthy targets) the red threshold is the lower one.
    let (value, amber, red) = if thresholds.red < thresholds.amber {
        (-value, -thresholds.amber, -thresholds.red)
    } else {
        (value, thresholds.amber, thresholds.red)
    };
    if value >= red {
        Level::Red
    } else if value >= amber {
        Level::Amber
    } else if value.is_nan() {
        Level::Unknown
    } else {
        Level::Fine
    }
}

fn adjacent(points: &[Point], period: SignedDuration) -> bool {
    points
        .windows(2)
        .all(|pair| pair[1].at.duration_since(pair[0].at) <= period)
}
