//! What stands against letting somebody in.

use crate::estate::change::Change;
use crate::estate::doctor;
use crate::estate::session::Place;

use super::facts::{Facts, MAX_AGE};
use super::rules::{Rule, rules};
use super::time_box::longest;

rules! {
    /// What stands against letting somebody in.
    SESSION:
    "unexamined", "nobody looked whether a session can work, or more than 30 seconds ago", unexamined,
        "look at the task again";
    "other-container", "the container is not the one that was looked at", other_container,
        "pick the task again";
    "session-cannot-work", "a prerequisite of aws.md 6.1 is not met", session_cannot_work,
        "ask the doctor: firstline shell TARGET --doctor";
    "time-box", "it would be open longer than the tier allows", time_box,
        "ask for less; a new session can follow";
}

fn unexamined(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let Some(patient) = facts.patient else {
        return Some("nobody has looked yet whether a session can work".to_owned());
    };
    let age = facts.now.duration_since(patient.seen_at);
    (age.abs() > MAX_AGE).then(|| "the container was looked at too long ago".to_owned())
}

fn other_container(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let (Change::Session(session), Some(patient)) = (change, facts.patient) else {
        return None;
    };
    let cluster = session.target.cluster.name();
    let same = match &session.place {
        Place::Container {
            task,
            container,
            runtime_id,
        } => {
            task.as_str().contains(&format!(":task/{cluster}/"))
                && *task == patient.task
                && *container == patient.container
                && *runtime_id == patient.runtime_id
        }
        Place::Node { .. } => false,
    };
    (!same).then(|| {
        let place = session.place.words();
        format!("{place} is not what was looked at: it was replaced meanwhile")
    })
}

fn session_cannot_work(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let checks = doctor::examine(facts.patient?);
    let bad = doctor::obstacle(&checks)?;
    Some(format!("{}; mend: {}", bad.words, bad.mend))
}

pub(super) fn time_box(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let Change::Session(session) = change else {
        return None;
    };
    let (tier, minutes) = (facts.tier(change), session.minutes);
    let longest = longest(tier);
    (minutes == 0 || minutes > longest).then(|| {
        let tier = tier.word();
        format!("{minutes} minutes were asked for; in {tier} 1 to {longest} are allowed")
    })
}
