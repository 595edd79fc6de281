//! Services: which there are, and how each stands.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_ecs::types::ServiceField;
use futures::future::{join, join_all};

use super::inventory::{Inventory, InventoryFile};
use crate::cloud::connect::{Connection, Options};
use crate::cloud::link::{Link, Sink};
use crate::cloud::{convert, gate};
use crate::estate::id::{ClusterArn, Region, ServiceArn, TargetGroupArn, TaskDefinitionArn};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::service::Service;
use crate::estate::staging::RESTORE_TAG;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// `DescribeServices` takes ten services of one cluster (aws.md 2.1).
const DESCRIBE_BATCH: usize = 10;
/// How long a list of clusters and services is good (aws.md 2.4).
const INVENTORY_AGE: SignedDuration = SignedDuration::from_mins(5);
/// How long one is good of which a piece is missing.
const PARTIAL_AGE: SignedDuration = SignedDuration::from_mins(1);

/// What a link remembers of its services.
pub(in crate::cloud) struct Fleet {
    memory: Mutex<Memory>,
    /// Held by whoever is reading, so that the same look is not taken twice at a time.
    turn: tokio::sync::Mutex<()>,
    /// Looks taken.
    looks: AtomicU64,
    file: Option<InventoryFile>,
}

#[derive(Default)]
struct Memory {
    inventory: Option<Inventory>,
    /// When the inventory has to be read again; `None` is at once.
    due: Option<Timestamp>,
    known: HashMap<ServiceArn, Known>,
}

/// What other reads need of a service.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::cloud) struct Known {
    pub(in crate::cloud) cluster: ClusterArn,
    pub(in crate::cloud) target_groups: Vec<TargetGroupArn>,
    pub(in crate::cloud) on_instances: bool,
    /// Whether it wants no task, has none, and carries no record that says why.
    pub(in crate::cloud) at_rest: bool,
    /// Those of all its deployments, the current one first.
    pub(in crate::cloud) task_definitions: Vec<TaskDefinitionArn>,
}

impl Fleet {
    /// Starts from what the last run wrote down.
    pub(in crate::cloud) fn remember(
        connection: &Connection,
        options: &Options,
        region: &Region,
    ) -> Self {
        let file = InventoryFile::of(connection, options, region);
        let inventory = file.as_ref().and_then(InventoryFile::read);
        Self {
            memory: Mutex::new(Memory {
                inventory,
                ..Memory::default()
            }),
            turn: tokio::sync::Mutex::new(()),
            looks: AtomicU64::new(0),
            file,
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every service seen so far, sorted so that what is asked of them keeps its order.
    pub(in crate::cloud) fn known(&self) -> BTreeMap<ServiceArn, Known> {
        let memory = self.memory();
        let known = memory.known.iter();
        known.map(|(arn, one)| (arn.clone(), one.clone())).collect()
    }

    /// What is known of one service.
    pub(in crate::cloud) fn service(&self, arn: &ServiceArn) -> Option<Known> {
        self.memory().known.get(arn).cloned()
    }

    /// The clusters listed last.
    pub(in crate::cloud) fn clusters(&self) -> Vec<ClusterArn> {
        let memory = self.memory();
        let inventory = memory.inventory.iter();
        inventory
            .flat_map(|one| one.clusters.keys().cloned())
            .collect()
    }

    fn keep(&self, services: &[Service]) {
        let mut memory = self.memory();
        for service in services {
            let known = Known {
                cluster: service.cluster.clone(),
                target_groups: service.target_groups.clone(),
                on_instances: service.on_instances,
                at_rest: service.desired == 0
                    && service.running == 0
                    && service.tag(RESTORE_TAG).is_none(),
                task_definitions: definitions(service),
            };
            memory.known.insert(service.arn.clone(), known);
        }
    }

    fn relist(&self, listing: &Listing, now: Timestamp) {
        let mut memory = self.memory();
        let listed: HashSet<&ServiceArn> = listing.inventory.services().collect();
        memory.known.retain(|arn, _| listed.contains(arn));
        let complete = listing.problems.is_empty();
        memory.due = Some(now + if complete { INVENTORY_AGE } else { PARTIAL_AGE });
        let changed = memory.inventory.as_ref() != Some(&listing.inventory);
        memory.inventory = Some(listing.inventory.clone());
        if let Some(file) = self.file.as_ref().filter(|_| changed && complete) {
            file.write(&listing.inventory);
        }
    }
}

fn definitions(service: &Service) -> Vec<TaskDefinitionArn> {
    let mut found = vec![service.task_definition.clone()];
    for deployment in &service.deployments {
        if !found.contains(&deployment.task_definition) {
            found.push(deployment.task_definition.clone());
        }
    }
    found.retain(|arn| !arn.as_str().is_empty());
    found
}

/// A fresh list of what exists.
struct Listing {
    inventory: Inventory,
    unlisted: Vec<ClusterArn>,
    problems: Vec<Problem>,
}

/// One answer of `DescribeServices`.
struct Described {
    cluster: ClusterArn,
    services: Vec<Service>,
    problems: Vec<Problem>,
}

impl Link {
    /// Looks at the services. Whoever asks while a look is being taken gets that look.
    pub(in crate::cloud) async fn read_services(&self, sink: Sink<'_>) {
        let looks = self.fleet.looks.load(Ordering::Acquire);
        let _turn = self.fleet.turn.lock().await;
        if self.fleet.looks.load(Ordering::Acquire) == looks {
            self.look_at_services(sink).await;
            self.fleet.looks.fetch_add(1, Ordering::Release);
        }
    }

    /// Makes sure that a look was taken at all: other reads need to know the services.
    pub(in crate::cloud) async fn know_services(&self, sink: Sink<'_>) {
        if self.fleet.looks.load(Ordering::Acquire) == 0 {
            self.read_services(sink).await;
        }
    }

    /// The services known before are described at once; while that is on its way the inventory
    /// is refreshed when it is due, and newcomers are described after it.
    async fn look_at_services(&self, sink: Sink<'_>) {
        let at = self.gate.now();
        let (before, due) = {
            let memory = self.fleet.memory();
            let due = memory.due.is_none_or(|due| due <= at);
            (memory.inventory.clone().unwrap_or_default(), due)
        };
        let describing = async {
            let described = self.describe(&before).await;
            if !before.clusters.is_empty() {
                self.hand_over(at, &described, sink);
            }
            described
        };
        if !due {
            describing.await;
            return;
        }
        let (described, listing) = join(describing, self.list(&before)).await;
        self.fleet.relist(&listing, at);
        sink(self.part(
            at,
            News::Inventory {
                clusters: listing.inventory.clusters.keys().cloned().collect(),
                services: listing.inventory.services().cloned().collect(),
                unlisted: listing.unlisted.clone(),
            },
            listing.problems.clone(),
        ));
        self.catch_up(&before, described, &listing, sink).await;
    }

    /// Describes what the fresh inventory has and the old one had not. Problems with clusters
    /// that are gone have gone with them.
    async fn catch_up(
        &self,
        before: &Inventory,
        mut described: Vec<Described>,
        listing: &Listing,
        sink: Sink<'_>,
    ) {
        let old: HashSet<&ServiceArn> = before.services().collect();
        let clusters = listing.inventory.clusters.iter();
        let newcomers = Inventory {
            clusters: clusters
                .map(|(cluster, services)| {
                    let new = services.iter().filter(|arn| !old.contains(arn));
                    (cluster.clone(), new.cloned().collect())
                })
                .collect(),
        };
        let gone = |one: &Described| !listing.inventory.clusters.contains_key(&one.cluster);
        let excused = described
            .iter()
            .any(|one| gone(one) && !one.problems.is_empty());
        // An empty fleet is news only when it was really listed.
        let empty = before.clusters.is_empty() && listing.problems.is_empty();
        if newcomers.services().next().is_none() && !excused && !empty {
            return;
        }
        let at = self.gate.now();
        let mut fresh = self.describe(&newcomers).await;
        described.retain(|one| !gone(one));
        for one in described {
            let problems = one.problems;
            fresh.push(Described {
                services: Vec::new(),
                problems,
                cluster: one.cluster,
            });
        }
        self.hand_over(at, &fresh, sink);
    }

    fn hand_over(&self, at: Timestamp, described: &[Described], sink: Sink<'_>) {
        let services: Vec<Service> = described
            .iter()
            .flat_map(|one| one.services.iter().cloned())
            .collect();
        let problems = described
            .iter()
            .flat_map(|one| one.problems.iter().cloned())
            .collect();
        self.fleet.keep(&services);
        sink(self.part(at, News::Services(services), problems));
    }

    /// Lists the environment's clusters and the services of each. What cannot be listed keeps
    /// its place from `before`.
    async fn list(&self, before: &Inventory) -> Listing {
        let ecs = &self.clients.ecs;
        let ask = |token| {
            ecs.list_clusters()
                .max_results(100)
                .set_next_token(token)
                .send()
        };
        let answer = self
            .gate
            .pages(Feed::Inventory, &gate::LIST_CLUSTERS, ask, |page| {
                page.next_token()
            })
            .await;
        if let Some(problem) = answer.problem {
            return Listing {
                inventory: before.clone(),
                unlisted: before.clusters.keys().cloned().collect(),
                problems: vec![problem],
            };
        }
        let arns = answer.pages.iter().flat_map(|page| page.cluster_arns());
        let clusters = arns.map(|arn| ClusterArn::new(arn));
        let clusters = clusters.filter(|cluster| self.environment.owns(cluster));
        let clusters: Vec<ClusterArn> = clusters.collect();
        let mut listing = Listing {
            inventory: Inventory::default(),
            unlisted: Vec::new(),
            problems: self.missing_clusters(&clusters),
        };
        let lists = clusters.into_iter().map(|one| self.list_cluster(one));
        let lists = join_all(lists).await;
        for (cluster, mut services, problem) in lists {
            if let Some(problem) = problem {
                listing.problems.push(problem);
                listing.unlisted.push(cluster.clone());
                for old in before.clusters.get(&cluster).into_iter().flatten() {
                    if !services.contains(old) {
                        services.push(old.clone());
                    }
                }
            }
            listing.inventory.clusters.insert(cluster, services);
        }
        listing
    }

    /// One problem for each cluster the settings name and AWS does not: a board without its
    /// services must not look as if there were none.
    fn missing_clusters(&self, listed: &[ClusterArn]) -> Vec<Problem> {
        let named = self.environment.clusters.iter().flatten();
        let missing = named.filter(|&entry| {
            let is_it = |one: &ClusterArn| **entry == *one.as_str() || **entry == *one.name();
            !listed.iter().any(is_it)
        });
        let problem = |entry: &Text| Problem {
            feed: Feed::Inventory,
            operation: gate::LIST_CLUSTERS.name,
            kind: ProblemKind::NotFound,
            sentence: format!(
                "there is no cluster {entry} in {}: check the clusters of {} in the settings",
                self.gate.region, self.environment.name
            )
            .into(),
            at: self.gate.now(),
        };
        missing.map(problem).collect()
    }

    async fn list_cluster(
        &self,
        cluster: ClusterArn,
    ) -> (ClusterArn, Vec<ServiceArn>, Option<Problem>) {
        let ask = |token| {
            let list = self.clients.ecs.list_services().cluster(cluster.as_str());
            list.max_results(100).set_next_token(token).send()
        };
        let answer = self
            .gate
            .pages(Feed::Inventory, &gate::LIST_SERVICES, ask, |page| {
                page.next_token()
            })
            .await;
        let arns = answer.pages.iter().flat_map(|page| page.service_arns());
        let services = arns.map(|arn| ServiceArn::new(arn)).collect();
        (cluster, services, answer.problem)
    }

    /// Describes every service of `inventory`, ten a call, all calls on their way at once: the
    /// budget bounds them.
    async fn describe(&self, inventory: &Inventory) -> Vec<Described> {
        let batches = inventory.clusters.iter().flat_map(|(cluster, services)| {
            services
                .chunks(DESCRIBE_BATCH)
                .map(move |batch| (cluster, batch))
        });
        join_all(batches.map(|(cluster, batch)| self.describe_batch(cluster, batch))).await
    }

    async fn describe_batch(&self, cluster: &ClusterArn, batch: &[ServiceArn]) -> Described {
        let call = self
            .clients
            .ecs
            .describe_services()
            .cluster(cluster.as_str())
            .set_services(Some(
                batch.iter().map(|arn| arn.as_str().to_owned()).collect(),
            ))
            .include(ServiceField::Tags)
            .send();
        let mut described = Described {
            cluster: cluster.clone(),
            services: Vec::new(),
            problems: Vec::new(),
        };
        match self
            .gate
            .call(Feed::Services, &gate::DESCRIBE_SERVICES, call)
            .await
        {
            Ok(answer) => {
                let services = answer.services().iter();
                described.services = services
                    .filter_map(|raw| convert::service(raw, cluster))
                    .collect();
                let problem = self
                    .follow(answer.services(), &mut described.services)
                    .await;
                described.problems.extend(problem);
                let failures = answer.failures().iter();
                let failures = failures.map(|one| self.not_described(one));
                described.problems.extend(failures);
            }
            Err(problem) => described.problems.push(problem),
        }
        described
    }

    /// A service that AWS does not describe is unknown at once, not only when its data is old. One
    /// that is `MISSING` is probably gone: the next look lists what there is before anything else.
    fn not_described(&self, failure: &aws_sdk_ecs::types::Failure) -> Problem {
        let reason = failure.reason().unwrap_or("no reason given");
        let kind = if reason == "MISSING" {
            self.fleet.memory().due = None;
            ProblemKind::NotFound
        } else {
            ProblemKind::Other
        };
        Problem {
            feed: Feed::Services,
            operation: gate::DESCRIBE_SERVICES.name,
            kind,
            sentence: format!(
                "AWS did not describe {}: {reason}",
                failure.arn().unwrap_or("a service")
            )
            .into(),
            at: self.gate.now(),
        }
    }
}
