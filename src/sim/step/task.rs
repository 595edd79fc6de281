//! Life of tasks.

use crate::sim::world::{Service, StopCode};
use jiff::Timestamp;

/// Stops tasks.
pub(in crate::sim) fn stop(
    _service: &mut Service,
    _ids: &[String],
    _why: (StopCode, &str),
    _now: Timestamp,
) {
}
