//! What the journal tells a timeline.

use std::collections::HashMap;

use super::{Ending, EntryId, Journal, JournalError, Reading, reading};
use crate::estate::Timestamp;
use crate::estate::history::{Deed, DeedEnding};
use crate::estate::identity;

impl Journal {
    /// What was done from here since `since`, oldest first; nothing where there is no journal.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn deeds(&self, since: Timestamp) -> Result<Vec<Deed>, JournalError> {
        let entries = reading::read_since(&self.path(), since)?;
        let reading = Reading {
            entries,
            ..Reading::default()
        };
        Ok(reading.deeds(since))
    }
}

impl Reading {
    /// Every intent since `since` with how it ended, oldest first.
    pub fn deeds(&self, since: Timestamp) -> Vec<Deed> {
        let endings: HashMap<&EntryId, Ending> = self
            .entries
            .iter()
            .filter_map(|entry| entry.record.outcome())
            .map(|outcome| (&outcome.intent, outcome.ending))
            .collect();
        let recent = self.entries.iter().filter(|entry| entry.at >= since);
        recent
            .filter_map(|entry| {
                let intent = entry.record.intent()?;
                Some(Deed {
                    at: entry.at,
                    by: identity::short(&intent.caller).into(),
                    environment: intent.environment.clone(),
                    service: intent.target.clone(),
                    verb: intent.verb.clone(),
                    reason: intent.reason.clone(),
                    detail: intent.step.clone().unwrap_or_default(),
                    ending: match endings.get(&entry.id) {
                        Some(Ending::Done) => DeedEnding::Done,
                        Some(Ending::Refused) => DeedEnding::Refused,
                        Some(Ending::Failed) => DeedEnding::Failed,
                        Some(Ending::Unclear) | None => DeedEnding::Unclear,
                    },
                })
            })
            .collect()
    }
}
