//! How each check of the preflight looks where no rule makes it red.

use crate::estate::alarm::AlarmState;
use crate::estate::change::Change;
use crate::estate::closely::Drift;
use crate::estate::deployment::usual_length;
use crate::estate::kpi::{Kpi, KpiKind, Reading, in_unit, reading, value_words};
use crate::estate::notice::Notice;
use crate::estate::service::{DeploymentStatus, Rollout, Scheduling, Service};
use crate::estate::stops::{Stop, StopClass, stop};
use crate::estate::text::Text;
use crate::estate::words::{counted, duration};
use crate::estate::{SignedDuration, Timestamp};

use super::capacity::Room;
use super::preflight::{Found, Look};
use super::preview::Mark;
use super::rules::recent_stops;

/// How long an event speaks against new tasks.
const EVENT_COUNTS: SignedDuration = SignedDuration::from_mins(15);
/// A service replaced so recently is left alone (aws.md 8.1).
const RECENT: SignedDuration = SignedDuration::from_mins(15);
/// Tasks that ended by themselves within half an hour, from which on it is no accident.
const AGAIN: usize = 3;
/// From this share of its limit on a database has no room for twice the connections of a service.
const FULL: f64 = 0.8;

fn ok(words: impl Into<String>) -> Found {
    said(Mark::Ok, words.into())
}

fn note(words: impl Into<String>) -> Found {
    said(Mark::Note, words.into())
}

fn warn(words: impl Into<String>) -> Found {
    said(Mark::Warn, words.into())
}

/// What a check says; nothing to say is no check.
fn said(mark: Mark, words: String) -> Found {
    (!words.is_empty()).then_some((mark, words))
}

const fn redeploys(change: &Change) -> bool {
    matches!(change, Change::Redeploy(_))
}

const fn goes_back(change: &Change) -> bool {
    matches!(change, Change::Rollback { .. })
}

/// Whether new tasks run beside the old ones, for a while or for good.
fn adds_tasks(look: &Look<'_>) -> bool {
    match look.change {
        Change::Redeploy(_) => Room::of(look.service).is_none_or(|room| room.can_start() > 0),
        Change::Scale { count, .. } => *count > look.service.desired,
        Change::Recycle { .. }
        | Change::Rollback { .. }
        | Change::StopTask { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => false,
    }
}

pub(super) fn controller(look: &Look<'_>) -> Found {
    if look.service.scheduling == Scheduling::Daemon && redeploys(look.change) {
        return warn("one task on each host; all of them may go at once");
    }
    ok(if redeploys(look.change) || goes_back(look.change) {
        "ECS carries out its deployments"
    } else {
        "its scheduler replaces tasks"
    })
}

pub(super) fn service(look: &Look<'_>) -> Found {
    let (running, desired) = (look.service.running, look.service.desired);
    let words = format!("ACTIVE, {running} of {desired} tasks run");
    let whole = running >= desired || goes_back(look.change);
    said(if whole { Mark::Ok } else { Mark::Warn }, words)
}

pub(super) fn deployment(look: &Look<'_>) -> Found {
    let underway =
        look.service.deployments.iter().find(|one| {
            one.rollout == Rollout::InProgress || one.status == DeploymentStatus::Active
        });
    let Some(underway) = underway else {
        return ok("none in progress");
    };
    let label = underway.task_definition.label();
    if goes_back(look.change) {
        return ok(format!("{label} is in progress and can be taken back"));
    }
    warn(format!(
        "{label} is in progress: this would change it on its way"
    ))
}

pub(super) fn capacity(look: &Look<'_>) -> Found {
    let desired = look.service.desired;
    match look.change {
        // Another check refuses it because no task is wanted.
        Change::Redeploy(_) | Change::Recycle { .. } if desired == 0 => None,
        Change::StopTask { .. } if desired == 0 => {
            warn("no task is wanted: nothing takes its place")
        }
        Change::Redeploy(_) => redeploy_capacity(look.service),
        Change::Recycle { .. } | Change::StopTask { .. } if desired < 2 => {
            warn("it is the only task: nothing serves until its replacement does")
        }
        Change::Recycle { .. } | Change::StopTask { .. } => {
            let share = 100 / desired.max(1);
            ok(format!(
                "1 of {desired} tasks at a time, {share} % of its capacity"
            ))
        }
        Change::Scale { count, .. } if *count < desired => {
            let gone = desired - count;
            let share = u64::from(gone) * 100 / u64::from(desired);
            let tasks = counted(usize::try_from(gone).unwrap_or(usize::MAX), "task");
            warn(format!(
                "{tasks} of {desired} stop, {share} % of its capacity"
            ))
        }
        Change::Scale { count, .. } => scale_up(look, *count),
        Change::Rollback { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => None,
    }
}

/// How many tasks go, in which order, and whether anything serves meanwhile.
fn redeploy_capacity(service: &Service) -> Found {
    let Some(room) = Room::of(service) else {
        return warn("AWS did not tell in which order tasks go");
    };
    if room.is_outage() {
        return warn("OUTAGE: every old task may stop before a new one serves");
    }
    let floor = room.floor();
    let words = format!(
        "never below {floor} tasks, limits {}/{}",
        room.minimum, room.maximum
    );
    said(
        if room.can_stop() == 0 {
            Mark::Ok
        } else {
            Mark::Warn
        },
        words,
    )
}

fn scale_up(look: &Look<'_>, count: u32) -> Found {
    match &look.seen.bounds {
        Ok(Some(bounds)) => ok(format!(
            "{count} tasks, auto scaling keeps it between {} and {}",
            bounds.min, bounds.max
        )),
        Ok(None) => ok(format!("{count} tasks, nothing scales it by itself")),
        Err(why) => warn(format!("auto scaling could not be read: {why}")),
    }
}

pub(super) fn image(look: &Look<'_>) -> Found {
    if !redeploys(look.change) {
        return None;
    }
    let images = match &look.seen.images {
        Ok(images) => images,
        Err(why) => return warn(format!("nobody knows whether a tag moved: {why}")),
    };
    let Some(worst) = look.seen.worst_image() else {
        return warn("AWS does not say which image runs: a moved tag makes this a deploy");
    };
    let name = worst.name.rsplit('/').next().unwrap_or(&worst.name);
    match &worst.drift {
        Drift::Pinned => ok(format!("{name} is pinned to its digest")),
        Drift::Same => ok(format!(
            "{name}: same digest{}, this is a restart and no deploy",
            if images.len() > 1 {
                " in every container"
            } else {
                ""
            }
        )),
        Drift::Moved { pushed_at, .. } => {
            let since = pushed_at.map(|at| format!(", pushed {} ago", since(look.facts.now, at)));
            let since = since.unwrap_or_default();
            warn(format!(
                "{name} points to another image now{since}: this is a DEPLOY"
            ))
        }
        Drift::Gone => warn(format!("{name} is gone from the registry")),
        Drift::Unknown(why) => warn(format!("{name}: nobody knows whether it moved: {why}")),
    }
}

fn since(now: Timestamp, at: Timestamp) -> String {
    duration(now.duration_since(at))
}

pub(super) fn placement(look: &Look<'_>) -> Found {
    if goes_back(look.change) {
        return None;
    }
    let recent = |at: Timestamp| look.facts.now.duration_since(at) <= EVENT_COUNTS;
    let trouble = look.service.events.iter().find(|event| {
        let kind = Notice::of(&event.message);
        let placing = matches!(
            kind,
            Notice::Placement | Notice::Capacity | Notice::Quota | Notice::Permission
        );
        recent(event.at) && placing
    });
    match trouble {
        Some(event) => warn(format!(
            "{} ago: {}",
            since(look.facts.now, event.at),
            event.message
        )),
        None => ok("no trouble placing tasks in 15 min"),
    }
}

/// Deployment alarms that already fire are ignored for the whole deployment (aws.md 4.4).
pub(super) fn alarms(look: &Look<'_>) -> Found {
    let guards = &look.service.rolling.alarms;
    if !redeploys(look.change) || guards.is_empty() {
        return None;
    }
    let firing: Vec<&str> = look
        .facts
        .alarms
        .iter()
        .filter(|alarm| alarm.state == AlarmState::Alarm && guards.contains(&alarm.name))
        .map(|alarm| alarm.name.as_str())
        .collect();
    if firing.is_empty() {
        let names: Vec<&str> = guards.iter().map(Text::as_str).collect();
        return ok(format!("{} would fail it", names.join(", ")));
    }
    let names = firing.join(", ");
    warn(format!(
        "{names} in ALARM: ignored for this deployment, it would not roll back"
    ))
}

pub(super) fn breaker(look: &Look<'_>) -> Found {
    let rolling = &look.service.rolling;
    if !redeploys(look.change) {
        return None;
    }
    match (rolling.circuit_breaker, rolling.rollback) {
        (true, true) => ok("circuit breaker on, it rolls back"),
        (true, false) => warn("circuit breaker on, but it does not roll back"),
        (false, _) => warn("circuit breaker off: nothing stops a bad deployment"),
    }
}

pub(super) fn baseline(look: &Look<'_>) -> Found {
    if !redeploys(look.change) && !goes_back(look.change) {
        return None;
    }
    let completed = look
        .service
        .deployments
        .iter()
        .find(|one| one.rollout == Rollout::Completed);
    match completed {
        Some(one) => ok(format!("last completed {}", one.task_definition.label())),
        None => warn("no completed deployment to return to: no rollback possible"),
    }
}

pub(super) fn protection(look: &Look<'_>) -> Found {
    if goes_back(look.change) {
        return None;
    }
    match &look.seen.protected {
        Ok(0) => ok("no task is protected"),
        Ok(count) => {
            let tasks = counted(usize::try_from(*count).unwrap_or(usize::MAX), "task");
            warn(format!(
                "{tasks} protected: they stay until their protection ends"
            ))
        }
        Err(why) => warn(format!("nobody knows whether tasks are protected: {why}")),
    }
}

pub(super) fn takes(look: &Look<'_>) -> Found {
    let Ok(past) = &look.seen.deployments else {
        return note("nobody knows: its deployments could not be read");
    };
    let Some(usual) = usual_length(past) else {
        return note("nobody knows: no deployment went well lately");
    };
    match look.change {
        Change::Redeploy(_) => note(format!(
            "about {}, the median of its last ones",
            duration(usual)
        )),
        Change::Recycle { tasks, .. } => {
            let count = i32::try_from(tasks.len()).unwrap_or(i32::MAX);
            note(format!(
                "up to {}, one task after the other",
                duration(usual * count)
            ))
        }
        Change::Rollback { .. }
        | Change::StopTask { .. }
        | Change::Scale { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => None,
    }
}

/// Somebody else may have acted on it too, so AWS's own record is asked.
pub(super) fn cooldown(look: &Look<'_>) -> Found {
    if goes_back(look.change) {
        return None;
    }
    let newest = look.seen.deployments.iter().flatten();
    let newest = newest.filter_map(|one| one.created_at).max();
    let age = newest.map(|at| look.facts.now.duration_since(at));
    match age.filter(|age| *age < RECENT) {
        Some(age) => warn(format!(
            "it was deployed {} ago; its tasks are new",
            duration(age)
        )),
        None => ok("not deployed within 15 min"),
    }
}

pub(super) fn freeze(look: &Look<'_>) -> Found {
    let calendars = look
        .facts
        .standing
        .terms
        .calendars_of(&look.change.target().environment);
    if goes_back(look.change) {
        None
    } else if calendars.is_empty() {
        ok("no freeze of the settings holds now")
    } else {
        let names: Vec<&str> = calendars.iter().map(Text::as_str).collect();
        ok(format!(
            "no freeze holds now, change calendar {} is OPEN",
            names.join(", ")
        ))
    }
}

/// What failed to start is a rule's matter. What started and ended again and again ends again,
/// for new tasks run the same program.
pub(super) fn last_stop(look: &Look<'_>) -> Found {
    if goes_back(look.change) {
        return None;
    }
    let ended: Vec<Stop> = recent_stops(look.service, look.facts)
        .filter(|task| task.task_definition == look.service.task_definition)
        .map(stop)
        .filter(|stop| {
            matches!(
                stop.class,
                StopClass::OutOfMemory | StopClass::Crash | StopClass::CleanExit
            )
        })
        .collect();
    let again = redeploys(look.change) || matches!(look.change, Change::Recycle { .. });
    match ended.first().filter(|_| again && ended.len() >= AGAIN) {
        Some(last) => warn(format!(
            "{} tasks of {} ended by themselves in 30 min, last {}: new ones run the same program",
            ended.len(),
            look.service.task_definition.label(),
            last.words
        )),
        None => ok("no task failed to start in 30 min"),
    }
}

/// How many tasks run beside those of now, for a while or for good.
fn new_tasks(look: &Look<'_>) -> f64 {
    let more = match look.change {
        Change::Redeploy(_) => {
            let twice = u64::from(look.service.desired);
            Room::of(look.service).map_or(twice, Room::can_start)
        }
        Change::Scale { count, .. } => u64::from(count.saturating_sub(look.service.desired)),
        Change::Recycle { .. }
        | Change::Rollback { .. }
        | Change::StopTask { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => 0,
    };
    f64::from(u32::try_from(more).unwrap_or(u32::MAX))
}

/// Twice the tasks may mean twice the connections (aws.md 10, scenario 3): by how many, the
/// settings may say.
pub(super) fn database(look: &Look<'_>) -> Found {
    let arn = &look.service.arn;
    let mine = |kpi: &&Kpi| {
        kpi.kind == KpiKind::DatabaseConnections
            && (kpi.services.is_empty() || kpi.services.contains(arn))
    };
    let share = |kpi: &&Kpi| match (reading(kpi, None, look.facts.now), kpi.ceiling) {
        (Reading::Value(value), Some(ceiling)) => Some(value / ceiling.value),
        _ => None,
    };
    let mine = look.facts.kpis.iter().filter(mine);
    let known = mine.filter_map(|kpi| share(&kpi).map(|share| (share, kpi)));
    let (share, kpi) = known.max_by(|a, b| a.0.total_cmp(&b.0))?;
    let used = format!("{} {}", kpi.resource, value_words(kpi));
    let replaces = matches!(
        look.change,
        Change::Recycle { .. } | Change::StopTask { .. }
    );
    let pool = kpi.pools.iter().find(|pool| pool.service == *arn);
    let ceiling = kpi.ceiling.map_or(f64::INFINITY, |ceiling| ceiling.value);
    let more = pool.map(|pool| f64::from(pool.size) * new_tasks(look));
    if let Some(more) = more.filter(|more| *more > 0.0 && share * ceiling + more > ceiling) {
        let more = in_unit(kpi.unit, more);
        return warn(format!(
            "{used}: up to +{more} connections while it is deployed would run out; recycle frees them first"
        ));
    }
    if let Some(more) = more.filter(|more| *more > 0.0 && share < FULL) {
        let more = in_unit(kpi.unit, more);
        return ok(format!("{used}, up to +{more} while it is deployed"));
    }
    if share < FULL {
        ok(used)
    } else if replaces {
        ok(format!("{used}; a stopped task gives its own back first"))
    } else if adds_tasks(look) {
        warn(format!(
            "{used}: new tasks beside the old could double this service's and fill it; recycle frees them first"
        ))
    } else {
        ok(used)
    }
}
