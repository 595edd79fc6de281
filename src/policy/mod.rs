//! May this happen? `decide(&Change, &Facts) -> Decision`; the first matching rule wins.
//!
//! May not: do I/O; be asked anywhere but on the one road.
//!
//! Why: guards at call sites get forgotten. Only this room can make an [`Approved`].

use crate::estate::Timestamp;
use crate::estate::change::Change;

/// A change that policy allowed. Its field is private: nobody else can make one.
#[derive(Clone, Debug)]
pub struct Approved {
    change: Change,
    reason: String,
    decided_at: Timestamp,
}

impl Approved {
    /// What was approved.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// Why, in the operator's words.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// When it was decided.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }
}
