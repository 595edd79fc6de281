//! The facts a dialog shows before anybody types a word.

use crate::estate::alarm::AlarmState;
use crate::estate::change::Change;
use crate::estate::doctor::{Finding, examine};
use crate::estate::identity::Identity;
use crate::estate::node::Node;
use crate::estate::service::{Rollout, Scheduling, Service};
use crate::estate::session::{Place, Purpose, Session};
use crate::estate::text::Text;

use super::capacity::Room;
use super::facts::Facts;

/// How a fact bears on the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Neither good nor bad.
    Note,
    /// Speaks for it.
    Ok,
    /// Makes it riskier.
    Warn,
    /// Speaks against it.
    Bad,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about, one or two words.
    pub label: &'static str,
    /// The fact.
    pub words: Text,
    /// How it bears on the change.
    pub mark: Mark,
}

impl Line {
    pub(super) fn new(label: &'static str, words: impl Into<String>, mark: Mark) -> Self {
        Self {
            label,
            words: Text::from(words.into()),
            mark,
        }
    }
}

/// The facts about `change`, the ones that decide first. Also worth showing beside a refusal.
pub fn preview(change: &Change, facts: &Facts<'_>) -> Vec<Line> {
    if let Some(plan) = change.plan() {
        return super::staging::preview(plan, change, facts);
    }
    let mut lines = Vec::new();
    if let Change::Session(session) = change {
        lines.extend(entered(session, facts));
    } else if let Some(seen) = facts.service {
        let age = facts.now.duration_since(seen.seen_at).as_secs();
        lines.extend(replacement(&seen.service));
        lines.push(image(&seen.service));
        lines.push(rollback(&seen.service));
        lines.extend(alarms(&seen.service, facts));
        lines.push(Line::new("data", format!("{age} s old"), Mark::Note));
    }
    lines.push(account(change, facts));
    lines.push(Line::new("aws", change.as_aws_command(), Mark::Note));
    lines
}

/// Who would be where, for how long, and what stands against it or is worth knowing.
fn entered(session: &Session, facts: &Facts<'_>) -> Vec<Line> {
    let place = session.place.words();
    let (enters, itself) = match &session.place {
        Place::Container { .. } => {
            let name = session.target.service.name();
            (format!("{place} of {name}, as root"), "the task itself")
        }
        Place::Node { .. } => (
            format!("{place}, as its Session Manager user, who may become root"),
            "the node itself",
        ),
    };
    let words = match &session.purpose {
        Purpose::Shell => enters,
        Purpose::Command(command) => format!("{enters}: {command}"),
        Purpose::Forward { host, port } => {
            let host = host.as_deref().unwrap_or(itself);
            format!("port {port} of {host}, through {place}")
        }
    };
    let mut lines = vec![Line::new("will enter", words, Mark::Warn)];
    let minutes = format!("ended after {} minutes", session.minutes);
    lines.push(Line::new("time box", minutes, Mark::Note));
    let checks = match session.place {
        Place::Container { .. } => facts.patient.map(examine),
        Place::Node { .. } => facts.node.map(Node::examine),
    };
    let checks = checks.unwrap_or_default();
    lines.extend(checks.into_iter().filter_map(|check| {
        let mark = match check.finding {
            Finding::Good if check.about == "recording" => Mark::Ok,
            Finding::Good => return None,
            Finding::Careful | Finding::Unknown => Mark::Warn,
            Finding::Bad => Mark::Bad,
        };
        Some(Line::new(check.about, check.words.as_str(), mark))
    }));
    lines
}

/// How many tasks go, in which order, and whether anything serves meanwhile.
fn replacement(service: &Service) -> Vec<Line> {
    let desired = service.desired;
    let tasks = if desired == 1 { "task" } else { "tasks" };
    let Some(room) = Room::of(service) else {
        let words = if service.scheduling == Scheduling::Daemon {
            format!("{desired} {tasks}, host by host; all may go at once")
        } else {
            format!("{desired} {tasks}; AWS did not tell in which order")
        };
        return vec![Line::new("will replace", words, Mark::Warn)];
    };
    let order = if room.can_start() > 0 {
        "start-first"
    } else {
        "stop-first"
    };
    let limits = format!("{}/{}", room.minimum, room.maximum);
    let floor = room.floor();
    let words = format!("{desired} {tasks}, {order} ({limits}), capacity never below {floor}");
    let mark = if room.can_stop() == 0 {
        Mark::Ok
    } else {
        Mark::Warn
    };
    let mut lines = vec![Line::new("will replace", words, mark)];
    if room.is_outage() {
        let words = "every old task may stop before a new one serves";
        lines.push(Line::new("outage", words, Mark::Bad));
    }
    lines
}

/// Redeploying resolves the tag again (aws.md 4.1); whether it moved is not known here.
fn image(service: &Service) -> Line {
    let words = format!(
        "{}, tags are resolved again: a moved tag makes this a deploy",
        service.task_definition.label()
    );
    Line::new("image", words, Mark::Warn)
}

/// Whether anything stops a bad deployment, and where it would go back to.
fn rollback(service: &Service) -> Line {
    let rolling = &service.rolling;
    let completed = service
        .deployments
        .iter()
        .find(|one| one.rollout == Rollout::Completed);
    let baseline = completed.map_or_else(
        || "no completed deployment to return to".to_owned(),
        |one| format!("last completed {}", one.task_definition.label()),
    );
    let (breaker, mark) = match (rolling.circuit_breaker, rolling.rollback, completed) {
        (true, true, Some(_)) => ("circuit breaker on", Mark::Ok),
        (true, true, None) => ("circuit breaker on", Mark::Warn),
        (true, false, _) => ("circuit breaker on, it does not roll back", Mark::Warn),
        (false, _, _) => ("circuit breaker off, nothing stops a bad one", Mark::Warn),
    };
    Line::new("rollback", format!("{breaker}, {baseline}"), mark)
}

/// Deployment alarms that already fire are ignored for the whole deployment (aws.md 4.4).
fn alarms(service: &Service, facts: &Facts<'_>) -> Option<Line> {
    let guards = &service.rolling.alarms;
    let firing: Vec<&str> = facts
        .alarms
        .iter()
        .filter(|alarm| alarm.state == AlarmState::Alarm && guards.contains(&alarm.name))
        .map(|alarm| alarm.name.as_str())
        .collect();
    if !firing.is_empty() {
        let words = format!(
            "{} in ALARM: ignored for this deployment, it would not roll back",
            firing.join(", ")
        );
        return Some(Line::new("alarms", words, Mark::Warn));
    }
    let names: Vec<&str> = guards.iter().map(Text::as_str).collect();
    (!names.is_empty()).then(|| {
        Line::new(
            "alarms",
            format!("{} would fail it", names.join(", ")),
            Mark::Ok,
        )
    })
}

/// Account id, alias, region and caller: the wrong account is the worst mistake.
pub(super) fn account(change: &Change, facts: &Facts<'_>) -> Line {
    let target = change.target();
    let alias = facts.environment.and_then(|one| one.alias.as_ref());
    let alias = alias.map_or_else(String::new, |alias| format!("{alias} "));
    let caller = facts
        .caller
        .map_or_else(|| "an unknown caller".to_owned(), Identity::short);
    let words = format!("{alias}{}, {}, as {caller}", target.account, target.region);
    let same = facts
        .caller
        .is_some_and(|caller| caller.account == target.account);
    Line::new("account", words, if same { Mark::Ok } else { Mark::Bad })
}
