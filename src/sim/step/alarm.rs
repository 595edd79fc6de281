//! Alarms look at what can be read of their metrics, once a minute.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::metric::lag;
use crate::sim::world::{
    Account, Alarm, AlarmKind, AlarmState, MetricRule, Metrics, MissingData, Transition,
};

/// Changes of state an alarm remembers.
const TRANSITIONS_KEPT: usize = 100;

/// Evaluates every alarm, composite ones last.
pub(super) fn evaluate(account: &mut Account, now: Timestamp) {
    let mut alarms = std::mem::take(&mut account.alarms);
    for alarm in &mut alarms {
        let AlarmKind::Metric(rule) = &alarm.kind else {
            continue;
        };
        if let Some((state, reason)) = judge(rule, &account.metrics, now, alarm.state) {
            turn(alarm, state, &reason, now);
        }
    }
    let alarming: Vec<_> = alarms
        .iter()
        .filter(|alarm| alarm.state == AlarmState::Alarm)
        .map(|alarm| (alarm.name.clone(), alarm.arn.clone(), alarm.transitioned_at))
        .collect();
    for alarm in &mut alarms {
        let AlarmKind::Composite(rule) = &alarm.kind else {
            continue;
        };
        let child = alarming
            .iter()
            .find(|(name, ..)| rule.children.contains(name));
        let (state, reason) = child.map_or_else(
            || {
                (
                    AlarmState::Ok,
                    format!("{} evaluates to false", rule.expression()),
                )
            },
            |(_, arn, at)| {
                (
                    AlarmState::Alarm,
                    format!("{arn} transitioned to ALARM at {at:.0}"),
                )
            },
        );
        turn(alarm, state, &reason, now);
    }
    account.alarms = alarms;
}

/// Puts an alarm into a state.
fn turn(alarm: &mut Alarm, state: AlarmState, reason: &str, now: Timestamp) {
    if alarm.state == state {
        return;
    }
    let from = std::mem::replace(&mut alarm.state, state);
    (alarm.transitioned_at, alarm.updated_at) = (now, now);
    reason.clone_into(&mut alarm.reason);
    alarm.history.insert(
        0,
        Transition {
            at: now,
            from,
            to: state,
            reason: reason.to_owned(),
        },
    );
    alarm.history.truncate(TRANSITIONS_KEPT);
}

/// The state of a metric alarm. `None` while the world is too young to judge.
fn judge(
    rule: &MetricRule,
    metrics: &Metrics,
    now: Timestamp,
    before: AlarmState,
) -> Option<(AlarmState, String)> {
    let period = i64::from(rule.period);
    let readable = now.as_second() - lag(rule.namespace);
    let end = readable - readable.rem_euclid(period);
    let start = end - period * i64::from(rule.evaluation_periods);
    if metrics.first_minute().is_none_or(|first| start < first) {
        return None;
    }
    let dimensions: Vec<_> = rule
        .dimensions
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let from = Timestamp::from_second(start).ok()?;
    let to = Timestamp::from_second(end).ok()?;
    let points: Vec<_> = metrics
        .visible((rule.namespace, rule.metric, &dimensions), from, to, now)
        .map(|point| (point.start(), point.value(rule.statistic)))
        .collect();
    let breaches = |value: f64| {
        if rule.above {
            value > rule.threshold
        } else {
            value < rule.threshold
        }
    };
    let breaching = points.iter().filter(|(_, value)| breaches(*value)).count();
    let enough = usize::try_from(rule.datapoints_to_alarm).unwrap_or(usize::MAX);
    let state = if breaching >= enough {
        AlarmState::Alarm
    } else if points.is_empty() && rule.missing == MissingData::Missing {
        AlarmState::InsufficientData
    } else {
        AlarmState::Ok
    };
    if state == before {
        return None;
    }
    Some((state, words(rule, state, &points)))
}

/// `StateReason` as `CloudWatch` words it.
fn words(rule: &MetricRule, state: AlarmState, points: &[(i64, f64)]) -> String {
    let count = points.len();
    let side = if rule.above { "greater" } else { "less" };
    let threshold = rule.threshold;
    let listed = points
        .iter()
        .rev()
        .fold(String::new(), |mut list, (minute, value)| {
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(*minute);
            let comma = if list.is_empty() { "" } else { ", " };
            let _ = write!(
                list,
                "{comma}{value:?} ({})",
                at.strftime("%d/%m/%y %H:%M:%S")
            );
            list
        });
    let periods = rule.evaluation_periods;
    match state {
        AlarmState::Alarm => format!(
            "Threshold Crossed: {count} out of the last {periods} datapoints [{listed}] were \
             {side} than the threshold ({threshold:?}) (minimum {} datapoints for OK -> ALARM \
             transition).",
            rule.datapoints_to_alarm
        ),
        AlarmState::Ok if points.is_empty() => {
            "Threshold Crossed: no datapoints were received and missing datapoints were treated \
             as [NonBreaching]."
                .to_owned()
        }
        AlarmState::Ok => format!(
            "Threshold Crossed: {count} datapoints [{listed}] were not {side} than the threshold \
             ({threshold:?})."
        ),
        AlarmState::InsufficientData => {
            format!("Insufficient Data: {periods} datapoints were unknown.")
        }
    }
}
