//! What happened: the timeline of an environment as a screen, of a service as a tab.

use crate::estate::event::EventKind;
use crate::estate::id::EnvironmentName;
use crate::estate::timeline::{Moment, Timeline};

/// The timeline of an environment, over the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chronicle {
    /// Whose.
    pub environment: EnvironmentName,
    /// How it is looked at.
    pub sight: Sight,
}

/// How a timeline is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Only what changed in the thirty minutes before the trouble began.
    pub before: bool,
    /// First line shown.
    pub top: usize,
}

impl Sight {
    /// What changed before, or everything again.
    pub(in crate::app) fn toggle(&mut self) {
        self.before = !self.before;
        self.top = 0;
    }

    /// The moments in sight, newest first.
    pub fn moments<'a>(&self, timeline: &'a Timeline) -> Vec<&'a Moment> {
        if self.before {
            timeline.changes_before().collect()
        } else {
            timeline.moments.iter().collect()
        }
    }
}

/// The word a kind of moment stands under.
pub const fn kind_word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Alarm => "alarm",
        EventKind::Deploy => "deploy",
        EventKind::Stop => "stop",
        EventKind::Event => "event",
        EventKind::Scaling => "scaling",
        EventKind::Call => "call",
        EventKind::Action => "action",
    }
}
