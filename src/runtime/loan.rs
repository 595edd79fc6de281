//! A shell that AWS's own client carries: it has the terminal for itself while somebody is inside, and
//! cannot be left without ending it.

use std::io;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::sessions::{Entry, Line, Opener, Room, whole};
use crate::app::msg::SessionNews;
use crate::estate::standing::Standing;
use crate::passage::program::{self, Done};
use crate::passage::{Left, Over};
use crate::road::{Visit, plugin};
use crate::session::plugin::PROGRAM;

/// One that nobody entered ends this long after its time box; one that runs is ended at it.
const GRACE: Duration = Duration::from_secs(15);

/// The console's end of it.
#[derive(Clone)]
pub(super) struct Loan {
    waiting: Arc<Mutex<Option<Ready>>>,
    tell: mpsc::UnboundedSender<Told>,
    ends: Instant,
}

/// What is to be started once somebody enters.
struct Ready {
    command: Command,
    notices: mpsc::Receiver<String>,
}

/// What became of it.
enum Told {
    /// Somebody ended it before they entered, and why.
    LetGo(String),
    /// It ran.
    Ran(Result<Done, String>),
}

impl Loan {
    /// Lends it the terminal until it is over.
    pub(super) async fn run(&self) -> io::Result<Left> {
        let ready = self.waiting().take();
        let Some(mut ready) = ready else {
            return Ok(Left::Over(Over::LetGo(String::new())));
        };
        let open = self.ends.saturating_duration_since(now());
        let ran = program::run(ready.command, open, &mut ready.notices).await;
        let ran = ran.map_err(|error| plugin::not_started(&error));
        let told = matches!(ran, Ok(Done::Told));
        // Whoever holds the session is gone only when it is over.
        let _ = self.tell.send(Told::Ran(ran));
        Ok(if told {
            Left::Told
        } else {
            Left::Over(Over::LetGo(String::new()))
        })
    }

    pub(super) fn end(&self, why: &str) {
        // One that runs is ended by whoever sits in it, or by its time box.
        if self.waiting().take().is_some() {
            let _ = self.tell.send(Told::LetGo(why.to_owned()));
        }
    }

    /// Whether nobody can enter it any more.
    pub(super) fn is_over(&self) -> bool {
        self.waiting().is_none()
    }

    /// What is known of it, laid over what is `told` of every session.
    pub(super) fn tell(&self, told: Standing) -> Standing {
        Standing {
            left: whole(self.ends.saturating_duration_since(now())),
            plugin: true,
            ..told
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Option<Ready>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opener {
    /// Holds the session until the client, the list or the time box ends it.
    pub(super) async fn program(&self, visit: Visit, room: &Room) {
        let Some(handover) = visit.handover() else {
            let words = "nobody knows where the session leads";
            let problems = self.part(visit, words, false).await;
            let all: Vec<&str> = [words]
                .into_iter()
                .chain(problems.iter().map(String::as_str))
                .collect();
            return self.failed(&all.join("; "));
        };
        let (notices, watch) = visit.watch();
        let (tell, mut told) = mpsc::unbounded_channel();
        let ready = Ready {
            command: handover.command(),
            notices,
        };
        let loan = Loan {
            waiting: Arc::new(Mutex::new(Some(ready))),
            tell,
            ends: now() + visit.time_box(),
        };
        let entry = Entry::of(&visit, self.whose(), Line::Program(loan));
        let number = room.enter(entry);
        let words =
            format!("a shell is open; {PROGRAM} carries it, so firstline keeps no recording");
        self.became(SessionNews::Opened {
            number,
            environment: self.environment(),
            service: self.service(),
            shell: true,
            words: words.as_str().into(),
        });
        let ended = tokio::time::timeout(visit.time_box() + GRACE, told.recv()).await;
        drop(watch);
        let (words, bad) = match ended {
            Ok(Some(Told::Ran(ran))) => plugin::outcome(ran),
            Ok(Some(Told::LetGo(why))) => (why, false),
            Ok(None) | Err(_) => plugin::outcome(Ok(Done::TimeBox)),
        };
        let problems = self.part(visit, &words, false).await;
        room.leave(number);
        self.over((&words, bad), &problems);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time box runs in the runtime's own time, which a test may pause"
)]
fn now() -> Instant {
    Instant::now()
}
