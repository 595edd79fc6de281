//! Targets follow tasks: registered, healthy, failing, draining, gone.

use jiff::Timestamp;

use crate::sim::world::{
    Service, Target, TargetGroup, TargetReason, TargetState, Task, TaskStatus,
};

/// Brings the targets of a service's group up to its tasks, and says what changed.
pub(in crate::sim) fn register(service: &mut Service, group: &mut TargetGroup, now: Timestamp) {
    let mut sick = Vec::new();
    for target in &mut group.targets {
        let task = service.tasks.iter().find(|task| task.id == target.task);
        let (state, reason) = task.map_or((TargetState::Draining, None), |task| seen(task, now));
        if target.state != state {
            (target.state, target.since) = (state, now);
            if state == TargetState::Unhealthy {
                sick.push(target.task.clone());
            }
        }
        target.reason = reason;
    }
    let present =
        |task: &Task| (TaskStatus::Activating..=TaskStatus::Deactivating).contains(&task.status);
    let before = group.targets.len();
    group.targets.retain(|target| {
        service
            .tasks
            .iter()
            .any(|task| task.id == target.task && present(task))
    });
    let gone = before - group.targets.len();
    let mut fresh = 0;
    for task in service
        .tasks
        .iter()
        .filter(|task| task.wanted && present(task))
        .filter(|task| service.group_of(task) == Some(group.arn.as_str()))
    {
        if group.targets.iter().all(|target| target.task != task.id) {
            fresh += 1;
            group.targets.push(registered(task, group.port, now));
        }
    }
    let place = format!("(target-group {})", group.arn);
    if fresh > 0 {
        service.say(now, &format!("registered {fresh} targets in {place}."));
    }
    if gone > 0 {
        service.say(now, &format!("deregistered {gone} targets in {place}."));
    }
    for task in sick {
        let why = TargetReason::Timeout.description();
        let port = group.port;
        service.say_once(
            now,
            &format!("(task {task}) (port {port}) is unhealthy in {place} due to (reason {why})."),
        );
    }
}

fn registered(task: &Task, port: u16, now: Timestamp) -> Target {
    let (state, reason) = seen(task, now);
    Target {
        id: task.private_ip.clone(),
        task: task.id.clone(),
        port,
        availability_zone: task.availability_zone.clone(),
        state,
        reason,
        since: now,
    }
}

/// How the load balancer sees a task.
fn seen(task: &Task, now: Timestamp) -> (TargetState, Option<TargetReason>) {
    if !task.wanted {
        (
            TargetState::Draining,
            Some(TargetReason::DeregistrationInProgress),
        )
    } else if task.fate.failing.is_some() {
        (TargetState::Unhealthy, Some(TargetReason::Timeout))
    } else if task.fate.healthy_at.is_some_and(|at| at <= now) {
        (TargetState::Healthy, None)
    } else if task.status == TaskStatus::Running {
        (
            TargetState::Initial,
            Some(TargetReason::InitialHealthChecking),
        )
    } else {
        (
            TargetState::Initial,
            Some(TargetReason::RegistrationInProgress),
        )
    }
}
