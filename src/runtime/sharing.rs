//! The journal on its way to the group a team shares, behind everything else: no action waits for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::clock::Clock;
use super::work::Post;
use crate::app::Msg;
use crate::cloud::SharedGroup;
use crate::estate::SignedDuration;
use crate::estate::shared::{Sharing, pause};
use crate::journal::Journal;
use crate::road::{ShareError, Sharer};

/// How often the journal is looked at for something new.
const EVERY: SignedDuration = SignedDuration::from_secs(5);
/// How long a console that ends may still take.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// The sender. Dropped, it ends; what was not sent waits for the next.
pub(super) struct Sender {
    way: Way,
    at_once: Arc<Notify>,
    task: AbortHandle,
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Sender {
    pub(super) fn start(
        group: &Arc<SharedGroup>,
        journal: Journal,
        clock: Clock,
        post: Post,
    ) -> Self {
        let group = Arc::clone(group);
        let way = Way {
            group,
            journal,
            clock,
        };
        let at_once = Arc::new(Notify::new());
        let running = way.clone().run(post, Arc::clone(&at_once));
        Self {
            task: tokio::spawn(running).abort_handle(),
            way,
            at_once,
        }
    }

    /// Tries again now, whatever went wrong before.
    pub(super) fn hurry(&self) {
        self.at_once.notify_one();
    }

    /// Sends what waits before the console ends; a sentence where something stays behind.
    pub(super) async fn finish(&self) -> Option<String> {
        self.task.abort();
        let clock = || self.way.clock.now();
        let sharer = self.way.sharer(&clock);
        let problem = sharer.send_within(LAST_WORDS).await.err()?;
        if matches!(problem, ShareError::Elsewhere) {
            return None;
        }
        let standing = sharer.standing(Some(&problem)).ok()?;
        let lag = standing.lag(clock())?;
        let name = self.way.group.name();
        Some(format!(
            "the shared journal {name}: {lag} on this machine, and the next start sends it: {problem}"
        ))
    }
}

/// The journal and where it goes.
#[derive(Clone)]
struct Way {
    group: Arc<SharedGroup>,
    journal: Journal,
    clock: Clock,
}

impl Way {
    fn sharer<'a>(
        &'a self,
        clock: &'a (dyn Fn() -> crate::estate::Timestamp + Send + Sync),
    ) -> Sharer<'a> {
        Sharer {
            journal: &self.journal,
            group: &self.group,
            clock,
            told: &|_| {},
        }
    }

    async fn run(self, post: Post, at_once: Arc<Notify>) {
        let clock = || self.clock.now();
        let sharer = self.sharer(&clock);
        let mut dice = fastrand::Rng::new();
        let mut failures = 0;
        let mut told = None;
        loop {
            let ended = sharer.send().await.err();
            let problem = ended.filter(|problem| !matches!(problem, ShareError::Elsewhere));
            failures = problem.as_ref().map_or(0, |_| failures + 1);
            let wait = problem
                .as_ref()
                .map_or(EVERY, |problem| pause(problem.kind(), failures, dice.f64()));
            if let Ok(standing) = sharer.standing(problem.as_ref()) {
                let next_try = problem.is_some().then(|| self.clock.now() + wait);
                let standing = Sharing {
                    next_try,
                    ..standing
                };
                if told.as_ref() != Some(&standing) {
                    // Nobody listens any more only while the console ends.
                    let _ = post.send(Msg::Sharing(Box::new(standing.clone())));
                    told = Some(standing);
                }
            }
            tokio::select! {
                () = self.clock.pause(wait) => {}
                () = at_once.notified() => {}
            }
        }
    }
}
