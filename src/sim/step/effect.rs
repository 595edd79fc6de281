//! The timeline of a scenario.

use crate::sim::scenario::Act;
use jiff::Timestamp;

/// What is still to come, the next one last.
#[derive(Debug, Clone, Default)]
pub(in crate::sim) struct Timeline {
    pub steps: Vec<(Timestamp, bool, Act)>,
}
