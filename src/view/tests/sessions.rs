//! What there is to enter, what is open, and the question before leaving.

use insta::assert_snapshot;

use super::estate::{PRODUCTION, service_arn};
use super::rows::incident;
use super::shown;
use crate::app::Model;
use crate::app::Msg;
use crate::app::chord::{Chord, Named};
use crate::app::screen::Overlay;
use crate::app::screen::entering::{Asked, Entering};
use crate::app::screen::sessions::Sessions;
use crate::app::update;
use crate::estate::SignedDuration;
use crate::estate::node::Ping;
use crate::estate::node::example::well;
use crate::estate::session::Purpose;
use crate::estate::standing::example::{standing, way};
use crate::estate::standing::{Port, Standing, Way};
use crate::policy::Arm;
use crate::policy::JournalState;

fn picking(columns: u16, rows: u16, spoil: fn(&mut Vec<Way>)) -> Model {
    let mut model = incident(columns, rows);
    model.journal = Some(JournalState::Writable);
    let service = service_arn("billing");
    model.entering = Some(Entering {
        service: Some((PRODUCTION.into(), service.clone())),
        nodes: None,
        asked: Asked::shell(),
        ways: None,
        selected: None,
    });
    model.overlay = Some(Overlay::Picker);
    let at = model.now;
    let mut ways = vec![
        way("3f9c0a", "app", 3, at),
        way("77aa10", "log_router", 2_900, at),
        way("77aa10", "app", 2_900, at),
        way("b0b1b2", "app", 120, at),
    ];
    ways[3].task.health = "UNHEALTHY".into();
    ways[3].task.zone = Some("eu-central-1b".into());
    for way in &mut ways {
        // The estate of the pictures is in another cluster than the example.
        let arn = way.task.arn.as_str().replace(":task/main/", ":task/prod/");
        way.task.arn = arn.as_str().into();
        way.patient.task = arn.as_str().into();
    }
    spoil(&mut ways);
    update(&mut model, Msg::Ways(service, Ok(ways)));
    model
}

fn without_exec(ways: &mut Vec<Way>) {
    for way in ways {
        way.patient.exec_enabled = false;
        way.patient.agent = None;
        way.patient.logging = None;
    }
}

#[test]
fn what_there_is_to_enter() {
    let small = |spoil| shown(&picking(80, 24, spoil));
    assert_snapshot!("picker-80x24", small(|_| {}));
    assert_snapshot!("picker-without-exec-80x24", small(without_exec));
    assert_snapshot!("picker-120x40", shown(&picking(120, 40, |_| {})));
    let none = small(Vec::clear);
    assert!(none.contains("nothing to enter"), "{none}");
    let two = small(|ways| {
        ways.truncate(1);
        ways.push(ways[0].clone());
        ways[1].patient.container = "worker".into();
    });
    assert!(two.contains("several programs"), "{two}");
}

/// The same picker turned to the nodes of both environments.
fn nodes(columns: u16, rows: u16, select: bool) -> Model {
    let mut model = picking(columns, rows, |_| {});
    update(&mut model, Msg::Key(Chord::named(Named::Tab)));
    let mut lost = well(model.now);
    lost.id = "i-0b1b2b3b4b5b6b7b8".into();
    lost.name = "bastion-b".into();
    lost.ping = Ping::Lost;
    lost.pinged_at = Some(model.now - SignedDuration::from_mins(74));
    let mut gateway = well(model.now);
    gateway.id = "mi-0c1c2c3c4c5c6c7c8".into();
    gateway.name = "warehouse-gw".into();
    gateway.agent = "3.0.196.0".into();
    let entering = model.entering.as_ref().unwrap();
    let asked = entering.nodes.as_ref().unwrap().answers.iter();
    let asked: Vec<_> = asked.map(|(name, _)| name.clone()).collect();
    for (at, environment) in asked.into_iter().enumerate() {
        let found = match at {
            0 => Ok(vec![lost.clone(), well(model.now), gateway.clone()]),
            _ => Err("AccessDenied: ssm:DescribeInstanceInformation is missing".into()),
        };
        update(&mut model, Msg::Nodes(environment, found));
    }
    if select {
        for _ in 0..3 {
            update(&mut model, Msg::Key(Chord::named(Named::Down)));
        }
    }
    model
}

#[test]
fn what_nodes_there_are_to_enter() {
    assert_snapshot!("picker-nodes-120x40", shown(&nodes(120, 40, false)));
    assert_snapshot!("picker-nodes-80x24", shown(&nodes(80, 24, true)));
}

#[test]
fn the_dialog_of_a_shell() {
    let asked = |columns, rows, spoil| {
        let mut model = picking(columns, rows, spoil);
        model.arm = Some(Arm::of_command(model.now, false));
        crate::app::screen::entering::accept(&mut model);
        shown(&model)
    };
    assert_snapshot!("shell-dialog-80x24", asked(80, 24, |_| {}));
    assert_snapshot!("shell-dialog-120x40", asked(120, 40, |_| {}));
    assert_snapshot!("shell-refused-80x24", asked(80, 24, without_exec));
}

fn open(model: &mut Model) {
    let at = model.now;
    let shell = Standing {
        unread: 1_536,
        recording: Some("/home/alice/.local/state/firstline/journal/recordings/7.cast".into()),
        said: Some("the time box ends in 5 min".into()),
        left: SignedDuration::from_secs(290),
        ..standing(1, at)
    };
    let mut port = standing(2, at);
    port.session.purpose = Purpose::Forward {
        host: Some("orders-db.internal".into()),
        port: 5432,
    };
    port.port = Some(Port {
        local: "127.0.0.1:15432".into(),
        connections: 12,
        open: 3,
        errors: 1,
        up: 81_920,
        down: 10_485_760,
        failed: vec![(9, "connection reset by peer".into())],
    });
    let lost = Standing {
        lost: Some("no route to host".into()),
        ..standing(3, at)
    };
    model.sessions = vec![shell, port, lost];
}

#[test]
fn what_is_open() {
    let list = |columns, rows, selected| {
        let mut model = incident(columns, rows);
        open(&mut model);
        let selected = Some(selected);
        model.overlay = Some(Overlay::Sessions(Sessions { selected }));
        shown(&model)
    };
    assert_snapshot!("sessions-80x24", list(80, 24, 1));
    assert_snapshot!("sessions-port-80x24", list(80, 24, 2));
    assert_snapshot!("sessions-120x40", list(120, 40, 2));
}

#[test]
fn leaving_with_something_open() {
    let mut model = incident(80, 24);
    open(&mut model);
    model.overlay = Some(Overlay::Parting);
    assert_snapshot!("parting-80x24", shown(&model));
}
