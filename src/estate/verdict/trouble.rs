//! Rows for services that serve worse than wanted.

use super::case::{ALARMS, Case, METRICS, SERVICES, TASKS};
use super::moving::{deploy_words, floor};
use super::{Health, Verdict};
use crate::estate::alarm::AlarmState;
use crate::estate::census::Census;
use crate::estate::dossier;
use crate::estate::kpi::{self, KpiKind, Level};
use crate::estate::notice::{self, Notice};
use crate::estate::service::{Controller, Rollout};
use crate::estate::{SignedDuration, Timestamp, words};

/// A shortage this short is a replacement (aws.md 1.5, row 7).
const SHORT: SignedDuration = SignedDuration::from_secs(120);
/// A rollout without any movement for so long is stuck (row 8).
const STUCK: SignedDuration = SignedDuration::from_mins(10);
/// A shortage is not held against a service that was just scaled.
const RESCALED: SignedDuration = SignedDuration::from_mins(5);
/// A deployment that failed and was rolled back is worth a look for so long (row 5).
const ROLLED_BACK: SignedDuration = SignedDuration::from_hours(1);

impl Case<'_> {
    fn degraded(
        &self,
        since: Option<Timestamp>,
        why: Vec<String>,
        source: &'static str,
    ) -> Verdict {
        let mut evidence = vec![self.running()];
        evidence.extend(why);
        self.verdict(Health::Degraded, since, &evidence, source)
    }
}

pub(super) fn failed_rollout(case: &Case<'_>) -> Option<Verdict> {
    if case.service.controller != Controller::Ecs {
        return None;
    }
    let failed = case
        .deployments()
        .find(|one| one.rollout == Rollout::Failed)
        .map(|one| {
            let mut why = vec![format!("deploy {} FAILED", one.task_definition.label())];
            if !one.reason.is_empty() {
                why.push(reason(&one.reason));
            }
            (one.updated_at.or(one.created_at), why)
        });
    let (since, mut why) = failed.or_else(|| rolled_back(case))?;
    let primary = case.service.primary();
    if let Some(back) = primary.filter(|one| one.rollout != Rollout::Failed) {
        let (label, done) = (back.task_definition.label(), &back.rollout);
        why.push(match done {
            Rollout::Completed => format!("back on {label}"),
            Rollout::InProgress | Rollout::Failed | Rollout::Absent | Rollout::Unknown(_) => {
                format!("rolling back to {label}")
            }
        });
    }
    why.extend(case.stops_words());
    Some(case.degraded(since, why, SERVICES))
}

/// Why a deployment failed; AWS's commonest sentence in fewer words.
fn reason(told: &str) -> String {
    if told.contains("circuit breaker threshold was exceeded") {
        return "circuit breaker opened".to_owned();
    }
    words::shortened(told.trim_end_matches('.'), 80)
}

/// A failure within the last hour that only its own rollback followed, not a newer deployment.
fn rolled_back(case: &Case<'_>) -> Option<(Option<Timestamp>, Vec<String>)> {
    let began = case.service.primary()?.created_at?;
    let mut recent = case
        .service
        .events
        .iter()
        .take_while(|event| case.ago(event.at) <= ROLLED_BACK);
    let failed = recent.find(|event| Notice::of(&event.message) == Notice::DeploymentFailed)?;
    (began.duration_since(failed.at) <= SHORT).then(|| {
        let ago = words::duration(case.ago(failed.at));
        (Some(failed.at), vec![format!("a deploy failed {ago} ago")])
    })
}

pub(super) fn crash_loop(case: &Case<'_>) -> Option<Verdict> {
    let quarter = usize::try_from(case.service.desired.div_ceil(4)).unwrap_or(usize::MAX);
    let looping = case.aborts.len() >= quarter.max(2);
    let failing = case
        .service
        .primary()
        .filter(|one| one.failed > 0 && case.service.controller == Controller::Ecs);
    let impaired =
        notice::open_trouble(case.service).filter(|(_, notice)| *notice == Notice::StartImpaired);
    if !looping && failing.is_none() && impaired.is_none() {
        return None;
    }
    let mut why = case.stops_words();
    let mut since = case.run_of_aborts();
    if let Some(deployment) = failing {
        let (failed, label) = (deployment.failed, deployment.task_definition.label());
        why.push(format!("{failed} failed in a row for {label}"));
        since = since.or(deployment.created_at);
    }
    if let Some((event, _)) = impaired {
        why.push("tasks do not start".to_owned());
        since = since.or(Some(event.at));
    }
    Some(case.degraded(since, why, SERVICES))
}

pub(super) fn short(case: &Case<'_>) -> Option<Verdict> {
    let service = case.service;
    if service.running >= service.desired {
        return None;
    }
    let rescaled = case.past.rescaled_at;
    if rescaled.is_some_and(|at| case.ago(at) <= RESCALED) {
        return None;
    }
    let missing = format!("{} short", service.desired - service.running);
    if case.in_rollout() {
        return short_in_rollout(case, missing);
    }
    let replaced = case.newest_stop().and_then(|task| task.stopped_at);
    let since = [replaced, case.newest_movement(), case.past.full_at]
        .into_iter()
        .flatten()
        .max();
    if since.is_some_and(|at| case.ago(at) <= SHORT) {
        return None;
    }
    let mut why = vec![match since {
        Some(at) => format!("{missing} for {}", words::duration(case.ago(at))),
        None => missing,
    }];
    if service.pending > 0 {
        why.push(format!("{} starting", service.pending));
    }
    why.extend(case.stops_words());
    Some(case.degraded(since, why, SERVICES))
}

/// A rollout may dip to its own floor and no lower.
fn short_in_rollout(case: &Case<'_>, missing: String) -> Option<Verdict> {
    let began = case.service.primary()?.created_at;
    let exchanging = case.deployments().nth(1).is_some();
    let settled = began.is_none_or(|at| case.ago(at) > SHORT);
    let below = case.service.running < floor(case.service);
    if !(exchanging && settled && below) {
        return None;
    }
    let floor = format!("below the deployment's minimum of {}", floor(case.service));
    let why = vec![missing, floor, deploy_words(case.service)];
    Some(case.degraded(began, why, SERVICES))
}

pub(super) fn unhealthy(case: &Case<'_>) -> Option<Verdict> {
    let sick = case.tasks().map_or(0, |tasks| {
        tasks
            .iter()
            .filter(|task| &*task.last_status == "RUNNING" && &*task.health == "UNHEALTHY")
            .count()
    });
    if sick > 0 {
        let why = format!("{} unhealthy", words::counted(sick, "task"));
        return Some(case.degraded(None, vec![why], TASKS));
    }
    if let Some(census) = case.census().filter(|census| census.all.sick() > 0) {
        return Some(case.degraded(None, census_words(census), TASKS));
    }
    let (count, since) = case
        .kpis_of(KpiKind::UnhealthyTargets)
        .filter(|kpi| level_fresh(kpi, case))
        .find_map(|kpi| {
            let sick = kpi.series.points.iter().rev();
            let sick: Vec<_> = sick.take_while(|point| point.value > 0.0).collect();
            sick.get(1)?;
            Some((sick.first()?.value, sick.last()?.at()))
        })?;
    let count = words::number(count);
    let noun = if count == "1" { "target" } else { "targets" };
    let ago = words::duration(case.ago(since));
    let mut why = vec![format!("{count} {noun} unhealthy for {ago}")];
    why.extend(case.targets().and_then(dossier::sick_words));
    Some(case.degraded(Some(since), why, METRICS))
}

/// `1 task unhealthy, 1 on an instance that is not heard, all in eu-central-1b`.
fn census_words(census: &Census) -> Vec<String> {
    let tasks = |count: u32| words::counted(usize::try_from(count).unwrap_or(0), "task");
    let mut why = Vec::new();
    if census.all.unhealthy > 0 {
        why.push(format!("{} unhealthy", tasks(census.all.unhealthy)));
    }
    if census.all.silent > 0 {
        why.push(format!(
            "{} on instances whose agent is silent",
            tasks(census.all.silent)
        ));
    }
    why.extend(census.sick_zone().map(|zone| format!("all in {zone}")));
    why
}

fn level_fresh(kpi: &kpi::Kpi, case: &Case<'_>) -> bool {
    matches!(kpi::reading(kpi, None, case.now), kpi::Reading::Value(_))
}

pub(super) fn event(case: &Case<'_>) -> Option<Verdict> {
    let (event, notice) = notice::open_trouble(case.service)?;
    let why = if notice == Notice::Deadlock {
        "rollout stuck: its limits allow neither a start nor a stop".to_owned()
    } else {
        words::shortened(
            notice::without_name(&event.message).trim_end_matches('.'),
            100,
        )
    };
    Some(case.degraded(Some(event.at), vec![why], SERVICES))
}

pub(super) fn stuck(case: &Case<'_>) -> Option<Verdict> {
    if case.service.goes_by_stages() {
        return None;
    }
    let moved_at = case.moved_at().filter(|_| case.in_rollout())?;
    if case.ago(moved_at) <= STUCK {
        return None;
    }
    let ago = words::duration(case.ago(moved_at));
    let why = vec![
        format!("rollout stuck for {ago}"),
        deploy_words(case.service),
    ];
    Some(case.degraded(Some(moved_at), why, SERVICES))
}

pub(super) fn alarm(case: &Case<'_>) -> Option<Verdict> {
    let ringing = case
        .environment
        .alarms
        .iter()
        .filter(|one| one.state == AlarmState::Alarm && !one.steers_scaling())
        .filter(|one| one.watches(case.service));
    // The one that has rung longest began it.
    let first = ringing.min_by_key(|one| one.since.unwrap_or(Timestamp::MAX))?;
    let why = match first.comparison() {
        Some(comparison) => format!("ALARM {} ({comparison})", first.name),
        None => format!("ALARM {}", first.name),
    };
    Some(case.degraded(first.since, vec![why], ALARMS))
}

pub(super) fn kpi(case: &Case<'_>) -> Option<Verdict> {
    let mut kpis = case.kpis.iter();
    let red = kpis.find(|kpi| kpi::level(kpi, case.now) == Level::Red)?;
    let value = kpi::value_words(red);
    let mut why = vec![format!("{} {value} on {}", red.kind.words(), red.resource)];
    why.extend(kpi::trend_words(red, case.now));
    Some(case.degraded(red_since(red), why, METRICS))
}

/// When the newest unbroken run of points that are red, each by itself, began.
fn red_since(red: &kpi::Kpi) -> Option<Timestamp> {
    let mut run = red.series.points.iter().rev().take_while(|point| {
        let thresholds = red.thresholds;
        thresholds.is_some_and(|thresholds| {
            kpi::reached_by(red, point.value, &thresholds) == Some(Level::Red)
        })
    });
    let newest = run.next()?.at();
    Some(run.last().map_or(newest, |point| point.at()))
}

/// What is left when no row matches: something is not as wanted, and nobody knows better.
pub(super) fn unexplained(case: &Case<'_>) -> Verdict {
    let mut evidence = vec![case.running()];
    evidence.extend(case.stops_words());
    case.verdict(Health::Degraded, case.run_of_aborts(), &evidence, SERVICES)
}
