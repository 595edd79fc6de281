//! The reads: one file for each thing that can be asked.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the paths of the SDK's output types are longer than these closures"
)]

mod alarms;
mod calendar;
mod ceiling;
mod closely;
mod dashboard;
mod dossier;
mod glimpse;
mod history;
mod identity;
mod inventory;
mod kpis;
mod metrics;
mod mutes;
mod services;
mod stages;
mod stops;
mod tasks;
mod topology;

pub(super) use alarms::AlarmList;
pub(super) use dossier::DefinitionCache;
pub use glimpse::Serving;
pub use inventory::remembered_services;
pub(super) use kpis::Kpis;
pub(super) use services::Fleet;
pub(super) use tasks::TaskLists;
pub(super) use topology::TopologyCache;

use super::gate::Operation;
use super::link::Link;
use crate::estate::Timestamp;
use crate::estate::part::{News, Part};
use crate::estate::problem::{Feed, Problem, ProblemKind};

impl Link {
    /// AWS answered, and what it answered makes no sense.
    fn unreadable(&self, feed: Feed, operation: &'static Operation) -> Problem {
        Problem {
            feed,
            operation: operation.name,
            kind: ProblemKind::Unreadable,
            sentence: format!("AWS's answer to {} could not be read", operation.name).into(),
            at: self.gate.now(),
        }
    }

    /// A part of this environment.
    pub(in crate::cloud) fn part(&self, at: Timestamp, news: News, problems: Vec<Problem>) -> Part {
        Part {
            environment: self.environment.name.clone(),
            at,
            news,
            problems,
        }
    }
}
