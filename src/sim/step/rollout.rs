//! Rolling deployments: the scheduler of one service, within its minimum and maximum percent, and
//! the circuit breaker.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::task::{self, Passing};
use crate::sim::world::{
    Deployment, DeploymentStatus, RolloutState, Service, ServiceDeployment,
    ServiceDeploymentStatus, StopCode, Task, TaskDefinition, TaskStatus, deployment::Rollback,
};

/// Old service deployments that are kept.
const DEPLOYMENTS_KEPT: usize = 20;

const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// Failed starts at which the circuit breaker opens: half the desired count, at least three, at
/// most two hundred.
pub(in crate::sim) fn threshold(desired: u32) -> u32 {
    desired.div_ceil(2).clamp(3, 200)
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
    for old in &mut service.deployments {
        old.status = DeploymentStatus::Active;
        old.desired = 0;
    }
    let (id, revision) = (service.dice.digits(19), service.dice.digits(19));
    let id = format!("ecs-svc/{id}");
    let revision = service.sibling_arn("service-revision", &format!("{}/{revision}", service.name));
    service.deployments.insert(
        0,
        Deployment {
            id: id.clone(),
            status: DeploymentStatus::Primary,
            task_definition: definition.arn.clone(),
            desired: service.desired,
            failed_tasks: 0,
            created_at: now,
            updated_at: now,
            rollout: RolloutState::InProgress,
            rollout_reason: format!("ECS deployment {id} in progress."),
            service_revision: revision.clone(),
            image_digest: definition.container.digest.clone(),
        },
    );
    let word = service.dice.word(21);
    service.service_deployments.insert(
        0,
        ServiceDeployment {
            arn: service.sibling_arn("service-deployment", &format!("{}/{word}", service.name)),
            service_arn: service.arn.clone(),
            cluster_arn: service.cluster_arn.clone(),
            deployment: id,
            status: ServiceDeploymentStatus::InProgress,
            status_reason: None,
            created_at: now,
            started_at: now,
            finished_at: None,
            stopped_at: None,
            updated_at: now,
            source_revision: source,
            target_revision: revision,
            breaker: service.breaker,
            failure_count: 0,
            threshold: threshold(service.desired),
            triggered: false,
            rollback: None,
            by: by.to_owned(),
        },
    );
    service.service_deployments.truncate(DEPLOYMENTS_KEPT);
    service.task_definition.clone_from(&definition.arn);
    let motion = &mut service.motion;
    (motion.due, motion.start_after, motion.settle) = (now, now, now + seconds(60));
    motion.steady = false;
}

/// Somebody stops the running deployment, with or without going back.
pub(in crate::sim) fn stop(service: &mut Service, rollback: bool, now: Timestamp) {
    let reason = "Service deployment stopped by a StopServiceDeployment request.";
    if rollback {
        roll_back(service, reason, now);
    } else {
        fail(service, "ECS deployment stopped.", now);
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
        count(service, passing, now);
    }
    if service
        .primary()
        .is_some_and(|primary| primary.rollout != RolloutState::Failed)
    {
        start_missing(service, definitions, now);
        stop_surplus(service, now);
        complete(service, now);
    }
    become_steady(service, now);
}

/// Failed starts open the breaker; one success resets the count.
fn count(service: &mut Service, passing: &Passing, now: Timestamp) {
    let Some(primary) = service.deployments.first_mut() else {
        return;
    };
    match passing {
        Passing::Ran(deployment) if *deployment == primary.id => primary.failed_tasks = 0,
        Passing::FailedToStart(deployment) if *deployment == primary.id => {
            primary.failed_tasks += 1;
            primary.updated_at = now;
            let (failed, underway) = (
                primary.failed_tasks,
                primary.rollout == RolloutState::InProgress,
            );
            let wait = now + seconds(25 + service.dice.seconds(0, 10));
            service.motion.start_after = service.motion.start_after.max(wait);
            if failed >= 5 {
                service.say_once(
                    now,
                    "is unable to consistently start tasks successfully. For \
                    more information, see the Troubleshooting section of the Amazon ECS \
                    Developer Guide.",
                );
            }
            if underway {
                break_circuit(service, failed, now);
            }
        }
        Passing::Ran(_) | Passing::FailedToStart(_) | Passing::Died => {}
    }
}

fn break_circuit(service: &mut Service, failed: u32, now: Timestamp) {
    let open = service.breaker && failed >= threshold(service.desired);
    if let Some(current) = service.service_deployments.first_mut() {
        current.failure_count = failed;
        current.triggered |= open;
        current.updated_at = now;
    }
    if !open {
        return;
    }
    let id = service
        .primary()
        .map(|primary| primary.id.clone())
        .unwrap_or_default();
    service.say(
        now,
        &format!("(deployment {id}) deployment failed: tasks failed to start."),
    );
    let reason =
        "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    if service.rollback && service.deployments.iter().any(is_completed) {
        roll_back(service, reason, now);
    } else {
        fail(
            service,
            "ECS deployment circuit breaker: tasks failed to start.",
            now,
        );
    }
}

fn is_completed(deployment: &Deployment) -> bool {
    deployment.rollout == RolloutState::Completed
}

/// The primary deployment fails and stays.
fn fail(service: &mut Service, reason: &str, now: Timestamp) {
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Failed;
        primary.rollout_reason = reason.to_owned();
        primary.updated_at = now;
    }
    if let Some(current) = service.service_deployments.first_mut() {
        current.status = ServiceDeploymentStatus::Stopped;
        current.status_reason = Some(reason.to_owned());
        current.finished_at = Some(now);
        current.updated_at = now;
    }
}

/// The last completed deployment becomes the primary one again.
fn roll_back(service: &mut Service, reason: &str, now: Timestamp) {
    let Some(index) = service.deployments.iter().position(is_completed) else {
        return;
    };
    let failed = service
        .primary()
        .map(|primary| primary.id.clone())
        .unwrap_or_default();
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Failed;
        primary.rollout_reason =
            "ECS deployment circuit breaker: tasks failed to start.".to_owned();
        (primary.status, primary.desired) = (DeploymentStatus::Active, 0);
        primary.updated_at = now;
    }
    let mut last = service.deployments.remove(index);
    last.status = DeploymentStatus::Primary;
    last.desired = service.desired;
    last.rollout = RolloutState::InProgress;
    last.rollout_reason = format!(
        "ECS deployment circuit breaker: rolling back to deploymentId {}.",
        last.id
    );
    last.updated_at = now;
    if let Some(current) = service.service_deployments.first_mut() {
        current.status = ServiceDeploymentStatus::RollbackInProgress;
        current.status_reason = Some(reason.to_owned());
        current.rollback = Some(Rollback {
            reason: reason.to_owned(),
            started_at: now,
            revision: last.service_revision.clone(),
        });
        current.updated_at = now;
    }
    service.task_definition.clone_from(&last.task_definition);
    let id = last.id.clone();
    service.deployments.insert(0, last);
    service.say(now, &format!("rolling back to (deployment {id})."));
    stop_and_say(
        service,
        &ids(service, |task| task.started_by == failed),
        &failed,
        now,
    );
    service.motion.start_after = now;
    service.motion.settle = now + seconds(service.dice.seconds(120, 180));
}

fn ids(service: &Service, which: impl Fn(&Task) -> bool) -> Vec<String> {
    let wanted = service.tasks.iter().filter(|task| task.wanted);
    wanted
        .filter(|task| which(task))
        .map(|task| task.id.clone())
        .collect()
}

/// `(task a) (task b)`.
fn listed(ids: &[String]) -> String {
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
        let surplus = own[desired..].to_vec();
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

fn stop_and_say(service: &mut Service, going: &[String], deployment: &str, now: Timestamp) {
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
fn complete(service: &mut Service, now: Timestamp) {
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
        || service.tasks.iter().any(|found| leaving(found))
    {
        return;
    }
    service.deployments.truncate(1);
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Completed;
        primary.rollout_reason = format!("ECS deployment {deployment} completed.");
        primary.updated_at = now;
    }
    if let Some(current) = service
        .service_deployments
        .first_mut()
        .filter(|c| !c.status.is_over())
    {
        current.status = match current.status {
            ServiceDeploymentStatus::RollbackInProgress => {
                ServiceDeploymentStatus::RollbackSuccessful
            }
            _ => ServiceDeploymentStatus::Successful,
        };
        (current.finished_at, current.updated_at) = (Some(now), now);
    }
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
