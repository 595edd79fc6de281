//! What the core wants done. Data only: whoever runs the console carries it out.

use super::screen::handoff::Wanted;
use crate::estate::SignedDuration;
use crate::estate::approval::Token;
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::follow::Followed;
use crate::estate::id::EnvironmentName;
use crate::estate::log::Filter;
use crate::estate::staging::Goal;
use crate::estate::text::Text;
use crate::policy::{Approved, Arm, Reason};

/// One thing to do.
#[derive(Debug)]
pub enum Effect {
    /// End the console.
    Quit,
    /// Restore the terminal and stop the process until it is continued.
    Suspend,
    /// Open an approved session; what becomes of it comes as
    /// [`Msg::Session`](super::msg::Msg::Session).
    Open(Box<Opening>),
    /// Lend the terminal to the open shell of this number, and take it again when it is left.
    Enter(u32),
    /// End the open session of this number.
    End(u32),
    /// Make every running poll ask at once.
    Refresh,
    /// Find out how credentials of these environments come back; the answer comes as
    /// [`Msg::SignIns`](super::msg::Msg::SignIns).
    SignIn(Vec<EnvironmentName>),
    /// Lend the terminal to these commands, one after the other, then read every credential anew.
    Lend(Vec<Vec<String>>),
    /// Look at a whole environment, to plan with; the answer comes as
    /// [`Msg::Survey`](super::msg::Msg::Survey).
    Survey(EnvironmentName, Goal),
    /// Write into the journal that the console is armed; it is when that comes back as
    /// [`Msg::Armed`](super::msg::Msg::Armed).
    Arm(Arm),
    /// Write into the journal that it is no longer armed.
    Disarm,
    /// Show the journal; it comes as [`Msg::Page`](super::msg::Msg::Page).
    ReadJournal,
    /// Show what the team did since so long ago, out of the group its journals are shared in.
    ReadShared(SignedDuration),
    /// Read from the journal what a report tells; it comes as
    /// [`Msg::Acts`](super::msg::Msg::Acts).
    Handoff(Box<Wanted>),
    /// Write into the journal that policy refused what a person asked for.
    Refused(Box<Change>, Reason),
    /// Write into the journal that a second person is asked for; the code comes as
    /// [`Msg::Code`](super::msg::Msg::Code).
    AskSecond(Box<Change>),
    /// Have STS say who approved; it comes as [`Msg::Second`](super::msg::Msg::Second).
    FindSecond {
        /// The change.
        change: Box<Change>,
        /// What was pasted.
        token: Box<Token>,
        /// Digest of exactly what would be done.
        subject: Text,
    },
    /// Send an approved change down the road.
    Carry(Approved),
    /// Follow a change to its end; every look comes as
    /// [`Msg::Pursuit`](super::msg::Msg::Pursuit).
    Follow(Followed),
    /// Hold the recycle on its road before the next task, or let it go on.
    Hold(bool),
    /// Call the recycle on its road off.
    CallOff,
    /// Find the query saved under a name in Logs Insights, to be narrowed further by a filter; it
    /// comes as [`Msg::Query`](super::msg::Msg::Query).
    FindQuery(String, Filter),
    /// Give a text to the terminal's clipboard.
    Copy(String),
    /// Write lines into a new file; whether it worked comes as a notice.
    Save(Box<Saved>),
}

/// A session to be opened.
#[derive(Debug)]
pub struct Opening {
    /// What policy approved.
    pub approved: Approved,
    /// The tier that could be proven.
    pub tier: Tier,
    /// Whether AWS records it, in the doctor's words.
    pub aws: Text,
    /// Whether AWS's own client carries it.
    pub plugin: bool,
    /// The port on this machine, for a forwarded one; 0 takes a free one.
    pub local: u16,
    /// Whether to record what is shown.
    pub record: bool,
    /// Whether what is typed is recorded with it.
    pub input: bool,
    /// After how many minutes without a byte AWS ends a session on a node.
    pub idle_minutes: u32,
}

/// Lines to be written into a file.
#[derive(Debug)]
pub struct Saved {
    /// The file, which must not exist yet.
    pub file: String,
    /// What it is to hold.
    pub text: String,
    /// How many lines that is.
    pub lines: usize,
}
