//! Task definitions, and what differs between two of them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::estate::Timestamp;
use crate::estate::id::TaskDefinitionArn;
use crate::estate::text::Text;

/// One revision of a task definition, as far as a person compares two of them. Values of the
/// environment never come in: a name says what changed, a value may be a secret that somebody
/// put in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDefinition {
    /// Its ARN.
    pub arn: TaskDefinitionArn,
    /// CPU units, AWS's word.
    pub cpu: Text,
    /// Memory in MiB, AWS's word.
    pub memory: Text,
    /// The role of its containers.
    pub task_role: Text,
    /// The role that starts them.
    pub execution_role: Text,
    /// Who registered it: the last parts of the ARN.
    pub registered_by: Text,
    /// When.
    pub registered_at: Option<Timestamp>,
    /// Its containers.
    pub containers: Vec<ContainerDefinition>,
}

/// A container of a task definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainerDefinition {
    /// Its name.
    pub name: Text,
    /// The image with its tag.
    pub image: Text,
    /// CPU units, zero when it has no limit of its own.
    pub cpu: i32,
    /// Hard memory limit in MiB.
    pub memory: Option<i32>,
    /// Whether the task ends with it.
    pub essential: bool,
    /// Its command, as one line.
    pub command: Text,
    /// The health check's command with its interval, as one line; empty when it has none.
    pub health_check: Text,
    /// Its ports, as one line.
    pub ports: Text,
    /// Names of the environment, each with a fingerprint of its value that tells whether the
    /// value changed and nothing else.
    pub environment: BTreeMap<Text, u64>,
    /// Names of the secrets, each with where it comes from.
    pub secrets: BTreeMap<Text, Text>,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What: `image`, `memory`, `environment DATABASE_URL`.
    pub what: Text,
    /// How it was; empty when it was not there.
    pub old: Text,
    /// How it is; empty when it is gone.
    pub new: Text,
}

/// What stands for a value that is never shown.
const MASKED: &str = "••••";

/// What differs from `old` to `new`, the likeliest causes of an incident first: images, then
/// commands and health checks, then names of the environment and secrets, then sizes and roles.
/// Values of the environment and of secrets are masked always.
pub fn differences(old: &TaskDefinition, new: &TaskDefinition) -> Vec<Difference> {
    let mut found = Vec::new();
    let several = old.containers.len() > 1 || new.containers.len() > 1;
    for container in &new.containers {
        let mut before = old.containers.iter();
        let before = before.find(|one| one.name == container.name);
        let prefix = if several {
            format!("{} ", container.name)
        } else {
            String::new()
        };
        match before {
            Some(before) => compare(&mut found, &prefix, before, container),
            None => found.push(difference(
                &format!("container {}", container.name),
                "",
                &container.image,
            )),
        }
    }
    for gone in &old.containers {
        if !new.containers.iter().any(|one| one.name == gone.name) {
            found.push(difference(
                &format!("container {}", gone.name),
                &gone.image,
                "",
            ));
        }
    }
    let sizes = [
        ("task cpu", &old.cpu, &new.cpu),
        ("task memory", &old.memory, &new.memory),
        ("task role", &old.task_role, &new.task_role),
        ("execution role", &old.execution_role, &new.execution_role),
    ];
    for (what, old, new) in sizes {
        push(&mut found, what, old, new);
    }
    found
}

fn difference(what: &str, old: &str, new: &str) -> Difference {
    Difference {
        what: what.into(),
        old: old.into(),
        new: new.into(),
    }
}

fn push(found: &mut Vec<Difference>, what: &str, old: &str, new: &str) {
    if old != new {
        found.push(difference(what, old, new));
    }
}

fn compare(
    found: &mut Vec<Difference>,
    prefix: &str,
    old: &ContainerDefinition,
    new: &ContainerDefinition,
) {
    let named = |what: &str| format!("{prefix}{what}");
    push(found, &named("image"), &old.image, &new.image);
    push(found, &named("command"), &old.command, &new.command);
    push(
        found,
        &named("health check"),
        &old.health_check,
        &new.health_check,
    );
    push(found, &named("ports"), &old.ports, &new.ports);
    names(
        found,
        &named("environment"),
        &old.environment,
        &new.environment,
    );
    names(found, &named("secret"), &old.secrets, &new.secrets);
    let cpu = |one: &ContainerDefinition| one.cpu.to_string();
    push(found, &named("cpu"), &cpu(old), &cpu(new));
    let memory = |one: &ContainerDefinition| one.memory.map_or(String::new(), |is| is.to_string());
    push(found, &named("memory"), &memory(old), &memory(new));
    let essential = |one: &ContainerDefinition| one.essential.to_string();
    push(found, &named("essential"), &essential(old), &essential(new));
}

/// Names that came, went, or mean something else now.
fn names<V: PartialEq>(
    found: &mut Vec<Difference>,
    what: &str,
    old: &BTreeMap<Text, V>,
    new: &BTreeMap<Text, V>,
) {
    for (name, value) in new {
        let what = format!("{what} {name}");
        match old.get(name) {
            None => found.push(difference(&what, "", MASKED)),
            Some(before) if before != value => {
                found.push(difference(&what, MASKED, "•••• (changed)"));
            }
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        found.push(difference(&format!("{what} {name}"), MASKED, ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::definition_of;

    #[test]
    fn only_what_differs_is_told_and_no_value_ever() {
        let old = definition_of("orders:57");
        let mut new = definition_of("orders:58");
        assert_eq!(differences(&old, &new), []);
        let app = &mut new.containers[0];
        app.image = "orders:2.4.0".into();
        app.environment.insert("PAYMENT_URL".into(), 7);
        app.environment.insert("LOG_LEVEL".into(), 2);
        app.secrets.clear();
        app.health_check = "CMD curl -f localhost/ready, every 30 s".into();
        new.memory = "512".into();
        let told: Vec<String> = differences(&old, &new)
            .iter()
            .map(|one| format!("{}: {} → {}", one.what, one.old, one.new))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn containers_that_come_and_go_are_differences() {
        let old = definition_of("orders:57");
        let mut new = old.clone();
        new.containers[0].name = "other".into();
        let told: Vec<String> = differences(&old, &new)
            .iter()
            .map(|one| one.what.to_string())
            .collect();
        assert_eq!(told, ["container other", "container app"]);
    }
}
