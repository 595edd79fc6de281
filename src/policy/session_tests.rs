//! The guards of a session.

use super::example::{Desk, node_session, now, session};
use super::*;
use crate::estate::SignedDuration;
use crate::estate::session::Purpose;

fn verdict(desk: &Desk, minutes: u32) -> String {
    let mut session = session(Purpose::Shell);
    session.minutes = minutes;
    match decide(&Change::Session(Box::new(session)), &desk.facts()) {
        Decision::Allow(_) => "allow".to_owned(),
        Decision::Ask(challenge) => format!("ask: {}", challenge.complaint.unwrap_or("-")),
        Decision::Deny(reason) => format!("{}: {}", reason.rule, reason.sentence),
    }
}

fn spoilt(spoil: impl FnOnce(&mut Desk)) -> String {
    let mut desk = Desk::ready();
    spoil(&mut desk);
    verdict(&desk, 30)
}

fn answered(typed: &str, reason: &str) -> Answer {
    Answer {
        typed: typed.to_owned(),
        reason: reason.to_owned(),
        acknowledged: vec![],
    }
}

fn in_staging(desk: &mut Desk) {
    desk.environment.as_mut().unwrap().tier = Tier::Staging;
}

#[test]
fn production_wants_the_name_and_every_tier_a_reason() {
    assert_eq!(spoilt(|_| {}), "allow");
    let production =
        |typed: &str, reason: &str| spoilt(|desk| desk.answer = Some(answered(typed, reason)));
    assert_eq!(
        production("", "why"),
        "ask: type the service's name to confirm"
    );
    assert_eq!(
        production("order", "why"),
        "ask: that is not the service's name"
    );
    let reason = "ask: a reason is needed: it goes into the journal";
    assert_eq!(production("orders", " "), reason);
    let staging = |why: &str| {
        spoilt(|desk| {
            in_staging(desk);
            desk.answer = Some(answered("", why));
        })
    };
    assert_eq!(
        (staging("why"), staging("")),
        ("allow".into(), reason.into())
    );
}

#[test]
fn who_and_where_hold_for_sessions_too() {
    let rule = |said: String| said.split(':').next().map(str::to_owned).unwrap();
    assert_eq!(rule(spoilt(|desk| desk.mode = Mode::ReadOnly)), "read-only");
    assert_eq!(rule(spoilt(|desk| desk.journal = None)), "journal");
    let elsewhere = |desk: &mut Desk| desk.caller.as_mut().unwrap().account = "210987654321".into();
    assert_eq!(rule(spoilt(elsewhere)), "account-mismatch");
    let foreign = |desk: &mut Desk| {
        desk.environment.as_mut().unwrap().clusters = Some(vec!["other".into()]);
    };
    assert_eq!(rule(spoilt(foreign)), "cluster-foreign");
}

#[test]
fn a_session_that_cannot_work_is_refused_with_the_mend() {
    assert_eq!(
        spoilt(|desk| desk.patient = None),
        "unexamined: nobody has looked yet whether a session can work"
    );
    let old = |desk: &mut Desk| {
        desk.patient.as_mut().unwrap().seen_at = now() - SignedDuration::from_mins(1);
    };
    assert!(spoilt(old).starts_with("unexamined: "));
    let anew = |desk: &mut Desk| desk.patient.as_mut().unwrap().runtime_id = "other".into();
    assert!(spoilt(anew).starts_with("other-container: "));
    let off = spoilt(|desk| desk.patient.as_mut().unwrap().exec_enabled = false);
    assert!(
        off.starts_with("session-cannot-work: off in this task") && off.contains("redeploy it"),
        "{off}"
    );
    let stopping = spoilt(|desk| desk.patient.as_mut().unwrap().desired_status = "STOPPED".into());
    assert!(stopping.contains("being stopped"), "{stopping}");
}

#[test]
fn a_deployment_does_not_lock_anybody_out() {
    let deploying = |desk: &mut Desk| {
        desk.service().deployments[0].rollout = crate::estate::service::Rollout::InProgress;
    };
    assert_eq!(spoilt(deploying), "allow");
}

#[test]
fn the_time_box_is_the_tiers() {
    let mut desk = Desk::ready();
    assert!(verdict(&desk, 61).starts_with("time-box: 61 minutes"));
    assert!(verdict(&desk, 0).starts_with("time-box: "));
    assert_eq!(verdict(&desk, 60), "allow");
    in_staging(&mut desk);
    assert_eq!(verdict(&desk, 240), "allow");
}

fn on_node(spoil: impl FnOnce(&mut Desk)) -> String {
    let mut desk = Desk::ready();
    // A node belongs to no service: what is known of one must not matter.
    desk.sighting = None;
    desk.patient = None;
    desk.answer = Some(answered("i-0a1b2c3d4e5f60718", "INC-42"));
    spoil(&mut desk);
    let session = node_session(Purpose::Shell);
    match decide(&Change::Session(Box::new(session)), &desk.facts()) {
        Decision::Allow(_) => "allow".to_owned(),
        Decision::Ask(challenge) => format!("ask: {}", challenge.complaint.unwrap_or("-")),
        Decision::Deny(reason) => format!("{}: {}", reason.rule, reason.sentence),
    }
}

#[test]
fn a_node_is_guarded_as_production_is() {
    assert_eq!(on_node(|_| {}), "allow");
    assert_eq!(on_node(in_staging), "allow");
    let unnamed = |desk: &mut Desk| {
        in_staging(desk);
        desk.answer = Some(answered("", "INC-42"));
    };
    assert_eq!(on_node(unnamed), "ask: type the node's id to confirm");
    let misnamed = |desk: &mut Desk| desk.answer = Some(answered("bastion", "INC-42"));
    assert_eq!(on_node(misnamed), "ask: that is not the node's id");
    let rule = |said: String| said.split(':').next().map(str::to_owned).unwrap();
    assert_eq!(
        rule(on_node(|desk| desk.mode = Mode::ReadOnly)),
        "read-only"
    );
    assert_eq!(rule(on_node(|desk| desk.journal = None)), "journal");
    assert_eq!(rule(on_node(|desk| desk.caller = None)), "caller-unknown");
    let elsewhere = |desk: &mut Desk| desk.caller.as_mut().unwrap().account = "210987654321".into();
    assert_eq!(rule(on_node(elsewhere)), "account-mismatch");
    let region = |desk: &mut Desk| desk.environment.as_mut().unwrap().region = "us-east-1".into();
    assert_eq!(rule(on_node(region)), "region-mismatch");
}

#[test]
fn a_node_that_does_not_answer_is_refused_with_the_mend() {
    let unseen = on_node(|desk| desk.node = None);
    assert!(unseen.starts_with("node-unexamined: "), "{unseen}");
    let old = on_node(|desk| {
        desk.node.as_mut().unwrap().seen_at = now() - SignedDuration::from_mins(1);
    });
    assert!(old.starts_with("node-unexamined: "), "{old}");
    let other = on_node(|desk| desk.node.as_mut().unwrap().id = "i-0fffffffffffffff0".into());
    assert!(other.starts_with("node-unexamined: "), "{other}");
    let lost = on_node(|desk| desk.node.as_mut().unwrap().ping = crate::estate::node::Ping::Lost);
    assert!(
        lost.starts_with("node-cannot-work: bastion connection lost") && lost.contains("mend: "),
        "{lost}"
    );
}
