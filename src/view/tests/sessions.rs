//! What there is to enter, what is open, and the question before leaving.

use insta::assert_snapshot;

use super::estate::{PRODUCTION, service_arn};
use super::rows::incident;
use super::shown;
use crate::app::Model;
use crate::app::Msg;
use crate::app::screen::Overlay;
use crate::app::screen::entering::{Asked, Entering};
use crate::app::screen::sessions::Sessions;
use crate::app::update;
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
        environment: PRODUCTION.into(),
        service: service.clone(),
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
        left: crate::estate::SignedDuration::from_secs(290),
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
