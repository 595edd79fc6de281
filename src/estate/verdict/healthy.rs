//! The last two rows: everything wanted runs; does anybody check that it works?

use std::collections::HashMap;

use super::case::{Case, METRICS, SERVICES, TASKS};
use super::{Health, Verdict, sets};
use crate::estate::kpi::{self, KpiKind, Reading};
use crate::estate::problem::Feed;
use crate::estate::series::Point;
use crate::estate::service::Rollout;
use crate::estate::{SignedDuration, words};

/// How late the load balancers' metrics are (aws.md 2.5), with a minute to spare.
const LAG: SignedDuration = SignedDuration::from_mins(3);
/// Without requests for so long a service that had some is worth a word.
const SILENCE: SignedDuration = SignedDuration::from_mins(8);
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
    let of_set = service.primary_set().and_then(|set| set.settled_at);
    let since = service
        .primary()
        .and_then(|one| one.updated_at.or(one.created_at))
        .or(of_set);
    let label = service.task_definition.label().to_owned();
    let quiet = no_traffic(case).unwrap_or_default();
    Some(match proof(case) {
        Ok(proof) => {
            let evidence = [case.running(), proof.words, quiet, label];
            case.verdict(Health::Healthy, since, &evidence, proof.source)
        }
        Err(gap) => {
            let evidence = [case.running(), gap, quiet, label];
            case.verdict(Health::HealthyUnverified, since, &evidence, SERVICES)
        }
    })
}

/// A service that was asked for something in the last hours and is not any more works, as far as
/// its tasks go; that nobody reaches it is worth a word all the same (aws.md 10, scenario 15).
fn no_traffic(case: &Case<'_>) -> Option<String> {
    // Of several target groups, the one that was asked last.
    let asked = case.kpis_of(KpiKind::Requests).filter_map(|requests| {
        let as_of = requests.series.as_of.filter(|&at| case.ago(at) <= PROOF)?;
        let mut points = requests.series.points.iter().rev();
        let last = points.find(|point| point.value > 0.0)?;
        Some((last.at(), as_of, last.value))
    });
    let (last, as_of, rate) = asked.max_by_key(|(last, ..)| *last)?;
    let silent = as_of.duration_since(last) - LAG;
    if silent < SILENCE {
        return None;
    }
    let before = words::rate(rate);
    let minutes = words::duration(silent);
    Some(format!("no traffic for {minutes}, {before} before"))
}

/// What proves that the tasks work, and which operation told it.
struct Proof {
    words: String,
    source: &'static str,
}

/// What proves that the tasks work, or what is missing for the proof.
fn proof(case: &Case<'_>) -> Result<Proof, String> {
    settled(case)?;
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

/// Nothing is on its way: one completed deployment, none told behind a Classic Load Balancer, or
/// a steady task set.
fn settled(case: &Case<'_>) -> Result<(), String> {
    if sets::by_sets(case.service) {
        return sets::unsettled(case.service).map_or(Ok(()), Err);
    }
    match case.service.primary().map(|one| &one.rollout) {
        Some(Rollout::Completed) => Ok(()),
        Some(Rollout::Absent) if case.service.classic_balancer => Ok(()),
        Some(Rollout::Absent | Rollout::InProgress | Rollout::Failed | Rollout::Unknown(_))
        | None => Err("AWS does not tell its rollout state".to_owned()),
    }
}

/// No target group: every task must pass its container health check.
fn containers(case: &Case<'_>) -> Result<Proof, String> {
    let desired = case.service.desired;
    let proven = |zones: usize| Proof {
        words: match zones {
            0 | 1 => "all pass their container health check".to_owned(),
            zones => format!("all pass their container health check, in {zones} zones"),
        },
        source: TASKS,
    };
    let none = || "no target group, container health not seen".to_owned();
    if let Some(census) = case.census() {
        let tally = census.all;
        return match (tally.running == desired, tally.healthy) {
            (true, healthy) if healthy == desired && tally.silent == 0 => {
                Ok(proven(census.zones.len()))
            }
            (_, 0) => Err("no health check defined".to_owned()),
            (..) => Err("no target group, container health not proven".to_owned()),
        };
    }
    let tasks = case.tasks().ok_or_else(none)?;
    let mut running = 0_u32;
    for task in tasks.iter().filter(|task| &*task.last_status == "RUNNING") {
        if &*task.health != "HEALTHY" || task.is_silent() {
            return Err("no target group, container health not proven".to_owned());
        }
        running += 1;
    }
    if running == desired {
        Ok(proven(0))
    } else {
        Err(none())
    }
}

/// Every target group must see at least as many healthy targets as there are tasks wanted, and
/// none that stays unhealthy. Of a pair that takes turns, one of the two must.
fn targets(case: &Case<'_>) -> Result<Proof, String> {
    let unsettled = case.unsettled_since();
    let (mut groups, mut pairs) = (0, HashMap::new());
    let mut fewest = f64::INFINITY;
    for group in case.kpis_of(KpiKind::HealthyTargets) {
        let measured = group.series.last().map(Point::at);
        let told = match kpi::reading(group, None, case.now) {
            Reading::Value(_) if unsettled.is_some() && measured < unsettled => {
                Err("target health not known since tasks changed")
            }
            Reading::Value(count) => Ok(count),
            Reading::Zero
            | Reading::NoTraffic
            | Reading::NoTask
            | Reading::NotReplicating
            | Reading::Unknown => Err("target health not known"),
        };
        groups += 1;
        match case.twins_of(group) {
            None => fewest = fewest.min(told?),
            Some(pair) => {
                let best = pairs.entry(pair).or_insert(told);
                *best = better(*best, told);
            }
        }
    }
    for best in pairs.into_values() {
        fewest = fewest.min(best?);
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
    let noun = if fewest_words == "1" {
        "target"
    } else {
        "targets"
    };
    Ok(Proof {
        words: format!("{fewest_words} {noun} healthy"),
        source: METRICS,
    })
}

/// What the two groups of a pair say together.
fn better(
    one: Result<f64, &'static str>,
    other: Result<f64, &'static str>,
) -> Result<f64, &'static str> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok(one.max(other)),
        (Ok(count), Err(_)) | (Err(_), Ok(count)) => Ok(count),
        (Err(why), Err(_)) => Err(why),
    }
}
