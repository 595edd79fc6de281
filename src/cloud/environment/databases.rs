//! The databases of an environment, as they stand.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' own paths are longer than the lines they stand in"
)]

use futures::future::join;

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::problem::{Feed, Problem};
use crate::estate::staging::{Database, DatabaseKind, DatabaseState, Orders};

impl Link {
    /// The databases the settings name, as they stand.
    pub async fn environment_databases(&self, orders: &Orders) -> (Vec<Database>, Vec<Problem>) {
        if orders.databases.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let (every, mut problems) = self.every_database().await;
        let mut wanted = Vec::new();
        for id in &orders.databases {
            match every.iter().find(|one| one.id == *id) {
                Some(found) => wanted.push(found.clone()),
                None if problems.is_empty() => {
                    let words = format!("the settings name the database {id}, AWS shows none");
                    problems.push(self.other(&gate::DATABASES, Feed::Topology, &words));
                }
                None => {}
            }
        }
        (wanted, problems)
    }

    /// Every instance that stands alone and every Aurora cluster of the account.
    pub(super) async fn every_database(&self) -> (Vec<Database>, Vec<Problem>) {
        let instances = |marker| {
            let describe = self.clients.databases.describe_db_instances();
            describe.max_records(100).set_marker(marker).send()
        };
        let clusters = |marker| {
            let describe = self.clients.databases.describe_db_clusters();
            describe.max_records(100).set_marker(marker).send()
        };
        let (instances, clusters) = join(
            self.gate
                .pages(Feed::Topology, &gate::DATABASES, instances, |page| {
                    page.marker()
                }),
            self.gate
                .pages(Feed::Topology, &gate::DATABASE_CLUSTERS, clusters, |page| {
                    page.marker()
                }),
        )
        .await;
        let problems: Vec<Problem> = instances
            .problem
            .into_iter()
            .chain(clusters.problem)
            .collect();
        let raw = instances.pages.iter().flat_map(|page| page.db_instances());
        let of_clusters = clusters.pages.iter().flat_map(|page| page.db_clusters());
        let every: Vec<Database> = raw
            .filter_map(instance)
            .chain(of_clusters.filter_map(cluster))
            .collect();
        (every, problems)
    }
}

/// An instance of an Aurora cluster is its cluster's.
fn instance(raw: &aws_sdk_rds::types::DbInstance) -> Option<Database> {
    if raw.db_cluster_identifier().is_some() {
        return None;
    }
    let engine = raw.engine().unwrap_or_default();
    let replica = raw.read_replica_source_db_instance_identifier().is_some()
        || raw.read_replica_source_db_cluster_identifier().is_some();
    let unstoppable = if replica {
        Some("a read replica cannot be stopped")
    } else if !raw.read_replica_db_instance_identifiers().is_empty() {
        Some("a database with read replicas cannot be stopped")
    } else if engine.starts_with("sqlserver") && raw.multi_az().unwrap_or(false) {
        Some("SQL Server in several zones cannot be stopped")
    } else {
        None
    };
    Some(Database {
        id: raw.db_instance_identifier()?.into(),
        kind: DatabaseKind::Instance,
        state: DatabaseState::of(raw.db_instance_status().unwrap_or_default()),
        unstoppable,
        restarts_at: raw.automatic_restart_time().and_then(convert::time),
    })
}

fn cluster(raw: &aws_sdk_rds::types::DbCluster) -> Option<Database> {
    let unstoppable = if raw.global_write_forwarding_status().is_some() {
        Some("a global database cannot be stopped")
    } else if raw.engine_mode() == Some("serverless") {
        Some("Aurora Serverless v1 cannot be stopped")
    } else if !raw.read_replica_identifiers().is_empty() {
        Some("a cluster with replicas in another region cannot be stopped")
    } else {
        None
    };
    Some(Database {
        id: raw.db_cluster_identifier()?.into(),
        kind: DatabaseKind::Cluster,
        state: DatabaseState::of(raw.status().unwrap_or_default()),
        unstoppable,
        restarts_at: raw.automatic_restart_time().and_then(convert::time),
    })
}
