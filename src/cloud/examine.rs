//! What a shell needs, read: the task, its definition, its host and its cluster.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types as aws;
use futures::future::{join_all, join3};

use super::link::Link;
use super::{convert, gate};
use crate::estate::Timestamp;
use crate::estate::doctor::{Agent, Definition, Logging, Patient};
use crate::estate::id::{ClusterArn, ServiceArn, TaskArn};
use crate::estate::problem::{Feed, Problem};
use crate::estate::standing::Way;
use crate::estate::text::Text;

/// Tasks there are to pick from, at most: `DescribeTasks` takes no more at once (aws.md 2.1).
const PICKED_FROM: usize = 100;

/// A container a session could enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What was read about it.
    pub patient: Patient,
    /// The name of the task's service, where it has one.
    pub service: Option<Text>,
}

impl Link {
    /// Reads everything the doctor looks at, for each container of `task`. What cannot be read
    /// beside the task itself is left unknown.
    pub async fn examine(
        &self,
        cluster: &ClusterArn,
        task: &TaskArn,
    ) -> Result<Vec<Candidate>, Problem> {
        let seen_at = self.gate.now();
        let tasks = self
            .tasks_described(cluster, std::slice::from_ref(task))
            .await?;
        let found = self.candidates(cluster, &tasks, seen_at).await;
        Ok(found.into_iter().map(|(_, candidate)| candidate).collect())
    }

    /// The same for each container of each task of `service` that runs, with the task itself:
    /// what there is to pick from.
    ///
    /// # Errors
    /// When the tasks could not be listed or described.
    pub async fn ways(&self, service: &ServiceArn) -> Result<Vec<Way>, Problem> {
        let seen_at = self.gate.now();
        let cluster = self.cluster_of(service);
        let mut arns = self.running_tasks(service).await?;
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        arns.truncate(PICKED_FROM);
        let tasks = self.tasks_described(&cluster, &arns).await?;
        let found = self.candidates(&cluster, &tasks, seen_at).await;
        let way = |(raw, candidate): (&aws::Task, Candidate)| {
            Some(Way {
                task: convert::task(raw, &cluster)?,
                patient: candidate.patient,
            })
        };
        Ok(found.into_iter().filter_map(way).collect())
    }

    async fn tasks_described(
        &self,
        cluster: &ClusterArn,
        tasks: &[TaskArn],
    ) -> Result<Vec<aws::Task>, Problem> {
        let arns = tasks.iter().map(|one| one.as_str().to_owned()).collect();
        let describe = self.clients.ecs.describe_tasks().cluster(cluster.as_str());
        let call = describe.set_tasks(Some(arns)).send();
        let operation = &gate::DESCRIBE_TASKS;
        let answer = self.gate.call(Feed::Tasks, operation, call).await?;
        Ok(answer.tasks.unwrap_or_default())
    }

    /// Each container of `tasks`; a definition or an instance they share is read once.
    async fn candidates<'a>(
        &self,
        cluster: &ClusterArn,
        tasks: &'a [aws::Task],
        seen_at: Timestamp,
    ) -> Vec<(&'a aws::Task, Candidate)> {
        let distinct = |of: fn(&aws::Task) -> Option<&str>| -> BTreeSet<&str> {
            tasks.iter().filter_map(of).collect()
        };
        let definitions = distinct(aws::Task::task_definition_arn);
        let hosts = distinct(aws::Task::container_instance_arn);
        let (read, logging, agents) = join3(
            join_all(definitions.iter().map(|arn| self.definition(arn))),
            self.logging(cluster),
            join_all(hosts.iter().map(|host| self.host_agent(cluster, host))),
        )
        .await;
        let definitions: BTreeMap<&str, _> = definitions.into_iter().zip(read).collect();
        let agents: BTreeMap<&str, _> = hosts.into_iter().zip(agents).collect();
        let around = |task: &aws::Task| Around {
            seen_at,
            definition: task
                .task_definition_arn()
                .and_then(|arn| definitions.get(arn)?.as_ref()),
            logging: logging.as_ref(),
            host_agent: task
                .container_instance_arn()
                .and_then(|host| agents.get(host)?.as_ref()),
        };
        let each = tasks.iter().flat_map(|task| {
            let around = around(task);
            let containers = task.containers().iter();
            containers.map(move |one| (task, candidate(task, one, &around)))
        });
        each.collect()
    }

    async fn definition(&self, arn: &str) -> Option<aws::TaskDefinition> {
        let call = self
            .clients
            .ecs
            .describe_task_definition()
            .task_definition(arn)
            .send();
        let operation = &gate::DESCRIBE_TASK_DEFINITION;
        let answer = self.gate.call(Feed::Tasks, operation, call).await.ok()?;
        answer.task_definition
    }

    /// How the cluster records sessions, and the key it encrypts them with.
    async fn logging(&self, cluster: &ClusterArn) -> Option<(Logging, Option<Text>)> {
        let call = self
            .clients
            .ecs
            .describe_clusters()
            .clusters(cluster.as_str())
            .include(aws::ClusterField::Configurations)
            .send();
        let operation = &gate::DESCRIBE_CLUSTERS;
        let answer = self.gate.call(Feed::Tasks, operation, call).await.ok()?;
        let cluster = answer.clusters().first()?;
        let configured = cluster
            .configuration()
            .and_then(|one| one.execute_command_configuration());
        let logging = configured.and_then(|one| one.logging());
        let key = configured.and_then(|one| one.kms_key_id()).map(Text::clean);
        Some((logging.map_or(Logging::Default, logged), key))
    }

    /// The ECS agent's version on an instance; Fargate has none.
    async fn host_agent(&self, cluster: &ClusterArn, host: &str) -> Option<Text> {
        let call = self
            .clients
            .ecs
            .describe_container_instances()
            .cluster(cluster.as_str())
            .container_instances(host)
            .send();
        let operation = &gate::CONTAINER_INSTANCES;
        let answer = self.gate.call(Feed::Tasks, operation, call).await.ok()?;
        let version = answer.container_instances().first()?.version_info()?;
        version.agent_version().map(Text::clean)
    }
}

/// What is known around a task beside itself.
struct Around<'a> {
    seen_at: Timestamp,
    definition: Option<&'a aws::TaskDefinition>,
    logging: Option<&'a (Logging, Option<Text>)>,
    host_agent: Option<&'a Text>,
}

fn candidate(task: &aws::Task, container: &aws::Container, around: &Around<'_>) -> Candidate {
    Candidate {
        patient: Patient {
            seen_at: around.seen_at,
            task: task.task_arn().unwrap_or_default().into(),
            last_status: task.last_status().unwrap_or_default().into(),
            desired_status: task.desired_status().unwrap_or_default().into(),
            exec_enabled: task.enable_execute_command(),
            launch_type: launch_type(task).into(),
            platform: task.platform_version().map(Text::clean),
            host_agent: around.host_agent.cloned(),
            container: container.name().unwrap_or_default().into(),
            runtime_id: container.runtime_id().unwrap_or_default().into(),
            container_status: container.last_status().unwrap_or_default().into(),
            agent: agent(container),
            definition: around
                .definition
                .and_then(|one| defined(one, container.name()?)),
            logging: around.logging.map(|(logging, _)| logging.clone()),
            key: around.logging.and_then(|(_, key)| key.clone()),
        },
        service: task
            .group()
            .and_then(|group| group.strip_prefix("service:"))
            .map(Text::clean),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the SDK's own way to tell a word it does not know"
)]
fn logged(logging: &aws::ExecuteCommandLogging) -> Logging {
    match logging {
        aws::ExecuteCommandLogging::None => Logging::Off,
        aws::ExecuteCommandLogging::Default => Logging::Default,
        aws::ExecuteCommandLogging::Override => Logging::Override,
        other => Logging::Unknown(other.as_str().into()),
    }
}

/// A capacity provider leaves the launch type out; an instance or a platform says it all the same.
fn launch_type(task: &aws::Task) -> &str {
    match task.launch_type() {
        Some(kind) => kind.as_str(),
        None if task.container_instance_arn().is_some() => "EC2",
        None => "FARGATE",
    }
}

fn agent(container: &aws::Container) -> Option<Agent> {
    let agent = container
        .managed_agents()
        .iter()
        .find(|agent| agent.name() == Some(&aws::ManagedAgentName::ExecuteCommandAgent))?;
    Some(Agent {
        status: agent.last_status().unwrap_or_default().into(),
        reason: agent.reason().map(Text::clean),
    })
}

fn defined(definition: &aws::TaskDefinition, container: &str) -> Option<Definition> {
    let mut containers = definition.container_definitions().iter();
    let container = containers.find(|one| one.name() == Some(container))?;
    let own_keys = container
        .environment()
        .iter()
        .filter_map(|variable| variable.name())
        .filter(|name| name.starts_with("AWS_ACCESS_KEY") || name.starts_with("AWS_SECRET"))
        .map(Text::clean);
    Some(Definition {
        task_role: definition
            .task_role_arn()
            .is_some_and(|role| !role.is_empty()),
        read_only: container.readonly_root_filesystem() == Some(true),
        own_keys: own_keys.collect(),
        init_process: container
            .linux_parameters()
            .and_then(aws::LinuxParameters::init_process_enabled)
            == Some(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_tells_what_the_agent_needs() {
        let variable = |name| aws::KeyValuePair::builder().name(name).value("x").build();
        let container = aws::ContainerDefinition::builder()
            .name("app")
            .readonly_root_filesystem(true)
            .environment(variable("AWS_ACCESS_KEY_ID"))
            .environment(variable("AWS_REGION"))
            .build();
        let definition = aws::TaskDefinition::builder()
            .container_definitions(container)
            .build();
        let found = defined(&definition, "app").unwrap();
        assert!(found.read_only && !found.task_role && !found.init_process);
        assert_eq!(found.own_keys, ["AWS_ACCESS_KEY_ID".into()]);
        assert_eq!(defined(&definition, "other"), None);
    }

    #[test]
    fn only_the_exec_agent_counts() {
        let agent_of = |name| {
            let raw = aws::ManagedAgent::builder()
                .name(name)
                .last_status("RUNNING");
            agent(
                &aws::Container::builder()
                    .managed_agents(raw.build())
                    .build(),
            )
        };
        assert_eq!(agent_of("GuardDuty".into()), None);
        let found = agent_of(aws::ManagedAgentName::ExecuteCommandAgent).unwrap();
        assert_eq!(&*found.status, "RUNNING");
    }
}
