//! Rows for services that are wanted and do not serve.

use super::case::{Case, METRICS, SERVICES};
use super::{Health, Verdict};
use crate::estate::dossier;
use crate::estate::kpi::{self, Kpi, KpiKind, Reading};
use crate::estate::service::Rollout;
use crate::estate::{SignedDuration, Timestamp, notice, stops, words};

/// How long a service that never ran, or was just asked to run again, may take to start when
/// its own grace period is shorter: five minutes after a change of the desired count nothing is
/// held against it (aws.md 1.5).
const STARTING: SignedDuration = SignedDuration::from_mins(5);

pub(super) fn nothing_runs(case: &Case<'_>) -> Option<Verdict> {
    if case.service.running > 0 {
        return None;
    }
    if let Some(began) = starting_since(case) {
        let pending = format!("{} starting", case.service.pending);
        let evidence = [
            case.running(),
            pending,
            format!("began {} ago", words::duration(case.ago(began))),
        ];
        return Some(case.verdict(Health::Deploying, Some(began), &evidence, SERVICES));
    }
    let mut evidence = vec![case.running()];
    let said = case.stops_words();
    if said.is_empty() {
        evidence.extend(older_stop(case));
    }
    evidence.extend(said);
    if let Some((event, _)) = notice::open_trouble(case.service) {
        let message = notice::without_name(&event.message);
        evidence.push(words::shortened(message, 80));
    }
    if case.service.pending > 0 {
        evidence.push(format!("{} starting", case.service.pending));
    }
    Some(case.verdict(Health::Down, down_since(case), &evidence, SERVICES))
}

/// When the start began, while a start is all there is to see: the first deployment ever within
/// its grace period, or the desired count just rose; and nothing failed.
fn starting_since(case: &Case<'_>) -> Option<Timestamp> {
    if !case.aborts.is_empty() || notice::open_trouble(case.service).is_some() {
        return None;
    }
    let grace = STARTING.max(SignedDuration::from_secs(case.service.grace_seconds.into()));
    let began = first_deployment(case).or(case.past.rescaled_at)?;
    (case.ago(began) <= grace).then_some(began)
}

/// When the service's first deployment began, if that is the current one.
fn first_deployment(case: &Case<'_>) -> Option<Timestamp> {
    let primary = case.service.primary()?;
    let began = primary.created_at?;
    let with_service = began.duration_since(case.service.created_at?);
    let first = case.service.deployments.len() == 1
        && primary.rollout == Rollout::InProgress
        && primary.failed == 0
        && with_service <= SignedDuration::from_mins(1);
    first.then_some(began)
}

fn older_stop(case: &Case<'_>) -> Option<String> {
    let task = case.newest_stop()?;
    let ago = words::duration(case.ago(task.stopped_at?));
    let words = stops::stop(task).words;
    Some(format!("last stop {words} {ago} ago"))
}

fn down_since(case: &Case<'_>) -> Option<Timestamp> {
    case.run_of_aborts()
        .or_else(|| case.newest_stop().and_then(|task| task.stopped_at))
        .or_else(|| case.newest_movement())
}

/// Every target group sees no healthy target for two points: the load balancer then sends
/// requests to all of them (fail-open, aws.md 1.4).
pub(super) fn no_healthy_target(case: &Case<'_>) -> Option<Verdict> {
    let mut groups = case.kpis_of(KpiKind::HealthyTargets).peekable();
    groups.peek()?;
    let mut since: Option<Timestamp> = None;
    for group in groups {
        // The one of a pair whose turn it is not has no target, and no number.
        if case.twins_of(group).is_some()
            && !matches!(kpi::reading(group, None, case.now), Reading::Value(_))
        {
            continue;
        }
        let began = empty_since(case, group)?;
        since = since.max(Some(began));
    }
    let settled = since.filter(|&began| case.past_grace(began))?;
    let evidence = [
        case.running(),
        "no healthy target".to_owned(),
        case.targets()
            .and_then(dossier::sick_words)
            .unwrap_or_default(),
        "requests may still reach them: the load balancer fails open".to_owned(),
    ];
    Some(case.verdict(Health::Down, Some(settled), &evidence, METRICS))
}

/// Since when a group's newest points, at least two, are all zero.
fn empty_since(case: &Case<'_>, group: &Kpi) -> Option<Timestamp> {
    if kpi::reading(group, None, case.now) != Reading::Value(0.0) {
        return None;
    }
    let empty: Vec<_> = group
        .series
        .points
        .iter()
        .rev()
        .take_while(|point| point.value <= 0.0)
        .collect();
    empty.get(1)?;
    // What was measured before tasks changed says nothing about those that run now.
    let measured = empty.first()?.at();
    if case.newest_movement().is_some_and(|moved| measured < moved) {
        return None;
    }
    empty.last().map(|point| point.at())
}

impl Case<'_> {
    /// Whether what began at `at` has outlived the grace in which failing health checks of new
    /// tasks do not count.
    fn past_grace(&self, at: Timestamp) -> bool {
        let Some(primary) = self.service.primary() else {
            return true;
        };
        let grace = SignedDuration::from_secs(self.service.grace_seconds.into());
        let started = primary.created_at.filter(|_| self.in_rollout());
        started.is_none_or(|started| self.ago(started) > grace.max(STARTING) || at < started)
    }
}
