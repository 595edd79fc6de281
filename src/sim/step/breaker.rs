//! The circuit breaker of a rollout, and the way back.

use jiff::Timestamp;

use super::{
    rollout::{ids, seconds, stop_and_say},
    task::Passing,
};
use crate::sim::world::{
    Deployment, DeploymentStatus, RolloutState, Service, ServiceDeploymentStatus,
    deployment::Rollback,
};

/// Failed starts at which the circuit breaker opens: half the desired count, at least three, at
/// most two hundred.
pub(in crate::sim) fn threshold(desired: u32) -> u32 {
    desired.div_ceil(2).clamp(3, 200)
}

/// Failed starts open the breaker; one success resets the count.
pub(super) fn count(service: &mut Service, passing: &Passing, now: Timestamp) {
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
            let wait = now + seconds(service.dice.seconds(55, 65));
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
pub(super) fn fail(service: &mut Service, reason: &str, now: Timestamp) {
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Failed;
        reason.clone_into(&mut primary.rollout_reason);
        primary.updated_at = now;
    }
    if let Some(current) = service.service_deployments.first_mut() {
        let back = current.status == ServiceDeploymentStatus::RollbackInProgress;
        current.status = if back {
            ServiceDeploymentStatus::RollbackFailed
        } else {
            ServiceDeploymentStatus::Stopped
        };
        current.status_reason = Some(reason.to_owned());
        current.finished_at = Some(now);
        current.updated_at = now;
    }
}

/// The last completed deployment becomes the primary one again.
pub(super) fn roll_back(service: &mut Service, reason: &str, now: Timestamp) {
    let Some(index) = service.deployments.iter().position(is_completed) else {
        return;
    };
    let failed = service
        .primary()
        .map(|primary| primary.id.clone())
        .unwrap_or_default();
    if let Some(primary) = service.deployments.first_mut() {
        primary.rollout = RolloutState::Failed;
        reason.clone_into(&mut primary.rollout_reason);
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
    service.say(now, &format!("rolling back to deployment {id}."));
    stop_and_say(
        service,
        &ids(service, |task| task.started_by == failed),
        &failed,
        now,
    );
    service.motion.start_after = now;
    service.motion.settle = now + seconds(service.dice.seconds(120, 180));
}
