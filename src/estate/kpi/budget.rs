//! What could be opened at worst: maximum tasks × maximum percent × pool size, of every service of a
//! database, against what the database takes (aws.md 3.3).

use super::{Kpi, in_unit};
use crate::estate::id::ServiceArn;
use crate::estate::service::Scheduling;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::words;

/// ECS starts up to twice the tasks while it deploys, unless told otherwise.
const USUAL_MAXIMUM: u32 = 200;

/// How many connections a service may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The service.
    pub service: ServiceArn,
    /// Connections each of its tasks may open.
    pub size: u32,
    /// The most tasks auto scaling may run; `None` where nothing scales it, or nobody knows.
    pub most_tasks: Option<u32>,
}

/// What all services of a database could open together.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Connections at worst: every service at its most tasks, while all are deployed at once.
    pub most: f64,
    /// What the database takes.
    pub ceiling: f64,
    /// The parts it is made of, the largest first.
    pub shares: Vec<Share>,
    /// `could need 480 of ≈415: orders 10 tasks × 200 % × 20, …`.
    pub words: String,
}

/// One service's part.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The service.
    pub service: ServiceArn,
    /// Its most tasks.
    pub tasks: u32,
    /// `maximumPercent`.
    pub percent: u32,
    /// Connections of each.
    pub size: u32,
    /// The product.
    pub most: f64,
}

impl Budget {
    /// Whether the database could run out.
    pub fn is_over(&self) -> bool {
        self.most > self.ceiling
    }
}

/// The budget of a database's connections; `None` where the settings name no pool, or nobody
/// knows what the database takes.
pub fn budget(place: &EnvironmentSnapshot, kpi: &Kpi) -> Option<Budget> {
    let ceiling = kpi.ceiling?;
    let mut shares: Vec<Share> = kpi
        .pools
        .iter()
        .filter_map(|pool| share(place, pool))
        .collect();
    if shares.is_empty() {
        return None;
    }
    shares.sort_by(|a, b| {
        b.most
            .total_cmp(&a.most)
            .then_with(|| a.service.cmp(&b.service))
    });
    let most = shares.iter().map(|one| one.most).sum();
    let about = if ceiling.exact { "" } else { "≈" };
    let parts: Vec<String> = shares
        .iter()
        .map(|one| {
            let (name, tasks) = (
                one.service.name(),
                words::counted(usize::try_from(one.tasks).unwrap_or(0), "task"),
            );
            format!("{name} {tasks} × {} % × {}", one.percent, one.size)
        })
        .collect();
    Some(Budget {
        most,
        ceiling: ceiling.value,
        words: format!(
            "could need {} of {about}{}: {}",
            in_unit(kpi.unit, most),
            in_unit(kpi.unit, ceiling.value),
            parts.join(", ")
        ),
        shares,
    })
}

fn share(place: &EnvironmentSnapshot, pool: &Pool) -> Option<Share> {
    let service = &place.services.get(&pool.service)?.service;
    // A daemon never has two tasks on one instance.
    let percent = match service.scheduling {
        Scheduling::Daemon => 100,
        Scheduling::Replica | Scheduling::Unknown(_) => service
            .rolling
            .maximum_percent
            .unwrap_or(USUAL_MAXIMUM)
            .max(100),
    };
    let tasks = pool.most_tasks.unwrap_or(0).max(service.desired);
    let at_once = u64::from(tasks) * u64::from(percent) / 100;
    let most = f64::from(u32::try_from(at_once).unwrap_or(u32::MAX)) * f64::from(pool.size);
    Some(Share {
        service: pool.service.clone(),
        tasks,
        percent,
        size: pool.size,
        most,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{environment, kpi, service};
    use crate::estate::kpi::{Ceiling, KpiKind, Unit};

    #[test]
    fn every_service_at_its_most_is_held_against_what_the_database_takes() {
        let (orders, mut billing) = (service("orders"), service("billing"));
        billing.rolling.maximum_percent = Some(150);
        billing.desired = 3;
        let pool = |of: &crate::estate::service::Service, size, most_tasks| Pool {
            service: of.arn.clone(),
            size,
            most_tasks,
        };
        let mut connections = kpi(KpiKind::DatabaseConnections, Unit::Count, &[120.0]);
        connections.pools = vec![pool(&orders, 20, Some(10)), pool(&billing, 24, None)];
        connections.pools.push(pool(&service("gone"), 99, None));
        let place = environment(vec![orders, billing]);
        assert_eq!(
            budget(&place, &connections),
            None,
            "nobody knows the ceiling"
        );
        connections.ceiling = Some(Ceiling {
            value: 415.0,
            exact: false,
        });
        let found = budget(&place, &connections).unwrap();
        // 10 × 200 % × 20, and 3 × 150 % is four tasks × 24.
        assert!((found.most - 496.0).abs() < f64::EPSILON);
        assert!(found.is_over());
        assert_eq!(
            found.words,
            "could need 496 of ≈415: orders 10 tasks × 200 % × 20, billing 3 tasks × 150 % × 24"
        );
        connections.pools.clear();
        assert_eq!(budget(&place, &connections), None);
    }
}
