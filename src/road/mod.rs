//! The one road of a change: journal the intent, call AWS, journal the outcome.
//!
//! May not: be given anything but what policy approved; call before the intent is on the disk;
//! call twice.
//!
//! Why: the console and the command line must not have two ways of altering AWS; neither
//! `runtime` nor `cli` may know the other, so the road they share is a room of its own.

use crate::estate::Timestamp;
use crate::estate::id::ServiceDeploymentArn;
use crate::estate::identity::Identity;
use crate::estate::text::Text;
use crate::journal::{Ending, EntryId, Journal, JournalError, Outcome};
use crate::policy::Approved;

/// What the road stands on.
pub struct Road<'a> {
    /// Where intent and outcome go.
    pub journal: &'a Journal,
    /// Who AWS says is asking.
    pub caller: &'a Identity,
    /// The time, from those who may read a clock.
    pub clock: &'a (dyn Fn() -> Timestamp + Sync),
    /// Told about every step, so that a dialog can show it.
    pub told: &'a (dyn Fn(Stage) + Sync),
}

/// How far a change is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The intent is on the disk under this id; AWS is being asked.
    Intended(EntryId),
    /// AWS answered, or the answer was lost.
    Answered(Ending),
    /// The outcome is on the disk.
    Recorded,
}

/// How AWS answered a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Done, refused, failed or unclear.
    pub ending: Ending,
    /// One sentence for people; empty when it is done.
    pub words: Text,
    /// AWS's id of the request, where there is one.
    pub request_id: Option<Text>,
    /// The deployment it began, where AWS named it.
    pub deployment: Option<ServiceDeploymentArn>,
}

/// How a change on the road ended.
#[derive(Debug)]
pub enum Carried {
    /// The intent could not be written, so AWS was never asked.
    NotAsked(JournalError),
    /// AWS was asked.
    Asked {
        /// The intent's entry.
        intent: EntryId,
        /// How AWS answered.
        answered: Answered,
        /// Why the outcome is missing in the journal. To be said loudly, with the intent's id.
        unrecorded: Option<JournalError>,
    },
}

impl Road<'_> {
    /// Carries `approved` down the road. `call` is `cloud`'s only writing function; it gets the
    /// intent's id to send along with the request.
    ///
    /// The two writes sync the disk; run it on a task of its own.
    pub async fn carry(
        &self,
        approved: &Approved,
        call: impl AsyncFnOnce(&Approved, &EntryId) -> Answered,
    ) -> Carried {
        let intent = match self.journal.intend(approved, self.caller) {
            Ok(intent) => intent,
            Err(error) => return Carried::NotAsked(error),
        };
        (self.told)(Stage::Intended(intent.clone()));
        let began = (self.clock)();
        let answered = call(approved, &intent).await;
        (self.told)(Stage::Answered(answered.ending));
        let now = (self.clock)();
        let milliseconds = now.duration_since(began).as_millis();
        let outcome = Outcome {
            intent: intent.clone(),
            ending: answered.ending,
            words: answered.words.clone(),
            request_id: answered.request_id.clone(),
            deployment: answered.deployment.clone(),
            milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX),
        };
        let unrecorded = self.journal.outcome(outcome, now).err();
        if unrecorded.is_none() {
            (self.told)(Stage::Recorded);
        }
        Carried::Asked {
            intent,
            answered,
            unrecorded,
        }
    }
}

#[cfg(test)]
mod tests;
