//! What is refused when a whole environment is to be stopped or started.
//!
//! The verb exists only where staging or development is *proven*: the tier in the settings, the
//! caller's account equal to the bound one, every cluster on the list (aws.md 5.3). Whether a
//! single service can be stopped is its own row of the plan; siblings go on without it.

use crate::estate::SignedDuration;
use crate::estate::change::Change;
use crate::estate::environment::{Environment, Tier};
use crate::estate::identity::Identity;
use crate::estate::staging::{Doing, Goal, Plan};

use super::facts::Facts;
use super::preview::{Line, Mark, account};
use super::rules::{
    Rule, account_bound_elsewhere, account_mismatch, caller_unknown, credentials_expired,
    environment_unknown, journal, read_only, region_mismatch, rules,
};

/// How old the look may be that a plan was made from; each service is looked at again right
/// before it is altered.
const PLAN_AGE: SignedDuration = SignedDuration::from_mins(5);

rules! {
    /// Every refusal of stop and start, in order.
    RULES:
    "read-only", "the console was started read-only", read_only,
        "start it without --read-only, in the settings and the environment too";
    "journal", "the journal takes no line, or nobody tried", journal,
        "make the journal's folder writable";
    "environment-unknown", "the environment is not on the estate", environment_unknown,
        "name an environment of the settings";
    "production", "the settings do not say staging or development", production,
        "name an environment of tier staging or development; production is never stopped";
    "caller-unknown", "AWS has not said who is asking", caller_unknown,
        "renew the credentials, or wait for the identity strip to fill";
    "credentials-expired", "the credentials ran out", credentials_expired,
        "renew the credentials";
    "account-mismatch", "the caller's account is not the environment's", account_mismatch,
        "use the profile of the environment's account";
    "account-bound-elsewhere", "the settings bind the environment to another account", account_bound_elsewhere,
        "correct the settings or the profile";
    "region-mismatch", "the environment is planned in another region", region_mismatch,
        "correct the settings";
    "not-proven", "account or a cluster do not prove the tier", not_proven,
        "give the environment its account and its clusters in the settings";
    "plan-torn", "the plan is not the verb's, or of other clusters", plan_torn,
        "make the plan again";
    "partial-look", "something could not be read when the plan was made", partial_look,
        "mend what it says, then try again";
    "plan-old", "the plan is older than five minutes, or from the future", plan_old,
        "make the plan again";
    "held", "somebody else is at this environment", held,
        "wait for them; a lock nobody renews runs out after three minutes";
    "unattended", "--yes was given and the settings do not allow it", unattended,
        "type the environment's name, or set allow_unattended for this environment";
}

/// Whether the verb exists for this environment at all: what the settings claim, to be proven
/// before anything is done. Screens and help ask this.
pub fn may_be_stopped(environment: &Environment) -> bool {
    environment.tier != Tier::Production
        && environment.account.is_some()
        && environment.clusters.is_some()
}

/// What is said where `verb` does not exist: it knows the environments that are proven not to be
/// production, and no others.
pub fn no_such_verb<'a>(
    verb: &str,
    asked: &str,
    environments: impl Iterator<Item = &'a Environment>,
) -> String {
    let known = environments.filter(|one| may_be_stopped(one));
    let known: Vec<&str> = known.map(|one| one.name.as_str()).collect();
    if known.is_empty() {
        format!("no environment of the settings is one to {verb}")
    } else {
        format!("{verb} knows {}, not {asked}", known.join(" and "))
    }
}

/// The tier every cluster of the plan proves; production when one does not.
pub(super) fn tier(
    plan: &Plan,
    environment: Option<&Environment>,
    caller: Option<&Identity>,
) -> Tier {
    let Some(environment) = environment else {
        return Tier::Production;
    };
    let caller = caller.map(|one| &one.account);
    let clusters = plan.clusters.iter();
    let all = clusters
        .chain([plan.lock_cluster()])
        .chain(plan.services.iter().map(|one| &one.cluster));
    // Production is the least of the tiers: one cluster without proof decides.
    all.map(|cluster| environment.proven_tier(caller, cluster))
        .min()
        .unwrap_or(Tier::Production)
}

fn production(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let environment = facts.environment?;
    (environment.tier == Tier::Production).then(|| {
        let name = &environment.name;
        format!("{name} is production: it is neither stopped nor started from here")
    })
}

fn not_proven(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let plan = change.plan()?;
    let proven = tier(plan, facts.environment, facts.caller);
    (proven == Tier::Production).then(|| {
        let name = &plan.target.environment;
        format!("nothing proves that {name} is not production")
    })
}

fn plan_torn(change: &Change, _: &Facts<'_>) -> Option<String> {
    let plan = change.plan()?;
    let goal = if matches!(change, Change::StopEnvironment(_)) {
        Goal::Stop
    } else {
        Goal::Start
    };
    let place = |arn: &str| {
        let mut fields = arn.split(':').skip(3).map(str::to_owned);
        (fields.next(), fields.next())
    };
    let home = (
        Some(plan.target.region.to_string()),
        Some(plan.target.account.to_string()),
    );
    let services = plan.services.iter();
    let at_home = plan.clusters.iter().all(|one| place(one.as_str()) == home)
        && services
            .clone()
            .all(|one| place(one.service.as_str()) == home)
        && services
            .clone()
            .all(|one| plan.clusters.contains(&one.cluster));
    (goal != plan.goal || !at_home).then(|| "the plan contradicts itself".to_owned())
}

fn partial_look(change: &Change, _: &Facts<'_>) -> Option<String> {
    let unread = change.plan()?.unread.as_ref()?;
    Some(format!("not everything could be read: {unread}"))
}

fn plan_old(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let age = facts.now.duration_since(change.plan()?.taken_at);
    (age > PLAN_AGE || age < -PLAN_AGE).then(|| format!("the plan is {} s old", age.as_secs()))
}

fn held(change: &Change, _: &Facts<'_>) -> Option<String> {
    change.plan()?.held.as_ref().map(ToString::to_string)
}

fn unattended(_: &Change, facts: &Facts<'_>) -> Option<String> {
    (facts.unattended == Some(false)).then(|| {
        let name = facts.environment.map(|one| one.name.to_string());
        let name = name.unwrap_or_default();
        format!("the settings do not let {name} be stopped or started without its typed name")
    })
}

/// The facts a dialog shows first.
pub(super) fn preview(plan: &Plan, change: &Change, facts: &Facts<'_>) -> Vec<Line> {
    let totals = plan.totals();
    let words = format!(
        "{} services, {} there already, {} left out; tasks {} now, {} after",
        totals.work, totals.nothing, totals.left_out, totals.now, totals.after
    );
    let mut lines = vec![Line::new("will work on", words, Mark::Note)];
    for one in &plan.services {
        if let Doing::Refused(why) | Doing::Skipped(why) | Doing::Ask(why) = &one.doing {
            lines.push(Line::new(
                "left out",
                format!("{}: {why}", one.name),
                Mark::Warn,
            ));
        }
        if let Some(who) = &one.resurrected {
            lines.push(Line::new("back", format!("{} {who}", one.name), Mark::Warn));
        }
        if !one.scheduled.is_empty() {
            let words = format!("{}: {} scheduled actions", one.name, one.scheduled.len());
            lines.push(Line::new("schedule", words, Mark::Note));
        }
    }
    for one in &plan.databases {
        let words = format!("{}: {}", one.database.id, one.words(plan.goal));
        lines.push(Line::new("database", words, Mark::Note));
    }
    if let Some(mute) = &plan.mute {
        let words = format!("{}: {}", mute.muting.rule, mute.words(plan.goal));
        lines.push(Line::new("alarms", words, Mark::Note));
    }
    if let Some(words) = plan.untouched() {
        lines.push(Line::new("not touched", words.to_owned(), Mark::Note));
    }
    lines.push(account(change, facts));
    lines
}
