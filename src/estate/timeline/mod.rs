//! What happened to one service or one environment, in time order, and what had changed before
//! it broke.
//!
//! Everything that tells of something is merged: service events, deployments, abnormal stops,
//! alarm transitions, scaling, our own journal, and `CloudTrail`. What two sources tell is told
//! once, with what each knows: the deployment from ECS, who asked for it from the trail.
//!
//! | file | holds |
//! |---|---|
//! | `tell` | from each source to moments |
//! | `merge` | what is told twice, what flaps, what repeats |
//! | `incident` | when the present trouble began |

mod incident;
mod merge;
mod tell;

pub use merge::{CALM, FLAP};

use std::collections::BTreeSet;

use serde::Serialize;

use super::board::Row;
use super::event::{Event, EventKind};
use super::history::Deed;
use super::id::{EnvironmentName, ServiceArn};
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// How far before the trouble a change is looked for.
pub const BEFORE: SignedDuration = SignedDuration::from_mins(30);

/// What a timeline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Every environment.
    Estate,
    /// One environment with all its services.
    Environment(&'a EnvironmentName),
    /// One service, and the alarms that watch it.
    Service(&'a ServiceArn),
}

/// What a timeline is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// The services as judged, which says since when something is wrong.
    pub rows: &'a [Row],
    /// What was done from here.
    pub deeds: &'a [Deed],
}

/// One thing that happened, or the same thing several times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When; of several the last.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: EventKind,
    /// Where.
    pub environment: EnvironmentName,
    /// The service concerned, when there is one.
    pub service: Option<ServiceArn>,
    /// What happened, in one line, without the service's name.
    pub words: Text,
    /// Who did it, where somebody did and it is known.
    pub by: Option<Text>,
    /// Whether it is bad news.
    pub trouble: bool,
    /// How many times; more than one where the same repeats or an alarm flaps.
    pub times: usize,
    /// When it first happened; [`Moment::at`] unless it repeats.
    pub first_at: Timestamp,
}

/// When the present trouble began, and how that shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Its first sign.
    pub since: Timestamp,
    /// The service that has it.
    pub service: ServiceArn,
    /// The first sign in words.
    pub words: Text,
}

/// What happened, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Newest first.
    pub moments: Vec<Moment>,
    /// The trouble there is now, if there is any.
    pub incident: Option<Incident>,
    /// What could not be read, one sentence each: what is missing here may have happened.
    pub missing: Vec<Text>,
}

impl Timeline {
    /// The changes of the [`BEFORE`] minutes before the trouble began, newest first; none
    /// without trouble.
    pub fn changes_before(&self) -> impl Iterator<Item = &Moment> {
        let since = self.incident.as_ref().map(|incident| incident.since);
        self.moments.iter().filter(move |moment| {
            since.is_some_and(|since| {
                moment.kind.is_change() && moment.first_at <= since && moment.at >= since - BEFORE
            })
        })
    }

    /// The last change before the trouble began, however long ago.
    pub fn last_change(&self) -> Option<&Moment> {
        let since = self.incident.as_ref()?.since;
        let mut moments = self.moments.iter();
        moments.find(|moment| moment.kind.is_change() && moment.at <= since)
    }
}

/// Puts the timeline of `scope` together, from `since` on.
pub fn timeline(sources: &Sources<'_>, scope: Scope<'_>, since: Timestamp) -> Timeline {
    let places = sources.snapshot.environments.iter();
    let places: Vec<&EnvironmentSnapshot> = places
        .filter(|place| match scope {
            Scope::Estate => true,
            Scope::Environment(name) => place.environment.name == *name,
            Scope::Service(arn) => place.services.contains_key(arn),
        })
        .collect();
    let mut moments = tell::news(sources.snapshot);
    for place in &places {
        tell::rollouts(place, &mut moments);
        tell::alarms(place, &mut moments);
        tell::scaling(place, &mut moments);
        tell::trail(place, &mut moments);
    }
    moments.extend(sources.deeds.iter().map(tell::deed));
    let named = |moment: &Moment| {
        let mut names = places.iter().map(|place| &place.environment.name);
        names.any(|name| *name == moment.environment)
    };
    moments.retain(|moment| {
        moment.at >= since
            && named(moment)
            && match scope {
                Scope::Estate | Scope::Environment(_) => true,
                Scope::Service(arn) => moment.service.as_ref() == Some(arn),
            }
    });
    moments.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.words.cmp(&b.words)));
    let incident = incident::incident(sources.rows, &moments, &places, scope);
    Timeline {
        moments: merge::merge(moments),
        incident,
        missing: missing(&places, scope),
    }
}

/// What was asked for and could not be read.
fn missing(places: &[&EnvironmentSnapshot], scope: Scope<'_>) -> Vec<Text> {
    let mut told = BTreeSet::new();
    for place in places {
        let history = &place.history;
        let dossiers = place.dossiers.iter();
        let dossiers = dossiers.filter(|(arn, _)| match scope {
            Scope::Service(only) => only == *arn,
            Scope::Estate | Scope::Environment(_) => true,
        });
        let problems = [
            ("alarm history", &history.alarms.problem),
            ("scaling", &history.scaling.problem),
            ("who called AWS", &history.trail.problem),
        ];
        let of_services = dossiers.flat_map(|(_, one)| {
            [
                ("deployments", &one.rollouts.problem),
                ("scaling", &one.activities.problem),
            ]
        });
        for (what, problem) in problems.into_iter().chain(of_services) {
            if let Some(problem) = problem {
                told.insert(Text::from(format!("{what}: {}", problem.sentence)));
            }
        }
    }
    told.into_iter().collect()
}

impl Moment {
    fn of(event: Event) -> Self {
        Self {
            at: event.at,
            kind: event.kind,
            environment: event.environment,
            service: event.service,
            words: event.words,
            by: None,
            trouble: event.trouble,
            times: 1,
            first_at: event.at,
        }
    }

    /// What happened, with how often and over how long.
    pub fn sentence(&self) -> String {
        let by = self.by.as_ref().map(|by| format!(" by {by}"));
        let by = by.unwrap_or_default();
        match self.times {
            0 | 1 => format!("{}{by}", self.words),
            times => format!("{times} × {}{by}", self.words),
        }
    }
}

#[cfg(test)]
mod tests;
