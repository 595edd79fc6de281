//! An open session: its channel, what is said before it, and how its end is written down.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::cli::open::Opened;
use crate::cli::print;
use crate::cloud::Link;
use crate::estate::Timestamp;
use crate::estate::node::Ping;
use crate::estate::session::{Place, Session};
use crate::estate::text::Text;
use crate::journal::SessionEnd;
use crate::session::channel::{Channel, Kind, OpenError};

use super::enter::Entered;
use super::pick::Picked;

/// How often the task is looked at while somebody is inside.
const WATCH: Duration = Duration::from_secs(15);

/// A session whose channel is open.
pub(super) struct Inside {
    /// Its channel.
    pub(super) channel: Channel,
    held: Held,
}

/// What an open session needs for its end, without its channel.
pub(super) struct Held {
    entered: Entered,
    link: Arc<Link>,
    began: Timestamp,
    /// Whether AWS records it, in the doctor's words.
    aws: Text,
}

/// How a session came to its end.
pub(super) struct Ending {
    /// Why, in a few words.
    pub(super) words: String,
    /// Whether the other side ended it, so that AWS need not be told.
    pub(super) by_aws: bool,
    /// The console's own recording.
    pub(super) recording: Option<String>,
}

impl Inside {
    /// Opens the channel of what was entered; when that fails the session is ended at AWS and in
    /// the journal, and the error is returned.
    pub(super) async fn open(
        opened: &Opened,
        picked: &Picked,
        entered: Entered,
        kind: Kind,
    ) -> Result<Self, OpenError> {
        let held = Held::of(opened, picked, entered);
        let (target, options) = held.link.way_in(&held.entered.grant, kind);
        let upkeep = held.link.upkeep(&held.entered.grant);
        match Channel::open(target, options, upkeep).await {
            Ok(channel) => Ok(Self { channel, held }),
            Err(error) => {
                let ending = Ending {
                    words: error.to_string(),
                    by_aws: false,
                    recording: None,
                };
                held.end(opened, &ending).await;
                Err(error)
            }
        }
    }

    /// Whether AWS records it, in the doctor's words.
    pub(super) fn aws(&self) -> &Text {
        &self.held.aws
    }

    /// What was entered.
    pub(super) fn entered(&self) -> &Entered {
        &self.held.entered
    }

    /// Until the console ends it.
    pub(super) fn time_box(&self) -> Duration {
        self.held.time_box()
    }

    /// Tells when the ground is taken from under it, until dropped.
    pub(super) fn watch(&self) -> (mpsc::Receiver<String>, Watch) {
        self.held.watch()
    }

    /// Hands the channel on; what is left ends the session.
    pub(super) fn split(self) -> (Channel, Held) {
        (self.channel, self.held)
    }

    /// Lets go of the channel, and ends the session as [`Held::end`] does.
    pub(super) async fn end(self, opened: &Opened, ending: &Ending) {
        drop(self.channel);
        self.held.end(opened, ending).await;
    }
}

impl Held {
    /// What was entered, from now on.
    pub(super) fn of(opened: &Opened, picked: &Picked, entered: Entered) -> Self {
        Self {
            entered,
            link: Arc::clone(&picked.link),
            began: (opened.clock)(),
            aws: picked.spot.recorded(),
        }
    }

    /// Until the console ends it.
    pub(super) fn time_box(&self) -> Duration {
        Duration::from_mins(self.entered.session.minutes.into())
    }

    /// Tells when the ground is taken from under it, until dropped.
    pub(super) fn watch(&self) -> (mpsc::Receiver<String>, Watch) {
        let (tell, notices) = mpsc::channel(4);
        let (link, session) = (Arc::clone(&self.link), self.entered.session.clone());
        let task = tokio::spawn(watch(link, session, tell));
        (notices, Watch(task.abort_handle()))
    }

    /// Ends the session at AWS unless it is over there, and writes its end into the journal.
    pub(super) async fn end(self, opened: &Opened, ending: &Ending) {
        let Self {
            entered,
            link,
            began,
            aws,
        } = self;
        write_end(opened, (&entered, &*link, began, aws), ending).await;
    }
}

/// Looks at the task until dropped.
pub(super) struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn watch(link: Arc<Link>, session: Session, tell: mpsc::Sender<String>) {
    let mut tick = tokio::time::interval(WATCH);
    tick.tick().await;
    loop {
        tick.tick().await;
        if let Some(words) = gone(&link, &session).await {
            let _ = tell.send(words.to_owned()).await;
            return;
        }
    }
}

/// What takes the ground from under the session, if something does.
async fn gone(link: &Link, session: &Session) -> Option<&'static str> {
    match &session.place {
        Place::Container { task, .. } => {
            let found = link.examine(&session.target.cluster, task).await.ok()?;
            let stays = found.iter().any(|one| {
                *one.patient.desired_status == *"RUNNING" && *one.patient.last_status == *"RUNNING"
            });
            (!stays).then_some("the task is being stopped: this session will end with it")
        }
        Place::Node { id, .. } => {
            let node = link.node(id).await.ok()?;
            let answers = node.is_some_and(|node| node.ping == Ping::Online);
            (!answers).then_some("the node's agent is not heard of any more")
        }
    }
}

/// AWS is told first, then the journal: whatever the one answers, the other is written.
async fn write_end(
    opened: &Opened,
    (entered, link, began, aws): (&Entered, &Link, Timestamp, Text),
    ending: &Ending,
) {
    let terminated = if ending.by_aws {
        true
    } else {
        match link.terminate(&entered.grant).await {
            Ok(()) => true,
            Err(problem) => {
                print::problem(&format!(
                    "AWS could not be told that the session is over: {}",
                    problem.sentence
                ));
                false
            }
        }
    };
    let now = (opened.clock)();
    let milliseconds = now.duration_since(began).as_millis();
    let end = SessionEnd {
        intent: entered.intent.clone(),
        session_id: entered.grant.session_id().clone(),
        words: ending.words.as_str().into(),
        milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX),
        terminated,
        aws,
        recording: ending.recording.as_deref().map(Text::from),
    };
    if let Err(error) = opened.journal.session_end(end, now) {
        let intent = &entered.intent;
        print::problem(&format!(
            "the end of session {intent} could not be recorded: {error}"
        ));
    }
}
