//! Rows for services that are going, or of which nothing is wanted.

use super::case::{Case, SERVICES};
use super::{Health, Verdict, unreadable};
use crate::estate::notice::Notice;
use crate::estate::service::{Scheduling, ServiceStatus};
use crate::estate::staging::RESTORE_TAG;
use crate::estate::words;
use crate::estate::{SignedDuration, Timestamp};

/// Where a proof of intent comes from that is not in what describes the service.
const JOURNAL: &str = "journal";
const TARGETS: &str = "DescribeScalableTargets";
/// How long what auto scaling may do is taken for true after it was read.
const KNOWN: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn deleting(case: &Case<'_>) -> Option<Verdict> {
    let word = match case.service.status {
        ServiceStatus::Draining => "DRAINING",
        ServiceStatus::Inactive => "INACTIVE",
        ServiceStatus::Active | ServiceStatus::Unknown(_) => return None,
    };
    let left = tasks_left(case);
    let evidence = [format!("service is {word}"), format!("{left} left")];
    Some(case.verdict(
        Health::Deleting,
        case.newest_movement(),
        &evidence,
        SERVICES,
    ))
}

/// What keeps the last tasks, when ECS said so since they were to go.
fn held(case: &Case<'_>) -> String {
    let mut events = case.service.events.iter();
    let held = events.find(|event| Notice::of(&event.message) == Notice::Protected);
    let recent = held.filter(|event| case.ago(event.at) <= SignedDuration::from_hours(6));
    recent.map_or_else(String::new, |_| {
        "tasks protect themselves from being stopped: it will not end by itself".to_owned()
    })
}

fn tasks_left(case: &Case<'_>) -> String {
    let left = case.service.running.saturating_add(case.service.pending);
    words::counted(usize::try_from(left).unwrap_or(usize::MAX), "task")
}

pub(super) fn nothing_wanted(case: &Case<'_>) -> Option<Verdict> {
    let service = case.service;
    if service.desired > 0 {
        return None;
    }
    if service.running > 0 || service.pending > 0 {
        let evidence = [format!("draining {}", tasks_left(case)), held(case)];
        return Some(case.verdict(
            Health::Stopping,
            case.newest_movement(),
            &evidence,
            SERVICES,
        ));
    }
    let evidence = match &service.scheduling {
        Scheduling::Unknown(word) => {
            return Some(unreadable::unknown(case, "scheduling strategy", word));
        }
        Scheduling::Daemon => "daemon, and no instance to run on",
        Scheduling::Replica => match service.tag(RESTORE_TAG) {
            Some(record) => return Some(on_purpose(case, record)),
            None => {
                return Some(
                    by_us(case)
                        .or_else(|| kept_at_zero(case))
                        .unwrap_or_else(|| unexplained(case)),
                );
            }
        },
    };
    let (since, evidence) = (case.newest_movement(), [evidence.to_owned()]);
    Some(case.verdict(Health::StoppedUnexplained, since, &evidence, SERVICES))
}

/// The journal has who stopped it from here, and why.
fn by_us(case: &Case<'_>) -> Option<Verdict> {
    let deed = case.environment.history.stopped_by_us(&case.service.arn)?;
    let mut said = format!("stopped by {} from here", deed.by);
    if !deed.reason.is_empty() {
        said = format!("{said}: {}", deed.reason);
    }
    Some(case.verdict(Health::Stopped, Some(deed.at), &[said], JOURNAL))
}

/// Auto scaling is told to run none, or to keep its hands off: somebody meant it.
fn kept_at_zero(case: &Case<'_>) -> Option<Verdict> {
    let read = &case.environment.dossier(&case.service.arn)?.scaling;
    read.at.filter(|&at| case.ago(at) <= KNOWN)?;
    let scaling = read.news.as_ref()?.as_ref()?;
    let said = match scaling.suspended() {
        _ if scaling.max == 0 => "auto scaling may run none (max 0)".to_owned(),
        Some(what) => format!("{what} is suspended"),
        None => return None,
    };
    let evidence = ["desired 0".to_owned(), said];
    let since = case.newest_movement();
    Some(case.verdict(Health::Stopped, since, &evidence, TARGETS))
}

/// Nobody knows why; who did it may be in `CloudTrail`.
fn unexplained(case: &Case<'_>) -> Verdict {
    let mut evidence = vec!["desired 0, no restore record".to_owned()];
    let call = case.environment.history.changed_by(case.service);
    if let Some(call) = call {
        let ago = words::duration(case.ago(call.at));
        evidence.push(format!("{} by {} {ago} ago", call.call, call.by));
    }
    let since = call.map(|call| call.at).or_else(|| case.newest_movement());
    case.verdict(Health::StoppedUnexplained, since, &evidence, SERVICES)
}

/// `stopped by alice (restore: 3 tasks, min 2 max 10)` out of
/// `v1 d=3 min=2 max=10 s=000 at=2026-07-01T18:02Z by=alice`; what is missing is left out.
fn on_purpose(case: &Case<'_>, record: &str) -> Verdict {
    let field = |name: &str| {
        let mut fields = record
            .split_whitespace()
            .filter_map(|one| one.split_once('='));
        fields.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let mut said = "stopped".to_owned();
    if let Some(by) = field("by") {
        said = format!("{said} by {by}");
    }
    if let Some(tasks) = field("d").and_then(|count| count.parse().ok()) {
        said = format!("{said} (restore: {}", words::counted(tasks, "task"));
        if let (Some(min), Some(max)) = (field("min"), field("max")) {
            said = format!("{said}, min {min} max {max}");
        }
        said.push(')');
    } else {
        said.push_str(" on purpose");
    }
    let since = field("at").and_then(minute);
    case.verdict(Health::Stopped, since, &[said], SERVICES)
}

/// Reads `2026-07-01T18:02Z`, with or without seconds.
fn minute(text: &str) -> Option<Timestamp> {
    text.parse()
        .or_else(|_| text.replace('Z', ":00Z").parse())
        .ok()
}
