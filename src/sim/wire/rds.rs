//! RDS: database instances, clusters and parameters.

use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::world::{self, Account, Database, Engine, ParameterGroup};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeDBClusters", describe_clusters),
    ("DescribeDBInstances", describe_instances),
    ("DescribeDBParameters", describe_parameters),
    ("StartDBCluster", start_cluster),
    ("StartDBInstance", start_instance),
    ("StopDBCluster", stop_cluster),
    ("StopDBInstance", stop_instance),
];

const PAGES: Limits = Limits {
    default: 100,
    smallest: 20,
    largest: 100,
    code: "InvalidParameterValue",
};

fn describe_instances(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let filters = filters(input)?;
    let id = input.text("DBInstanceIdentifier")?;
    let found: Vec<Value> = account
        .databases
        .iter()
        .filter(|database| id.is_none_or(|id| database.id == id || database.arn == id))
        .filter(|database| {
            matches(&filters, "db-instance-id", &[&database.id, &database.arn])
                && matches(&filters, "engine", &[&database.engine_name()])
        })
        .map(|database| instance(account, database))
        .collect();
    if let (Some(id), true) = (id, found.is_empty()) {
        return Err(not_found(
            "DBInstanceNotFound",
            &format!("DBInstance {id} not found."),
        ));
    }
    page(input, "DBInstances", found)
}

fn stop_instance(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    moved(context, input, Database::stop)
}

fn start_instance(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    moved(context, input, Database::start)
}

fn moved(
    context: &mut Context<'_>,
    input: Input<'_>,
    verb: fn(&mut Database, jiff::Timestamp) -> Result<(), world::Refusal>,
) -> Result<Value, Refusal> {
    let id = input.required_text("DBInstanceIdentifier", "InvalidParameterValue")?;
    let now = context.world.now();
    let account = context.world.account_mut(context.account_id);
    let databases = account.into_iter().flat_map(|one| &mut one.databases);
    let mut found = databases.filter(|one| one.id == id);
    let database = found
        .next()
        .ok_or_else(|| not_found("DBInstanceNotFound", &format!("DBInstance {id} not found.")))?;
    if database.cluster.is_some() {
        let message = format!("{id} is a member of a DB cluster: stop or start the cluster.");
        return Err(Refusal::sender("InvalidParameterCombination", message));
    }
    verb(database, now)
        .map_err(|refusal| Refusal::sender("InvalidDBInstanceState", refusal.to_string()))?;
    let account = context.account()?;
    let database = account.databases.iter().find(|one| one.id == id);
    Ok(record! { "DBInstance": database.map(|one| instance(account, one)) })
}

fn describe_clusters(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let id = input.text("DBClusterIdentifier")?;
    let mut ids: Vec<&String> = account
        .databases
        .iter()
        .flat_map(|one| &one.cluster)
        .collect();
    ids.sort();
    ids.dedup();
    let found: Vec<Value> = ids
        .into_iter()
        .filter(|cluster| id.is_none_or(|id| *cluster == id))
        .filter_map(|cluster| described_cluster(account, cluster))
        .collect();
    if let (Some(id), true) = (id, found.is_empty()) {
        return Err(no_cluster(id));
    }
    page(input, "DBClusters", found)
}

fn stop_cluster(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    moved_cluster(context, input, Database::stop)
}

fn start_cluster(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    moved_cluster(context, input, Database::start)
}

/// A cluster moves with all its members.
fn moved_cluster(
    context: &mut Context<'_>,
    input: Input<'_>,
    verb: fn(&mut Database, jiff::Timestamp) -> Result<(), world::Refusal>,
) -> Result<Value, Refusal> {
    let id = input.required_text("DBClusterIdentifier", "InvalidParameterValue")?;
    let now = context.world.now();
    let account = context.world.account_mut(context.account_id);
    let databases = account.into_iter().flat_map(|one| &mut one.databases);
    for member in databases.filter(|one| one.cluster.as_deref() == Some(id)) {
        verb(member, now).map_err(|_| {
            let message = format!("DBCluster {id} is in {} state.", member.status);
            Refusal::sender("InvalidDBClusterStateFault", message)
        })?;
    }
    let cluster = described_cluster(context.account()?, id).ok_or_else(|| no_cluster(id))?;
    Ok(record! { "DBCluster": cluster })
}

fn no_cluster(id: &str) -> Refusal {
    not_found(
        "DBClusterNotFoundFault",
        &format!("DBCluster {id} not found."),
    )
}

/// A cluster as its members tell it; `None` without one.
fn described_cluster(account: &Account, id: &str) -> Option<Value> {
    let members = || {
        let databases = account.databases.iter();
        databases.filter(|one| one.cluster.as_deref() == Some(id))
    };
    let first = members().next()?;
    let listed = members().enumerate().map(|(index, one)| {
        record! {
            "DBInstanceIdentifier": &one.id,
            "IsClusterWriter": index == 0,
            "DBClusterParameterGroupStatus": "in-sync",
            "PromotionTier": 1,
        }
    });
    Some(record! {
        "DBClusterIdentifier": id,
        "DBClusterArn": account.arn("rds", &format!("cluster:{id}")),
        "Status": first.status,
        "Engine": first.engine_name(),
        "EngineVersion": &first.engine_version,
        "EngineMode": "provisioned",
        "MultiAZ": first.multi_az,
        "MasterUsername": "root",
        "ClusterCreateTime": first.created_at,
        "DBClusterMembers": Value::list(listed),
        "ReadReplicaIdentifiers": Vec::new(),
        "AutomaticRestartTime": first.restarts_at,
    })
}

fn describe_parameters(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.required_text("DBParameterGroupName", "InvalidParameterValue")?;
    let group = account
        .parameter_groups
        .iter()
        .find(|group| group.name == name);
    let group = group.ok_or_else(|| {
        not_found(
            "DBParameterGroupNotFound",
            &format!("DBParameterGroup not found: {name}"),
        )
    })?;
    let filters = filters(input)?;
    let source = input.text("Source")?;
    let found = [parameter(group)]
        .into_iter()
        .filter(|_| source.is_none_or(|source| source == group.source))
        .filter(|_| matches(&filters, "parameter-name", &["max_connections"]))
        .collect();
    page(input, "Parameters", found)
}

/// `Filters`: names, each with its accepted values.
fn filters(input: Input<'_>) -> Result<Vec<(&str, Vec<&str>)>, Refusal> {
    input
        .list("Filters")?
        .into_iter()
        .map(|filter| {
            let name = filter.required_text("Name", "InvalidParameterValue")?;
            Ok((name, filter.texts("Values")?))
        })
        .collect()
}

/// Whether every filter called `name` accepts one of `values`.
fn matches(filters: &[(&str, Vec<&str>)], name: &str, values: &[&str]) -> bool {
    filters
        .iter()
        .filter(|(own, _)| *own == name)
        .all(|(_, accepted)| accepted.iter().any(|value| values.contains(value)))
}

fn page(input: Input<'_>, name: &str, items: Vec<Value>) -> Result<Value, Refusal> {
    let page = PAGES.page(items, input.integer("MaxRecords")?, input.text("Marker")?)?;
    Ok(Value::Record(vec![
        (name.to_owned(), page.items.into()),
        ("Marker".to_owned(), page.next.into()),
    ]))
}

/// RDS says 404 where others say 400.
fn not_found(code: &str, message: &str) -> Refusal {
    Refusal {
        status: 404,
        ..Refusal::sender(code, message)
    }
}

fn instance(account: &Account, database: &Database) -> Value {
    let (port, licence) = match database.engine {
        Engine::Postgres => (5432, "postgresql-license"),
        Engine::Mysql => (3306, "general-public-license"),
    };
    let endpoint = record! {
        "Address": format!("{}.c1firstline.{}.rds.amazonaws.com", database.id, account.region),
        "Port": port,
        "HostedZoneId": "Z1RLNUO7B9Q6NB",
    };
    let tags = database
        .tags
        .iter()
        .map(|(key, value)| record! { "Key": key, "Value": value });
    record! {
        "DBInstanceIdentifier": &database.id,
        "DBInstanceClass": &database.class,
        "Engine": database.engine_name(),
        "EngineVersion": &database.engine_version,
        "DBInstanceStatus": database.status,
        "MasterUsername": "root",
        "Endpoint": endpoint,
        "AllocatedStorage": database.allocated_storage,
        "StorageType": "gp3",
        "StorageEncrypted": true,
        "InstanceCreateTime": database.created_at,
        "BackupRetentionPeriod": 7,
        "DBParameterGroups": vec![record! {
            "DBParameterGroupName": &database.parameter_group,
            "ParameterApplyStatus": "in-sync",
        }],
        "AvailabilityZone": &database.availability_zone,
        "MultiAZ": database.multi_az,
        "ReadReplicaDBInstanceIdentifiers": Vec::new(),
        "LicenseModel": licence,
        "PubliclyAccessible": false,
        "DeletionProtection": true,
        "AutomaticRestartTime": database.restarts_at,
        "DBClusterIdentifier": database.cluster.as_ref(),
        "DBInstanceArn": &database.arn,
        "TagList": Value::list(tags),
    }
}

fn parameter(group: &ParameterGroup) -> Value {
    record! {
        "ParameterName": "max_connections",
        "ParameterValue": &group.max_connections,
        "Description": "Sets the maximum number of concurrent connections.",
        "Source": group.source,
        "ApplyType": "static",
        "DataType": "integer",
        "AllowedValues": "6-262143",
        "IsModifiable": true,
        "ApplyMethod": "pending-reboot",
    }
}
