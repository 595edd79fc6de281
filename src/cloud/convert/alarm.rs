//! `DescribeAlarms`.

use aws_sdk_cloudwatch::types as aws;

use super::{text, text_or_empty, time_of};
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::text::Text;

/// An alarm on metrics; `None` when it has no ARN.
pub(in crate::cloud) fn metric_alarm(raw: &aws::MetricAlarm) -> Option<Alarm> {
    Some(Alarm {
        arn: raw.alarm_arn()?.into(),
        name: text_or_empty(raw.alarm_name()),
        state: state(raw.state_value()),
        since: time_of(raw.state_transitioned_timestamp())
            .or_else(|| time_of(raw.state_updated_timestamp())),
        reason: text_or_empty(raw.state_reason()),
        metric: text(raw.metric_name()),
        dimensions: dimensions(raw),
        threshold: raw.threshold(),
        notifies: raw.actions_enabled() != Some(false) && !raw.alarm_actions().is_empty(),
    })
}

/// An alarm on other alarms; `None` when it has no ARN.
pub(in crate::cloud) fn composite_alarm(raw: &aws::CompositeAlarm) -> Option<Alarm> {
    Some(Alarm {
        arn: raw.alarm_arn()?.into(),
        name: text_or_empty(raw.alarm_name()),
        state: state(raw.state_value()),
        since: time_of(raw.state_transitioned_timestamp())
            .or_else(|| time_of(raw.state_updated_timestamp())),
        reason: text_or_empty(raw.state_reason()),
        metric: None,
        dimensions: Vec::new(),
        threshold: None,
        notifies: raw.actions_enabled() != Some(false) && !raw.alarm_actions().is_empty(),
    })
}

fn state(raw: Option<&aws::StateValue>) -> AlarmState {
    state_of(raw.map(aws::StateValue::as_str).unwrap_or_default())
}

/// A state by AWS's word for it.
pub(super) fn state_of(word: &str) -> AlarmState {
    match word {
        "OK" => AlarmState::Ok,
        "ALARM" => AlarmState::Alarm,
        "INSUFFICIENT_DATA" => AlarmState::InsufficientData,
        other => AlarmState::Unknown(other.into()),
    }
}

/// The alarm's own dimensions and, for metric math, those of every metric in it (aws.md 3.6).
fn dimensions(raw: &aws::MetricAlarm) -> Vec<(Text, Text)> {
    let of_metrics = raw
        .metrics()
        .iter()
        .filter_map(|query| query.metric_stat()?.metric())
        .flat_map(aws::Metric::dimensions);
    let mut found: Vec<(Text, Text)> = Vec::new();
    for one in raw.dimensions().iter().chain(of_metrics) {
        let pair = (text_or_empty(one.name()), text_or_empty(one.value()));
        if !found.contains(&pair) {
            found.push(pair);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(name: &str, value: &str) -> aws::Dimension {
        aws::Dimension::builder().name(name).value(value).build()
    }

    #[test]
    fn dimensions_of_metric_math_are_walked() {
        let query = |value: &str| {
            let metric = aws::Metric::builder()
                .dimensions(dimension("TargetGroup", value))
                .build();
            let stat = aws::MetricStat::builder()
                .metric(metric)
                .period(60)
                .stat("Sum")
                .build();
            aws::MetricDataQuery::builder()
                .id("m")
                .metric_stat(stat)
                .build()
        };
        let raw = aws::MetricAlarm::builder()
            .alarm_arn("arn:aws:cloudwatch:x:1:alarm:errors")
            .metrics(query("a"))
            .metrics(query("a"))
            .metrics(
                aws::MetricDataQuery::builder()
                    .id("e")
                    .expression("m/2")
                    .build(),
            )
            .metrics(query("b"))
            .build();
        let alarm = metric_alarm(&raw).unwrap();
        let groups: Vec<&str> = alarm.dimensions.iter().map(|(_, value)| &**value).collect();
        assert_eq!(groups, ["a", "b"]);
        assert_eq!(alarm.state, AlarmState::Unknown("".into()));
        assert!(!alarm.notifies);
    }

    #[test]
    fn the_real_change_comes_before_the_last_update() {
        let at = aws_smithy_types::DateTime::from_secs;
        let raw = aws::CompositeAlarm::builder()
            .alarm_arn("a")
            .state_value("ALARM".into())
            .state_transitioned_timestamp(at(10))
            .state_updated_timestamp(at(20))
            .alarm_actions("arn:aws:sns:x:1:pager")
            .build();
        let alarm = composite_alarm(&raw).unwrap();
        assert_eq!(alarm.since.unwrap().as_second(), 10);
        assert_eq!(alarm.state, AlarmState::Alarm);
        assert!(alarm.notifies);
    }
}
