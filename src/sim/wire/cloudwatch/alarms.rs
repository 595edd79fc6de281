//! `DescribeAlarms` and `DescribeAlarmHistory`.

use super::{INVALID, dimension_list};
use crate::sim::wire::paging::{Limits, Page};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{
    Account, Alarm, AlarmKind, CompositeRule, MetricRule, Statistic, Transition,
};

const PAGES: Limits = Limits {
    default: 100,
    smallest: 1,
    largest: 100,
    code: INVALID,
};

/// The kinds of alarm there are in AWS; this world has the first two.
const ALARM_TYPES: [&str; 3] = ["MetricAlarm", "CompositeAlarm", "LogAlarm"];

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let wanted = Wanted::read(account, input)?;
    let found = account.alarms.iter().filter(|alarm| wanted.accepts(alarm));
    let Page { items, next } = PAGES.page(
        found,
        input.integer("MaxRecords")?,
        input.text("NextToken")?,
    )?;
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for alarm in items {
        match &alarm.kind {
            AlarmKind::Metric(rule) => metric.push(with_rule(alarm, rule)),
            AlarmKind::Composite(rule) => {
                composite.push(common(alarm).with("AlarmRule", rule.expression()));
            }
        }
    }
    Ok(record! { "MetricAlarms": metric, "CompositeAlarms": composite, "NextToken": next })
}

pub(super) fn history(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.text("AlarmName")?;
    let types = alarm_types(input)?;
    let (start, end) = (input.time("StartDate")?, input.time("EndDate")?);
    let ascending = ascending(input)?;
    let state_updates = input
        .text("HistoryItemType")?
        .is_none_or(|kind| kind == "StateUpdate");
    let mut changes: Vec<(&Alarm, &Transition)> = account
        .alarms
        .iter()
        .filter(|alarm| name.is_none_or(|name| alarm.name == name))
        .filter(|alarm| types.contains(&type_of(alarm)))
        .flat_map(|alarm| alarm.history.iter().map(move |change| (alarm, change)))
        .filter(|(_, change)| state_updates && start.is_none_or(|start| change.at >= start))
        .filter(|(_, change)| end.is_none_or(|end| change.at <= end))
        .collect();
    changes.sort_by_key(|(_, change)| change.at);
    if !ascending {
        changes.reverse();
    }
    let items = changes
        .into_iter()
        .map(|(alarm, change)| history_item(alarm, change));
    let page = PAGES.page(
        items,
        input.integer("MaxRecords")?,
        input.text("NextToken")?,
    )?;
    Ok(record! { "AlarmHistoryItems": page.items, "NextToken": page.next })
}

/// What `DescribeAlarms` was asked for.
struct Wanted<'request> {
    names: Vec<&'request str>,
    prefix: Option<&'request str>,
    types: Vec<&'request str>,
    state: Option<&'request str>,
    children: Option<&'request [String]>,
    parents_of: Option<&'request str>,
}

impl<'request> Wanted<'request> {
    fn read(account: &'request Account, input: Input<'request>) -> Result<Self, Refusal> {
        let names = input.texts("AlarmNames")?;
        let prefix = input.text("AlarmNamePrefix")?;
        if prefix.is_some() && !names.is_empty() {
            let message = "AlarmNamePrefix and AlarmNames are mutually exclusive";
            return Err(Refusal::sender(
                "InvalidParameterCombinationException",
                message,
            ));
        }
        let state = input.text("StateValue")?;
        if state.is_some_and(|state| !["OK", "ALARM", "INSUFFICIENT_DATA"].contains(&state)) {
            return Err(Refusal::sender(
                INVALID,
                "StateValue is not a state of an alarm",
            ));
        }
        let children = input.text("ChildrenOfAlarmName")?.map(|parent| {
            let parent = account.alarms.iter().find(|alarm| alarm.name == parent);
            match parent.map(|alarm| &alarm.kind) {
                Some(AlarmKind::Composite(CompositeRule { children })) => children.as_slice(),
                Some(AlarmKind::Metric(_)) | None => &[],
            }
        });
        let parents_of = input.text("ParentsOfAlarmName")?;
        let mut types = alarm_types(input)?;
        if input.list("AlarmTypes")?.is_empty() && children.is_none() && parents_of.is_none() {
            // Unless asked for, composite alarms stay hidden.
            types.truncate(1);
        }
        Ok(Self {
            names,
            prefix,
            types,
            state,
            children,
            parents_of,
        })
    }

    fn accepts(&self, alarm: &Alarm) -> bool {
        let is_parent = |child: &str| match &alarm.kind {
            AlarmKind::Composite(rule) => rule.children.iter().any(|own| own == child),
            AlarmKind::Metric(_) => false,
        };
        (self.names.is_empty() || self.names.contains(&alarm.name.as_str()))
            && self
                .prefix
                .is_none_or(|prefix| alarm.name.starts_with(prefix))
            && self.types.contains(&type_of(alarm))
            && self.state.is_none_or(|state| alarm.state.as_ref() == state)
            && self
                .children
                .is_none_or(|children| children.contains(&alarm.name))
            && self.parents_of.is_none_or(is_parent)
    }
}

/// The alarm types asked for, all of them when none is.
fn alarm_types(input: Input<'_>) -> Result<Vec<&str>, Refusal> {
    let types = input.texts("AlarmTypes")?;
    if types.is_empty() {
        return Ok(ALARM_TYPES.to_vec());
    }
    if types.iter().all(|kind| ALARM_TYPES.contains(kind)) {
        Ok(types)
    } else {
        Err(Refusal::sender(
            INVALID,
            "AlarmTypes has an unknown type of alarm",
        ))
    }
}

/// `ScanBy`: the newest first unless asked otherwise.
pub(super) fn ascending(input: Input<'_>) -> Result<bool, Refusal> {
    match input.text("ScanBy")? {
        None | Some("TimestampDescending") => Ok(false),
        Some("TimestampAscending") => Ok(true),
        Some(_) => Err(Refusal::sender(INVALID, "ScanBy is not an order")),
    }
}

fn type_of(alarm: &Alarm) -> &'static str {
    match alarm.kind {
        AlarmKind::Metric(_) => "MetricAlarm",
        AlarmKind::Composite(_) => "CompositeAlarm",
    }
}

fn common(alarm: &Alarm) -> Value {
    record! {
        "AlarmName": &alarm.name,
        "AlarmArn": &alarm.arn,
        "AlarmDescription": &alarm.description,
        "AlarmConfigurationUpdatedTimestamp": alarm.configured_at,
        "ActionsEnabled": alarm.actions_enabled,
        "OKActions": Vec::new(),
        "AlarmActions": Value::list(&alarm.actions),
        "InsufficientDataActions": Vec::new(),
        "StateValue": alarm.state.as_ref(),
        "StateReason": &alarm.reason,
        "StateUpdatedTimestamp": alarm.updated_at,
        "StateTransitionedTimestamp": alarm.transitioned_at,
    }
}

fn with_rule(alarm: &Alarm, rule: &MetricRule) -> Value {
    let is_percentile = matches!(
        rule.statistic,
        Statistic::P50 | Statistic::P90 | Statistic::P95 | Statistic::P99
    );
    let comparison = if rule.above {
        "GreaterThanThreshold"
    } else {
        "LessThanThreshold"
    };
    common(alarm)
        .with("MetricName", rule.metric)
        .with("Namespace", rule.namespace)
        .with(
            if is_percentile {
                "ExtendedStatistic"
            } else {
                "Statistic"
            },
            rule.statistic.as_ref(),
        )
        .with("Dimensions", dimension_list(&rule.dimensions))
        .with("Period", rule.period)
        .with("EvaluationPeriods", rule.evaluation_periods)
        .with("DatapointsToAlarm", rule.datapoints_to_alarm)
        .with("Threshold", rule.threshold)
        .with("ComparisonOperator", comparison)
        .with("TreatMissingData", rule.missing.as_ref())
}

fn history_item(alarm: &Alarm, change: &Transition) -> Value {
    let (from, to) = (change.from.as_ref(), change.to.as_ref());
    let data = serde_json::json!({
        "version": "1.0",
        "oldState": { "stateValue": from },
        "newState": { "stateValue": to, "stateReason": change.reason },
    });
    record! {
        "AlarmName": &alarm.name,
        "AlarmType": type_of(alarm),
        "Timestamp": change.at,
        "HistoryItemType": "StateUpdate",
        "HistorySummary": format!("Alarm updated from {from} to {to}"),
        "HistoryData": data.to_string(),
    }
}
