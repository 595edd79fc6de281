//! How a KPI's values follow from those of its metrics. Pure; source: aws.md 3.1 to 3.4.
//!
//! Why here and not as CloudWatch metric math: math expressions give no next token, and `FILL`
//! makes a late point zero (aws.md 3.1).

use std::collections::BTreeMap;

use crate::estate::Timestamp;
use crate::estate::series::Point;

/// Below this many requests in a minute a rate says nothing (aws.md 3.1).
pub(super) const ENOUGH_REQUESTS: f64 = 20.0;

/// How values follow from metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// The metric itself.
    Value,
    /// AWS publishes milliseconds; seconds are meant. −1, which is no time, stays −1.
    Milliseconds,
    /// `100 · hits / (hits + misses)`.
    HitRate,
    /// `100 · used / reserved`.
    ShareOf,
    /// `100 · target 5xx / requests`, where there are enough of them; no 5xx is none.
    ErrorRate,
    /// `100 · (load balancer 5xx + target 5xx) / (requests + 503)`: requests that found no target
    /// are not among the requests.
    BalancerErrorRate,
}

impl Formula {
    /// The values, of minutes for which everything needed is known. `parts` are the points of the
    /// metrics, in the order the formula names them.
    pub(super) fn apply(self, parts: &[&[Point]]) -> Vec<Point> {
        match (self, parts) {
            (Self::Value, [own]) => own.to_vec(),
            (Self::Milliseconds, [own]) => each(own, |value| {
                Some(if value < 0.0 { -1.0 } else { value / 1000.0 })
            }),
            (Self::HitRate, [hits, misses]) => {
                let misses = by_minute(misses);
                with(hits, |at, hits| share(hits, hits + misses.get(&at)?))
            }
            (Self::ShareOf, [used, reserved]) => {
                let reserved = by_minute(reserved);
                with(used, |at, used| share(used, *reserved.get(&at)?))
            }
            (Self::ErrorRate, [errors, requests]) => {
                let errors = by_minute(errors);
                with(requests, |at, requests| rate(count(&errors, at), requests))
            }
            (Self::BalancerErrorRate, [refused, errors, requests, unplaced]) => {
                let (refused, errors) = (by_minute(refused), by_minute(errors));
                let unplaced = by_minute(unplaced);
                with(requests, |at, requests| {
                    let wrong = count(&refused, at) + count(&errors, at);
                    rate(wrong, requests + count(&unplaced, at))
                })
            }
            _ => Vec::new(),
        }
    }
}

fn by_minute(points: &[Point]) -> BTreeMap<Timestamp, f64> {
    points
        .iter()
        .map(|point| (point.at(), point.value))
        .collect()
}

/// A count AWS leaves out when it is zero; the minute itself is known by its requests.
fn count(counts: &BTreeMap<Timestamp, f64>, at: Timestamp) -> f64 {
    counts.get(&at).copied().unwrap_or_default()
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| 100.0 * part / whole)
}

fn rate(errors: f64, requests: f64) -> Option<f64> {
    share(errors, requests).filter(|_| requests >= ENOUGH_REQUESTS)
}

fn each(points: &[Point], value: impl Fn(f64) -> Option<f64>) -> Vec<Point> {
    with(points, |_, old| value(old))
}

fn with(points: &[Point], value: impl Fn(Timestamp, f64) -> Option<f64>) -> Vec<Point> {
    let computed = points.iter().filter_map(|point| {
        let value = value(point.at(), point.value)?;
        Some(Point::new(point.at(), value))
    });
    computed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[(i64, f64)]) -> Vec<Point> {
        let point = |&(minute, value): &(i64, f64)| {
            Point::new(Timestamp::from_second(minute * 60).unwrap(), value)
        };
        values.iter().map(point).collect()
    }

    fn of(formula: Formula, parts: &[&[(i64, f64)]]) -> Vec<(i64, f64)> {
        let parts: Vec<_> = parts.iter().map(|part| points(part)).collect();
        let parts: Vec<&[Point]> = parts.iter().map(Vec::as_slice).collect();
        let values = formula.apply(&parts).into_iter();
        values
            .map(|point| (point.at().as_second() / 60, point.value))
            .collect()
    }

    #[test]
    fn an_error_rate_is_zero_without_errors_and_unknown_without_traffic() {
        let errors = [(2, 30.0), (3, 5.0)];
        // Minute 3 has too few requests, minute 4 was quiet, minute 5 is not published yet.
        let requests = [(1, 600.0), (2, 600.0), (3, 19.0)];
        assert_eq!(
            of(Formula::ErrorRate, &[&errors, &requests]),
            [(1, 0.0), (2, 5.0)]
        );
    }

    #[test]
    fn a_load_balancers_rate_counts_what_found_no_target() {
        let (refused, errors) = ([(1, 100.0)], [(1, 20.0), (2, 6.0)]);
        let (requests, unplaced) = ([(1, 500.0), (2, 600.0)], [(1, 100.0)]);
        assert_eq!(
            of(
                Formula::BalancerErrorRate,
                &[&refused, &errors, &requests, &unplaced]
            ),
            [(1, 20.0), (2, 1.0)]
        );
    }

    #[test]
    fn shares_need_both_halves_and_milliseconds_are_not_seconds() {
        let (hits, misses) = ([(1, 90.0), (2, 5.0), (3, 0.0)], [(1, 10.0), (3, 0.0)]);
        assert_eq!(of(Formula::HitRate, &[&hits, &misses]), [(1, 90.0)]);
        assert_eq!(
            of(Formula::ShareOf, &[&[(1, 15.0)], &[(1, 20.0)]]),
            [(1, 75.0)]
        );
        assert_eq!(
            of(Formula::Milliseconds, &[&[(1, 1500.0), (2, -1.0)]]),
            [(1, 1.5), (2, -1.0)]
        );
        assert!(of(Formula::HitRate, &[&[(1, 1.0)]]).is_empty());
    }
}
