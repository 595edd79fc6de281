//! How bad is a number, and what does its absence mean?

use super::{Kpi, KpiKind, Level, Thresholds, Unit};
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
    /// No task runs that could be measured.
    NoTask,
    /// A replica that does not follow its source (AWS says −1): never a lag of zero.
    NotReplicating,
    /// Nothing is known: not readable, too old, or absent without an explanation.
    Unknown,
}

/// Reads `kpi` now; `requests` is the request count of the same resource, which explains absent
/// values.
pub fn reading(kpi: &Kpi, requests: Option<&Kpi>, now: Timestamp) -> Reading {
    if !answered(kpi, now) {
        return Reading::Unknown;
    }
    // Where quiet minutes are left out, a newer minute with traffic is a newer value: zero.
    let quiet = requests.filter(|_| kpi.kind.sparse() && kpi.kind.of_traffic());
    let quiet_since = quiet.and_then(recent).filter(|point| point.value > 0.0);
    match (recent(kpi), quiet_since) {
        (Some(point), Some(newer)) if newer.at() > point.at() => return Reading::Zero,
        (Some(point), _) if kpi.kind == KpiKind::ReplicaLag && point.value < 0.0 => {
            return Reading::NotReplicating;
        }
        (Some(point), _) => return Reading::Value(point.value),
        (None, _) => {}
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

/// What an absent value of a service means once its running tasks are known: a service without a
/// task has no CPU (aws.md 3.2).
pub fn beside_tasks(kpi: &Kpi, reading: Reading, running: u32) -> Reading {
    if reading == Reading::Unknown && running == 0 && kpi.kind.of_tasks() {
        Reading::NoTask
    } else {
        reading
    }
}

/// A reading in words: the newest value with its share, or why there is none.
pub fn reading_words(kpi: &Kpi, reading: Reading) -> String {
    match reading {
        Reading::Value(_) => value_words(kpi),
        Reading::Zero => in_unit(kpi.unit, 0.0),
        Reading::NoTraffic => "no traffic".to_owned(),
        Reading::NoTask => "no task runs".to_owned(),
        Reading::NotReplicating => "not replicating".to_owned(),
        Reading::Unknown => match kpi.series.quality {
            Quality::Forbidden => "denied".to_owned(),
            Quality::Complete | Quality::Partial | Quality::Failed => "–".to_owned(),
        },
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
        Reading::NotReplicating => Level::Red,
        Reading::NoTraffic | Reading::NoTask | Reading::Unknown => Level::Unknown,
        found @ (Reading::Zero | Reading::Value(_)) => {
            let Some(thresholds) = &kpi.thresholds else {
                return Level::Fine;
            };
            let end = match (found, requests.and_then(recent)) {
                (Reading::Zero, Some(newer)) => Some(newer.at()),
                _ => kpi.series.last().map(Point::at),
            };
            end.and_then(|end| settled(kpi, thresholds, end))
                .unwrap_or(if found == Reading::Zero {
                    Level::Fine
                } else {
                    Level::Unknown
                })
        }
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
        Unit::Bytes => words::bytes(value),
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
        .filter(|point| point.value.is_finite() && as_of.duration_since(point.at()) <= LATE)
}

/// `value` as percent of the ceiling.
pub(super) fn share(kpi: &Kpi, value: f64) -> Option<f64> {
    let ceiling = kpi.ceiling.filter(|ceiling| ceiling.value > 0.0)?;
    Some(value / ceiling.value * 100.0).filter(|share| share.is_finite())
}

/// The level `kpi` has settled on at the minute `end`: M of the newest N points take it up at
/// once, and only M clear points in a row take it down again, so that it does not flicker at a
/// threshold. `None` when the thresholds are a share of a ceiling nobody knows.
fn settled(kpi: &Kpi, thresholds: &Thresholds, end: Timestamp) -> Option<Level> {
    let (wanted, window) = span(thresholds);
    // One window for each of the last `window` minutes; what was before decides nothing now.
    let minutes = slots(kpi, end, window * 3);
    let levels: Vec<Option<Level>> = minutes
        .into_iter()
        .map(|value| match value {
            Some(value) => reached_by(kpi, value, thresholds).map(Some),
            // A minute AWS left out counted nothing; any other missing one says nothing.
            None => Some(kpi.kind.sparse().then_some(Level::Fine)),
        })
        .collect::<Option<_>>()?;
    let known: Vec<Level> = levels.into_iter().flatten().collect();
    let mut level = Level::Unknown;
    for newest in 1..=known.len() {
        let seen = &known[newest.saturating_sub(window)..newest];
        let up = agreed(seen, wanted);
        let clear = known[..newest].iter().rev().take(wanted);
        let below = clear.filter(|&&one| one < level).count() >= wanted;
        if up > level || below {
            level = up;
        }
    }
    Some(level)
}

/// M and N.
fn span(thresholds: &Thresholds) -> (usize, usize) {
    let wanted = usize::from(thresholds.points.max(1));
    (wanted, usize::from(thresholds.of).max(wanted))
}

/// The highest level that `wanted` of the points reach. Fewer points than that are never red.
fn agreed(seen: &[Level], wanted: usize) -> Level {
    let reach = |level: Level| seen.iter().filter(|&&one| one >= level).count();
    if seen.len() < wanted {
        return seen
            .iter()
            .copied()
            .min()
            .unwrap_or_default()
            .min(Level::Amber);
    }
    if reach(Level::Red) >= wanted {
        Level::Red
    } else if reach(Level::Amber) >= wanted {
        Level::Amber
    } else {
        Level::Fine
    }
}

/// The values of the `count` periods up to and with the one at `end`, oldest first. For a kind
/// that is published in every period these are simply the newest points, whatever lies between.
fn slots(kpi: &Kpi, end: Timestamp, count: usize) -> Vec<Option<f64>> {
    let points = &kpi.series.points;
    if !kpi.kind.sparse() {
        let newest = &points[points.len().saturating_sub(count)..];
        return newest.iter().map(|point| Some(point.value)).collect();
    }
    let period = kpi.series.period.as_secs().max(1);
    let mut values = vec![None; count];
    for point in points.iter().rev().take(count) {
        let back = usize::try_from((end.as_second() - point.at().as_second()) / period);
        if let Ok(back) = back
            && back < count
        {
            values[count - 1 - back] = Some(point.value);
        }
    }
    values
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
