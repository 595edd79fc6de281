//! `CloudWatch` Logs: groups, streams and events. Moments are epoch milliseconds here.

mod events;
mod groups;
mod live;
mod pattern;
mod queries;
mod written;

use jiff::Timestamp;

use super::error::Refusal;
use super::{Input, Operation};
use crate::sim::world::{Account, LogGroup};

pub(crate) use pattern::Pattern;

/// Every operation, by name.
pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateLogGroup", written::create_group),
    ("CreateLogStream", written::create_stream),
    ("DescribeLogGroups", groups::describe),
    ("DescribeLogStreams", groups::describe_streams),
    ("DescribeQueryDefinitions", queries::describe),
    ("FilterLogEvents", events::filter),
    ("GetLogEvents", events::of_stream),
    ("PutLogEvents", written::put),
    ("PutRetentionPolicy", written::retention),
    ("StartLiveTail", live::start),
];

/// How Logs names a bad parameter.
const INVALID: &str = "InvalidParameterException";

/// The group an operation is about, by name or by ARN.
fn group_of<'world>(
    account: &'world Account,
    input: Input<'_>,
) -> Result<&'world LogGroup, Refusal> {
    let (name, identifier) = (
        input.text("logGroupName")?,
        input.text("logGroupIdentifier")?,
    );
    let wanted = match (name, identifier) {
        (Some(name), None) | (None, Some(name)) => name,
        (Some(_), Some(_)) => {
            let message = "Only one of logGroupName and logGroupIdentifier may be given.";
            return Err(Refusal::sender(INVALID, message));
        }
        (None, None) => return Err(Refusal::sender(INVALID, "A log group must be given.")),
    };
    account
        .log_groups
        .iter()
        .find(|group| group.name == wanted || group.arn == wanted)
        .ok_or_else(|| not_found("group"))
}

/// What is missing, in AWS's words.
fn not_found(what: &str) -> Refusal {
    let message = format!("The specified log {what} does not exist.");
    Refusal::sender("ResourceNotFoundException", message)
}

/// A moment out of epoch milliseconds; `otherwise` when it is not sent.
fn moment(input: Input<'_>, name: &str, otherwise: Timestamp) -> Result<Timestamp, Refusal> {
    input.integer(name)?.map_or(Ok(otherwise), |milliseconds| {
        Timestamp::from_millisecond(milliseconds)
            .map_err(|_| Refusal::sender(INVALID, format!("{name} is out of range.")))
    })
}
