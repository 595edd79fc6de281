//! One whole look at an environment, to plan with.
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the methods' own paths are longer than the lines they stand in"
)]

use std::collections::HashMap;

use aws_sdk_applicationautoscaling::types as scaling;
use aws_sdk_ecs::types::{ClusterField, ServiceField};
use futures::future::{join, join_all, join4};

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::staging::{
    LOCK_TAG, Lock, LockError, Orders, Scaling, Sight, Survey, Suspended,
};
use crate::estate::text::Text;

/// `DescribeServices` takes ten services of one cluster (aws.md 2.1).
const DESCRIBE_BATCH: usize = 10;

/// What scales services, by `service/CLUSTER/NAME`.
#[derive(Default)]
struct Scalings {
    targets: HashMap<String, Scaling>,
    scheduled: HashMap<String, Vec<Text>>,
    problems: Vec<Problem>,
}

impl Link {
    /// Looks at everything a plan needs. What could not be read travels inside, and a plan made
    /// of such a look is refused; without caller and clusters there is no look at all.
    ///
    /// # Errors
    /// When AWS does not say who is asking, or which clusters there are.
    pub async fn survey(&self, orders: &Orders) -> Result<Survey, Problem> {
        let taken_at = self.gate.now();
        let Some(caller) = self.ask_identity().await? else {
            return Err(self.other(
                &gate::CALLER,
                Feed::Identity,
                "AWS did not name the account",
            ));
        };
        self.gate.belongs_to(&caller.account, &self.budgets);
        let (clusters, mut problems) = self.environment_clusters().await?;
        let lock = match clusters.first() {
            Some(cluster) => self.environment_lock(cluster).await?,
            None => None,
        };
        let (services, scalings, databases, muting) = join4(
            join_all(clusters.iter().map(|one| self.every_service(one))),
            self.scalings(),
            self.environment_databases(orders),
            self.muting(orders),
        )
        .await;
        let mut sights = Vec::new();
        for (found, failed) in services {
            sights.extend(found);
            problems.extend(failed);
        }
        for sight in &mut sights {
            let id = resource_id(&sight.service.cluster, &sight.service.arn);
            sight.scaling = scalings.targets.get(&id).copied();
            sight.scheduled = scalings.scheduled.get(&id).cloned().unwrap_or_default();
        }
        problems.extend(scalings.problems);
        problems.extend(databases.1);
        let muting = muting.unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        self.add_details(&mut sights).await;
        Ok(Survey {
            taken_at,
            caller,
            region: self.gate.region.clone(),
            clusters,
            lock,
            services: sights,
            databases: databases.0,
            muting,
            problems,
        })
    }

    pub(super) fn other(
        &self,
        operation: &'static gate::Operation,
        feed: Feed,
        words: &str,
    ) -> Problem {
        Problem {
            feed,
            operation: operation.name,
            kind: ProblemKind::Other,
            sentence: words.into(),
            at: self.gate.now(),
        }
    }

    /// The clusters of the allow-list as ARNs, in their order; one that is not there is a
    /// problem.
    async fn environment_clusters(&self) -> Result<(Vec<ClusterArn>, Vec<Problem>), Problem> {
        let Some(listed) = &self.environment.clusters else {
            let words = "the settings list no cluster for this environment";
            return Err(self.other(&gate::DESCRIBE_CLUSTERS, Feed::Inventory, words));
        };
        let ask = self
            .clients
            .ecs
            .describe_clusters()
            .set_clusters(Some(listed.iter().map(ToString::to_string).collect()))
            .include(ClusterField::Tags)
            .send();
        let answer = self
            .gate
            .call(Feed::Inventory, &gate::DESCRIBE_CLUSTERS, ask)
            .await?;
        let mut clusters: Vec<ClusterArn> = answer
            .clusters()
            .iter()
            .filter(|one| one.status().is_none_or(|status| status == "ACTIVE"))
            .filter_map(|one| one.cluster_arn().map(ClusterArn::new))
            .collect();
        clusters.sort();
        clusters.dedup();
        let mut problems = Vec::new();
        if clusters.len() < listed.len() {
            let words = format!(
                "of {} clusters in the settings AWS shows {}",
                listed.len(),
                clusters.len()
            );
            problems.push(self.other(&gate::DESCRIBE_CLUSTERS, Feed::Inventory, &words));
        }
        Ok((clusters, problems))
    }

    /// The lock on `cluster`; `None` without the tag.
    ///
    /// # Errors
    /// When the tags cannot be read: then nobody can know who is at it.
    pub async fn environment_lock(
        &self,
        cluster: &ClusterArn,
    ) -> Result<Option<Result<Lock, LockError>>, Problem> {
        let ask = self
            .clients
            .ecs
            .list_tags_for_resource()
            .resource_arn(cluster.as_str())
            .send();
        let answer = self
            .gate
            .call(Feed::Inventory, &gate::LIST_TAGS, ask)
            .await?;
        let tag = answer.tags().iter().find(|tag| tag.key() == Some(LOCK_TAG));
        Ok(tag.map(|tag| tag.value().unwrap_or_default().parse()))
    }

    /// Every service of a cluster, with its tags.
    async fn every_service(&self, cluster: &ClusterArn) -> (Vec<Sight>, Vec<Problem>) {
        let ask = |token| {
            let list = self.clients.ecs.list_services().cluster(cluster.as_str());
            list.max_results(100).set_next_token(token).send()
        };
        let listed = self
            .gate
            .pages(Feed::Inventory, &gate::LIST_SERVICES, ask, |page| {
                page.next_token()
            })
            .await;
        let mut problems: Vec<Problem> = listed.problem.into_iter().collect();
        let mut arns: Vec<ServiceArn> = listed
            .pages
            .iter()
            .flat_map(aws_sdk_ecs::operation::list_services::ListServicesOutput::service_arns)
            .map(|arn| ServiceArn::new(arn.as_str()))
            .collect();
        arns.sort();
        arns.dedup();
        let (found, failed) = self.describe_environment(cluster, &arns).await;
        problems.extend(failed);
        (found, problems)
    }

    /// Services of a cluster with their tags, ten at a time; what AWS does not describe is a
    /// problem. Their scaling is not asked for.
    pub async fn describe_environment(
        &self,
        cluster: &ClusterArn,
        services: &[ServiceArn],
    ) -> (Vec<Sight>, Vec<Problem>) {
        let batches = services.chunks(DESCRIBE_BATCH).map(|batch| {
            let ask = self
                .clients
                .ecs
                .describe_services()
                .cluster(cluster.as_str())
                .set_services(Some(batch.iter().map(ToString::to_string).collect()))
                .include(ServiceField::Tags)
                .send();
            let call = self
                .gate
                .call(Feed::Services, &gate::DESCRIBE_SERVICES, ask);
            async move {
                let answer = call.await?;
                let found: Vec<Sight> = answer
                    .services()
                    .iter()
                    .filter_map(|raw| convert::service(raw, cluster))
                    .map(Sight::of)
                    .collect();
                Ok::<_, Problem>((found, batch.len()))
            }
        });
        let (mut sights, mut problems) = (Vec::new(), Vec::new());
        for answer in join_all(batches).await {
            match answer {
                Ok((found, asked)) => {
                    if found.len() < asked {
                        let words = "AWS did not describe every service it listed";
                        problems.push(self.other(&gate::DESCRIBE_SERVICES, Feed::Services, words));
                    }
                    sights.extend(found);
                }
                Err(problem) => problems.push(problem),
            }
        }
        (sights, problems)
    }

    /// Every scalable target and scheduled action of ECS services here.
    async fn scalings(&self) -> Scalings {
        let namespace = scaling::ServiceNamespace::Ecs;
        let targets = |token| {
            let describe = self.clients.scaling.describe_scalable_targets();
            let describe = describe.service_namespace(namespace.clone());
            describe.max_results(50).set_next_token(token).send()
        };
        let actions = |token| {
            let describe = self.clients.scaling.describe_scheduled_actions();
            let describe = describe.service_namespace(namespace.clone());
            describe.max_results(50).set_next_token(token).send()
        };
        let (targets, actions) = join(
            self.gate
                .pages(Feed::Services, &gate::SCALABLE_TARGETS, targets, |page| {
                    page.next_token()
                }),
            self.gate
                .pages(Feed::Services, &gate::SCHEDULED_ACTIONS, actions, |page| {
                    page.next_token()
                }),
        )
        .await;
        let mut found = Scalings::default();
        for raw in targets
            .pages
            .iter()
            .flat_map(|page| page.scalable_targets())
        {
            if *raw.scalable_dimension() == scaling::ScalableDimension::EcsServiceDesiredCount {
                let id = raw.resource_id().to_owned();
                found.targets.insert(id, converted(raw));
            }
        }
        for raw in actions
            .pages
            .iter()
            .flat_map(|page| page.scheduled_actions())
        {
            let words = format!("{} {}", raw.scheduled_action_name(), raw.schedule());
            let of = found.scheduled.entry(raw.resource_id().to_owned());
            of.or_default().push(words.as_str().into());
        }
        found.problems = targets.problem.into_iter().chain(actions.problem).collect();
        found
    }
}

/// How Application Auto Scaling names a service.
pub(super) fn resource_id(cluster: &ClusterArn, service: &ServiceArn) -> String {
    format!("service/{}/{}", cluster.name(), service.name())
}

pub(super) fn converted(raw: &scaling::ScalableTarget) -> Scaling {
    let count = |number| u32::try_from(number).unwrap_or(0);
    let state = raw.suspended_state();
    let flag =
        |read: fn(&scaling::SuspendedState) -> Option<bool>| state.and_then(read).unwrap_or(false);
    Scaling {
        min: count(raw.min_capacity()),
        max: count(raw.max_capacity()),
        suspended: Suspended {
            scale_in: flag(scaling::SuspendedState::dynamic_scaling_in_suspended),
            scale_out: flag(scaling::SuspendedState::dynamic_scaling_out_suspended),
            scheduled: flag(scaling::SuspendedState::scheduled_scaling_suspended),
        },
    }
}
