//! The one road of a change: journal the intent, call AWS, journal the outcome.
//!
//! May not: be given anything but what policy approved; call before the intent is on the disk;
//! call twice.
//!
//! Why: the console and the command line must not have two ways of altering AWS; neither
//! `runtime` nor `cli` may know the other, so the road they share is a room of its own. Letting
//! somebody in is a change with a long tail, and its end belongs to the same road.
//!
//! | file | holds |
//! |---|---|
//! | `environment` | the road of a whole environment |
//! | `visit` | an open session, from what let somebody in to its written end |
//! | `share` | the journal's way to the group a team shares |
//! | `shell` | a shell that is open, with its recording |
//! | `recording` | a recording on its way |
//! | `plugin` | how a shell that AWS's own client carried came to its end |

mod environment;
mod follow;
pub mod plugin;
mod recording;
mod recycle;
mod share;
mod shell;
mod visit;

pub use environment::{EnvironmentRoad, Halt};
pub use follow::Follower;
pub use recording::{Recording, RecordingError};
pub use recycle::Wheel;
pub use share::{ShareError, Sharer};
pub use shell::{Clock, Finished, OpenShell};
pub use visit::{Parting, Visit, Watch};

use crate::cloud::{ApplyError, Grant, Link, Receipt};
use crate::estate::Timestamp;
use crate::estate::change::Change;
use crate::estate::follow::Followed;
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
    pub clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// Told about every step, so that a dialog can show it.
    pub told: &'a (dyn Fn(Stage) + Send + Sync),
}

/// How far a change is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The intent is on the disk under this id; AWS is being asked.
    Intended(EntryId),
    /// A recycle came so far.
    Recycled {
        /// Tasks stopped.
        done: usize,
        /// Of so many.
        of: usize,
        /// What it does or waits for.
        words: Text,
    },
    /// AWS answered, or the answer was lost.
    Answered(Ending),
    /// The outcome is on the disk.
    Recorded,
}

/// How a change on the road ended.
#[derive(Debug)]
pub enum Carried {
    /// The intent could not be written, so AWS was never asked.
    NotAsked(JournalError),
    /// The change went to AWS.
    Asked {
        /// The intent's entry.
        intent: EntryId,
        /// What came back.
        answer: Result<Receipt, ApplyError>,
        /// Why the outcome is missing in the journal. To be said loudly, with the intent's id.
        unrecorded: Option<JournalError>,
    },
}

impl Road<'_> {
    /// What to follow of `change` that was carried under `intent`; `None` for what has no end on
    /// AWS to wait for, and for what was not done.
    pub fn followed(&self, change: &Change, carried: &Carried) -> Option<Followed> {
        let Carried::Asked { intent, answer, .. } = carried else {
            return None;
        };
        let lost = matches!(answer, Err(ApplyError::Unclear(_)));
        if !change.alters_a_service() || (answer.is_err() && !lost) {
            return None;
        }
        let receipt = answer.as_ref().ok();
        Some(Followed {
            intent: intent.as_str().into(),
            verb: change.verb().into(),
            environment: change.target().environment.clone(),
            service: change.target().service.clone(),
            began: (self.clock)(),
            deployment: receipt
                .and_then(|one| one.service_deployment.clone())
                .or_else(|| change.aim().deployment().cloned()),
            answered: !lost,
            aim: change.aim(),
        })
    }

    /// Carries `approved` down the road and over `link`. The intent's id rides in the user
    /// agent, which joins `CloudTrail` to the journal (aws.md 8.3).
    ///
    /// The two writes sync the disk; run it on a task of its own.
    pub async fn carry(&self, approved: &Approved, link: &Link) -> Carried {
        let call = async |approved: &Approved, intent: &EntryId| {
            Box::pin(link.apply(approved, intent.as_str())).await
        };
        self.carry_by(approved, call).await
    }

    /// The same for an approved session: what lets somebody in comes beside how it was carried,
    /// when AWS gave it. How the session ends is written by [`Visit::end`].
    pub async fn open(&self, approved: &Approved, link: &Link) -> (Carried, Option<Grant>) {
        let mut granted = None;
        let call = async |approved: &Approved, intent: &EntryId| {
            let (receipt, grant) = Box::pin(link.open(approved, intent.as_str())).await?;
            granted = Some(grant);
            Ok(receipt)
        };
        let carried = self.carry_by(approved, call).await;
        (carried, granted)
    }

    /// The same with any call in AWS's place.
    async fn carry_by(
        &self,
        approved: &Approved,
        call: impl AsyncFnOnce(&Approved, &EntryId) -> Result<Receipt, ApplyError>,
    ) -> Carried {
        let intent = match self.journal.intend(approved, self.caller) {
            Ok(intent) => intent,
            Err(error) => return Carried::NotAsked(error),
        };
        (self.told)(Stage::Intended(intent.clone()));
        let began = (self.clock)();
        let answer = call(approved, &intent).await;
        self.record(intent, answer, began)
    }

    /// Writes what came back.
    fn record(
        &self,
        intent: EntryId,
        answer: Result<Receipt, ApplyError>,
        began: Timestamp,
    ) -> Carried {
        (self.told)(Stage::Answered(ending(&answer)));
        let now = (self.clock)();
        let ended = outcome(&intent, &answer, (began, now));
        let unrecorded = self.journal.outcome(ended, now).err();
        if unrecorded.is_none() {
            (self.told)(Stage::Recorded);
        }
        Carried::Asked {
            intent,
            answer,
            unrecorded,
        }
    }
}

/// What the journal keeps of an answer.
fn outcome(
    intent: &EntryId,
    answer: &Result<Receipt, ApplyError>,
    (began, now): (Timestamp, Timestamp),
) -> Outcome {
    let milliseconds = now.duration_since(began).as_millis();
    let receipt = answer.as_ref().ok();
    Outcome {
        intent: intent.clone(),
        ending: ending(answer),
        words: answer
            .as_ref()
            .err()
            .map_or_else(Text::default, |error| error.to_string().into()),
        request_id: receipt.and_then(|one| one.request_id.clone()),
        deployment: receipt.and_then(|one| one.deployment.clone()),
        service_deployment: receipt.and_then(|one| one.service_deployment.clone()),
        session_id: receipt.and_then(|one| one.session_id.clone()),
        milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX),
    }
}

/// An answer in the journal's word.
fn ending(answer: &Result<Receipt, ApplyError>) -> Ending {
    match answer {
        Ok(_) => Ending::Done,
        Err(ApplyError::Moved(_) | ApplyError::Unchecked(_)) => Ending::Refused,
        Err(ApplyError::Refused(_) | ApplyError::Halted(_)) => Ending::Failed,
        Err(ApplyError::Unclear(_)) => Ending::Unclear,
    }
}

#[cfg(test)]
mod tests;
