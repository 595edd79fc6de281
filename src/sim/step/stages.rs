//! Deployments that go by stages (blue/green, linear, canary): new tasks are started beside the old
//! ones, traffic moves to them, both are kept while it bakes, then the old ones go.

use jiff::{SignedDuration, Timestamp};

use super::{
    rollout::{complete, ids, listed, seconds, stop_and_say},
    task,
};
use crate::sim::world::deployment::Strategy;
use crate::sim::world::{
    Hook, RolloutState, Service, ServiceDeployment, ServiceDeploymentStatus, Stage, StrategyName,
    TaskDefinition,
};

/// How long a stage lasts in which nothing has to happen.
const MOMENT: SignedDuration = seconds(10);
/// How long AWS waits for an approval at most.
const PATIENCE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The target group for the next deployment: the one that the current one does not use.
pub(super) fn idle_group(service: &Service) -> Option<String> {
    let used = service.primary().and_then(|one| one.target_group.clone());
    let groups = [&service.target_group, &service.alternate_group];
    let mut groups = groups.into_iter().flatten();
    groups
        .find(|group| Some(*group) != used.as_ref())
        .or(used.as_ref())
        .cloned()
}

/// Whether the current deployment goes by stages and has not failed.
pub(super) fn under_way(service: &Service) -> bool {
    let (Some(primary), Some(current)) = (service.primary(), service.service_deployments.first())
    else {
        return false;
    };
    service.strategy.name != StrategyName::Rolling
        && primary.rollout == RolloutState::InProgress
        && current.deployment == primary.id
        && current.status == ServiceDeploymentStatus::InProgress
}

/// Somebody answers the hook that holds the deployment.
pub(super) fn approve(service: &mut Service) {
    let current = service.service_deployments.first_mut();
    if let Some(hook) = current.and_then(|one| one.hook.as_mut()) {
        hook.approved = true;
    }
}

/// One pass: what the stage does, and the next one when it is done.
pub(super) fn step(service: &mut Service, definitions: &[TaskDefinition], now: Timestamp) {
    let Some(current) = service.service_deployments.first() else {
        return;
    };
    let stage = current.stage.unwrap_or(Stage::ReconcileService);
    let age = now.duration_since(current.staged_at);
    let held = current.hook.as_ref().is_some_and(|hook| !hook.approved);
    if (Stage::ScaleUp..=Stage::BakeTime).contains(&stage) {
        scale_up(service, definitions, now);
    }
    let done = match stage {
        Stage::ReconcileService => age >= MOMENT,
        Stage::ScaleUp => all_serve(service, now),
        Stage::PostScaleUp => age >= MOMENT && !held,
        Stage::ProductionTrafficShift => {
            let share = share(service.strategy, age);
            shift(service, share);
            share >= 100.0 && age >= length(service.strategy)
        }
        Stage::BakeTime => age >= minutes(service.strategy.bake_minutes),
        Stage::CleanUp => {
            let (old, id) = old_tasks(service);
            stop_and_say(service, &old, &id, now);
            return complete(service, now);
        }
    };
    if done {
        go_on(service, stage, now);
    }
}

fn minutes(count: i32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

fn go_on(service: &mut Service, from: Stage, now: Timestamp) {
    let next = match from {
        Stage::ReconcileService => Stage::ScaleUp,
        Stage::ScaleUp => Stage::PostScaleUp,
        Stage::PostScaleUp => Stage::ProductionTrafficShift,
        Stage::ProductionTrafficShift => Stage::BakeTime,
        Stage::BakeTime | Stage::CleanUp => Stage::CleanUp,
    };
    let asks = next == Stage::PostScaleUp && service.strategy.asks;
    let hook = asks.then(|| Hook {
        id: format!("approval-{}", service.dice.hex(8)),
        approved: false,
        expires_at: now + PATIENCE,
    });
    if let Some(current) = service.service_deployments.first_mut() {
        (current.stage, current.staged_at, current.updated_at) = (Some(next), now, now);
        current.hook = hook.or(current.hook.take());
    }
}

/// Starts what the new revision lacks, all at once: the old one goes on serving.
fn scale_up(service: &mut Service, definitions: &[TaskDefinition], now: Timestamp) {
    let Some(primary) = service.primary() else {
        return;
    };
    if now < service.motion.start_after {
        return;
    }
    let (deployment, name) = (primary.id.clone(), primary.task_definition.clone());
    let own = ids(service, |task| task.started_by == deployment).len();
    let wanted = usize::try_from(service.desired).unwrap_or(0);
    let Some(definition) = definitions.iter().find(|found| found.arn == name) else {
        return;
    };
    let started: Vec<_> = (own..wanted)
        .map(|_| task::start(service, definition, &deployment, now))
        .collect();
    if !started.is_empty() {
        let count = started.len();
        service.say(
            now,
            &format!("has started {count} tasks: {}.", listed(&started)),
        );
    }
}

fn all_serve(service: &Service, now: Timestamp) -> bool {
    let deployment = service.primary().map(|one| one.id.clone());
    let serving = ids(service, |found| {
        Some(&found.started_by) == deployment.as_ref() && task::serves(found, now)
    });
    serving.len() >= usize::try_from(service.desired).unwrap_or(0)
}

/// Percent of the traffic that has moved so long after the shift began.
fn share(strategy: Strategy, age: SignedDuration) -> f64 {
    let step = minutes(strategy.step_minutes.max(1));
    let steps = age.as_secs() / step.as_secs().max(1);
    let steps = f64::from(i32::try_from(steps).unwrap_or(i32::MAX));
    match strategy.name {
        StrategyName::Linear => (strategy.percent * (steps + 1.0)).min(100.0),
        StrategyName::Canary if steps < 1.0 => strategy.percent,
        StrategyName::Rolling | StrategyName::BlueGreen | StrategyName::Canary => 100.0,
    }
}

/// How long the shift takes until all traffic has moved and a moment has passed.
fn length(strategy: Strategy) -> SignedDuration {
    let step = minutes(strategy.step_minutes.max(1));
    match strategy.name {
        StrategyName::Rolling | StrategyName::BlueGreen | StrategyName::Linear => MOMENT,
        StrategyName::Canary => step + MOMENT,
    }
}

fn shift(service: &mut Service, share: f64) {
    let current = service.service_deployments.first_mut();
    if let Some(ServiceDeployment { share: moved, .. }) = current {
        *moved = share;
    }
}

/// The tasks of the revisions before, and the deployment they make way for.
fn old_tasks(service: &Service) -> (Vec<String>, String) {
    let id = service.primary().map(|one| one.id.clone());
    let id = id.unwrap_or_default();
    (ids(service, |task| task.started_by != id), id)
}
