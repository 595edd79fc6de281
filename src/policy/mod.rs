//! May this happen? `decide(&Change, &Facts) -> Decision`; the first matching rule wins, and where
//! no rule matches, a person is asked.
//!
//! May not: do I/O; know a clock; be asked anywhere but on the one road.
//!
//! Why: guards at call sites get forgotten (k9s checks read-only in 18 places and has twice
//! forgotten one). Here the guards are one ordered table ([`table`]) and only this room can make
//! an [`Approved`], which is the only thing `cloud` carries out.
//!
//! | file | holds |
//! |---|---|
//! | `facts` | what a decision may depend on |
//! | `rules` | the table: name, condition, sentence, alternative |
//! | `verbs` | the same for recycle, roll back, stop a task, scale |
//! | `session` | the same for letting somebody in |
//! | `guards` | the same for what a team sets: roles, freezes, pace, arming |
//! | `terms`, `role` | what a team decides in its settings |
//! | `standing` | what the console brings: armed or not, what was done lately |
//! | `explain` | why a decision is what it is, and the whole table for a reviewer |
//! | `second` | what needs a second person, and who will do |
//! | `staging` | the same for whole environments: proven staging or nothing |
//! | `preflight`, `checks` | the checks of aws.md 4.5, each with its evidence |
//! | `preview` | the lines a dialog shows before anybody answers |
//! | `time_box` | how long a session may stay open |
//! | `capacity` | what a rolling deployment may stop and start (aws.md 4.2) |

use crate::estate::Timestamp;
use crate::estate::approval::Approver;
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::id::AccountId;
use crate::estate::text::Text;

mod capacity;
mod checks;
mod explain;
mod facts;
mod guards;
mod node;
mod preflight;
mod preview;
mod role;
mod rules;
mod second;
mod session;
mod staging;
mod standing;
mod terms;
mod time_box;
mod verbs;

pub use explain::{Explained, Look, Row, explain, table};
pub use facts::{Answer, Facts, JournalState, MAX_AGE, Mode};
pub use preflight::{Check, preflight};
pub use preview::{Line, Mark, preview};
pub use role::{Callers, Role, role_of};
pub use second::{NO_SECOND, may_approve};
pub use staging::{may_be_stopped, no_such_verb};
pub use standing::{Arm, Standing};
pub use terms::{Clause, Freeze, Ruling, Terms, VERBS, Window};
pub use time_box::longest;

/// A change that policy allowed. Its fields are private: nobody else can make one.
///
/// ```compile_fail,E0451
/// use firstline::policy::Approved;
/// fn forge(change: firstline::estate::change::Change) -> Approved {
///     Approved { change, typed: "orders".into(), reason: "because".into(), armed: None, second: None, decided_at: Default::default() }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Approved {
    change: Change,
    typed: Text,
    reason: Text,
    armed: Option<(Text, bool)>,
    second: Option<Box<Approver>>,
    decided_at: Timestamp,
}

impl Approved {
    /// What was approved.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// What the operator typed to confirm.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Why, in the operator's words; never empty.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Why the console was armed, where it was, and whether the glass was broken.
    pub fn armed(&self) -> Option<(&str, bool)> {
        self.armed
            .as_ref()
            .map(|(reason, glass)| (reason.as_str(), *glass))
    }

    /// The second person, where one was needed.
    pub fn second(&self) -> Option<&Approver> {
        self.second.as_deref()
    }

    /// When it was decided.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }
}

/// What an answer lacks as long as an amber check is not acknowledged.
pub const UNREAD: &str = "the warnings have to be acknowledged";

/// What policy says.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Go: this is the token the road takes.
    Allow(Approved),
    /// A person has to answer first.
    Ask(Challenge),
    /// No, whatever anybody types.
    Deny(Reason),
}

/// What has to be shown, and what has to be typed, before a change is allowed.
///
/// The dialog that shows it never makes the dangerous choice the default key: there is no key at
/// all, only the typed name and the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The verb (`redeploy`).
    pub verb: &'static str,
    /// The service's name: exactly this must be typed. Empty when no name is asked for.
    pub confirm: Text,
    /// The tier that could be proven; production when in doubt.
    pub tier: Tier,
    /// The account the change lands in.
    pub account: AccountId,
    /// What people call that account, where the settings say so.
    pub alias: Option<Text>,
    /// What will happen, facts first.
    pub lines: Vec<Line>,
    /// The checks, each with its evidence; empty for what alters no single service.
    pub checks: Vec<Check>,
    /// What has to be acknowledged: the amber ones of them.
    pub amber: Vec<&'static str>,
    /// Whether another person has to approve it.
    pub second: bool,
    /// What is wrong with the answer given so far; `None` before there is one.
    pub complaint: Option<&'static str>,
}

/// Why not, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule's name in the [`table`].
    pub rule: &'static str,
    /// One sentence: what stands against it.
    pub sentence: Text,
    /// What a person can do instead.
    pub alternative: &'static str,
}

/// Decides about `change` from `facts` and nothing else.
///
/// ```
/// use firstline::estate::change::{Belief, Change, Target};
/// use firstline::policy::{Decision, Facts, Mode, decide};
///
/// let change = Change::Redeploy(Target {
///     environment: "production".into(),
///     account: "123456789012".into(),
///     region: "eu-central-1".into(),
///     cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/main".into(),
///     service: "arn:aws:ecs:eu-central-1:123456789012:service/main/orders".into(),
///     belief: Belief { task_definition: "orders:58".into(), desired: 4, deployments: vec![] },
/// });
/// let mut facts = Facts::unknown("2026-11-21T14:03:22Z".parse().unwrap());
/// facts.mode = Mode::ReadOnly;
/// let Decision::Deny(reason) = decide(&change, &facts) else { panic!("read-only allowed it") };
/// assert_eq!(reason.rule, "read-only");
/// ```
pub fn decide(change: &Change, facts: &Facts<'_>) -> Decision {
    let stands = |rule: &&rules::Rule| !guards::is_passed(rule, facts);
    let denied = rules::about(change).filter(stands).find_map(|rule| {
        (rule.denies)(change, facts).map(|sentence| Reason {
            rule: rule.name,
            sentence: Text::from(sentence),
            alternative: rule.alternative,
        })
    });
    if let Some(reason) = denied {
        return Decision::Deny(reason);
    }
    match facts
        .answer
        .map(|answer| (answer, complaint(answer, change, facts)))
    {
        Some((answer, None)) => Decision::Allow(Approved {
            change: change.clone(),
            typed: if answer.typed.is_empty() && facts.unattended.is_some() {
                Text::from("--yes")
            } else {
                Text::clean(&answer.typed)
            },
            reason: Text::clean(answer.reason.trim()),
            armed: facts
                .standing
                .arm
                .map(|arm| (arm.reason.clone(), arm.glass)),
            second: second::approver(change, facts).cloned().map(Box::new),
            decided_at: facts.now,
        }),
        Some((_, complaint)) => Decision::Ask(challenge(change, facts, complaint)),
        None => Decision::Ask(challenge(change, facts, None)),
    }
}

/// Whether the target's name has to be typed: always in production, and elsewhere unless the verb
/// or one of the team's own rules lets a reason do.
fn asks_name(change: &Change, facts: &Facts<'_>) -> bool {
    let tier = facts.tier(change);
    let excused = tier != Tier::Production
        && change.plan().is_none()
        && guards::ruling(change, facts) == Some(Ruling::Allow);
    facts::needs_name(change, tier) && !excused
}

/// What is wrong with `answer`: what it lacks itself, an amber check nobody acknowledged, or the
/// second person.
fn complaint(answer: &Answer, change: &Change, facts: &Facts<'_>) -> Option<&'static str> {
    let unread = |check: &&'static str| !answer.acknowledged.contains(check);
    answer
        .complaint(change, asks_name(change, facts), facts.unattended)
        .or_else(|| {
            let unread = preflight::amber(change, facts).iter().any(unread);
            unread.then_some(UNREAD)
        })
        .or_else(|| second::complaint(change, facts))
}

fn challenge(change: &Change, facts: &Facts<'_>, complaint: Option<&'static str>) -> Challenge {
    let target = change.target();
    let tier = facts.tier(change);
    Challenge {
        verb: change.verb(),
        confirm: if asks_name(change, facts) {
            Text::clean(change.confirmation())
        } else {
            Text::default()
        },
        tier,
        account: target.account.clone(),
        alias: facts.environment.and_then(|one| one.alias.clone()),
        lines: preview(change, facts),
        checks: preflight(change, facts),
        amber: preflight::amber(change, facts),
        second: second::is_needed(change, facts),
        complaint,
    }
}

#[cfg(test)]
pub(crate) mod example;
#[cfg(test)]
mod guard_tests;
#[cfg(test)]
mod second_tests;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod tests;
