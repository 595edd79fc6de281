//! The model together with its background work. Knows no terminal: the console drives it with
//! real keys, a test with written ones.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::carry::{Carrier, Carriers, Following};
use super::clock::Clock;
use super::saving;
use super::second::Seconds;
use super::sessions::{Lendable, Opener, Sessions};
use super::sharing::Sender;
use super::sign_in;
use super::work::{Post, Work};
use crate::app::effect::Opening;
use crate::app::msg::{SessionNews, Tone};
use crate::app::screen::handoff::Wanted;
use crate::app::{Effect, Model, Msg, subscriptions, update};
use crate::cloud::Cloud;
use crate::estate::follow::Followed;
use crate::estate::handoff::Act;
use crate::estate::id::EnvironmentName;
use crate::estate::log::Filter;
use crate::estate::shared::Sharing;
use crate::estate::staging::{Goal, Survey};
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::{EntryId, Journal, JournalError, ring, told};
use crate::policy::{Approved, Arm, Mode};
use crate::road::Wheel;

/// How far back what was done from here is read: a weekend, and the days around it.
const DEEDS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The console without its terminal.
pub struct Engine {
    model: Model,
    work: Work,
    carriers: Carriers,
    sessions: Sessions,
    journal: Journal,
    clock: Clock,
    post: Post,
    inbox: UnboundedReceiver<Msg>,
    /// Steers the recycle on its road.
    wheel: Arc<Wheel>,
    /// What the terminal's clipboard is to hold.
    copied: Option<String>,
    /// Sends the journal where a team shares it.
    sender: Option<Sender>,
}

/// What the terminal has to do after a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Go,
    /// Step aside until the person comes back.
    Suspend,
    /// Lend the terminal to the open shell of this number.
    Enter(u32),
    /// Lend the terminal to these commands, one after the other; then credentials are read anew.
    Lend(Vec<Vec<String>>),
    /// End.
    Quit,
}

impl Engine {
    /// Starts the work the model wants at once.
    pub fn start(model: Model, cloud: Arc<Cloud>, journal: Journal, clock: Clock) -> Self {
        let (post, inbox) = unbounded_channel();
        // Who may alter nothing writes into no group, either.
        let group = cloud.shared().filter(|_| model.mode != Mode::ReadOnly);
        let sender =
            group.map(|group| Sender::start(group, journal.clone(), clock.clone(), post.clone()));
        let work = Work::new(cloud, clock.clone(), post.clone());
        let mut engine = Self {
            model,
            work,
            carriers: Carriers::default(),
            sessions: Sessions::default(),
            journal,
            clock,
            post,
            inbox,
            wheel: Arc::default(),
            copied: None,
            sender,
        };
        engine.try_journal();
        engine.take_up();
        engine.tell_of_group();
        engine.work.keep(subscriptions(&engine.model));
        engine
    }

    /// The model, to be drawn.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether the picture changed since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        self.model.take_dirty()
    }

    /// What was copied since this was last asked.
    pub fn take_copied(&mut self) -> Option<String> {
        self.copied.take()
    }

    /// Waits for the next message from the background.
    pub async fn next(&mut self) -> Option<Msg> {
        self.inbox.recv().await
    }

    /// A message from the background, if one is waiting.
    pub fn waiting(&mut self) -> Option<Msg> {
        self.inbox.try_recv().ok()
    }

    /// Tells the model the time.
    pub fn tick(&mut self) -> Flow {
        let now = self.clock.now();
        let standing = self.sessions.standing();
        if !standing.is_empty() || !self.model.sessions.is_empty() {
            self.handle(Msg::Session(SessionNews::Standing(standing)));
        }
        self.handle(Msg::Tick(now))
    }

    /// Something a person did; the model learns first when it was.
    pub fn input(&mut self, msg: Msg) -> Flow {
        match self.tick() {
            Flow::Go => self.handle(msg),
            other @ (Flow::Suspend | Flow::Enter(_) | Flow::Lend(_) | Flow::Quit) => other,
        }
    }

    /// Takes in one message, does what follows from it and keeps the right work running.
    pub fn handle(&mut self, msg: Msg) -> Flow {
        let mut flow = Flow::Go;
        for effect in update(&mut self.model, msg) {
            match effect {
                Effect::Quit => flow = Flow::Quit,
                Effect::Suspend => flow = Flow::Suspend,
                Effect::Enter(number) => flow = Flow::Enter(number),
                Effect::End(number) => self.sessions.end(number),
                Effect::Open(opening) => self.open(opening),
                Effect::Refresh => {
                    self.work.refresh();
                    self.try_journal();
                    self.sender.iter().for_each(Sender::hurry);
                }
                Effect::FindQuery(name, more) => self.find_query(name, more),
                Effect::SignIn(names) => {
                    sign_in::look(Arc::clone(self.work.cloud()), names, self.post.clone());
                }
                Effect::Lend(commands) => flow = Flow::Lend(commands),
                Effect::Survey(environment, goal) => self.survey(environment, goal),
                Effect::Carry(approved) => self.carry(approved),
                Effect::AskSecond(change) => self.second().ask(change),
                Effect::FindSecond {
                    change,
                    token,
                    subject,
                } => self.second().find(change, *token, subject),
                Effect::Arm(arm) => self.arm(arm),
                Effect::Disarm => self.write(Journal::disarmed),
                Effect::Refused(change, reason) => {
                    self.write(move |journal, now| journal.refused(&change, &reason, now));
                }
                Effect::ReadJournal => self.read_journal(),
                Effect::ReadShared(back) => self.read_shared(back),
                Effect::Handoff(wanted) => self.read_acts(wanted),
                Effect::Follow(followed) => self.follow(followed),
                Effect::Hold(held) => self.wheel.hold(held),
                Effect::CallOff => self.wheel.call_off(),
                Effect::Copy(text) => self.copied = Some(text),
                Effect::Save(saved) => saving::save(*saved, self.post.clone()),
            }
        }
        self.work.keep(subscriptions(&self.model));
        flow
    }

    /// Waits until every change on its road has ended and is recorded, and ends what is open.
    pub async fn finish(&mut self) {
        self.carriers.finish().await;
        self.sessions.finish().await;
    }

    /// Sends what waits to the group the team shares; a sentence where something stays behind.
    pub async fn share_the_rest(&self) -> Option<String> {
        match &self.sender {
            Some(sender) => sender.finish().await,
            None => None,
        }
    }

    /// Whether a change is still on its road.
    pub fn is_carrying(&self) -> bool {
        self.carriers.any()
    }

    /// Whether a shell or a port is open, or about to be.
    pub fn has_sessions(&self) -> bool {
        self.sessions.any()
    }

    /// The open shell of this number, to lend the terminal to.
    pub(super) fn shell(&self, number: u32) -> Option<Lendable> {
        self.sessions.shell(number)
    }

    /// Reads every credential anew; then everything is asked again.
    pub(super) fn renew(&self) {
        sign_in::renew(Arc::clone(self.work.cloud()), self.post.clone());
        self.sender.iter().for_each(Sender::hurry);
    }

    /// Finds out whether the journal takes a line. On its own thread: a folder on a dead file
    /// server must not freeze the screen.
    fn try_journal(&self) {
        let (journal, post) = (self.journal.clone(), self.post.clone());
        let now = self.clock.now();
        let day = now - DEEDS;
        let since = self.model.terms.looks_back_to(now);
        tokio::task::spawn_blocking(move || {
            // Nobody listens any more only while the console ends.
            let _ = post.send(Msg::Journal(journal.state()));
            // A journal nobody can read is told of when something is to be written.
            if let Ok(deeds) = journal.deeds(day) {
                let _ = post.send(Msg::Deeds(deeds));
            }
            let _ = post.send(Msg::Recent(journal.deeds(since).ok()));
        });
    }

    /// Writes into the journal on a thread of its own; what it does not take is told.
    fn write(
        &self,
        line: impl FnOnce(&Journal, Timestamp) -> Result<EntryId, JournalError> + Send + 'static,
    ) {
        let (journal, post, now) = (self.journal.clone(), self.post.clone(), self.clock.now());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = line(&journal, now) {
                let _ = post.send(Msg::Notice(Tone::Bad, error.to_string().into()));
            }
        });
    }

    /// Where nothing is sent, the team's journal can still be read.
    fn tell_of_group(&self) {
        let group = self.work.cloud().shared();
        if let Some(group) = group.filter(|_| self.sender.is_none()) {
            let sharing = Sharing {
                group: group.name().into(),
                ..Sharing::default()
            };
            let _ = self.post.send(Msg::Sharing(Box::new(sharing)));
        }
    }

    fn second(&self) -> Seconds<'_> {
        Seconds {
            model: &self.model,
            cloud: self.work.cloud(),
            journal: &self.journal,
            now: self.clock.now(),
            post: &self.post,
        }
    }

    /// Arms the console once the journal has it.
    fn arm(&self, arm: Arm) {
        let places = self.model.look.snapshot.environments.iter();
        let callers = places
            .filter_map(|one| one.identity.as_ref().map(|caller| caller.arn.clone()))
            .collect();
        let (post, notify) = (self.post.clone(), self.model.terms.notify.clone());
        self.write(move |journal, _| {
            let entry = journal.armed(&arm, callers)?;
            let words = format!("the glass is broken, journal {entry}: {}", arm.reason);
            let glass = arm.glass;
            let _ = post.send(Msg::Armed(arm));
            if glass && let Err(problem) = ring(&notify, &words) {
                let _ = post.send(Msg::Notice(Tone::Bad, problem.into()));
            }
            Ok(entry)
        });
    }

    /// Shows the journal, the newest entry first.
    fn read_journal(&self) {
        let (journal, post) = (self.journal.clone(), self.post.clone());
        let (sharing, now) = (self.model.sharing.clone(), self.clock.now());
        tokio::task::spawn_blocking(move || {
            let page = super::pages::journal(&journal, sharing.as_deref(), now);
            let _ = post.send(Msg::Page(page));
        });
    }

    /// Shows what the team did, the newest entry first.
    fn read_shared(&self, back: SignedDuration) {
        let Some(group) = self.work.cloud().shared().cloned() else {
            let words = "no journal is shared: [journal] in the settings names a log group";
            let _ = self.post.send(Msg::Notice(Tone::Bad, words.into()));
            return;
        };
        let (post, since) = (self.post.clone(), self.clock.now() - back);
        tokio::spawn(async move {
            let read = Box::pin(group.lines(Some(since))).await;
            let page = super::pages::shared_by_team(group.name(), read, since);
            let _ = post.send(Msg::Page(page));
        });
    }

    /// Reads what the journal tells a report; one that cannot be read is told, and leaves it empty.
    fn read_acts(&self, wanted: Box<Wanted>) {
        let (journal, post) = (self.journal.clone(), self.post.clone());
        let since = self.clock.now() - wanted.since;
        tokio::task::spawn_blocking(move || {
            let entries = journal.entries_since(since).unwrap_or_else(|error| {
                let words = format!("the journal cannot be read: {error}");
                let _ = post.send(Msg::Notice(Tone::Bad, words.into()));
                Vec::new()
            });
            let acts = told(&entries).into_iter().map(Act::from).collect();
            let _ = post.send(Msg::Acts(wanted, acts));
        });
    }

    /// Looks at a whole environment, on a task of its own.
    fn find_query(&self, name: String, more: Filter) {
        let (cloud, post) = (Arc::clone(self.work.cloud()), self.post.clone());
        tokio::spawn(async move {
            let found = cloud.saved_query(&name).await;
            // Nobody listens any more only while the console ends.
            let _ = post.send(Msg::Query(found, more));
        });
    }

    fn survey(&self, environment: EnvironmentName, goal: Goal) {
        let link = self.work.cloud().link(&environment).cloned();
        let (journal, post) = (self.journal.clone(), self.post.clone());
        let orders = self.model.orders(&environment);
        tokio::spawn(async move {
            let survey = match link {
                Some(link) => match link.survey(&orders).await {
                    Ok(survey) => Ok(Box::new(remembering(journal, survey).await)),
                    Err(problem) => Err(problem.sentence),
                },
                None => Err("nothing connects to it".into()),
            };
            // Nobody listens any more only while the console ends.
            let _ = post.send(Msg::Survey(environment, goal, survey));
        });
    }

    fn open(&mut self, opening: Box<Opening>) {
        let target = opening.approved.change().target();
        let seen = self.model.look.snapshot.environment(&target.environment);
        self.sessions.open(Opener {
            caller: seen.and_then(|one| one.identity.clone()),
            link: self.work.cloud().link(&target.environment).cloned(),
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            post: self.post.clone(),
            size: (self.model.size.columns, self.model.size.rows),
            opening,
        });
    }

    /// Finds what was on its way when a console ended, to follow it. On its own thread, as the
    /// journal may lie on a dead file server.
    fn take_up(&self) {
        let (journal, post) = (self.journal.clone(), self.post.clone());
        let now = self.clock.now();
        tokio::task::spawn_blocking(move || {
            for followed in journal.in_flight(now).unwrap_or_default() {
                // Nobody listens any more only while the console ends.
                let _ = post.send(Msg::TakenUp(followed));
            }
        });
    }

    fn follow(&mut self, followed: Followed) {
        let Some(link) = self.work.cloud().link(&followed.environment).cloned() else {
            return;
        };
        let following = Following {
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            post: self.post.clone(),
        };
        self.carriers.take_up(following, link, followed);
    }

    fn carry(&mut self, approved: Approved) {
        let target = approved.change().target();
        let seen = self.model.look.snapshot.environment(&target.environment);
        let caller = seen.and_then(|one| one.identity.clone());
        let link = self.work.cloud().link(&target.environment).cloned();
        self.wheel = Arc::default();
        self.carriers.start(Carrier {
            wheel: Arc::clone(&self.wheel),
            approved,
            caller,
            link,
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            post: self.post.clone(),
        });
    }
}

/// Adds what the journal remembers, on a thread of its own as every read of it; a look without
/// it is still good.
async fn remembering(journal: Journal, survey: Survey) -> Survey {
    let mut whole = survey.clone();
    let read = tokio::task::spawn_blocking(move || {
        whole.remember(|service| journal.saved_on(service));
        whole
    });
    read.await.unwrap_or(survey)
}
