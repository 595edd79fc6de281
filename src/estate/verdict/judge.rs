//! The judge remembers, so that a verdict neither flickers nor forgets since when.

use std::collections::HashMap;

use super::{Verdict, judge};
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::id::ServiceArn;
use crate::estate::snapshot::Snapshot;

/// Judges look after look. A fresh one judges the first look as it is, which is all a one-shot
/// report needs.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    memory: HashMap<ServiceArn, Verdict>,
}

impl Judge {
    /// Every service's row, worst first, then by name. Looking twice at the same data changes
    /// nothing.
    pub fn look(&mut self, snapshot: &Snapshot, now: Timestamp) -> Vec<Row> {
        let mut rows = Vec::new();
        for one in &snapshot.environments {
            for sighting in one.services.values() {
                let verdict = judge(one, sighting, now);
                let service = &sighting.service;
                self.memory.insert(service.arn.clone(), verdict.clone());
                rows.push(Row {
                    environment: one.environment.name.clone(),
                    arn: service.arn.clone(),
                    name: service.name.clone(),
                    cluster: service.cluster.clone(),
                    verdict,
                    running: service.running,
                    desired: service.desired,
                    pending: service.pending,
                    rollout: "".into(),
                    seen_at: sighting.seen_at,
                    stale: false,
                });
            }
        }
        rows
    }
}
