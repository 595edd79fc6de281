//! The append-only record: intent before the call, outcome after it; hash-chained.
//!
//! May not: lose a line; say a line is kept before it is on the disk.
//!
//! Why: the record must be trusted the morning after, and what was in flight when a console died
//! must be known to the next one.
//!
//! | file | holds |
//! |---|---|
//! | `entry` | what a line says |
//! | `chain` | how a line is sealed and tied to the one before it; pure |
//! | `telling` | entries as people read them |
//! | `bell` | tells a team that somebody broke the glass |
//! | `flight` | what is still on its way |
//! | `recording` | recordings of shells, beside it |
//! | `second` | a second person: asked for, who came, used once |
//! | `deed` | what it tells a timeline |
//! | `share` | on its way to a group a team shares |
//! | `shared` | what was found in that group: each line once, in order, and checked |
//! | `masked` | what people typed, without its secrets |
//! | `file` | the files: one writer at a time, torn ends healed, synced |
//! | `reading` | every entry, the newest ones, and whether all of it is whole |
//!
//! The file is `journal.jsonl`, JSON lines. A large one is put aside as `journal-000001.jsonl` and so
//! on; the first line of the next one carries the seal of its last, so the chain runs over all of them. Several consoles on one machine are normal, so the
//! writer's lock (`journal.lock`) is held for one append and not for a console's life. A console
//! that died in the middle of a line leaves a torn end; the next append moves it into a `healed`
//! entry. Each line carries the seal of the one before it and its own, so that a flipped byte is
//! found in exactly its line. A cut-off end cannot be seen in the files alone;
//! the shared sink, where there is one, still has it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::estate::Timestamp;
use crate::estate::change::Change;
use crate::estate::id::ServiceArn;
use crate::estate::identity::Identity;
use crate::estate::log::Masks;
use crate::estate::staging;
use crate::estate::text::Text;
use crate::policy::{Approved, Arm, JournalState, Reason};

mod bell;
mod chain;
mod deed;
mod entry;
mod file;
mod flight;
mod masked;
mod reading;
mod recording;
mod second;
mod share;
mod shared;
mod telling;

pub use bell::ring;
pub use entry::{
    Armed, Ending, Entered, Entry, EntryId, FollowEnd, Intent, Outcome, Record, Refused, SessionEnd,
};
pub use file::{Hold, write_new};
pub use reading::Reading;
pub use second::{Approval, SecondAsked, Seconded};
pub use share::{Pending, Share, written_by};
pub use shared::{BadLine, Chain, SharedReading, shared, verify_shared};
pub use telling::{Told, Tone, told};

/// Who writes: the person and the machine, as the operating system knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The login name.
    pub user: Text,
    /// The machine's name.
    pub host: Text,
}

/// The journal in one folder. Cheap to clone; holds no file open.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
    who: Who,
    largest: u64,
    /// The secrets that are masked in what people type; `None` are those that are built in.
    masks: Option<Masks>,
}

/// Why the journal did not take or give a line.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system refused.
    #[error("cannot {doing} {path}: {source}")]
    File {
        /// What was tried (`open`, `write`).
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An entry could not be put into JSON.
    #[error("an entry could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The second person's word will not do: used before, or never asked for.
    #[error("{0}")]
    Second(&'static str),
    /// A line that is not what was once written.
    #[error("{path}, line {line}: {what}")]
    Broken {
        /// The journal's file.
        path: PathBuf,
        /// The line's number, from one.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// The journal's file in its folder.
pub fn file_in(folder: &Path) -> PathBuf {
    folder.join("journal.jsonl")
}

/// Checks every seal of a journal file, wherever it lies; see [`Journal::verify`].
pub fn verify(path: &Path) -> Result<usize, JournalError> {
    reading::verify(path)
}

impl Journal {
    /// The journal of `folder`. Touches nothing yet: a console that only looks works without a
    /// journal. Ask [`Journal::state`] before offering a change.
    pub fn open(folder: &Path, who: Who) -> Self {
        Self {
            folder: folder.to_owned(),
            who,
            largest: file::largest(),
            masks: None,
        }
    }

    /// The same journal, with the masks of the settings.
    #[must_use]
    pub fn masking(self, masks: Masks) -> Self {
        Self {
            masks: Some(masks),
            ..self
        }
    }

    /// The journal's file.
    pub fn path(&self) -> PathBuf {
        file_in(&self.folder)
    }

    /// Tries whether a line could be written, without writing one; creates folder and file.
    pub fn writable(&self) -> Result<(), JournalError> {
        file::lock(&self.folder)?;
        file::open_to_append(&self.path()).map(drop)
    }

    /// The same as policy wants to know it.
    pub fn state(&self) -> JournalState {
        match self.writable() {
            Ok(()) => JournalState::Writable,
            Err(error) => JournalState::Unwritable(error.to_string().into()),
        }
    }

    /// Writes that `caller` is about to carry out `approved`. On the disk when it returns; a
    /// second person's word is used up by it.
    pub fn intend(&self, approved: &Approved, caller: &Identity) -> Result<EntryId, JournalError> {
        let record = Record::Intent(Box::new(Intent::of(approved, caller)));
        self.append_intent(approved, &record)
    }

    /// Writes that `caller` is about to take one step of `approved`: what it is about, and in
    /// words. On the disk when it returns.
    pub fn intend_step(
        &self,
        approved: &Approved,
        caller: &Identity,
        about: (&ServiceArn, String),
        now: Timestamp,
    ) -> Result<EntryId, JournalError> {
        let intent = Intent::of_step(approved, caller, about);
        self.append(now, &Record::Intent(Box::new(intent)))
    }

    /// Holds the change of an intent for as long as its steps take; `None` where the operating
    /// system refuses.
    pub fn hold(&self, intent: &EntryId) -> Option<Hold> {
        file::hold(&self.folder, intent)
    }

    /// The newest record this journal saw saved on a service: its second copy, for when the tag
    /// is gone.
    pub fn saved_on(&self, service: &ServiceArn) -> Option<staging::Record> {
        let entries = self.entries().ok()?.entries;
        entries.iter().rev().find_map(|entry| {
            let intent = entry.record.intent()?;
            let step = intent.step.as_ref().filter(|_| intent.target == *service)?;
            step.strip_prefix("save ")?.parse().ok()
        })
    }

    /// Writes how the change of an intent ended. On the disk when it returns.
    pub fn outcome(&self, outcome: Outcome, now: Timestamp) -> Result<EntryId, JournalError> {
        self.append(now, &Record::Outcome(outcome))
    }

    /// Writes how a session ended. On the disk when it returns.
    pub fn session_end(&self, end: SessionEnd, now: Timestamp) -> Result<EntryId, JournalError> {
        self.append(now, &Record::SessionEnd(end))
    }

    /// Writes that policy refused `change`.
    pub fn refused(
        &self,
        change: &Change,
        reason: &Reason,
        now: Timestamp,
    ) -> Result<EntryId, JournalError> {
        let target = change.target();
        let refused = Refused {
            account: target.account.clone(),
            environment: target.environment.clone(),
            verb: change.verb().into(),
            target: target.service.clone(),
            rule: reason.rule.into(),
            sentence: reason.sentence.clone(),
        };
        self.append(now, &Record::Refused(Box::new(refused)))
    }

    /// Writes that the console is armed. On the disk when it returns.
    pub fn armed(&self, arm: &Arm, callers: Vec<Text>) -> Result<EntryId, JournalError> {
        let armed = Armed {
            reason: arm.reason.clone(),
            until: arm.until,
            glass: arm.glass,
            callers,
        };
        self.append(arm.since, &Record::Armed(armed))
    }

    /// Writes that the console is no longer armed.
    pub fn disarmed(&self, now: Timestamp) -> Result<EntryId, JournalError> {
        self.append(now, &Record::Disarmed)
    }

    /// Every entry that can be read, with what could not; it does not check the seals.
    pub fn entries(&self) -> Result<Reading, JournalError> {
        reading::read(&self.path())
    }

    /// The same of late only; it reads no more of the files than it needs.
    pub fn entries_since(&self, since: Timestamp) -> Result<Vec<Entry>, JournalError> {
        reading::read_since(&self.path(), since)
    }

    /// Checks every seal; the error names the first bad line. Returns how many lines are good.
    pub fn verify(&self) -> Result<usize, JournalError> {
        verify(&self.path())
    }

    /// Intents without an outcome: what was in flight when a console died, oldest first.
    pub fn unfinished(&self) -> Result<Vec<Entry>, JournalError> {
        let mut entries = self.entries()?.entries;
        let ended: BTreeSet<EntryId> = entries
            .iter()
            .filter_map(|entry| Some(entry.record.outcome()?.intent.clone()))
            .collect();
        entries.retain(|entry| {
            matches!(entry.record, Record::Intent(_)) && !ended.contains(&entry.id)
        });
        Ok(entries)
    }

    fn append(&self, at: Timestamp, record: &Record) -> Result<EntryId, JournalError> {
        file::append(self, at, record)
    }
}

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod tests;
