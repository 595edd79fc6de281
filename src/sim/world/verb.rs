//! The verbs the wire calls: everything anybody may change in this world.

use jiff::Timestamp;
use thiserror::Error;

use super::{
    RolloutState, ScalableTarget, Service, ServiceDeploymentStatus, StopCode, Tags, World,
    query::tail,
};
use crate::sim::step::{rollout, task};

/// Why a verb was refused. The wire turns it into AWS's error of that name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// `ClusterNotFoundException`.
    #[error("Cluster not found.")]
    ClusterNotFound,
    /// `ServiceNotFoundException`.
    #[error("Service not found.")]
    ServiceNotFound,
    /// `InvalidParameterException` of `StopTask`.
    #[error("The referenced task was not found.")]
    TaskNotFound,
    /// `ServiceDeploymentNotFoundException`.
    #[error("The service deployment could not be found.")]
    DeploymentNotFound,
    /// `ConflictException` of `StopServiceDeployment`.
    #[error("The service deployment cannot be stopped because it is in the {0} state.")]
    DeploymentOver(&'static str),
    /// `InvalidParameterException` / `ValidationException`.
    #[error("{0}")]
    Invalid(String),
    /// `ResourceNotFoundException` of tag operations.
    #[error("The specified resource could not be found.")]
    ResourceNotFound,
}

/// The arguments of `RegisterScalableTarget`; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ScalableTargetRequest {
    /// `service/{cluster}/{service}`.
    pub resource_id: String,
    /// `MinCapacity`.
    pub min: Option<u32>,
    /// `MaxCapacity`.
    pub max: Option<u32>,
    /// `DynamicScalingInSuspended`.
    pub scale_in_suspended: Option<bool>,
    /// `DynamicScalingOutSuspended`.
    pub scale_out_suspended: Option<bool>,
    /// `ScheduledScalingSuspended`.
    pub scheduled_suspended: Option<bool>,
}

impl World {
    /// `UpdateService(forceNewDeployment=true)`: a new deployment of the same task definition takes
    /// over from whatever runs. `by` is the caller's ARN.
    pub fn force_new_deployment(
        &mut self,
        account: &str,
        service: &str,
        by: &str,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let account = self.account_mut(account).ok_or(Refusal::ServiceNotFound)?;
        let definition = account
            .service_by_arn(service)
            .and_then(|service| account.task_definition(&service.task_definition))
            .cloned()
            .ok_or(Refusal::ServiceNotFound)?;
        let service = account
            .service_mut(service)
            .ok_or(Refusal::ServiceNotFound)?;
        rollout::begin(service, &definition, by, now);
        Ok(())
    }

    /// `UpdateService(desiredCount)`: no new deployment, the scheduler starts or stops tasks.
    pub fn set_desired(
        &mut self,
        account: &str,
        service: &str,
        desired: u32,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let account = self.account_mut(account).ok_or(Refusal::ServiceNotFound)?;
        let service = account
            .service_mut(service)
            .ok_or(Refusal::ServiceNotFound)?;
        desire(service, desired, now);
        Ok(())
    }

    /// `StopTask`. The task is an ARN or an id. Stopping a task that is already stopping changes
    /// nothing, as on AWS.
    pub fn stop_task(
        &mut self,
        account: &str,
        task: &str,
        reason: Option<&str>,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let account = self.account_mut(account).ok_or(Refusal::TaskNotFound)?;
        let id = tail(task);
        let service = account
            .services
            .iter_mut()
            .find(|service| service.tasks.iter().any(|task| task.id == id))
            .ok_or(Refusal::TaskNotFound)?;
        let reason = reason.unwrap_or("Task stopped by user").to_owned();
        task::stop(
            service,
            &[id.to_owned()],
            (StopCode::UserInitiated, &reason),
            now,
        );
        Ok(())
    }

    /// `StopServiceDeployment`: with `rollback` back to the last completed deployment, without
    /// (`ABORT`) it stays as far as it came.
    pub fn stop_service_deployment(
        &mut self,
        account: &str,
        arn: &str,
        rollback: bool,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let account = self
            .account_mut(account)
            .ok_or(Refusal::DeploymentNotFound)?;
        let status = account
            .service_deployment(arn)
            .ok_or(Refusal::DeploymentNotFound)?
            .status;
        if status.is_over() || status == ServiceDeploymentStatus::RollbackInProgress {
            let name: &'static str = status.into();
            return Err(Refusal::DeploymentOver(name));
        }
        let service = account
            .services
            .iter_mut()
            .find(|service| {
                service
                    .service_deployments
                    .iter()
                    .any(|found| found.arn == arn)
            })
            .ok_or(Refusal::DeploymentNotFound)?;
        if rollback
            && service
                .deployments
                .iter()
                .all(|d| d.rollout != RolloutState::Completed)
        {
            return Err(Refusal::Invalid(
                "There is no completed deployment to roll back to.".to_owned(),
            ));
        }
        rollout::stop(service, rollback, now);
        Ok(())
    }

    /// `TagResource` of a service or cluster: merges.
    pub fn tag(&mut self, account: &str, arn: &str, tags: Tags) -> Result<(), Refusal> {
        let found = self.tags_mut(account, arn)?;
        if found.len() + tags.keys().filter(|key| !found.contains_key(*key)).count() > 50 {
            return Err(Refusal::Invalid(
                "Too many tags: the maximum is 50.".to_owned(),
            ));
        }
        found.extend(tags);
        Ok(())
    }

    /// `UntagResource` of a service or cluster. Keys that are not there are no error.
    pub fn untag(&mut self, account: &str, arn: &str, keys: &[String]) -> Result<(), Refusal> {
        self.tags_mut(account, arn)?
            .retain(|key, _| !keys.contains(key));
        Ok(())
    }

    /// `RegisterScalableTarget`. On an existing target what is not sent stays, and the service's
    /// capacity is moved inside `[min, max]` at once, whatever was sent.
    pub fn register_scalable_target(
        &mut self,
        account: &str,
        request: &ScalableTargetRequest,
    ) -> Result<String, Refusal> {
        let now = self.now;
        let account = self.account_mut(account).ok_or(Refusal::ServiceNotFound)?;
        let mut parts = request.resource_id.split('/').skip(1);
        let (cluster, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let service = account.service(cluster, name).ok_or_else(|| {
            Refusal::Invalid(format!(
                "ECS service doesn't exist: {}",
                request.resource_id
            ))
        })?;
        let service = service.arn.clone();
        let known = account
            .scalable_targets
            .iter()
            .position(|target| target.resource_id == request.resource_id);
        let mut target = match known {
            Some(index) => account.scalable_targets[index].clone(),
            None => ScalableTarget::first(account, request, now)?,
        };
        target.absorb(request)?;
        if let Some(service) = account.service_mut(&service) {
            let inside = service.desired.clamp(target.min, target.max);
            desire(service, inside, now);
        }
        let arn = target.arn.clone();
        match known {
            Some(index) => account.scalable_targets[index] = target,
            None => account.scalable_targets.push(target),
        }
        Ok(arn)
    }

    fn tags_mut(&mut self, account: &str, arn: &str) -> Result<&mut Tags, Refusal> {
        let account = self.account_mut(account).ok_or(Refusal::ResourceNotFound)?;
        let services = account
            .services
            .iter_mut()
            .map(|found| (&found.arn, &mut found.tags));
        let clusters = account
            .clusters
            .iter_mut()
            .map(|found| (&found.arn, &mut found.tags));
        services
            .chain(clusters)
            .find(|(found, _)| *found == arn)
            .map(|(_, tags)| tags)
            .ok_or(Refusal::ResourceNotFound)
    }
}

/// Changes the desired count of a service and of its primary deployment.
pub(in crate::sim) fn desire(service: &mut Service, desired: u32, now: Timestamp) {
    service.desired = desired;
    if let Some(primary) = service.deployments.first_mut() {
        primary.desired = desired;
        primary.updated_at = now;
    }
    service.motion.due = now;
}
