//! `CloudWatch` Logs: groups, streams and the compact lines they keep. The words of a line are
//! written when it is read.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::sim::step::speech::{self, Topic, Voice};

/// The most lines a stream keeps.
pub const LINES_KEPT: usize = 2_000;

/// The same where every line is counted: some twelve minutes of a busy task.
pub const NUMBERS_KEPT: usize = 120_000;

/// The most streams a group keeps.
pub const STREAMS_KEPT: usize = 200;

/// A log group.
#[derive(Debug, Clone)]
pub struct LogGroup {
    /// Its ARN, without the trailing `:*`.
    pub arn: String,
    /// `/ecs/prod/orders`.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Days it keeps events, if it does not keep them for ever.
    pub retention_days: Option<u32>,
    /// Its streams in order of creation.
    pub streams: Vec<LogStream>,
    pub(in crate::sim) voice: Voice,
    pub(in crate::sim) counted: u64,
}

impl LogGroup {
    /// An empty group nobody but callers writes to.
    pub(in crate::sim) fn empty(arn: String, name: &str, created_at: Timestamp) -> Self {
        Self {
            arn,
            name: name.to_owned(),
            created_at,
            retention_days: None,
            streams: Vec::new(),
            voice: Voice::silent(),
            counted: 0,
        }
    }

    /// The last number of a log that counts its lines.
    pub fn counted(&self) -> u64 {
        self.counted
    }
}

/// A query saved in Logs Insights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedQuery {
    /// A UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it asks.
    pub text: String,
    /// The log groups it is about.
    pub groups: Vec<String>,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// A line and whose it is; its words are not written yet.
#[derive(Debug, Clone, Copy)]
pub struct Spoken<'a> {
    pub(in crate::sim) voice: &'a Voice,
    pub(in crate::sim) stream: &'a LogStream,
    pub(in crate::sim) said: Said<'a>,
}

/// Who said it.
#[derive(Debug, Clone, Copy)]
pub(in crate::sim) enum Said<'a> {
    /// A simulated program.
    Line(&'a Line),
    /// Whoever called `PutLogEvents`.
    Written(&'a Written),
}

impl Spoken<'_> {
    /// Its time, in milliseconds since 1970.
    pub fn at(&self) -> i64 {
        match self.said {
            Said::Line(line) => line.at,
            Said::Written(written) => written.at,
        }
    }

    /// When it can be read, in milliseconds since 1970.
    pub fn ingested_at(&self) -> i64 {
        match self.said {
            Said::Line(line) => line.at + i64::from(line.late),
            Said::Written(written) => written.ingested_at,
        }
    }

    /// What sets it apart from others of the same time.
    pub(in crate::sim) fn bits(&self) -> u64 {
        match self.said {
            Said::Line(line) => line.bits,
            Said::Written(written) => written.number,
        }
    }

    /// Its event's id.
    pub fn id(&self) -> String {
        speech::event_id(self.stream, self.at(), self.bits())
    }

    /// The whole event.
    pub fn event(&self) -> Option<LogEvent> {
        let message = match self.said {
            Said::Line(line) => speech::message(self.voice, line),
            Said::Written(written) => written.message.clone(),
        };
        Some(LogEvent {
            id: self.id(),
            stream: self.stream.name.clone(),
            at: Timestamp::from_millisecond(self.at()).ok()?,
            ingested_at: Timestamp::from_millisecond(self.ingested_at()).ok()?,
            message,
        })
    }
}

/// A log stream: one container of one task.
#[derive(Debug, Clone)]
pub struct LogStream {
    /// `{prefix}/{container}/{task id}`.
    pub name: String,
    /// When it was created.
    pub created_at: Timestamp,
    pub(in crate::sim) lines: VecDeque<Line>,
    /// What callers wrote, in the order they did.
    pub(in crate::sim) written: Vec<Written>,
}

/// An event of `PutLogEvents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) struct Written {
    /// Milliseconds since 1970, the time the caller gave it.
    pub at: i64,
    /// When it came.
    pub ingested_at: i64,
    /// Its place in the stream.
    pub number: u64,
    /// Its words.
    pub message: String,
}

/// A line as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sim) struct Line {
    /// Milliseconds since 1970, the time the program gave it.
    pub at: i64,
    /// Milliseconds it took to arrive.
    pub late: u32,
    /// What it is about.
    pub topic: Topic,
    /// Where its ids and numbers come from.
    pub bits: u64,
}

/// A line as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// A stable id of 56 digits.
    pub id: String,
    /// Its stream's name.
    pub stream: String,
    /// `timestamp`.
    pub at: Timestamp,
    /// `ingestionTime`; the event cannot be read before.
    pub ingested_at: Timestamp,
    /// The line.
    pub message: String,
}

impl LogStream {
    /// An empty stream.
    pub(in crate::sim) fn new(name: &str, created_at: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            created_at,
            lines: VecDeque::new(),
            written: Vec::new(),
        }
    }

    /// When its last line was written, if it has any.
    pub fn last_event(&self) -> Option<Timestamp> {
        let line = self.lines.back().map(|line| line.at);
        let written = self.written.iter().map(|one| one.at).max();
        Timestamp::from_millisecond(line.max(written)?).ok()
    }

    /// When its first kept line was written, if it has any.
    pub fn first_event(&self) -> Option<Timestamp> {
        let line = self.lines.front().map(|line| line.at);
        let written = self.written.iter().map(|one| one.at).min();
        Timestamp::from_millisecond(line.into_iter().chain(written).min()?).ok()
    }

    /// Takes an event of a caller.
    pub(in crate::sim) fn write(&mut self, at: i64, now: Timestamp, message: &str) {
        self.written.push(Written {
            at,
            ingested_at: now.as_millisecond(),
            number: self.written.len() as u64,
            message: message.to_owned(),
        });
    }

    /// The words of every event callers wrote, in the order they did.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.written.iter().map(|one| one.message.as_str())
    }

    pub(in crate::sim) fn push(&mut self, line: Line) {
        let kept = if line.topic == Topic::Number {
            NUMBERS_KEPT
        } else {
            LINES_KEPT
        };
        self.lines.push_back(line);
        if self.lines.len() > kept {
            self.lines.pop_front();
        }
    }
}
