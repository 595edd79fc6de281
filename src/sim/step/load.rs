//! The load of one minute: how many requests arrive, how they fare, and what that does to the
//! databases.

use jiff::Timestamp;

use super::task;
use crate::sim::world::{Account, Database, Service, TaskStatus, habit};

/// A count as a number to calculate with.
pub(in crate::sim) fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// The minute that ends at `now`.
pub(super) fn flow(account: &mut Account, now: Timestamp) {
    for service in &mut account.services {
        leak(service);
    }
    for database in &mut account.databases {
        connect(database, &account.services, now);
    }
    let storms: Vec<bool> = account
        .services
        .iter()
        .map(|one| account.is_evicting(one))
        .collect();
    for (service, storm) in account.services.iter_mut().zip(storms) {
        let database = service.nature.database.as_ref();
        let strain = database
            .and_then(|id| account.databases.iter().find(|found| found.id == *id))
            .map_or(0.0, |database| {
                strain(database.connections / database.limit)
            });
        serve(service, strain, now);
        // What the cache has lost is asked of the database.
        if storm {
            service.motion.slowness *= 5.0;
        }
    }
}

/// Every running task keeps its share of what the service leaks; it is given back when it ends.
fn leak(service: &mut Service) {
    if service.motion.leak <= 0.0 {
        return;
    }
    let share = service.motion.leak / number(service.running()).max(1.0);
    for task in service
        .tasks
        .iter_mut()
        .filter(|task| task.status == TaskStatus::Running)
    {
        task.fate.leaked += share;
    }
}

fn connect(database: &mut Database, services: &[Service], now: Timestamp) {
    let users = services
        .iter()
        .filter(|service| service.nature.database.as_deref() == Some(database.id.as_str()));
    let wanted: f64 = users
        .map(|service| {
            let running = service
                .tasks
                .iter()
                .filter(|task| task.status == TaskStatus::Running);
            running
                .map(|task| service.nature.pool + task.fate.leaked)
                .sum::<f64>()
        })
        .sum();
    // A ripple of a few connections that needs no dice of its own.
    let ripple = f64::from(i32::try_from(now.as_second() / 60 % 7).unwrap_or(0) - 3);
    // The last three slots are the superuser's.
    database.connections = (wanted + ripple).clamp(0.0, database.limit - 3.0).round();
}

/// How hard a database of this fill makes its users wait, from 0 to 1.
fn strain(fill: f64) -> f64 {
    ((fill - 0.93) / 0.06).clamp(0.0, 1.0)
}

fn serve(service: &mut Service, strain: f64, now: Timestamp) {
    let drift = service.dice.drift(service.motion.drift, 0.06);
    let serving = service
        .tasks
        .iter()
        .filter(|found| task::serves(found, now))
        .count();
    let running = service.running();
    let died = service.tasks.iter().filter(|task| {
        task.execution_stopped_at
            .is_some_and(|at| now.duration_since(at).as_secs() < 60)
            && task.container.exit_code != Some(0)
            && task.started_at.is_some()
    });
    let died = number(died.count());
    let desired = f64::from(service.desired).max(1.0);
    let share = (number(serving) / desired).min(1.0);
    let motion = &mut service.motion;
    motion.drift = drift;
    let arriving = if motion.deserted {
        0.0
    } else {
        service.nature.rpm * habit::load(now.as_second()) * drift
    };
    motion.requests = if running > 0 { arriving.round() } else { 0.0 };
    motion.rejected = if running > 0 { 0.0 } else { arriving.round() };
    // Requests a dying task had in its hands.
    let broken = died * arriving / desired * 0.06 + motion.mismatch;
    motion.broken = broken.round().min(arriving);
    motion.hung = motion.hangs.min(arriving).round();
    motion.strain = strain;
    motion.errors = strain * 0.14;
    motion.slowness = (1.0 + 2.0 * strain) * (2.0 - share).max(1.0);
}
