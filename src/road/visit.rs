//! An open session, from what let somebody in to its written end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::cloud::{Grant, Link};
use crate::estate::Timestamp;
use crate::estate::node::Ping;
use crate::estate::session::{IDLE_MINUTES, Place, Purpose, Session};
use crate::estate::text::Text;
use crate::journal::{EntryId, Journal, SessionEnd};
use crate::session::channel::{Channel, Kind, OpenError};
use crate::session::plugin::Handover;

/// How often the task is looked at while somebody is inside: a stopped one has 30 seconds left where
/// nobody set another `stopTimeout`.
const WATCH: Duration = Duration::from_secs(5);

/// An open session: whoever holds it has to end it with [`Visit::end`].
pub struct Visit {
    grant: Grant,
    intent: EntryId,
    session: Session,
    link: Arc<Link>,
    began: Timestamp,
    aws: Text,
    silence: Duration,
}

/// How a session came to its end.
pub struct Parting {
    /// Why, in a few words.
    pub words: String,
    /// Whether the other side ended it, so that AWS need not be told.
    pub by_aws: bool,
    /// The console's own recording.
    pub recording: Option<String>,
}

impl Visit {
    /// What was opened as `session` at `began`, with the journal's `intent`; `aws` says whether
    /// AWS records it.
    pub fn new(
        (grant, intent): (Grant, EntryId),
        session: Session,
        link: Arc<Link>,
        aws: Text,
        began: Timestamp,
    ) -> Self {
        Self {
            grant,
            intent,
            session,
            link,
            began,
            aws,
            silence: Duration::from_mins(IDLE_MINUTES.into()),
        }
    }

    /// Opens its data channel.
    ///
    /// # Errors
    /// When there is no way to it; the session is still to be ended.
    pub async fn channel(&self) -> Result<Channel, OpenError> {
        let kind = match self.session.purpose {
            Purpose::Shell | Purpose::Command(_) => Kind::Shell,
            Purpose::Forward { .. } => Kind::Port,
        };
        let (target, options) = self.link.way_in(&self.grant, kind);
        Channel::open(target, options, self.link.upkeep(&self.grant)).await
    }

    /// The same for AWS's own client; `None` when nobody knows where it leads.
    pub fn handover(&self) -> Option<Handover> {
        self.link.handover(&self.grant)
    }

    /// What was opened.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The journal's entry of its opening.
    pub fn intent(&self) -> &EntryId {
        &self.intent
    }

    /// When it was opened.
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// Whether AWS records it, in the doctor's words.
    pub fn aws(&self) -> &Text {
        &self.aws
    }

    /// On a node AWS ends it after `silence` without a byte, as the account's preferences say; in a
    /// container nobody can set that.
    #[must_use]
    pub fn silent_for(mut self, silence: Duration) -> Self {
        if matches!(self.session.place, Place::Node { .. }) {
            self.silence = silence;
        }
        self
    }

    /// After so long without a byte AWS ends it.
    pub fn silence(&self) -> Duration {
        self.silence
    }

    /// Until the console ends it.
    pub fn time_box(&self) -> Duration {
        Duration::from_mins(self.session.minutes.into())
    }

    /// Tells when the ground is taken from under it, until dropped.
    pub fn watch(&self) -> (mpsc::Receiver<String>, Watch) {
        let (tell, notices) = mpsc::channel(4);
        let task = tokio::spawn(watch(Arc::clone(&self.link), self.session.clone(), tell));
        (notices, Watch(task.abort_handle()))
    }

    /// Ends the session at AWS unless it is over there, and writes its end into the journal: AWS
    /// is told first, and whatever it answers, the journal is written. What went wrong with
    /// either is to be said to the person.
    pub async fn end(self, journal: &Journal, clock: &Clock<'_>, parting: &Parting) -> Vec<String> {
        let mut problems = Vec::new();
        let mut terminated = true;
        if !parting.by_aws
            && let Err(problem) = self.link.terminate(&self.grant).await
        {
            terminated = false;
            problems.push(format!(
                "AWS could not be told that the session is over: {}",
                problem.sentence
            ));
        }
        let now = clock();
        let milliseconds = now.duration_since(self.began).as_millis();
        let intent = self.intent.clone();
        let end = SessionEnd {
            intent: self.intent,
            session_id: self.grant.session_id().clone(),
            words: parting.words.as_str().into(),
            milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX),
            terminated,
            aws: self.aws,
            recording: parting.recording.as_deref().map(Text::from),
        };
        if let Err(error) = journal.session_end(end, now) {
            problems.push(format!(
                "the end of session {intent} could not be recorded: {error}"
            ));
        }
        problems
    }
}

/// Tells the time.
type Clock<'a> = dyn Fn() -> Timestamp + Send + Sync + 'a;

/// Looks at the task until dropped.
pub struct Watch(AbortHandle);

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
