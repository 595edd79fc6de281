//! Everything about one opened service that the board does not know, in three round trips.
//!
//! First, at once: its last deployments, its task definition, its scalable target and what auto
//! scaling did, its targets. Second: those deployments and their revisions. Third: the task
//! definition before the current one, once a revision has named it. Task definitions never
//! change, so each is read once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget, ServiceNamespace};
use aws_sdk_ecs::types as aws;
use futures::future::{BoxFuture, FutureExt as _, join, join_all, join4};

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::{Link, Sink};
use crate::estate::Timestamp;
use crate::estate::aspect::Aspect;
use crate::estate::deployment::ServiceDeployment;
use crate::estate::dossier::{Dossier, Leaf, TargetGroup, TaskDefinition};
use crate::estate::history::ScalingActivity;
use crate::estate::id::{ClusterArn, ServiceArn, TargetGroupArn, TaskDefinitionArn};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};

/// How many deployments are told of.
const LAST: i32 = 10;
/// Task definitions kept; beyond that the oldest look is forgotten whole.
const KEPT: usize = 200;
/// `DescribeScalableTargets` takes fifty (aws.md 2.1).
const SCALED_AT_ONCE: usize = 50;

/// The task definitions read so far: they are immutable (aws.md 2.4).
#[derive(Default)]
pub(in crate::cloud) struct DefinitionCache {
    known: Mutex<HashMap<TaskDefinitionArn, TaskDefinition>>,
}

impl DefinitionCache {
    fn find(&self, arn: &TaskDefinitionArn) -> Option<TaskDefinition> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(arn).cloned()
    }

    fn keep(&self, definition: &TaskDefinition) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(definition.arn.clone(), definition.clone());
    }
}

impl Link {
    /// Reads the dossier of `service`; every leaf is handed over as soon as it is home.
    pub(in crate::cloud) async fn read_dossier(&self, service: &ServiceArn, sink: Sink<'_>) {
        let at = self.gate.now();
        let known = self.fleet.service(service);
        let groups = known.as_ref().map(|one| one.target_groups.clone());
        let current = known.and_then(|one| one.task_definitions.first().cloned());
        let tell = |leaf| {
            let service = service.clone();
            sink(self.part(at, News::Leaf { service, leaf }, Vec::new()));
        };
        let groups = groups.unwrap_or_default();
        join4(
            self.deployments_and_definitions(service, current, at, &tell),
            self.scalable_target(service).map(|answer| {
                tell(Leaf::Scaling(Aspect::of(at, answer)));
            }),
            self.activities_of(service).map(|answer| {
                tell(Leaf::Activities(Aspect::of(at, answer)));
            }),
            self.targets_of(&groups).map(|mut read| {
                read.at = Some(at);
                tell(Leaf::Targets(read));
            }),
        )
        .await;
    }

    /// Reads what the load balancer thinks of each task of `service`, and nothing else.
    pub(in crate::cloud) async fn read_targets(&self, service: &ServiceArn, sink: Sink<'_>) {
        let at = self.gate.now();
        let known = self.fleet.service(service);
        let groups = known.map(|one| one.target_groups).unwrap_or_default();
        let mut read = self.targets_of(&groups).await;
        read.at = Some(at);
        let (service, leaf) = (service.clone(), Leaf::Targets(read));
        sink(self.part(at, News::Leaf { service, leaf }, Vec::new()));
    }

    async fn deployments_and_definitions(
        &self,
        service: &ServiceArn,
        current: Option<TaskDefinitionArn>,
        at: Timestamp,
        tell: &(dyn Fn(Leaf) + Send + Sync),
    ) {
        let cluster = self.cluster_of(service);
        let now = async {
            match &current {
                Some(arn) => Some(self.comparable(arn).await),
                None => None,
            }
        };
        let (rollouts, now) = join(self.rollouts_of(service, &cluster), now).await;
        let mut dossier = Dossier::default();
        dossier.absorb(Leaf::Rollouts(Aspect::of(at, rollouts)));
        tell(Leaf::Rollouts(dossier.rollouts.clone()));
        let Some(current) = current else {
            return;
        };
        let before = match dossier.before(&current) {
            Some(arn) => Some(self.comparable(arn).await),
            None => None,
        };
        let mut definitions = Aspect::of(at, Ok(Vec::new()));
        for answer in now.into_iter().chain(before) {
            match answer {
                Ok(definition) => definitions.news.get_or_insert_default().push(definition),
                Err(problem) => definitions.problem = Some(problem),
            }
        }
        tell(Leaf::Definitions(definitions));
    }

    /// The last deployments, each with what its revision is made of. A deployment whose details
    /// cannot be read stays what the list says of it.
    async fn rollouts_of(
        &self,
        service: &ServiceArn,
        cluster: &ClusterArn,
    ) -> Result<Vec<ServiceDeployment>, Problem> {
        let list = self.clients.ecs.list_service_deployments();
        let list = list.cluster(cluster.as_str()).service(service.as_str());
        let list = list.max_results(LAST).send();
        let call = self.gate.call(Feed::Tasks, &gate::LIST_DEPLOYMENTS, list);
        let listed = call.await?;
        let briefs = listed.service_deployments();
        let of: HashMap<&str, &str> = briefs
            .iter()
            .filter_map(|one| {
                let arn = one.service_deployment_arn()?;
                Some((arn, one.target_service_revision_arn()?))
            })
            .collect();
        let arns: Vec<&str> = briefs
            .iter()
            .filter_map(aws::ServiceDeploymentBrief::service_deployment_arn)
            .collect();
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let (described, revisions) = self.described(&arns, &of).await;
        let read = briefs.iter().filter_map(|brief| {
            let arn = brief.service_deployment_arn()?;
            let found = described
                .iter()
                .find(|one| one.service_deployment_arn() == Some(arn));
            let mut rollout = found
                .and_then(convert::service_deployment)
                .or_else(|| convert::brief(brief))?;
            let brings = of.get(arn).and_then(|&of| {
                let mut revisions = revisions.iter();
                revisions.find(|one| one.service_revision_arn() == Some(of))
            });
            if let Some(revision) = brings {
                convert::revision(revision, &mut rollout);
            }
            Some(rollout)
        });
        Ok(read.collect())
    }

    /// The details of deployments and of the revisions they bring, at once; nothing of what
    /// cannot be read.
    async fn described(
        &self,
        deployments: &[&str],
        of: &HashMap<&str, &str>,
    ) -> (Vec<aws::ServiceDeployment>, Vec<aws::ServiceRevision>) {
        let owned = |arns: &[&str]| arns.iter().map(|&arn| arn.to_owned()).collect();
        let mut revisions: Vec<&str> = of.values().copied().collect();
        revisions.sort_unstable();
        revisions.dedup();
        let ecs = &self.clients.ecs;
        let describe = ecs
            .describe_service_deployments()
            .set_service_deployment_arns(Some(owned(deployments)))
            .send();
        let describe_revisions = ecs
            .describe_service_revisions()
            .set_service_revision_arns(Some(owned(&revisions)))
            .send();
        let (feed, gate) = (Feed::Tasks, &self.gate);
        let (described, revisions) = join(
            gate.call(feed, &gate::DESCRIBE_DEPLOYMENTS, describe),
            gate.call(feed, &gate::DESCRIBE_REVISIONS, describe_revisions),
        )
        .await;
        let described = described.map(|one| one.service_deployments().to_vec());
        let revisions = revisions.map(|one| one.service_revisions().to_vec());
        (described.unwrap_or_default(), revisions.unwrap_or_default())
    }

    fn comparable<'a>(
        &'a self,
        arn: &'a TaskDefinitionArn,
    ) -> BoxFuture<'a, Result<TaskDefinition, Problem>> {
        async move {
            if let Some(known) = self.compared.find(arn) {
                return Ok(known);
            }
            let ask = self.clients.ecs.describe_task_definition();
            let ask = ask.task_definition(arn.as_str()).send();
            let operation = &gate::DESCRIBE_TASK_DEFINITION;
            let answer = self.gate.call(Feed::Tasks, operation, ask).await?;
            let read = answer.task_definition().and_then(convert::definition);
            let read = read.ok_or_else(|| self.unreadable(Feed::Tasks, operation))?;
            self.compared.keep(&read);
            Ok(read)
        }
        .boxed()
    }

    /// What auto scaling may do with services at rest: a maximum of none, or a suspension, says
    /// that somebody meant it. Nothing is asked where none is.
    pub(in crate::cloud) async fn read_at_rest(&self, sink: Sink<'_>) {
        self.know_services(sink).await;
        let at = self.gate.now();
        let known = self.fleet.known().into_iter();
        let resting = known.filter(|(_, one)| one.at_rest).map(|(arn, _)| arn);
        let resting: Vec<ServiceArn> = resting.collect();
        for batch in resting.chunks(SCALED_AT_ONCE) {
            let found = self.scalable_targets(batch).await;
            for service in batch {
                let own = found.as_ref().map(|all| {
                    let resource = self.scaled_as(service);
                    let mut targets = all.iter();
                    let own = targets.find(|one| one.resource_id() == resource);
                    own.map(convert::scaling)
                });
                let leaf = Leaf::Scaling(Aspect::of(at, own.map_err(Clone::clone)));
                let service = service.clone();
                sink(self.part(at, News::Leaf { service, leaf }, Vec::new()));
            }
        }
    }

    pub(super) async fn scalable_targets(
        &self,
        services: &[ServiceArn],
    ) -> Result<Vec<ScalableTarget>, Problem> {
        let ids = services.iter().map(|one| self.scaled_as(one)).collect();
        let ask = self.clients.scaling.describe_scalable_targets();
        let ask = ask
            .service_namespace(ServiceNamespace::Ecs)
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .set_resource_ids(Some(ids))
            .send();
        let call = self.gate.call(Feed::Tasks, &gate::SCALABLE_TARGETS, ask);
        Ok(call.await?.scalable_targets.unwrap_or_default())
    }

    async fn scalable_target(
        &self,
        service: &ServiceArn,
    ) -> Result<Option<crate::estate::dossier::Scaling>, Problem> {
        let found = self.scalable_targets(std::slice::from_ref(service)).await?;
        Ok(found.first().map(convert::scaling))
    }

    /// What auto scaling did, and what it wanted to do and did not.
    async fn activities_of(&self, service: &ServiceArn) -> Result<Vec<ScalingActivity>, Problem> {
        let ask = self.clients.scaling.describe_scaling_activities();
        let ask = ask
            .service_namespace(ServiceNamespace::Ecs)
            .resource_id(self.scaled_as(service))
            .include_not_scaled_activities(true)
            .max_results(20)
            .send();
        let call = self.gate.call(Feed::Tasks, &gate::SCALING_ACTIVITIES, ask);
        let answer = call.await?;
        let raw = answer.scaling_activities().iter();
        Ok(raw.filter_map(convert::activity).collect())
    }

    /// `service/CLUSTER/NAME`, as Application Auto Scaling calls a service.
    pub(super) fn scaled_as(&self, service: &ServiceArn) -> String {
        let cluster = self.cluster_of(service);
        format!("service/{}/{}", cluster.name(), service.name())
    }

    /// Every target of `groups`; one call a group (aws.md 2.1).
    async fn targets_of(&self, groups: &[TargetGroupArn]) -> Aspect<Vec<TargetGroup>> {
        let calls = groups.iter().map(|arn| {
            let ask = self.clients.balancers.describe_target_health();
            let ask = ask.target_group_arn(arn.as_str()).send();
            self.gate.call(Feed::Tasks, &gate::TARGET_HEALTH, ask)
        });
        let mut read = Aspect::default();
        let mut found = Vec::new();
        for (arn, answer) in groups.iter().zip(join_all(calls).await) {
            match answer {
                Ok(answer) => found.push(TargetGroup {
                    arn: arn.clone(),
                    targets: answer
                        .target_health_descriptions()
                        .iter()
                        .filter_map(convert::target)
                        .collect(),
                }),
                Err(problem) => read.problem = Some(problem),
            }
        }
        read.news = (read.problem.is_none() || !found.is_empty()).then_some(found);
        read
    }
}
