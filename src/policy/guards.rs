//! The guards a team sets: roles, its own rules, protection, freezes, pace, arming. They come
//! on top of what `rules` and `staging` refuse.

use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::history::{Deed, DeedEnding};
use crate::estate::identity::Identity;
use crate::estate::text::Text;

use super::facts::Facts;
use super::role::{Role, matches, role_of};
use super::rules::{Rule, rules};
use super::standing::is_restart;
use super::terms::{PACE_WINDOW, Ruling};

/// The rules a broken glass passes: no one of them says who or where.
pub(super) const BEHIND_GLASS: [&str; 6] = [
    "protected",
    "frozen",
    "calendar",
    "cooldown",
    "pace",
    "deploying",
];

rules! {
    /// After who and where, before the service itself.
    GUARDS:
    "role", "the caller's role alters nothing here", role,
        "ask an operator; roles come from policy.caller in the settings";
    "rule", "one of the team's own rules says no", clause,
        "what the rule says; breaking the glass does not help";
    "protected", "the service is protected in the settings", protected,
        "ask its owners; a running rollout may always be rolled back; or break the glass";
    "frozen", "a freeze of the settings holds", frozen,
        "wait for its end; a rollback is never frozen; or break the glass";
    "calendar", "a change calendar is CLOSED, or nobody knows", calendar,
        "wait until it is OPEN; a rollback is never frozen; or break the glass";
}

rules! {
    /// After the service itself: what is on its way says more than that it was begun lately.
    PACE:
    "cooldown", "production: the service was restarted a short while ago", cooldown,
        "watch what the last restart did; or break the glass";
    "pace", "production: too many services were restarted within ten minutes", pace,
        "look for what they share: a restart of one more will not cure it; or break the glass";
}

rules! {
    /// Last, so that nobody arms in vain.
    ARMED:
    "not-armed", "production: nobody armed this console, or its time is over", not_armed,
        "arm it: a reason and a time; on a command line --reason does it";
}

/// Whether the glass was broken by somebody who may.
pub(super) fn glass(facts: &Facts<'_>) -> bool {
    let armed = facts.standing.arm;
    armed.is_some_and(|arm| arm.glass && arm.left(facts.now).is_some())
}

/// Whether a broken glass lets a change pass this rule.
pub(super) fn is_passed(rule: &Rule, facts: &Facts<'_>) -> bool {
    glass(facts) && BEHIND_GLASS.contains(&rule.name)
}

fn role_in(facts: &Facts<'_>) -> Option<Role> {
    let caller = facts.caller?;
    Some(role_of(&facts.standing.terms.callers, &caller.arn))
}

/// What the team's own rules say about `change`.
pub(super) fn ruling(change: &Change, facts: &Facts<'_>) -> Option<Ruling> {
    let role = role_in(facts)?;
    let clause = facts
        .standing
        .terms
        .clause(change, facts.tier(change), role)?;
    Some(clause.ruling)
}

/// The name of the team's own rule that is about `change`.
pub(super) fn clause_name(change: &Change, facts: &Facts<'_>) -> Option<Text> {
    let role = role_in(facts)?;
    let clause = facts
        .standing
        .terms
        .clause(change, facts.tier(change), role)?;
    Some(clause.name.clone())
}

fn role(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (role, tier) = (role_in(facts)?, facts.tier(change));
    (!role.may_alter(tier)).then(|| {
        let caller = facts.caller.map(Identity::short).unwrap_or_default();
        let role = role.word();
        format!("{caller} is {role} and alters nothing in {}", tier.word())
    })
}

fn clause(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let role = role_in(facts)?;
    let clause = facts
        .standing
        .terms
        .clause(change, facts.tier(change), role)?;
    (clause.ruling == Ruling::Deny).then(|| format!("{}: {}", clause.name, clause.because))
}

fn protected(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let name = change.target().service.name();
    let mut patterns = facts.standing.terms.protected.iter();
    let pattern = patterns.find(|one| matches(one, name))?;
    // A plan leaves single services out by itself; its target stands for all of them. And who
    // protects a service wants no bad rollout to stay on it: the one fast undo only asks.
    let spared = change.plan().is_some() || matches!(change, Change::Rollback { .. });
    (!spared).then(|| format!("{name} is protected in the settings ({pattern})"))
}

/// The one fast undo is never frozen, and a session alters no service.
fn may_be_frozen(change: &Change) -> bool {
    change.verb() != "rollback" && !matches!(change, Change::Session(_))
}

fn frozen(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let terms = facts.standing.terms;
    let freeze = terms.freeze(change, facts.tier(change), facts.now)?;
    let (name, when) = (&freeze.name, freeze.when.words());
    may_be_frozen(change).then(|| format!("frozen: {name} ({when})"))
}

fn calendar(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let environment = &change.target().environment;
    let calendars = facts.standing.terms.calendars_of(environment);
    if calendars.is_empty() || !may_be_frozen(change) {
        return None;
    }
    let all: Vec<&str> = calendars.iter().map(Text::as_str).collect();
    let names = all.join(", ");
    match facts
        .calendar
        .and_then(|state| state.open.map(|open| (open, state)))
    {
        Some((true, _)) => None,
        Some((false, state)) => {
            let next = state.next.as_ref();
            let until = next.map(|at| format!(" until {at}")).unwrap_or_default();
            Some(format!("change calendar {names} is CLOSED{until}"))
        }
        None => Some(format!(
            "nobody knows whether change calendar {names} is open"
        )),
    }
}

/// The restarts of production that count for `change`; `None` when it is none itself.
fn restarts<'a>(change: &Change, facts: &Facts<'a>) -> Option<Result<Vec<&'a Deed>, String>> {
    if !is_restart(change.verb()) || facts.tier(change) != Tier::Production {
        return None;
    }
    let Some(recent) = facts.standing.recent else {
        return Some(Err("nobody has read what was done lately".to_owned()));
    };
    let done = |one: &&Deed| matches!(one.ending, DeedEnding::Done | DeedEnding::Unclear);
    let restarts = recent.iter().filter(|one| is_restart(&one.verb));
    Some(Ok(restarts.filter(done).collect()))
}

fn cooldown(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let restarts = match restarts(change, facts)? {
        Ok(restarts) => restarts,
        Err(words) => return Some(words),
    };
    let (cooldown, service) = (facts.standing.terms.cooldown, &change.target().service);
    let mine = restarts.iter().filter(|one| one.service == *service);
    let last = mine.max_by_key(|one| one.at)?;
    let age = facts.now.duration_since(last.at);
    (age < cooldown).then(|| {
        let (name, verb, by, minutes) = (service.name(), &last.verb, &last.by, age.as_mins());
        let left = (cooldown - age).as_mins() + 1;
        format!("{name}: {verb} {minutes} min ago by {by}; again in {left} min")
    })
}

fn pace(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let Ok(restarts) = restarts(change, facts)? else {
        return None; // the rule before said so
    };
    let service = &change.target().service;
    let mut others: Vec<&str> = restarts
        .iter()
        .filter(|one| facts.now.duration_since(one.at) < PACE_WINDOW && one.service != *service)
        .map(|one| one.service.name())
        .collect();
    others.sort_unstable();
    others.dedup();
    let pace = facts.standing.terms.pace;
    (others.len() >= usize::try_from(pace).unwrap_or(usize::MAX)).then(|| {
        let (count, names) = (others.len(), others.join(", "));
        format!("{count} services were restarted within 10 min: {names}")
    })
}

fn not_armed(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let armed = facts.standing.arm.and_then(|arm| arm.left(facts.now));
    (facts.tier(change) == Tier::Production && armed.is_none()).then(|| match facts.standing.arm {
        Some(_) => "this console is no longer armed".to_owned(),
        None => "this console observes: production needs it armed".to_owned(),
    })
}
