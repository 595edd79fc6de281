//! The row for services on their way, and how a rollout is said.

use super::case::{Case, SERVICES};
use super::{Health, Verdict};
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Rollout, Scheduling, Service,
};

pub(super) fn moving(case: &Case<'_>) -> Option<Verdict> {
    let service = case.service;
    if !case.aborts.is_empty() {
        return None;
    }
    if case.in_rollout() {
        let began = service.primary().and_then(|one| one.created_at);
        let evidence = [deploy_words(service)];
        return Some(case.verdict(Health::Deploying, began, &evidence, SERVICES));
    }
    let on_its_way = if service.running < service.desired {
        let missing = service.desired - service.running;
        format!("{missing} more wanted, {} starting", service.pending)
    } else if service.running > service.desired {
        format!("{} to go", service.running - service.desired)
    } else if service.pending > 0 {
        format!("{} starting", service.pending)
    } else {
        return None;
    };
    let since = case.newest_movement();
    let evidence = [case.running(), on_its_way];
    Some(case.verdict(Health::Deploying, since, &evidence, SERVICES))
}

/// The fewest tasks a rolling deployment keeps running (aws.md 4.2); where AWS does not say,
/// 100 %, of a daemon none.
pub(super) fn floor(service: &Service) -> u32 {
    let unsaid = match service.scheduling {
        Scheduling::Daemon => 0,
        Scheduling::Replica | Scheduling::Unknown(_) => 100,
    };
    let percent = service.rolling.minimum_healthy_percent.unwrap_or(unsaid);
    let floor = (u64::from(service.desired) * u64::from(percent)).div_ceil(100);
    u32::try_from(floor).unwrap_or(u32::MAX)
}

/// `search:113 2/4 new, 4 old, circuit breaker on`.
pub(super) fn deploy_words(service: &Service) -> String {
    let breaker = if service.rolling.circuit_breaker {
        "circuit breaker on"
    } else {
        "no circuit breaker"
    };
    match exchange(service) {
        Some(exchange) => format!("{exchange}, {breaker}"),
        None => breaker.to_owned(),
    }
}

/// The rollout for a narrow column: `orders:58 2/4 new, 3 old · breaker on` while tasks are
/// exchanged, `orders:58` when nothing moves, the controller's name when it is not ECS's.
pub fn rollout_words(service: &Service) -> String {
    let label = service.task_definition.label();
    match &service.controller {
        Controller::CodeDeploy => return format!("{label} · CodeDeploy"),
        Controller::External => return format!("{label} · external"),
        Controller::Unknown(word) => return format!("{label} · {word}"),
        Controller::Ecs => {}
    }
    let Some(primary) = service.primary() else {
        return label.to_owned();
    };
    let state = match &primary.rollout {
        Rollout::Failed => "failed",
        Rollout::Unknown(word) => word,
        Rollout::Completed | Rollout::Absent if old(service) == 0 => return label.to_owned(),
        Rollout::Completed | Rollout::Absent | Rollout::InProgress => {
            if service.rolling.circuit_breaker {
                "breaker on"
            } else {
                "no breaker"
            }
        }
    };
    let exchange = exchange(service).unwrap_or_default();
    format!("{exchange} · {state}")
}

/// `orders:58 2/4 new, 3 old`.
fn exchange(service: &Service) -> Option<String> {
    let new = service.primary()?;
    let label = new.task_definition.label();
    let mut said = format!("{label} {}/{} new", new.running, new.desired);
    let old = old(service);
    if old > 0 {
        said = format!("{said}, {old} old");
    }
    Some(said)
}

/// Tasks of older deployments.
fn old(service: &Service) -> u32 {
    let older = |one: &&Deployment| one.status == DeploymentStatus::Active;
    service
        .deployments
        .iter()
        .filter(older)
        .fold(0, |sum, one| sum.saturating_add(one.running))
}
