//! Application Auto Scaling: scalable targets of ECS services.

use super::paging::Limits;
use super::value::{Value, record};
use super::{Context, Input, Operation, Refusal};
use crate::sim::world::{ScalableTarget, ScalableTargetRequest, trail};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DescribeScalableTargets", describe_targets),
    ("DescribeScalingActivities", describe_activities),
    ("DescribeScheduledActions", describe_actions),
    ("RegisterScalableTarget", register_target),
];

const INVALID: &str = "ValidationException";
const ECS: &str = "ecs";
const DESIRED_COUNT: &str = "ecs:service:DesiredCount";
const PAGES: Limits = Limits {
    default: 50,
    smallest: 1,
    largest: 50,
    code: INVALID,
};

fn describe_targets(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let simulated = is_ecs(input)?;
    let ids = input.texts("ResourceIds")?;
    let targets = account
        .scalable_targets
        .iter()
        .filter(|_| simulated)
        .filter(|target| ids.is_empty() || ids.contains(&target.resource_id.as_str()))
        .map(described);
    let page = PAGES.page(
        targets,
        input.integer("MaxResults")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "ScalableTargets": page.items, "NextToken": page.next })
}

fn describe_activities(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let (account, simulated) = (context.account()?, is_ecs(input)?);
    let of = input.text("ResourceId")?;
    let idle = input.flag("IncludeNotScaledActivities")?;
    let activities = account
        .scaling_activities
        .iter()
        .filter(|one| simulated && of.is_none_or(|id| one.resource_id == id))
        .filter(|one| idle || one.not_scaled.is_none())
        .map(|one| {
            let reasons = one
                .not_scaled
                .map(|most| vec![record! { "Code": "AlreadyAtMaxCapacity", "MaxCapacity": most }]);
            record! {
                "ActivityId": &one.id,
                "ServiceNamespace": ECS,
                "ResourceId": &one.resource_id,
                "ScalableDimension": DESIRED_COUNT,
                "Description": &one.description,
                "Cause": &one.cause,
                "StartTime": one.at,
                "EndTime": one.at,
                "StatusCode": if one.not_scaled.is_some() { "NotScaled" } else { "Successful" },
                "NotScaledReasons": reasons,
            }
        });
    let page = PAGES.page(
        activities,
        input.integer("MaxResults")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "ScalingActivities": page.items, "NextToken": page.next })
}

fn describe_actions(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let (account, simulated) = (context.account()?, is_ecs(input)?);
    let of = input.text("ResourceId")?;
    let actions = account
        .scheduled_actions
        .iter()
        .filter(|one| simulated && of.is_none_or(|id| one.resource_id == id))
        .map(|one| {
            let arn = format!("scheduledAction:{}", one.name);
            record! {
                "ScheduledActionName": &one.name,
                "ScheduledActionARN": account.arn("autoscaling", &arn),
                "ServiceNamespace": ECS,
                "Schedule": &one.schedule,
                "ResourceId": &one.resource_id,
                "ScalableDimension": DESIRED_COUNT,
                "ScalableTargetAction": record! {
                    "MinCapacity": one.min,
                    "MaxCapacity": one.max,
                },
                "CreationTime": one.at,
            }
        });
    let page = PAGES.page(
        actions,
        input.integer("MaxResults")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "ScheduledActions": page.items, "NextToken": page.next })
}

fn register_target(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    if !is_ecs(input)? || input.text("ScalableDimension")? != Some(DESIRED_COUNT) {
        let message = "The simulator scales ecs:service:DesiredCount and nothing else.";
        return Err(Refusal::validation(message));
    }
    let capacity = |name| -> Result<Option<u32>, Refusal> {
        let Some(number) = input.integer(name)? else {
            return Ok(None);
        };
        let capacity = u32::try_from(number)
            .map_err(|_| Refusal::validation(format!("{name} must be zero or more")))?;
        Ok(Some(capacity))
    };
    let suspended = input.record("SuspendedState")?;
    let is_suspended = |name| -> Result<Option<bool>, Refusal> {
        let Some(state) = suspended.filter(|state| state.0.member(name).is_some()) else {
            return Ok(None);
        };
        state.flag(name).map(Some)
    };
    let request = ScalableTargetRequest {
        resource_id: input.required_text("ResourceId", INVALID)?.to_owned(),
        min: capacity("MinCapacity")?,
        max: capacity("MaxCapacity")?,
        scale_in_suspended: is_suspended("DynamicScalingInSuspended")?,
        scale_out_suspended: is_suspended("DynamicScalingOutSuspended")?,
        scheduled_suspended: is_suspended("ScheduledScalingSuspended")?,
    };
    let arn = context
        .world
        .register_scalable_target(context.account_id, &request)
        .map_err(|refusal| Refusal::validation(refusal.to_string()))?;
    let asked = serde_json::json!({
        "resourceId": request.resource_id,
        "minCapacity": request.min,
        "maxCapacity": request.max,
    });
    context.remember((trail::SCALING, "RegisterScalableTarget"), asked);
    Ok(record! { "ScalableTargetARN": arn })
}

/// Whether the namespace asked for is ECS; the others exist and are empty.
fn is_ecs(input: Input<'_>) -> Result<bool, Refusal> {
    Ok(input.required_text("ServiceNamespace", INVALID)? == ECS)
}

fn described(target: &ScalableTarget) -> Value {
    record! {
        "ServiceNamespace": ECS,
        "ResourceId": &target.resource_id,
        "ScalableDimension": DESIRED_COUNT,
        "MinCapacity": target.min,
        "MaxCapacity": target.max,
        "RoleARN": &target.role,
        "CreationTime": target.created_at,
        "SuspendedState": record! {
            "DynamicScalingInSuspended": target.scale_in_suspended,
            "DynamicScalingOutSuspended": target.scale_out_suspended,
            "ScheduledScalingSuspended": target.scheduled_suspended,
        },
        "ScalableTargetARN": &target.arn,
    }
}
