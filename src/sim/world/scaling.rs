//! Application Auto Scaling targets.

use jiff::Timestamp;

use super::{Account, Refusal, ScalableTargetRequest};

/// A scalable target of dimension `ecs:service:DesiredCount`.
#[derive(Debug, Clone)]
pub struct ScalableTarget {
    /// Its ARN.
    pub arn: String,
    /// `service/{cluster}/{service}`.
    pub resource_id: String,
    /// `MinCapacity`.
    pub min: u32,
    /// `MaxCapacity`.
    pub max: u32,
    /// `DynamicScalingInSuspended`.
    pub scale_in_suspended: bool,
    /// `DynamicScalingOutSuspended`.
    pub scale_out_suspended: bool,
    /// `ScheduledScalingSuspended`.
    pub scheduled_suspended: bool,
    /// The service-linked role's ARN.
    pub role: String,
    /// When it was created.
    pub created_at: Timestamp,
}

impl ScalableTarget {
    /// A target nobody registered before: minimum and maximum are needed.
    pub(in crate::sim) fn first(
        account: &Account,
        request: &ScalableTargetRequest,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let (Some(min), Some(max)) = (request.min, request.max) else {
            return Err(Refusal::Invalid(
                "MinCapacity and MaxCapacity are required to register a new scalable target"
                    .to_owned(),
            ));
        };
        let id = request.resource_id.replace('/', "");
        Ok(Self {
            arn: account.arn("application-autoscaling", &format!("scalable-target/{id}")),
            resource_id: request.resource_id.clone(),
            min,
            max,
            scale_in_suspended: false,
            scale_out_suspended: false,
            scheduled_suspended: false,
            role: format!(
                "arn:aws:iam::{}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/\
                 AWSServiceRoleForApplicationAutoScaling_ECSService",
                account.id
            ),
            created_at: now,
        })
    }

    /// Takes over what was sent; what was not sent stays.
    pub(in crate::sim) fn absorb(
        &mut self,
        request: &ScalableTargetRequest,
    ) -> Result<(), Refusal> {
        let (min, max) = (
            request.min.unwrap_or(self.min),
            request.max.unwrap_or(self.max),
        );
        if min > max {
            return Err(Refusal::Invalid(format!(
                "Maximum capacity cannot be less than minimum capacity: {max} < {min}"
            )));
        }
        (self.min, self.max) = (min, max);
        let flag = |sent: Option<bool>, kept: &mut bool| *kept = sent.unwrap_or(*kept);
        flag(request.scale_in_suspended, &mut self.scale_in_suspended);
        flag(request.scale_out_suspended, &mut self.scale_out_suspended);
        flag(request.scheduled_suspended, &mut self.scheduled_suspended);
        Ok(())
    }
}
