//! Following log lines: each once, none lost.
//!
//! | file | holds |
//! |---|---|
//! | `source` | where the lines of a task definition go |
//! | `followed` | one such place, read page by page |
//! | `window` | what to ask next, and why nothing is lost |
//! | `seen` | what was handed over, so that nothing comes twice |
//! | `last` | the last lines of a task that died |
//! | `owner` | whose a stream is, where services share a place |
//! | `pace` | how long to rest between looks |
//! | `prepare` | what is done to a line |

mod followed;
mod last;
mod owner;
mod pace;
mod prepare;
mod seen;
mod source;
mod window;

pub(super) use source::{Source, sources};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;

use super::budget::pause;
use super::gate;
use super::link::Link;
use crate::estate::id::{LogGroup, ServiceArn, TaskDefinitionArn};
use crate::estate::log::{LogLine, LogSource, TailNews, TailState};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::{SignedDuration, Timestamp};
use followed::{Followed, Page, Reader};
use owner::Owners;
use pace::{Pace, Went};
use seen::Seen;
use window::Window;

/// Looks without news until the tail says that it is still looking.
const SILENT_LOOKS: u8 = 5;
/// How often the sources are asked for again: a rollout brings new task definitions.
const SOURCES_AGE: SignedDuration = SignedDuration::from_secs(30);
/// A line that comes this much after lines that were handed over is marked late.
const LATE: SignedDuration = SignedDuration::from_secs(5);
/// A look that is given up must not be taken again at once.
const GIVEN_UP: Duration = Duration::from_secs(2);

/// The sources of task definitions, which never change (aws.md 2.4).
#[derive(Default)]
pub(super) struct Definitions {
    known: Mutex<HashMap<TaskDefinitionArn, Vec<Source>>>,
}

/// Which part of a log is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// From here on; without it the newest lines, then what comes.
    pub since: Option<Timestamp>,
    /// Up to here, and no further.
    pub until: Option<Timestamp>,
}

/// The log lines of one service, as they come.
pub struct Tail {
    link: Arc<Link>,
    service: ServiceArn,
    span: Span,
    followed: Vec<Followed>,
    owners: Owners,
    seen: Seen,
    sources_due: Option<Timestamp>,
    /// Lines read and not handed over yet: dropping [`Tail::next`]'s future loses none.
    ready: Vec<LogLine>,
    /// The newest time handed over.
    handed: Option<Timestamp>,
    gap: Option<(Timestamp, Timestamp)>,
    state: TailState,
    pace: Pace,
    rest: Duration,
}

impl Tail {
    pub(super) fn new(link: Arc<Link>, service: ServiceArn, span: Span) -> Self {
        Self {
            link,
            service,
            span,
            followed: Vec::new(),
            owners: Owners::default(),
            seen: Seen::default(),
            sources_due: None,
            ready: Vec::new(),
            handed: None,
            gap: None,
            state: TailState::Starting,
            pace: Pace::default(),
            rest: Duration::ZERO,
        }
    }

    /// A whole group in place of a service's sources. Its name stands where a service's would.
    pub(super) fn of_group(link: Arc<Link>, group: LogGroup, span: Span) -> Self {
        let mut tail = Self::new(link, group.as_str().into(), span);
        let source = Source::of_group(group);
        tail.followed
            .extend(tail.begin(source, tail.link.gate.now()));
        tail.sources_due = Some(Timestamp::MAX);
        tail
    }

    /// The next news: as soon as there are lines or the state changes, and every few looks
    /// otherwise. Waits its own cadence. Dropping the future loses no line.
    pub async fn next(&mut self) -> TailNews {
        let mut silent = 0;
        loop {
            pause(self.rest).await;
            self.rest = GIVEN_UP;
            let before = self.state.clone();
            let at = self.link.gate.now();
            self.look(at).await;
            silent += 1;
            let news = !self.ready.is_empty() || self.gap.is_some() || self.state != before;
            if news || silent >= SILENT_LOOKS || self.is_done() {
                return TailNews {
                    service: self.service.clone(),
                    lines: self.hand_over(),
                    state: self.state.clone(),
                    gap: self.gap.take(),
                    done: self.is_done(),
                    at,
                };
            }
        }
    }

    /// Whether everything up to [`Span::until`] was read.
    fn is_done(&self) -> bool {
        self.span.until.is_some()
            && self.state == TailState::Live
            && self.followed.iter().all(|one| one.window.is_done())
    }

    /// What is ready, in order of time; what comes after later lines were handed over is late.
    fn hand_over(&mut self) -> Vec<LogLine> {
        let mut lines = std::mem::take(&mut self.ready);
        lines.sort_by(|a, b| (a.at, a.ingested_at, &a.id).cmp(&(b.at, b.ingested_at, &b.id)));
        for line in &mut lines {
            let taken = line.ingested_at.is_none_or(|taken| taken > line.at + LATE);
            let passed = self.handed.is_some_and(|handed| handed > line.at + LATE);
            line.late = taken && passed;
        }
        self.handed = self.handed.max(lines.last().map(|line| line.at));
        lines
    }

    async fn look(&mut self, now: Timestamp) {
        let mut problem = self.know_sources(now).await;
        let link = Arc::clone(&self.link);
        let pages = join_all(self.followed.iter_mut().map(|one| one.ask(&link))).await;
        let streams = pages.iter().flat_map(Page::streams);
        let unknown = self.owners.unknown(streams);
        if self.sources_due != Some(Timestamp::MAX) && !unknown.is_empty() {
            self.owners.learn(&link, &self.service, &unknown).await;
        }
        let reader = Reader {
            link: &link,
            service: &self.service,
            owners: &self.owners,
        };
        for (one, page) in self.followed.iter_mut().zip(pages) {
            let (lines, failure) = one.take(page, &reader, &mut self.seen);
            self.ready.extend(lines);
            self.gap = self.gap.or(one.window.take_gap());
            // A place that is left may well be gone.
            problem = problem.or(failure.filter(|_| one.gone_since.is_none()));
        }
        let asked = self.followed.iter();
        if let Some(oldest) = asked.filter_map(|one| one.window.oldest_asked()).min() {
            self.seen.forget(oldest);
        }
        self.rest = self.pace.rest(self.went(problem.as_ref()));
        self.tell(problem.as_ref(), now);
    }

    fn went(&self, problem: Option<&Problem>) -> Went {
        let reading = self.followed.iter().any(|one| one.window.is_reading());
        match problem.map(|problem| &problem.kind) {
            Some(ProblemKind::Throttled) => Went::Throttled,
            Some(_) => Went::Failed,
            None if reading => Went::More,
            None if self.ready.is_empty() => Went::Nothing,
            None => Went::Lines,
        }
    }

    fn tell(&mut self, problem: Option<&Problem>, now: Timestamp) {
        if let Some(problem) = problem {
            self.state = state_of(problem);
            return;
        }
        if self.followed.is_empty() {
            // Said when the sources were found.
            return;
        }
        let behind = self.followed.iter().filter(|one| one.window.is_behind());
        let newest = behind.map(|one| one.window.newest_line());
        self.state = newest.min().map_or(TailState::Live, |newest| {
            let seconds = newest.map_or(0, |newest| now.as_second() - newest.as_second());
            TailState::CatchingUp {
                seconds: u32::try_from(seconds).unwrap_or(0),
            }
        });
    }

    /// Finds out where the lines go, when it is time to.
    async fn know_sources(&mut self, now: Timestamp) -> Option<Problem> {
        if self.sources_due.is_some_and(|due| due > now) {
            return None;
        }
        match self.find_sources().await {
            Ok(sources) => {
                self.follow(sources, now);
                self.sources_due = Some(now + SOURCES_AGE);
                None
            }
            Err(problem) => Some(problem),
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

    /// Follows `sources`; those followed already keep their place, those that are gone are read
    /// for a while: tasks that stopped have last words.
    fn follow(&mut self, sources: Vec<Source>, now: Timestamp) {
        for one in &mut self.followed {
            let named = sources.contains(&one.source);
            one.gone_since = (!named).then(|| one.gone_since.unwrap_or(now));
        }
        self.followed.retain(|one| !one.is_over(now));
        let mut elsewhere = None;
        for source in sources {
            match &source.place {
                LogSource::Elsewhere { driver, .. } => elsewhere = Some(driver.clone()),
                LogSource::CloudWatch { .. } => {
                    if !self.followed.iter().any(|one| one.source == source) {
                        self.followed.extend(self.begin(source, now));
                    }
                }
            }
        }
        if self.followed.is_empty() {
            self.state =
                elsewhere.map_or(TailState::NoLogs, |driver| TailState::Elsewhere { driver });
        }
    }

    fn begin(&self, source: Source, now: Timestamp) -> Option<Followed> {
        let LogSource::CloudWatch {
            group,
            stream_prefix,
        } = &source.place
        else {
            return None;
        };
        let (group, stream_prefix) = (group.clone(), stream_prefix.clone());
        let home = &self.link.gate.region;
        let region = source.region.clone().unwrap_or_else(|| home.clone());
        let client = if region == *home {
            self.link.clients.logs.clone()
        } else {
            self.link.clients.logs_in(&region)
        };
        let window = match (self.span.since, self.span.until) {
            (Some(since), until) => Window::from(since, until),
            (None, Some(until)) => Window::from(now.min(until), Some(until)),
            (None, None) => Window::newest(),
        };
        Some(Followed {
            source,
            group,
            stream_prefix,
            client,
            region,
            window,
            gone_since: None,
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
