//! A page of text over the screen: the policy, the journal.

use crate::estate::cut::wrap;
use crate::estate::text::Text;

/// Columns of the borders with their air, and lines of the borders with the screen's strips.
const BORDERS: u16 = 4;
const STRIPS: u16 = 6;
/// No page is wrapped narrower.
const NARROWEST: usize = 20;

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
    /// Its lines as they stand on a screen of `columns`: no word is cut. What goes on does so beneath the
    /// last column of the line before.
    pub fn printed(&self, columns: u16) -> Vec<(String, Voice)> {
        let room = usize::from(columns.saturating_sub(BORDERS)).max(NARROWEST);
        let mut printed = Vec::new();
        for line in &self.lines {
            let words = line.words.as_str();
            if words.chars().count() <= room {
                printed.push((words.to_owned(), line.voice));
                continue;
            }
            let column = words.rfind("  ").map_or(0, |end| end + 2);
            let column = if column * 3 > room * 2 { 0 } else { column };
            let (head, rest) = words.split_at(column);
            let hang = head.chars().count();
            for (number, part) in wrap(rest, room.saturating_sub(hang))
                .into_iter()
                .enumerate()
            {
                let begin = if number == 0 {
                    head.to_owned()
                } else {
                    " ".repeat(hang)
                };
                printed.push((begin + part, line.voice));
            }
        }
        printed
    }

    /// Scrolls by so many lines on a screen of so many columns and rows. Says whether it moved.
    pub(in crate::app) fn scroll(&mut self, steps: isize, (columns, rows): (u16, u16)) -> bool {
        let in_sight = usize::from(rows.saturating_sub(STRIPS));
        let last = self.printed(columns).len().saturating_sub(in_sight);
        let top = self.top.saturating_add_signed(steps).min(last);
        std::mem::replace(&mut self.top, top) != top
    }
}
