//! What somebody looks at: it decides what is worth asking AWS every minute (aws.md 2.4).

use std::collections::{BTreeMap, BTreeSet};

use crate::estate::id::{EnvironmentName, KpiId};
use crate::estate::kpi::{Attention, Level, level};

use super::model::Model;

/// Headlines that may be in sight at once.
const IN_SIGHT: usize = 12;

impl Model {
    /// Whether nobody touched a key or the mouse for a while.
    pub fn is_idle(&self) -> bool {
        self.now.duration_since(self.touched_at) >= self.idle_after
    }

    /// Somebody is here.
    pub(super) fn wake(&mut self) {
        let was = self.is_idle();
        self.touched_at = self.now;
        if was {
            self.attend();
            self.touch(true);
        }
    }

    /// Looks anew at what is looked at.
    pub(super) fn attend(&mut self) {
        let headlines = self.headlines();
        let mut watched: BTreeMap<EnvironmentName, BTreeSet<KpiId>> = BTreeMap::new();
        let mut watch = |environment: &EnvironmentName, kpi: &KpiId| {
            let ids = watched.entry(environment.clone()).or_default();
            ids.insert(kpi.clone());
        };
        for (place, one) in headlines.iter().enumerate() {
            if place < IN_SIGHT || one.level >= Level::Amber {
                watch(one.environment, &one.kpi.id);
            }
        }
        if let Some(chart) = &self.chart {
            for id in &chart.stack {
                watch(&chart.environment, id);
            }
        }
        let subject = self.logs.service.as_ref();
        for one in &self.look.snapshot.environments {
            for kpi in &one.kpis {
                let own = subject.is_some_and(|service| kpi.services.contains(service));
                if own || kpi.pinned || level(kpi, self.now) >= Level::Amber {
                    watch(&one.environment.name, &kpi.id);
                }
            }
        }
        let idle = self.is_idle();
        let environments = self.look.snapshot.environments.iter();
        self.attention = environments
            .map(|one| {
                let name = one.environment.name.clone();
                let watched = watched.remove(&name).unwrap_or_default();
                (name, Attention { watched, idle })
            })
            .collect();
    }
}
