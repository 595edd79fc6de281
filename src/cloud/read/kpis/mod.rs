//! The KPIs: what is asked when, and what it means.

mod catalogue;
mod thresholds;

use std::collections::HashMap;

use futures::future::join;

use super::metrics::{Metric, PERIOD, Values};
use crate::cloud::link::{Link, Sink};
use crate::estate::id::KpiId;
use crate::estate::kpi::{Kpi, KpiKind};
use crate::estate::part::News;
use crate::estate::problem::Problem;
use crate::estate::series::{Point, Quality, Series};
use crate::estate::{SignedDuration, Timestamp};
use catalogue::Entry;

/// How far the first look goes back: what the widest chart shows.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(3);
/// How much is asked again, because late values overwrite (aws.md 2.5).
const AGAIN: SignedDuration = SignedDuration::from_mins(3);
/// How often the KPIs are asked that nobody stares at: the price is per ask, not per point, so
/// five points at a time cost a fifth (aws.md 2.4).
const SLOW: SignedDuration = SignedDuration::from_mins(5);
/// What thresholds are computed over.
const BASELINE: SignedDuration = SignedDuration::from_hours(1);

/// What a link remembers of its KPIs. Held while asking, so that nothing is paid for twice.
#[derive(Default)]
pub(in crate::cloud) struct Kpis {
    asked: tokio::sync::Mutex<HashMap<KpiId, Asked>>,
}

/// The last ask of one KPI.
#[derive(Default)]
struct Asked {
    /// The end of its window.
    until: Option<Timestamp>,
    /// The last hour's values.
    baseline: Series,
}

/// One KPI that is due.
struct Due {
    entry: Entry,
    start: Timestamp,
    end: Timestamp,
}

impl Link {
    /// Reads the KPIs that are due. The topology and (at the very start) the services are read
    /// side by side.
    pub(in crate::cloud) async fn read_kpis(&self, sink: Sink<'_>) {
        let mut asked = self.kpis.asked.lock().await;
        let (topology, ()) = join(self.topology(), self.know_services(sink)).await;
        let at = self.gate.now();
        let entries = catalogue::entries(&self.fleet.known(), &topology);
        let due = entries
            .into_iter()
            .filter_map(|entry| due(entry, &asked, at));
        let (first, later): (Vec<Due>, Vec<Due>) =
            due.partition(|one| one.end.duration_since(one.start) >= FIRST_LOOK);
        let (first, later) = join(self.ask(first), self.ask(later)).await;
        let mut problems = topology.problems;
        let mut kpis = Vec::new();
        for (answers, failed) in [first, later] {
            problems.extend(failed);
            kpis.extend(answers.into_iter().map(|(due, series)| {
                keep(&mut asked, &due, &series);
                (due.entry, series)
            }));
        }
        let kpis = kpis
            .into_iter()
            .map(|(entry, series)| finish(entry, series, &asked))
            .collect();
        sink(self.part(at, News::Kpis(kpis), problems));
    }

    /// Asks for everything in `due` in one window that covers all of theirs.
    async fn ask(&self, due: Vec<Due>) -> (Vec<(Due, Series)>, Vec<Problem>) {
        let start = due.iter().map(|one| one.start).min();
        let end = due.iter().map(|one| one.end).max();
        let (Some(start), Some(end)) = (start, end) else {
            return (Vec::new(), Vec::new());
        };
        let metrics: Vec<Metric> = due
            .iter()
            .flat_map(|one| one.entry.metrics.iter().cloned())
            .collect();
        let (values, problems) = self.metric_values(&metrics, start, end).await;
        let mut values = values.into_iter();
        let answers = due.into_iter().map(|one| {
            let parts: Vec<Values> = values.by_ref().take(one.entry.metrics.len()).collect();
            let series = series(&parts, one.end);
            (one, series)
        });
        (answers.collect(), problems)
    }
}

/// When `entry` is to be asked again, if now.
fn due(entry: Entry, asked: &HashMap<KpiId, Asked>, now: Timestamp) -> Option<Due> {
    let end = entry.metrics.first()?.window_end(now);
    let earliest = end - FIRST_LOOK;
    let Some(until) = asked.get(&entry.id).and_then(|last| last.until) else {
        let start = earliest;
        return Some(Due { entry, start, end });
    };
    let pace = if is_stared_at(entry.kind) {
        PERIOD
    } else {
        SLOW
    };
    (end >= until + pace).then(|| Due {
        entry,
        start: earliest.max(until - AGAIN),
        end,
    })
}

/// The KPIs on the board, asked every minute. The others cost a fifth.
fn is_stared_at(kind: KpiKind) -> bool {
    match kind {
        KpiKind::DatabaseConnections
        | KpiKind::LoadBalancer5xx
        | KpiKind::Target5xx
        | KpiKind::LatencyP99
        | KpiKind::UnhealthyTargets => true,
        KpiKind::DatabaseCpu
        | KpiKind::Requests
        | KpiKind::HealthyTargets
        | KpiKind::ServiceCpu
        | KpiKind::ServiceMemory
        | KpiKind::CacheHitRate
        | KpiKind::CacheEvictions => false,
    }
}

/// One series out of the values of one metric, or of hits and misses the share of the hits.
/// Values beyond `end` belong to minutes that may still change.
fn series(parts: &[Values], end: Timestamp) -> Series {
    let points = match parts {
        [one] => one.points.clone(),
        [hits, misses] => share(&hits.points, &misses.points),
        _ => Vec::new(),
    };
    let worst = |quality: Quality| match quality {
        Quality::Complete => 0,
        Quality::Partial => 1,
        Quality::Failed => 2,
        Quality::Forbidden => 3,
    };
    let quality = parts
        .iter()
        .map(|one| one.quality)
        .max_by_key(|&one| worst(one));
    let quality = quality.unwrap_or(Quality::Failed);
    let answered = matches!(quality, Quality::Complete | Quality::Partial);
    Series {
        points: points.into_iter().filter(|point| point.at < end).collect(),
        period: PERIOD,
        as_of: answered.then_some(end),
        quality,
    }
}

/// `100 · hits / (hits + misses)`, for minutes that have both and any.
fn share(hits: &[Point], misses: &[Point]) -> Vec<Point> {
    let misses: HashMap<Timestamp, f64> = misses.iter().map(|one| (one.at, one.value)).collect();
    let shares = hits.iter().filter_map(|hit| {
        let all = hit.value + misses.get(&hit.at)?;
        (all > 0.0).then(|| Point {
            at: hit.at,
            value: 100.0 * hit.value / all,
        })
    });
    shares.collect()
}

/// Remembers an answer. A forbidden metric waits for its next turn like an answered one; a
/// failed one is asked again with everything it missed.
fn keep(asked: &mut HashMap<KpiId, Asked>, due: &Due, series: &Series) {
    let last = asked.entry(due.entry.id.clone()).or_default();
    if series.quality != Quality::Failed {
        last.until = Some(due.end);
    }
    last.baseline.absorb(series.clone(), due.end - BASELINE);
}

fn finish(entry: Entry, series: Series, asked: &HashMap<KpiId, Asked>) -> Kpi {
    let baseline = |id: &KpiId| asked.get(id).map(|one| &one.baseline);
    let requests = entry.requests.as_ref().and_then(baseline);
    let thresholds = thresholds::thresholds(entry.kind, baseline(&entry.id), requests);
    Kpi {
        id: entry.id,
        kind: entry.kind,
        resource: entry.resource,
        services: entry.services,
        series,
        unit: entry.unit,
        ceiling: entry.ceiling,
        thresholds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::kpi::Unit;

    fn entry(kind: KpiKind) -> Entry {
        Entry {
            id: "x".into(),
            kind,
            resource: "x".into(),
            services: Vec::new(),
            unit: Unit::Count,
            ceiling: None,
            metrics: vec![Metric {
                namespace: "AWS/ApplicationELB",
                name: "X",
                dimensions: Vec::new(),
                statistic: "Sum",
            }],
            requests: None,
        }
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-01-01T{text}Z").parse().unwrap()
    }

    /// The window that is due at `now`; empty when none is.
    fn window(kind: KpiKind, until: Option<&str>, now: &str) -> String {
        let last = Asked {
            until: until.map(at),
            baseline: Series::default(),
        };
        let asked = HashMap::from([("x".into(), last)]);
        let clock = |time: Timestamp| time.strftime("%H:%M").to_string();
        due(entry(kind), &asked, at(now)).map_or_else(String::new, |due| {
            format!("{} to {}", clock(due.start), clock(due.end))
        })
    }

    #[test]
    fn the_first_look_is_long_and_later_ones_overlap_by_three_points() {
        let of = |until, now| window(KpiKind::LatencyP99, until, now);
        assert_eq!(of(None, "12:05:30"), "09:03 to 12:03");
        assert_eq!(of(Some("12:02:00"), "12:05:30"), "11:59 to 12:03");
        assert_eq!(of(Some("12:03:00"), "12:05:59"), "");
        assert_eq!(of(Some("04:00:00"), "12:05:30"), "09:03 to 12:03");
    }

    #[test]
    fn what_nobody_stares_at_is_asked_every_five_minutes() {
        let of = |now| window(KpiKind::Requests, Some("12:00:00"), now);
        assert_eq!(of("12:06:59"), "");
        assert_eq!(of("12:07:00"), "11:57 to 12:05");
    }

    fn values(points: &[(i64, f64)], quality: Quality) -> Values {
        let points = points.iter().map(|&(minute, value)| Point {
            at: Timestamp::from_second(minute * 60).unwrap(),
            value,
        });
        Values {
            points: points.collect(),
            quality,
        }
    }

    #[test]
    fn a_hit_rate_needs_both_halves_and_some_traffic() {
        let hits = values(&[(1, 90.0), (2, 0.0), (3, 5.0)], Quality::Complete);
        let misses = values(&[(1, 10.0), (2, 0.0)], Quality::Partial);
        let end = Timestamp::from_second(600).unwrap();
        let rate = series(&[hits, misses], end);
        assert_eq!(rate.points, values(&[(1, 90.0)], Quality::Complete).points);
        assert_eq!(rate.quality, Quality::Partial);
    }

    #[test]
    fn minutes_that_may_still_change_are_left_out_and_failures_have_no_date() {
        let end = Timestamp::from_second(120).unwrap();
        let early = series(&[values(&[(1, 1.0), (2, 2.0)], Quality::Complete)], end);
        assert_eq!((early.points.len(), early.as_of), (1, Some(end)));
        let failed = series(&[values(&[], Quality::Failed)], end);
        assert_eq!(failed.as_of, None);
    }
}
