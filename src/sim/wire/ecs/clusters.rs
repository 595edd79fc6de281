//! `ListClusters` and `DescribeClusters`.

use super::tags::tag_list;
use super::{PAGES, cluster, includes, listed, missing};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, Cluster, Service};

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let arns = context
        .account()?
        .clusters
        .iter()
        .map(|cluster| Value::from(&cluster.arn));
    let page = PAGES.page(arns, input.integer("maxResults")?, input.text("nextToken")?)?;
    Ok(listed("clusterArns", page.items, page.next))
}

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let mut names = input.texts("clusters")?;
    if names.is_empty() {
        names.push("default");
    }
    let (tags, settings) = (includes(input, "TAGS")?, includes(input, "SETTINGS")?);
    let configuration = includes(input, "CONFIGURATIONS")?;
    let (mut clusters, mut failures) = (Vec::new(), Vec::new());
    for name in names {
        match cluster(account, name) {
            Some(found) => {
                let mut value = described(account, found);
                if tags {
                    value = value.with("tags", tag_list(&found.tags));
                }
                if settings {
                    value = value.with("settings", settings_of(found));
                }
                if configuration {
                    value = value.with("configuration", configuration_of(found));
                }
                clusters.push(value);
            }
            None if name.starts_with("arn:") => failures.push(missing(name)),
            None => failures.push(missing(&account.arn("ecs", &format!("cluster/{name}")))),
        }
    }
    Ok(record! { "clusters": clusters, "failures": failures })
}

fn described(account: &Account, cluster: &Cluster) -> Value {
    let services = || account.services_of(&cluster.name);
    record! {
        "clusterArn": &cluster.arn,
        "clusterName": &cluster.name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": services().map(Service::running).sum::<usize>(),
        "pendingTasksCount": services().map(Service::pending).sum::<usize>(),
        "activeServicesCount": services().count(),
        "statistics": Vec::new(),
        "capacityProviders": Value::list(["FARGATE", "FARGATE_SPOT"]),
        "defaultCapacityProviderStrategy": Vec::new(),
    }
}

/// Sessions in the clusters of production are recorded; staging's are not.
fn configuration_of(cluster: &Cluster) -> Value {
    let logging = if cluster.name == "staging" {
        record! { "logging": "NONE" }
    } else {
        record! {
            "logging": "OVERRIDE",
            "logConfiguration": record! {
                "cloudWatchLogGroupName": format!("/ecs/{}/sessions", cluster.name),
            },
        }
    };
    let logging = match &cluster.session_key {
        Some(key) => logging.with("kmsKeyId", key.as_str()),
        None => logging,
    };
    record! { "executeCommandConfiguration": logging }
}

fn settings_of(cluster: &Cluster) -> Vec<Value> {
    vec![record! { "name": "containerInsights", "value": cluster.container_insights }]
}
