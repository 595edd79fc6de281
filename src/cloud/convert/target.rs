//! `DescribeTargetHealth`.

use aws_sdk_elasticloadbalancingv2::types as aws;

use super::{text, text_or_empty};
use crate::estate::dossier::Target;

/// A target with its health; `None` when nobody can tell which it is.
pub(in crate::cloud) fn target(raw: &aws::TargetHealthDescription) -> Option<Target> {
    let target = raw.target()?;
    let health = raw.target_health();
    let state = health.and_then(aws::TargetHealth::state);
    let reason = health.and_then(aws::TargetHealth::reason);
    Some(Target {
        id: text(target.id())?,
        port: target.port().and_then(|port| u16::try_from(port).ok()),
        zone: text(target.availability_zone()),
        state: text_or_empty(state.map(aws::TargetHealthStateEnum::as_str)),
        reason: text_or_empty(reason.map(aws::TargetHealthReasonEnum::as_str)),
        description: text_or_empty(health.and_then(aws::TargetHealth::description)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_nobody_knows_is_neither_healthy_nor_unhealthy() {
        let raw = aws::TargetHealthDescription::builder()
            .target(aws::TargetDescription::builder().id("10.0.0.1").build())
            .target_health(aws::TargetHealth::builder().state("dozing".into()).build())
            .build();
        let read = target(&raw).unwrap();
        assert!(!read.is_healthy() && !read.is_unhealthy());
        assert_eq!(read.words(), "dozing");
        assert!(target(&aws::TargetHealthDescription::builder().build()).is_none());
    }
}
