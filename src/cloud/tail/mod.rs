//! Following log lines: each once, none lost.
//!
//! | file | holds |
//! |---|---|
//! | `source` | where the lines of a task definition go |
//! | `definitions` | the task definitions of a service, each asked for once |
//! | `followed` | one such place, read page by page |
//! | `window` | what to ask next, and why nothing is lost |
//! | `live` | the stream AWS charges for, which brings lines sooner |
//! | `seen` | what was handed over, so that nothing comes twice |
//! | `last` | the last lines of a task that died |
//! | `owner` | whose a stream is, where services share a place |
//! | `pace` | how long to rest between looks |
//! | `prepare` | what is done to a line |
//! | `task` | which service a task is of |
//! | `saved` | the queries saved in Logs Insights |

mod definitions;
mod followed;
mod last;
mod live;
mod owner;
mod pace;
mod prepare;
mod saved;
mod seen;
mod source;
mod task;
mod window;

pub(super) use definitions::Definitions;
pub(super) use live::Unprefixed;
use source::Source;

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::sync::watch;

use super::budget::pause;
use super::gate;
use super::link::Link;
use crate::estate::id::{LogGroup, ServiceArn, TaskArn};
use crate::estate::log::{LogLine, LogSource, TailNews, TailState};
use crate::estate::problem::{Problem, ProblemKind};
use crate::estate::{SignedDuration, Timestamp};
use followed::{Followed, Page, Reader};
use live::{Happening, Live};
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
    /// The one task that is wanted, by its id; all of them where none.
    task: Option<String>,
    /// What AWS is to find; everything where none.
    pattern: Option<String>,
    followed: Vec<Followed>,
    owners: Owners,
    seen: Seen,
    sources_due: Option<Timestamp>,
    /// Lines read and not handed over yet: dropping [`Tail::next`]'s future loses none.
    ready: Vec<LogLine>,
    /// The newest time handed over.
    handed: Option<Timestamp>,
    gap: Option<(Timestamp, Timestamp)>,
    /// Why the sources could not be found out, if they could not.
    lost: Option<Problem>,
    state: TailState,
    pace: Pace,
    step: Step,
    live: Live,
}

/// What the polling does.
enum Step {
    Resting(BoxFuture<'static, ()>),
    Asking(BoxFuture<'static, Vec<Page>>),
}

impl Step {
    fn rest(length: Duration) -> Self {
        Self::Resting(Box::pin(pause(length)))
    }

    /// Waits for its end: the answers, or nothing after a rest.
    async fn end(&mut self) -> Option<Vec<Page>> {
        match self {
            Self::Resting(rest) => {
                rest.await;
                None
            }
            Self::Asking(asking) => Some(asking.await),
        }
    }
}

impl Tail {
    pub(super) fn new(link: Arc<Link>, service: ServiceArn, span: Span) -> Self {
        let live = Live::new(watch::channel(false).1, Arc::clone(&link.gate.meter));
        Self {
            link,
            service,
            span,
            task: None,
            pattern: None,
            followed: Vec::new(),
            owners: Owners::default(),
            seen: Seen::default(),
            sources_due: None,
            ready: Vec::new(),
            handed: None,
            gap: None,
            lost: None,
            state: TailState::Starting,
            pace: Pace::default(),
            step: Step::rest(Duration::ZERO),
            live,
        }
    }

    /// The same, of one task alone. Where streams are not named after their tasks (no
    /// `awslogs-stream-prefix`), those of the whole service come.
    #[must_use]
    pub fn of_task(mut self, task: &TaskArn) -> Self {
        self.task = Some(task.id().to_owned());
        self
    }

    /// The same, of what AWS finds by a filter pattern alone.
    #[must_use]
    pub fn matching(mut self, pattern: Option<String>) -> Self {
        self.pattern = pattern;
        self
    }

    /// The same with a Live Tail whenever `wanted` says so, at its price.
    #[must_use]
    pub fn with_live_tail(mut self, wanted: watch::Receiver<bool>) -> Self {
        self.live = Live::new(wanted, Arc::clone(&self.link.gate.meter));
        self
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
            let before = (self.state.clone(), self.live.news.clone());
            let link = &self.link;
            tokio::select! {
                pages = self.step.end() => {
                    // A look that is given up must not be taken again at once.
                    self.step = Step::rest(GIVEN_UP);
                    match pages {
                        Some(pages) => {
                            self.take(pages).await;
                            silent += 1;
                        }
                        None => self.ask().await,
                    }
                }
                happening = self.live.next(|| link.gate.now()) => self.hear(happening).await,
            }
            let turned = before != (self.state.clone(), self.live.news.clone());
            let news = !self.ready.is_empty() || self.gap.is_some() || turned;
            if news || silent >= SILENT_LOOKS || self.is_done() {
                return TailNews {
                    service: self.service.clone(),
                    lines: self.hand_over(),
                    state: self.state.clone(),
                    gap: self.gap.take(),
                    live: self.live.news.clone(),
                    done: self.is_done(),
                    at: self.link.gate.now(),
                };
            }
        }
    }

    /// Acts on what happened to the Live Tail.
    async fn hear(&mut self, happening: Happening) {
        match happening {
            Happening::Wanted => {
                let (link, service) = (Arc::clone(&self.link), self.service.clone());
                self.live.open(&link, &service, &self.followed);
            }
            // Whether it began or ended: what it may not have said is read at once.
            Happening::Turned => self.hasten(),
            Happening::Brought(update) => {
                let streams = update.events.iter();
                let streams = streams.filter_map(|event| event.log_stream_name());
                self.know_owners(streams.map(str::to_owned).collect()).await;
                let reader = Reader {
                    link: &self.link,
                    service: &self.service,
                    owners: &self.owners,
                };
                for event in &update.events {
                    let stream = event.log_stream_name().unwrap_or_default();
                    let places = self.followed.iter().filter(|one| {
                        one.group == update.place.group
                            && stream.starts_with(one.stream_prefix.as_str())
                    });
                    let nearest = places.max_by_key(|one| one.stream_prefix.len());
                    let line = nearest.and_then(|one| one.hear(event, &reader, &mut self.seen));
                    self.ready.extend(line);
                }
            }
        }
    }

    /// Ends a rest, but no look that is under way.
    fn hasten(&mut self) {
        if matches!(self.step, Step::Resting(_)) {
            self.step = Step::rest(Duration::ZERO);
        }
    }

    async fn know_owners(&mut self, streams: Vec<String>) {
        let unknown = self.owners.unknown(streams.iter().map(String::as_str));
        if self.sources_due != Some(Timestamp::MAX) && !unknown.is_empty() {
            self.owners.learn(&self.link, &self.service, &unknown).await;
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

    /// Asks for the next page of everything that is followed.
    async fn ask(&mut self) {
        let now = self.link.gate.now();
        self.lost = self.know_sources(now).await;
        if self.live.is_misplaced(&self.followed) {
            self.live.move_on(now);
        }
        let link = Arc::clone(&self.link);
        let asking: Vec<_> = self
            .followed
            .iter_mut()
            .map(|one| one.ask(&link, self.pattern.as_deref()))
            .collect();
        self.step = Step::Asking(Box::pin(join_all(asking)));
    }

    /// Takes what was answered.
    async fn take(&mut self, pages: Vec<Page>) {
        let streams = pages.iter().flat_map(Page::streams).map(str::to_owned);
        self.know_owners(streams.collect()).await;
        let reader = Reader {
            link: &self.link,
            service: &self.service,
            owners: &self.owners,
        };
        let mut problem = self.lost.take();
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
        let now = self.link.gate.now();
        let rest = self.pace.rest(self.went(problem.as_ref(), now));
        self.step = Step::rest(rest);
        self.tell(problem.as_ref(), now);
    }

    fn went(&self, problem: Option<&Problem>, now: Timestamp) -> Went {
        let mut windows = self.followed.iter().map(|one| &one.window);
        let sure = self.live.covers(now) && windows.all(Window::is_between_sweeps);
        let reading = self.followed.iter().any(|one| one.window.is_reading());
        match problem.map(|problem| &problem.kind) {
            Some(ProblemKind::Throttled) => Went::Throttled,
            Some(_) => Went::Failed,
            None if sure => Went::Sure,
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
        let covered = self.live.covers(now);
        let behind = self.followed.iter();
        let behind = behind.filter(|one| one.window.is_behind() && !covered);
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
        match self.link.find_sources(&self.service).await {
            Ok(sources) => {
                self.follow(sources, now);
                self.sources_due = Some(now + SOURCES_AGE);
                None
            }
            Err(problem) => Some(problem),
        }
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
        let group = group.clone();
        let stream_prefix = match &self.task {
            Some(task) if !stream_prefix.is_empty() => format!("{stream_prefix}{task}").into(),
            Some(_) | None => stream_prefix.clone(),
        };
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
