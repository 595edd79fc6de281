//! `PutLogEvents` and what it needs: `CreateLogGroup`, `PutRetentionPolicy`, `CreateLogStream`.

use jiff::{SignedDuration, Timestamp};

use super::{INVALID, not_found};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, LogGroup, LogStream};

/// The most events in one call.
const MOST_EVENTS: usize = 10_000;
/// The most bytes in one call; an event counts its message and 26 bytes.
const MOST_BYTES: usize = 1_048_576;
/// What an event counts beside its message.
const EVENT_BYTES: usize = 26;
/// The longest span of the events in one call.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(24);
/// Older events are rejected.
const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Events further ahead are rejected.
const NEWEST: SignedDuration = SignedDuration::from_hours(2);
/// Days a group may keep events.
const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

const EXISTS: &str = "ResourceAlreadyExistsException";

pub(super) fn create_group(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("logGroupName", INVALID)?;
    let legal = |one: char| one.is_ascii_alphanumeric() || "_-/.#".contains(one);
    if name.len() > 512 || !name.chars().all(legal) {
        let message = "Log group names hold a-z, A-Z, 0-9, '_', '-', '/', '.' and '#'.";
        return Err(Refusal::sender(INVALID, message));
    }
    let now = context.world.now();
    let account = account(context)?;
    if account.log_groups.iter().any(|group| group.name == name) {
        let message = "The specified log group already exists";
        return Err(Refusal::sender(EXISTS, message));
    }
    account.create_log_group(name, None, now);
    Ok(record! {})
}

pub(super) fn retention(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let days = input.integer("retentionInDays")?.unwrap_or_default();
    let days = u32::try_from(days).ok();
    let Some(days) = days.filter(|days| RETENTIONS.contains(days)) else {
        return Err(Refusal::sender(
            INVALID,
            "retentionInDays is none of AWS's.",
        ));
    };
    group(context, input)?.retention_days = Some(days);
    Ok(record! {})
}

pub(super) fn create_stream(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("logStreamName", INVALID)?;
    if name.len() > 512 || name.contains([':', '*']) {
        let message = "Log stream names have 1 to 512 characters, none of them ':' or '*'.";
        return Err(Refusal::sender(INVALID, message));
    }
    let now = context.world.now();
    let group = group(context, input)?;
    if group.streams.iter().any(|stream| stream.name == name) {
        let message = "The specified log stream already exists";
        return Err(Refusal::sender(EXISTS, message));
    }
    group.streams.push(LogStream::new(name, now));
    Ok(record! {})
}

pub(super) fn put(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let name = input.required_text("logStreamName", INVALID)?;
    let events = events(input)?;
    let now = context.world.now();
    let group = group(context, input)?;
    let days = group.retention_days.map(i64::from);
    let stream = group.streams.iter_mut().find(|stream| stream.name == name);
    let stream = stream.ok_or_else(|| not_found("stream"))?;
    let before = |age: SignedDuration| (now - age).as_millisecond();
    let expired = days.map(|days| before(SignedDuration::from_hours(24 * days)));
    let old = ends(&events, before(OLDEST));
    let expired = expired.map_or(0, |limit| ends(&events, limit));
    let ahead = (now + NEWEST).as_millisecond();
    let new = events.partition_point(|(at, _)| *at <= ahead);
    let (first, last) = (old.max(expired), new);
    let taken = events.get(first..last).unwrap_or_default();
    for (at, message) in taken {
        stream.write(*at, now, message);
    }
    let told = |told: bool, index: usize| told.then(|| i64::try_from(index).unwrap_or(i64::MAX));
    let rejected = record! {
        "tooNewLogEventStartIndex": told(new < events.len(), new),
        "tooOldLogEventEndIndex": told(old > 0, old),
        "expiredLogEventEndIndex": told(expired > old, expired),
    };
    let any = taken.len() < events.len();
    Ok(record! {
        "nextSequenceToken": "49590302938527593028475960283746501928374650192837465013",
        "rejectedLogEventsInfo": any.then_some(rejected),
    })
}

/// Where the events before a moment end.
fn ends(events: &[(i64, &str)], limit: i64) -> usize {
    events.partition_point(|(at, _)| *at < limit)
}

/// The events of a call, which AWS takes only in the order of their times, within a day, and not
/// too many.
fn events(input: Input<'_>) -> Result<Vec<(i64, &str)>, Refusal> {
    let mut events = Vec::new();
    for event in input.list("logEvents")? {
        let at = event.integer("timestamp")?.unwrap_or_default();
        if Timestamp::from_millisecond(at).is_err() || at < 0 {
            return Err(Refusal::sender(INVALID, "timestamp is out of range."));
        }
        events.push((at, event.required_text("message", INVALID)?));
    }
    let refuse = |message: String| Err(Refusal::sender(INVALID, message));
    if events.is_empty() || events.len() > MOST_EVENTS {
        return refuse(format!(
            "1 validation error detected: logEvents must have 1 to {MOST_EVENTS} members"
        ));
    }
    let bytes: usize = events
        .iter()
        .map(|(_, message)| message.len() + EVENT_BYTES)
        .sum();
    if bytes > MOST_BYTES {
        return refuse(format!(
            "Upload too large: {bytes} bytes exceeds limit of {MOST_BYTES}"
        ));
    }
    if !events.is_sorted_by_key(|(at, _)| *at) {
        return refuse(
            "Log events in a single PutLogEvents request must be in chronological order.".into(),
        );
    }
    let span = events.last().map_or(0, |(at, _)| *at) - events.first().map_or(0, |(at, _)| *at);
    if i128::from(span) > LONGEST_SPAN.as_millis() {
        return refuse(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
                .into(),
        );
    }
    Ok(events)
}

fn account<'a>(context: &'a mut Context<'_>) -> Result<&'a mut Account, Refusal> {
    context
        .world
        .account_mut(context.account_id)
        .ok_or_else(|| Refusal::receiver(500))
}

fn group<'a>(context: &'a mut Context<'_>, input: Input<'_>) -> Result<&'a mut LogGroup, Refusal> {
    let name = input.required_text("logGroupName", INVALID)?;
    let mut groups = account(context)?.log_groups.iter_mut();
    groups
        .find(|group| group.name == name)
        .ok_or_else(|| not_found("group"))
}
