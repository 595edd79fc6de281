//! The dialog of a whole environment.

use insta::assert_snapshot;

use super::estate::{STAGING, ago, now};
use super::rows::incident;
use super::shown;
use crate::app::Model;
use crate::app::input::Input;
use crate::app::screen::Overlay;
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::app::screen::staging::Run;
use crate::estate::change::Change;
use crate::estate::staging::{
    Asleep, Event, Goal, Orders, Phase, Plan, Progress, RESTORE_TAG, Scaling, Sight, Size, Sleeper,
    State, Survey, Suspended,
};
use crate::policy::{Decision, Facts, JournalState, decide};

/// What a look at staging found: one service with auto scaling, one that came back.
fn plan(model: &Model) -> Plan {
    let place = &model.look.snapshot.environments[1];
    let size = Some(Size {
        units: 512,
        mebibytes: 1024,
    });
    let mut services: Vec<Sight> = place
        .services
        .values()
        .map(|seen| Sight {
            size,
            ..Sight::of(seen.service.clone())
        })
        .collect();
    services[0].scaling = Some(Scaling {
        min: 1,
        max: 4,
        suspended: Suspended::default(),
    });
    let record = "v1 d=2 at=2026-11-20T18:02Z by=alice";
    services[1].service.tags = vec![(RESTORE_TAG.into(), record.into())];
    services[1].actor = Some("deployed by ci".into());
    let survey = Survey {
        taken_at: ago(0, 2),
        caller: place.identity.clone().unwrap(),
        region: place.environment.region.clone(),
        clusters: place.clusters.clone(),
        lock: None,
        services,
        databases: vec![],
        muting: None,
        problems: vec![],
    };
    let orders = Orders::default();
    Plan::new(Goal::Stop, (&place.environment, &orders), &survey, now()).unwrap()
}

pub(super) fn dialog(
    columns: u16,
    rows: u16,
    stage: impl FnOnce(&Model, &Change) -> Stage,
) -> Model {
    let mut model = incident(columns, rows);
    let change = Change::StopEnvironment(Box::new(plan(&model)));
    let stage = stage(&model, &change);
    model.overlay = Some(Overlay::Dialog(Box::new(Dialog {
        change,
        opened_at: model.now,
        stage,
        lines: Vec::new(),
        ready: false,
        counts: Input::default(),
        miscounted: None,
        top: 0,
        reason: Input::holding("evening"),
        name: Input::default(),
        field: Field::Name,
        acknowledged: vec![],
        second: crate::app::screen::second::Second::default(),
    })));
    model
}

pub(super) fn asking(model: &Model, change: &Change) -> Stage {
    let journal = JournalState::Writable;
    let facts = Facts {
        journal: Some(&journal),
        ..Facts::seen(&model.look.snapshot, change, model.now)
    };
    match decide(change, &facts) {
        Decision::Ask(challenge) => Stage::Asking(challenge),
        other @ (Decision::Allow(_) | Decision::Deny(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_has_a_row_for_each_service() {
    assert_snapshot!("staging-asking-80x24", shown(&dialog(80, 24, asking)));
    assert_snapshot!("staging-asking-120x40", shown(&dialog(120, 40, asking)));
}

#[test]
fn each_row_says_how_far_it_is() {
    let words = "on its way".into();
    let mut model = dialog(120, 40, |_, _| Stage::Carrying { words });
    let plan = plan(&model);
    let mut progress = Progress::new(&plan, now());
    progress.absorb(&Event::Phase(Phase::Tier(1, 1)));
    let at = |place: usize| plan.services[place].service.clone();
    progress.absorb(&Event::Service(at(0), State::Done));
    let (running, desired) = (1, 0);
    progress.absorb(&Event::Service(
        at(1),
        State::Settling {
            running,
            desired,
            unready: None,
        },
    ));
    let words = "AWS says no".into();
    progress.absorb(&Event::Service(at(2), State::Failed { words }));
    model.run = Some(Run {
        environment: STAGING.into(),
        progress,
        closed: None,
    });
    assert_snapshot!("staging-carrying-120x40", shown(&model));
}

/// Staging with a record on every service, of which the first came back.
fn stopped(columns: u16) -> Model {
    let mut model = incident(columns, 60);
    let place = &mut model.look.snapshot.environments[1];
    let mut asleep = Asleep::default();
    for (index, seen) in place.services.values_mut().enumerate() {
        let record = "v1 d=2 at=2026-11-21T12:02Z by=alice";
        seen.service.tags = vec![(RESTORE_TAG.into(), record.into())];
        seen.service.desired = u32::from(index == 0);
        let sleeper = Sleeper {
            size: Some(Size {
                units: 512,
                mebibytes: 1024,
            }),
            back: (index == 0).then(|| "role/ci deployed auth:7".into()),
        };
        asleep.services.insert(seen.service.arn.clone(), sleeper);
    }
    place.asleep = Some(asleep);
    model
}

#[test]
fn the_strip_says_who_stopped_it_what_it_saves_and_what_came_back() {
    let mut model = stopped(250);
    let told = shown(&model);
    assert!(
        told.contains(
            "▲ auth came back: role/ci deployed auth:7  \
             stopped by alice 2 h ago, 4 services, saves about $3.18 a night"
        ),
        "{told}"
    );
    // Nobody guesses: without sizes the saving is unknown, and unread it is not told.
    let asleep = &mut model.look.snapshot.environments[1].asleep;
    *asleep = Some(Asleep::default());
    assert!(shown(&model).contains("4 services, saving unknown"));
    model.look.snapshot.environments[1].asleep = None;
    let told = shown(&model);
    assert!(told.contains("2 h ago, 4 services"), "{told}");
    assert!(!told.contains("4 services, sav"), "{told}");
}
