//! ECS: clusters, services, tasks, task definitions, service deployments and tags.

mod clusters;
mod deployments;
mod exec;
mod protection;
mod services;
mod tags;
mod task_definitions;
mod tasks;

pub(super) use exec::{AGENT, place, spare_key, task_called};

use super::Operation;
use super::error::Refusal;
use super::input::Input;
use super::paging::Limits;
use super::value::{Value, record};
use crate::sim::world::{Account, Cluster, verb};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeClusters", clusters::describe),
    ("DescribeServiceDeployments", deployments::describe),
    ("DescribeServiceRevisions", deployments::describe_revisions),
    ("DescribeServices", services::describe),
    ("DescribeTaskDefinition", task_definitions::describe),
    ("DescribeTasks", tasks::describe),
    ("ExecuteCommand", exec::execute),
    ("GetTaskProtection", protection::read),
    ("ListClusters", clusters::list),
    ("ListServiceDeployments", deployments::list),
    ("ListServices", services::list),
    ("ListTagsForResource", tags::list),
    ("ListTasks", tasks::list),
    ("StopServiceDeployment", deployments::stop),
    ("StopTask", tasks::stop),
    ("TagResource", tags::tag),
    ("UntagResource", tags::untag),
    ("UpdateService", services::update),
    ("UpdateTaskProtection", protection::update),
];

/// How ECS names a bad parameter.
const INVALID: &str = "InvalidParameterException";

/// The pages of most lists.
const PAGES: Limits = Limits {
    default: 100,
    smallest: 1,
    largest: 100,
    code: INVALID,
};

/// The cluster an operation is about: `cluster`, or the one called `default`.
fn cluster_of<'world>(
    account: &'world Account,
    input: Input<'_>,
) -> Result<&'world Cluster, Refusal> {
    let name = input.text("cluster")?.unwrap_or("default");
    cluster(account, name)
        .ok_or_else(|| Refusal::sender("ClusterNotFoundException", "Cluster not found."))
}

fn cluster<'world>(account: &'world Account, name: &str) -> Option<&'world Cluster> {
    account
        .clusters
        .iter()
        .find(|cluster| cluster.arn == name || cluster.name == name)
}

/// The names to describe: at least one, at most `largest`.
fn names_to_describe<'request>(
    input: Input<'request>,
    member: &str,
    largest: usize,
) -> Result<Vec<&'request str>, Refusal> {
    let names = input.texts(member)?;
    if names.is_empty() {
        return Err(Refusal::sender(
            INVALID,
            format!("{member} cannot be empty."),
        ));
    }
    if names.len() > largest {
        let message = format!("{member} can have at most {largest} items.");
        return Err(Refusal::sender(INVALID, message));
    }
    Ok(names)
}

/// Whether `include` asks for `part`.
fn includes(input: Input<'_>, part: &str) -> Result<bool, Refusal> {
    Ok(input.texts("include")?.contains(&part))
}

/// An entry of `failures[]`: what was asked for is not there.
fn missing(arn: &str) -> Value {
    record! { "arn": arn, "reason": "MISSING" }
}

/// The world's refusal under ECS's name.
fn refused(refusal: &verb::Refusal) -> Refusal {
    let code = match refusal {
        verb::Refusal::ClusterNotFound => "ClusterNotFoundException",
        verb::Refusal::ServiceNotFound => "ServiceNotFoundException",
        verb::Refusal::DeploymentNotFound => "ServiceDeploymentNotFoundException",
        verb::Refusal::DeploymentOver(_) => "ConflictException",
        verb::Refusal::ResourceNotFound => "ResourceNotFoundException",
        verb::Refusal::TaskNotFound | verb::Refusal::Invalid(_) => INVALID,
    };
    Refusal::sender(code, refusal.to_string())
}

/// `members` with the name of the list they go under, and the token of the next page.
fn listed(name: &str, items: Vec<Value>, next: Option<String>) -> Value {
    Value::Record(vec![
        (name.to_owned(), items.into()),
        ("nextToken".to_owned(), next.into()),
    ])
}
