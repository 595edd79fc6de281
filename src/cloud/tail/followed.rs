//! One place in `CloudWatch` Logs that is followed.

use std::sync::Arc;

use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsOutput;
use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, LiveTailSessionLogEvent};
use futures::future::BoxFuture;

use super::owner::Owners;
use super::prepare::{cut, unwrapped};
use super::seen::{self, Seen};
use super::source::Source;
use super::window::{Kind, Look, Window};
use crate::cloud::errors::Failure;
use crate::cloud::link::Link;
use crate::cloud::{convert, gate};
use crate::estate::id::{LogGroup, Region, ServiceArn};
use crate::estate::log::{LogLine, level_under};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// How many lines the first look brings.
const NEWEST_LINES: i32 = 200;
/// How long a place is read on after no task definition names it any more: the last lines of the
/// tasks that wrote there come late.
const LINGER: SignedDuration = SignedDuration::from_mins(5);

pub(super) struct Followed {
    pub(super) source: Source,
    pub(super) group: LogGroup,
    pub(super) stream_prefix: Text,
    pub(super) client: aws_sdk_cloudwatchlogs::Client,
    pub(super) region: Region,
    pub(super) window: Window,
    /// Since when no task definition names it.
    pub(super) gone_since: Option<Timestamp>,
}

/// A question and its answer. Nothing is noted until [`Followed::take`], so that a look that is
/// given up loses nothing.
pub(super) struct Page {
    look: Look,
    answer: Result<FilterLogEventsOutput, Problem>,
}

/// What taking a page needs to know.
pub(super) struct Reader<'a> {
    pub(super) link: &'a Link,
    pub(super) service: &'a ServiceArn,
    pub(super) owners: &'a Owners,
}

impl Page {
    /// The streams on it.
    pub(super) fn streams(&self) -> impl Iterator<Item = &str> {
        let events = self.answer.iter().flat_map(FilterLogEventsOutput::events);
        events.filter_map(FilteredLogEvent::log_stream_name)
    }
}

impl Followed {
    /// Asks for one page.
    pub(super) fn ask(
        &mut self,
        link: &Arc<Link>,
        pattern: Option<&str>,
    ) -> BoxFuture<'static, Page> {
        let look = self.window.look(link.gate.now());
        let mut ask = self
            .client
            .filter_log_events()
            .log_group_name(self.group.as_str())
            .start_time(look.start.as_millisecond())
            .set_end_time(look.end.map(Timestamp::as_millisecond))
            .set_filter_pattern(pattern.map(str::to_owned))
            .set_next_token(look.token.clone());
        if !self.stream_prefix.is_empty() {
            ask = ask.log_stream_name_prefix(self.stream_prefix.as_str());
        }
        if look.kind == Kind::First {
            ask = ask.start_from_head(false).limit(NEWEST_LINES);
        }
        let (link, region) = (Arc::clone(link), self.region.clone());
        Box::pin(async move {
            let asked = link.gate.attempt(&gate::LOG_EVENTS, &region, ask.send());
            let answer = asked.await.map_err(|error| {
                let failure = Failure::of(&error);
                link.gate.problem(Feed::Logs, &gate::LOG_EVENTS, &failure)
            });
            Page { look, answer }
        })
    }

    /// Takes what is new from a page.
    pub(super) fn take(
        &mut self,
        page: Page,
        reader: &Reader<'_>,
        seen: &mut Seen,
    ) -> (Vec<LogLine>, Option<Problem>) {
        let output = match page.answer {
            Ok(output) => output,
            Err(problem) => {
                if may_be_the_token(&problem.kind) {
                    self.window.failed();
                }
                return (Vec::new(), Some(problem));
            }
        };
        let mut lines = Vec::new();
        let mut oldest = None;
        for event in output.events() {
            // One without a time has no place among the others.
            let Some(at) = event.timestamp().and_then(convert::milliseconds) else {
                continue;
            };
            oldest = Some(oldest.map_or(at, |oldest: Timestamp| oldest.min(at)));
            self.window.saw(at);
            let raw = Raw::polled(event, at);
            let mut new = || match event.event_id() {
                Some(id) => seen.polled(id, &raw.line()),
                None => seen.live(&raw.line()),
            };
            if reader.owners.owns(raw.stream) && new() {
                lines.push(self.line(&raw, reader));
            }
        }
        // Fewer than asked for: nothing was left out.
        let full = output.events().len() >= usize::try_from(NEWEST_LINES).unwrap_or(usize::MAX);
        let oldest = oldest.filter(|_| full);
        self.window
            .answered(&page.look, output.next_token(), oldest);
        (lines, None)
    }

    /// Takes what is new from what a Live Tail brought of this place.
    pub(super) fn hear(
        &self,
        event: &LiveTailSessionLogEvent,
        reader: &Reader<'_>,
        seen: &mut Seen,
    ) -> Option<LogLine> {
        let raw = Raw {
            id: "",
            at: event.timestamp().and_then(convert::milliseconds)?,
            ingested_at: event.ingestion_time(),
            stream: event.log_stream_name().unwrap_or_default(),
            message: event.message().unwrap_or_default(),
        };
        let wanted = self.window.wants(raw.at) && reader.owners.owns(raw.stream);
        let new = wanted && seen.live(&raw.line());
        new.then(|| self.line(&raw, reader))
    }

    fn line(&self, raw: &Raw<'_>, reader: &Reader<'_>) -> LogLine {
        let bare = self
            .source
            .wrapped
            .then(|| unwrapped(raw.message))
            .flatten();
        let keys = reader.link.log_keys.of(reader.service.name());
        let message = reader
            .link
            .masks
            .apply(bare.as_deref().unwrap_or(raw.message));
        LogLine {
            id: raw.id.into(),
            at: raw.at,
            ingested_at: raw.ingested_at.and_then(convert::milliseconds),
            stream: raw.stream.into(),
            service: reader.service.clone(),
            level: level_under(&message, &keys.level),
            late: false,
            message: cut(&message).into(),
        }
    }

    /// Whether it may be left: nothing names it, and its last lines had time to come.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.gone_since
            .is_some_and(|since| now.duration_since(since) > LINGER)
    }
}

/// A line as AWS gives it, whichever way it came.
struct Raw<'a> {
    id: &'a str,
    at: Timestamp,
    ingested_at: Option<i64>,
    stream: &'a str,
    message: &'a str,
}

impl<'a> Raw<'a> {
    fn polled(event: &'a FilteredLogEvent, at: Timestamp) -> Self {
        Self {
            id: event.event_id().unwrap_or_default(),
            at,
            ingested_at: event.ingestion_time(),
            stream: event.log_stream_name().unwrap_or_default(),
            message: event.message().unwrap_or_default(),
        }
    }

    fn line(&self) -> seen::Line<'a> {
        seen::Line {
            at: self.at,
            stream: self.stream,
            message: self.message,
        }
    }
}

/// A page's token lives a day; whatever else keeps AWS from answering leaves it good.
const fn may_be_the_token(kind: &ProblemKind) -> bool {
    match kind {
        ProblemKind::NotFound | ProblemKind::Unreadable | ProblemKind::Other => true,
        ProblemKind::Throttled
        | ProblemKind::Denied { .. }
        | ProblemKind::Expired
        | ProblemKind::NoCredentials
        | ProblemKind::NoRegion
        | ProblemKind::Unreachable
        | ProblemKind::ClockSkew => false,
    }
}
