//! When to worry about a KPI (aws.md 3.5). Pure.

use crate::estate::kpi::{KpiKind, Thresholds};
use crate::estate::series::Series;

use super::formula::ENOUGH_REQUESTS;

/// A load balancer gives up on a target after 60 s of silence by default; half of that is red.
const HALF_IDLE_TIMEOUT: f64 = 30.0;
/// Fewer values are no baseline.
const ENOUGH_POINTS: usize = 15;

/// The thresholds, some of them relative to the KPI's own last hour or to the requests of the
/// same resource.
pub(super) fn thresholds(
    kind: KpiKind,
    own: Option<&Series>,
    requests: Option<&Series>,
) -> Option<Thresholds> {
    match kind {
        KpiKind::DatabaseConnections | KpiKind::CacheConnections => Some(share(80.0, 90.0, 5)),
        // Less is worse: red below amber.
        KpiKind::DatabaseMemory => Some(share(25.0, 10.0, 15)),
        KpiKind::DatabaseStorage => Some(share(20.0, 10.0, 5)),
        KpiKind::ReplicaLag => Some(fixed(30.0, 60.0, 10)),
        KpiKind::DatabaseCpu | KpiKind::CacheCpu | KpiKind::EphemeralStorage => {
            Some(fixed(80.0, 90.0, 5))
        }
        KpiKind::ServiceCpu | KpiKind::ServiceMemory | KpiKind::CacheMemory => {
            Some(fixed(80.0, 95.0, 5))
        }
        KpiKind::UnhealthyTargets => Some(fixed(1.0, 1.0, 2)),
        KpiKind::ErrorRate => Some(fixed(1.0, 5.0, 5)),
        KpiKind::LoadBalancer5xx
        | KpiKind::LoadBalancer502
        | KpiKind::LoadBalancer503
        | KpiKind::LoadBalancer504 => {
            let requests = busy(requests)?;
            Some(Thresholds {
                of: 5,
                ..fixed(1.0, at_least_one(requests * 0.01), 3)
            })
        }
        KpiKind::Target5xx => {
            let requests = busy(requests)?;
            let (amber, red) = (requests * 0.01, requests * 0.05);
            Some(fixed(at_least_one(amber), at_least_one(red), 5))
        }
        KpiKind::LatencyP99 => {
            let usual = median(own?)?;
            let red = (usual * 4.0).min(HALF_IDLE_TIMEOUT);
            (usual > 0.0).then(|| fixed((usual * 2.0).min(red), red, 5))
        }
        // Evictions may be normal: only three times the usual is worth a look, and never red.
        KpiKind::CacheEvictions => {
            let usual = median(own?)?;
            Some(fixed(at_least_one(usual * 3.0), f64::INFINITY, 5))
        }
        KpiKind::RejectedConnections | KpiKind::TargetConnectionErrors => Some(Thresholds {
            of: 5,
            ..fixed(1.0, f64::INFINITY, 3)
        }),
        KpiKind::Requests
        | KpiKind::LatencyP50
        | KpiKind::HealthyTargets
        | KpiKind::CacheHitRate
        | KpiKind::Custom => None,
    }
}

const fn fixed(amber: f64, red: f64, points: u8) -> Thresholds {
    Thresholds {
        amber,
        red,
        share: false,
        points,
        of: points,
    }
}

/// In percent of the ceiling.
const fn share(amber: f64, red: f64, points: u8) -> Thresholds {
    Thresholds {
        share: true,
        ..fixed(amber, red, points)
    }
}

/// A share of few requests may be less than one, but errors come whole.
fn at_least_one(errors: f64) -> f64 {
    errors.max(1.0)
}

/// The usual requests a minute, when there are enough for a rate.
fn busy(requests: Option<&Series>) -> Option<f64> {
    median(requests?).filter(|&usual| usual >= ENOUGH_REQUESTS)
}

fn median(series: &Series) -> Option<f64> {
    let mut values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    values.sort_by(f64::total_cmp);
    (values.len() >= ENOUGH_POINTS).then(|| values[values.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::Timestamp;
    use crate::estate::series::Point;

    fn flat(value: f64, points: i64) -> Series {
        Series {
            points: (0..points)
                .map(|minute| Point::new(Timestamp::from_second(minute * 60).unwrap(), value))
                .collect(),
            ..Series::default()
        }
    }

    #[test]
    fn error_counts_are_judged_against_the_traffic() {
        let busy = flat(1_000.0, 60);
        let target = thresholds(KpiKind::Target5xx, None, Some(&busy)).unwrap();
        assert_eq!((target.amber, target.red), (10.0, 50.0));
        let balancer = thresholds(KpiKind::LoadBalancer5xx, None, Some(&busy)).unwrap();
        assert_eq!((balancer.amber, balancer.red), (1.0, 10.0));
        assert_eq!(
            thresholds(KpiKind::Target5xx, None, Some(&flat(19.0, 60))),
            None
        );
        assert_eq!(thresholds(KpiKind::Target5xx, None, None), None);
    }

    #[test]
    fn latency_is_judged_against_its_own_hour() {
        let of = |usual, points| thresholds(KpiKind::LatencyP99, Some(&flat(usual, points)), None);
        let usual = of(0.2, 60).unwrap();
        assert_eq!((usual.amber, usual.red), (0.4, 0.8));
        let slow = of(20.0, 60).unwrap();
        assert_eq!((slow.amber, slow.red), (30.0, 30.0));
        assert_eq!(of(0.2, 3), None);
    }
}
