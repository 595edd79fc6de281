//! Everything that can happen to the console.

use crate::estate::Timestamp;
use crate::estate::approval::{Approver, Code};
use crate::estate::change::Change;
use crate::estate::follow::{Followed, Pursuit};
use crate::estate::handoff::Act;
use crate::estate::history::Deed;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::log::{Filter, SavedQuery, TailNews};
use crate::estate::node::Node;
use crate::estate::part::Part;
use crate::estate::shared::Sharing;
use crate::estate::sign_in::SignIn;
use crate::estate::staging::{Event, Goal, Survey};
use crate::estate::standing::{Standing, Way};
use crate::estate::text::Text;
use crate::estate::usage::Usage;

use crate::policy::{Arm, JournalState};

use super::action::Action;
use super::chord::Chord;
use super::model::Size;
use super::screen::board::Pane;
use super::screen::handoff::Wanted;
use super::screen::page::Page;
use super::screen::service::Tab;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The time. Comes every [`TICK`](super::TICK), and right before every input, so that
    /// whoever handles a key knows when it was pressed.
    Tick(Timestamp),
    /// A key was pressed.
    Key(Chord),
    /// Text was pasted. Never read as keys.
    Paste(String),
    /// The mouse did something, over something. Only the view knows what stands where, so the
    /// position is resolved before the message is sent.
    Mouse(Mouse, Option<Hit>),
    /// The terminal has another size.
    Resize(Size),
    /// A read of AWS came home.
    Part(Part),
    /// A log tail has news.
    Tail(TailNews),
    /// A search of a log found something, or is over.
    Found(TailNews),
    /// What the console costs.
    Usage(Usage),
    /// A change moved along its road.
    Road(RoadNews),
    /// A query saved in Logs Insights came home, or why it did not, and what narrows it further.
    Query(Result<(EnvironmentName, SavedQuery), String>, Filter),
    /// A look at a whole environment came home, or why it did not.
    Survey(EnvironmentName, Goal, Result<Box<Survey>, Text>),
    /// Something happened on the way to stopping or starting an environment.
    Staging(EnvironmentName, Event),
    /// The containers of a service somebody may enter came home, or why they did not.
    Ways(ServiceArn, Result<Vec<Way>, Text>),
    /// The nodes of an environment came home, or why they did not.
    Nodes(EnvironmentName, Result<Vec<Node>, Text>),
    /// Something became of a session.
    Session(SessionNews),
    /// A change went to AWS: it is to be followed to its end.
    Followed(Followed),
    /// A change was on its way when a console ended: it is taken up again.
    TakenUp(Followed),
    /// A followed change was looked at.
    Pursuit(Box<Pursuit>),
    /// Whether the journal takes a line; while it does not, no change is possible.
    Journal(JournalState),
    /// How the copy of the journal stands that the team shares.
    Sharing(Box<Sharing>),
    /// What the journal says was done lately, for the story of a service.
    Deeds(Vec<Deed>),
    /// What the journal says was done lately, for the policy; `None` when it cannot be read.
    Recent(Option<Vec<Deed>>),
    /// The journal gave a code to ask a second person with, or why it did not.
    Code(Box<Change>, Result<Code, Text>),
    /// STS said who approved a change, or why nobody is known to have.
    Second(Box<Change>, Result<Box<Approver>, Text>),
    /// The journal took that the console is armed.
    Armed(Arm),
    /// What the journal tells a report that somebody wants.
    Acts(Box<Wanted>, Vec<Act>),
    /// A page of text to show.
    Page(Page),
    /// How credentials that ran out come back; empty where somebody brought them already.
    SignIns(Vec<SignIn>),
    /// Every credential was read anew.
    Renewed,
    /// Something to tell the person.
    Notice(Tone, Text),
    /// The terminal window gained (`true`) or lost the focus.
    Focus(bool),
    /// Back from being suspended: the screen must be drawn anew.
    Resumed,
}

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mouse {
    /// The left button was pressed.
    Click,
    /// The wheel turned up.
    ScrollUp,
    /// The wheel turned down.
    ScrollDown,
}

/// What the mouse pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    /// A service's row on the board.
    Service(ServiceArn),
    /// The line that stands for the healthy services.
    Healthy,
    /// Anywhere else in a pane.
    Pane(Pane),
    /// A tab of the service's page.
    Tab(Tab),
    /// An entry of the hint bar.
    Hint(Action),
    /// An entry of the palette's list.
    Entry(usize),
}

/// How a change is doing on its road.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoadNews {
    /// The service it is about.
    pub service: ServiceArn,
    /// Where it is.
    pub stage: RoadStage,
}

/// What became of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionNews {
    /// It is open.
    Opened {
        /// Its number in this console.
        number: u32,
        /// Where.
        environment: EnvironmentName,
        /// The service whose task was entered, or the node.
        service: ServiceArn,
        /// Whether it has a screen to be shown.
        shell: bool,
        /// What was opened, in a sentence.
        words: Text,
    },
    /// All that is open, as it is now.
    Standing(Vec<Standing>),
    /// It is over.
    Ended {
        /// Where.
        environment: EnvironmentName,
        /// The service whose task was entered, or the node.
        service: ServiceArn,
        /// How it ended, in a sentence.
        words: Text,
        /// Whether it ended against everybody's will.
        bad: bool,
    },
}

/// The milestones of the road.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoadStage {
    /// The intent is on disk.
    Journalled,
    /// Service and caller were read again and had not moved; AWS is being called.
    Calling,
    /// A recycle came so far.
    Recycled {
        /// Tasks stopped.
        done: usize,
        /// Of so many.
        of: usize,
        /// What it does or waits for.
        words: Text,
    },
    /// AWS did it, and the outcome is on disk.
    Done {
        /// The journal entry; empty when it is about more than one.
        journal: Text,
        /// What AWS answered, in a sentence.
        words: Text,
    },
    /// It was not asked of AWS.
    Refused {
        /// Why, in a sentence.
        words: Text,
    },
    /// AWS said no, or nobody knows whether it was done.
    Failed {
        /// What happened, in a sentence.
        words: Text,
        /// The IAM action that is missing, where that was it.
        denied: Option<Text>,
    },
}

/// How a notice sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It worked.
    Good,
    /// It did not.
    Bad,
}
