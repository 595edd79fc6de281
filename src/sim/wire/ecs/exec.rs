//! `ExecuteCommand`.

use super::{INVALID, cluster_of};
use crate::sim::agent::{Asking, Opening, Place, Purpose};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, Health, LogQuery, Task, TaskStatus, World};

/// The last lines of a task's log a shell can show.
const LINES: usize = 100;
/// How far back they are looked for, in seconds.
const SPAN: i64 = 900;

/// The version of the agent in every container.
pub(in crate::sim::wire) const AGENT: &str = "3.3.2299.0";

/// The account's first key, for a fault that wants a session encrypted.
pub(in crate::sim::wire) fn spare_key(account: &Account) -> Option<String> {
    account.keys.first().map(|key| key.arn.clone())
}

pub(super) fn execute(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let task = account
        .task(input.required_text("task", INVALID)?)
        .filter(|task| task.cluster_arn == cluster.arn)
        .ok_or_else(|| Refusal::sender(INVALID, "The referenced task was not found."))?;
    if !input.flag("interactive")? {
        return Err(Refusal::sender(INVALID, "Interactive must be true."));
    }
    let command = input.required_text("command", INVALID)?.to_owned();
    let name = input.text("container")?.unwrap_or(&task.container.name);
    if name != task.container.name {
        return Err(Refusal::sender(
            INVALID,
            "The container was not found in the task.",
        ));
    }
    if !task.enable_execute_command || task.status != TaskStatus::Running {
        let message = "The execute command failed because execute command was not enabled when \
                       the task was run or the execute command agent isn't running. Wait and try \
                       again or run a new task with execute command enabled and try again.";
        return Err(Refusal::sender(INVALID, message));
    }
    let container = task.container.clone();
    let (task_arn, cluster) = (task.arn.clone(), cluster.clone());
    let spare_key = spare_key(account);
    let target = format!("ecs:{}_{}_{}", cluster.name, task.id, container.runtime_id);
    let purpose = Purpose::Command(Opening {
        command,
        place: place(context.world, context.account_id, task),
        silent: false,
    });
    let asking = Asking {
        account: context.account_id.to_owned(),
        owner: context.caller(),
        target,
        reason: None,
        now: context.world.now(),
        agent: AGENT.to_owned(),
        key: cluster.session_key.clone(),
        spare_key,
    };
    let opened = context
        .gateway
        .open(asking, purpose, context.dice)
        .ok_or_else(|| Refusal::receiver(500))?;
    Ok(record! {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": true,
        "session": record! {
            "sessionId": opened.session_id,
            "streamUrl": opened.stream_url,
            "tokenValue": opened.token,
        },
        "taskArn": task_arn,
    })
}

/// The task whose container Session Manager calls `target`: `ecs:CLUSTER_TASK_RUNTIME`.
pub(in crate::sim::wire) fn task_called<'world>(
    account: &'world Account,
    target: &str,
) -> Option<&'world Task> {
    let mut parts = target.strip_prefix("ecs:")?.rsplitn(3, '_');
    let (runtime, task, cluster) = (parts.next()?, parts.next()?, parts.next()?);
    let found = account.task(task)?;
    let same = found.container.runtime_id == runtime && found.cluster_arn.ends_with(cluster);
    (same && found.enable_execute_command && found.status == TaskStatus::Running).then_some(found)
}

/// What a session in `task` finds.
pub(in crate::sim::wire) fn place(world: &World, account: &str, task: &Task) -> Place {
    let definition = world
        .account(account)
        .and_then(|account| account.task_definition(&task.task_definition))
        .map(|definition| &definition.container);
    let now = world.now();
    let streams = [task.log_stream.clone()];
    let log = definition.and_then(|container| {
        let query = LogQuery {
            group: &container.log_group,
            streams: &streams,
            prefix: "",
            from: now - jiff::SignedDuration::from_secs(SPAN),
            to: now,
        };
        world.log_events(account, &query)
    });
    let log = log.unwrap_or_default();
    let last = log.len().saturating_sub(LINES);
    Place {
        node: false,
        service: task.group.trim_start_matches("service:").to_owned(),
        cluster: task
            .cluster_arn
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        task: task.id.clone(),
        container: task.container.name.clone(),
        address: task.private_ip.clone(),
        port: definition.map_or(8080, |container| container.port),
        healthy: task.container.health != Health::Unhealthy,
        memory: task.memory,
        environment: definition.map_or_else(Vec::new, |container| container.environment.clone()),
        log: log
            .into_iter()
            .skip(last)
            .map(|event| event.message)
            .collect(),
        since: task.started_at.unwrap_or(task.created_at),
        now,
    }
}
