//! What a metric was before the world began: every day as usual. A chart that looks back a week
//! finds the nights and the noons of that week, and no incident.

use super::metric::{Point, Series};

/// CloudWatch keeps one-minute points so long, in seconds.
const KEPT: i64 = 15 * 86_400;

/// Metrics that follow the load of the day; the others stay as they are.
const OF_LOAD: [&str; 6] = [
    "RequestCount",
    "HTTPCode_Target_2XX_Count",
    "CPUUtilization",
    "EngineCPUUtilization",
    "CacheHits",
    "CacheMisses",
];

/// How many requests there are at a second of 1970: least at two at night, most at two in the
/// afternoon (UTC).
pub(in crate::sim) fn load(second: i64) -> f64 {
    let second = u32::try_from(second.rem_euclid(86_400)).unwrap_or(0);
    let hour = f64::from(second) / 3600.0;
    0.85 + 0.3 * ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos()
}

/// The points of `series` between two seconds that lie before the world began at `first`.
pub(super) fn before(series: &Series, first: i64, (from, to): (i64, i64)) -> Vec<Point> {
    let Some(usual) = series.usual.filter(|usual| usual.start() == first) else {
        return Vec::new();
    };
    let (from, to) = (
        from.max(first - KEPT).div_euclid(60),
        to.min(first).div_euclid(60),
    );
    let loaded = OF_LOAD.contains(&series.name);
    let minutes = (from..to).filter_map(|minute| u32::try_from(minute).ok());
    minutes.map(|minute| at(usual, minute, loaded)).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "seven digits are plenty for a chart"
)]
fn at(usual: Point, minute: u32, loaded: bool) -> Point {
    if !loaded {
        return Point { minute, ..usual };
    }
    let then = load(i64::from(minute) * 60) / load(usual.start());
    // A ripple of a few percent that needs no dice.
    let ripple = 0.97 + f64::from(minute.wrapping_mul(7_919) % 61) / 1_000.0;
    let times = (then * ripple) as f32;
    Point {
        minute,
        sum: usual.sum * times,
        minimum: usual.minimum * times,
        maximum: usual.maximum * times,
        p50: usual.p50 * times,
        p99: usual.p99 * times,
        ..usual
    }
}
