//! One whole look at the estate.

use std::sync::{Mutex, PoisonError};

use futures::future::join_all;

use crate::cloud::Cloud;
use crate::estate::part::{Part, Read};
use crate::estate::snapshot::Snapshot;

/// Everything a verdict may need.
const WHOLE: [Read; 5] = [
    Read::Identity,
    Read::Services,
    Read::Stops,
    Read::Alarms,
    Read::Kpis,
];

/// Who is asking, and the services: what a decision about one of them needs.
pub(super) const SERVICES: [Read; 2] = [Read::Identity, Read::Services];

/// Reads every environment once, everything at the same time.
pub(super) async fn look(cloud: &Cloud) -> Snapshot {
    look_at(cloud, &WHOLE).await
}

/// The same for some of it.
pub(super) async fn look_at(cloud: &Cloud, what: &[Read]) -> Snapshot {
    let parts = Mutex::new(Vec::new());
    let sink = |part: Part| {
        parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part);
    };
    let reads = cloud.links().iter().flat_map(|link| {
        let sink = &sink;
        what.iter().map(move |read| link.read(read, sink))
    });
    join_all(reads).await;
    let environments = cloud
        .links()
        .iter()
        .map(|link| link.environment().clone())
        .collect();
    let mut snapshot = Snapshot::unread(environments);
    for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        snapshot.absorb(part);
    }
    snapshot
}
