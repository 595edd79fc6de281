//! A stopped environment, between two plans: sizes, who brought what back, databases.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::cloud::link::{Link, Sink};
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::part::News;
use crate::estate::staging::{Asleep, Sleeper};

impl Link {
    /// Looks at the services that carry a record, and at the databases of the account.
    pub(in crate::cloud) async fn read_asleep(&self, services: &[ServiceArn], sink: Sink<'_>) {
        let at = self.gate.now();
        let mut by_cluster: BTreeMap<ClusterArn, Vec<ServiceArn>> = BTreeMap::new();
        for arn in services {
            let arns = by_cluster.entry(self.cluster_of(arn)).or_default();
            arns.push(arn.clone());
        }
        let looks = by_cluster
            .iter()
            .map(|(cluster, arns)| self.describe_environment(cluster, arns));
        let (mut sights, mut problems) = (Vec::new(), Vec::new());
        for (found, failed) in join_all(looks).await {
            sights.extend(found);
            problems.extend(failed);
        }
        self.add_details(&mut sights).await;
        let (databases, failed) = self.every_database().await;
        problems.extend(failed);
        let sleepers = sights.into_iter().map(|sight| {
            let sleeper = Sleeper {
                size: sight.size,
                back: sight.actor,
            };
            (sight.service.arn, sleeper)
        });
        let asleep = Asleep {
            services: sleepers.collect(),
            databases,
        };
        sink(self.part(at, News::Asleep(asleep), problems));
    }
}
