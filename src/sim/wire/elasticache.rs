//! `ElastiCache`: clusters of one node and the replication groups they belong to.

use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::world::{Account, Cache};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeCacheClusters", describe_clusters),
    ("DescribeReplicationGroups", describe_groups),
];

const PAGES: Limits = Limits {
    default: 100,
    smallest: 20,
    largest: 100,
    code: "InvalidParameterValue",
};

fn describe_clusters(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let id = input.text("CacheClusterId")?;
    let nodes = input.flag("ShowCacheNodeInfo")?;
    // Every cluster here belongs to a replication group.
    let alone = input.flag("ShowCacheClustersNotInReplicationGroups")?;
    let found: Vec<Value> = account
        .caches
        .iter()
        .filter(|cache| !alone && id.is_none_or(|id| cache.id == id))
        .map(|cache| cluster(account, cache, nodes))
        .collect();
    if let (Some(id), true) = (id, found.is_empty()) {
        return Err(not_found(
            "CacheClusterNotFound",
            &format!("CacheCluster not found: {id}"),
        ));
    }
    page(input, "CacheClusters", found)
}

fn describe_groups(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let id = input.text("ReplicationGroupId")?;
    let mut names: Vec<&str> = account
        .caches
        .iter()
        .map(|cache| cache.replication_group.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| id.is_none_or(|id| *name == id));
    if let (Some(id), true) = (id, names.is_empty()) {
        let message = format!("ReplicationGroup {id} not found.");
        return Err(not_found("ReplicationGroupNotFoundFault", &message));
    }
    let groups = names.into_iter().map(|name| group(account, name)).collect();
    page(input, "ReplicationGroups", groups)
}

fn page(input: Input<'_>, name: &str, items: Vec<Value>) -> Result<Value, Refusal> {
    let page = PAGES.page(items, input.integer("MaxRecords")?, input.text("Marker")?)?;
    Ok(Value::Record(vec![
        (name.to_owned(), page.items.into()),
        ("Marker".to_owned(), page.next.into()),
    ]))
}

fn not_found(code: &str, message: &str) -> Refusal {
    Refusal {
        status: 404,
        ..Refusal::sender(code, message)
    }
}

fn endpoint(account: &Account, name: &str) -> Value {
    record! {
        "Address": format!("{name}.f1line.0001.{}.cache.amazonaws.com", account.region),
        "Port": 6379,
    }
}

fn cluster(account: &Account, cache: &Cache, with_nodes: bool) -> Value {
    let nodes = with_nodes.then(|| {
        vec![record! {
            "CacheNodeId": "0001",
            "CacheNodeStatus": cache.status,
            "CacheNodeCreateTime": cache.created_at,
            "Endpoint": endpoint(account, &cache.id),
            "ParameterGroupStatus": "in-sync",
        }]
    });
    record! {
        "CacheClusterId": &cache.id,
        "ARN": &cache.arn,
        "CacheNodeType": &cache.node_type,
        "Engine": cache.engine,
        "EngineVersion": cache.engine_version,
        "CacheClusterStatus": cache.status,
        "NumCacheNodes": 1,
        "CacheClusterCreateTime": cache.created_at,
        "CacheNodes": nodes,
        "ReplicationGroupId": &cache.replication_group,
        "AutoMinorVersionUpgrade": true,
        "AtRestEncryptionEnabled": true,
        "TransitEncryptionEnabled": false,
    }
}

fn group(account: &Account, name: &str) -> Value {
    let members = || {
        account
            .caches
            .iter()
            .filter(|cache| cache.replication_group == name)
    };
    let first = members().next();
    let nodes = members().enumerate().map(|(index, cache)| {
        record! {
            "CacheClusterId": &cache.id,
            "CacheNodeId": "0001",
            "CurrentRole": if index == 0 { "primary" } else { "replica" },
        }
    });
    record! {
        "ReplicationGroupId": name,
        "Description": format!("cache of {name}"),
        "ARN": account.arn("elasticache", &format!("replicationgroup:{name}")),
        "Status": first.map(|cache| cache.status),
        "MemberClusters": Value::list(members().map(|cache| &cache.id)),
        "NodeGroups": vec![record! {
            "NodeGroupId": "0001",
            "Status": first.map(|cache| cache.status),
            "PrimaryEndpoint": endpoint(account, name),
            "NodeGroupMembers": Value::list(nodes),
        }],
        "AutomaticFailover": "disabled",
        "MultiAZ": "disabled",
        "ClusterEnabled": false,
        "CacheNodeType": first.map(|cache| &cache.node_type),
    }
}
