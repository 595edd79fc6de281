//! `ListTasks`, `DescribeTasks` and `StopTask`.

use super::services::service_of;
use super::{INVALID, PAGES, cluster_of, listed, missing, names_to_describe, refused};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, Health, Task, TaskStatus, trail};

/// The most tasks one `DescribeTasks` takes.
const MOST_DESCRIBED: usize = 100;

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let service = match input.text("serviceName")? {
        Some(name) => Some(service_of(account, input, name)?.name.as_str()),
        None => None,
    };
    let wanted = match input.text("desiredStatus")? {
        None | Some("RUNNING") => true,
        Some("STOPPED") => false,
        // AWS takes PENDING and finds nothing: ECS never sets it.
        Some("PENDING") => return Ok(record! { "taskArns": Vec::new() }),
        Some(_) => return Err(Refusal::sender(INVALID, "Unknown desiredStatus.")),
    };
    let family = input.text("family")?;
    let started_by = input.text("startedBy")?;
    let launch_type = input.text("launchType")?;
    let arns = account
        .tasks(&cluster.name, service, wanted)
        .into_iter()
        .filter(|task| family.is_none_or(|family| family_of(task) == family))
        .filter(|task| started_by.is_none_or(|wanted| task.started_by == wanted))
        .filter(|task| launch_type.is_none_or(|wanted| wanted == self::launch_type(account, task)))
        .map(|task| Value::from(&task.arn));
    let page = PAGES.page(arns, input.integer("maxResults")?, input.text("nextToken")?)?;
    Ok(listed("taskArns", page.items, page.next))
}

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for name in names_to_describe(input, "tasks", MOST_DESCRIBED)? {
        match account
            .task(name)
            .filter(|task| task.cluster_arn == cluster.arn)
        {
            Some(task) => tasks.push(described(account, task)),
            None if name.starts_with("arn:") => failures.push(missing(name)),
            None => {
                let resource = format!("task/{}/{name}", cluster.name);
                failures.push(missing(&account.arn("ecs", &resource)));
            }
        }
    }
    Ok(record! { "tasks": tasks, "failures": failures })
}

pub(super) fn stop(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let cluster = cluster_of(context.account()?, input)?.arn.clone();
    let name = input.required_text("task", INVALID)?;
    let reason = input.text("reason")?;
    let found = context
        .account()?
        .task(name)
        .filter(|task| task.cluster_arn == cluster);
    let arn = found
        .map(|task| task.arn.clone())
        .ok_or_else(|| Refusal::sender(INVALID, "The referenced task was not found."))?;
    context
        .world
        .stop_task(context.account_id, &arn, reason)
        .map_err(|refusal| refused(&refusal))?;
    let asked = serde_json::json!({ "cluster": cluster, "task": arn, "reason": reason });
    context.remember((trail::ECS, "StopTask"), asked);
    let account = context.account()?;
    Ok(record! { "task": account.task(&arn).map(|task| described(account, task)) })
}

/// The family in `…:task-definition/{family}:{revision}`.
fn family_of(task: &Task) -> &str {
    let name = task.task_definition.rsplit('/').next().unwrap_or_default();
    name.split(':').next().unwrap_or_default()
}

/// What the task's service runs on.
fn launch_type(account: &Account, task: &Task) -> &'static str {
    let mut services = account.services.iter();
    let service = services.find(|service| {
        service.cluster_arn == task.cluster_arn
            && task.group.strip_prefix("service:") == Some(service.name.as_str())
    });
    service.map_or("FARGATE", |service| service.launch_type)
}

fn described(account: &Account, task: &Task) -> Value {
    let connected = task.started_at.or(task.pull_started_at);
    record! {
        "taskArn": &task.arn,
        "clusterArn": &task.cluster_arn,
        "taskDefinitionArn": &task.task_definition,
        "group": &task.group,
        "startedBy": &task.started_by,
        "lastStatus": task.status.as_ref(),
        "desiredStatus": task.desired_status(),
        "healthStatus": task.container.health.as_ref(),
        "launchType": launch_type(account, task),
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "availabilityZone": &task.availability_zone,
        "cpu": task.cpu.to_string(),
        "memory": task.memory.to_string(),
        "connectivity": connected.map(|_| match task.fate.silent {
            Some(_) => "DISCONNECTED",
            None => "CONNECTED",
        }),
        "connectivityAt": task.fate.silent.or(connected),
        "enableExecuteCommand": task.enable_execute_command,
        "attachments": vec![attachment(account, task)],
        "attributes": vec![record! { "name": "ecs.cpu-architecture", "value": "x86_64" }],
        "containers": vec![container(task)],
        "overrides": record! {
            "containerOverrides": vec![record! { "name": &task.container.name }],
            "inferenceAcceleratorOverrides": Vec::new(),
        },
        "ephemeralStorage": record! { "sizeInGiB": 20 },
        "createdAt": task.created_at,
        "pullStartedAt": task.pull_started_at,
        "pullStoppedAt": task.pull_stopped_at,
        "startedAt": task.started_at,
        "stoppingAt": task.stopping_at,
        "executionStoppedAt": task.execution_stopped_at,
        "stoppedAt": task.stopped_at,
        "stopCode": task.stop_code.map(|code| code.as_ref().to_owned()),
        "stoppedReason": task.stopped_reason.as_ref(),
        "tags": Vec::new(),
        "version": 1,
    }
}

fn attachment(account: &Account, task: &Task) -> Value {
    let subnet = account
        .services
        .iter()
        .find(|service| task.group.strip_prefix("service:") == Some(service.name.as_str()))
        .and_then(|service| service.subnets.first());
    let detail = |name: &str, value: &str| record! { "name": name, "value": value };
    let mut details = vec![
        detail("networkInterfaceId", &task.network_interface),
        detail("privateIPv4Address", &task.private_ip),
    ];
    details.extend(subnet.map(|subnet| detail("subnetId", subnet)));
    record! {
        "id": attachment_id(task),
        "type": "ElasticNetworkInterface",
        "status": if task.status == TaskStatus::Stopped { "DELETED" } else { "ATTACHED" },
        "details": details,
    }
}

/// One interface for each task, so the task's id will do.
fn attachment_id(task: &Task) -> String {
    format!("eni-attach-{}", task.id)
}

fn container(task: &Task) -> Value {
    let container = &task.container;
    let agent = (task.enable_execute_command && task.started_at.is_some()).then(|| {
        let status = if task.status == TaskStatus::Running {
            "RUNNING"
        } else {
            "STOPPED"
        };
        vec![record! {
            "name": "ExecuteCommandAgent",
            "lastStatus": status,
            "lastStartedAt": task.started_at,
        }]
    });
    let ended = task.execution_stopped_at.is_some() || task.started_at.is_none();
    let status = if task.status.is_pending() {
        "PENDING"
    } else if task.status > TaskStatus::Running && ended {
        "STOPPED"
    } else {
        "RUNNING"
    };
    let health = if status == "RUNNING" {
        container.health
    } else {
        Health::Unknown
    };
    record! {
        "containerArn": &container.arn,
        "taskArn": &task.arn,
        "name": &container.name,
        "image": &container.image,
        "imageDigest": &container.image_digest,
        "runtimeId": &container.runtime_id,
        "lastStatus": status,
        "exitCode": container.exit_code,
        "reason": container.reason.as_ref(),
        "healthStatus": health.as_ref(),
        "networkBindings": Vec::new(),
        "networkInterfaces": vec![record! {
            "attachmentId": attachment_id(task),
            "privateIpv4Address": &task.private_ip,
        }],
        "managedAgents": agent,
        "cpu": "0",
    }
}
