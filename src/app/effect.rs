//! What the core wants done. Data only: whoever runs the console carries it out.

use super::command::Shell;
use crate::estate::change::Change;
use crate::estate::id::EnvironmentName;
use crate::estate::staging::Goal;
use crate::policy::{Approved, Arm, Reason};

/// One thing to do.
#[derive(Debug)]
pub enum Effect {
    /// End the console.
    Quit,
    /// Restore the terminal and stop the process until it is continued.
    Suspend,
    /// Lend the terminal to a shell, and take it again when it is over.
    Lend(Box<Shell>),
    /// Make every running poll ask at once.
    Refresh,
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
    /// Write into the journal that policy refused what a person asked for.
    Refused(Box<Change>, Reason),
    /// Send an approved change down the road.
    Carry(Approved),
}
