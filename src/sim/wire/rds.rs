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
    ("StartDBInstance", start_instance),
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
                && matches(&filters, "engine", &[database.engine.as_ref()])
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
    verb(database, now)
        .map_err(|refusal| Refusal::sender("InvalidDBInstanceState", refusal.to_string()))?;
    let account = context.account()?;
    let database = account.databases.iter().find(|one| one.id == id);
    Ok(record! { "DBInstance": database.map(|one| instance(account, one)) })
}

/// There is no Aurora in this world.
fn describe_clusters(_: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    if let Some(id) = input.text("DBClusterIdentifier")? {
        return Err(not_found(
            "DBClusterNotFoundFault",
            &format!("DBCluster {id} not found."),
        ));
    }
    page(input, "DBClusters", Vec::new())
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
        "Engine": database.engine.as_ref(),
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
