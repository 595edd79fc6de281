//! How the world moves: one tick at a time, one file a noun.

pub(in crate::sim) mod alarm;
pub(in crate::sim) mod breaker;
pub(in crate::sim) mod effect;
pub(in crate::sim) mod health;
pub(in crate::sim) mod load;
pub(in crate::sim) mod log;
pub(in crate::sim) mod metric;
pub(in crate::sim) mod rollout;
pub(in crate::sim) mod speech;
pub(in crate::sim) mod stages;
pub(in crate::sim) mod task;

use jiff::{SignedDuration, Timestamp};

use super::world::{Account, RolloutState, Service, TICK, World};

/// Moves the world by one tick.
pub(in crate::sim) fn tick(world: &mut World) {
    world.now += TICK;
    let now = world.now;
    effect::apply(world);
    world.scheduled_scaling();
    for account in &mut world.accounts {
        for database in &mut account.databases {
            database.step(now);
        }
        schedule(account, now);
        log::write(account, now);
        if now.as_second() % 60 == 0 {
            load::flow(account, now);
            metric::record(account, now);
            alarm::evaluate(account, now);
        }
    }
}

/// Moves every service that has something to do.
fn schedule(account: &mut Account, now: Timestamp) {
    for service in &mut account.services {
        if now < service.motion.due {
            continue;
        }
        let passings = task::step(service, now);
        task::flap(service, now);
        rollout::step(service, &account.task_definitions, &passings, now);
        let arn = service.arn.clone();
        let groups = account.target_groups.iter_mut();
        for group in groups.filter(|group| group.service == arn) {
            health::register(service, group, now);
        }
        service.motion.due = due(service, now);
    }
}

/// When a service next has something to do: at once while it moves, else at the next moment that
/// one of its tasks waits for.
fn due(service: &Service, now: Timestamp) -> Timestamp {
    let moving = service
        .primary()
        .is_some_and(|it| it.rollout == RolloutState::InProgress)
        || service.tasks.iter().filter(|task| task.wanted).count()
            != usize::try_from(service.desired).unwrap_or(0);
    if moving || !service.motion.steady || service.motion.flap.is_some() {
        return now + TICK;
    }
    let forgotten = SignedDuration::from_hours(1);
    service
        .tasks
        .iter()
        .flat_map(|task| {
            let gone = task.stopped_at.map(|at| at + forgotten);
            let healthy = task.fate.healthy_at.filter(|at| *at > now);
            [
                task.fate.next,
                task.fate.doom.as_ref().map(|doom| doom.at),
                gone,
                healthy,
            ]
        })
        .flatten()
        .min()
        .unwrap_or(now + SignedDuration::from_hours(1))
        .clamp(now + TICK, now + SignedDuration::from_mins(10))
}
