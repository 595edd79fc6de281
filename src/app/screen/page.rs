//! A page of text over the screen: the policy, the journal.

use crate::estate::text::Text;

/// A page of text that can be scrolled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it is.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The first line in sight.
    pub top: usize,
    /// Whether it is a journal: its key then turns to the other one.
    pub shows: Shows,
}

/// What a page shows, where a key turns it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// Something else.
    #[default]
    Other,
    /// The journal of this machine.
    Journal,
    /// The journal of the team.
    Team,
}

/// One line of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub words: Text,
    /// How it sounds.
    pub voice: Voice,
}

/// How a line of a page sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// As text.
    #[default]
    Plain,
    /// A heading.
    Head,
    /// Beside the point.
    Quiet,
    /// Good news.
    Good,
    /// Needs care.
    Warn,
    /// Bad news.
    Bad,
}

impl Line {
    /// A line.
    pub fn new(words: impl Into<Text>, voice: Voice) -> Self {
        Self {
            words: words.into(),
            voice,
        }
    }
}

impl Page {
    /// Scrolls by so many lines; `rows` are in sight. Says whether it moved.
    pub(in crate::app) fn scroll(&mut self, steps: isize, rows: usize) -> bool {
        let last = self.lines.len().saturating_sub(rows);
        let top = self.top.saturating_add_signed(steps).min(last);
        std::mem::replace(&mut self.top, top) != top
    }
}
