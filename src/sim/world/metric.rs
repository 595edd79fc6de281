//! `CloudWatch` metrics: one point a minute, each with the moment it becomes visible.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use strum::EnumString;

use super::{HISTORY, habit};

/// A statistic of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, strum::AsRefStr)]
pub enum Statistic {
    /// The mean.
    Average,
    /// The total.
    Sum,
    /// The least.
    Minimum,
    /// The most.
    Maximum,
    /// How many samples.
    SampleCount,
    /// The median.
    #[strum(serialize = "p50")]
    P50,
    /// All but the worst tenth.
    #[strum(serialize = "p90")]
    P90,
    /// All but the worst twentieth.
    #[strum(serialize = "p95")]
    P95,
    /// All but the worst hundredth.
    #[strum(serialize = "p99")]
    P99,
}

/// What one minute brought. Small, because a large estate keeps half a million of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Minutes since 1970.
    pub(in crate::sim) minute: u32,
    /// Seconds after the end of the minute until it may be read.
    pub(in crate::sim) lag: u8,
    /// How many samples.
    pub(in crate::sim) samples: f32,
    /// Their total. The mean is total over samples.
    pub(in crate::sim) sum: f32,
    /// The least.
    pub(in crate::sim) minimum: f32,
    /// The most.
    pub(in crate::sim) maximum: f32,
    /// The median.
    pub(in crate::sim) p50: f32,
    /// The 99th percentile.
    pub(in crate::sim) p99: f32,
}

impl Point {
    /// The start of its minute, seconds since 1970.
    pub fn start(&self) -> i64 {
        i64::from(self.minute) * 60
    }

    /// Seconds since 1970 when it may first be read.
    pub fn visible(&self) -> i64 {
        self.start() + 60 + i64::from(self.lag)
    }

    /// The value of one statistic.
    pub fn value(&self, statistic: Statistic) -> f64 {
        let (p50, p99) = (f64::from(self.p50), f64::from(self.p99));
        match statistic {
            Statistic::Average => f64::from(self.sum) / f64::from(self.samples).max(1.0),
            Statistic::Sum => f64::from(self.sum),
            Statistic::Minimum => f64::from(self.minimum),
            Statistic::Maximum => f64::from(self.maximum),
            Statistic::SampleCount => f64::from(self.samples),
            Statistic::P50 => p50,
            Statistic::P90 => p50 + (p99 - p50) * 0.35,
            Statistic::P95 => p50 + (p99 - p50) * 0.55,
            Statistic::P99 => p99,
        }
    }
}

/// One metric with its dimensions, and its points in order of time.
#[derive(Debug, Clone)]
pub struct Series {
    /// `AWS/ECS`.
    pub namespace: &'static str,
    /// `CPUUtilization`.
    pub name: &'static str,
    /// Names and values, sorted by name.
    pub dimensions: Vec<(String, String)>,
    /// At most three hours of them.
    pub points: VecDeque<Point>,
    /// The first there ever was: every day before the world began was like that.
    pub usual: Option<Point>,
}

/// All metrics of an account.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    series: BTreeMap<String, Series>,
    first: Option<i64>,
}

/// The one spelling of a metric's identity; dimensions may come in any order.
fn key(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> String {
    let mut sorted: Vec<_> = dimensions.to_vec();
    sorted.sort_unstable();
    let mut key = format!("{namespace}\n{name}");
    for (name, value) in sorted {
        key.push('\n');
        key.push_str(name);
        key.push('=');
        key.push_str(value);
    }
    key
}

impl Metrics {
    /// Adds a point and forgets those older than three hours.
    pub(in crate::sim) fn record(
        &mut self,
        namespace: &'static str,
        name: &'static str,
        dimensions: &[(&str, &str)],
        point: Point,
    ) {
        self.first.get_or_insert(point.start());
        let series = self
            .series
            .entry(key(namespace, name, dimensions))
            .or_insert_with(|| Series {
                namespace,
                name,
                dimensions: {
                    let mut sorted: Vec<_> = dimensions
                        .iter()
                        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                        .collect();
                    sorted.sort_unstable();
                    sorted
                },
                points: VecDeque::new(),
                usual: Some(point),
            });
        series.points.push_back(point);
        let oldest = point.start() - HISTORY.as_secs();
        while series
            .points
            .front()
            .is_some_and(|point| point.start() < oldest)
        {
            series.points.pop_front();
        }
    }

    /// The first minute that was ever recorded, in seconds since 1970.
    pub(in crate::sim) const fn first_minute(&self) -> Option<i64> {
        self.first
    }

    /// One series, its dimensions in any order.
    pub fn series(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[(&str, &str)],
    ) -> Option<&Series> {
        self.series.get(&key(namespace, name, dimensions))
    }

    /// Every series, sorted by namespace, name and dimensions: what `ListMetrics` lists.
    pub fn list(&self) -> impl Iterator<Item = &Series> {
        self.series.values()
    }

    /// The points of a series with a start in `[from, to)` from before the world began.
    pub(in crate::sim) fn before(
        &self,
        (namespace, name, dimensions): (&str, &str, &[(&str, &str)]),
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Point> {
        let series = self.series(namespace, name, dimensions);
        let (Some(series), Some(first)) = (series, self.first) else {
            return Vec::new();
        };
        habit::before(series, first, (from.as_second(), to.as_second()))
    }

    /// The points of a series with a start in `[from, to)` that may be read at `now`.
    pub(in crate::sim) fn visible(
        &self,
        (namespace, name, dimensions): (&str, &str, &[(&str, &str)]),
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> impl Iterator<Item = &Point> {
        let (from, to, now) = (from.as_second(), to.as_second(), now.as_second());
        self.series(namespace, name, dimensions)
            .into_iter()
            .flat_map(|series| &series.points)
            .skip_while(move |point| point.start() < from)
            .take_while(move |point| point.start() < to)
            .filter(move |point| point.visible() <= now)
    }
}
