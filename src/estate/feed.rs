//! What happened, newest first, out of everything that tells of it.

use super::event::Event;
use super::snapshot::Snapshot;

/// The newest `limit` events of the estate: service events without the steady-state noise,
/// deployments, alarm changes and abnormal stops; newest first, none twice.
pub fn feed(snapshot: &Snapshot, limit: usize) -> Vec<Event> {
    let _ = (snapshot, limit);
    Vec::new()
}
