//! Whether the tasks of a service that was started serve, and why those of a stopped one stay.

use aws_sdk_ecs::types::DesiredStatus;
use aws_sdk_elasticloadbalancingv2::types::TargetHealthStateEnum;
use futures::future::join_all;

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::Timestamp;
use crate::estate::id::{ClusterArn, ServiceArn, TargetGroupArn};
use crate::estate::problem::{Feed, Problem};
use crate::estate::staging::{PlannedService, Sight};
use crate::estate::text::Text;

/// `GetTaskProtection` takes a hundred tasks.
const PROTECTION_BATCH: usize = 100;

impl Link {
    /// What a service still lacks though all its tasks run: targets a load balancer finds
    /// healthy, containers that pass their check. `None` when it lacks nothing.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn unready(
        &self,
        planned: &PlannedService,
        sight: &Sight,
    ) -> Result<Option<Text>, Problem> {
        let wanted = sight.service.desired;
        if wanted == 0 {
            return Ok(None);
        }
        let groups = sight.service.target_groups.iter();
        for healthy in join_all(groups.map(|group| self.healthy_targets(group))).await {
            let healthy = healthy?;
            if healthy < wanted {
                return Ok(Some(
                    format!("{wanted} run, {healthy} healthy at the load balancer").into(),
                ));
            }
        }
        if !planned.health_checked {
            return Ok(None);
        }
        let service = Some(planned.service.name());
        let listed = self
            .list_tasks(
                &planned.cluster,
                service,
                DesiredStatus::Running,
                Feed::Services,
            )
            .await;
        let found = self
            .describe_tasks(&planned.cluster, &listed.tasks, Feed::Services)
            .await;
        if let Some(problem) = listed.problems.into_iter().chain(found.problems).next() {
            return Err(problem);
        }
        let healthy = found.tasks.iter().filter(|one| &*one.health == "HEALTHY");
        let healthy = u32::try_from(healthy.count()).unwrap_or(u32::MAX);
        let words = || format!("{wanted} run, {healthy} pass their health check").into();
        Ok((healthy < wanted).then(words))
    }

    pub(in crate::cloud) async fn healthy_targets(
        &self,
        group: &TargetGroupArn,
    ) -> Result<u32, Problem> {
        let ask = self.clients.balancers.describe_target_health();
        let ask = ask.target_group_arn(group.as_str()).send();
        let answer = self
            .gate
            .call(Feed::Services, &gate::TARGET_HEALTH, ask)
            .await?;
        let healthy = answer.target_health_descriptions().iter().filter(|one| {
            let state = one.target_health().and_then(|health| health.state());
            // A group no listener uses says `unused`: it will never say more.
            matches!(
                state,
                Some(TargetHealthStateEnum::Healthy | TargetHealthStateEnum::Unused)
            )
        });
        Ok(u32::try_from(healthy.count()).unwrap_or(u32::MAX))
    }

    /// The tasks of a service that ECS may not stop, and until when; the latest last.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn protected_tasks(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Vec<Option<Timestamp>>, Problem> {
        let name = Some(service.name());
        let listed = self
            .list_tasks(cluster, name, DesiredStatus::Running, Feed::Services)
            .await;
        if let Some(problem) = listed.problems.into_iter().next() {
            return Err(problem);
        }
        let mut until = Vec::new();
        for batch in listed.tasks.chunks(PROTECTION_BATCH) {
            let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
            let ask = self.clients.ecs.get_task_protection();
            let ask = ask.cluster(cluster.as_str()).set_tasks(Some(arns)).send();
            let answer = self
                .gate
                .call(Feed::Services, &gate::TASK_PROTECTION, ask)
                .await?;
            let tasks = answer.protected_tasks().iter();
            let protected = tasks.filter(|task| task.protection_enabled());
            until.extend(protected.map(|task| task.expiration_date().and_then(convert::time)));
        }
        until.sort();
        Ok(until)
    }
}
