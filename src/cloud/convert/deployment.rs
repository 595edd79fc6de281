//! `DescribeServiceDeployments`.

use aws_sdk_ecs::types as aws;

use super::{count, text, time_of};
use crate::estate::deployment::{Breaker, Counts, ServiceDeployment, State};
use crate::estate::id::ServiceDeploymentArn;
use crate::estate::text::Text;

/// One service deployment; `None` when it has no ARN.
pub(in crate::cloud) fn service_deployment(
    raw: &aws::ServiceDeployment,
) -> Option<ServiceDeployment> {
    let breaker = raw.deployment_circuit_breaker();
    let breaker = breaker.filter(|one| one.status().is_some_and(|it| it.as_str() != "DISABLED"));
    Some(ServiceDeployment {
        arn: ServiceDeploymentArn::new(raw.service_deployment_arn()?),
        state: State::from(raw.status().map_or("", |one| one.as_str())),
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
        breaker: breaker.map(|one| Breaker {
            failures: count(one.failure_count()),
            threshold: count(one.threshold()),
        }),
        triggered: raw
            .alarms()
            .map(|one| {
                let names = one.triggered_alarm_names().iter();
                names.map(|name| Text::clean(name)).collect()
            })
            .unwrap_or_default(),
        rollback: raw.rollback().and_then(|one| text(one.reason())),
    })
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
}
