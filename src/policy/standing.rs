//! What the console itself brings to a decision, beside what it saw of AWS.

use crate::estate::catalogue::Catalogue;
use crate::estate::history::Deed;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

use super::terms::Terms;

/// What the console itself brings to a decision. What is not known is `None`, and unknown never
/// allows anything in production.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// What the team decided.
    pub terms: &'a Terms,
    /// What the settings say of services.
    pub services: &'a Catalogue,
    /// Whether somebody armed the console, and until when.
    pub arm: Option<&'a Arm>,
    /// What the journal says was done lately; `None` when nobody read it.
    pub recent: Option<&'a [Deed]>,
}

impl Standing<'_> {
    /// Nobody decided, armed or approved anything, and nobody read the journal.
    pub const NONE: Self = Self {
        terms: &Terms::BUILT_IN,
        services: &Catalogue::EMPTY,
        arm: None,
        recent: None,
    };
}

/// A console that may alter production for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// Why, or which ticket. Empty on a command line, whose `--reason` is of the change itself.
    pub reason: Text,
    /// Since when.
    pub since: Timestamp,
    /// Until when; no longer armed at that moment.
    pub until: Timestamp,
    /// Whether the glass was broken: freeze, cooldown, protection and a running deployment do not
    /// stand against a change then.
    pub glass: bool,
}

impl Arm {
    /// Arms from `now` on for as long as `terms` say.
    pub fn new(reason: &str, now: Timestamp, terms: &Terms, glass: bool) -> Self {
        Self {
            reason: Text::clean(reason.trim()),
            since: now,
            until: now + terms.arming,
            glass,
        }
    }

    /// A command line is armed for the one change it names: it cannot be meant for another.
    pub fn of_command(now: Timestamp, glass: bool) -> Self {
        Self::new("", now, &Terms::BUILT_IN, glass)
    }

    /// How long it still holds; `None` when it is over, and before it began.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        (self.since <= now && now < self.until).then(|| self.until.duration_since(now))
    }
}

/// Whether `verb` replaces the running tasks of a service.
pub(super) fn is_restart(verb: &str) -> bool {
    matches!(verb, "redeploy" | "recycle")
}
