//! The dialog of a change: the facts first, then the words to type.

use crate::estate::Timestamp;
use crate::estate::change::Change;
use crate::estate::text::Text;
use crate::policy::{Answer, Challenge, Reason};

use super::super::input::Input;

/// The fields, in the order they are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Why.
    #[default]
    Reason,
    /// The target's name.
    Name,
}

/// The dialog's state.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// What is asked for.
    pub change: Change,
    /// When it opened: keys pressed right after were meant for something else.
    pub opened_at: Timestamp,
    /// Where it is.
    pub stage: Stage,
    /// Why, as typed.
    pub reason: Input,
    /// The target's name, as typed.
    pub name: Input,
    /// The field that takes what is typed.
    pub field: Field,
}

/// Where a dialog is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// It shows what will happen and asks.
    Asking(Challenge),
    /// Policy says no.
    Denied(Reason),
    /// It is on the road.
    Carrying {
        /// How far, in words.
        words: Text,
    },
    /// AWS did it.
    Done {
        /// What AWS answered.
        words: Text,
        /// The journal entry.
        journal: Text,
    },
    /// It ended without being done, or nobody knows; the words say which.
    Failed {
        /// What happened.
        words: Text,
    },
}

impl Dialog {
    /// What the person answered so far.
    pub fn answer(&self) -> Answer {
        Answer {
            typed: self.name.text(),
            reason: self.reason.text(),
        }
    }
}
