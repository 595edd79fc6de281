//! What only some services of an environment need: the size of a task, who brought a service
//! back, and what it ran before nobody put it on record.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::future::join_all;

use aws_sdk_ecs::types::{Compatibility, ServiceDeploymentStatus, TaskDefinition};

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::id::TaskDefinitionArn;
use crate::estate::problem::{Feed, Problem};
use crate::estate::service::Service;
use crate::estate::staging::{Sight, Size};
use crate::estate::text::Text;

use super::survey::resource_id;

/// What is needed of a task definition.
#[derive(Clone, Debug)]
struct Trait {
    size: Option<Size>,
    health_checked: bool,
    registered_by: Option<Text>,
}

/// What is known of task definitions.
#[derive(Default)]
pub(in crate::cloud) struct Traits(Mutex<HashMap<TaskDefinitionArn, Trait>>);

impl Traits {
    fn recall(&self, arn: &TaskDefinitionArn) -> Option<Trait> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).cloned()
    }

    fn remember(&self, arn: &TaskDefinitionArn, found: &Trait) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(arn.clone(), found.clone());
    }
}

impl Link {
    /// Adds to each sight what its state asks for. What cannot be read stays unknown: none of
    /// it decides anything.
    pub(super) async fn add_details(&self, sights: &mut [Sight]) {
        let mut wanted: Vec<TaskDefinitionArn> = sights
            .iter()
            .map(|one| one.service.task_definition.clone())
            .filter(|arn| !arn.as_str().is_empty())
            .collect();
        wanted.sort();
        wanted.dedup();
        let read = wanted.iter().map(|arn| self.traits_of(arn));
        let known: HashMap<&TaskDefinitionArn, Trait> = wanted
            .iter()
            .zip(join_all(read).await)
            .filter_map(|(arn, found)| Some((arn, found?)))
            .collect();
        let counts = join_all(sights.iter().map(|one| self.earlier_count(one))).await;
        let actors = join_all(sights.iter().map(|one| {
            let definition = known.get(&one.service.task_definition);
            self.actor(one, definition)
        }))
        .await;
        for ((sight, count), actor) in sights.iter_mut().zip(counts).zip(actors) {
            sight.last_count = count;
            sight.actor = actor;
            let definition = known.get(&sight.service.task_definition);
            sight.size = definition.and_then(|one| one.size);
            sight.health_checked = definition.is_some_and(|one| one.health_checked);
        }
    }

    /// What is needed of a task definition: a revision never changes, so it is read once.
    async fn traits_of(&self, arn: &TaskDefinitionArn) -> Option<Trait> {
        if let Some(known) = self.traits.recall(arn) {
            return Some(known);
        }
        let definition = self.task_definition(arn).await?;
        let found = Trait {
            size: fargate_size(&definition),
            health_checked: checks(&definition),
            registered_by: definition.registered_by().map(Text::from),
        };
        self.traits.remember(arn, &found);
        Some(found)
    }

    async fn task_definition(&self, arn: &TaskDefinitionArn) -> Option<TaskDefinition> {
        let ask = self
            .clients
            .ecs
            .describe_task_definition()
            .task_definition(arn.as_str())
            .send();
        let operation = &gate::DESCRIBE_TASK_DEFINITION;
        let answer = self.gate.call(Feed::Services, operation, ask).await;
        answer.ok()?.task_definition
    }

    /// What the last successful deployment asked for, where no task is wanted and nothing is on
    /// record.
    async fn earlier_count(&self, sight: &Sight) -> Option<u32> {
        let service = &sight.service;
        if service.desired > 0 || sight.record().is_some() {
            return None;
        }
        let list = self
            .clients
            .ecs
            .list_service_deployments()
            .cluster(service.cluster.as_str())
            .service(service.arn.as_str())
            .status(ServiceDeploymentStatus::Successful)
            .max_results(20)
            .send();
        let call = self
            .gate
            .call(Feed::Services, &gate::LIST_DEPLOYMENTS, list);
        let listed = call.await.ok()?;
        let newest = listed.service_deployments().first()?;
        let describe = self
            .clients
            .ecs
            .describe_service_deployments()
            .service_deployment_arns(newest.service_deployment_arn()?)
            .send();
        let operation = &gate::DESCRIBE_DEPLOYMENTS;
        let answer = self
            .gate
            .call(Feed::Services, operation, describe)
            .await
            .ok()?;
        let revision = answer
            .service_deployments()
            .first()?
            .target_service_revision()?;
        u32::try_from(revision.requested_task_count())
            .ok()
            .filter(|count| *count > 0)
    }

    /// Who brought a service back that is on record and wants tasks: whoever registered the
    /// revision deployed since, or what scaled it.
    async fn actor(&self, sight: &Sight, definition: Option<&Trait>) -> Option<Text> {
        let record = sight.record()?.ok()?;
        if sight.service.desired == 0 || record.desired == 0 {
            return None;
        }
        if let Some(scaled) = self.scaled_since(&sight.service, record.at).await.ok()? {
            return Some(scaled);
        }
        let primary = sight.service.primary()?;
        if primary.created_at.is_none_or(|at| at < record.at) {
            return None;
        }
        let by = definition.and_then(|one| one.registered_by.as_deref());
        let by = by.map(|arn| arn.rsplit(':').next().unwrap_or(arn));
        let label = primary.task_definition.label();
        Some(match by {
            Some(by) => format!("{by} deployed {label}").into(),
            None => format!("a deployment of {label}").into(),
        })
    }

    /// The newest scaling activity on a service since `since`.
    async fn scaled_since(
        &self,
        service: &Service,
        since: crate::estate::Timestamp,
    ) -> Result<Option<Text>, Problem> {
        let ask = self
            .clients
            .scaling
            .describe_scaling_activities()
            .service_namespace(aws_sdk_applicationautoscaling::types::ServiceNamespace::Ecs)
            .resource_id(resource_id(&service.cluster, &service.arn))
            .max_results(10)
            .send();
        let operation = &gate::SCALING_ACTIVITIES;
        let answer = self.gate.call(Feed::Services, operation, ask).await?;
        let newest = answer
            .scaling_activities()
            .iter()
            .find(|one| convert::time(one.start_time()).is_some_and(|at| at >= since));
        Ok(newest.map(|one| Text::clean(one.cause())))
    }
}

/// Whether ECS waits for a container's health check: only essential ones count.
fn checks(definition: &TaskDefinition) -> bool {
    let mut containers = definition.container_definitions().iter();
    containers.any(|one| one.essential().unwrap_or(true) && one.health_check().is_some())
}

/// CPU and memory, if tasks of it run on Fargate: there both stand on the task.
fn fargate_size(definition: &TaskDefinition) -> Option<Size> {
    let fargate = definition
        .requires_compatibilities()
        .contains(&Compatibility::Fargate);
    let size = Size {
        units: definition.cpu()?.parse().ok()?,
        mebibytes: definition.memory()?.parse().ok()?,
    };
    fargate.then_some(size)
}
