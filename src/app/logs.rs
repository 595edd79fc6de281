//! The log of the selected service: a bounded ring of lines, followed or held.

use std::collections::VecDeque;

use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::log::{LogLine, TailNews, TailState};

/// Lines kept; older ones make room.
pub const CAPACITY: usize = 100_000;

/// The log pane's state.
#[derive(Clone, Debug)]
pub struct Logs {
    /// Whose log it is; `None` until a selection has rested.
    pub service: Option<ServiceArn>,
    /// Lines in time order.
    pub lines: VecDeque<LogLine>,
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
            lines: VecDeque::new(),
            state: TailState::Starting,
            asked_at: None,
            back: 0,
            paused: false,
        }
    }
}

impl Logs {
    /// Turns to the log of `service`. Says whether that is another one.
    pub(super) fn follow(&mut self, service: Option<ServiceArn>) -> bool {
        if self.service == service {
            return false;
        }
        *self = Self {
            service,
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
            self.push(line, &news.service);
        }
        let surplus = self.lines.len().saturating_sub(CAPACITY);
        self.lines.drain(..surplus);
        self.back = self.back.min(self.last_back());
        changed
    }

    /// Takes in a line at its time: CloudWatch hands lines of several streams over one after the
    /// other. A held picture stays where it is. What a line shares with its neighbours is kept
    /// once: at a hundred thousand lines that is half the memory.
    fn push(&mut self, mut line: LogLine, service: &ServiceArn) {
        line.service = service.clone();
        let newer = self.lines.iter().rev();
        let after = newer.take_while(|other| other.at > line.at).count();
        let place = self.lines.len() - after;
        if let Some(before) = place.checked_sub(1).and_then(|one| self.lines.get(one))
            && before.stream == line.stream
        {
            line.stream = before.stream.clone();
        }
        self.lines.insert(place, line);
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
