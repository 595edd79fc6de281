//! Where is a number going?

use super::level::{level, share};
use super::{Kpi, Level};
use crate::estate::series::Point;
use crate::estate::{SignedDuration, Timestamp, words};

/// What is looked back on.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Fewer points make no line.
const ENOUGH: usize = 5;
/// How much of the points' variance the line must explain.
const STRAIGHT: f64 = 0.9;
/// Later than this nobody can tell.
const HORIZON: f64 = 3600.0;

/// `full in ~4 min`, when a straight line fits the newest points and reaches the ceiling within
/// an hour; `full` when it is there.
pub fn trend_words(kpi: &Kpi, now: Timestamp) -> Option<String> {
    let ceiling = kpi.ceiling?.value;
    let newest = kpi.series.last()?;
    if level(kpi, now) == Level::Unknown {
        return None;
    }
    if share(kpi, newest.value)? >= 100.0 {
        return Some("full".to_owned());
    }
    let points: Vec<Point> = kpi
        .series
        .points
        .iter()
        .filter(|point| newest.at().duration_since(point.at()) <= WINDOW && point.value.is_finite())
        .copied()
        .collect();
    let line = Line::through(&points, newest.at())?;
    let left = (ceiling - line.at_end) / line.slope - now.duration_since(newest.at()).as_secs_f64();
    let rises = line.slope > 0.0 && line.straight >= STRAIGHT;
    (rises && left <= HORIZON).then(|| {
        let left = SignedDuration::try_from_secs_f64(left.max(0.0)).unwrap_or_default();
        if left < SignedDuration::from_mins(1) {
            "full in <1 min".to_owned()
        } else {
            let minutes = SignedDuration::from_mins(left.as_mins());
            format!("full in ~{}", words::duration(minutes))
        }
    })
}

/// A least-squares line.
struct Line {
    /// Change in a second.
    slope: f64,
    /// Its value at the newest point.
    at_end: f64,
    /// R²: the share of the variance it explains.
    straight: f64,
}

impl Line {
    /// `None` for too few points, or points that do not vary.
    fn through(points: &[Point], end: Timestamp) -> Option<Self> {
        if points.len() < ENOUGH {
            return None;
        }
        let seconds = |point: &Point| point.at().duration_since(end).as_secs_f64();
        let count = points.iter().fold(0.0, |sum, _| sum + 1.0);
        let mean_time = points.iter().map(seconds).sum::<f64>() / count;
        let mean_value = points.iter().map(|point| point.value).sum::<f64>() / count;
        let (mut along, mut across, mut both) = (0.0, 0.0, 0.0);
        for point in points {
            let (time, value) = (seconds(point) - mean_time, point.value - mean_value);
            along += time * time;
            across += value * value;
            both += time * value;
        }
        (along > 0.0 && across > 0.0).then(|| {
            let slope = both / along;
            Self {
                slope,
                at_end: mean_value - slope * mean_time,
                straight: both * both / (along * across),
            }
        })
    }
}
