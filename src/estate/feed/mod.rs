//! What happened, newest first, out of everything that tells of it.

use std::collections::{BinaryHeap, HashSet};

use super::alarm::{Alarm, AlarmState};
use super::event::{Event, EventKind};
use super::id::{EnvironmentName, ServiceArn};
use super::notice::{self, Notice};
use super::service::{Deployment, Service, ServiceEvent};
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::stops;
use super::task::Task;
use super::text::Text;
use super::{SignedDuration, Timestamp, words};

/// What happened longer before the newest thing than this is no news.
const HORIZON: SignedDuration = SignedDuration::from_hours(24);

/// The newest `limit` events of the estate: service events without the steady-state noise,
/// deployments, alarm changes and abnormal stops; newest first, none twice.
///
/// Costs as much as the newest day is long: every source is in time order already, so the
/// sources are merged and only what is taken is put into words.
pub fn feed(snapshot: &Snapshot, limit: usize) -> Vec<Event> {
    let mut told = HashSet::new();
    let mut fresh = |event: &Event| {
        told.insert((
            event.environment.clone(),
            event.service.clone(),
            event.words.clone(),
        ))
    };
    let all = News::of(snapshot).filter(|event| fresh(event));
    all.take(limit).collect()
}

/// Everything the snapshot tells of, newest first, over the day before the newest thing. The
/// same may be told twice.
pub(super) struct News<'a> {
    sources: Vec<Source<'a>>,
    heads: BinaryHeap<(Timestamp, usize, usize)>,
    newest: Option<Timestamp>,
}

impl<'a> News<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let sources = sources(snapshot);
        let mut heads = BinaryHeap::new();
        for (index, source) in sources.iter().enumerate() {
            heads.extend(source.at(0).map(|at| (at, index, 0)));
        }
        let newest = heads.peek().map(|(at, ..)| *at);
        Self {
            sources,
            heads,
            newest,
        }
    }
}

impl Iterator for News<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            let (at, index, place) = self.heads.pop()?;
            if self.newest?.duration_since(at) > HORIZON {
                return None;
            }
            let source = self.sources.get(index)?;
            let next = source.at(place + 1);
            self.heads.extend(next.map(|at| (at, index, place + 1)));
            let event = source.tell(place);
            if event.is_some() {
                return event;
            }
        }
    }
}

/// A list in time order, newest first.
struct Source<'a> {
    environment: &'a EnvironmentSnapshot,
    things: Things<'a>,
}

enum Things<'a> {
    Said(&'a Service),
    Deployed(&'a Service, Vec<&'a Deployment>),
    Rang(Vec<&'a Alarm>),
    Stopped(Vec<&'a Task>),
}

fn sources(snapshot: &Snapshot) -> Vec<Source<'_>> {
    let mut sources = Vec::new();
    for environment in &snapshot.environments {
        let mut add = |things| {
            sources.push(Source {
                environment,
                things,
            });
        };
        for sighting in environment.services.values() {
            let service = &sighting.service;
            let deployments = service.deployments.iter();
            let deployments = deployments.filter(|one| one.created_at.is_some());
            add(Things::Said(service));
            add(Things::Deployed(
                service,
                newest_first(deployments, |one| one.created_at),
            ));
        }
        let rang = environment.alarms.iter().filter(|one| one.since.is_some());
        add(Things::Rang(newest_first(rang, |one| one.since)));
        let stopped = environment.stops.iter();
        let stopped = stopped.filter(|one| one.stopped_at.is_some());
        add(Things::Stopped(newest_first(stopped, |one| one.stopped_at)));
    }
    sources
}

fn newest_first<'a, T>(
    things: impl Iterator<Item = &'a T>,
    at: impl Fn(&T) -> Option<Timestamp>,
) -> Vec<&'a T> {
    let mut things: Vec<&T> = things.collect();
    things.sort_by_key(|thing| std::cmp::Reverse(at(thing)));
    things
}

impl Source<'_> {
    /// When the thing at `place` happened; `None` after the last.
    fn at(&self, place: usize) -> Option<Timestamp> {
        match &self.things {
            Things::Said(service) => service.events.get(place).map(|one| one.at),
            Things::Deployed(_, deployments) => deployments.get(place)?.created_at,
            Things::Rang(alarms) => alarms.get(place)?.since,
            Things::Stopped(tasks) => tasks.get(place)?.stopped_at,
        }
    }

    /// The thing at `place` as news, if it is any.
    fn tell(&self, place: usize) -> Option<Event> {
        let at = self.at(place)?;
        let (kind, service, words, trouble) = match &self.things {
            Things::Said(service) => {
                let (kind, words, trouble) = said(service, service.events.get(place)?)?;
                (kind, Some(service.arn.clone()), words, trouble)
            }
            Things::Deployed(service, deployments) => {
                let words = format!("{} started", label(deployments.get(place)?));
                (EventKind::Deploy, Some(service.arn.clone()), words, false)
            }
            Things::Rang(alarms) => {
                let alarm = alarms.get(place)?;
                let trouble = alarm.state == AlarmState::Alarm;
                let service = watched(self.environment, alarm);
                (EventKind::Alarm, service, rang(alarm)?, trouble)
            }
            Things::Stopped(tasks) => {
                let (service, words) = stopped(self.environment, tasks.get(place)?)?;
                (EventKind::Stop, service, words, true)
            }
        };
        Some(Event {
            at,
            kind,
            environment: self.name().clone(),
            words: Text::from(named(service.as_ref(), words)),
            service,
            trouble,
        })
    }

    fn name(&self) -> &EnvironmentName {
        &self.environment.environment.name
    }
}

/// News of a service name it: most families and alarms do already.
fn named(service: Option<&ServiceArn>, words: String) -> String {
    match service.map(ServiceArn::name) {
        Some(name) if !words.contains(name) => format!("{name} {words}"),
        _ => words,
    }
}

fn label(deployment: &Deployment) -> &str {
    deployment.task_definition.label()
}

/// A service event as news. Steady states, starts, stops and registrations happen all day;
/// deployments and abnormal stops tell what is worth knowing of them.
fn said(service: &Service, event: &ServiceEvent) -> Option<(EventKind, String, bool)> {
    let message = notice::without_name(&event.message).trim_end_matches('.');
    let of_deployment = |ending: &str| {
        let named = service.deployments.iter();
        let mut named = named.filter(|one| event.message.contains(one.id.as_str()));
        let subject = named.next().map_or("a deployment", label);
        format!("{subject} {ending}")
    };
    Some(match Notice::of(&event.message) {
        Notice::Steady | Notice::Registration | Notice::Movement => return None,
        Notice::DeploymentCompleted => (EventKind::Deploy, of_deployment("completed"), false),
        Notice::DeploymentFailed => {
            let reason = message.rsplit_once("deployment failed: ");
            let reason = reason.map_or(String::new(), |(_, why)| format!(": {why}"));
            let words = of_deployment("FAILED") + &reason;
            (EventKind::Deploy, words, true)
        }
        Notice::RollingBack => (EventKind::Deploy, of_rollback(service, event), true),
        notice @ (Notice::StartImpaired
        | Notice::Deadlock
        | Notice::Placement
        | Notice::Capacity
        | Notice::Provisioning
        | Notice::Quota
        | Notice::Permission
        | Notice::TargetMissing
        | Notice::HealthUnknown
        | Notice::Unhealthy
        | Notice::Throttled
        | Notice::Protected
        | Notice::Other) => {
            let words = words::shortened(message, 140);
            (EventKind::Event, words, notice.trouble())
        }
    })
}

fn of_rollback(service: &Service, event: &ServiceEvent) -> String {
    let mut named = service.deployments.iter();
    let target = named.find(|one| event.message.contains(one.id.as_str()));
    target.map_or_else(
        || "rolling back".to_owned(),
        |one| format!("rolling back to {}", label(one)),
    )
}

/// `rds-connections-high ALARM (405 > 373)`; what left ALARM unseen is no news.
fn rang(alarm: &Alarm) -> Option<String> {
    if matches!(alarm.state, AlarmState::Unknown(_)) || alarm.steers_scaling() {
        return None;
    }
    let words = format!("{} {}", alarm.name, alarm.state.word());
    Some(match alarm.comparison() {
        Some(comparison) => format!("{words} ({comparison})"),
        None => words,
    })
}

/// The one service an alarm watches.
pub(super) fn watched(environment: &EnvironmentSnapshot, alarm: &Alarm) -> Option<ServiceArn> {
    let mut services = environment.services.values().map(|one| &one.service);
    let service = services.find(|service| alarm.watches(service))?;
    Some(service.arn.clone())
}

/// `3f9c0a1b OutOfMemory (137)`, if the stop is abnormal.
fn stopped(environment: &EnvironmentSnapshot, task: &Task) -> Option<(Option<ServiceArn>, String)> {
    let stop = stops::stop(task);
    if !stop.abnormal {
        return None;
    }
    let mut services = environment.services.values().map(|one| &one.service);
    let service = services.find(|one| task.belongs_to(&one.arn, &one.cluster));
    let words = format!("{} {}", task.arn.short(), stop.words);
    Some((service.map(|one| one.arn.clone()), words))
}

#[cfg(test)]
mod tests;
