//! The decision, the road, and what was opened.

use crate::app::command::Entrance;
use crate::cli::desk::Desk;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::{answer, print};
use crate::cloud::{ApplyError, Grant};
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::session::{Purpose, Session};
use crate::journal::EntryId;
use crate::policy::{Answer, Approved, Decision, Facts, decide};
use crate::road::{Carried, Road};

use super::pick::Picked;

/// An open session.
pub(super) struct Entered {
    pub(super) grant: Grant,
    pub(super) intent: EntryId,
    pub(super) session: Session,
    pub(super) tier: Tier,
}

/// Asks policy and the person, and opens the session; the exit code when it was not opened.
pub(super) async fn enter(
    opened: &Opened,
    picked: &mut Picked,
    entrance: &Entrance,
    purpose: Purpose,
) -> anyhow::Result<Result<Entered, Exit>> {
    let tier = tier(picked, purpose.clone());
    let shells = &opened.settings.shells;
    let minutes = entrance.minutes.unwrap_or_else(|| shells.minutes(tier));
    let session = picked.session(purpose, minutes);
    let change = Change::Session(Box::new(session.clone()));
    let challenge = match judge(opened, picked, &change, None) {
        Decision::Ask(challenge) => challenge,
        Decision::Deny(reason) => return Ok(Err(answer::refuse(&reason))),
        Decision::Allow(approved) => return go(opened, picked, &approved, session, tier).await,
    };
    // Standard output belongs to what a command prints.
    let command = matches!(session.purpose, Purpose::Command(_));
    answer::show(&challenge, if command { print::aside } else { print::line })?;
    let (reason, confirm) = (entrance.reason.as_ref(), entrance.confirm.as_ref());
    if let Some(missing) = answer::missing(reason, confirm, &challenge) {
        print::problem(&missing);
        return Ok(Err(Exit::Refused));
    }
    let answer = answer::answer(reason, confirm, &challenge)?;
    if let Err(sentence) = picked.look_again(opened).await {
        print::problem(&format!("nothing was opened: {sentence}"));
        return Ok(Err(Exit::Moved));
    }
    match judge(opened, picked, &change, Some(&answer)) {
        Decision::Allow(approved) => go(opened, picked, &approved, session, tier).await,
        Decision::Deny(reason) => Ok(Err(answer::refuse(&reason))),
        Decision::Ask(challenge) => {
            let complaint = challenge.complaint.unwrap_or("no answer");
            print::problem(&format!("refused: {complaint}"));
            Ok(Err(Exit::Refused))
        }
    }
}

fn tier(picked: &Picked, purpose: Purpose) -> Tier {
    let change = Change::Session(Box::new(picked.session(purpose, 1)));
    let now = picked.spot.seen_at();
    Facts::seen(&picked.snapshot, &change, now).tier(&change)
}

fn judge(opened: &Opened, picked: &Picked, change: &Change, answer: Option<&Answer>) -> Decision {
    let desk = Desk::of(opened);
    let seen = Facts::seen(&picked.snapshot, change, (opened.clock)());
    let facts = Facts {
        patient: picked.spot.patient(),
        node: picked.spot.node(),
        answer,
        ..desk.facts(seen)
    };
    decide(change, &facts)
}

async fn go(
    opened: &Opened,
    picked: &Picked,
    approved: &Approved,
    session: Session,
    tier: Tier,
) -> anyhow::Result<Result<Entered, Exit>> {
    let environment = picked.snapshot.environment(&session.target.environment);
    let Some(caller) = environment.and_then(|one| one.identity.as_ref()) else {
        print::problem("AWS has not said who is asking, so nothing was opened");
        return Ok(Err(Exit::Refused));
    };
    let road = Road {
        journal: &opened.journal,
        caller,
        clock: &*opened.clock,
        told: &|_| {},
    };
    let (carried, grant) = Box::pin(road.open(approved, &picked.link)).await;
    let (intent, answer, unrecorded) = match carried {
        Carried::NotAsked(error) => {
            print::problem(&format!(
                "nothing was opened: the journal took no line: {error}"
            ));
            return Ok(Err(Exit::Refused));
        }
        Carried::Asked {
            intent,
            answer,
            unrecorded,
        } => (intent, answer, unrecorded),
    };
    if let Some(error) = unrecorded {
        print::problem(&format!(
            "the outcome of {intent} could not be recorded: {error}"
        ));
    }
    match (answer, grant) {
        (Ok(_), Some(grant)) => Ok(Ok(Entered {
            grant,
            intent,
            session,
            tier,
        })),
        (Ok(_), None) => Ok(Err(Exit::Failed)),
        (Err(error), _) => {
            let verb = session.verb();
            print::problem(&format!("{verb}: {error}; journal entry {intent}"));
            Ok(Err(match error {
                ApplyError::Moved(_) => Exit::Moved,
                ApplyError::Unchecked(_) => Exit::Refused,
                ApplyError::Refused(_) | ApplyError::Unclear(_) | ApplyError::Halted(_) => {
                    Exit::Failed
                }
            }))
        }
    }
}
