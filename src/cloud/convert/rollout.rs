//! Service deployments and service revisions.

use aws_sdk_ecs::types as aws;

use super::{count, text, text_or_empty, time_of};
use crate::estate::dossier::{Breaker, ServiceDeployment, rollout::Image};

/// What the list tells of a deployment; `None` when it has no ARN.
pub(in crate::cloud) fn rollout(raw: &aws::ServiceDeploymentBrief) -> Option<ServiceDeployment> {
    let status = raw.status().map(aws::ServiceDeploymentStatus::as_str);
    Some(ServiceDeployment {
        arn: raw.service_deployment_arn()?.into(),
        status: text_or_empty(status),
        reason: text_or_empty(raw.status_reason()),
        created_at: time_of(raw.created_at()).or_else(|| time_of(raw.started_at())),
        finished_at: time_of(raw.finished_at()),
        task_definition: None,
        images: Vec::new(),
        breaker: None,
    })
}

/// Its circuit breaker.
pub(in crate::cloud) fn breaker(raw: &aws::ServiceDeploymentCircuitBreaker) -> Breaker {
    let status = raw
        .status()
        .map(aws::ServiceDeploymentRollbackMonitorsStatus::as_str);
    Breaker {
        status: text_or_empty(status),
        failures: count(raw.failure_count()),
        threshold: count(raw.threshold()),
    }
}

/// The images a revision pinned.
pub(in crate::cloud) fn images(raw: &aws::ServiceRevision) -> Vec<Image> {
    let images = raw.container_images().iter();
    images
        .map(|image| Image {
            container: text_or_empty(image.container_name()),
            name: text_or_empty(image.image()),
            digest: text(image.image_digest()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_without_an_arn_is_none_and_an_unknown_status_stays() {
        let raw = aws::ServiceDeploymentBrief::builder();
        assert!(rollout(&raw.clone().build()).is_none());
        let raw = raw
            .service_deployment_arn("arn:sd")
            .status("SIDEWAYS".into())
            .build();
        let read = rollout(&raw).unwrap();
        assert_eq!((&*read.status, read.created_at), ("SIDEWAYS", None));
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
