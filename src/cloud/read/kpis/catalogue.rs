//! Which KPIs an environment has, by what exists in it. Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::cloud::read::metrics::Metric;
use crate::cloud::read::services::Known;
use crate::cloud::read::topology::{CacheNode, Database, Group, Replica, Topology};
use crate::estate::catalogue::Catalogue;
use crate::estate::id::{KpiId, LoadBalancerArn, ServiceArn};
use crate::estate::kpi::{Ceiling, KpiKind, Pool, Rule, Thresholds, Unit, Wanted, WantedMetric};
use crate::estate::text::Text;

use super::formula::Formula;

/// A KPI without its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: KpiId,
    pub(super) kind: KpiKind,
    pub(super) resource: Text,
    pub(super) label: Option<Text>,
    pub(super) balancer: Option<Text>,
    pub(super) services: Vec<ServiceArn>,
    pub(super) unit: Unit,
    pub(super) ceiling: Option<Ceiling>,
    /// What the settings say; otherwise the kind's own (aws.md 3.5).
    pub(super) thresholds: Option<Thresholds>,
    /// What the settings change of the kind's own.
    pub(super) rule: Option<Rule>,
    pub(super) pinned: bool,
    pub(super) metrics: Vec<Metric>,
    /// How the values follow from those of the metrics.
    pub(super) formula: Formula,
    /// The KPI that counts the requests among which this one counts.
    pub(super) requests: Option<KpiId>,
    /// Who may open how many connections, of a database.
    pub(super) pools: Vec<Pool>,
}

/// Something that has metrics.
struct Resource {
    namespace: &'static str,
    /// Tells it apart from every other resource.
    key: String,
    name: Text,
    dimensions: Vec<(&'static str, String)>,
    balancer: Option<Text>,
    services: Vec<ServiceArn>,
}

/// A metric's name and statistic.
type Statistic = (&'static str, &'static str);

impl Resource {
    fn entry(&self, kind: KpiKind, metric: Statistic) -> Entry {
        self.computed(kind, Formula::Value, &[metric])
    }

    fn computed(&self, kind: KpiKind, formula: Formula, metrics: &[Statistic]) -> Entry {
        let metrics = metrics.iter().map(|&(name, statistic)| Metric {
            namespace: Cow::Borrowed(self.namespace),
            name: Cow::Borrowed(name),
            dimensions: self
                .dimensions
                .iter()
                .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
                .collect(),
            statistic: Cow::Borrowed(statistic),
        });
        Entry {
            id: self.id(kind),
            kind,
            resource: self.name.clone(),
            label: None,
            balancer: self.balancer.clone(),
            services: self.services.clone(),
            unit: kind.unit(),
            ceiling: None,
            thresholds: None,
            rule: None,
            pinned: false,
            metrics: metrics.collect(),
            formula,
            requests: kind
                .is_judged_by_traffic()
                .then(|| self.id(KpiKind::Requests)),
            pools: Vec::new(),
        }
    }

    fn id(&self, kind: KpiKind) -> KpiId {
        KpiId::new(&format!("{kind}/{}", self.key))
    }
}

/// Every KPI. Load balancers and target groups count only when a known service stands behind
/// them: the others are somebody else's, and every metric has its price.
pub(super) fn entries(services: &BTreeMap<ServiceArn, Known>, topology: &Topology) -> Vec<Entry> {
    let mut entries: Vec<Entry> = services
        .iter()
        .flat_map(|(arn, known)| of_service(arn, known, topology))
        .collect();
    let mut balancers: BTreeSet<&LoadBalancerArn> = BTreeSet::new();
    for group in &topology.groups {
        let behind = services
            .iter()
            .filter(|(_, known)| known.target_groups.contains(&group.arn));
        let behind: Vec<ServiceArn> = behind.map(|(arn, _)| arn.clone()).collect();
        if !behind.is_empty() {
            entries.extend(of_group(group, behind));
            balancers.insert(&group.balancer);
        }
    }
    entries.extend(balancers.into_iter().flat_map(of_balancer));
    entries.extend(topology.databases.iter().flat_map(of_database));
    entries.extend(topology.caches.iter().flat_map(of_cache));
    entries
}

const CPU: Statistic = ("CPUUtilization", "Average");
const ELB_5XX: Statistic = ("HTTPCode_ELB_5XX_Count", "Sum");
const ELB_503: Statistic = ("HTTPCode_ELB_503_Count", "Sum");
const TARGET_5XX: Statistic = ("HTTPCode_Target_5XX_Count", "Sum");
const REQUESTS: Statistic = ("RequestCount", "Sum");
const P99: Statistic = ("TargetResponseTime", "p99");
const P50: Statistic = ("TargetResponseTime", "p50");

fn of_service(arn: &ServiceArn, known: &Known, topology: &Topology) -> Vec<Entry> {
    let mut service = Resource {
        namespace: "AWS/ECS",
        key: arn.as_str().to_owned(),
        name: arn.name().into(),
        dimensions: vec![
            ("ClusterName", known.cluster.name().to_owned()),
            ("ServiceName", arn.name().to_owned()),
        ],
        balancer: None,
        services: vec![arn.clone()],
    };
    let mut entries = vec![
        service.entry(KpiKind::ServiceCpu, CPU),
        service.entry(KpiKind::ServiceMemory, ("MemoryUtilization", "Average")),
    ];
    if topology.insights.contains(&known.cluster) {
        service.namespace = "ECS/ContainerInsights";
        let storage = [
            ("EphemeralStorageUtilized", "Maximum"),
            ("EphemeralStorageReserved", "Maximum"),
        ];
        entries.push(service.computed(KpiKind::EphemeralStorage, Formula::ShareOf, &storage));
    }
    entries
}

fn of_group(group: &Group, services: Vec<ServiceArn>) -> [Entry; 8] {
    let resource = Resource {
        namespace: "AWS/ApplicationELB",
        key: group.arn.as_str().to_owned(),
        name: group.arn.name().into(),
        dimensions: vec![
            ("TargetGroup", group.arn.dimension().to_owned()),
            ("LoadBalancer", group.balancer.dimension().to_owned()),
        ],
        balancer: Some(group.balancer.name().into()),
        services,
    };
    let refused = ("TargetConnectionErrorCount", "Sum");
    let rate = [TARGET_5XX, REQUESTS];
    [
        resource.entry(KpiKind::Target5xx, TARGET_5XX),
        resource.computed(KpiKind::ErrorRate, Formula::ErrorRate, &rate),
        resource.entry(KpiKind::TargetConnectionErrors, refused),
        resource.entry(KpiKind::LatencyP99, P99),
        resource.entry(KpiKind::LatencyP50, P50),
        resource.entry(KpiKind::UnhealthyTargets, ("UnHealthyHostCount", "Minimum")),
        resource.entry(KpiKind::HealthyTargets, ("HealthyHostCount", "Minimum")),
        resource.entry(KpiKind::Requests, REQUESTS),
    ]
}

fn of_balancer(arn: &LoadBalancerArn) -> [Entry; 9] {
    let balancer = Resource {
        namespace: "AWS/ApplicationELB",
        key: arn.as_str().to_owned(),
        name: arn.name().into(),
        dimensions: vec![("LoadBalancer", arn.dimension().to_owned())],
        balancer: None,
        services: Vec::new(),
    };
    let rate = [ELB_5XX, TARGET_5XX, REQUESTS, ELB_503];
    let rejected = ("RejectedConnectionCount", "Sum");
    [
        balancer.entry(KpiKind::LoadBalancer5xx, ELB_5XX),
        balancer.entry(KpiKind::LoadBalancer502, ("HTTPCode_ELB_502_Count", "Sum")),
        balancer.entry(KpiKind::LoadBalancer503, ELB_503),
        balancer.entry(KpiKind::LoadBalancer504, ("HTTPCode_ELB_504_Count", "Sum")),
        balancer.entry(KpiKind::RejectedConnections, rejected),
        balancer.entry(KpiKind::Target5xx, TARGET_5XX),
        balancer.computed(KpiKind::ErrorRate, Formula::BalancerErrorRate, &rate),
        balancer.entry(KpiKind::LatencyP99, P99),
        balancer.entry(KpiKind::Requests, REQUESTS),
    ]
}

fn of_database(database: &Database) -> Vec<Entry> {
    let resource = Resource {
        namespace: "AWS/RDS",
        key: database.name.clone(),
        name: database.name.as_str().into(),
        dimensions: vec![("DBInstanceIdentifier", database.name.clone())],
        balancer: None,
        services: Vec::new(),
    };
    let under = |ceiling: Option<Ceiling>, entry: Entry| Entry { ceiling, ..entry };
    let mut entries = vec![
        under(
            database.ceiling,
            resource.entry(
                KpiKind::DatabaseConnections,
                ("DatabaseConnections", "Average"),
            ),
        ),
        resource.entry(KpiKind::DatabaseCpu, CPU),
        under(
            database.memory,
            resource.entry(KpiKind::DatabaseMemory, ("FreeableMemory", "Average")),
        ),
    ];
    if database.storage.is_some() {
        let free = resource.entry(KpiKind::DatabaseStorage, ("FreeStorageSpace", "Minimum"));
        entries.push(under(database.storage, free));
    }
    match database.replica {
        None => {}
        Some(Replica::Instance) => {
            entries.push(resource.entry(KpiKind::ReplicaLag, ("ReplicaLag", "Maximum")));
        }
        Some(Replica::Aurora) => entries.push(resource.computed(
            KpiKind::ReplicaLag,
            Formula::Milliseconds,
            &[("AuroraReplicaLag", "Maximum")],
        )),
    }
    entries
}

/// Connections one cache node takes (aws.md 3.4).
const CACHE_CLIENTS: Ceiling = Ceiling {
    value: 65_000.0,
    exact: true,
};

fn of_cache(node: &CacheNode) -> [Entry; 5] {
    let resource = Resource {
        namespace: "AWS/ElastiCache",
        key: format!("{}/{}", node.cluster, node.node),
        name: node.cluster.as_str().into(),
        dimensions: vec![
            ("CacheClusterId", node.cluster.clone()),
            ("CacheNodeId", node.node.clone()),
        ],
        balancer: None,
        services: Vec::new(),
    };
    let hits_and_misses = [("CacheHits", "Sum"), ("CacheMisses", "Sum")];
    let memory = ("DatabaseMemoryUsagePercentage", "Average");
    [
        resource.computed(KpiKind::CacheHitRate, Formula::HitRate, &hits_and_misses),
        resource.entry(KpiKind::CacheEvictions, ("Evictions", "Sum")),
        resource.entry(KpiKind::CacheMemory, memory),
        resource.entry(KpiKind::CacheCpu, ("EngineCPUUtilization", "Average")),
        Entry {
            ceiling: Some(CACHE_CLIENTS),
            ..resource.entry(KpiKind::CacheConnections, ("CurrConnections", "Average"))
        },
    ]
}

/// An entry after the settings' rule for it; `None` when it is hidden.
pub(super) fn ruled(entry: Entry, wanted: &Wanted) -> Option<Entry> {
    let Some(rule) = wanted.rule(entry.kind, &entry.resource) else {
        return Some(entry);
    };
    let ceiling = rule.ceiling.map(|value| Ceiling { value, exact: true });
    (!rule.hide).then(|| Entry {
        ceiling: ceiling.or(entry.ceiling),
        pinned: rule.pin,
        rule: Some(rule.clone()),
        ..entry
    })
}

/// A metric the settings name. Its services are those of that name.
pub(super) fn of_wanted(wanted: &WantedMetric, services: &BTreeMap<ServiceArn, Known>) -> Entry {
    let dimensions = wanted.dimensions.iter();
    let metric = Metric {
        namespace: Cow::Owned(wanted.namespace.clone()),
        name: Cow::Owned(wanted.metric.clone()),
        dimensions: dimensions
            .map(|(name, value)| (Cow::Owned(name.clone()), value.clone()))
            .collect(),
        statistic: Cow::Owned(wanted.statistic.clone()),
    };
    let named = |arn: &ServiceArn| wanted.service.as_deref() == Some(arn.name());
    Entry {
        id: KpiId::new(&format!("custom/{}", wanted.label)),
        kind: KpiKind::Custom,
        resource: wanted.resource(),
        label: Some(wanted.label.clone()),
        balancer: None,
        services: services.keys().filter(|arn| named(arn)).cloned().collect(),
        unit: wanted.unit,
        ceiling: None,
        thresholds: wanted.thresholds,
        rule: None,
        pinned: wanted.pin,
        metrics: vec![metric],
        formula: Formula::Value,
        requests: None,
        pools: Vec::new(),
    }
}

/// A database's connections after the settings said which services open them: that links them.
pub(super) fn pooled(
    entry: Entry,
    services: &BTreeMap<ServiceArn, Known>,
    said: &Catalogue,
) -> Entry {
    if entry.kind != KpiKind::DatabaseConnections {
        return entry;
    }
    let users = services.iter().filter_map(|(arn, known)| {
        let said = said.of(known.cluster.name(), arn.name())?;
        (said.database.as_ref() == Some(&entry.resource)).then_some((arn, said.pool_size))
    });
    let users: Vec<(&ServiceArn, Option<u32>)> = users.collect();
    let pools = users.iter().filter_map(|(arn, size)| {
        Some(Pool {
            service: (*arn).clone(),
            size: (*size)?,
            most_tasks: None,
        })
    });
    Entry {
        services: users.iter().map(|(arn, _)| (*arn).clone()).collect(),
        pools: pools.collect(),
        ..entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_what_stands_before_it_and_strangers_cost_nothing() {
        let service = ServiceArn::new("arn:aws:ecs:x:1:service/prod/web");
        let known = Known {
            cluster: "arn:aws:ecs:x:1:cluster/prod".into(),
            target_groups: vec!["arn:aws:elasticloadbalancing:x:1:targetgroup/web/1".into()],
            on_instances: false,
            at_rest: false,
            task_definitions: vec!["web:1".into()],
        };
        let group = |name: &str, balancer: &str| Group {
            arn: format!("arn:aws:elasticloadbalancing:x:1:targetgroup/{name}/1")
                .as_str()
                .into(),
            balancer: format!("arn:aws:elasticloadbalancing:x:1:loadbalancer/app/{balancer}/2")
                .as_str()
                .into(),
        };
        let topology = Topology {
            groups: vec![group("web", "front"), group("other", "strange")],
            ..Topology::default()
        };
        let entries = entries(&BTreeMap::from([(service.clone(), known)]), &topology);
        assert_eq!(entries.len(), 2 + 8 + 9);
        assert!(entries.iter().all(|one| &*one.resource != "strange"));
        let refused = entries
            .iter()
            .find(|one| one.kind == KpiKind::LoadBalancer5xx)
            .unwrap();
        assert_eq!(
            refused.metrics[0].dimensions,
            [("LoadBalancer".into(), "app/front/2".to_owned())]
        );
        assert!(refused.services.is_empty());
        let target = entries
            .iter()
            .find(|one| one.kind == KpiKind::Target5xx)
            .unwrap();
        assert_eq!(target.services, [service]);
        assert_eq!(
            target.metrics[0].dimensions,
            [
                ("TargetGroup".into(), "targetgroup/web/1".to_owned()),
                ("LoadBalancer".into(), "app/front/2".to_owned())
            ]
        );
        let ids: std::collections::BTreeSet<_> = entries.iter().map(|one| &one.id).collect();
        assert_eq!(ids.len(), entries.len());
        let requests = target.requests.as_ref().unwrap();
        assert!(entries.iter().any(|one| one.id == *requests));
    }
}
