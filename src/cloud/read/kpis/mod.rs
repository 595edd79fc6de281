//! The KPIs: what is asked when, and what it means.
//!
//! The price is per metric asked for, not per point (aws.md 2.3): what somebody looks at is asked
//! every minute, the rest every five minutes with the points in between (aws.md 2.4).

mod catalogue;
mod curves;
mod formula;
mod limits;
mod thresholds;

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use futures::StreamExt as _;
use futures::future::{join, join3};
use futures::stream;

use super::metrics::{Metric, PERIOD, QUERIES, Values};
use crate::cloud::link::{Link, Sink};
use crate::estate::id::KpiId;
use crate::estate::kpi::{Attention, Kpi, Wanted};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::series::{Point, Quality, Series};
use crate::estate::usage::Prices;
use crate::estate::{SignedDuration, Timestamp};
use catalogue::Entry;
use limits::Limits;

/// How much is asked again, because late values overwrite (aws.md 2.5).
const AGAIN: SignedDuration = SignedDuration::from_mins(3);
/// How often the KPIs are asked that nobody looks at.
const SLOW: SignedDuration = SignedDuration::from_mins(5);
/// What thresholds are computed over.
const BASELINE: SignedDuration = SignedDuration::from_hours(1);
/// What one answer of `GetMetricData` brings is some megabytes while it is read.
const CALLS_AT_ONCE: usize = 3;

/// What a link remembers of its KPIs. Held while asking, so that nothing is paid for twice.
pub(in crate::cloud) struct Kpis {
    wanted: Wanted,
    prices: Prices,
    attention: Mutex<Attention>,
    limits: Limits,
    asked: tokio::sync::Mutex<HashMap<KpiId, Asked>>,
}

/// The last ask of one KPI.
#[derive(Default)]
struct Asked {
    /// The end of its window.
    until: Option<Timestamp>,
    /// The last hour's values, of what thresholds are computed from.
    baseline: Series,
}

/// One KPI that is due.
struct Due {
    entry: Entry,
    start: Timestamp,
    end: Timestamp,
}

impl Kpis {
    /// Nothing is known yet; `wanted` is what the settings say of KPIs.
    pub(in crate::cloud) fn new(wanted: Wanted, prices: Prices) -> Self {
        Self {
            wanted,
            prices,
            attention: Mutex::default(),
            limits: Limits::default(),
            asked: tokio::sync::Mutex::default(),
        }
    }

    fn attention(&self) -> Attention {
        let attention = self.attention.lock();
        attention.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Link {
    /// Says which KPIs somebody looks at, from the next minute on.
    pub fn attend(&self, attention: Attention) {
        let kept = self.kpis.attention.lock();
        *kept.unwrap_or_else(PoisonError::into_inner) = attention;
    }

    /// Reads the KPIs that are due. The topology and (at the very start) the services are read
    /// side by side.
    pub(in crate::cloud) async fn read_kpis(&self, sink: Sink<'_>) {
        let mut asked = self.kpis.asked.lock().await;
        let (topology, ()) = join(self.topology(), self.know_services(sink)).await;
        let at = self.gate.now();
        let attention = self.kpis.attention();
        let mut problems = topology.problems.clone();
        let due: Vec<Due> = if let Some(spent) = self.spent(at) {
            problems.push(spent);
            Vec::new()
        } else {
            let entries = self.entries(&topology).into_iter();
            entries
                .filter_map(|entry| due(entry, &asked, &attention, at))
                .collect()
        };
        let reaching = |hours| {
            move |one: &Due| one.end.duration_since(one.start) >= SignedDuration::from_hours(hours)
        };
        let (long, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(reaching(2));
        let (short, later): (Vec<_>, Vec<_>) = rest.into_iter().partition(reaching(1));
        let ask = |due| self.ask(due, PERIOD);
        let answers = join3(ask(long), ask(short), ask(later)).await;
        let mut kpis = Vec::new();
        for (answers, failed) in <[_; 3]>::from(answers) {
            problems.extend(failed);
            kpis.extend(answers.into_iter().map(|(due, series)| {
                keep(&mut asked, &due, &series);
                (due.entry, series)
            }));
        }
        let mut kpis: Vec<Kpi> = kpis
            .into_iter()
            .map(|(entry, series)| finish(entry, series, &asked))
            .collect();
        self.limit(&mut kpis, at).await;
        sink(self.part(at, News::Kpis(kpis), problems));
    }

    /// What there is to ask, after the settings had their say.
    fn entries(&self, topology: &super::topology::Topology) -> Vec<Entry> {
        let wanted = &self.kpis.wanted;
        let services = self.fleet.known();
        let found = catalogue::entries(&services, topology).into_iter();
        let mut entries: Vec<Entry> = found
            .filter_map(|entry| catalogue::ruled(entry, wanted))
            .map(|entry| catalogue::pooled(entry, &services, &wanted.services))
            .collect();
        let named = wanted.metrics.iter();
        entries.extend(named.map(|metric| catalogue::of_wanted(metric, &services)));
        entries
    }

    /// Why nothing more is asked this hour, once the settings' ceiling is reached.
    fn spent(&self, at: Timestamp) -> Option<Problem> {
        let ceiling = self.kpis.prices.ceiling?;
        let dollars = self.kpis.prices.dollars(self.gate.meter.metrics_since(at));
        (dollars >= ceiling).then(|| Problem {
            feed: Feed::Metrics,
            operation: "GetMetricData",
            kind: ProblemKind::Throttled,
            sentence: format!(
                "${dollars:.2} were spent on metrics within the hour, and the settings allow ${ceiling:.2} (metrics.dollars_per_hour): KPIs wait"
            )
            .into(),
            at,
        })
    }

    /// Asks for everything in `due`, as many metrics a call as AWS takes, one value for each
    /// `period`. What comes home is made into series call by call, a few calls at a time, so that the
    /// values of all calls are never held at once.
    async fn ask(
        &self,
        due: Vec<Due>,
        period: SignedDuration,
    ) -> (Vec<(Due, Series)>, Vec<Problem>) {
        let calls = in_calls(due).into_iter();
        let calls = calls.map(|call| self.ask_call(call, period));
        let mut calls = stream::iter(calls).buffered(CALLS_AT_ONCE);
        let (mut answers, mut problems) = (Vec::new(), Vec::new());
        while let Some((found, failed)) = calls.next().await {
            answers.extend(found);
            problems.extend(failed);
        }
        (answers, problems)
    }

    /// Asks for what fits one call, in one window that covers all of it.
    async fn ask_call(
        &self,
        (due, metrics): OneCall,
        period: SignedDuration,
    ) -> (Vec<(Due, Series)>, Vec<Problem>) {
        let start = due.iter().map(|one| one.start).min();
        let end = due.iter().map(|one| one.end).max();
        let (Some(start), Some(end)) = (start, end) else {
            return (Vec::new(), Vec::new());
        };
        let (values, problems) = self.metric_values(&metrics, period, start, end).await;
        let values: HashMap<&Metric, &Values> = metrics.iter().zip(&values).collect();
        let answers = due.into_iter().map(|one| {
            let parts = one.entry.metrics.iter().map(|metric| values.get(metric));
            let parts: Vec<&Values> = parts.flatten().copied().collect();
            let series = series(&one.entry, &parts, (one.start, one.end), period);
            (one, series)
        });
        (answers.collect(), problems)
    }
}

/// KPIs with the metrics they need, each once.
type OneCall = (Vec<Due>, Vec<Metric>);

fn in_calls(due: Vec<Due>) -> Vec<OneCall> {
    let mut calls: Vec<OneCall> = Vec::new();
    let mut asked: HashSet<Metric> = HashSet::new();
    for one in due {
        let needs = |asked: &HashSet<Metric>| {
            let new = one.entry.metrics.iter();
            let new = new.filter(|metric| !asked.contains(*metric)).cloned();
            new.collect::<Vec<_>>()
        };
        let mut new = needs(&asked);
        if calls.is_empty() || asked.len() + new.len() > QUERIES {
            asked.clear();
            new = needs(&asked);
            calls.push((Vec::new(), Vec::new()));
        }
        if let Some((due, metrics)) = calls.last_mut() {
            asked.extend(new.iter().cloned());
            metrics.extend(new);
            due.push(one);
        }
    }
    calls
}

/// When `entry` is to be asked again, if now.
fn due(
    entry: Entry,
    asked: &HashMap<KpiId, Asked>,
    attention: &Attention,
    now: Timestamp,
) -> Option<Due> {
    let end = entry.metrics.first()?.window_end(now);
    let start = end - entry.kind.kept();
    let Some(until) = asked.get(&entry.id).and_then(|last| last.until) else {
        return Some(Due { entry, start, end });
    };
    let watched = entry.pinned || attention.watched.contains(&entry.id);
    let pace = if watched && !attention.idle {
        PERIOD
    } else {
        SLOW
    };
    (end >= until + pace).then(|| Due {
        entry,
        start: start.max(until - AGAIN),
        end,
    })
}

/// The series of one KPI out of the values of its metrics. Values beyond the window's end belong
/// to minutes that may still change. A total over a longer period is told by the minute, as
/// thresholds and units mean it.
fn series(
    entry: &Entry,
    parts: &[&Values],
    (start, end): (Timestamp, Timestamp),
    period: SignedDuration,
) -> Series {
    let share = PERIOD.as_secs_f64() / period.as_secs_f64();
    let within = |(metric, values): (&Metric, &&Values)| -> Vec<Point> {
        let times = if is_total(metric) { share } else { 1.0 };
        let points = values.points.iter();
        let points = points.filter(|point| point.at() >= start && point.at() < end);
        let told = points.map(|point| Point::new(point.at(), point.value * times));
        told.collect()
    };
    let parts_within: Vec<Vec<Point>> = entry.metrics.iter().zip(parts).map(within).collect();
    let slices: Vec<&[Point]> = parts_within.iter().map(Vec::as_slice).collect();
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
        points: if answered {
            entry.formula.apply(&slices)
        } else {
            Vec::new()
        },
        period,
        as_of: answered.then_some(end),
        quality,
    }
}

/// Whether a metric's values grow with the period they are asked in.
fn is_total(metric: &Metric) -> bool {
    matches!(&*metric.statistic, "Sum" | "SampleCount")
}

/// Remembers an answer. A forbidden metric waits for its next turn like an answered one; a
/// failed one is asked again with everything it missed.
fn keep(asked: &mut HashMap<KpiId, Asked>, due: &Due, series: &Series) {
    let last = asked.entry(due.entry.id.clone()).or_default();
    if series.quality != Quality::Failed {
        last.until = Some(due.end);
    }
    if due.entry.kind.is_judged_by_habit() {
        last.baseline.absorb(series, due.end - BASELINE);
    }
}

fn finish(entry: Entry, series: Series, asked: &HashMap<KpiId, Asked>) -> Kpi {
    let baseline = |id: &KpiId| asked.get(id).map(|one| &one.baseline);
    let requests = entry.requests.as_ref().and_then(baseline);
    let own = entry.thresholds;
    let usual = || thresholds::thresholds(entry.kind, baseline(&entry.id), requests);
    let thresholds = match &entry.rule {
        Some(rule) => rule.thresholds(usual()),
        None => own.or_else(usual),
    };
    Kpi {
        thresholds,
        id: entry.id,
        kind: entry.kind,
        resource: entry.resource,
        label: entry.label,
        balancer: entry.balancer,
        services: entry.services,
        pinned: entry.pinned,
        series,
        unit: entry.unit,
        ceiling: entry.ceiling,
        pools: entry.pools,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::kpi::{KpiKind, Unit};
    use formula::Formula;

    fn entry(kind: KpiKind) -> Entry {
        Entry {
            id: "x".into(),
            kind,
            resource: "x".into(),
            label: None,
            balancer: None,
            services: Vec::new(),
            unit: Unit::Count,
            ceiling: None,
            thresholds: None,
            rule: None,
            pinned: false,
            metrics: vec![Metric {
                namespace: "AWS/ApplicationELB".into(),
                name: "X".into(),
                dimensions: Vec::new(),
                statistic: "Sum".into(),
            }],
            formula: Formula::Value,
            requests: None,
            pools: Vec::new(),
        }
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-01-01T{text}Z").parse().unwrap()
    }

    fn watched(idle: bool) -> Attention {
        Attention {
            watched: [KpiId::new("x")].into(),
            idle,
        }
    }

    /// The window that is due at `now`; empty when none is.
    fn window(kind: KpiKind, attention: &Attention, until: Option<&str>, now: &str) -> String {
        let last = Asked {
            until: until.map(at),
            baseline: Series::default(),
        };
        let asked = HashMap::from([("x".into(), last)]);
        let clock = |time: Timestamp| time.strftime("%H:%M").to_string();
        due(entry(kind), &asked, attention, at(now)).map_or_else(String::new, |due| {
            format!("{} to {}", clock(due.start), clock(due.end))
        })
    }

    #[test]
    fn the_first_look_is_long_and_later_ones_overlap_by_three_points() {
        let of = |until, now| window(KpiKind::LatencyP99, &watched(false), until, now);
        assert_eq!(of(None, "12:05:30"), "09:03 to 12:03");
        assert_eq!(of(Some("12:02:00"), "12:05:30"), "11:59 to 12:03");
        assert_eq!(of(Some("12:03:00"), "12:05:59"), "");
        assert_eq!(of(Some("04:00:00"), "12:05:30"), "09:03 to 12:03");
        let short = window(KpiKind::ServiceCpu, &Attention::default(), None, "12:05:30");
        assert_eq!(short, "11:03 to 12:03");
    }

    #[test]
    fn what_nobody_looks_at_is_asked_every_five_minutes() {
        let asked = |attention: &Attention| {
            let minutes = 1..=20_i64;
            let until = at("12:00:00");
            let mut due_in = minutes.filter(|&minute| {
                let now = until + SignedDuration::from_mins(minute + 2);
                let now = now.strftime("%H:%M:%S").to_string();
                !window(KpiKind::LatencyP99, attention, Some("12:00:00"), &now).is_empty()
            });
            due_in.next()
        };
        assert_eq!(asked(&watched(false)), Some(1));
        assert_eq!(asked(&Attention::default()), Some(5));
        assert_eq!(asked(&watched(true)), Some(5));
    }

    fn values(points: &[(i64, f64)], quality: Quality) -> Values {
        let points = points.iter().map(|&(minute, value)| {
            Point::new(Timestamp::from_second(minute * 60).unwrap(), value)
        });
        Values {
            points: points.collect(),
            quality,
        }
    }

    #[test]
    fn minutes_that_may_still_change_are_left_out_and_failures_have_no_date() {
        let second = |second| Timestamp::from_second(second).unwrap();
        let of = |values: &Values| {
            let window = (second(60), second(120));
            let found = series(&entry(KpiKind::Requests), &[values], window, PERIOD);
            (found.points.len(), found.as_of)
        };
        let three = values(&[(0, 0.0), (1, 1.0), (2, 2.0)], Quality::Complete);
        assert_eq!(of(&three), (1, Some(second(120))));
        assert_eq!(of(&values(&[], Quality::Failed)), (0, None));
        let partial = [
            values(&[(1, 1.0)], Quality::Complete),
            values(&[], Quality::Forbidden),
        ];
        let both: Vec<&Values> = partial.iter().collect();
        let window = (second(0), second(120));
        let half = series(&entry(KpiKind::ErrorRate), &both, window, PERIOD);
        assert_eq!((half.points.len(), half.quality), (0, Quality::Forbidden));
    }
}
