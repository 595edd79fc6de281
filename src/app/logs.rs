//! The log of the selected service: a bounded ring of lines, followed or held.

use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::log::{Held, LogLine, TailNews, TailState};

/// The log pane's state.
#[derive(Clone, Debug)]
pub struct Logs {
    /// Whose log it is; `None` until a selection has rested.
    pub service: Option<ServiceArn>,
    /// Lines in time order; older ones make room.
    pub lines: Held,
    /// What the tail says about itself.
    pub state: TailState,
    /// When AWS was last asked.
    pub asked_at: Option<Timestamp>,
    /// Lines between the end and the last line shown; zero shows the end.
    pub back: usize,
    /// Held: new lines are taken in, but the picture stays.
    pub paused: bool,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            service: None,
            lines: Held::default(),
            state: TailState::Starting,
            asked_at: None,
            back: 0,
            paused: false,
        }
    }
}

impl Logs {
    /// An empty log that will hold `bytes` of lines.
    pub(super) fn holding(bytes: usize) -> Self {
        Self {
            lines: Held::new(bytes),
            ..Self::default()
        }
    }

    /// Turns to the log of `service`. Says whether that is another one.
    pub(super) fn follow(&mut self, service: Option<ServiceArn>) -> bool {
        if self.service == service {
            return false;
        }
        self.lines.clear();
        *self = Self {
            service,
            lines: std::mem::take(&mut self.lines),
            ..Self::default()
        };
        true
    }

    /// Takes in what the tail brought. News of another service come too late and are dropped.
    /// Says whether anything on the screen changed.
    pub(super) fn absorb(&mut self, news: TailNews) -> bool {
        if self.service.as_ref() != Some(&news.service) {
            return false;
        }
        let changed = !news.lines.is_empty() || self.state != news.state;
        self.state = news.state;
        self.asked_at = Some(news.at);
        for line in news.lines {
            self.push(&line);
        }
        self.back = self.back.min(self.last_back());
        changed
    }

    /// Takes in a line at its time: CloudWatch hands lines of several streams over one after the
    /// other. A held picture stays where it is.
    fn push(&mut self, line: &LogLine) {
        let (_, after) = self.lines.push(line);
        let held = self.paused || self.back > 0;
        if held && after <= self.back {
            self.back += 1;
        }
    }

    /// Scrolls by `lines`, backwards when negative.
    pub(super) fn scroll(&mut self, lines: isize) -> bool {
        let old = self.back;
        self.back = self
            .back
            .saturating_add_signed(lines.saturating_neg())
            .min(self.last_back());
        old != self.back
    }

    /// Holds the log, or follows it again from its end.
    pub(super) fn toggle(&mut self) {
        self.paused = !self.paused;
        if !self.paused {
            self.back = 0;
        }
    }

    fn last_back(&self) -> usize {
        self.lines.len().saturating_sub(1)
    }
}
