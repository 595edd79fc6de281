//! `ListServiceDeployments`, `DescribeServiceDeployments` and `DescribeServiceRevisions`.

use aws_sdk_ecs::types as aws;

use super::{count, text, text_or_empty, time_of};
use crate::estate::deployment::{Breaker, Counts, Image, ServiceDeployment, State};
use crate::estate::id::{ServiceDeploymentArn, TaskDefinitionArn};
use crate::estate::text::Text;

/// What the list tells of a deployment; `None` when it has no ARN.
pub(in crate::cloud) fn brief(raw: &aws::ServiceDeploymentBrief) -> Option<ServiceDeployment> {
    let arn = ServiceDeploymentArn::new(raw.service_deployment_arn()?);
    Some(ServiceDeployment {
        reason: text(raw.status_reason()),
        created_at: time_of(raw.created_at()).or_else(|| time_of(raw.started_at())),
        finished_at: time_of(raw.finished_at()),
        ..ServiceDeployment::known_as(arn, state(raw.status()))
    })
}

/// What a service revision tells of the deployment that brings it.
pub(in crate::cloud) fn revision(raw: &aws::ServiceRevision, of: &mut ServiceDeployment) {
    of.task_definition = raw.task_definition().map(TaskDefinitionArn::new);
    let images = raw.container_images().iter();
    of.images = images
        .map(|image| Image {
            container: text_or_empty(image.container_name()),
            name: text_or_empty(image.image()),
            digest: text(image.image_digest()),
        })
        .collect();
}

/// One service deployment; `None` when it has no ARN.
pub(in crate::cloud) fn service_deployment(
    raw: &aws::ServiceDeployment,
) -> Option<ServiceDeployment> {
    let arn = ServiceDeploymentArn::new(raw.service_deployment_arn()?);
    Some(ServiceDeployment {
        reason: text(raw.status_reason()),
        stage: text(
            raw.lifecycle_stage()
                .map(aws::ServiceDeploymentLifecycleStage::as_str),
        ),
        created_at: time_of(raw.created_at()),
        finished_at: time_of(raw.finished_at().or(raw.stopped_at())),
        old: counts(raw.source_service_revisions()),
        new: counts(
            raw.target_service_revision()
                .map_or(&[][..], std::slice::from_ref),
        ),
        breaker: raw.deployment_circuit_breaker().map(breaker),
        triggered: raw
            .alarms()
            .map(|one| {
                let names = one.triggered_alarm_names().iter();
                names.map(|name| Text::clean(name)).collect()
            })
            .unwrap_or_default(),
        rollback: raw.rollback().and_then(|one| text(one.reason())),
        ..ServiceDeployment::known_as(arn, state(raw.status()))
    })
}

/// Where a deployment is.
pub(super) fn state(raw: Option<&aws::ServiceDeploymentStatus>) -> State {
    State::from(raw.map_or("", aws::ServiceDeploymentStatus::as_str))
}

fn breaker(raw: &aws::ServiceDeploymentCircuitBreaker) -> Breaker {
    let status = raw
        .status()
        .map(aws::ServiceDeploymentRollbackMonitorsStatus::as_str);
    Breaker {
        status: text_or_empty(status),
        failures: count(raw.failure_count()),
        threshold: count(raw.threshold()),
    }
}

fn counts(revisions: &[aws::ServiceRevisionSummary]) -> Counts {
    let mut all = Counts::default();
    for one in revisions {
        all.wanted += count(one.requested_task_count());
        all.running += count(one.running_task_count());
        all.pending += count(one.pending_task_count());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_of_which_aws_says_nothing_is_still_one() {
        let bare = aws::ServiceDeployment::builder()
            .service_deployment_arn("arn:aws:ecs:x:1:service-deployment/prod/orders/9")
            .status("SIDEWAYS".into())
            .build();
        let ours = service_deployment(&bare).unwrap();
        assert_eq!(ours.state, State::Unknown("SIDEWAYS".into()));
        assert_eq!((ours.new, ours.breaker), (Counts::default(), None));
        assert!(service_deployment(&aws::ServiceDeployment::builder().build()).is_none());
    }

    #[test]
    fn a_brief_without_an_arn_is_none_and_an_unknown_status_stays() {
        let raw = aws::ServiceDeploymentBrief::builder();
        assert!(brief(&raw.clone().build()).is_none());
        let raw = raw
            .service_deployment_arn("arn:sd")
            .status("SIDEWAYS".into())
            .build();
        let read = brief(&raw).unwrap();
        assert_eq!((read.state.word(), read.created_at), ("SIDEWAYS", None));
    }

    #[test]
    fn a_breaker_never_counts_below_zero() {
        let raw = aws::ServiceDeploymentCircuitBreaker::builder()
            .status("MONITORING".into())
            .failure_count(-1)
            .threshold(3)
            .build();
        let read = breaker(&raw);
        assert_eq!((read.failures, read.threshold), (0, 3));
    }
}
