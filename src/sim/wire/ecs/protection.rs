//! `GetTaskProtection` and `UpdateTaskProtection`.

use jiff::{SignedDuration, Timestamp};

use super::{INVALID, cluster_of, listed, missing};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::Task;

/// Two hours, where nobody says otherwise.
const DEFAULT_MINUTES: i64 = 120;
/// Two days.
const MOST_MINUTES: i64 = 2880;
/// The most tasks one `UpdateTaskProtection` takes.
const MOST_UPDATED: usize = 10;

pub(super) fn read(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let now = context.world.now();
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let asked = input.texts("tasks")?;
    let running = account.tasks(&cluster.name, None, true);
    let found = running.into_iter().filter(|task| {
        asked.is_empty() || asked.contains(&task.arn.as_str()) || asked.contains(&task.id.as_str())
    });
    let found: Vec<&Task> = found.collect();
    let failures = asked
        .iter()
        .filter(|name| {
            found
                .iter()
                .all(|task| task.arn != **name && task.id != **name)
        })
        .map(|name| missing(name));
    let failures: Vec<Value> = failures.collect();
    let tasks = found.into_iter().map(|task| protected(task, now));
    Ok(listed("protectedTasks", tasks.collect(), None).with("failures", failures))
}

pub(super) fn update(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let now = context.world.now();
    let cluster = cluster_of(context.account()?, input)?.name.clone();
    let asked = super::names_to_describe(input, "tasks", MOST_UPDATED)?;
    let enabled = input.flag("protectionEnabled")?;
    let minutes = input
        .integer("expiresInMinutes")?
        .unwrap_or(DEFAULT_MINUTES);
    if !(1..=MOST_MINUTES).contains(&minutes) {
        let message = format!("expiresInMinutes must be between 1 and {MOST_MINUTES}.");
        return Err(Refusal::sender(INVALID, message));
    }
    let until = enabled.then(|| now + SignedDuration::from_mins(minutes));
    let account = context.world.account_mut(context.account_id);
    let services = account.into_iter().flat_map(|one| &mut one.services);
    let tasks = services.flat_map(|service| &mut service.tasks);
    let (mut changed, mut failures) = (Vec::new(), Vec::new());
    let mut tasks: Vec<&mut Task> = tasks
        .filter(|task| task.wanted && task.cluster_arn.ends_with(&format!("/{cluster}")))
        .collect();
    for name in asked {
        match tasks
            .iter_mut()
            .find(|task| task.arn == name || task.id == name)
        {
            Some(task) => {
                task.protect(until);
                changed.push(protected(task, now));
            }
            None => failures.push(missing(name)),
        }
    }
    Ok(listed("protectedTasks", changed, None).with("failures", failures))
}

fn protected(task: &Task, now: Timestamp) -> Value {
    let until = task.protection(now);
    record! {
        "taskArn": &task.arn,
        "protectionEnabled": until.is_some(),
        "expirationDate": until,
    }
}
