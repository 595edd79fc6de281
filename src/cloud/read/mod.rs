//! The reads: one file for each thing that can be asked.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the paths of the SDK's output types are longer than these closures"
)]

mod alarms;
mod ceiling;
mod identity;
mod inventory;
mod kpis;
mod metrics;
mod services;
mod stops;
mod tasks;
mod topology;

pub(super) use alarms::AlarmList;
pub(super) use kpis::Kpis;
pub(super) use services::Fleet;
pub(super) use tasks::TaskLists;
pub(super) use topology::TopologyCache;

use super::link::Link;
use crate::estate::Timestamp;
use crate::estate::part::{News, Part};
use crate::estate::problem::Problem;

impl Link {
    /// A part of this environment.
    fn part(&self, at: Timestamp, news: News, problems: Vec<Problem>) -> Part {
        Part {
            environment: self.environment.name.clone(),
            at,
            news,
            problems,
        }
    }
}
