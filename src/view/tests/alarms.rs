//! The alarms and all there is to say of one.

use insta::assert_snapshot;

use super::estate::{ago, service_arn};
use super::rows::incident;
use super::{PLAIN, characters, picture, shown};
use crate::app::{Model, Msg, update};
use crate::estate::alarm::{Alarm, AlarmKind, AlarmRule, AlarmState, Child, Missing, Suppressor};
use crate::estate::aspect::Aspect;
use crate::estate::history::{AlarmChange, Mute};

fn child(name: &str, asked: &str) -> Child {
    Child {
        name: name.into(),
        asked: asked.into(),
    }
}

/// The alarms of the incident with one of every odd kind.
#[expect(clippy::too_many_lines, reason = "one alarm of every kind")]
fn alarms(columns: u16, rows: u16) -> Model {
    let mut model = incident(columns, rows);
    let place = &mut model.look.snapshot.environments[0];
    let first = place.alarms[0].clone();
    let named = |name: &str, state, minutes: i64| Alarm {
        arn: format!("arn:aws:cloudwatch:eu-central-1:1:alarm:{name}")
            .as_str()
            .into(),
        name: name.into(),
        state,
        since: Some(ago(minutes, 0)),
        dimensions: Vec::new(),
        metric: None,
        ..first.clone()
    };
    let shop = Alarm {
        reason: "arn:aws:cloudwatch:eu-central-1:1:alarm:orders-5xx-high transitioned to ALARM at \
                 Saturday"
            .into(),
        threshold: None,
        rule: AlarmRule {
            about: "customers cannot order or pay".into(),
            kind: AlarmKind::Composite(vec![
                child("orders-5xx-high", "ALARM"),
                child("rds-connections-high", "ALARM"),
                child("gone", "NOT OK"),
            ]),
            enabled: true,
            actions: vec!["pager".into()],
            suppressor: Some(Suppressor {
                alarm: "maintenance".into(),
                holds: "Alarm".into(),
            }),
            ..AlarmRule::default()
        },
        ..named("shop-unhealthy", AlarmState::Alarm, 5)
    };
    let mut orders = place.alarms[1].clone();
    orders.dimensions = vec![
        (
            "ClusterName".into(),
            service_arn("orders")
                .as_str()
                .split('/')
                .nth(1)
                .unwrap()
                .into(),
        ),
        ("ServiceName".into(), "orders".into()),
    ];
    orders.rule.actions.clear();
    orders.notifies = false;
    place.alarms[1] = orders;
    let mut depth = place.alarms[3].clone();
    depth.rule.missing = Missing::Missing;
    depth.rule.enabled = false;
    depth.reason = "Insufficient Data: 5 datapoints were unknown.".into();
    place.alarms[3] = depth;
    place.alarms.push(shop);
    place
        .alarms
        .push(named("nightly-late", AlarmState::Alarm, 200));
    let change = |name: &str, minutes: i64, up: bool| {
        let (from, to) = if up {
            (AlarmState::Ok, AlarmState::Alarm)
        } else {
            (AlarmState::Alarm, AlarmState::Ok)
        };
        AlarmChange {
            name: name.into(),
            at: ago(minutes, 0),
            from,
            to,
            reason: "Threshold Crossed: 3 datapoints [41.0 (21/11/26 13:58:00)] were greater than \
                     the threshold (373.0)."
                .into(),
        }
    };
    let changes = (0..6).map(|index| change("orders-5xx-high", 4 + index * 4, index % 2 == 0));
    let changes = changes.chain([change("rds-connections-high", 0, true)]);
    place.history.alarms = Aspect::of(ago(0, 5), Ok(changes.collect()));
    let mute = Mute {
        rule: "nights".into(),
        alarms: vec!["nightly-late".into()],
    };
    place.history.mutes = Aspect::of(ago(0, 5), Ok(vec![mute]));
    press(&mut model, "!");
    model
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.split_whitespace() {
        update(model, Msg::Key(key.parse().unwrap()));
    }
}

#[test]
fn every_alarm_is_told_with_its_reason() {
    assert_snapshot!("alarms-80x24", shown(&alarms(80, 24)));
    assert_snapshot!("alarms-120x40", shown(&alarms(120, 40)));
    assert_snapshot!("alarms-200x60", shown(&alarms(200, 60)));
    assert!(characters(&picture(&alarms(120, 40), PLAIN)).is_ascii());
}

#[test]
fn each_says_why_nobody_hears_of_it() {
    let page = |name: &str| {
        let mut model = alarms(120, 40);
        let place = &model.look.snapshot.environments[0];
        let alarm = place.alarms.iter().find(|one| *one.name == *name);
        let arn = alarm.unwrap().arn.clone();
        model.bells.as_mut().unwrap().selected = Some(arn);
        shown(&model)
    };
    for (name, words) in [
        ("orders-5xx-high", "nobody is notified: it has no action"),
        ("orders-5xx-high", "flapping: 6 changes in 30 min"),
        ("queue-depth", "muted: its actions are switched off"),
        (
            "queue-depth",
            "of what is only published when something happens",
        ),
        (
            "shop-unhealthy",
            "suppressed by maintenance: it is in ALARM",
        ),
        ("shop-unhealthy", "NOT OK gone  not to be read"),
        ("nightly-late", "muted by the rule nights"),
        (
            "rds-connections-high",
            "DB connections orders-db  405 / ≈415",
        ),
    ] {
        let page = page(name);
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn an_alarm_leads_to_its_service_and_to_what_it_watches() {
    let mut model = alarms(120, 40);
    press(&mut model, "m");
    let chart = model.chart.as_ref().unwrap();
    assert_eq!(
        chart.stack[chart.at].as_str(),
        "database-connections orders-db"
    );
    press(&mut model, "esc j enter");
    let opened = model
        .service
        .as_ref()
        .map(|page| page.arn.name().to_owned());
    assert_eq!(opened.as_deref(), Some("orders"));
    assert!(model.bells.is_none());
    press(&mut model, "! esc");
    assert!(model.service.is_some(), "back where it was opened");
}
