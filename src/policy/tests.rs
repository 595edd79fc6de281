use proptest::prelude::*;

use super::example::{Desk, caller, deployment, now, redeploy, stopped};
use super::*;
use crate::estate::SignedDuration;
use crate::estate::alarm::{Alarm, AlarmRule, AlarmState};
use crate::estate::catalogue::Known;
use crate::estate::service::{
    Controller, DeploymentStatus, Rollout, Scheduling, Service, ServiceStatus,
};
use crate::estate::task::Task;

fn verdict(desk: &Desk) -> String {
    match decide(&redeploy(), &desk.facts()) {
        Decision::Allow(_) => "allow".to_owned(),
        Decision::Ask(challenge) => format!("ask: {}", challenge.complaint.unwrap_or("-")),
        Decision::Deny(reason) => format!("{}: {}", reason.rule, reason.sentence),
    }
}

/// A desk with nothing against the change but what `spoil` does to it.
fn spoilt(spoil: impl FnOnce(&mut Desk)) -> String {
    let mut desk = Desk::ready();
    spoil(&mut desk);
    verdict(&desk)
}

fn service(spoil: impl FnOnce(&mut Service)) -> String {
    spoilt(|desk| spoil(desk.service()))
}

/// Every rule, what sets it off and what it says.
#[test]
fn every_rule_speaks() {
    let said = [
        spoilt(|desk| desk.mode = Mode::ReadOnly),
        spoilt(|desk| desk.journal = Some(JournalState::Unwritable("disk full".into()))),
        spoilt(|desk| desk.environment = None),
        spoilt(|desk| {
            desk.service().cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/x".into();
        }),
        spoilt(|desk| desk.caller = None),
        spoilt(|desk| desk.caller.as_mut().unwrap().expires_at = Some(now())),
        spoilt(|desk| desk.caller.as_mut().unwrap().account = "210987654321".into()),
        spoilt(|desk| desk.environment.as_mut().unwrap().account = Some("210987654321".into())),
        spoilt(|desk| desk.environment.as_mut().unwrap().region = "us-east-1".into()),
        spoilt(|desk| desk.environment.as_mut().unwrap().clusters = Some(vec![])),
        spoilt(|desk| desk.sighting = None),
        spoilt(|desk| desk.now += SignedDuration::from_secs(30)),
        service(|one| one.status = ServiceStatus::Draining),
        service(|one| one.express = true),
        service(|one| one.desired = 0),
        service(|one| one.controller = Controller::CodeDeploy),
        service(|one| one.controller = Controller::External),
        service(|one| one.controller = Controller::Unknown("HYDRA".into())),
        service(|one| one.scheduling = Scheduling::Unknown("RANDOM".into())),
        service(|one| {
            one.deployments = vec![
                deployment("57", Rollout::InProgress),
                deployment("58", Rollout::Failed),
            ];
        }),
        service(|one| {
            one.deployments[0].rollout = Rollout::InProgress;
            one.deployments[0].created_at = Some(now() - SignedDuration::from_secs(3));
        }),
        service(|one| one.deployments[0].rollout = Rollout::Unknown("PAUSED".into())),
        service(|one| one.rolling.maximum_percent = Some(100)),
        spoilt(|desk| desk.stops = vec![stopped("CannotPullContainerError: tag not found", 29)]),
        spoilt(|desk| {
            let seen = desk.examination.as_mut().unwrap();
            seen.images.as_mut().unwrap()[0].drift = crate::estate::closely::Drift::Gone;
        }),
        spoilt(|desk| desk.examination = None),
        service(|one| one.deployments = vec![deployment("59", Rollout::Completed)]),
    ];
    let rules: Vec<&str> = said
        .iter()
        .filter_map(|one| one.split(':').next())
        .collect();
    // The team's guards have tests and a table of their own.
    let teams = |name: &str| {
        let guards = guards::GUARDS.iter().chain(guards::PACE);
        guards.chain(guards::ARMED).any(|rule| rule.name == name)
    };
    let known: Vec<&str> = rules::about(&redeploy())
        .map(|rule| rule.name)
        .filter(|name| !teams(name))
        .collect();
    assert_eq!(rules, known, "each rule has its example, in order");
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn only_the_newest_stop_of_this_service_speaks_against_a_restart() {
    let pull = || stopped("CannotPullContainerError: tag not found", 2);
    let stops = |stops: Vec<Task>| spoilt(|desk| desk.stops = stops);
    assert!(stops(vec![pull()]).starts_with("restart-cannot-fix"));
    assert_eq!(
        stops(vec![stopped("CannotPullContainerError: gone", 31)]),
        "allow"
    );
    let crash = Task {
        stop_code: Some("EssentialContainerExited".into()),
        ..stopped("Essential container in task exited", 1)
    };
    assert_eq!(stops(vec![crash, pull()]), "allow");
    let other = Task {
        service_name: Some("billing".into()),
        ..pull()
    };
    assert_eq!(stops(vec![other]), "allow");
}

#[test]
fn an_alarm_that_fires_already_guards_nothing() {
    let mut desk = Desk::ready();
    desk.service().rolling.alarms = vec!["orders-5xx-high".into()];
    desk.alarms = vec![Alarm {
        arn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-5xx-high".into(),
        name: "orders-5xx-high".into(),
        state: AlarmState::Alarm,
        since: None,
        reason: "".into(),
        metric: None,
        dimensions: vec![],
        threshold: None,
        notifies: true,
        rule: AlarmRule::default(),
    }];
    let line = |desk: &Desk| {
        let checks = preflight(&redeploy(), &desk.facts());
        let found = checks.into_iter().find(|check| check.about == "alarms");
        found.unwrap()
    };
    assert_eq!(line(&desk).mark, Mark::Warn);
    assert!(
        line(&desk)
            .words
            .starts_with("orders-5xx-high in ALARM: ignored")
    );
    desk.alarms[0].state = AlarmState::Ok;
    assert_eq!(line(&desk).mark, Mark::Ok);
}

#[test]
fn an_older_deployment_with_tasks_is_one_in_progress() {
    let said = service(|one| {
        let mut older = deployment("57", Rollout::Absent);
        older.status = DeploymentStatus::Active;
        one.deployments.push(older);
    });
    assert_eq!(said, "deploying: a deployment of orders:57 is in progress");
}

#[test]
fn a_service_without_a_current_deployment_is_not_known_well_enough() {
    let said = service(|one| one.deployments.clear());
    assert_eq!(said, "rollout-unknown: orders shows no current deployment");
}

#[test]
fn data_is_good_for_thirty_seconds_and_not_from_the_future() {
    assert_eq!(
        spoilt(|desk| desk.now += SignedDuration::from_secs(29)),
        "allow"
    );
    let ahead = spoilt(|desk| desk.now -= SignedDuration::from_mins(5));
    assert_eq!(
        ahead,
        "stale: the data is from the future: the clock jumped"
    );
}

#[test]
fn a_region_only_the_profile_knows_is_no_mismatch() {
    let said = spoilt(|desk| desk.environment.as_mut().unwrap().region = "".into());
    assert_eq!(said, "allow");
}

#[test]
fn nobody_is_asked_twice_without_being_told_why() {
    let answered = |typed: &str, reason: &str| {
        spoilt(|desk| {
            desk.answer = Some(Answer {
                typed: typed.to_owned(),
                reason: reason.to_owned(),
                acknowledged: vec![],
            });
        })
    };
    assert_eq!(spoilt(|desk| desk.answer = None), "ask: -");
    assert_eq!(answered("", ""), "ask: type the service's name to confirm");
    assert_eq!(
        answered("order", "x"),
        "ask: that is not the service's name"
    );
    assert_eq!(
        answered("Orders", "x"),
        "ask: that is not the service's name"
    );
    assert_eq!(
        answered("orders", "  "),
        "ask: a reason is needed: it goes into the journal"
    );
    assert_eq!(answered("orders", "x"), "allow");
}

#[test]
fn the_dialog_shows_facts_first() {
    let drawn = |spoil: fn(&mut Service)| {
        let mut desk = Desk::ready();
        desk.services.0.push(Known {
            service: "main/orders".into(),
            dependants: vec!["web".into(), "billing".into()],
            pool_size: None,
            database: None,
        });
        desk.answer = None;
        spoil(desk.service());
        let Decision::Ask(challenge) = decide(&redeploy(), &desk.facts()) else {
            panic!("{}", verdict(&desk));
        };
        let head = format!(
            "{} {} in {} ({} {})\n",
            challenge.verb,
            challenge.confirm,
            challenge.tier.word(),
            challenge.alias.unwrap_or_default(),
            challenge.account,
        );
        let lines = challenge.lines.iter().map(|line| {
            format!(
                "{:<13} {:<5} {}\n",
                line.label,
                format!("{:?}", line.mark),
                line.words
            )
        });
        head + &lines.collect::<String>()
    };
    let quiet = drawn(|_| {});
    let risky = drawn(|one| {
        one.rolling.minimum_healthy_percent = Some(0);
        one.rolling.maximum_percent = Some(100);
        one.rolling.circuit_breaker = false;
        one.rolling.alarms = vec!["orders-5xx-high".into()];
        one.deployments[0].rollout = Rollout::Absent;
    });
    insta::assert_snapshot!(format!("{quiet}\n{risky}"));
}

fn account() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("123456789012"), Just("210987654321"), Just("")]
}

prop_compose! {
    /// Any desk at all: who, where and what was answered are drawn independently.
    fn desks()(
        read_only in any::<bool>(),
        writable in proptest::option::of(any::<bool>()),
        caller_account in proptest::option::of(account()),
        bound in proptest::option::of(account()),
        listed in proptest::option::of(prop_oneof![Just("main"), Just("other")]),
        age in -60_i64..60,
        typed in prop_oneof![Just("orders"), Just("order"), Just("")],
        reason in prop_oneof![Just("OPS-17"), Just(" "), Just("")],
        answered in any::<bool>(),
    ) -> Desk {
        let mut desk = Desk::ready();
        desk.mode = if read_only { Mode::ReadOnly } else { Mode::Observe };
        desk.journal = writable.map(|yes| {
            if yes {
                JournalState::Writable
            } else {
                JournalState::Unwritable("full".into())
            }
        });
        desk.caller = caller_account.map(|account| crate::estate::identity::Identity {
            account: account.into(),
            ..caller()
        });
        let environment = desk.environment.as_mut().unwrap();
        environment.account = bound.map(Into::into);
        environment.clusters = listed.map(|name| vec![name.into()]);
        desk.sighting.as_mut().unwrap().seen_at = now() - SignedDuration::from_secs(age);
        desk.answer = answered.then(|| Answer { typed: typed.to_owned(), reason: reason.to_owned(), acknowledged: vec![] });
        desk
    }
}

proptest! {
    #[test]
    fn only_the_right_person_in_the_right_place_gets_through(desk in desks()) {
        if let Decision::Allow(approved) = decide(&redeploy(), &desk.facts()) {
            let environment = desk.environment.as_ref().unwrap();
            let caller = &desk.caller.as_ref().unwrap().account;
            prop_assert_eq!(desk.mode, Mode::Observe);
            prop_assert_eq!(&desk.journal, &Some(JournalState::Writable));
            prop_assert_eq!(caller.as_str(), "123456789012");
            prop_assert!(environment.account.as_ref().is_none_or(|bound| bound == caller));
            prop_assert!(environment.owns(&approved.change().target().cluster));
            prop_assert_eq!(approved.typed(), "orders");
            prop_assert!(!approved.reason().trim().is_empty());
        }
    }

    #[test]
    fn a_target_that_contradicts_its_arn_is_denied(
        account in "[0-9]{12}",
        region in "[a-z]{2}-[a-z]{4}-[1-3]",
    ) {
        let Change::Redeploy(mut target) = redeploy() else {
            unreachable!("the example is a redeploy")
        };
        let same = target.account.as_str() == account && target.region.as_str() == region;
        target.account = account.as_str().into();
        target.region = region.as_str().into();
        let decision = decide(&Change::Redeploy(target), &Desk::ready().facts());
        prop_assert!(same || matches!(decision, Decision::Deny(_)));
    }
}
