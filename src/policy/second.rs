//! A second person: what needs one, and whether whoever approved will do.

use crate::estate::SignedDuration;
use crate::estate::approval::{Approver, digest};
use crate::estate::change::Change;
use crate::estate::closely::Examination;
use crate::estate::environment::Tier;
use crate::estate::identity::{are_one_person, short};

use super::Reason;
use super::facts::Facts;
use super::guards::BEHIND_GLASS;
use super::preview::{Line, Mark};
use super::role::role_of;
use super::rules::{self, Rule};

/// How long an approval is good; STS takes no signature that is older than minutes either.
pub(super) const GOOD_FOR: SignedDuration = SignedDuration::from_mins(15);

/// What is wrong while there is nobody.
pub const NO_SECOND: &str = "a second person has to approve it: the image moved";

/// What the table says about it.
pub(super) const WHEN: &str = "production: a redeploy whose image moved, which is a deploy; somebody else has to approve exactly this (firstline approve)";

/// Whether `change` needs a second person: a redeploy in production whose image's tag is known to
/// have moved starts what nobody ran there before. No broken glass does without one: it passes no
/// rule that says who.
pub(super) fn is_needed(change: &Change, facts: &Facts<'_>) -> bool {
    matches!(change, Change::Redeploy(_))
        && facts.tier(change) == Tier::Production
        && facts.examination.is_some_and(Examination::has_moved)
}

/// The second person of `change`, where one is needed and will do.
pub(super) fn approver<'a>(change: &Change, facts: &Facts<'a>) -> Option<&'a Approver> {
    let wanted = is_needed(change, facts) && complaint(change, facts).is_none();
    facts.second.filter(|_| wanted)
}

/// What is wrong with the second person, or that there is none; `None` when none is needed.
pub(super) fn complaint(change: &Change, facts: &Facts<'_>) -> Option<&'static str> {
    if !is_needed(change, facts) {
        return None;
    }
    let Some(second) = facts.second else {
        return Some(NO_SECOND);
    };
    let Some((caller, seen)) = facts.caller.zip(facts.examination) else {
        return Some("nobody knows yet who asks, or for what");
    };
    let subject = digest(change, seen.known_images(), &second.code, &second.reason);
    let age = facts.now.duration_since(second.signed_at);
    if are_one_person(&caller.arn, &second.caller) {
        Some("that approval is your own: another person has to give it")
    } else if second.account != change.target().account {
        Some("whoever approved it is in another account")
    } else if !role_of(&facts.standing.terms.callers, &second.caller).may_alter(Tier::Production) {
        Some("whoever approved it may alter nothing in production themselves")
    } else if second.subject != subject || !second.code.is_about(change.target()) {
        Some("that approval is of something else: it moved, or another change was meant")
    } else if age.abs() > GOOD_FOR {
        Some("that approval is older than 15 minutes: another one is needed")
    } else {
        None
    }
}

/// The lines a dialog shows about it; the code has one of its own, to be copied.
pub(super) fn lines(change: &Change, facts: &Facts<'_>) -> Vec<Line> {
    if !is_needed(change, facts) {
        return Vec::new();
    }
    let line = |words: &str, mark| Line::new("second", words, mark);
    match (approver(change, facts), facts.code) {
        (Some(second), _) => {
            let (who, reason) = (short(&second.caller), &second.reason);
            vec![line(&format!("{who} approved it: {reason}"), Mark::Ok)]
        }
        (None, Some(code)) => vec![
            line(
                "another person runs firstline approve with this code",
                Mark::Warn,
            ),
            Line::new("code", code.to_string(), Mark::Note),
        ],
        (None, None) => vec![line(
            "the image moved: another person has to approve it",
            Mark::Warn,
        )],
    }
}

/// What stands against somebody's approving `change`: what would stand against asking for it,
/// but for an arm and for what a glass that the asker broke may pass; both are judged where it is
/// asked for. The facts are those of whoever approves.
///
/// # Errors
/// The first rule that says no, or that no second person is needed.
pub fn may_approve(change: &Change, facts: &Facts<'_>) -> Result<(), Reason> {
    let looked = |rule: &&Rule| rule.name != "not-armed" && !BEHIND_GLASS.contains(&rule.name);
    let denied = rules::about(change).filter(looked).find_map(|rule| {
        (rule.denies)(change, facts).map(|sentence| Reason {
            rule: rule.name,
            sentence: sentence.into(),
            alternative: rule.alternative,
        })
    });
    match denied {
        Some(reason) => Err(reason),
        None if is_needed(change, facts) => Ok(()),
        None => Err(Reason {
            rule: "no-second-needed",
            sentence: "no second person is needed for this: no image is known to have moved".into(),
            alternative: "whoever asked does it alone; where they see another image, wait for ECR",
        }),
    }
}
