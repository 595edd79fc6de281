//! `FilterLogEvents` and `GetLogEvents`.
//!
//! Tokens carry the time and id of the last event handed out, so events that arrive late
//! between two pages do not shift the pages.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::pattern::Pattern;
use super::{INVALID, group_of, moment, not_found};
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::LogEvent;
use crate::sim::world::log::Spoken;
use crate::sim::world::query::LogQuery;

/// The most events in one answer, and the default.
const MOST_EVENTS: usize = 10_000;

/// The most bytes in one answer; an event counts its message and 26 bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// What an event counts beside its message.
const EVENT_BYTES: usize = 26;

/// The oldest start from which `FilterLogEvents` reads backwards: 2024-01-01T00:00:00Z.
const BACKWARDS_SINCE: i64 = 1_704_067_200_000;

pub(super) fn filter(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let group = group_of(context.account()?, input)?.name.clone();
    let streams: Vec<String> = input
        .texts("logStreamNames")?
        .into_iter()
        .map(str::to_owned)
        .collect();
    let prefix = input.text("logStreamNamePrefix")?.unwrap_or_default();
    if !prefix.is_empty() && !streams.is_empty() {
        let message = "logStreamNames and logStreamNamePrefix cannot be given together.";
        return Err(Refusal::sender(INVALID, message));
    }
    let pattern = Pattern::parse(input.text("filterPattern")?.unwrap_or_default())?;
    let (from, to) = range(input)?;
    let backwards = input.0.member("startFromHead").is_some() && !input.flag("startFromHead")?;
    if backwards && from.as_millisecond() < BACKWARDS_SINCE {
        let message = "startFromHead=false needs a startTime on or after 2024-01-01.";
        return Err(Refusal::sender(INVALID, message));
    }
    let limit = limit(input)?;
    let after = input
        .text("nextToken")?
        .map(|token| Mark::parse(token, ""))
        .transpose()?;
    // AWS may hand out a page with nothing on it and a token: it searched and found nothing yet.
    let may_be_empty = after.is_some() || input.text("filterPattern")?.is_some();
    if may_be_empty && context.dice.u8(..) < 32 {
        let token = after.map_or_else(|| Mark::start(backwards).token(""), |mark| mark.token(""));
        return Ok(filtered(Vec::new(), Some(token)));
    }
    let query = LogQuery {
        group: &group,
        streams: &streams,
        prefix,
        from,
        to,
    };
    let (page, next) = filtered_page(context, &query, &pattern, (after, backwards, limit))?;
    Ok(filtered(page.iter().map(filtered_event).collect(), next))
}

/// One page of what passes `pattern`, after a mark, and the token for the next.
fn filtered_page(
    context: &mut Context<'_>,
    query: &LogQuery<'_>,
    pattern: &Pattern,
    asked: (Option<Mark>, bool, usize),
) -> Result<(Vec<LogEvent>, Option<String>), Refusal> {
    let (after, backwards, limit) = asked;
    let repeats = context.dice.u8(..) < 48;
    let mut found = spoken(context, query)?;
    if backwards {
        found.reverse();
    }
    let beyond = |one: &Spoken<'_>, mark: &Mark| {
        let order = one.at().cmp(&mark.at);
        let order = order.then_with(|| one.id().cmp(&mark.id));
        order
            == if backwards {
                Ordering::Less
            } else {
                Ordering::Greater
            }
    };
    let counts = found.first().is_some_and(|one| one.voice.numbered);
    let limit = found.first().map_or(limit, |one| limit.min(one.voice.page));
    let rest = found
        .into_iter()
        .filter(|one| after.as_ref().is_none_or(|mark| beyond(one, mark)))
        .filter_map(|one| one.event())
        .filter(|event| pattern.accepts(&event.message));
    let (mut page, more) = first_page(rest, limit);
    let next = page
        .last()
        .filter(|_| more)
        .map(|event| Mark::of(event).token(""));
    // AWS may hand out an event twice; where lines are counted it does so often.
    if counts && repeats {
        page.extend_from_within(..page.len().min(3));
    }
    Ok((page, next))
}

pub(super) fn of_stream(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let stream = input.required_text("logStreamName", INVALID)?;
    let group = group_of(context.account()?, input)?;
    if group.streams.iter().all(|found| found.name != stream) {
        return Err(not_found("stream"));
    }
    let (group, streams) = (group.name.clone(), [stream.to_owned()]);
    let (from, to) = range(input)?;
    let limit = limit(input)?;
    let query = LogQuery {
        group: &group,
        streams: &streams,
        prefix: "",
        from,
        to,
    };
    let events = events(context, &query)?;
    let (page, mark) = match input.text("nextToken")? {
        None if input.flag("startFromHead")? => (forwards(events, None, limit), None),
        None => (backwards(events, None, limit), None),
        Some(token) if token.starts_with("f/") => {
            let mark = Mark::parse(token, "f/")?;
            (forwards(events, Some(&mark), limit), Some(mark))
        }
        Some(token) => {
            let mark = Mark::parse(token, "b/")?;
            (backwards(events, Some(&mark), limit), Some(mark))
        }
    };
    // At the end the same token comes back; that is how AWS says "nothing more yet".
    let here = || mark.clone().unwrap_or_else(|| Mark::start(false));
    let newest = page.last().map_or_else(here, Mark::of);
    let oldest = page.first().map_or_else(here, Mark::of);
    let events = page.iter().map(|event| {
        record! {
            "timestamp": event.at.as_millisecond(),
            "message": &event.message,
            "ingestionTime": event.ingested_at.as_millisecond(),
        }
    });
    Ok(record! {
        "events": Value::list(events),
        "nextForwardToken": newest.token("f/"),
        "nextBackwardToken": oldest.token("b/"),
    })
}

/// `[startTime, endTime)`; both ends may be left open.
fn range(input: Input<'_>) -> Result<(Timestamp, Timestamp), Refusal> {
    let from = moment(input, "startTime", Timestamp::UNIX_EPOCH)?;
    let to = moment(input, "endTime", Timestamp::MAX)?;
    if from > to {
        return Err(Refusal::sender(
            INVALID,
            "startTime must not be after endTime.",
        ));
    }
    Ok((from, to))
}

fn limit(input: Input<'_>) -> Result<usize, Refusal> {
    let Some(limit) = input.integer("limit")? else {
        return Ok(MOST_EVENTS);
    };
    usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=MOST_EVENTS).contains(limit))
        .ok_or_else(|| Refusal::sender(INVALID, format!("limit must be from 1 to {MOST_EVENTS}.")))
}

fn events(context: &Context<'_>, query: &LogQuery<'_>) -> Result<Vec<LogEvent>, Refusal> {
    context
        .world
        .log_events(context.account_id, query)
        .ok_or_else(|| not_found("group"))
}

fn spoken<'a>(context: &'a Context<'_>, query: &LogQuery<'_>) -> Result<Vec<Spoken<'a>>, Refusal> {
    context
        .world
        .log_lines(context.account_id, query)
        .ok_or_else(|| not_found("group"))
}

fn forwards(events: Vec<LogEvent>, after: Option<&Mark>, limit: usize) -> Vec<LogEvent> {
    let rest = events
        .into_iter()
        .filter(|event| after.is_none_or(|mark| Mark::of(event) > *mark));
    first_page(rest, limit).0
}

fn backwards(events: Vec<LogEvent>, before: Option<&Mark>, limit: usize) -> Vec<LogEvent> {
    let rest = events
        .into_iter()
        .rev()
        .filter(|event| before.is_none_or(|mark| Mark::of(event) < *mark));
    let mut page = first_page(rest, limit).0;
    page.reverse();
    page
}

/// The first events that fit into one answer, and whether there are more.
fn first_page(events: impl Iterator<Item = LogEvent>, limit: usize) -> (Vec<LogEvent>, bool) {
    let mut page: Vec<LogEvent> = Vec::new();
    let mut bytes = 0;
    for event in events {
        bytes += event.message.len() + EVENT_BYTES;
        if page.len() == limit || (bytes > MOST_BYTES && !page.is_empty()) {
            return (page, true);
        }
        page.push(event);
    }
    (page, false)
}

fn filtered(events: Vec<Value>, next: Option<String>) -> Value {
    record! { "events": events, "searchedLogStreams": Vec::new(), "nextToken": next }
}

fn filtered_event(event: &LogEvent) -> Value {
    record! {
        "logStreamName": &event.stream,
        "timestamp": event.at.as_millisecond(),
        "message": &event.message,
        "ingestionTime": event.ingested_at.as_millisecond(),
        "eventId": &event.id,
    }
}

/// A place between events: right at the one with this time and id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    at: i64,
    id: String,
}

impl Mark {
    fn of(event: &LogEvent) -> Self {
        Self {
            at: event.at.as_millisecond(),
            id: event.id.clone(),
        }
    }

    /// Before the first event, in the direction one reads.
    fn start(backwards: bool) -> Self {
        Self {
            at: if backwards { i64::MAX } else { i64::MIN },
            id: String::new(),
        }
    }

    fn token(&self, direction: &str) -> String {
        format!("{direction}{:x}-{}", self.at, self.id)
    }

    fn parse(token: &str, direction: &str) -> Result<Self, Refusal> {
        token
            .strip_prefix(direction)
            .and_then(|mark| mark.split_once('-'))
            .and_then(|(at, id)| {
                // Negative numbers print as two's complement.
                let at = u64::from_str_radix(at, 16).ok()?.cast_signed();
                Some(Self {
                    at,
                    id: id.to_owned(),
                })
            })
            .ok_or_else(|| Refusal::sender(INVALID, "The specified nextToken is invalid."))
    }
}
