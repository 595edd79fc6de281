//! `DescribeLogGroups` and `DescribeLogStreams`.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::{INVALID, group_of};
use crate::sim::wire::paging::Limits;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{LogGroup, LogStream};

const PAGES: Limits = Limits {
    default: 50,
    smallest: 1,
    largest: 50,
    code: INVALID,
};

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let prefix = input.text("logGroupNamePrefix")?.unwrap_or_default();
    let part = input.text("logGroupNamePattern")?.unwrap_or_default();
    let mut groups: Vec<&LogGroup> = account
        .log_groups
        .iter()
        .filter(|group| group.name.starts_with(prefix) && group.name.contains(part))
        .collect();
    groups.sort_by_key(|group| &group.name);
    groups.dedup_by_key(|group| &group.name);
    let groups = groups.into_iter().map(group);
    let page = PAGES.page(groups, input.integer("limit")?, input.text("nextToken")?)?;
    Ok(record! { "logGroups": page.items, "nextToken": page.next })
}

pub(super) fn describe_streams(
    context: &mut Context<'_>,
    input: Input<'_>,
) -> Result<Value, Refusal> {
    let account = context.account()?;
    let group = group_of(account, input)?;
    let prefix = input.text("logStreamNamePrefix")?.unwrap_or_default();
    let groups = account.log_groups_named(&group.name);
    let mut streams: Vec<&LogStream> = groups
        .into_iter()
        .flat_map(|group| &group.streams)
        .filter(|stream| stream.name.starts_with(prefix))
        .collect();
    match input.text("orderBy")? {
        None | Some("LogStreamName") => streams.sort_by_key(|stream| &stream.name),
        Some("LastEventTime") if prefix.is_empty() => {
            streams.sort_by_key(|stream| Reverse(stream.last_event()));
            streams.reverse();
        }
        Some("LastEventTime") => {
            let message = "Cannot order by LastEventTime with a logStreamNamePrefix.";
            return Err(Refusal::sender(INVALID, message));
        }
        Some(_) => return Err(Refusal::sender(INVALID, "Unknown orderBy.")),
    }
    if input.flag("descending")? {
        streams.reverse();
    }
    let streams = streams.into_iter().map(|one| stream(group, one));
    let page = PAGES.page(streams, input.integer("limit")?, input.text("nextToken")?)?;
    Ok(record! { "logStreams": page.items, "nextToken": page.next })
}

fn group(group: &LogGroup) -> Value {
    record! {
        "logGroupName": &group.name,
        "creationTime": group.created_at.as_millisecond(),
        "retentionInDays": group.retention_days,
        "metricFilterCount": 0,
        "arn": format!("{}:*", group.arn),
        "storedBytes": 0,
        "logGroupClass": "STANDARD",
        "logGroupArn": &group.arn,
    }
}

fn stream(group: &LogGroup, stream: &LogStream) -> Value {
    let last = stream.last_event().map(Timestamp::as_millisecond);
    record! {
        "logStreamName": &stream.name,
        "creationTime": stream.created_at.as_millisecond(),
        "firstEventTimestamp": stream.first_event().map(Timestamp::as_millisecond),
        "lastEventTimestamp": last,
        "lastIngestionTime": last,
        "uploadSequenceToken": "49590302938527593028475960283746501928374650192837465012",
        "arn": format!("{}:log-stream:{}", group.arn, stream.name),
        "storedBytes": 0,
    }
}
