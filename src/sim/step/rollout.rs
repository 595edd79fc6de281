//! Rolling deployments.

use crate::sim::world::{Service, TaskDefinition};
use jiff::Timestamp;

/// A new deployment.
pub(in crate::sim) fn begin(
    _service: &mut Service,
    _definition: &TaskDefinition,
    _by: &str,
    _now: Timestamp,
) {
}
/// Stops.
pub(in crate::sim) fn stop(_service: &mut Service, _rollback: bool, _now: Timestamp) {}
