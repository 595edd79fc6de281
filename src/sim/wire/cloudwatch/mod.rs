//! `CloudWatch`: metrics and alarms, the same code for CBOR, JSON and Query.

mod alarms;
mod dashboards;
mod metric_data;
mod metrics;
mod mutes;

use super::error::Refusal;
use super::{Input, Operation, Value};

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("DeleteAlarmMuteRule", mutes::delete),
    ("DescribeAlarmHistory", alarms::history),
    ("DescribeAlarms", alarms::describe),
    ("GetAlarmMuteRule", mutes::get),
    ("GetDashboard", dashboards::get),
    ("GetMetricData", metric_data::data),
    ("ListAlarmMuteRules", mutes::list),
    ("ListMetrics", metrics::list),
    ("PutAlarmMuteRule", mutes::put),
];

/// How `CloudWatch` names a bad value.
const INVALID: &str = "InvalidParameterValueException";

/// A metric's dimensions out of a request: names, and values where one is given.
fn dimensions(input: Input<'_>) -> Result<Vec<(&str, Option<&str>)>, Refusal> {
    input
        .list("Dimensions")?
        .into_iter()
        .map(|dimension| {
            Ok((
                dimension.required_text("Name", INVALID)?,
                dimension.text("Value")?,
            ))
        })
        .collect()
}

/// A metric's dimensions in an answer.
fn dimension_list(dimensions: &[(String, String)]) -> Value {
    Value::list(dimensions.iter().map(|(name, value)| {
        super::value::record! { "Name": name, "Value": value }
    }))
}
