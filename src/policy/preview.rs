//! The facts a dialog shows before anybody types a word.

use crate::estate::change::Change;
use crate::estate::doctor::{Finding, examine};
use crate::estate::identity::Identity;
use crate::estate::kpi::{KpiKind, value_words};
use crate::estate::node::Node;
use crate::estate::service::{Scheduling, Service};
use crate::estate::session::{Place, Purpose, Session};
use crate::estate::text::Text;
use crate::estate::words::counted;

use super::capacity::Room;
use super::facts::Facts;
use super::preflight::preflight;

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
        lines.push(Line::new("will", will(change, &seen.service), Mark::Note));
        lines.extend(traffic(&seen.service, facts));
        lines.extend(dependants(change, facts));
        lines.extend(super::second::lines(change, facts));
        lines.extend(checked(change, facts));
        lines.push(Line::new("data", format!("{age} s old"), Mark::Note));
    }
    lines.push(account(change, facts));
    lines.push(Line::new("aws", change.as_aws_command(), Mark::Note));
    lines
}

/// Who leans on it, where the settings say so.
fn dependants(change: &Change, facts: &Facts<'_>) -> Option<Line> {
    let target = change.target();
    let services = facts.standing.services;
    let known = services.of(target.cluster.name(), target.service.name())?;
    let names: Vec<&str> = known.dependants.iter().map(Text::as_str).collect();
    let words = format!(
        "{} {} on it",
        names.join(", "),
        if names.len() == 1 { "leans" } else { "lean" }
    );
    (!names.is_empty()).then(|| Line::new("dependants", words, Mark::Note))
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

/// What happens to how many tasks.
fn will(change: &Change, service: &Service) -> String {
    let desired = service.desired;
    let tasks = |count: u32| counted(usize::try_from(count).unwrap_or(usize::MAX), "task");
    match change {
        Change::Redeploy(_) if service.scheduling == Scheduling::Daemon => {
            format!("replace {}, host by host", tasks(desired))
        }
        Change::Redeploy(_) => {
            let room = Room::of(service);
            let order = match room.map(|room| room.can_start() > 0) {
                Some(true) => ", new ones first",
                Some(false) => ", old ones stop first",
                None => "",
            };
            format!("replace {}{order}", tasks(desired))
        }
        Change::Recycle { tasks: old, .. } => format!(
            "stop {} one by one, each once the replacement of the one before is healthy; same image",
            counted(old.len(), "task")
        ),
        Change::Rollback { .. } => {
            let from = service.task_definition.label();
            format!("take the deployment of {from} back to the last completed one")
        }
        Change::StopTask { task, .. } => {
            format!("stop task {}; the service starts another", task.short())
        }
        Change::Scale { count, .. } => format!("want {} instead of {desired}", tasks(*count)),
        Change::StopEnvironment(_) | Change::StartEnvironment(_) | Change::Session(_) => {
            String::new()
        }
    }
}

/// What the service serves now.
fn traffic(service: &Service, facts: &Facts<'_>) -> Option<Line> {
    let mut mine = facts
        .kpis
        .iter()
        .filter(|kpi| kpi.services.contains(&service.arn));
    let requests = mine.find(|kpi| kpi.kind == KpiKind::Requests)?;
    Some(Line::new(
        "traffic",
        format!("{} requests", value_words(requests)),
        Mark::Note,
    ))
}

/// The checks that are not green one by one, the others in one line.
fn checked(change: &Change, facts: &Facts<'_>) -> Vec<Line> {
    let checks = preflight(change, facts);
    let passed: Vec<&str> = checks
        .iter()
        .filter(|check| check.mark == Mark::Ok)
        .map(|check| check.about)
        .collect();
    let told = checks.iter().filter(|check| check.mark != Mark::Ok);
    let mut lines: Vec<Line> = told
        .map(|check| Line::new(check.about, check.words.as_str(), check.mark))
        .collect();
    if !passed.is_empty() {
        let words = format!("{}: {}", passed.len(), passed.join(", "));
        lines.push(Line::new("passed", words, Mark::Ok));
    }
    lines
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
