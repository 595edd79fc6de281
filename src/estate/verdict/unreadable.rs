//! Rows for what nobody can know: old data, and values this version does not know.

use super::case::{Case, SERVICES, TASKS};
use super::sets;
use super::{Health, Verdict};
use crate::estate::notice::{self, Notice};
use crate::estate::problem::{Feed, Problem};
use crate::estate::service::{
    Controller, DeploymentStatus, Rollout, Scheduling, ServiceStatus, Stability, Stage, Strategy,
};
use crate::estate::snapshot::{EnvironmentSnapshot, Sighting};
use crate::estate::{SignedDuration, Timestamp, words};

/// max(3 × the services' interval of 15 s, 60 s).
const STALE: SignedDuration = SignedDuration::from_secs(60);

/// Whether what was seen of a service is too old to be believed: older than a minute, or the
/// services were asked for again since and AWS did not answer for this one.
pub fn is_stale(environment: &EnvironmentSnapshot, sighting: &Sighting, now: Timestamp) -> bool {
    now.duration_since(sighting.seen_at) > STALE
        || failure_after(environment, sighting.seen_at).is_some()
}

/// What went wrong when the services were last asked for, if that was after `seen_at`.
fn failure_after(environment: &EnvironmentSnapshot, seen_at: Timestamp) -> Option<&Problem> {
    let feed = environment.feed(Feed::Services)?;
    let asked_since = feed.asked_at.is_some_and(|asked| asked > seen_at);
    feed.problems.first().filter(|_| asked_since)
}

pub(super) fn stale(case: &Case<'_>) -> Option<Verdict> {
    let failure = failure_after(case.environment, case.seen_at);
    let age = case.ago(case.seen_at);
    if age <= STALE && failure.is_none() {
        return unknown_status(case);
    }
    let mut evidence = format!("no data for {}", words::duration(age));
    if let Some(problem) = failure {
        let sentence = problem.sentence.trim_end_matches('.');
        evidence = format!("{evidence}: {sentence} ({})", problem.operation);
    }
    let evidence = format!("{evidence}; last seen {}", case.running());
    let source = failure.map_or(SERVICES, |problem| problem.operation);
    Some(case.verdict(Health::Unknown, Some(case.seen_at), &[evidence], source))
}

/// Without its status nothing else about a service can be read.
fn unknown_status(case: &Case<'_>) -> Option<Verdict> {
    match &case.service.status {
        ServiceStatus::Unknown(word) => Some(unknown(case, "status", word)),
        ServiceStatus::Active | ServiceStatus::Draining | ServiceStatus::Inactive => None,
    }
}

/// Every agent that reports on its tasks is silent: what they said last, and ECS repeats, proves
/// nothing (aws.md 1.1).
pub(super) fn silent_agents(case: &Case<'_>) -> Option<Verdict> {
    let census = case.census().filter(|_| case.service.desired > 0)?;
    let all = census.all;
    if all.running == 0 || all.silent < all.running {
        return None;
    }
    let evidence = [
        case.running(),
        "none of its instances' agents is heard: this is what they said last".to_owned(),
    ];
    Some(case.verdict(Health::Unknown, None, &evidence, TASKS))
}

/// ECS says that it cannot tell whether the tasks are healthy (`SERVICE_HEALTH_UNKNOWN`): while
/// some run, nobody knows more.
pub(super) fn health_unknown(case: &Case<'_>) -> Option<Verdict> {
    let (event, notice) = notice::open_trouble(case.service)?;
    if notice != Notice::HealthUnknown || case.service.running == 0 {
        return None;
    }
    let evidence = [
        case.running(),
        "ECS cannot tell whether its tasks are healthy".to_owned(),
    ];
    Some(case.verdict(Health::Unknown, Some(event.at), &evidence, SERVICES))
}

/// Values that would have to be understood before anything good can be said.
pub(super) fn unknown_value(case: &Case<'_>) -> Option<Verdict> {
    let service = case.service;
    if let Scheduling::Unknown(word) = &service.scheduling {
        return Some(unknown(case, "scheduling strategy", word));
    }
    if let Controller::Unknown(word) = &service.controller {
        return Some(unknown(case, "deployment controller", word));
    }
    for one in &service.deployments {
        if let DeploymentStatus::Unknown(word) = &one.status {
            return Some(unknown(case, "deployment status", word));
        }
        if let Rollout::Unknown(word) = &one.rollout {
            return Some(unknown(case, "rollout state", word));
        }
    }
    if let Strategy::Unknown(word) = &service.strategy {
        return Some(unknown(case, "deployment strategy", word));
    }
    if let Some(Stage::Unknown(word)) = service.progress.as_ref().map(|one| &one.stage) {
        return Some(unknown(case, "deployment stage", word));
    }
    for set in service.task_sets.iter().filter(|_| sets::by_sets(service)) {
        if let DeploymentStatus::Unknown(word) = &set.status {
            return Some(unknown(case, "task set status", word));
        }
        if let Stability::Unknown(word) = &set.stability {
            return Some(unknown(case, "task set stability", word));
        }
    }
    let lost = service.controller == Controller::Ecs && service.primary().is_none();
    lost.then(|| {
        let evidence = [case.running(), "AWS names no primary deployment".to_owned()];
        case.verdict(Health::Unknown, Some(case.seen_at), &evidence, SERVICES)
    })
}

/// The verdict on a value nobody can read.
pub(super) fn unknown(case: &Case<'_>, what: &str, word: &str) -> Verdict {
    let said = format!("AWS tells a {what} this version does not know: '{word}'");
    case.verdict(
        Health::Unknown,
        Some(case.seen_at),
        &[case.running(), said],
        SERVICES,
    )
}
