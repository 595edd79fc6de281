//! The last two rows: everything wanted runs; does anybody check that it works?

use super::case::{Case, METRICS, SERVICES};
use super::{Health, Verdict};
use crate::estate::kpi::{self, KpiKind, Reading};
use crate::estate::problem::Feed;
use crate::estate::service::{Controller, Rollout};
use crate::estate::{SignedDuration, words};

/// Stops and alarms older than this prove nothing about now.
const PROOF: SignedDuration = SignedDuration::from_mins(3);

pub(super) fn healthy(case: &Case<'_>) -> Option<Verdict> {
    let service = case.service;
    let settled = service.desired > 0
        && service.running == service.desired
        && service.pending == 0
        && case.aborts.is_empty()
        && !case.in_rollout();
    if !settled {
        return None;
    }
    let since = service
        .primary()
        .and_then(|one| one.updated_at.or(one.created_at));
    let label = service.task_definition.label().to_owned();
    Some(match proof(case) {
        Ok(proof) => {
            let evidence = [case.running(), proof, label];
            case.verdict(Health::Healthy, since, &evidence, METRICS)
        }
        Err(gap) => {
            let evidence = [case.running(), gap, label];
            case.verdict(Health::HealthyUnverified, since, &evidence, SERVICES)
        }
    })
}

/// What proves that the tasks work, or what is missing for the proof.
fn proof(case: &Case<'_>) -> Result<String, String> {
    match &case.service.controller {
        Controller::Ecs => {}
        Controller::CodeDeploy | Controller::External | Controller::Unknown(_) => {
            return Err("its deployments are not ECS's: rollout not seen".to_owned());
        }
    }
    let completed = case
        .service
        .primary()
        .is_some_and(|one| one.rollout == Rollout::Completed);
    if !completed {
        return Err("AWS does not tell its rollout state".to_owned());
    }
    for (feed, what) in [(Feed::Stops, "stopped tasks"), (Feed::Alarms, "alarms")] {
        let good_at = case.environment.feed(feed).and_then(|state| state.good_at);
        if good_at.is_none_or(|at| case.ago(at) > PROOF) {
            return Err(format!("{what} not read"));
        }
    }
    if case.service.target_groups.is_empty() {
        containers(case)
    } else {
        targets(case)
    }
}

/// No target group: every task must pass its container health check.
fn containers(case: &Case<'_>) -> Result<String, String> {
    let none = || "no target group, container health not seen".to_owned();
    let tasks = case.tasks().ok_or_else(none)?;
    let mut running = 0_u32;
    for task in tasks.iter().filter(|task| &*task.last_status == "RUNNING") {
        if &*task.health != "HEALTHY" {
            return Err("no target group, container health not proven".to_owned());
        }
        running += 1;
    }
    if running == case.service.desired {
        Ok("all pass their container health check".to_owned())
    } else {
        Err(none())
    }
}

/// Every target group must see at least as many healthy targets as there are tasks wanted, and
/// none that stays unhealthy.
fn targets(case: &Case<'_>) -> Result<String, String> {
    let unsettled = case.unsettled_since();
    let mut groups = 0;
    let mut fewest = f64::INFINITY;
    for group in case.kpis_of(KpiKind::HealthyTargets) {
        match kpi::reading(group, None, case.now) {
            Reading::Value(count) => fewest = fewest.min(count),
            Reading::Zero
            | Reading::NoTraffic
            | Reading::NoTask
            | Reading::NotReplicating
            | Reading::Unknown => {
                return Err("target health not known".to_owned());
            }
        }
        let measured = group.series.last().map(|point| point.at);
        if unsettled.is_some() && measured < unsettled {
            return Err("target health not known since tasks changed".to_owned());
        }
        groups += 1;
    }
    if groups < case.service.target_groups.len() {
        return Err("target health not known".to_owned());
    }
    let sick = case.kpis_of(KpiKind::UnhealthyTargets).any(
        |kpi| matches!(kpi::reading(kpi, None, case.now), Reading::Value(count) if count > 0.0),
    );
    let fewest_words = words::number(fewest);
    if sick || fewest < f64::from(case.service.desired) {
        let desired = case.service.desired;
        return Err(format!("{fewest_words} of {desired} targets known healthy"));
    }
    Ok(format!("{fewest_words} targets healthy"))
}
