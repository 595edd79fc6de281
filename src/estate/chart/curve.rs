//! One KPI over the time of a chart.

use std::collections::BTreeMap;

use super::span::floor;
use super::{Span, Then};
use crate::estate::aspect::Aspect;
use crate::estate::id::KpiId;
use crate::estate::kpi::{Kpi, KpiKind, Reading};
use crate::estate::problem::Problem;
use crate::estate::series::{Quality, Series};
use crate::estate::{SignedDuration, Timestamp};

/// What tells curves apart.
pub type CurveKey = (KpiId, Span, Then);

/// The values of one KPI as far back as a chart asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Whose, how far back and when.
    pub key: CurveKey,
    /// From here on was asked.
    pub from: Timestamp,
    /// Its values.
    pub series: Series,
    /// The requests of the same resource, which explain absent values.
    pub requests: Option<Series>,
}

/// The curves that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    known: BTreeMap<CurveKey, Curve>,
    /// Why the last ask brought nothing, or not everything.
    pub problem: Option<Problem>,
}

impl Curves {
    /// Takes in what an ask brought.
    pub fn absorb(&mut self, brought: Aspect<Vec<Curve>>) {
        for curve in brought.news.into_iter().flatten() {
            self.known.insert(curve.key.clone(), curve);
        }
        self.problem = brought.problem;
    }

    /// One curve.
    pub fn of(&self, kpi: &KpiId, span: Span, then: Then) -> Option<&Curve> {
        self.known.get(&(kpi.clone(), span, then))
    }
}

/// A KPI over the time of a chart, ready to be read moment by moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    kind: KpiKind,
    from: Timestamp,
    /// Its values.
    pub series: Series,
    requests: Option<Series>,
}

/// `kpi` over `span`, out of what the board keeps and of what a chart asked for; `requests` counts
/// the requests of the same resource. `None` until anything is known of that time.
pub fn drawn(
    curves: &Curves,
    kpi: &Kpi,
    requests: Option<&Kpi>,
    (span, then): (Span, Then),
) -> Option<Drawn> {
    let asked = curves.of(&kpi.id, span, then);
    let live = (then == Then::Now && span.period(then) == kpi.series.period).then_some(kpi);
    let kept = |live: &Kpi| live.series.as_of.map(|as_of| as_of - live.kind.kept());
    let mut drawn = match (asked, live) {
        (Some(curve), _) => Drawn {
            kind: kpi.kind,
            from: curve.from,
            series: curve.series.clone(),
            requests: curve.requests.clone(),
        },
        (None, Some(live)) => Drawn {
            kind: kpi.kind,
            from: kept(live)?,
            series: live.series.clone(),
            requests: requests.map(|one| one.series.clone()),
        },
        (None, None) => return None,
    };
    if let (Some(_), Some(live)) = (asked, live) {
        newest(&mut drawn.series, &live.series, drawn.from);
        if let (Some(own), Some(live)) = (&mut drawn.requests, requests) {
            newest(own, &live.series, drawn.from);
        }
    }
    Some(drawn)
}

/// Adds what the board read since.
fn newest(own: &mut Series, live: &Series, from: Timestamp) {
    if live.as_of > own.as_of && live.quality == Quality::Complete {
        own.absorb(live, from);
    }
}

impl Drawn {
    /// How long one of its values is.
    pub fn period(&self) -> SignedDuration {
        self.series.period.max(SignedDuration::from_mins(1))
    }

    /// Every period between the two times, with what was so then.
    pub fn readings(&self, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Reading)> {
        let period = self.period();
        let mut at = floor(from, period);
        let mut found = Vec::new();
        while at < until {
            found.push((at, self.at(at)));
            at += period;
        }
        found
    }

    /// What was so in the period `at` lies in. What AWS published late, and what nobody asked for,
    /// is unknown: never zero.
    pub fn at(&self, at: Timestamp) -> Reading {
        let at = floor(at, self.period());
        let known = |series: &Series| {
            let read = matches!(series.quality, Quality::Complete | Quality::Partial);
            read && at >= self.from && series.as_of.is_some_and(|as_of| at < as_of)
        };
        match value(&self.series, at) {
            Some(lag) if self.kind == KpiKind::ReplicaLag && lag < 0.0 => {
                return Reading::NotReplicating;
            }
            Some(value) => return Reading::Value(value),
            None if !known(&self.series) || self.series.quality == Quality::Partial => {
                return Reading::Unknown;
            }
            None if self.kind.of_tasks() => return Reading::NoTask,
            None if !self.kind.of_traffic() => return Reading::Unknown,
            None => {}
        }
        let own = (self.kind == KpiKind::Requests).then_some(&self.series);
        let Some(requests) = own.or(self.requests.as_ref()).filter(|one| known(one)) else {
            return Reading::Unknown;
        };
        match value(requests, at) {
            None => Reading::NoTraffic,
            Some(count) if count > 0.0 && self.kind.sparse() => Reading::Zero,
            // A rate of few requests is not judged: there was traffic, but no value.
            Some(_) => Reading::Unknown,
        }
    }

    /// The highest value between the two times; `None` when there is none.
    pub fn highest(&self, from: Timestamp, until: Timestamp) -> Option<f64> {
        let within = self.series.points.iter();
        let within = within.filter(|point| point.at() >= from && point.at() < until);
        let values = within
            .map(|point| point.value)
            .filter(|one| one.is_finite());
        values.reduce(f64::max)
    }
}

/// The value of the period that begins at `at`.
fn value(series: &Series, at: Timestamp) -> Option<f64> {
    let points = &series.points;
    let place = points.binary_search_by_key(&at, |point| point.at()).ok()?;
    Some(points[place].value).filter(|value| value.is_finite())
}
