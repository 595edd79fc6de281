//! What needs a second person, and what is said of one who will not do.

use super::example::{Desk, caller, moved, now, redeploy};
use super::second::*;
use super::*;
use super::{Callers, Challenge, Decision, Role, decide, preview};
use crate::estate::SignedDuration;
use crate::estate::approval::Approver;
use crate::estate::identity::short;

fn challenge(desk: &Desk) -> Option<Challenge> {
    match decide(&redeploy(), &desk.facts()) {
        Decision::Allow(_) => None,
        Decision::Ask(challenge) => Some(challenge),
        Decision::Deny(reason) => panic!("{reason:?}"),
    }
}

fn complaint(spoil: impl FnOnce(&mut Desk)) -> &'static str {
    let mut desk = moved();
    spoil(&mut desk);
    let challenge = challenge(&desk).unwrap();
    assert!(challenge.second);
    challenge.complaint.unwrap()
}

#[test]
fn whoever_approved_goes_into_what_is_approved() {
    let Decision::Allow(approved) = decide(&redeploy(), &moved().facts()) else {
        panic!("bob approved it");
    };
    let second = approved.second().unwrap();
    assert_eq!(short(&second.caller), "bob@ops");
    // Where nobody is needed, nobody is recorded.
    let mut desk = moved();
    desk.examination = Desk::ready().examination;
    let Decision::Allow(approved) = decide(&redeploy(), &desk.facts()) else {
        panic!("nothing moved");
    };
    assert_eq!(approved.second(), None);
}

#[test]
fn every_wrong_second_person_is_told_why() {
    let second = |desk: &mut Desk| desk.second.take().unwrap();
    let said = [
        complaint(|desk| desk.second = None),
        complaint(|desk| {
            let caller = caller().arn;
            desk.second = Some(Approver {
                caller,
                ..second(desk)
            });
        }),
        complaint(|desk| {
            let account = "210987654321".into();
            desk.second = Some(Approver {
                account,
                ..second(desk)
            });
        }),
        complaint(|desk| {
            let pattern = "*/ops/alice".into();
            let role = Role::Operator;
            desk.terms.callers = vec![Callers { pattern, role }];
        }),
        complaint(|desk| {
            let reason = "another".into();
            desk.second = Some(Approver {
                reason,
                ..second(desk)
            });
        }),
        complaint(|desk| {
            let signed_at = now() - GOOD_FOR - SignedDuration::from_secs(1);
            desk.second = Some(Approver {
                signed_at,
                ..second(desk)
            });
        }),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    a second person has to approve it: the image moved
    that approval is your own: another person has to give it
    whoever approved it is in another account
    whoever approved it may alter nothing in production themselves
    that approval is of something else: it moved, or another change was meant
    that approval is older than 15 minutes: another one is needed
    ");
}

#[test]
fn the_dialog_says_who_is_awaited_and_who_came() {
    let mut desk = moved();
    let said = |desk: &Desk, code: Option<&crate::estate::approval::Code>| {
        let facts = Facts {
            code,
            ..desk.facts()
        };
        let lines = preview(&redeploy(), &facts);
        let mine = lines
            .iter()
            .filter(|line| ["second", "code"].contains(&line.label));
        let words: Vec<String> = mine
            .map(|line| format!("{:?} {}", line.mark, line.words))
            .collect();
        words.join("; ")
    };
    let came = said(&desk, None);
    let code = desk.second.take().unwrap().code;
    insta::assert_snapshot!([said(&desk, None), said(&desk, Some(&code)), came].join("\n"), @r"
    Warn the image moved: another person has to approve it
    Warn another person runs firstline approve with this code; Note eu-central-1:123456789012:main/orders:3f9a1c20b7de
    Ok bob@ops approved it: CI run 812 is the one
    ");
}

/// Whoever approves needs no arm and breaks no glass, but meets every other rule.
#[test]
fn who_may_approve_is_who_could_ask_for_it() {
    let refused = |spoil: fn(&mut Desk)| {
        let mut desk = moved();
        desk.arm = None;
        desk.second = None;
        spoil(&mut desk);
        may_approve(&redeploy(), &desk.facts())
            .err()
            .map(|reason| reason.rule)
    };
    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|desk| desk.recent = None), None);
    for (spoil, rule) in [
        (
            (|desk| desk.mode = super::Mode::ReadOnly) as fn(&mut Desk),
            "read-only",
        ),
        (|desk| desk.caller = None, "caller-unknown"),
        (
            |desk| {
                desk.terms.callers = vec![Callers {
                    pattern: "*/ops/*".into(),
                    role: Role::Developer,
                }];
            },
            "role",
        ),
        (|desk| desk.service().desired = 9, "moved"),
        (
            |desk| desk.examination = Desk::ready().examination,
            "no-second-needed",
        ),
    ] {
        assert_eq!(refused(spoil), Some(rule));
    }
}
