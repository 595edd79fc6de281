//! Scaling, placement, alarms, and what the revision changed.

use serde::Serialize;

use super::Of;
use crate::estate::Timestamp;
use crate::estate::alarm::AlarmState;
use crate::estate::dossier::{Difference, differences};
use crate::estate::notice::{self, Notice};
use crate::estate::service::{DeploymentStatus, Rollout};
use crate::estate::text::Text;

/// Something ECS told of and did not take back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// When ECS said so; it stays silent about the same for up to six hours.
    pub at: Timestamp,
    /// In its words.
    pub words: Text,
}

/// What auto scaling may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The least it may run.
    pub min: u32,
    /// The most it may run.
    pub max: u32,
    /// What is suspended.
    pub suspended: Option<&'static str>,
    /// What follows from the limits for the count wanted now.
    pub limit: Option<&'static str>,
}

/// An alarm that watches the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceAlarm {
    /// Its name.
    pub name: Text,
    /// AWS's word for its state.
    pub state: Text,
    /// Whether it is in ALARM.
    pub firing: bool,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, as short as can be said.
    pub cause: String,
    /// Whether anybody is told.
    pub notifies: bool,
}

/// What a revision changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The revision before.
    pub from: Text,
    /// The current one.
    pub to: Text,
    /// What differs; values of the environment and of secrets are masked.
    pub differences: Vec<Difference>,
}

impl Of<'_> {
    /// Troubles since the last steady state or completed deployment, each kind of words once,
    /// the newest first.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let completed = self.service.deployments.iter();
        let completed = completed
            .filter(|one| {
                one.status == DeploymentStatus::Primary && one.rollout == Rollout::Completed
            })
            .find_map(|one| one.updated_at);
        let mut told: Vec<Trouble> = Vec::new();
        for event in &self.service.events {
            let meaning = Notice::of(&event.message);
            let closed = matches!(meaning, Notice::Steady | Notice::DeploymentCompleted);
            if closed || completed.is_some_and(|completed| event.at < completed) {
                break;
            }
            let words: Text = notice::without_name(&event.message).into();
            if meaning.trouble() && !told.iter().any(|one| one.words == words) {
                told.push(Trouble {
                    at: event.at,
                    words,
                });
            }
        }
        told
    }

    pub(super) fn limits(&self) -> Option<Limits> {
        let scaling = self.dossier.scaling.news.as_ref()?.as_ref()?;
        Some(Limits {
            min: scaling.min,
            max: scaling.max,
            suspended: scaling.suspended(),
            limit: scaling.limit(self.service.desired),
        })
    }

    pub(super) fn alarms(&self) -> Vec<ServiceAlarm> {
        let own = self.place.alarms.iter();
        let own = own.filter(|one| !one.steers_scaling() && one.watches(self.service));
        let mut alarms: Vec<ServiceAlarm> = own
            .map(|one| ServiceAlarm {
                name: one.name.clone(),
                state: one.state.word().into(),
                firing: one.state == AlarmState::Alarm,
                since: one.since,
                cause: one.cause(),
                notifies: one.notifies,
            })
            .collect();
        alarms.sort_by(|a, b| (!a.firing, &a.name).cmp(&(!b.firing, &b.name)));
        alarms
    }

    pub(super) fn change(&self) -> Option<Change> {
        let current = &self.service.task_definition;
        let before = self.dossier.before(current)?;
        let (old, new) = (
            self.dossier.definition(before)?,
            self.dossier.definition(current)?,
        );
        Some(Change {
            from: before.label().into(),
            to: current.label().into(),
            differences: differences(old, new),
        })
    }
}
