//! What is refused when somebody is to be let into a managed node.
//!
//! A node belongs to no service and to no cluster: what holds for the desk, the caller, account and
//! region holds here as well; then the node itself, as it was just seen.

use crate::estate::change::Change;
use crate::estate::doctor::obstacle;
use crate::estate::session::Place;

use super::facts::{Facts, MAX_AGE};
use super::rules::{Rule, environment_unknown, region_mismatch, rules};
use super::session::time_box;

rules! {
    /// Where: no service and no cluster has to be known.
    PLACE:
    "environment-unknown", "the environment is not on the estate", environment_unknown,
        "name a node of an environment of the estate";
}

rules! {
    /// What is refused of a session on a node beyond that.
    RULES:
    "region-mismatch", "the target is not in the environment's region", region_mismatch,
        "name the node in the environment of its region";
    "node-unexamined", "nobody looked at the node, or more than 30 seconds ago", unexamined,
        "look at the node again";
    "node-cannot-work", "its agent does not answer, or is too old", cannot_work,
        "ask the doctor: firstline shell NODE --doctor";
    "time-box", "it would be open longer than the tier allows", time_box,
        "ask for less; a new session can follow";
}

fn unexamined(change: &Change, facts: &Facts<'_>) -> Option<String> {
    let Change::Session(session) = change else {
        return None;
    };
    let Place::Node { id, .. } = &session.place else {
        return None;
    };
    let Some(node) = facts.node.filter(|node| node.id == *id) else {
        return Some(format!("nobody has looked yet whether {id} answers"));
    };
    let age = facts.now.duration_since(node.seen_at);
    (age.abs() > MAX_AGE).then(|| format!("{id} was looked at too long ago"))
}

fn cannot_work(_: &Change, facts: &Facts<'_>) -> Option<String> {
    let checks = facts.node?.examine();
    let bad = obstacle(&checks)?;
    Some(format!(
        "{} {}; mend: {}",
        facts.node?.label(),
        bad.words,
        bad.mend
    ))
}
