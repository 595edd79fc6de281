//! What every decision of the command line stands on beside what was seen.

use crate::estate::Timestamp;
use crate::estate::catalogue::Catalogue;
use crate::estate::history::Deed;
use crate::policy::{Arm, Facts, JournalState, Mode, Standing, Terms};

use super::open::Opened;

/// How a command line stands: owned, so that facts can borrow it.
pub(super) struct Desk<'a> {
    terms: &'a Terms,
    services: &'a Catalogue,
    mode: Mode,
    journal: JournalState,
    arm: Arm,
    recent: Option<Vec<Deed>>,
}

impl<'a> Desk<'a> {
    /// Tries the journal and reads what was done lately. A command names its verb, its target and
    /// its reason, so it is armed for exactly that.
    pub(super) fn of(opened: &'a Opened) -> Self {
        let now: Timestamp = (opened.clock)();
        let terms = &opened.settings.terms;
        Self {
            terms,
            services: &opened.settings.services,
            mode: if opened.settings.read_only {
                Mode::ReadOnly
            } else {
                Mode::Observe
            },
            journal: opened.journal.state(),
            arm: Arm::of_command(now, opened.settings.break_glass),
            recent: opened.journal.deeds(terms.looks_back_to(now)).ok(),
        }
    }

    /// `seen` with everything the desk knows.
    pub(super) fn facts<'f>(&'f self, seen: Facts<'f>) -> Facts<'f> {
        Facts {
            mode: self.mode,
            journal: Some(&self.journal),
            standing: Standing {
                terms: self.terms,
                services: self.services,
                arm: Some(&self.arm),
                recent: self.recent.as_deref(),
            },
            ..seen
        }
    }
}
