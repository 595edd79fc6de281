//! Live Tail, the stream AWS charges for by the minute: it brings lines sooner, and nothing else.
//!
//! The polling goes on beneath it, seldom while the stream says everything and as ever while it
//! says only a sample. So a stream that ends, for whatever reason, leaves no gap: the next look
//! begins an overlap before what the last one covered. And nothing comes twice, because what
//! either way brought is remembered in one place.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::config::StalledStreamProtectionConfig;
use aws_sdk_cloudwatchlogs::primitives::event_stream::EventReceiver;
use aws_sdk_cloudwatchlogs::types::error::StartLiveTailResponseStreamError;
use aws_sdk_cloudwatchlogs::types::{LiveTailSessionLogEvent, StartLiveTailResponseStream};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use futures::StreamExt as _;
use futures::future::{BoxFuture, Either, join_all, select};
use futures::stream::{self, BoxStream, SelectAll};
use tokio::sync::watch;

use super::followed::Followed;
use crate::cloud::budget::pause;
use crate::cloud::errors::Failure;
use crate::cloud::gate::{self, Meter};
use crate::cloud::link::Link;
use crate::estate::Timestamp;
use crate::estate::id::{LogGroup, Region, ServiceArn};
use crate::estate::log::{LiveState, LiveTail};
use crate::estate::problem::{Feed, ProblemKind};
use crate::estate::text::Text;

/// AWS says something each second; a line that is silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(15);
/// After a stream broke off, doubled each time.
const RETRY: Duration = Duration::from_secs(5);
/// While nothing is known of where to listen.
const SOON: Duration = Duration::from_secs(1);
/// The longest time until it is tried again; also after all sessions were in use.
const LONGEST: Duration = Duration::from_mins(1);
/// After a sample so many seconds are read as if there were no stream.
const WARY: i64 = 60;
/// Prefixes one session may be narrowed by.
const MOST_PREFIXES: usize = 10;

type Receiver = EventReceiver<StartLiveTailResponseStream, StartLiveTailResponseStreamError>;

/// A log group and what its streams begin with; no prefix is all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    region: Region,
    pub(super) group: LogGroup,
    prefixes: Vec<Text>,
}

/// What a session brought.
#[derive(Debug)]
pub(super) struct Update {
    pub(super) place: Place,
    pub(super) events: Vec<LiveTailSessionLogEvent>,
    sampled: bool,
}

enum Said {
    Update(Update),
    Over(Ending),
}

/// Why there is no session.
#[derive(Clone, Debug)]
struct Ending {
    why: Text,
    /// Whether trying again can help.
    passing: bool,
}

/// What happened; the tail acts on it.
pub(super) enum Happening {
    /// It is wanted: [`Live::open`] is to be called with the places followed.
    Wanted,
    /// It began or ended; the state says which.
    Turned,
    /// Lines came.
    Brought(Update),
}

type Opening = BoxFuture<'static, Result<Vec<(Place, Receiver)>, Ending>>;

/// The sessions of one tail.
pub(super) struct Live {
    wanted: watch::Receiver<bool>,
    meter: Arc<Meter>,
    places: Vec<Place>,
    opening: Option<Opening>,
    retry: Option<BoxFuture<'static, ()>>,
    streams: SelectAll<BoxStream<'static, Said>>,
    pub(super) news: LiveTail,
    failures: u32,
    sampled_at: Option<Timestamp>,
}

impl Live {
    /// No session until `wanted` says so.
    pub(super) fn new(wanted: watch::Receiver<bool>, meter: Arc<Meter>) -> Self {
        Self {
            wanted,
            meter,
            places: Vec::new(),
            opening: None,
            retry: None,
            streams: SelectAll::new(),
            news: LiveTail::default(),
            failures: 0,
            sampled_at: None,
        }
    }

    /// Waits for what happens next; for ever where nobody wants a session.
    pub(super) async fn next(&mut self, now: impl Fn() -> Timestamp) -> Happening {
        let wanted = *self.wanted.borrow_and_update();
        if !wanted && self.news.state != LiveState::Off {
            self.close(LiveState::Off, now());
            return Happening::Turned;
        }
        if wanted && self.news.state == LiveState::Off {
            self.news.state = LiveState::Opening;
            return Happening::Wanted;
        }
        tokio::select! {
            () = turned(&mut self.wanted) => Happening::Turned,
            () = due(&mut self.retry) => {
                self.retry = None;
                Happening::Wanted
            }
            opened = opened(&mut self.opening) => {
                self.opening = None;
                self.began(opened, now());
                Happening::Turned
            }
            Some(said) = self.streams.next(), if !self.streams.is_empty() => {
                self.heard(said, now())
            }
        }
    }

    /// Opens a session for each group, if there is any.
    pub(super) fn open(&mut self, link: &Arc<Link>, service: &ServiceArn, followed: &[Followed]) {
        let places = places(followed);
        if places.is_empty() || !followed.iter().all(|one| one.window.has_begun()) {
            // The next look may find something, or where it begins.
            self.retry = Some(Box::pin(pause(SOON)));
            return;
        }
        self.places.clone_from(&places);
        self.news.state = LiveState::Opening;
        let clients: Vec<_> = places
            .iter()
            .map(|place| {
                let of = |one: &&Followed| one.region == place.region;
                followed.iter().find(of).map(|one| one.client.clone())
            })
            .collect();
        let (link, service) = (Arc::clone(link), service.clone());
        self.opening = Some(Box::pin(async move {
            let owner = owner(&link, &service).await?;
            let all = places.into_iter().zip(clients);
            let starting = all.filter_map(|(place, client)| Some((place, client?)));
            let started = starting.map(|(place, client)| start(&link, client, place, &owner));
            join_all(started).await.into_iter().collect()
        }));
    }

    /// Whether what is followed now lies elsewhere than where the sessions listen.
    pub(super) fn is_misplaced(&self, followed: &[Followed]) -> bool {
        self.news.sessions > 0 && self.places != places(followed)
    }

    /// Ends the sessions in order to open others.
    pub(super) fn move_on(&mut self, now: Timestamp) {
        self.close(LiveState::Off, now);
    }

    /// Whether the stream says everything, so that looks may be few.
    pub(super) fn covers(&self, now: Timestamp) -> bool {
        let wary = self
            .sampled_at
            .is_some_and(|at| now.as_second() - at.as_second() < WARY);
        self.news.state == LiveState::Open { sampled: false } && !wary
    }

    fn began(&mut self, opened: Result<Vec<(Place, Receiver)>, Ending>, now: Timestamp) {
        match opened {
            Ok(sessions) => {
                let count = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
                self.news = self.news.with(count, now);
                self.news.state = LiveState::Open { sampled: false };
                self.meter.live_tails.fetch_add(count, Ordering::Relaxed);
                for (place, receiver) in sessions {
                    self.streams.push(listen(place, receiver));
                }
            }
            Err(ending) => self.ended(ending, now),
        }
    }

    fn heard(&mut self, said: Said, now: Timestamp) -> Happening {
        match said {
            Said::Over(ending) => {
                self.ended(ending, now);
                Happening::Turned
            }
            Said::Update(update) => {
                self.failures = 0;
                if update.sampled {
                    self.sampled_at = Some(now);
                }
                let recent = |at: Timestamp| now.as_second() - at.as_second() < WARY;
                let sampled = self.sampled_at.is_some_and(recent);
                self.news.state = LiveState::Open { sampled };
                Happening::Brought(update)
            }
        }
    }

    fn ended(&mut self, ending: Ending, now: Timestamp) {
        let why = ending.why;
        if !ending.passing {
            self.close(LiveState::Ended { why }, now);
            return;
        }
        self.close(LiveState::Refused { why }, now);
        let rest = RETRY.saturating_mul(1 << self.failures.min(6)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.retry = Some(Box::pin(pause(rest)));
    }

    fn close(&mut self, state: LiveState, now: Timestamp) {
        let open = self.news.sessions;
        self.meter.live_tails.fetch_sub(open, Ordering::Relaxed);
        self.news = self.news.with(0, now);
        self.news.state = state;
        self.streams = SelectAll::new();
        (self.opening, self.retry, self.sampled_at) = (None, None, None);
        self.places.clear();
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        let open = self.news.sessions;
        self.meter.live_tails.fetch_sub(open, Ordering::Relaxed);
    }
}

/// Whoever could change their mind may be gone.
async fn turned(wanted: &mut watch::Receiver<bool>) {
    if wanted.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn due(retry: &mut Option<BoxFuture<'static, ()>>) {
    match retry {
        Some(retry) => retry.await,
        None => std::future::pending().await,
    }
}

async fn opened(opening: &mut Option<Opening>) -> Result<Vec<(Place, Receiver)>, Ending> {
    match opening {
        Some(opening) => opening.await,
        None => std::future::pending().await,
    }
}

/// The groups of what is followed, each with its prefixes.
fn places(followed: &[Followed]) -> Vec<Place> {
    let mut groups: BTreeMap<(&Region, &LogGroup), Vec<Text>> = BTreeMap::new();
    for one in followed {
        let prefixes = groups.entry((&one.region, &one.group)).or_default();
        if !prefixes.contains(&one.stream_prefix) {
            prefixes.push(one.stream_prefix.clone());
        }
    }
    let all = groups.into_iter().map(|((region, group), mut prefixes)| {
        if prefixes.len() > MOST_PREFIXES || prefixes.iter().any(|one| one.is_empty()) {
            prefixes.clear();
        }
        Place {
            region: region.clone(),
            group: group.clone(),
            prefixes,
        }
    });
    all.collect()
}

/// The partition and the account of a service: Live Tail takes ARNs and nothing else.
async fn owner(link: &Link, service: &ServiceArn) -> Result<(String, String), Ending> {
    let of = |arn: &str| {
        let mut parts = arn.split(':').skip(1);
        let partition = parts.next()?.to_owned();
        Some((partition, parts.nth(2)?.to_owned()))
    };
    if service.as_str().starts_with("arn:")
        && let Some(owner) = of(service.as_str())
    {
        return Ok(owner);
    }
    let asked = link.ask_identity().await.map_err(|problem| Ending {
        why: problem.sentence,
        passing: true,
    })?;
    let found = asked.and_then(|identity| of(&identity.arn));
    found.ok_or_else(|| Ending {
        why: "AWS does not say which account this is".into(),
        passing: false,
    })
}

async fn start(
    link: &Link,
    client: aws_sdk_cloudwatchlogs::Client,
    place: Place,
    (partition, account): &(String, String),
) -> Result<(Place, Receiver), Ending> {
    let (region, group) = (&place.region, &place.group);
    let arn = format!("arn:{partition}:logs:{region}:{account}:log-group:{group}");
    let mut ask = client.start_live_tail().log_group_identifiers(arn);
    for prefix in &place.prefixes {
        ask = ask.log_stream_name_prefixes(prefix.as_str());
    }
    // A quiet log is no stalled download: its silence has its own limit here.
    let patient = aws_sdk_cloudwatchlogs::config::Builder::new()
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    let ask = ask.customize().interceptor(Unprefixed);
    let ask = ask.config_override(patient).send();
    let asked = link.gate.attempt(&gate::LIVE_TAIL, &place.region, ask);
    match asked.await {
        Ok(answer) => Ok((place, answer.response_stream)),
        Err(error) => {
            let failure = Failure::of(&error);
            let problem = link.gate.problem(Feed::Logs, &gate::LIVE_TAIL, &failure);
            if failure.has_code("LimitExceededException") {
                return Err(Ending {
                    why: "all Live Tail sessions of the account are in use".into(),
                    passing: true,
                });
            }
            let passing = matches!(
                problem.kind,
                ProblemKind::Throttled | ProblemKind::Unreachable | ProblemKind::Unreadable
            );
            let why = problem.sentence;
            Err(Ending { why, passing })
        }
    }
}

/// A session as a stream that can be asked for its next word and not be answered, any time.
fn listen(place: Place, receiver: Receiver) -> BoxStream<'static, Said> {
    stream::unfold(Some((place, receiver)), |session| async move {
        let (place, mut receiver) = session?;
        let said = {
            let next = pin!(receiver.recv());
            match select(next, pin!(pause(SILENCE))).await {
                Either::Left((said, _)) => Some(said),
                Either::Right(_) => None,
            }
        };
        let over = |why: &str, passing| {
            let why = why.into();
            Some((Said::Over(Ending { why, passing }), None))
        };
        match said {
            None => over("Live Tail fell silent", true),
            Some(Ok(None)) => over("Live Tail ended", true),
            Some(Ok(Some(said))) => {
                let (events, sampled) = match said {
                    StartLiveTailResponseStream::SessionUpdate(update) => {
                        let sampled = update.session_metadata.is_some_and(|one| one.sampled);
                        (update.session_results.unwrap_or_default(), sampled)
                    }
                    StartLiveTailResponseStream::SessionStart(_) | _ => (Vec::new(), false),
                };
                let update = Update {
                    place: place.clone(),
                    events,
                    sampled,
                };
                Some((Said::Update(update), Some((place, receiver))))
            }
            Some(Err(error)) => match error.as_service_error() {
                Some(refused) if refused.is_session_timeout_exception() => {
                    over("Live Tail ended after three hours", false)
                }
                _ => over("Live Tail broke off", true),
            },
        }
    })
    .boxed()
}

/// `StartLiveTail` is asked at a host with a prefix, which no endpoint but AWS's own has.
#[derive(Debug)]
pub(in crate::cloud) struct Unprefixed;

impl Intercept for Unprefixed {
    fn name(&self) -> &'static str {
        "Unprefixed"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        if let Some(bare) = unprefixed(request.uri()) {
            request.set_uri(bare)?;
        }
        Ok(())
    }
}

/// The address without `stream-`, unless it is one of AWS's.
fn unprefixed(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let bare = rest.strip_prefix("stream-")?;
    let host = bare.split(['/', ':', '?']).next().unwrap_or_default();
    let theirs = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
    let is_theirs = theirs.iter().any(|end| host.ends_with(end));
    (!is_theirs).then(|| format!("{scheme}://{bare}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_has_a_host_for_streams() {
        for (asked, bare) in [
            (
                "http://stream-127.0.0.1:4577/",
                Some("http://127.0.0.1:4577/"),
            ),
            ("http://stream-localhost/x?y", Some("http://localhost/x?y")),
            ("https://stream-logs.eu-central-1.amazonaws.com/", None),
            ("https://logs.example.com/", None),
        ] {
            assert_eq!(unprefixed(asked).as_deref(), bare, "{asked}");
        }
    }
}
