//! Application Auto Scaling.

use aws_sdk_applicationautoscaling::types as aws;

use super::{count, text_or_empty, time};
use crate::estate::dossier::Scaling;
use crate::estate::history::ScalingActivity;
use crate::estate::text::Text;

/// A scalable target.
pub(in crate::cloud) fn scaling(raw: &aws::ScalableTarget) -> Scaling {
    let state = raw.suspended_state();
    let suspended =
        |which: fn(&aws::SuspendedState) -> Option<bool>| state.and_then(which).unwrap_or_default();
    Scaling {
        min: count(raw.min_capacity()),
        max: count(raw.max_capacity()),
        in_suspended: suspended(aws::SuspendedState::dynamic_scaling_in_suspended),
        out_suspended: suspended(aws::SuspendedState::dynamic_scaling_out_suspended),
        schedule_suspended: suspended(aws::SuspendedState::scheduled_scaling_suspended),
    }
}

/// A scaling activity; `None` when nobody can tell when it was.
pub(in crate::cloud) fn activity(raw: &aws::ScalingActivity) -> Option<ScalingActivity> {
    Some(ScalingActivity {
        resource: raw.resource_id().into(),
        at: time(raw.start_time())?,
        status: raw.status_code().as_str().into(),
        description: text_or_empty(Some(raw.description())),
        cause: text_or_empty(Some(raw.cause())),
        not_scaled: raw.not_scaled_reasons().iter().map(reason).collect(),
    })
}

/// Why it did not scale, in words where AWS documents the code.
fn reason(raw: &aws::NotScaledReason) -> Text {
    let at = |number: Option<i32>| number.map_or(String::new(), |is| format!(" ({is})"));
    match raw.code() {
        "AlreadyAtMaxCapacity" => format!("already at its maximum{}", at(raw.max_capacity())),
        "AlreadyAtMinCapacity" => format!("already at its minimum{}", at(raw.min_capacity())),
        "AlreadyAtDesiredCapacity" => {
            format!("already at the wanted count{}", at(raw.current_capacity()))
        }
        "AutoScalingAnticipatedFlapping" => "it would go up and down again".to_owned(),
        "TargetServicePutResourceAsUnscalable" => "ECS does not let it scale now".to_owned(),
        other => other.to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_did_not_scale_is_said_in_words() {
        let raw = aws::NotScaledReason::builder()
            .code("AlreadyAtMaxCapacity")
            .max_capacity(6)
            .build()
            .unwrap();
        assert_eq!(&*reason(&raw), "already at its maximum (6)");
        let odd = aws::NotScaledReason::builder().code("NewCode").build();
        assert_eq!(&*reason(&odd.unwrap()), "NewCode");
    }
}
