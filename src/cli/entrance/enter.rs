//! The decision, the road, and what was opened.

use crate::app::command::Entrance;
use crate::cli::desk::Desk;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::{answer, print};
use crate::cloud::Grant;
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::session::{Purpose, Session};
use crate::journal::EntryId;
use crate::policy::{Answer, Approved, Challenge, Decision, Facts, decide};
use crate::road::Road;

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
    let (mut entered, refused) = enter_all(opened, picked, entrance, vec![purpose]).await?;
    Ok(match refused {
        Some(exit) => Err(exit),
        None => entered.pop().ok_or(Exit::Refused),
    })
}

/// The same for several sessions in one place: the person is asked once, every session is judged,
/// journalled and opened for itself. Those that were opened before one was not come with the exit
/// code, to be ended.
pub(super) async fn enter_all(
    opened: &Opened,
    picked: &mut Picked,
    entrance: &Entrance,
    purposes: Vec<Purpose>,
) -> anyhow::Result<(Vec<Entered>, Option<Exit>)> {
    // Standard output belongs to what a command prints.
    let command = matches!(purposes.as_slice(), [Purpose::Command(_)]);
    let tier = tier(picked, Purpose::Shell);
    let shells = &opened.settings.shells;
    let minutes = entrance.minutes.unwrap_or_else(|| shells.minutes(tier));
    let sessions = purposes.into_iter();
    let sessions: Vec<Session> = sessions
        .map(|purpose| picked.session(purpose, minutes))
        .collect();
    let mut asked = None;
    for session in &sessions {
        let change = Change::Session(Box::new(session.clone()));
        match judge(opened, picked, &change, None) {
            Decision::Ask(challenge) => {
                answer::show(&challenge, if command { print::aside } else { print::line })?;
                asked = Some(challenge);
            }
            Decision::Deny(reason) => return Ok((Vec::new(), Some(answer::refuse(&reason)))),
            Decision::Allow(_) => {}
        }
    }
    let answer = match asked {
        None => None,
        Some(challenge) => match ask(opened, picked, entrance, &challenge).await? {
            Ok(answer) => Some(answer),
            Err(exit) => return Ok((Vec::new(), Some(exit))),
        },
    };
    let mut entered = Vec::new();
    for session in sessions {
        match Box::pin(answered(opened, picked, session, (answer.as_ref(), tier))).await? {
            Ok(one) => entered.push(one),
            Err(exit) => return Ok((entered, Some(exit))),
        }
    }
    Ok((entered, None))
}

/// Takes the flags or what the person types, and looks again at what will be entered.
async fn ask(
    opened: &Opened,
    picked: &mut Picked,
    entrance: &Entrance,
    challenge: &Challenge,
) -> anyhow::Result<Result<Answer, Exit>> {
    let (reason, confirm) = (entrance.reason.as_ref(), entrance.confirm.as_ref());
    if let Some(missing) = answer::missing(reason, confirm, challenge) {
        print::problem(&missing);
        return Ok(Err(Exit::Refused));
    }
    let answer = match answer::answer(reason, confirm, challenge) {
        Ok(answer) => answer,
        Err(error) => {
            print::problem(&error.to_string());
            return Ok(Err(Exit::Refused));
        }
    };
    if let Err(sentence) = picked.look_again(opened).await {
        print::problem(&format!("nothing was opened: {sentence}"));
        return Ok(Err(Exit::Moved));
    }
    Ok(Ok(answer))
}

/// Judges one session with the answer, if one was asked for, and opens it.
async fn answered(
    opened: &Opened,
    picked: &Picked,
    session: Session,
    (answer, tier): (Option<&Answer>, Tier),
) -> anyhow::Result<Result<Entered, Exit>> {
    let change = Change::Session(Box::new(session.clone()));
    match judge(opened, picked, &change, answer) {
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
    Ok(
        match (answer::became(session.verb(), "opened", carried), grant) {
            (Ok(intent), Some(grant)) => Ok(Entered {
                grant,
                intent,
                session,
                tier,
            }),
            (Ok(_), None) => Err(Exit::Failed),
            (Err(exit), _) => Err(exit),
        },
    )
}
