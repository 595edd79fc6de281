//! Live Tail sessions: an answer that goes on, a message each second, as an event stream.
//!
//! A session hears what is *taken in*, not what happened: late lines come when they arrive. Of
//! more than 500 lines in a second it says a sample of 500 (aws.md 7.2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use futures::stream::{self, Stream};
use hyper::body::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::fault::{Caller, Instead};
use super::wire::{Pattern, Response, Service, Value, json_text};
use super::world::query::LogQuery;
use super::{ConnectionReset, Sim};

/// Sessions an account may have open at a time.
const MOST_SESSIONS: usize = 15;
/// Log groups one session may listen to.
pub(super) const MOST_GROUPS: usize = 10;
/// Lines in one message; of more, a sample.
const MOST_LINES: usize = 500;
/// How long a session lives.
const LIFE: SignedDuration = SignedDuration::from_hours(3);
/// Between two messages.
const BEAT: Duration = Duration::from_secs(1);
/// No line of this world is taken in later than this after its time.
const LATEST: SignedDuration = SignedDuration::from_secs(65);

/// The sessions that are open, by account.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<HashMap<String, Arc<()>>>);

/// A place among an account's open sessions; dropped, it is free again.
pub(crate) type Seat = Arc<()>;

impl Seats {
    /// A place, if there is one.
    pub(crate) fn take(&self, account: &str) -> Option<Seat> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seats = all.entry(account.to_owned()).or_default();
        (Arc::strong_count(seats) <= MOST_SESSIONS).then(|| Arc::clone(seats))
    }
}

/// What a session listens to.
#[derive(Debug)]
pub(crate) struct Listening {
    /// The account's id.
    pub(crate) account: String,
    /// Names of log groups.
    pub(crate) groups: Vec<String>,
    /// Only these streams; all of them when empty.
    pub(crate) streams: Vec<String>,
    /// Only streams whose names begin with one of these; all when empty.
    pub(crate) prefixes: Vec<String>,
    /// What the lines have to contain.
    pub(crate) pattern: Pattern,
}

/// An open session.
#[derive(Debug)]
pub(crate) struct Session {
    listening: Listening,
    began: Timestamp,
    /// Everything taken in up to here was said, or left out of a sample.
    heard: Timestamp,
    over: bool,
    _seat: Seat,
}

impl Session {
    pub(crate) fn new(listening: Listening, seat: Seat, now: Timestamp) -> Self {
        Self {
            listening,
            began: now,
            heard: now,
            over: false,
            _seat: seat,
        }
    }

    /// The answer that opens it: an empty first response, as the protocol asks for, and the
    /// session's own beginning.
    pub(crate) fn answer(self, output: &Value, request_id: &str) -> Response {
        let mut start = json_text(output);
        if let Some(start) = start.as_object_mut() {
            start.insert("requestId".to_owned(), request_id.into());
            start.insert("sessionId".to_owned(), request_id.into());
        }
        let mut body = event("initial-response", &json!({}));
        body.extend(event("sessionStart", &start));
        let headers = vec![
            (
                "content-type",
                "application/vnd.amazon.eventstream".to_owned(),
            ),
            ("x-amzn-requestid", request_id.to_owned()),
        ];
        Response {
            status: 200,
            headers,
            body,
            live: Some(self),
        }
    }

    /// What it says, a message each second, until three hours are over or the line is cut.
    pub(super) fn messages(
        self,
        sim: Sim,
    ) -> impl Stream<Item = Result<Bytes, ConnectionReset>> + Send + Sync {
        stream::unfold((self, sim), |(mut session, sim)| async move {
            if session.over {
                return None;
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a session speaks each second, on tokio's clock"
            )]
            tokio::time::sleep(BEAT).await;
            let said = session.speak(&sim);
            session.over |= said.is_err();
            Some((said, (session, sim)))
        })
    }

    fn speak(&mut self, sim: &Sim) -> Result<Bytes, ConnectionReset> {
        if sim.cuts((Service::Logs, "StartLiveTail"), &self.listening.account) {
            return Err(ConnectionReset);
        }
        let (now, lines) = sim.with_world(|world| {
            let now = world.now();
            (now, self.listening.since(world, self.heard))
        });
        if now.duration_since(self.began) >= LIFE {
            self.over = true;
            let said = exception("SessionTimeoutException", "The session timed out.");
            return Ok(said.into());
        }
        self.heard = now;
        let sampled = lines.len() > MOST_LINES;
        let results: Vec<_> = if sampled {
            let every = |index| lines.get(index * lines.len() / MOST_LINES).cloned();
            (0..MOST_LINES).filter_map(every).collect()
        } else {
            lines
        };
        let update = json!({
            "sessionMetadata": { "sampled": sampled },
            "sessionResults": results,
        });
        Ok(event("sessionUpdate", &update).into())
    }
}

impl Listening {
    /// The lines taken in after `heard`.
    fn since(&self, world: &super::world::World, heard: Timestamp) -> Vec<serde_json::Value> {
        let mut found = Vec::new();
        for group in &self.groups {
            let query = LogQuery {
                group,
                streams: &self.streams,
                prefix: "",
                from: heard - LATEST,
                to: Timestamp::MAX,
            };
            let identifier = format!("{}:{group}", self.account);
            let lines = world.log_lines(&self.account, &query).unwrap_or_default();
            let new = lines.iter().filter(|line| {
                let named = self.prefixes.is_empty() || self.begins(&line.stream.name);
                named && line.ingested_at() > heard.as_millisecond()
            });
            let events = new.filter_map(super::world::log::Spoken::event);
            let passing = events.filter(|event| self.pattern.accepts(&event.message));
            found.extend(passing.map(|event| {
                json!({
                    "logStreamName": event.stream,
                    "logGroupIdentifier": identifier,
                    "message": event.message,
                    "timestamp": event.at.as_millisecond(),
                    "ingestionTime": event.ingested_at.as_millisecond(),
                })
            }));
        }
        found
    }

    fn begins(&self, stream: &str) -> bool {
        self.prefixes
            .iter()
            .any(|prefix| stream.starts_with(prefix.as_str()))
    }
}

impl Sim {
    /// Whether the faults in force cut a line that is open.
    fn cuts(&self, call: (Service, &str), account: &str) -> bool {
        let caller = Caller {
            arn: &super::wire::caller_arn(account, ""),
            // Whoever opened the line is let go on: only a cut ends it.
            key: "",
        };
        let mut state = self.state();
        let state = &mut *state;
        let struck = state.faults.strike(call, caller, &mut state.dice);
        struck.instead == Some(Instead::Reset)
    }
}

fn event(name: &'static str, payload: &serde_json::Value) -> Vec<u8> {
    let headers = [
        (":message-type", "event"),
        (":event-type", name),
        (":content-type", "application/json"),
    ];
    framed(&headers, payload)
}

fn exception(name: &'static str, message: &str) -> Vec<u8> {
    let headers = [
        (":message-type", "exception"),
        (":exception-type", name),
        (":content-type", "application/json"),
    ];
    framed(&headers, &json!({ "message": message }))
}

fn framed(headers: &[(&'static str, &'static str)], payload: &serde_json::Value) -> Vec<u8> {
    let payload = Bytes::from(payload.to_string());
    let message = headers
        .iter()
        .fold(Message::new(payload), |message, (name, value)| {
            message.add_header(Header::new(*name, HeaderValue::String((*value).into())))
        });
    let mut framed = Vec::new();
    match write_message_to(&message, &mut framed) {
        Ok(()) => framed,
        // Only a message beyond 16 MB cannot be framed, and 500 lines are none.
        Err(error) => {
            tracing::warn!(%error, "a message of a Live Tail could not be framed");
            Vec::new()
        }
    }
}
