//! The judge remembers, so that a verdict neither flickers nor forgets since when.

use std::collections::HashMap;

use super::case::Past;
use super::{Health, Verdict, is_stale, judge_after, rollout_words};
use crate::estate::board::Row;
use crate::estate::id::ServiceArn;
use crate::estate::snapshot::{EnvironmentSnapshot, Sighting, Snapshot};
use crate::estate::{SignedDuration, Timestamp};

/// A change to or from degraded is believed after so many looks at new data (aws.md 1.5).
const LOOKS: u8 = 2;
/// A change to degraded is believed after so long, however few looks there were.
const LONG_ENOUGH: SignedDuration = SignedDuration::from_secs(60);

/// Judges look after look. A fresh one judges the first look as it is, which is all a one-shot
/// report needs.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    memory: HashMap<ServiceArn, Memory>,
}

/// What is remembered of one service.
#[derive(Clone, Debug)]
struct Memory {
    shown: Verdict,
    seen_at: Timestamp,
    desired: u32,
    past: Past,
    doubt: Option<Doubt>,
}

/// A change that is seen but not yet believed.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    began: Timestamp,
    looks: u8,
}

impl Judge {
    /// Every service's row, worst first, then by name. Looking twice at the same data changes
    /// nothing but what time itself changes.
    pub fn look(&mut self, snapshot: &Snapshot, now: Timestamp) -> Vec<Row> {
        let mut rows = Vec::new();
        let before = std::mem::take(&mut self.memory);
        for environment in &snapshot.environments {
            for (arn, sighting) in &environment.services {
                let memory = remember(before.get(arn), environment, sighting, now);
                rows.push(row(environment, sighting, &memory.shown, now));
                self.memory.insert(arn.clone(), memory);
            }
        }
        rows.sort_by(|a, b| {
            let rank = a.verdict.health.rank().cmp(&b.verdict.health.rank());
            rank.then_with(|| a.name.cmp(&b.name))
                .then_with(|| a.arn.cmp(&b.arn))
        });
        rows
    }
}

fn row(
    environment: &EnvironmentSnapshot,
    sighting: &Sighting,
    verdict: &Verdict,
    now: Timestamp,
) -> Row {
    let service = &sighting.service;
    Row {
        environment: environment.environment.name.clone(),
        arn: service.arn.clone(),
        name: service.name.clone(),
        cluster: service.cluster.clone(),
        verdict: verdict.clone(),
        running: service.running,
        desired: service.desired,
        pending: service.pending,
        rollout: rollout_words(service).into(),
        seen_at: sighting.seen_at,
        stale: is_stale(environment, sighting, now),
    }
}

fn remember(
    before: Option<&Memory>,
    environment: &EnvironmentSnapshot,
    sighting: &Sighting,
    now: Timestamp,
) -> Memory {
    let past = before.map_or_else(Past::default, |memory| {
        let rescaled = memory.desired != sighting.service.desired;
        Past {
            rescaled_at: rescaled
                .then_some(sighting.seen_at)
                .or(memory.past.rescaled_at),
            ..memory.past
        }
    });
    let fresh = judge_after(environment, sighting, now, past);
    let full = sighting.service.running >= sighting.service.desired;
    let past = Past {
        full_at: full.then_some(sighting.seen_at).or(past.full_at),
        ..past
    };
    let (shown, doubt) = match before {
        Some(memory) => memory.settle(fresh, sighting.seen_at, now),
        None => (fresh, None),
    };
    Memory {
        shown,
        seen_at: sighting.seen_at,
        desired: sighting.service.desired,
        past,
        doubt,
    }
}

impl Memory {
    /// What to show, given what is seen now.
    fn settle(
        &self,
        fresh: Verdict,
        seen_at: Timestamp,
        now: Timestamp,
    ) -> (Verdict, Option<Doubt>) {
        if fresh.health == self.shown.health {
            let since = self.shown.since.or(fresh.since);
            return (Verdict { since, ..fresh }, None);
        }
        let worse = calm(self.shown.health) && fresh.health == Health::Degraded;
        let better = self.shown.health == Health::Degraded && calm(fresh.health);
        if !worse && !better {
            return (believed(fresh, seen_at), None);
        }
        let doubt = match self.doubt {
            None => Doubt {
                began: now,
                looks: 1,
            },
            Some(doubt) => Doubt {
                looks: doubt
                    .looks
                    .saturating_add(u8::from(seen_at != self.seen_at)),
                ..doubt
            },
        };
        let long = worse && now.duration_since(doubt.began) >= LONG_ENOUGH;
        if doubt.looks >= LOOKS || long {
            return (believed(fresh, doubt.began), None);
        }
        let evidence = if better {
            format!("recovering: {}", fresh.evidence).into()
        } else {
            fresh.evidence
        };
        let held = Verdict {
            health: self.shown.health,
            since: self.shown.since,
            evidence,
            source: fresh.source,
        };
        (held, Some(doubt))
    }
}

/// A change of class that is believed; when the data does not say since when, the change was at
/// least seen.
fn believed(fresh: Verdict, seen: Timestamp) -> Verdict {
    Verdict {
        since: fresh.since.or(Some(seen)),
        ..fresh
    }
}

/// Classes between which and degraded a change needs a second look.
const fn calm(health: Health) -> bool {
    matches!(
        health,
        Health::Healthy | Health::HealthyUnverified | Health::Deploying
    )
}
