//! Following log lines.

mod level;
mod source;
mod window;

pub(super) use source::{Source, sources};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use futures::future::join_all;
use serde_json::Value;

use super::budget::pause;
use super::errors::Failure;
use super::link::Link;
use super::{convert, gate};
use crate::estate::id::{LogGroup, Region, ServiceArn, TaskDefinitionArn};
use crate::estate::log::{LogLine, LogSource, Masks, TailNews, TailState};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use window::Window;

/// Between two looks (aws.md 7.3).
const CADENCE: Duration = Duration::from_secs(2);
/// After a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(10);
/// How many lines the first look brings.
const BACKLOG_LINES: usize = 200;
/// Looks without news until the tail says that it is still looking.
const SILENT_LOOKS: u8 = 5;
/// How often the sources are asked for again: a rollout brings new task definitions.
const SOURCES_AGE: SignedDuration = SignedDuration::from_secs(30);
/// A longer line is cut; CloudWatch takes up to 1 MB.
const LONGEST_LINE: usize = 8 * 1024;

/// The sources of task definitions, which never change (aws.md 2.4).
#[derive(Default)]
pub(super) struct Definitions {
    known: Mutex<HashMap<TaskDefinitionArn, Vec<Source>>>,
}

/// The log lines of one service, as they come.
pub struct Tail {
    link: Arc<Link>,
    service: ServiceArn,
    followed: Vec<Followed>,
    sources_due: Option<Timestamp>,
    /// Lines read and not handed over yet: dropping [`Tail::next`]'s future loses none.
    ready: Vec<LogLine>,
    state: TailState,
    pause: Duration,
}

/// One source in CloudWatch Logs.
struct Followed {
    source: Source,
    group: LogGroup,
    stream_prefix: Text,
    client: aws_sdk_cloudwatchlogs::Client,
    region: Region,
    window: Window,
}

impl Tail {
    pub(super) fn new(link: Arc<Link>, service: ServiceArn) -> Self {
        Self {
            link,
            service,
            followed: Vec::new(),
            sources_due: None,
            ready: Vec::new(),
            state: TailState::Starting,
            pause: Duration::ZERO,
        }
    }

    /// The next news: as soon as there are lines or the state changes, and every few looks
    /// otherwise. Waits its own cadence. Dropping the future loses no line.
    pub async fn next(&mut self) -> TailNews {
        let mut silent = 0;
        loop {
            pause(self.pause).await;
            // A look that is given up must not be taken again at once.
            self.pause = CADENCE;
            let before = self.state.clone();
            let at = self.link.gate.now();
            self.look(at).await;
            silent += 1;
            if !self.ready.is_empty() || self.state != before || silent >= SILENT_LOOKS {
                let mut lines = std::mem::take(&mut self.ready);
                lines.sort_by(|a, b| {
                    (a.at, a.ingested_at, &a.id).cmp(&(b.at, b.ingested_at, &b.id))
                });
                return TailNews {
                    service: self.service.clone(),
                    lines,
                    state: self.state.clone(),
                    at,
                };
            }
        }
    }

    async fn look(&mut self, now: Timestamp) {
        if self.sources_due.is_none_or(|due| due <= now) {
            match self.find_sources().await {
                Ok(sources) => {
                    self.follow(sources);
                    self.sources_due = Some(now + SOURCES_AGE);
                }
                Err(problem) => {
                    self.state = state_of(&problem);
                    self.pause = AFTER_FAILURE;
                }
            }
        }
        let (link, service) = (&self.link, &self.service);
        let looks = self.followed.iter_mut().map(|one| one.look(link, service));
        for (lines, failure) in join_all(looks).await {
            self.ready.extend(lines);
            if let Some(problem) = failure {
                self.state = state_of(&problem);
                self.pause = AFTER_FAILURE;
            }
        }
        if self.pause != AFTER_FAILURE && !self.followed.is_empty() {
            let behind = self.followed.iter().any(|one| one.window.is_behind());
            // The budget alone slows the reading of what is already waiting.
            self.pause = if behind { Duration::ZERO } else { CADENCE };
            self.state = if behind {
                TailState::CatchingUp
            } else {
                TailState::Live
            };
        }
    }

    /// The sources of the task definitions of the service's deployments and tasks.
    async fn find_sources(&self) -> Result<Vec<Source>, Problem> {
        if self.link.fleet.service(&self.service).is_none() {
            self.link.know_services(&|_| {}).await;
        }
        let known = self.link.fleet.service(&self.service);
        let mut definitions = known
            .map(|known| known.task_definitions)
            .unwrap_or_default();
        definitions.extend(self.link.definitions_seen(&self.service));
        definitions.sort();
        definitions.dedup();
        let mut sources = Vec::new();
        for found in join_all(definitions.iter().map(|one| self.link.log_sources(one))).await {
            for source in found? {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
        Ok(sources)
    }

    /// Follows `sources`; those followed already keep their place.
    fn follow(&mut self, sources: Vec<Source>) {
        self.followed.retain(|one| sources.contains(&one.source));
        let mut elsewhere = None;
        for source in sources {
            match &source.place {
                LogSource::Elsewhere { driver, .. } => elsewhere = Some(driver.clone()),
                LogSource::CloudWatch {
                    group,
                    stream_prefix,
                } if !self.followed.iter().any(|one| one.source == source) => {
                    let (group, stream_prefix) = (group.clone(), stream_prefix.clone());
                    let home = &self.link.gate.region;
                    let region = source.region.clone().unwrap_or_else(|| home.clone());
                    let client = if region == *home {
                        self.link.clients.logs.clone()
                    } else {
                        self.link.clients.logs_in(&region)
                    };
                    self.followed.push(Followed {
                        source,
                        group,
                        stream_prefix,
                        client,
                        region,
                        window: Window::default(),
                    });
                }
                LogSource::CloudWatch { .. } => {}
            }
        }
        if self.followed.is_empty() {
            self.state =
                elsewhere.map_or(TailState::NoLogs, |driver| TailState::Elsewhere { driver });
        }
    }
}

impl Followed {
    async fn look(&mut self, link: &Link, service: &ServiceArn) -> (Vec<LogLine>, Option<Problem>) {
        let now = link.gate.now();
        let look = self.window.look(now);
        let mut ask = self
            .client
            .filter_log_events()
            .log_group_name(self.group.as_str())
            .start_time(look.start.as_millisecond())
            .set_next_token(look.token.clone());
        if !self.stream_prefix.is_empty() {
            ask = ask.log_stream_name_prefix(self.stream_prefix.as_str());
        }
        if look.first {
            let lines = i32::try_from(BACKLOG_LINES).unwrap_or(i32::MAX);
            ask = ask.start_from_head(false).limit(lines);
        }
        let answer = link
            .gate
            .attempt(&gate::LOG_EVENTS, &self.region, ask.send())
            .await;
        match answer {
            Ok(page) => {
                self.window.answered(&look, now, page.next_token());
                let events = page.events().iter();
                let lines = events
                    .filter_map(|event| self.line(event, service, &link.masks))
                    .collect();
                (lines, None)
            }
            Err(error) => {
                self.window.failed();
                let failure = Failure::of(&error);
                (
                    Vec::new(),
                    Some(link.gate.problem(Feed::Logs, &gate::LOG_EVENTS, &failure)),
                )
            }
        }
    }

    /// A line not handed over before. One without a time has no place among the others.
    fn line(
        &mut self,
        event: &FilteredLogEvent,
        service: &ServiceArn,
        masks: &Masks,
    ) -> Option<LogLine> {
        let at = convert::milliseconds(event.timestamp()?)?;
        let raw = event.message().unwrap_or_default();
        let stream = event.log_stream_name().unwrap_or_default();
        let id: Text = match event.event_id() {
            Some(id) => id.into(),
            None => format!("{stream} {at} {raw}").into(),
        };
        if !self.window.is_new(&id, at) {
            return None;
        }
        let unwrapped = self.source.wrapped.then(|| unwrapped(raw)).flatten();
        let message = unwrapped.as_deref().unwrap_or(raw);
        Some(LogLine {
            id,
            at,
            ingested_at: event.ingestion_time().and_then(convert::milliseconds),
            stream: stream.into(),
            service: service.clone(),
            level: level::level(message),
            message: cut(&masks.apply(message)).into(),
        })
    }
}

impl Link {
    /// Where the lines of a task definition go; asked once.
    async fn log_sources(&self, arn: &TaskDefinitionArn) -> Result<Vec<Source>, Problem> {
        let known = {
            let known = self
                .definitions
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            known.get(arn).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let describe = self.clients.ecs.describe_task_definition();
        let call = describe.task_definition(arn.as_str()).send();
        let operation = &gate::DESCRIBE_TASK_DEFINITION;
        let answer = self.gate.call(Feed::Logs, operation, call).await?;
        let found = answer.task_definition().map(sources).unwrap_or_default();
        let mut known = self
            .definitions
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.insert(arn.clone(), found.clone());
        Ok(found)
    }
}

/// What a tail says of a failure. What does not exist can only be the log group when lines were
/// asked for.
fn state_of(problem: &Problem) -> TailState {
    match &problem.kind {
        ProblemKind::Throttled => TailState::Throttled,
        ProblemKind::Denied { action } => TailState::Denied {
            action: action.clone(),
        },
        ProblemKind::NotFound if problem.operation == gate::LOG_EVENTS.name => {
            TailState::GroupMissing
        }
        ProblemKind::NotFound
        | ProblemKind::Expired
        | ProblemKind::NoCredentials
        | ProblemKind::NoRegion
        | ProblemKind::Unreachable
        | ProblemKind::ClockSkew
        | ProblemKind::Unreadable
        | ProblemKind::Other => TailState::Failed {
            sentence: problem.sentence.clone(),
        },
    }
}

/// The line inside `FireLens`'s JSON.
fn unwrapped(raw: &str) -> Option<String> {
    match serde_json::from_str(raw) {
        Ok(Value::Object(mut fields)) => match fields.remove("log") {
            Some(Value::String(line)) => Some(line),
            _ => None,
        },
        _ => None,
    }
}

fn cut(line: &str) -> String {
    if line.len() <= LONGEST_LINE {
        return line.to_owned();
    }
    let end = (0..=LONGEST_LINE)
        .rev()
        .find(|&index| line.is_char_boundary(index));
    format!("{}…", &line[..end.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_giant_line_is_cut_between_characters() {
        let giant = "ä".repeat(LONGEST_LINE);
        let cut = cut(&giant);
        assert!(cut.len() <= LONGEST_LINE + 3 && cut.ends_with("ä…"));
        assert_eq!(super::cut("short"), "short");
    }

    #[test]
    fn firelens_lines_come_out_of_their_wrapping() {
        assert_eq!(
            unwrapped(r#"{"log":"WARN x","container_id":"1"}"#).as_deref(),
            Some("WARN x")
        );
        assert_eq!(unwrapped(r#"{"log":{"a":1}}"#), None);
        assert_eq!(unwrapped("plain"), None);
    }
}
