//! From each source to moments.

use super::Moment;
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::deployment::ServiceDeployment;
use crate::estate::event::EventKind;
use crate::estate::feed::{self, News};
use crate::estate::history::{AlarmChange, Deed, DeedEnding};
use crate::estate::id::ServiceArn;
use crate::estate::service::Service;
use crate::estate::snapshot::{EnvironmentSnapshot, Snapshot};
use crate::estate::text::Text;
use crate::estate::{Timestamp, words};

/// What the snapshot itself tells, without the names of services before the words.
pub(super) fn news(snapshot: &Snapshot) -> Vec<Moment> {
    let told = News::of(snapshot).map(|event| {
        let mut moment = Moment::of(event);
        if let Some(name) = moment.service.as_ref().map(ServiceArn::name)
            && let Some(rest) = moment.words.strip_prefix(name)
            && let Some(rest) = rest.strip_prefix(' ')
        {
            moment.words = rest.into();
        }
        moment
    });
    told.collect()
}

/// A moment of a place, to be filled in.
fn moment(place: &EnvironmentSnapshot, at: Timestamp, kind: EventKind, words: String) -> Moment {
    Moment {
        at,
        kind,
        environment: place.environment.name.clone(),
        service: None,
        words: words.into(),
        by: None,
        trouble: false,
        times: 1,
        first_at: at,
    }
}

/// Beginnings and ends of service deployments.
pub(super) fn rollouts(place: &EnvironmentSnapshot, moments: &mut Vec<Moment>) {
    for (arn, dossier) in &place.dossiers {
        for rollout in dossier.rollouts.all() {
            let told = |at, words, trouble| Moment {
                service: Some(arn.clone()),
                trouble,
                ..moment(place, at, EventKind::Deploy, words)
            };
            let began = rollout.created_at;
            moments.extend(began.map(|at| told(at, format!("{} started", rollout.label()), false)));
            if let Some(at) = rollout.finished_at.filter(|_| rollout.state.is_over()) {
                moments.push(told(at, ended(rollout), rollout.state.is_trouble()));
            }
        }
    }
}

fn ended(rollout: &ServiceDeployment) -> String {
    let took = rollout.took().map(words::duration);
    let took = took.map_or(String::new(), |took| format!(" after {took}"));
    let why = rollout
        .reason
        .as_ref()
        .filter(|_| rollout.state.is_trouble());
    let why = why.map_or(String::new(), |why| {
        format!(": {}", words::shortened(why, 100))
    });
    format!("{} {}{took}{why}", rollout.label(), rollout.state.word())
}

/// Transitions of alarms; those that only steer auto scaling are no news.
pub(super) fn alarms(place: &EnvironmentSnapshot, moments: &mut Vec<Moment>) {
    for change in place.history.alarms.all() {
        let known = place.alarms.iter().find(|one| one.name == change.name);
        if known.is_some_and(Alarm::steers_scaling) || change.name.starts_with("TargetTracking-") {
            continue;
        }
        let service = known.and_then(|alarm| feed::watched(place, alarm));
        moments.push(Moment {
            service,
            trouble: change.to == AlarmState::Alarm,
            ..moment(place, change.at, EventKind::Alarm, rang(change))
        });
    }
}

fn rang(change: &AlarmChange) -> String {
    format!("{} {}", change.name, change.to.word())
}

/// What auto scaling did. What it did not do is told on the service's page alone: it repeats
/// itself by the minute.
pub(super) fn scaling(place: &EnvironmentSnapshot, moments: &mut Vec<Moment>) {
    let own = place.dossiers.values().flat_map(|one| one.activities.all());
    let all = place.history.scaling.all().iter().chain(own);
    for activity in all.filter(|one| one.not_scaled.is_empty()) {
        let mut services = place.services.values().map(|one| &one.service);
        let service = services.find(|service| activity.is_of(service));
        let told = Moment {
            service: service.map(|one| one.arn.clone()),
            trouble: activity.failed(),
            ..moment(
                place,
                activity.at,
                EventKind::Scaling,
                scaled(&activity.words(), &activity.cause),
            )
        };
        if !moments.contains(&told) {
            moments.push(told);
        }
    }
}

/// `Setting desired count to 6: alarm TargetTracking-…`, the cause cut to what says something.
fn scaled(done: &str, cause: &str) -> String {
    let cause = cause.trim_start_matches("monitor ").trim_end_matches('.');
    let cause = cause.split(" in state ").next().unwrap_or(cause);
    if cause.is_empty() {
        done.to_owned()
    } else {
        format!("{done} ({})", words::shortened(cause, 70))
    }
}

/// Calls that altered something.
pub(super) fn trail(place: &EnvironmentSnapshot, moments: &mut Vec<Moment>) {
    for call in place.history.trail.all() {
        let mut services = place.services.values().map(|one| &one.service);
        let service = services.find(|service: &&Service| call.is_of(service));
        let mut words = call.call.to_string();
        if !call.words.is_empty() {
            words = format!("{words} {}", call.words);
        }
        if service.is_none()
            && let Some(name) = &call.service
        {
            words = format!("{words} on {name}");
        }
        if let Some(error) = &call.error {
            words = format!("{words}, refused: {error}");
        }
        moments.push(Moment {
            service: service.map(|one| one.arn.clone()),
            by: Some(call.by.clone()),
            ..moment(place, call.at, EventKind::Call, words)
        });
    }
}

/// What was done from a Firstline.
pub(super) fn deed(deed: &Deed) -> Moment {
    let mut words = deed.verb.to_string();
    if !deed.reason.is_empty() {
        words = format!("{words} ({})", words::shortened(&deed.reason, 60));
    }
    if deed.ending != DeedEnding::Done {
        words = format!("{words}, {}", deed.ending.word());
    }
    Moment {
        at: deed.at,
        kind: EventKind::Action,
        environment: deed.environment.clone(),
        service: Some(deed.service.clone()),
        words: Text::from(words),
        by: Some(deed.by.clone()),
        trouble: matches!(deed.ending, DeedEnding::Failed | DeedEnding::Unclear),
        times: 1,
        first_at: deed.at,
    }
}
