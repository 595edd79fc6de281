//! Application Auto Scaling targets.

use jiff::Timestamp;

use super::{Account, Refusal, ScalableTargetRequest, World};

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

/// A scheduled scaling action of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledAction {
    /// Its name.
    pub name: String,
    /// `service/{cluster}/{service}`.
    pub resource_id: String,
    /// `cron(0 7 * * ? *)`; words only, `at` decides.
    pub schedule: String,
    /// When it next acts; then once a day.
    pub at: Timestamp,
    /// `MinCapacity` it sets.
    pub min: u32,
    /// `MaxCapacity` it sets.
    pub max: u32,
}

/// Something auto scaling did, as `DescribeScalingActivities` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalingActivity {
    /// Its id.
    pub id: String,
    /// `service/{cluster}/{service}`.
    pub resource_id: String,
    /// What set it off.
    pub cause: String,
    /// What it did.
    pub description: String,
    /// When.
    pub at: Timestamp,
    /// It did nothing, because the service already ran this many, the most it may.
    pub not_scaled: Option<u32>,
}

impl World {
    /// Lets every scheduled action act that is due: it sets minimum and maximum and forces the
    /// capacity into them, unless scheduled scaling is suspended.
    pub(in crate::sim) fn scheduled_scaling(&mut self) {
        let now = self.now;
        for account in 0..self.accounts.len() {
            let id = self.accounts[account].id.clone();
            let mut due = Vec::new();
            for action in &mut self.accounts[account].scheduled_actions {
                if action.at <= now {
                    due.push(action.clone());
                    action.at += jiff::SignedDuration::from_hours(24);
                }
            }
            for action in due {
                self.act(&id, &action, now);
            }
        }
    }

    fn act(&mut self, id: &str, action: &ScheduledAction, now: Timestamp) {
        let suspended = self.account(id).is_none_or(|account| {
            let mut targets = account.scalable_targets.iter();
            let target = targets.find(|target| target.resource_id == action.resource_id);
            target.is_none_or(|target| target.scheduled_suspended)
        });
        if suspended {
            return;
        }
        let request = ScalableTargetRequest {
            resource_id: action.resource_id.clone(),
            min: Some(action.min),
            max: Some(action.max),
            ..ScalableTargetRequest::default()
        };
        if self.register_scalable_target(id, &request).is_ok()
            && let Some(account) = self.account_mut(id)
        {
            account.scaling_activities.insert(
                0,
                ScalingActivity {
                    id: format!("activity-{}", now.as_second()),
                    resource_id: action.resource_id.clone(),
                    cause: format!("scheduled action name {} was triggered", action.name),
                    description: format!(
                        "Setting min capacity to {} and max capacity to {}",
                        action.min, action.max
                    ),
                    at: now,
                    not_scaled: None,
                },
            );
        }
    }
}
