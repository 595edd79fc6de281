//! What runs in the background: polls and tails, exactly those the model wants.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::clock::Clock;
use crate::app::{Msg, Subscription};
use crate::cloud::{Cloud, Link, Span, Tail};
use crate::estate::SignedDuration;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::part::{Part, Read};

/// Where messages go. Unbounded, because what comes in is bounded at its source: one read at a
/// time for each poll, one page at a time for each tail, keys as fast as a person.
pub(super) type Post = UnboundedSender<Msg>;

/// A poll that took longer than its interval still leaves AWS alone for this long.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// How long after the full minute metrics are asked for: the minute has to end first.
const AFTER_THE_MINUTE: i64 = 2;

/// Policy wants a container to have been looked at within 30 seconds.
const WAYS: SignedDuration = SignedDuration::from_secs(10);

/// The background work.
pub(super) struct Work {
    cloud: Arc<Cloud>,
    clock: Clock,
    post: Post,
    running: BTreeMap<Subscription, Running>,
}

/// A running poll or tail; dropping it ends it.
struct Running {
    task: Option<AbortHandle>,
    at_once: Arc<Notify>,
    /// Whether a tail may have a Live Tail.
    live: watch::Sender<bool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Work {
    pub(super) fn new(cloud: Arc<Cloud>, clock: Clock, post: Post) -> Self {
        Self {
            cloud,
            clock,
            post,
            running: BTreeMap::new(),
        }
    }

    /// Starts what is new in `wanted` and drops what is not in it any more.
    pub(super) fn keep(&mut self, wanted: BTreeSet<Subscription>) {
        self.running.retain(|one, _| wanted.contains(one));
        for (one, running) in &self.running {
            if let Subscription::Tail { service, .. } = one {
                let service = service.clone();
                let live = wanted.contains(&Subscription::LiveTail { service });
                running
                    .live
                    .send_if_modified(|was| std::mem::replace(was, live) != live);
            }
        }
        for one in wanted {
            if !self.running.contains_key(&one)
                && let Some(running) = self.start(&one)
            {
                self.running.insert(one, running);
            }
        }
    }

    /// Makes every poll ask now.
    pub(super) fn refresh(&self) {
        for running in self.running.values() {
            running.at_once.notify_one();
        }
    }

    /// Who carries out requests.
    pub(super) fn cloud(&self) -> &Arc<Cloud> {
        &self.cloud
    }

    #[expect(clippy::too_many_lines, reason = "one arm a kind of work")]
    fn start(&self, wanted: &Subscription) -> Option<Running> {
        let at_once = Arc::new(Notify::new());
        let (live, wants_live) = watch::channel(false);
        let task = match wanted {
            // The tail itself is told.
            Subscription::LiveTail { .. } => None,
            Subscription::Search {
                environment,
                service,
                from,
                until,
                pattern,
            } => {
                let link = Arc::clone(self.cloud.link(environment)?);
                let span = Span {
                    since: Some(*from),
                    until: Some(*until),
                };
                let tail = link.tail_of_name(service, span);
                Some(tokio::spawn(search(tail, pattern.clone(), self.post.clone())).abort_handle())
            }
            Subscription::Poll {
                environment,
                read,
                every,
            } => {
                let poll = Poll {
                    link: Arc::clone(self.cloud.link(environment)?),
                    read: read.clone(),
                    every: *every,
                    cloud: Arc::clone(&self.cloud),
                    clock: self.clock.clone(),
                    post: self.post.clone(),
                    at_once: Arc::clone(&at_once),
                };
                Some(tokio::spawn(poll.run()).abort_handle())
            }
            Subscription::Attend {
                environment,
                attention,
            } => {
                self.cloud.link(environment)?.attend(attention.clone());
                None
            }
            Subscription::Ways {
                environment,
                service,
            } => Some(self.look(environment, Some(service), &at_once)?),
            Subscription::Nodes { environment } => Some(self.look(environment, None, &at_once)?),
            Subscription::Tail {
                environment,
                service,
            } => {
                let link = Arc::clone(self.cloud.link(environment)?);
                let tail = link.tail_of_name(service, Span::default());
                let tail = tail.with_live_tail(wants_live);
                let following = follow(tail, self.post.clone());
                Some(tokio::spawn(following).abort_handle())
            }
        };
        Some(Running {
            task,
            at_once,
            live,
        })
    }

    /// Looks at what there is to enter.
    fn look(
        &self,
        environment: &EnvironmentName,
        service: Option<&ServiceArn>,
        at_once: &Arc<Notify>,
    ) -> Option<AbortHandle> {
        let look = Ways {
            link: Arc::clone(self.cloud.link(environment)?),
            service: service.cloned(),
            clock: self.clock.clone(),
            post: self.post.clone(),
        };
        let task = tokio::spawn(look.run(Arc::clone(at_once)));
        Some(task.abort_handle())
    }
}

/// One read, again and again.
struct Poll {
    link: Arc<Link>,
    read: Read,
    every: SignedDuration,
    cloud: Arc<Cloud>,
    clock: Clock,
    post: Post,
    at_once: Arc<Notify>,
}

impl Poll {
    async fn run(self) {
        loop {
            let began = self.clock.now();
            let sink = |part: Part| {
                // Nobody listens any more only while the console ends.
                let _ = self.post.send(Msg::Part(part));
            };
            self.link.read(&self.read, &sink).await;
            let now = self.clock.now();
            let _ = self.post.send(Msg::Usage(self.cloud.usage(now)));
            let due = match self.read {
                // Metrics are published by the minute: asking in between brings nothing new
                // (aws.md 2.5).
                Read::Kpis => SignedDuration::from_secs(
                    60 - now.as_second().rem_euclid(60) + AFTER_THE_MINUTE,
                ),
                Read::Identity
                | Read::Services
                | Read::Stops
                | Read::Census
                | Read::AtRest
                | Read::Alarms
                | Read::Curves(_)
                | Read::Mutes
                | Read::Asleep(_)
                | Read::Tasks(_)
                | Read::Targets(_)
                | Read::Closely(_)
                | Read::Dossier(_)
                | Read::LastWords { .. }
                | Read::History
                | Read::Calendar(_) => self.every - now.duration_since(began),
            };
            tokio::select! {
                () = self.clock.pause(due.max(SHORTEST_PAUSE)) => {}
                () = self.at_once.notified() => {}
            }
        }
    }
}

/// The containers of a service, or the nodes of the environment, again and again while somebody
/// picks or answers.
struct Ways {
    link: Arc<Link>,
    service: Option<ServiceArn>,
    clock: Clock,
    post: Post,
}

impl Ways {
    async fn run(self, at_once: Arc<Notify>) {
        loop {
            let found = if let Some(service) = &self.service {
                let ways = self.link.ways(service).await;
                Msg::Ways(service.clone(), ways.map_err(|problem| problem.sentence))
            } else {
                let nodes = self.link.nodes().await;
                let name = self.link.environment().name.clone();
                Msg::Nodes(name, nodes.map_err(|problem| problem.sentence))
            };
            // Nobody listens any more only while the console ends.
            let _ = self.post.send(found);
            tokio::select! {
                () = self.clock.pause(WAYS) => {}
                () = at_once.notified() => {}
            }
        }
    }
}

async fn follow(mut tail: Tail, post: Post) {
    loop {
        let news = tail.next().await;
        if post.send(Msg::Tail(news)).is_err() {
            return;
        }
    }
}

/// Reads a span to its end.
async fn search(tail: Tail, pattern: Option<String>, post: Post) {
    let mut tail = tail.matching(pattern);
    loop {
        let news = tail.next().await;
        let done = news.done;
        if post.send(Msg::Found(news)).is_err() || done {
            return;
        }
    }
}
