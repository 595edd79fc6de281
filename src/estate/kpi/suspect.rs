//! Whose fault might a shared number be? Suspicion with its reason, never an attribution: the
//! load balancer's own 5xx have no target group (aws.md 3.1), and a database does not say who
//! holds its connections.

use serde::Serialize;

use super::{Kpi, KpiKind};
use crate::estate::id::ServiceArn;
use crate::estate::series::Point;
use crate::estate::service::{Rollout, Service};
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::{SignedDuration, Timestamp, stops, words};

/// How far around the trouble a cause is looked for.
const AROUND: SignedDuration = SignedDuration::from_mins(5);
/// A leak needs its time: deployments of so long before count.
const LEAK: SignedDuration = SignedDuration::from_hours(6);

/// A service that may be behind a number, and why one might think so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suspect {
    /// The service.
    pub service: ServiceArn,
    /// `12 connection errors/min`, `deployed 1 h 20 min before`.
    pub why: String,
}

/// Who may be behind what is amber or red; empty for a number that belongs to its services
/// anyway, and where nobody stands out.
pub fn suspects(place: &EnvironmentSnapshot, kpi: &Kpi, now: Timestamp) -> Vec<Suspect> {
    // A 503 is the absence of targets, which the services' own verdicts say.
    if kpi.kind.of_balancer() && kpi.kind != KpiKind::LoadBalancer503 {
        behind_balancer(place, kpi, now)
    } else if kpi.kind == KpiKind::DatabaseConnections {
        behind_database(place, kpi)
    } else {
        Vec::new()
    }
}

/// Services of that load balancer with connection errors, abnormal stops or a deployment just
/// then.
fn behind_balancer(place: &EnvironmentSnapshot, kpi: &Kpi, now: Timestamp) -> Vec<Suspect> {
    let at = kpi.series.last().map_or(now, Point::at);
    let near = |time: Timestamp| time.duration_since(at).abs() <= AROUND;
    let mut found = Vec::new();
    let groups = place
        .kpis
        .iter()
        .filter(|one| one.kind == KpiKind::TargetConnectionErrors)
        .filter(|one| one.balancer.as_ref() == Some(&kpi.resource));
    for group in groups {
        let recent = group.series.points.iter().rev();
        let worst = recent
            .take_while(|point| near(point.at()))
            .map(|point| point.value)
            .fold(0.0_f64, f64::max);
        for service in &group.services {
            let Some(seen) = place.services.get(service) else {
                continue;
            };
            let errors =
                (worst > 0.0).then(|| format!("{} connection errors/min", words::number(worst)));
            let why = errors
                .or_else(|| stopped(place, &seen.service, near))
                .or_else(|| deploying(&seen.service).then(|| "deploying".to_owned()));
            found.extend(why.map(|why| Suspect {
                service: service.clone(),
                why,
            }));
        }
    }
    found.dedup();
    found
}

fn stopped(
    place: &EnvironmentSnapshot,
    service: &Service,
    near: impl Fn(Timestamp) -> bool,
) -> Option<String> {
    let abnormal = place.stops.iter().filter(|task| {
        task.belongs_to(&service.arn, &service.cluster)
            && task.stopped_at.is_some_and(&near)
            && stops::stop(task).abnormal
    });
    let count = abnormal.count();
    (count > 0).then(|| format!("{count} abnormal stops just then"))
}

fn deploying(service: &Service) -> bool {
    let primary = service.primary();
    primary.is_some_and(|deployment| deployment.rollout == Rollout::InProgress)
}

/// The services whose last deployment was shortly before the connections began to climb. One that
/// was deployed long before has held them without trouble.
fn behind_database(place: &EnvironmentSnapshot, kpi: &Kpi) -> Vec<Suspect> {
    let Some(began) = climb(kpi) else {
        return Vec::new();
    };
    let mut found: Vec<(SignedDuration, Suspect)> = place
        .services
        .values()
        .filter_map(|seen| {
            let deployed = seen.service.primary()?.created_at?;
            let before = began.duration_since(deployed);
            (before >= -AROUND && before <= LEAK).then(|| {
                let ago = words::duration(before.max(SignedDuration::ZERO));
                let suspect = Suspect {
                    service: seen.service.arn.clone(),
                    why: format!("deployed {ago} before the climb"),
                };
                (before, suspect)
            })
        })
        .collect();
    found.sort_by_key(|(before, _)| *before);
    found.into_iter().map(|(_, suspect)| suspect).collect()
}

/// When the newest values began to be higher than ever before: the last minute at or below the
/// middle of what is kept, for a series that now stands well above it.
fn climb(kpi: &Kpi) -> Option<Timestamp> {
    let points = &kpi.series.points;
    let newest = points.last()?;
    let lowest = points.iter().map(|point| point.value).reduce(f64::min)?;
    let rise = newest.value - lowest;
    // A tenth of the rise is noise around the foot of the climb.
    let foot = lowest + rise * 0.1;
    let last_low = points.iter().rev().find(|point| point.value <= foot)?;
    (rise > lowest * 0.25 && rise > 5.0).then_some(last_low.at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, environment, kpi, service};
    use crate::estate::kpi::Unit;

    #[test]
    fn the_load_balancers_own_errors_have_suspects_and_no_culprit() {
        let (calm, sick, elsewhere) = (service("calm"), service("sick"), service("elsewhere"));
        let errors = |of: &Service, balancer: &str, values: &[f64]| {
            let mut one = kpi(KpiKind::TargetConnectionErrors, Unit::PerMinute, values);
            one.services = vec![of.arn.clone()];
            one.balancer = Some(balancer.into());
            one
        };
        let mut place = environment(vec![calm.clone(), sick.clone(), elsewhere.clone()]);
        place.kpis.push(errors(&calm, "front", &[]));
        place.kpis.push(errors(&sick, "front", &[3.0, 12.0]));
        place.kpis.push(errors(&elsewhere, "other", &[40.0]));
        let mut refused = kpi(KpiKind::LoadBalancer502, Unit::PerMinute, &[9.0, 8.0]);
        refused.resource = "front".into();
        let found = suspects(&place, &refused, ago(0));
        let told: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one.service.name(), one.why.as_str()))
            .collect();
        assert_eq!(told, [("sick", "12 connection errors/min")]);
    }

    #[test]
    fn connections_that_climb_point_at_the_last_deployment_before() {
        let deployed = |name: &str, age: i64| {
            let mut one = service(name);
            for deployment in &mut one.deployments {
                deployment.created_at = Some(ago(age));
            }
            one
        };
        let place = environment(vec![deployed("billing", 7_200), deployed("web", 400_000)]);
        let flat = [120.0; 20];
        let rising: Vec<f64> = (0..30_i32)
            .map(|minute| f64::from(120 + minute * 6))
            .collect();
        let of = |values: &[f64]| {
            let connections = kpi(KpiKind::DatabaseConnections, Unit::Count, values);
            suspects(&place, &connections, ago(0))
        };
        let found = of(&[flat.as_slice(), &rising].concat());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].service.name(), "billing");
        assert!(found[0].why.starts_with("deployed 1 h"), "{found:?}");
        assert!(of(&flat).is_empty());
    }
}
