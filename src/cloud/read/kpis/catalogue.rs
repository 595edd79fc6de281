//! Which KPIs an environment has, by what exists in it. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::cloud::read::metrics::Metric;
use crate::cloud::read::services::Known;
use crate::cloud::read::topology::{CacheNode, Database, Group, Topology};
use crate::estate::id::{KpiId, LoadBalancerArn, ServiceArn};
use crate::estate::kpi::{Ceiling, KpiKind, Unit};
use crate::estate::text::Text;

/// A KPI without its values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) id: KpiId,
    pub(super) kind: KpiKind,
    pub(super) resource: Text,
    pub(super) services: Vec<ServiceArn>,
    pub(super) unit: Unit,
    pub(super) ceiling: Option<Ceiling>,
    /// One metric, or two whose share it is.
    pub(super) metrics: Vec<Metric>,
    /// The KPI that counts the requests among which this one counts.
    pub(super) requests: Option<KpiId>,
}

/// Something that has metrics.
struct Resource {
    namespace: &'static str,
    /// Tells it apart from every other resource.
    key: String,
    name: Text,
    dimensions: Vec<(&'static str, String)>,
    services: Vec<ServiceArn>,
}

impl Resource {
    fn entry(&self, kind: KpiKind, unit: Unit, metrics: &[(&'static str, &'static str)]) -> Entry {
        let metrics = metrics.iter().map(|&(name, statistic)| Metric {
            namespace: self.namespace,
            name,
            dimensions: self.dimensions.clone(),
            statistic,
        });
        let counted = matches!(kind, KpiKind::LoadBalancer5xx | KpiKind::Target5xx);
        Entry {
            id: self.id(kind),
            kind,
            resource: self.name.clone(),
            services: self.services.clone(),
            unit,
            ceiling: None,
            metrics: metrics.collect(),
            requests: counted.then(|| self.id(KpiKind::Requests)),
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
        .flat_map(|(arn, known)| of_service(arn, known))
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

fn of_service(arn: &ServiceArn, known: &Known) -> [Entry; 2] {
    let service = Resource {
        namespace: "AWS/ECS",
        key: arn.as_str().to_owned(),
        name: arn.name().into(),
        dimensions: vec![
            ("ClusterName", known.cluster.name().to_owned()),
            ("ServiceName", arn.name().to_owned()),
        ],
        services: vec![arn.clone()],
    };
    [
        service.entry(
            KpiKind::ServiceCpu,
            Unit::Percent,
            &[("CPUUtilization", "Average")],
        ),
        service.entry(
            KpiKind::ServiceMemory,
            Unit::Percent,
            &[("MemoryUtilization", "Average")],
        ),
    ]
}

fn of_group(group: &Group, services: Vec<ServiceArn>) -> [Entry; 5] {
    let resource = Resource {
        namespace: "AWS/ApplicationELB",
        key: group.arn.as_str().to_owned(),
        name: group.arn.name().into(),
        dimensions: vec![
            ("TargetGroup", group.arn.dimension().to_owned()),
            ("LoadBalancer", group.balancer.dimension().to_owned()),
        ],
        services,
    };
    [
        resource.entry(KpiKind::Target5xx, Unit::PerMinute, &[TARGET_5XX]),
        resource.entry(KpiKind::LatencyP99, Unit::Seconds, &[P99]),
        resource.entry(
            KpiKind::UnhealthyTargets,
            Unit::Count,
            &[("UnHealthyHostCount", "Minimum")],
        ),
        resource.entry(
            KpiKind::HealthyTargets,
            Unit::Count,
            &[("HealthyHostCount", "Minimum")],
        ),
        resource.entry(KpiKind::Requests, Unit::PerMinute, &[REQUESTS]),
    ]
}

const TARGET_5XX: (&str, &str) = ("HTTPCode_Target_5XX_Count", "Sum");
const REQUESTS: (&str, &str) = ("RequestCount", "Sum");
const P99: (&str, &str) = ("TargetResponseTime", "p99");

fn of_balancer(arn: &LoadBalancerArn) -> [Entry; 4] {
    let balancer = Resource {
        namespace: "AWS/ApplicationELB",
        key: arn.as_str().to_owned(),
        name: arn.name().into(),
        dimensions: vec![("LoadBalancer", arn.dimension().to_owned())],
        services: Vec::new(),
    };
    let refused = ("HTTPCode_ELB_5XX_Count", "Sum");
    [
        balancer.entry(KpiKind::LoadBalancer5xx, Unit::PerMinute, &[refused]),
        balancer.entry(KpiKind::Target5xx, Unit::PerMinute, &[TARGET_5XX]),
        balancer.entry(KpiKind::LatencyP99, Unit::Seconds, &[P99]),
        balancer.entry(KpiKind::Requests, Unit::PerMinute, &[REQUESTS]),
    ]
}

fn of_database(database: &Database) -> [Entry; 2] {
    let resource = Resource {
        namespace: "AWS/RDS",
        key: database.name.clone(),
        name: database.name.as_str().into(),
        dimensions: vec![("DBInstanceIdentifier", database.name.clone())],
        services: Vec::new(),
    };
    let connections = [("DatabaseConnections", "Average")];
    [
        Entry {
            ceiling: database.ceiling,
            ..resource.entry(KpiKind::DatabaseConnections, Unit::Count, &connections)
        },
        resource.entry(
            KpiKind::DatabaseCpu,
            Unit::Percent,
            &[("CPUUtilization", "Average")],
        ),
    ]
}

fn of_cache(node: &CacheNode) -> [Entry; 2] {
    let resource = Resource {
        namespace: "AWS/ElastiCache",
        key: format!("{}/{}", node.cluster, node.node),
        name: node.cluster.as_str().into(),
        dimensions: vec![
            ("CacheClusterId", node.cluster.clone()),
            ("CacheNodeId", node.node.clone()),
        ],
        services: Vec::new(),
    };
    let hits_and_misses = [("CacheHits", "Sum"), ("CacheMisses", "Sum")];
    [
        resource.entry(KpiKind::CacheHitRate, Unit::Percent, &hits_and_misses),
        resource.entry(
            KpiKind::CacheEvictions,
            Unit::PerMinute,
            &[("Evictions", "Sum")],
        ),
    ]
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
        assert_eq!(entries.len(), 2 + 5 + 4);
        assert!(entries.iter().all(|one| &*one.resource != "strange"));
        let refused = entries
            .iter()
            .find(|one| one.kind == KpiKind::LoadBalancer5xx)
            .unwrap();
        assert_eq!(
            refused.metrics[0].dimensions,
            [("LoadBalancer", "app/front/2".to_owned())]
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
                ("TargetGroup", "targetgroup/web/1".to_owned()),
                ("LoadBalancer", "app/front/2".to_owned())
            ]
        );
        let ids: std::collections::BTreeSet<_> = entries.iter().map(|one| &one.id).collect();
        assert_eq!(ids.len(), entries.len());
        let requests = target.requests.as_ref().unwrap();
        assert!(entries.iter().any(|one| one.id == *requests));
    }
}
