//! Task definitions, without the values of their environment.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use aws_sdk_ecs::types as aws;

use super::{text_or_empty, time_of};
use crate::estate::dossier::{ContainerDefinition, TaskDefinition};
use crate::estate::identity;
use crate::estate::text::Text;

/// A task definition; `None` when it has no ARN.
pub(in crate::cloud) fn definition(raw: &aws::TaskDefinition) -> Option<TaskDefinition> {
    Some(TaskDefinition {
        arn: raw.task_definition_arn()?.into(),
        cpu: text_or_empty(raw.cpu()),
        memory: text_or_empty(raw.memory()),
        task_role: text_or_empty(raw.task_role_arn()),
        execution_role: text_or_empty(raw.execution_role_arn()),
        registered_by: raw
            .registered_by()
            .map(identity::short)
            .unwrap_or_default()
            .into(),
        registered_at: time_of(raw.registered_at()),
        containers: raw.container_definitions().iter().map(container).collect(),
    })
}

fn container(raw: &aws::ContainerDefinition) -> ContainerDefinition {
    let environment = raw.environment().iter().filter_map(|pair| {
        let value = pair.value().unwrap_or_default();
        Some((Text::clean(pair.name()?), fingerprint(value)))
    });
    let secrets = raw.secrets().iter();
    ContainerDefinition {
        name: text_or_empty(raw.name()),
        image: text_or_empty(raw.image()),
        cpu: raw.cpu(),
        memory: raw.memory(),
        essential: raw.essential().unwrap_or(true),
        command: raw.command().join(" ").into(),
        health_check: raw.health_check().map(check).unwrap_or_default(),
        ports: ports(raw.port_mappings()),
        environment: environment.collect::<BTreeMap<_, _>>(),
        secrets: secrets
            .map(|secret| (Text::clean(secret.name()), Text::clean(secret.value_from())))
            .collect(),
    }
}

/// Tells whether a value changed, and nothing else of it. It never leaves the memory of this
/// process.
fn fingerprint(value: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn check(raw: &aws::HealthCheck) -> Text {
    let command = raw.command().join(" ");
    let interval = raw.interval().unwrap_or(30);
    let (timeout, retries) = (raw.timeout().unwrap_or(5), raw.retries().unwrap_or(3));
    let start = raw.start_period().unwrap_or(0);
    let mut words =
        format!("{command}, every {interval} s, timeout {timeout} s, {retries} retries");
    if start > 0 {
        words = format!("{words}, start period {start} s");
    }
    words.into()
}

fn ports(raw: &[aws::PortMapping]) -> Text {
    let ports = raw.iter().filter_map(aws::PortMapping::container_port);
    let ports: Vec<String> = ports.map(|port| port.to_string()).collect();
    ports.join(", ").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::dossier::differences;

    fn with(name: &str, value: &str) -> TaskDefinition {
        let pair = aws::KeyValuePair::builder().name(name).value(value).build();
        let raw = aws::TaskDefinition::builder()
            .task_definition_arn("arn:aws:ecs:x:1:task-definition/orders:1")
            .registered_by("arn:aws:sts::1:assumed-role/ci/deploy")
            .container_definitions(
                aws::ContainerDefinition::builder()
                    .name("app")
                    .environment(pair)
                    .build(),
            )
            .build();
        definition(&raw).unwrap()
    }

    #[test]
    fn a_value_is_compared_and_never_kept() {
        let (old, new) = (
            with("PASSWORD", "hunter2"),
            with("PASSWORD", "correct horse"),
        );
        assert_eq!(&*old.registered_by, "deploy@ci");
        let told = format!("{old:?}{new:?}{:?}", differences(&old, &new));
        assert!(told.contains("PASSWORD") && !told.contains("hunter2") && !told.contains("horse"));
        assert_eq!(differences(&old, &new).len(), 1);
        assert_eq!(differences(&old, &old), []);
    }
}
