//! How the lines of a log are shown.

use std::collections::BTreeSet;

/// How the lines are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looks {
    /// Lines are broken at the edge in place of being cut.
    pub wrap: bool,
    /// Times are how long after the line before each line came.
    pub steps: bool,
    /// Lines that go on from the one above stand for themselves.
    pub unfolded: bool,
    /// Columns that are folded away.
    folded: BTreeSet<Column>,
}

/// A column that can be folded away; the message cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// When it happened.
    Time,
    /// The service.
    Service,
    /// The task.
    Task,
    /// How bad it is.
    Level,
}

impl Looks {
    /// Whether a column is shown.
    pub fn shows(&self, column: Column) -> bool {
        !self.folded.contains(&column)
    }

    /// Folds a column away, or shows it again.
    pub(in crate::app) fn fold(&mut self, column: Column) {
        if !self.folded.remove(&column) {
            self.folded.insert(column);
        }
    }
}
