//! What is open: shells and forwarded ports, each on a task of its own from its approval to its
//! written end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;

use super::carry;
use super::clock::Clock;
use super::loan::Loan;
use super::port::Tap;
use super::work::Post;
use crate::app::Msg;
use crate::app::effect::Opening;
use crate::app::msg::{RoadNews, RoadStage, SessionNews};
use crate::cloud::Link;
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::identity::Identity;
use crate::estate::session::{Purpose, Session};
use crate::estate::standing::{Port, Standing};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::Journal;
use crate::passage::Kept;
use crate::road::plugin;
use crate::road::{Carried, OpenShell, Recording, Road, Stage, Visit};

/// Why sessions end when the console does.
const CONSOLE_ENDED: &str = "the console ended";

/// All that is open.
#[derive(Default)]
pub(super) struct Sessions {
    tasks: JoinSet<()>,
    room: Arc<Room>,
}

/// Where the tasks put what is open, and take it away again.
#[derive(Default)]
pub(super) struct Room {
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    open: BTreeMap<u32, Entry>,
    last: u32,
    /// Why nothing more may be open, once the console ends.
    closing: bool,
}

/// One that is open.
pub(super) struct Entry {
    session: Session,
    tier: Tier,
    who: Text,
    since: Timestamp,
    aws: Text,
    silence: SignedDuration,
    recording: Option<Text>,
    line: Line,
}

/// What holds its line.
pub(super) enum Line {
    Shell(Kept),
    Port(Tap),
    Program(Loan),
}

/// What the terminal can be lent to.
pub(super) enum Lendable {
    Shell(Kept),
    Program(Loan),
}

impl Entry {
    pub(super) fn of(visit: &Visit, (tier, who): (Tier, Text), line: Line) -> Self {
        Self {
            session: visit.session().clone(),
            tier,
            who,
            since: visit.began(),
            aws: visit.aws().clone(),
            silence: whole(visit.silence()),
            recording: None,
            line,
        }
    }

    fn end(&self, why: &str) {
        match &self.line {
            Line::Shell(kept) => kept.end(why),
            Line::Port(tap) => tap.end(why),
            Line::Program(loan) => loan.end(why),
        }
    }

    fn is_over(&self) -> bool {
        match &self.line {
            Line::Shell(kept) => kept.is_over(),
            Line::Port(_) => false,
            Line::Program(loan) => loan.is_over(),
        }
    }

    fn standing(&self, number: u32) -> Standing {
        let told = Standing {
            number,
            session: self.session.clone(),
            tier: self.tier,
            who: self.who.clone(),
            since: self.since,
            idle: SignedDuration::ZERO,
            left: SignedDuration::ZERO,
            aws: self.aws.clone(),
            silence: self.silence,
            recording: self.recording.clone(),
            unread: 0,
            lost: None,
            said: None,
            plugin: false,
            port: None,
        };
        match &self.line {
            Line::Shell(kept) => {
                let state = kept.state();
                Standing {
                    idle: whole(state.idle()),
                    left: whole(state.left()),
                    unread: state.unread,
                    lost: state.lost.as_deref().map(Text::clean),
                    said: state.said.as_deref().map(Text::clean),
                    ..told
                }
            }
            Line::Port(tap) => tap.tell(told),
            Line::Program(loan) => loan.tell(told),
        }
    }
}

/// Whole seconds: a list that changes with every millisecond would be drawn as often.
pub(super) fn whole(length: Duration) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(length.as_secs()).unwrap_or(i64::MAX))
}

impl Room {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts one that was opened on the list; a console that is ending ends it at once.
    pub(super) fn enter(&self, entry: Entry) -> u32 {
        let mut held = self.held();
        if held.closing {
            entry.end(CONSOLE_ENDED);
        }
        held.last += 1;
        let number = held.last;
        held.open.insert(number, entry);
        number
    }

    /// Takes one that is over from the list.
    pub(super) fn leave(&self, number: u32) {
        self.held().open.remove(&number);
    }
}

impl Sessions {
    /// Opens what policy approved, on a task of its own.
    pub(super) fn open(&mut self, opener: Opener) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(opener.run(Arc::clone(&self.room)));
    }

    /// All that is open, oldest first.
    pub(super) fn standing(&self) -> Vec<Standing> {
        let held = self.room.held();
        let each = held.open.iter().filter(|(_, entry)| !entry.is_over());
        each.map(|(number, entry)| entry.standing(*number))
            .collect()
    }

    /// The shell of this number.
    pub(super) fn shell(&self, number: u32) -> Option<Lendable> {
        match &self.room.held().open.get(&number)?.line {
            Line::Shell(kept) => Some(Lendable::Shell(kept.clone())),
            Line::Program(loan) => Some(Lendable::Program(loan.clone())),
            Line::Port(_) => None,
        }
    }

    pub(super) fn end(&self, number: u32) {
        if let Some(entry) = self.room.held().open.get(&number) {
            entry.end("ended from the console's list");
        }
    }

    pub(super) fn any(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// Ends all that is open, and waits until each end is at AWS and in the journal.
    pub(super) async fn finish(&mut self) {
        {
            let mut held = self.room.held();
            held.closing = true;
            held.open
                .values()
                .for_each(|entry| entry.end(CONSOLE_ENDED));
        }
        while self.tasks.join_next().await.is_some() {}
    }
}

/// One approved session and what it needs on its way.
pub(super) struct Opener {
    pub(super) opening: Box<Opening>,
    pub(super) caller: Option<Identity>,
    pub(super) link: Option<Arc<Link>>,
    pub(super) journal: Journal,
    pub(super) clock: Clock,
    pub(super) post: Post,
    /// Columns and rows of the terminal it will be lent.
    pub(super) size: (u16, u16),
}

impl Opener {
    async fn run(self, room: Arc<Room>) {
        if let Some(visit) = self.visit().await {
            match visit.session().purpose {
                Purpose::Shell if self.opening.plugin => {
                    Box::pin(self.program(visit, &room)).await;
                }
                Purpose::Shell | Purpose::Command(_) => Box::pin(self.shell(visit, &room)).await,
                Purpose::Forward { .. } => Box::pin(self.port(visit, &room)).await,
            }
        }
    }

    pub(super) fn environment(&self) -> EnvironmentName {
        let target = self.opening.approved.change().target();
        target.environment.clone()
    }

    pub(super) fn service(&self) -> ServiceArn {
        let target = self.opening.approved.change().target();
        target.service.clone()
    }

    fn tell(&self, stage: RoadStage) {
        let service = self.service();
        // Nobody listens any more only while the console ends; the journal still does.
        let _ = self.post.send(Msg::Road(RoadNews { service, stage }));
    }

    pub(super) fn failed(&self, words: &str) {
        self.tell(RoadStage::Failed {
            words: words.into(),
            denied: None,
        });
    }

    pub(super) fn became(&self, news: SessionNews) {
        let _ = self.post.send(Msg::Session(news));
    }

    pub(super) fn whose(&self) -> (Tier, Text) {
        let who = self.caller.as_ref().map(Identity::short);
        (self.opening.tier, who.unwrap_or_default().as_str().into())
    }

    /// Down the road: journalled, looked at again, opened.
    async fn visit(&self) -> Option<Visit> {
        let approved = &self.opening.approved;
        let Change::Session(session) = approved.change() else {
            return None;
        };
        let (Some(caller), Some(link)) = (&self.caller, &self.link) else {
            let words = "AWS has not said who is asking, so nothing was opened".into();
            self.tell(RoadStage::Refused { words });
            return None;
        };
        let told = |stage: Stage| match stage {
            Stage::Intended(_) => self.tell(RoadStage::Journalled),
            Stage::Recycled { .. } | Stage::Answered(_) | Stage::Recorded => {}
        };
        let road = Road {
            journal: &self.journal,
            caller,
            clock: &|| self.clock.now(),
            told: &told,
        };
        let (carried, grant) = Box::pin(road.open(approved, link)).await;
        if let (Some(grant), Carried::Asked { intent, .. }) = (grant, &carried) {
            let way_in = (grant, intent.clone());
            let aws = self.opening.aws.clone();
            let (session, link) = (Session::clone(session), Arc::clone(link));
            let visit = Visit::new(way_in, session, link, aws, self.clock.now());
            let silence = Duration::from_mins(self.opening.idle_minutes.into());
            return Some(visit.silent_for(silence));
        }
        self.tell(carry::ended(carried));
        None
    }

    async fn shell(&self, visit: Visit, room: &Room) {
        let (intent, began) = (visit.intent(), visit.began());
        let input = self.opening.input;
        let record = || Recording::begin(&self.journal, intent, self.size, began, input);
        let (recording, warning) = match self.opening.record.then(record) {
            Some(Ok(recording)) => (Some(recording), None),
            Some(Err(error)) => (None, Some(format!(" NOT recorded: {error}"))),
            None => (None, None),
        };
        let way = (&self.journal, self.clock.reader());
        let shell = match Box::pin(OpenShell::open(visit, self.size, recording, way)).await {
            Ok(shell) => shell,
            Err((error, problems)) => {
                let words = [error.to_string(), plugin::SUGGESTION.to_owned()];
                let words: Vec<String> = words.into_iter().chain(problems).collect();
                return self.failed(&words.join("; "));
            }
        };
        let entry = Entry {
            recording: shell.recorded().as_deref().map(Text::clean),
            ..Entry::of(shell.visit(), self.whose(), Line::Shell(shell.kept()))
        };
        let number = room.enter(entry);
        let words = format!("a shell is open{}", warning.unwrap_or_default());
        self.became(SessionNews::Opened {
            number,
            environment: self.environment(),
            service: self.service(),
            shell: true,
            words: words.as_str().into(),
        });
        let finished = Box::pin(shell.finish(&self.journal)).await;
        room.leave(number);
        self.over((&finished.words, finished.bad), &finished.problems);
    }

    /// Tells how it ended.
    pub(super) fn over(&self, (words, bad): (&str, bool), problems: &[String]) {
        let all = std::iter::once(words).chain(problems.iter().map(String::as_str));
        let all: Vec<&str> = all.collect();
        self.became(SessionNews::Ended {
            environment: self.environment(),
            service: self.service(),
            words: all.join("; ").as_str().into(),
            bad: bad || !problems.is_empty(),
        });
    }
}

/// An empty port, listening at `local`.
pub(super) fn listening(local: &str) -> Port {
    Port {
        local: local.into(),
        ..Port::default()
    }
}
