//! Rolling deployments: the scheduler of one service, within its minimum and maximum percent, and
//! the circuit breaker.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::{
    breaker, stages,
    task::{self, Passing},
};
use crate::sim::world::{
    Deployment, DeploymentStatus, RolloutState, Service, ServiceDeployment,
    ServiceDeploymentStatus, Stage, StopCode, StrategyName, Task, TaskDefinition, TaskStatus,
};

/// Old service deployments that are kept.
const DEPLOYMENTS_KEPT: usize = 20;

pub(super) const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// A new deployment of a task definition takes over from whatever runs.
pub(in crate::sim) fn begin(
    service: &mut Service,
    definition: &TaskDefinition,
    by: &str,
    now: Timestamp,
) {
    for running in service
        .service_deployments
        .iter_mut()
        .filter(|found| !found.status.is_over())
    {
        running.status = ServiceDeploymentStatus::Stopped;
        running.status_reason =
            Some("Service deployment stopped because a new deployment was started.".to_owned());
        (running.stopped_at, running.finished_at) = (Some(now), Some(now));
        running.updated_at = now;
    }
    let source = service
        .primary()
        .map(|primary| primary.service_revision.clone());
    let rolling = service.strategy.name == StrategyName::Rolling;
    for old in &mut service.deployments {
        old.status = DeploymentStatus::Active;
        if rolling {
            old.desired = 0;
        }
    }
    let deployment = deployment(service, definition, now);
    let record = record(service, &deployment, source, by);
    service.deployments.insert(0, deployment);
    service.service_deployments.insert(0, record);
    service.service_deployments.truncate(DEPLOYMENTS_KEPT);
    service.task_definition.clone_from(&definition.arn);
    let motion = &mut service.motion;
    (motion.due, motion.start_after, motion.settle) = (now, now, now + seconds(60));
    motion.steady = false;
}

/// A fresh primary deployment.
fn deployment(service: &mut Service, definition: &TaskDefinition, now: Timestamp) -> Deployment {
    let (id, revision) = (service.dice.digits(19), service.dice.digits(19));
    let revision = format!("{}/{revision}", service.name);
    Deployment {
        status: DeploymentStatus::Primary,
        task_definition: definition.arn.clone(),
        desired: service.desired,
        failed_tasks: 0,
        created_at: now,
        updated_at: now,
        rollout: RolloutState::InProgress,
        rollout_reason: format!("ECS deployment ecs-svc/{id} in progress."),
        service_revision: service.sibling_arn("service-revision", &revision),
        image_digest: definition.container.digest.clone(),
        target_group: stages::idle_group(service),
        id: format!("ecs-svc/{id}"),
    }
}

/// The service deployment that carries out a deployment.
fn record(
    service: &mut Service,
    deployment: &Deployment,
    source: Option<String>,
    by: &str,
) -> ServiceDeployment {
    let word = service.dice.word(21);
    let now = deployment.created_at;
    ServiceDeployment {
        arn: service.sibling_arn("service-deployment", &format!("{}/{word}", service.name)),
        service_arn: service.arn.clone(),
        cluster_arn: service.cluster_arn.clone(),
        deployment: deployment.id.clone(),
        status: ServiceDeploymentStatus::InProgress,
        status_reason: None,
        created_at: now,
        started_at: now,
        finished_at: None,
        stopped_at: None,
        updated_at: now,
        source_revision: source,
        target_revision: deployment.service_revision.clone(),
        requested: service.desired,
        task_definition: deployment.task_definition.clone(),
        image_digest: deployment.image_digest.clone(),
        breaker: service.breaker,
        failure_count: 0,
        threshold: breaker::threshold(service.desired),
        triggered: false,
        rollback: None,
        by: by.to_owned(),
        stage: (service.strategy.name != StrategyName::Rolling).then_some(Stage::ReconcileService),
        staged_at: now,
        share: 0.0,
        hook: None,
    }
}

/// The primary deployment is complete and alone.
pub(in crate::sim) fn finish(service: &mut Service, now: Timestamp) {
    service.deployments.truncate(1);
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Completed;
        primary.rollout_reason = format!("ECS deployment {} completed.", primary.id);
        primary.updated_at = now;
    }
    let current = service.service_deployments.first_mut();
    if let Some(current) = current.filter(|current| !current.status.is_over()) {
        let back = current.status == ServiceDeploymentStatus::RollbackInProgress;
        current.status = if back {
            ServiceDeploymentStatus::RollbackSuccessful
        } else {
            ServiceDeploymentStatus::Successful
        };
        (current.finished_at, current.updated_at) = (Some(now), now);
    }
}

/// Somebody stops the running deployment, with or without going back.
pub(in crate::sim) fn stop(service: &mut Service, rollback: bool, now: Timestamp) {
    let reason = "Service deployment stopped by a StopServiceDeployment request.";
    if rollback {
        breaker::roll_back(service, reason, now);
    } else {
        breaker::fail(service, "ECS deployment stopped.", now);
    }
    if let Some(current) = service.service_deployments.first_mut() {
        current.status_reason = Some(reason.to_owned());
        current.stopped_at = Some(now);
    }
}

/// One pass of the scheduler.
pub(in crate::sim) fn step(
    service: &mut Service,
    definitions: &[TaskDefinition],
    passings: &[Passing],
    now: Timestamp,
) {
    for passing in passings {
        breaker::count(service, passing, now);
    }
    if stages::under_way(service) {
        stages::step(service, definitions, now);
        return become_steady(service, now);
    }
    let failed = service.primary().map(|primary| primary.rollout) == Some(RolloutState::Failed);
    if !failed {
        start_missing(service, definitions, now);
    }
    // A failed deployment leaves the old tasks alone, unless nothing shall run at all.
    if !failed || service.desired == 0 {
        stop_surplus(service, now);
    }
    complete(service, now);
    become_steady(service, now);
}

pub(super) fn ids(service: &Service, which: impl Fn(&Task) -> bool) -> Vec<String> {
    let wanted = service.tasks.iter().filter(|task| task.wanted);
    wanted
        .filter(|task| which(task))
        .map(|task| task.id.clone())
        .collect()
}

/// `(task a) (task b)`.
pub(super) fn listed(ids: &[String]) -> String {
    ids.iter().fold(String::new(), |mut list, id| {
        let space = if list.is_empty() { "" } else { " " };
        let _ = write!(list, "{space}(task {id})");
        list
    })
}

/// Starts what the primary deployment lacks, a wave at a time.
fn start_missing(service: &mut Service, definitions: &[TaskDefinition], now: Timestamp) {
    if now < service.motion.start_after {
        return;
    }
    let Some(primary) = service.primary() else {
        return;
    };
    let (deployment, name) = (primary.id.clone(), primary.task_definition.clone());
    let desired = usize::try_from(service.desired).unwrap_or(0);
    let own = ids(service, |task| task.started_by == deployment).len();
    let all = ids(service, |_| true).len();
    // A rollout goes wave by wave: the next one starts when this one runs or has failed.
    if primary.rollout == RolloutState::InProgress && service.pending_of(&deployment) > 0 {
        return;
    }
    let percent = usize::try_from(service.maximum_percent).unwrap_or(200);
    let room = (desired * percent / 100).saturating_sub(all);
    let missing = desired
        .saturating_sub(own)
        .min(room)
        .min(desired.div_ceil(2));
    if missing == 0 {
        if own < desired {
            deadlock(service, now);
        }
        return;
    }
    let Some(definition) = definitions.iter().find(|found| found.arn == name) else {
        return;
    };
    let started: Vec<_> = (0..missing)
        .map(|_| task::start(service, definition, &deployment, now))
        .collect();
    service.say(
        now,
        &format!("has started {missing} tasks: {}.", listed(&started)),
    );
    service.motion.start_after = now + seconds(service.dice.seconds(8, 14));
}

/// Says so when minimum and maximum percent allow neither a start nor a stop.
fn deadlock(service: &mut Service, now: Timestamp) {
    let desired = service.desired;
    let can_start = desired * service.maximum_percent / 100 > desired;
    let can_stop = (desired * service.minimum_healthy_percent).div_ceil(100) < desired;
    if !can_start && !can_stop && service.deployments.len() > 1 {
        service.say_once(
            now,
            "was unable to stop or start tasks during a deployment because of \
            the service deployment configuration. Update the minimumHealthyPercent or \
            maximumPercent value and try again.",
        );
    }
}

/// Stops tasks of older deployments, and those beyond the desired count.
fn stop_surplus(service: &mut Service, now: Timestamp) {
    let Some(primary) = service.primary() else {
        return;
    };
    let deployment = primary.id.clone();
    let desired = usize::try_from(service.desired).unwrap_or(0);
    let own = ids(service, |task| task.started_by == deployment);
    if own.len() > desired {
        let many = own.len() - desired;
        let free = |task: &Task| task.started_by == deployment && task.protection(now).is_none();
        let mut surplus = ids(service, free);
        surplus.drain(..surplus.len().saturating_sub(many));
        let held = many - surplus.len();
        if held > 0 {
            let reason = format!("{held} more protected tasks than desired");
            service.say_once(
                now,
                &format!("was unable to scale in due to (reason {reason})."),
            );
        }
        return stop_and_say(service, &surplus, &deployment, now);
    }
    let serving = ids(service, |found| task::serves(found, now)).len();
    let percent = usize::try_from(service.minimum_healthy_percent).unwrap_or(100);
    let mut spare = serving.saturating_sub((desired * percent).div_ceil(100));
    let mut going = Vec::new();
    for old in service
        .tasks
        .iter()
        .filter(|task| task.wanted && task.started_by != deployment)
    {
        if !task::serves(old, now) {
            going.push(old.id.clone());
        } else if spare > 0 {
            spare -= 1;
            going.push(old.id.clone());
        }
    }
    if !going.is_empty() {
        stop_and_say(service, &going, &deployment, now);
    }
}

pub(in crate::sim) fn stop_and_say(
    service: &mut Service,
    going: &[String],
    deployment: &str,
    now: Timestamp,
) {
    if going.is_empty() {
        return;
    }
    let running = service
        .tasks
        .iter()
        .filter(|found| going.contains(&found.id) && found.status == TaskStatus::Running);
    let running = running.count();
    let reason = format!("Scaling activity initiated by (deployment {deployment})");
    task::stop(
        service,
        going,
        (StopCode::ServiceSchedulerInitiated, &reason),
        now,
    );
    let count = going.len();
    if running > 0 && service.target_group.is_some() {
        service.say(
            now,
            &format!("has begun draining connections on {running} tasks."),
        );
    }
    service.say(
        now,
        &format!("has stopped {count} running tasks: {}.", listed(going)),
    );
}

/// The rollout is done when its tasks serve and nothing else is left.
pub(super) fn complete(service: &mut Service, now: Timestamp) {
    let Some(primary) = service.primary() else {
        return;
    };
    if primary.rollout != RolloutState::InProgress || now < service.motion.settle {
        return;
    }
    let deployment = primary.id.clone();
    let own = |found: &Task| found.started_by == deployment && task::serves(found, now);
    let leaving =
        |found: &Task| found.started_by != deployment && found.status < TaskStatus::Deprovisioning;
    if ids(service, own).len() < usize::try_from(service.desired).unwrap_or(0)
        || service.tasks.iter().any(leaving)
    {
        return;
    }
    finish(service, now);
    service.say(
        now,
        &format!("(deployment {deployment}) deployment completed."),
    );
}

/// Says that the service is steady, when it becomes so and every six hours after.
fn become_steady(service: &mut Service, now: Timestamp) {
    let Some(primary) = service.primary() else {
        return;
    };
    let calm = now.duration_since(service.motion.stirred) >= seconds(60);
    let complete = primary.rollout == RolloutState::Completed && service.deployments.len() == 1;
    let desired = usize::try_from(service.desired).unwrap_or(0);
    let steady =
        complete && calm && ids(service, |found| task::serves(found, now)).len() == desired;
    let due = service
        .motion
        .steady_said
        .is_none_or(|said| now.duration_since(said) >= SignedDuration::from_hours(6));
    if steady && (!service.motion.steady || due) {
        service.said.clear();
        service.say(now, "has reached a steady state.");
        service.motion.steady_said = Some(now);
    }
    service.motion.steady = steady;
}
