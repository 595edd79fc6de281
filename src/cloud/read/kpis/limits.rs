//! How many tasks auto scaling may run of the services whose pools the settings name.

use std::collections::BTreeMap;

use super::SLOW;
use crate::cloud::convert;
use crate::cloud::link::Link;
use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::kpi::Kpi;

/// `DescribeScalableTargets` takes fifty services (aws.md 2.1).
const MOST: usize = 50;

/// The limits as last read.
#[derive(Default)]
pub(super) struct Limits(tokio::sync::Mutex<(Option<Timestamp>, BTreeMap<ServiceArn, u32>)>);

impl Link {
    /// Adds to the pools of `kpis` how many tasks auto scaling may run; asked now and then, and
    /// only where the settings name pools. Where it cannot be read, the tasks of now count.
    pub(super) async fn limit(&self, kpis: &mut [Kpi], at: Timestamp) {
        let pools = kpis.iter().flat_map(|kpi| &kpi.pools);
        let mut services: Vec<ServiceArn> = pools.map(|pool| pool.service.clone()).collect();
        services.sort_unstable();
        services.dedup();
        if services.is_empty() {
            return;
        }
        let mut limits = self.kpis.limits.0.lock().await;
        if limits.0.is_none_or(|then| at >= then + SLOW) {
            for some in services.chunks(MOST) {
                let Ok(targets) = self.scalable_targets(some).await else {
                    continue;
                };
                for service in some {
                    let id = self.scaled_as(service);
                    let own = targets.iter().find(|one| one.resource_id() == id);
                    if let Some(own) = own.map(convert::scaling) {
                        limits.1.insert(service.clone(), own.max);
                    }
                }
            }
            limits.0 = Some(at);
        }
        for pool in kpis.iter_mut().flat_map(|kpi| &mut kpi.pools) {
            pool.most_tasks = limits.1.get(&pool.service).copied();
        }
    }
}
