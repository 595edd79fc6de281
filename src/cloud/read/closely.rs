//! A close look at one service, for a change somebody thinks of.

use std::collections::BTreeSet;

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_ecs::types::DesiredStatus;
use futures::future::{join_all, join4};

use crate::cloud::errors::Failure;
use crate::cloud::link::{Link, Sink};
use crate::cloud::{convert, gate};
use crate::estate::closely::{Bounds, Drift, Examination, Image};
use crate::estate::deployment::ServiceDeployment;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::task::Task;

/// `GetTaskProtection` takes a hundred tasks (aws.md 2.1).
const PROTECTION_BATCH: usize = 100;
/// `DescribeServiceDeployments` takes twenty (aws.md 2.1), and so many are history enough.
const DEPLOYMENTS: usize = 20;

impl Link {
    /// What a change of `service` is judged by. What cannot be read is left out with its reason.
    pub(in crate::cloud) async fn read_closely(&self, service: &ServiceArn, sink: Sink<'_>) {
        let seen_at = self.gate.now();
        let cluster = self.cluster_of(service);
        let (tasks, deployments, bounds, images) = join4(
            self.tasks_to_run(&cluster, service),
            self.deployments_of(&cluster, service),
            self.bounds(&cluster, service),
            self.images(&cluster, service),
        )
        .await;
        let protected = match &tasks {
            Ok(tasks) => self.protected(&cluster, tasks).await,
            Err(problem) => Err(problem.clone()),
        };
        let examination = Examination {
            seen_at,
            tasks: tasks.map_err(|problem| problem.sentence),
            deployments: deployments.map_err(|problem| problem.sentence),
            images: images.map_err(|problem| problem.sentence),
            protected: protected.map_err(|problem| problem.sentence),
            bounds: bounds.map_err(|problem| problem.sentence),
        };
        let news = News::Closely {
            service: service.clone(),
            examination: Box::new(examination),
        };
        sink(self.part(seen_at, news, Vec::new()));
    }

    /// The tasks that are to run, oldest first.
    pub(in crate::cloud) async fn tasks_to_run(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Vec<Task>, Problem> {
        let name = Some(service.name());
        let mut found = self
            .tasks_with(cluster, name, DesiredStatus::Running, Feed::Closely)
            .await?;
        found.sort_by(|a, b| (a.created_at, &a.arn).cmp(&(b.created_at, &b.arn)));
        Ok(found)
    }

    /// The newest deployments, newest first.
    pub(in crate::cloud) async fn deployments_of(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Vec<ServiceDeployment>, Problem> {
        let list = self.clients.ecs.list_service_deployments();
        let call = list.cluster(cluster.as_str()).service(service.as_str());
        let call = call
            .max_results(i32::try_from(DEPLOYMENTS).unwrap_or(20))
            .send();
        let operation = &gate::LIST_DEPLOYMENTS;
        let listed = self.gate.call(Feed::Closely, operation, call).await?;
        let arns: Vec<String> = listed
            .service_deployments()
            .iter()
            .filter_map(|one| one.service_deployment_arn().map(str::to_owned))
            .take(DEPLOYMENTS)
            .collect();
        let mut found = self.describe_deployments(arns).await?;
        found.sort_by_key(|one| std::cmp::Reverse(one.created_at));
        Ok(found)
    }

    /// At most twenty deployments.
    pub(in crate::cloud) async fn describe_deployments(
        &self,
        arns: Vec<String>,
    ) -> Result<Vec<ServiceDeployment>, Problem> {
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let describe = self.clients.ecs.describe_service_deployments();
        let call = describe.set_service_deployment_arns(Some(arns)).send();
        let operation = &gate::DESCRIBE_DEPLOYMENTS;
        let answer = self.gate.call(Feed::Closely, operation, call).await?;
        let raw = answer.service_deployments().iter();
        Ok(raw.filter_map(convert::service_deployment).collect())
    }

    async fn bounds(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Option<Bounds>, Problem> {
        let targets = self.clients.scaling.describe_scalable_targets();
        let resource = format!("service/{}/{}", cluster.name(), service.name());
        let call = targets
            .service_namespace(ServiceNamespace::Ecs)
            .resource_ids(resource)
            .send();
        let operation = &gate::SCALABLE_TARGETS;
        let answer = self.gate.call(Feed::Closely, operation, call).await?;
        let count = |raw| u32::try_from(raw).unwrap_or(0);
        Ok(answer.scalable_targets().first().map(|one| Bounds {
            min: count(one.min_capacity()),
            max: count(one.max_capacity()),
        }))
    }

    async fn protected(&self, cluster: &ClusterArn, tasks: &[Task]) -> Result<u32, Problem> {
        let batches = tasks.chunks(PROTECTION_BATCH).map(|batch| {
            let arns = batch.iter().map(|task| task.arn.as_str().to_owned());
            let ask = self.clients.ecs.get_task_protection();
            let call = ask
                .cluster(cluster.as_str())
                .set_tasks(Some(arns.collect()))
                .send();
            let operation = &gate::TASK_PROTECTION;
            self.gate.call(Feed::Closely, operation, call)
        });
        let mut count = 0;
        for answer in join_all(batches).await {
            let answer = answer?;
            let on = answer.protected_tasks().iter();
            count += on.filter(|one| one.protection_enabled()).count();
        }
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// One service as AWS tells of it now.
    pub(in crate::cloud) async fn describe_one(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<aws_sdk_ecs::types::Service, Problem> {
        let describe = self.clients.ecs.describe_services();
        let call = describe
            .cluster(cluster.as_str())
            .services(service.as_str())
            .send();
        let operation = &gate::DESCRIBE_SERVICES;
        let answer = self.gate.call(Feed::Closely, operation, call).await?;
        let found = answer.services.unwrap_or_default().into_iter().next();
        found.ok_or_else(|| Problem {
            feed: Feed::Closely,
            operation: operation.name,
            kind: ProblemKind::NotFound,
            sentence: format!("{} does not exist any more", service.name()).into(),
            at: self.gate.now(),
        })
    }

    /// The images of the current revision, each beside what its tag points to now (aws.md 4.1).
    pub(in crate::cloud) async fn images(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Vec<Image>, Problem> {
        let described = self.describe_one(cluster, service).await?;
        let revisions: BTreeSet<String> = described
            .current_service_revisions()
            .iter()
            .filter_map(|one| one.arn().map(str::to_owned))
            .collect();
        if revisions.is_empty() {
            return Ok(Vec::new());
        }
        let describe = self.clients.ecs.describe_service_revisions();
        let call = describe
            .set_service_revision_arns(Some(revisions.into_iter().collect()))
            .send();
        let operation = &gate::DESCRIBE_REVISIONS;
        let answer = self.gate.call(Feed::Closely, operation, call).await?;
        let newest = answer
            .service_revisions()
            .iter()
            .max_by_key(|one| one.created_at().map(|at| (at.secs(), at.subsec_nanos())));
        let images = newest.map_or(&[][..], |one| one.container_images());
        Ok(join_all(images.iter().map(|one| self.image(one))).await)
    }

    async fn image(&self, raw: &aws_sdk_ecs::types::ContainerImage) -> Image {
        let name = raw.image().unwrap_or_default();
        Image {
            container: raw.container_name().unwrap_or_default().into(),
            name: name.into(),
            drift: self.drift(name, raw.image_digest()).await,
        }
    }

    async fn drift(&self, name: &str, running: Option<&str>) -> Drift {
        if name.contains("@sha256:") {
            return Drift::Pinned;
        }
        let Some(running) = running else {
            return Drift::Unknown("AWS does not say which digest runs".into());
        };
        let Some(place) = Place::of(name) else {
            return Drift::Unknown("the image is not in ECR".into());
        };
        let image = aws_sdk_ecr::types::ImageIdentifier::builder();
        let mut call = self
            .clients
            .images_in(&place.region)
            .describe_images()
            .repository_name(&place.repository)
            .image_ids(image.image_tag(&place.tag).build());
        if !place.account.is_empty() {
            call = call.registry_id(&place.account);
        }
        let operation = &gate::DESCRIBE_IMAGES;
        let region = place.region.as_str().into();
        let answer = self.gate.attempt(operation, &region, call.send()).await;
        match answer {
            Ok(answer) => match answer.image_details().first() {
                Some(now) if now.image_digest() == Some(running) => Drift::Same,
                Some(now) => Drift::Moved {
                    to: now.image_digest().unwrap_or_default().into(),
                    pushed_at: now.image_pushed_at().and_then(convert::time),
                },
                None => Drift::Gone,
            },
            Err(error) => {
                let failure = Failure::of(&error);
                if failure.has_code("ImageNotFoundException") {
                    return Drift::Gone;
                }
                let problem = self.gate.problem(Feed::Closely, operation, &failure);
                Drift::Unknown(problem.sentence)
            }
        }
    }
}

/// `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    account: String,
    region: String,
    repository: String,
    tag: String,
}

impl Place {
    fn of(image: &str) -> Option<Self> {
        let (host, path) = image.split_once('/')?;
        let (account, rest) = host.split_once(".dkr.ecr.")?;
        let region = rest.split('.').next()?;
        let (repository, tag) = path.rsplit_once(':').unwrap_or((path, "latest"));
        Some(Self {
            account: account.to_owned(),
            region: region.to_owned(),
            repository: repository.to_owned(),
            tag: tag.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_in_ecr_says_where() {
        let place = Place::of("123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/orders:1.8");
        assert_eq!(
            place,
            Some(Place {
                account: "123456789012".into(),
                region: "eu-central-1".into(),
                repository: "team/orders".into(),
                tag: "1.8".into(),
            })
        );
        let bare = Place::of("123456789012.dkr.ecr.eu-central-1.amazonaws.com/orders").unwrap();
        assert_eq!(bare.tag, "latest");
        assert_eq!(Place::of("nginx:1.27"), None);
        assert_eq!(Place::of("public.ecr.aws/nginx/nginx:1.27"), None);
    }
}
