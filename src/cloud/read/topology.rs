//! Target groups, databases and caches: what there are metrics of beside the services.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all, join4};

use super::ceiling::{self, Facts};
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::id::{ClusterArn, LoadBalancerArn, TargetGroupArn};
use crate::estate::kpi::Ceiling;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::{SignedDuration, Timestamp};

/// How long the lists are good (aws.md 2.4).
const LISTS_AGE: SignedDuration = SignedDuration::from_mins(5);
/// How long a database's parameters are good (aws.md 3.3).
const PARAMETERS_AGE: SignedDuration = SignedDuration::from_hours(1);

/// `DescribeClusters` takes a hundred (aws.md 2.1).
const CLUSTERS: usize = 100;

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Topology {
    pub(super) groups: Vec<Group>,
    pub(super) databases: Vec<Database>,
    pub(super) caches: Vec<CacheNode>,
    /// Clusters with Container Insights.
    pub(super) insights: BTreeSet<ClusterArn>,
    /// What could not be read; the rest is then as it was.
    pub(super) problems: Vec<Problem>,
}

/// A target group behind an Application Load Balancer. The load balancer's name and dimension
/// stand in its ARN, so load balancers themselves need not be described: all of ELBv2 shares
/// ten requests a second (aws.md 2.2).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) arn: TargetGroupArn,
    pub(super) balancer: LoadBalancerArn,
}

/// A database instance.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Database {
    pub(super) name: String,
    /// How many connections it takes.
    pub(super) ceiling: Option<Ceiling>,
    /// The memory of its class, in bytes.
    pub(super) memory: Option<Ceiling>,
    /// The storage it was given, in bytes; Aurora has none of its own.
    pub(super) storage: Option<Ceiling>,
    /// What it follows another database as.
    pub(super) replica: Option<Replica>,
}

/// How a replica follows, which decides where its lag is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replica {
    /// A read replica of an instance.
    Instance,
    /// A reader of an Aurora cluster.
    Aurora,
}

/// One node of a cache.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CacheNode {
    pub(super) cluster: String,
    pub(super) node: String,
}

/// The topology and when it must be read again.
#[derive(Default)]
pub(in crate::cloud) struct TopologyCache {
    memory: tokio::sync::Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    topology: Topology,
    due: Option<Timestamp>,
    parameters: Parameters,
}

/// `max_connections` by parameter group, and the ceilings of serverless clusters.
#[derive(Clone, Default)]
struct Parameters {
    max_connections: BTreeMap<String, Option<String>>,
    serverless_maximum: BTreeMap<String, f64>,
    due: Option<Timestamp>,
}

type Answer<T> = (Vec<T>, Option<Problem>);

impl Link {
    /// The topology, no older than five minutes.
    pub(super) async fn topology(&self) -> Topology {
        let mut memory = self.topology.memory.lock().await;
        let now = self.gate.now();
        if memory.due.is_none_or(|due| due <= now) {
            let memory = &mut *memory;
            let (groups, databases, caches, insights) = join4(
                self.target_groups(),
                self.databases(&mut memory.parameters),
                self.cache_nodes(),
                self.insights(),
            )
            .await;
            if let Some(insights) = insights {
                memory.topology.insights = insights;
            }
            let topology = &mut memory.topology;
            topology.problems.clear();
            refresh(&mut topology.groups, groups, &mut topology.problems);
            refresh(&mut topology.databases, databases.0, &mut topology.problems);
            topology.problems.extend(databases.1);
            refresh(&mut topology.caches, caches, &mut topology.problems);
            memory.due = Some(now + LISTS_AGE);
        }
        memory.topology.clone()
    }

    async fn target_groups(&self) -> Answer<Group> {
        let balancers = &self.clients.balancers;
        let ask = |marker| {
            balancers
                .describe_target_groups()
                .page_size(400)
                .set_marker(marker)
                .send()
        };
        let answer = self
            .gate
            .pages(Feed::Topology, &gate::TARGET_GROUPS, ask, |page| {
                page.next_marker()
            })
            .await;
        let raw = answer.pages.iter().flat_map(|page| page.target_groups());
        let groups = raw.filter_map(|raw| {
            let mut balancers = raw
                .load_balancer_arns()
                .iter()
                .map(|arn| LoadBalancerArn::new(arn));
            Some(Group {
                arn: raw.target_group_arn()?.into(),
                balancer: balancers.find(|arn| arn.dimension().starts_with("app/"))?,
            })
        });
        (groups.collect(), answer.problem)
    }

    /// The clusters with Container Insights, whose tasks have more metrics than others. `None`
    /// when AWS did not say: it is a nicety, and nothing is missed without it.
    async fn insights(&self) -> Option<BTreeSet<ClusterArn>> {
        let known = self.fleet.known();
        let clusters: BTreeSet<&str> = known.values().map(|one| one.cluster.as_str()).collect();
        if clusters.is_empty() {
            return None;
        }
        let describe = self.clients.ecs.describe_clusters();
        let names = clusters.into_iter().take(CLUSTERS).map(str::to_owned);
        let asked = describe
            .set_clusters(Some(names.collect()))
            .include(aws_sdk_ecs::types::ClusterField::Settings)
            .send();
        let operation = &gate::DESCRIBE_CLUSTERS;
        let answer = self
            .gate
            .call(Feed::Topology, operation, asked)
            .await
            .ok()?;
        let watched = answer.clusters().iter().filter(|cluster| {
            cluster.settings().iter().any(|setting| {
                let on = matches!(setting.value(), Some("enabled" | "enhanced"));
                on && setting.name()
                    == Some(&aws_sdk_ecs::types::ClusterSettingName::ContainerInsights)
            })
        });
        let arns = watched.filter_map(|cluster| Some(cluster.cluster_arn()?.into()));
        Some(arns.collect())
    }

    async fn cache_nodes(&self) -> Answer<CacheNode> {
        let ask = |marker| {
            let describe = self
                .clients
                .caches
                .describe_cache_clusters()
                .max_records(100);
            describe
                .show_cache_node_info(true)
                .set_marker(marker)
                .send()
        };
        let answer = self
            .gate
            .pages(Feed::Topology, &gate::CACHES, ask, |page| page.marker())
            .await;
        let raw = answer.pages.iter().flat_map(|page| page.cache_clusters());
        let nodes = raw.flat_map(|cluster| {
            cluster.cache_nodes().iter().filter_map(|node| {
                Some(CacheNode {
                    cluster: cluster.cache_cluster_id()?.to_owned(),
                    node: node.cache_node_id()?.to_owned(),
                })
            })
        });
        (nodes.collect(), answer.problem)
    }

    /// The databases, and what went wrong with their parameters alone.
    async fn databases(&self, parameters: &mut Parameters) -> (Answer<Database>, Vec<Problem>) {
        let ask = |marker| {
            let describe = self.clients.databases.describe_db_instances();
            describe.max_records(100).set_marker(marker).send()
        };
        let answer = self
            .gate
            .pages(Feed::Topology, &gate::DATABASES, ask, |page| page.marker())
            .await;
        let raw: Vec<_> = answer
            .pages
            .iter()
            .flat_map(|page| page.db_instances())
            .collect();
        let problems = self.parameters(&raw, parameters).await;
        let databases = raw
            .iter()
            .filter_map(|raw| database(raw, parameters))
            .collect();
        ((databases, answer.problem), problems)
    }

    /// Reads the parameters that are not known yet, or all of them once an hour.
    async fn parameters(
        &self,
        databases: &[&aws_sdk_rds::types::DbInstance],
        known: &mut Parameters,
    ) -> Vec<Problem> {
        let now = self.gate.now();
        if known.due.is_none_or(|due| due <= now) {
            *known = Parameters {
                due: Some(now + PARAMETERS_AGE),
                ..Parameters::default()
            };
        }
        let groups: BTreeSet<&str> = databases.iter().filter_map(|raw| group_of(raw)).collect();
        let unknown = groups
            .into_iter()
            .filter(|group| !known.max_connections.contains_key(*group));
        let serverless = databases
            .iter()
            .filter(|raw| raw.db_instance_class() == Some(SERVERLESS));
        let mut clusters = serverless.filter_map(|raw| raw.db_cluster_identifier());
        let unknown_cluster = clusters.any(|id| !known.serverless_maximum.contains_key(id));
        let reading = join_all(unknown.map(|group| self.max_connections(group)));
        let (values, maxima) = join(reading, self.serverless_maxima(unknown_cluster)).await;
        let mut problems: Vec<Problem> = Vec::new();
        for (group, value) in values {
            match value {
                Ok(value) => drop(known.max_connections.insert(group, value)),
                Err(problem) => problems.push(problem),
            }
        }
        known.serverless_maximum.extend(maxima.0);
        problems.extend(maxima.1);
        problems
    }

    async fn max_connections(&self, group: &str) -> (String, Result<Option<String>, Problem>) {
        let filter = aws_sdk_rds::types::Filter::builder()
            .name("parameter-name")
            .values("max_connections")
            .build();
        let ask = |marker| {
            let describe = self.clients.databases.describe_db_parameters();
            let describe = describe.db_parameter_group_name(group).max_records(100);
            describe.filters(filter.clone()).set_marker(marker).send()
        };
        let operation = &gate::DATABASE_PARAMETERS;
        let answer = self
            .gate
            .pages(Feed::Topology, operation, ask, |page| page.marker())
            .await;
        let mut parameters = answer.pages.iter().flat_map(|page| page.parameters());
        let found = parameters.find(|one| one.parameter_name() == Some("max_connections"));
        let value = found
            .and_then(|one| one.parameter_value())
            .map(str::to_owned);
        // A group that is gone says nothing; the engine's default then stands in.
        let problem = answer.problem;
        let problem = problem.filter(|problem| problem.kind != ProblemKind::NotFound);
        (group.to_owned(), problem.map_or(Ok(value), Err))
    }

    async fn serverless_maxima(&self, wanted: bool) -> Answer<(String, f64)> {
        if !wanted {
            return (Vec::new(), None);
        }
        let ask = |marker| {
            let describe = self.clients.databases.describe_db_clusters();
            describe.max_records(100).set_marker(marker).send()
        };
        let operation = &gate::DATABASE_CLUSTERS;
        let answer = self
            .gate
            .pages(Feed::Topology, operation, ask, |page| page.marker())
            .await;
        let raw = answer.pages.iter().flat_map(|page| page.db_clusters());
        let maxima = raw.filter_map(|raw| {
            let scaling = raw.serverless_v2_scaling_configuration()?;
            Some((
                raw.db_cluster_identifier()?.to_owned(),
                scaling.max_capacity()?,
            ))
        });
        (maxima.collect(), answer.problem)
    }
}

/// The class of a Serverless v2 instance.
const SERVERLESS: &str = "db.serverless";

/// Takes over what was read; what was not keeps its place.
fn refresh<T>(kept: &mut Vec<T>, (read, problem): Answer<T>, problems: &mut Vec<Problem>) {
    if problem.is_none() || kept.is_empty() {
        *kept = read;
    }
    problems.extend(problem);
}

fn group_of(raw: &aws_sdk_rds::types::DbInstance) -> Option<&str> {
    raw.db_parameter_groups().first()?.db_parameter_group_name()
}

fn database(raw: &aws_sdk_rds::types::DbInstance, known: &Parameters) -> Option<Database> {
    let parameter = group_of(raw).and_then(|group| known.max_connections.get(group));
    let apply_status = raw
        .db_parameter_groups()
        .first()
        .and_then(|group| group.parameter_apply_status());
    let cluster = raw.db_cluster_identifier();
    let facts = Facts {
        class: raw.db_instance_class().unwrap_or_default(),
        engine: raw.engine().unwrap_or_default(),
        engine_version: raw.engine_version().unwrap_or_default(),
        parameter: parameter.and_then(Option::as_deref),
        pending_reboot: apply_status == Some("pending-reboot"),
        serverless_maximum: cluster.and_then(|id| known.serverless_maximum.get(id).copied()),
    };
    let aurora = facts.engine.starts_with("aurora");
    let nominal = ceiling::class_memory(facts.class).map(|gib| Ceiling {
        value: gib * ceiling::GIB,
        exact: true,
    });
    let allocated = raw.allocated_storage().filter(|&gib| gib > 0 && !aurora);
    let follows = raw.read_replica_source_db_instance_identifier().is_some();
    Some(Database {
        name: raw.db_instance_identifier()?.to_owned(),
        ceiling: ceiling::ceiling(&facts),
        memory: nominal,
        storage: allocated.map(|gib| Ceiling {
            value: f64::from(gib) * ceiling::GIB,
            exact: true,
        }),
        replica: match (follows, cluster) {
            (true, _) => Some(Replica::Instance),
            (false, Some(_)) if aurora => Some(Replica::Aurora),
            (false, _) => None,
        },
    })
}
