//! A forwarded port of the console.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use super::sessions::{Entry, Line, Opener, Room, listening, whole};
use crate::app::msg::SessionNews;
use crate::estate::standing::{Port, Standing};
use crate::estate::text::Text;
use crate::passage::{Clock, Passed};
use crate::road::{Parting, Visit};
use crate::session::channel::Ended;
use crate::session::forward::{Forward, ForwardEvent, Listen};

/// How often what went through is counted.
const COUNTED: Duration = Duration::from_millis(500);
/// Errors remembered, the last ones.
const REMEMBERED: usize = 5;

/// The console's end of a forwarded port: how it is, and the way to end it.
#[derive(Clone)]
pub(super) struct Tap {
    state: Arc<Mutex<State>>,
    ended: Arc<Notify>,
}

struct State {
    port: Port,
    failed: VecDeque<(u64, Text)>,
    lost: Option<Text>,
    said: Option<Text>,
    clock: Clock,
    why: Option<String>,
}

impl Tap {
    fn new(local: &str, clock: Clock) -> Self {
        let state = State {
            port: listening(local),
            failed: VecDeque::new(),
            lost: None,
            said: None,
            clock,
            why: None,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            ended: Arc::new(Notify::new()),
        }
    }

    pub(super) fn end(&self, why: &str) {
        self.state().why = Some(why.to_owned());
        self.ended.notify_one();
    }

    /// What is known of it, laid over what is `told` of every session.
    pub(super) fn tell(&self, told: Standing) -> Standing {
        let state = self.state();
        let now = now();
        Standing {
            idle: whole(now.saturating_duration_since(state.clock.used_at())),
            left: whole(state.clock.ends_at().saturating_duration_since(now)),
            lost: state.lost.clone(),
            said: state.said.clone(),
            port: Some(Port {
                failed: state.failed.iter().cloned().collect(),
                ..state.port.clone()
            }),
            ..told
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, words: &str) {
        self.state().said = Some(words.into());
    }

    fn count(&self, forward: &Forward) {
        let counters = forward.counters();
        let mut state = self.state();
        let port = Port {
            local: state.port.local.clone(),
            connections: counters.connections,
            open: counters.open,
            errors: counters.errors,
            up: counters.up,
            down: counters.down,
            failed: Vec::new(),
        };
        if port != state.port {
            state.clock.used();
            state.port = port;
        }
    }

    /// Warns when the end is near; whether the time box is over.
    fn is_over(&self) -> bool {
        let passed = self.state().clock.passed();
        match passed {
            Passed::Quiet => false,
            Passed::Warn(words) => {
                self.say(&words);
                false
            }
            Passed::Over => {
                self.state().why = Some("the time box ended".to_owned());
                true
            }
        }
    }

    fn fail(&self, connection: u64, error: &str) {
        let mut state = self.state();
        if state.failed.len() == REMEMBERED {
            state.failed.pop_front();
        }
        state.failed.push_back((connection, error.into()));
    }

    /// Takes in one event; how it ended, if it did.
    fn take(&self, event: ForwardEvent) -> Option<Ended> {
        match event {
            ForwardEvent::Closed(ended) => return Some(ended),
            ForwardEvent::Disconnected {
                connection,
                error: Some(error),
            } => self.fail(connection, &error),
            ForwardEvent::Connected { .. } | ForwardEvent::Disconnected { error: None, .. } => {}
            ForwardEvent::Unreachable => {
                self.say("the other end cannot reach that port; does anything listen there?");
            }
            ForwardEvent::Message(words) => self.say(&words),
            ForwardEvent::Lost(why) => {
                self.say(&format!("the connection is lost ({why}); resuming"));
                self.state().lost = Some(why.as_str().into());
            }
            ForwardEvent::Resumed => {
                self.state().lost = None;
                self.say("resumed, nothing was lost");
            }
        }
        None
    }
}

impl Opener {
    /// Forwards until the list, the time box or the other end ends it.
    pub(super) async fn port(&self, visit: Visit, room: &Room) {
        let mut forward = match self.listen(&visit).await {
            Ok(forward) => forward,
            Err(error) => {
                let problems = self.part(visit, &error, false).await;
                let words: Vec<String> = [error].into_iter().chain(problems).collect();
                return self.failed(&words.join("; "));
            }
        };
        let (mut notices, watch) = visit.watch();
        let local = forward.address().to_string();
        let tap = Tap::new(&local, Clock::start(visit.time_box(), visit.silence()));
        let number = room.enter(Entry::of(&visit, self.whose(), Line::Port(tap.clone())));
        self.became(SessionNews::Opened {
            number,
            environment: self.environment(),
            service: self.service(),
            shell: false,
            words: format!("{local} is forwarded").as_str().into(),
        });
        let ended = carry(&mut forward, &tap, &mut notices).await;
        drop((watch, forward));
        let (words, by_aws, bad) = match ended {
            Some(ended) => {
                let over = matches!(ended, Ended::Remote { .. } | Ended::TimedOut);
                (ended.to_string(), over, true)
            }
            None => (tap.state().why.take().unwrap_or_default(), false, false),
        };
        let problems = self.part(visit, &words, by_aws).await;
        room.leave(number);
        let words = format!("{local} is no longer forwarded: {words}");
        self.over((&words, bad), &problems);
    }

    async fn listen(&self, visit: &Visit) -> Result<Forward, String> {
        let channel = visit.channel().await.map_err(|error| error.to_string())?;
        let listen = Listen {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, self.opening.local)),
            ..Listen::default()
        };
        let forward = Forward::listen(channel, listen).await;
        forward.map_err(|error| match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })
    }

    pub(super) async fn part(&self, visit: Visit, words: &str, by_aws: bool) -> Vec<String> {
        let parting = Parting {
            words: words.to_owned(),
            by_aws,
            recording: None,
        };
        let clock = self.clock.reader();
        visit.end(&self.journal, &*clock, &parting).await
    }
}

/// Counts and tells until it is over; `None` when somebody here, or the time box, ended it.
async fn carry(
    forward: &mut Forward,
    tap: &Tap,
    notices: &mut mpsc::Receiver<String>,
) -> Option<Ended> {
    let mut tick = tokio::time::interval(COUNTED);
    loop {
        tokio::select! {
            () = tap.ended.notified() => return None,
            event = forward.next() => {
                let ended = event.map_or(Some(Ended::Here), |event| tap.take(event));
                tap.count(forward);
                if ended.is_some() {
                    return ended;
                }
            }
            Some(words) = notices.recv() => tap.say(&words),
            _ = tick.tick() => {
                tap.count(forward);
                if tap.is_over() {
                    return None;
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time box runs in the runtime's own time, which a test may pause"
)]
fn now() -> Instant {
    Instant::now()
}
