//! `DescribeAlarms`.

use aws_sdk_cloudwatch::types as aws;
use aws_smithy_types::DateTime;

use super::{text, text_or_empty, time_of};
use crate::estate::alarm::{
    Alarm, AlarmKind, AlarmRule, AlarmState, Missing, Suppressor, children,
};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// An alarm on metrics; `None` when it has no ARN.
pub(in crate::cloud) fn metric_alarm(raw: &aws::MetricAlarm) -> Option<Alarm> {
    let statistic = raw.extended_statistic();
    let statistic = statistic.or_else(|| Some(raw.statistic()?.as_str()));
    let of = count(raw.evaluation_periods());
    Some(Alarm {
        arn: raw.alarm_arn()?.into(),
        name: text_or_empty(raw.alarm_name()),
        state: state(raw.state_value()),
        since: since(
            raw.state_transitioned_timestamp(),
            raw.state_updated_timestamp(),
        ),
        reason: text_or_empty(raw.state_reason()),
        metric: text(raw.metric_name()),
        dimensions: dimensions(raw),
        threshold: raw.threshold(),
        notifies: notifies(raw.actions_enabled(), raw.alarm_actions()),
        rule: AlarmRule {
            about: text_or_empty(raw.alarm_description()),
            kind: AlarmKind::Metric,
            metrics: metrics(raw),
            statistic: text_or_empty(statistic),
            sign: sign(raw.comparison_operator()),
            points: raw
                .datapoints_to_alarm()
                .map_or(of, |points| count(Some(points))),
            of,
            period: SignedDuration::from_secs(i64::from(raw.period().unwrap_or(60))),
            missing: Missing::of(raw.treat_missing_data().unwrap_or_default()),
            evaluation: text_or_empty(raw.evaluation_state().map(aws::EvaluationState::as_str)),
            enabled: raw.actions_enabled() != Some(false),
            actions: actions(raw.alarm_actions()),
            suppressor: None,
        },
    })
}

/// The real change of state; an update may have changed its reason only.
fn since(transitioned: Option<&DateTime>, updated: Option<&DateTime>) -> Option<Timestamp> {
    time_of(transitioned).or_else(|| time_of(updated))
}

/// Whether anybody hears of it.
fn notifies(enabled: Option<bool>, actions: &[String]) -> bool {
    enabled != Some(false) && !actions.is_empty()
}

/// An alarm on other alarms; `None` when it has no ARN.
pub(in crate::cloud) fn composite_alarm(raw: &aws::CompositeAlarm) -> Option<Alarm> {
    let holds = raw.actions_suppressed_by();
    let holds = holds.map(aws::ActionsSuppressedBy::as_str);
    let suppressor = raw.actions_suppressor().map(|alarm| Suppressor {
        alarm: alarm.rsplit(":alarm:").next().unwrap_or(alarm).into(),
        holds: text_or_empty(holds),
    });
    Some(Alarm {
        arn: raw.alarm_arn()?.into(),
        name: text_or_empty(raw.alarm_name()),
        state: state(raw.state_value()),
        since: since(
            raw.state_transitioned_timestamp(),
            raw.state_updated_timestamp(),
        ),
        reason: text_or_empty(raw.state_reason()),
        metric: None,
        dimensions: Vec::new(),
        threshold: None,
        notifies: notifies(raw.actions_enabled(), raw.alarm_actions()),
        rule: AlarmRule {
            about: text_or_empty(raw.alarm_description()),
            kind: AlarmKind::Composite(children(raw.alarm_rule().unwrap_or_default())),
            enabled: raw.actions_enabled() != Some(false),
            actions: actions(raw.alarm_actions()),
            suppressor,
            ..AlarmRule::default()
        },
    })
}

/// An alarm on what a query over logs finds; `None` when it has no ARN.
pub(in crate::cloud) fn log_alarm(raw: &aws::LogAlarm) -> Option<Alarm> {
    let of = count(raw.query_results_to_evaluate());
    Some(Alarm {
        arn: raw.alarm_arn()?.into(),
        name: text_or_empty(raw.alarm_name()),
        state: state(raw.state_value()),
        since: since(
            raw.state_transitioned_timestamp(),
            raw.state_updated_timestamp(),
        ),
        reason: text_or_empty(raw.state_reason()),
        metric: None,
        dimensions: Vec::new(),
        threshold: raw.threshold(),
        notifies: notifies(raw.actions_enabled(), raw.alarm_actions()),
        rule: AlarmRule {
            about: text_or_empty(raw.alarm_description()),
            kind: AlarmKind::Log,
            sign: sign(raw.comparison_operator()),
            missing: Missing::of(raw.treat_missing_data().unwrap_or_default()),
            points: raw
                .query_results_to_alarm()
                .map_or(of, |points| count(Some(points))),
            evaluation: text_or_empty(raw.evaluation_state().map(aws::EvaluationState::as_str)),
            enabled: raw.actions_enabled() != Some(false),
            actions: actions(raw.alarm_actions()),
            ..AlarmRule::default()
        },
    })
}

fn count(raw: Option<i32>) -> u32 {
    raw.and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

/// The operator as people write it.
fn sign(raw: Option<&aws::ComparisonOperator>) -> Text {
    match raw.map(aws::ComparisonOperator::as_str).unwrap_or_default() {
        "GreaterThanThreshold" => ">",
        "GreaterThanOrEqualToThreshold" => "≥",
        "LessThanThreshold" => "<",
        "LessThanOrEqualToThreshold" => "≤",
        other => other,
    }
    .into()
}

/// The last parts of the ARNs: a topic's name, a function's.
fn actions(arns: &[String]) -> Vec<Text> {
    let last = |arn: &String| arn.rsplit(':').next().unwrap_or(arn).into();
    arns.iter().map(last).collect()
}

/// The names of all metrics it reads, each once.
fn metrics(raw: &aws::MetricAlarm) -> Vec<Text> {
    let queries = raw.metrics().iter();
    let of_queries = queries.filter_map(|query| query.metric_stat()?.metric()?.metric_name());
    let mut found: Vec<Text> = Vec::new();
    for name in raw.metric_name().into_iter().chain(of_queries) {
        if !found.iter().any(|known| **known == *name) {
            found.push(name.into());
        }
    }
    found
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

    #[test]
    fn a_rule_says_how_it_judges() {
        let raw = aws::MetricAlarm::builder()
            .alarm_arn("a")
            .metric_name("CPUUtilization")
            .statistic(aws::Statistic::Average)
            .comparison_operator(aws::ComparisonOperator::GreaterThanOrEqualToThreshold)
            .threshold(80.0)
            .evaluation_periods(5)
            .datapoints_to_alarm(3)
            .period(60)
            .treat_missing_data("notBreaching")
            .actions_enabled(false)
            .alarm_actions("arn:aws:sns:x:1:pager")
            .build();
        let alarm = metric_alarm(&raw).unwrap();
        assert_eq!(
            alarm.rule.words(alarm.threshold),
            "Average of CPUUtilization ≥ 80 in 3 of 5 points of 1 min"
        );
        assert_eq!(alarm.rule.missing, Missing::NotBreaching);
        assert_eq!(
            (alarm.rule.enabled, &*alarm.rule.actions[0]),
            (false, "pager")
        );
    }

    #[test]
    fn a_composite_alarm_names_its_children_and_what_keeps_it_quiet() {
        let raw = aws::CompositeAlarm::builder()
            .alarm_arn("a")
            .alarm_rule("ALARM(\"web slow\") AND (NOT OK(arn:aws:cloudwatch:x:1:alarm:db))")
            .actions_suppressor("arn:aws:cloudwatch:x:1:alarm:maintenance")
            .actions_suppressed_by(aws::ActionsSuppressedBy::Alarm)
            .build();
        let rule = composite_alarm(&raw).unwrap().rule;
        let AlarmKind::Composite(children) = &rule.kind else {
            unreachable!("it is composite")
        };
        let told: Vec<_> = children
            .iter()
            .map(|one| (&*one.name, &*one.asked))
            .collect();
        assert_eq!(told, [("web slow", "ALARM"), ("db", "NOT OK")]);
        let suppressor = rule.suppressor.unwrap();
        assert_eq!(
            (&*suppressor.alarm, &*suppressor.holds),
            ("maintenance", "Alarm")
        );
    }

    #[test]
    fn an_alarm_on_logs_is_an_alarm() {
        let raw = aws::LogAlarm::builder()
            .alarm_arn("a")
            .alarm_name("panics")
            .state_value("ALARM".into())
            .threshold(3.0)
            .comparison_operator(aws::ComparisonOperator::GreaterThanThreshold)
            .build();
        let alarm = log_alarm(&raw).unwrap();
        assert_eq!(
            (alarm.state.clone(), &*alarm.name),
            (AlarmState::Alarm, "panics")
        );
        assert_eq!(alarm.rule.words(alarm.threshold), "a query over logs > 3");
        assert!(!alarm.notifies);
    }
}
