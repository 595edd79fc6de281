//! Rows for services whose deployments are another controller's: their task sets tell.

use super::case::{Case, SERVICES};
use super::{Health, Verdict};
use crate::estate::service::{Controller, DeploymentStatus, Service, Stability, TaskSet};
use crate::estate::words;

/// Whether task sets are what counts: AWS may still tell of `deployments` of the time before
/// (aws.md 1.1).
pub(super) const fn by_sets(service: &Service) -> bool {
    matches!(
        service.controller,
        Controller::CodeDeploy | Controller::External
    )
}

/// The sets that still have a say.
pub(super) fn living(service: &Service) -> impl Iterator<Item = &TaskSet> {
    let sets = service.task_sets.iter();
    sets.filter(|set| set.status != DeploymentStatus::Inactive)
}

/// The set that takes the traffic runs nothing, whatever the others run.
pub(super) fn primary_is_empty(case: &Case<'_>) -> Option<Verdict> {
    if !by_sets(case.service) {
        return None;
    }
    let primary = case.service.primary_set()?;
    if primary.running > 0 || primary.desired == 0 {
        return None;
    }
    let label = primary.task_definition.label();
    let mut evidence = vec![
        case.running(),
        format!("0/{} of the primary task set {label}", primary.desired),
    ];
    evidence.extend(case.stops_words());
    let since = case.run_of_aborts().or(primary.settled_at);
    Some(case.verdict(Health::Down, since, &evidence, SERVICES))
}

/// Two sets side by side, or one that is not there yet.
pub(super) fn moving(case: &Case<'_>) -> Option<Verdict> {
    if !by_sets(case.service) || !case.aborts.is_empty() {
        return None;
    }
    let sets = living(case.service).count();
    let primary = case.service.primary_set()?;
    let settling = primary.stability == Stability::Stabilizing;
    if sets < 2 && !settling {
        return None;
    }
    let label = primary.task_definition.label();
    let mut evidence = vec![format!("{label} {}/{}", primary.running, primary.desired)];
    if sets > 1 {
        evidence.push(words::counted(sets, "task set"));
    }
    evidence.push(format!("{} is in charge", who(&case.service.controller)));
    let since = living(case.service).filter_map(|set| set.created_at).max();
    Some(case.verdict(Health::Deploying, since, &evidence, SERVICES))
}

/// Why a service with task sets cannot be called settled, if it cannot.
pub(super) fn unsettled(service: &Service) -> Option<String> {
    let Some(primary) = service.primary_set() else {
        return Some("AWS names no primary task set".to_owned());
    };
    match &primary.stability {
        Stability::Steady => None,
        Stability::Stabilizing => Some("its task set is not steady".to_owned()),
        Stability::Unknown(word) => Some(format!("its task set is '{word}'")),
    }
}

const fn who(controller: &Controller) -> &'static str {
    match controller {
        Controller::CodeDeploy => "CodeDeploy",
        Controller::Ecs | Controller::External | Controller::Unknown(_) => "another controller",
    }
}
