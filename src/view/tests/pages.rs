//! The service's page, and what lies over a screen.

use insta::assert_snapshot;

use super::dossier;
use super::estate::{PRODUCTION, part, service_arn};
use super::rows::incident;
use super::shown;
use crate::app::input::Input;
use crate::app::screen::Overlay;
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::app::screen::help::Help;
use crate::app::screen::palette::{Entry, Palette};
use crate::app::screen::service::{ServicePage, Tab};
use crate::app::{Model, Msg, update};
use crate::estate::aspect::Aspect;
use crate::estate::change::{Change, Target};
use crate::estate::closely::example::well;
use crate::estate::environment::Tier;
use crate::estate::history::Memory;
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::policy::{
    Arm, Challenge, Decision, Facts, JournalState, Mode, Reason, Standing, decide,
};

pub(super) fn page(name: &str, tab: Tab, columns: u16, rows: u16) -> Model {
    let mut model = incident(columns, rows);
    let (revision, minutes) = if name == "orders" { (58, 12) } else { (113, 2) };
    dossier::tell(&mut model, name, (revision, minutes));
    let mut opened = ServicePage::new(service_arn(name), PRODUCTION.into());
    opened.tab = tab;
    model.service = Some(opened);
    look(&mut model);
    model
}

/// Lets the model look closely at what is open.
fn look(model: &mut Model) {
    let closed = model.service.take();
    update(model, Msg::Focus(true));
    model.service = closed;
    update(model, Msg::Focus(true));
}

#[test]
fn the_page_of_a_service() {
    let shown = |name: &str, tab, (columns, rows)| shown(&page(name, tab, columns, rows));
    let (small, middle, large) = ((80, 24), (120, 40), (160, 50));
    assert_snapshot!("service-80x24", shown("orders", Tab::Tasks, small));
    assert_snapshot!("service-120x40", shown("orders", Tab::Tasks, middle));
    assert_snapshot!("service-160x50", shown("orders", Tab::Tasks, large));
    assert_snapshot!("service-200x60", shown("orders", Tab::Tasks, (200, 60)));
    assert_snapshot!(
        "deployments-80x24",
        shown("search", Tab::Deployments, small)
    );
    assert_snapshot!(
        "deployments-120x40",
        shown("search", Tab::Deployments, middle)
    );
    assert_snapshot!(
        "deployments-160x50",
        shown("search", Tab::Deployments, large)
    );
    assert_snapshot!("capacity-80x24", shown("orders", Tab::Capacity, small));
    assert_snapshot!("capacity-120x40", shown("orders", Tab::Capacity, middle));
    assert_snapshot!("capacity-160x50", shown("orders", Tab::Capacity, large));
    assert_snapshot!("timeline-80x24", shown("orders", Tab::Timeline, small));
    assert_snapshot!("timeline-120x40", shown("orders", Tab::Timeline, middle));
    assert_snapshot!("timeline-160x50", shown("orders", Tab::Timeline, large));
    assert_snapshot!(
        "service-events-120x40",
        shown("orders", Tab::Events, middle)
    );
    assert_snapshot!("service-logs-80x24", shown("orders", Tab::Logs, small));
}

#[test]
fn what_changed_before_it_broke_is_one_key() {
    let press = |model: &mut Model| {
        update(model, Msg::Key("w".parse().unwrap()));
    };
    let mut model = page("orders", Tab::Tasks, 120, 40);
    press(&mut model);
    assert_snapshot!("changed-120x40", shown(&model));
    press(&mut model);
    let everything = shown(&model);
    assert!(everything.contains("the trouble began"), "{everything}");
    let mut model = page("orders", Tab::Tasks, 120, 40);
    model.service = None;
    press(&mut model);
    assert_snapshot!("changed-environment-120x40", shown(&model));
    update(&mut model, Msg::Key("esc".parse().unwrap()));
    assert!(model.chronicle.is_none());
}

#[test]
fn the_last_lines_of_a_crashed_task_are_one_key_away() {
    let mut model = page("orders", Tab::Tasks, 120, 40);
    update(&mut model, Msg::Key("enter".parse().unwrap()));
    let opened = model.service.as_ref().unwrap();
    let task = opened.last_words.clone().unwrap();
    assert!(shown(&model).contains("asking for its last lines"));
    dossier::last_words(&mut model, "orders", &task);
    assert_snapshot!("last-words-120x40", shown(&model));
    update(&mut model, Msg::Key("enter".parse().unwrap()));
    assert!(!shown(&model).contains("OutOfMemoryError"));
}

#[test]
fn a_page_says_what_is_not_available() {
    let mut model = page("orders", Tab::Capacity, 120, 40);
    let denied = Problem {
        feed: Feed::Tasks,
        operation: "LookupEvents",
        kind: ProblemKind::Denied {
            action: "cloudtrail:LookupEvents".into(),
        },
        sentence: "alice@ops may not cloudtrail:LookupEvents".into(),
        at: model.now,
    };
    let trail = Aspect::of(model.now, Err(denied));
    let part = part(PRODUCTION, News::Memory(Memory::Trail(trail)));
    model.look.snapshot.absorb(part);
    look(&mut model);
    let shown = shown(&model);
    assert!(
        shown.contains("who called AWS: alice@ops may not"),
        "{shown}"
    );
}

#[test]
fn a_page_whose_service_is_gone_says_so() {
    let mut model = page("orders", Tab::Tasks, 80, 24);
    model.look.snapshot.environments[0].services.clear();
    assert!(shown(&model).contains("orders is not there any more"));
}

#[test]
fn the_help() {
    let help = |columns, rows| {
        let mut model = incident(columns, rows);
        model.overlay = Some(Overlay::Help(Help::default()));
        shown(&model)
    };
    assert_snapshot!("help-80x24", help(80, 24));
    assert_snapshot!("help-120x40", help(120, 40));
    assert_snapshot!("help-200x60", help(200, 60));
}

#[test]
fn the_palette() {
    let mut model = incident(80, 24);
    let entry = |text: &str, help: &str| Entry {
        text: text.to_owned(),
        help: help.to_owned(),
        keys: Some("R".to_owned()),
        action: None,
    };
    let mut palette = Palette::default();
    palette.input = Input::holding("re");
    palette.entries = vec![
        entry(
            "redeploy",
            "start new tasks of the service with the same task definition",
        ),
        entry("refresh", "ask AWS for everything again, now"),
    ];
    model.overlay = Some(Overlay::Palette(palette));
    assert_snapshot!("palette-80x24", shown(&model));
}

#[test]
fn the_palette_says_what_is_wrong() {
    let mut model = incident(80, 24);
    let mut palette = Palette::default();
    palette.input = Input::holding("stop production");
    palette.complaint = Some("production has no such verb".to_owned());
    model.overlay = Some(Overlay::Palette(palette));
    let shown = shown(&model);
    assert!(shown.contains("production has no such verb"), "{shown}");
    assert!(!shown.contains("nothing matches"), "{shown}");
}

fn redeploy(model: &Model) -> Change {
    let (place, seen) = model
        .look
        .snapshot
        .service(&service_arn("billing"))
        .unwrap();
    Change::Redeploy(Target::of(&seen.service, &place.environment.name).unwrap())
}

pub(super) fn dialog(stage: Stage, columns: u16, rows: u16) -> Model {
    let mut model = incident(columns, rows);
    model.overlay = Some(Overlay::Dialog(Box::new(Dialog {
        change: redeploy(&model),
        opened_at: model.now,
        stage,
        lines: challenge().lines,
        counts: Input::default(),
        miscounted: None,
        top: 0,
        ready: false,
        reason: Input::holding("OPS-17 tasks are stuck"),
        name: Input::holding("bil"),
        field: Field::Name,
        acknowledged: vec![],
        second: crate::app::screen::second::Second::default(),
    })));
    model
}

/// What policy says of a redeploy of billing.
fn decision(mode: Mode) -> Decision {
    let model = incident(80, 24);
    let change = redeploy(&model);
    let journal = JournalState::Writable;
    let arm = Arm::of_command(model.now, false);
    let (_, sighting) = model
        .look
        .snapshot
        .service(&service_arn("billing"))
        .unwrap();
    let seen = well(&sighting.service, model.now);
    let facts = Facts {
        mode,
        journal: Some(&journal),
        standing: Standing {
            arm: Some(&arm),
            recent: Some(&[]),
            ..Standing::NONE
        },
        examination: Some(&seen),
        ..Facts::seen(&model.look.snapshot, &change, model.now)
    };
    decide(&change, &facts)
}

pub(super) fn challenge() -> Challenge {
    match decision(Mode::Observe) {
        Decision::Ask(challenge) => Challenge {
            complaint: Some("that is not the service's name"),
            ..challenge
        },
        other @ (Decision::Allow(_) | Decision::Deny(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_dialog_shows_the_facts_and_asks() {
    let asking = |columns, rows| shown(&dialog(Stage::Asking(challenge()), columns, rows));
    assert_snapshot!("asking-80x24", asking(80, 24));
    assert_snapshot!("asking-120x40", asking(120, 40));
    assert_snapshot!("asking-200x60", asking(200, 60));
}

#[test]
fn a_dialog_in_production_has_its_own_colour() {
    let tone = |tier| {
        let challenge = Challenge {
            tier,
            ..challenge()
        };
        let model = dialog(Stage::Asking(challenge), 120, 40);
        let picture = super::picture(&model, super::COLOURS);
        let title = picture
            .content
            .iter()
            .enumerate()
            .find_map(|(place, cell)| {
                let text: String = picture.content[place..]
                    .iter()
                    .take(8)
                    .map(ratatui::buffer::Cell::symbol)
                    .collect();
                (text == "redeploy").then_some(cell.bg)
            });
        title.unwrap()
    };
    assert_ne!(tone(Tier::Production), tone(Tier::Staging));
}

#[test]
fn a_dialog_says_why_not() {
    let Decision::Deny(reason) = decision(Mode::ReadOnly) else {
        panic!("read-only allowed it");
    };
    let denied = |columns, rows| shown(&dialog(Stage::Denied(reason.clone()), columns, rows));
    assert_snapshot!("denied-dialog-80x24", denied(80, 24));
    assert_snapshot!("denied-dialog-120x40", denied(120, 40));
    assert_snapshot!("denied-dialog-200x60", denied(200, 60));
    let long = Reason {
        rule: "would-exhaust",
        sentence: "it would open up to 80 more connections, orders-db holds 405 of about 415, and every service that shares it would fail".into(),
        alternative: "recycle the tasks one by one: that frees connections before it opens new ones",
    };
    assert_snapshot!(
        "denied-long-80x24",
        shown(&dialog(Stage::Denied(long), 80, 24))
    );
}

#[test]
fn a_dialog_follows_its_change() {
    let words = |stage| shown(&dialog(stage, 80, 24));
    let carrying = words(Stage::Carrying {
        words: "the intent is journalled; reading the service again".into(),
    });
    assert!(
        carrying.contains("◌ the intent is journalled"),
        "{carrying}"
    );
    let done = words(Stage::Done {
        words: "AWS started deployment ecs-svc/99".into(),
        journal: "42".into(),
    });
    assert!(done.contains("journal entry 42"), "{done}");
    let failed = words(Stage::Failed {
        words: "nobody knows whether it was done: the connection broke".into(),
    });
    assert!(failed.contains("✖ nobody knows"), "{failed}");
}

/// Wherever there is room for a column of it, every word of the help is there.
#[test]
fn no_word_of_the_help_is_cut() {
    for (columns, rows) in [(80, 24), (110, 30), (120, 40), (200, 60)] {
        let mut model = page("orders", Tab::Tasks, columns, rows);
        model.service = None;
        update(&mut model, Msg::Key("?".parse().unwrap()));
        let mut seen = 0;
        for _ in 0..40 {
            let picture = shown(&model);
            for line in picture.lines() {
                let inside = line
                    .split_once('│')
                    .and_then(|(_, rest)| rest.rsplit_once('│'));
                let words = inside.map_or("", |(words, _)| words);
                assert!(!words.contains('…'), "{columns}x{rows}: {line}");
                seen += usize::from(!words.is_empty());
            }
            update(&mut model, Msg::Key("pagedown".parse().unwrap()));
        }
        assert!(seen > 20, "nothing was looked at");
    }
}

/// A person reads the whole sentence wherever they are: what does not fit goes on in the next line.
#[test]
fn no_word_of_a_page_of_text_is_cut() {
    for (columns, rows) in [(80, 24), (120, 40)] {
        let mut model = page("orders", Tab::Tasks, columns, rows);
        update(&mut model, Msg::Key("g".parse().unwrap()));
        update(&mut model, Msg::Key("p".parse().unwrap()));
        let mut told = String::new();
        for _ in 0..40 {
            let picture = shown(&model);
            let inside = picture.lines().filter(|line| line.starts_with('│'));
            inside.for_each(|line| told.push_str(line));
            update(&mut model, Msg::Key("pagedown".parse().unwrap()));
        }
        assert!(told.contains("the console was started read-only"), "{told}");
        assert!(
            told.len() > 2_000 && !told.contains('…'),
            "{columns}x{rows}: {told}"
        );
    }
}

/// What differs between two images is at their end; their path is not what a person looks for.
#[test]
fn what_a_revision_changed_is_in_sight() {
    let mut model = page("search", Tab::Deployments, 120, 40);
    update(&mut model, Msg::Key("pagedown".parse().unwrap()));
    let picture = shown(&model);
    let line = picture
        .lines()
        .find(|line| line.trim_start().starts_with("image  "));
    let line = line.unwrap_or_else(|| panic!("no image:\n{picture}"));
    assert!(line.contains(" → ") && !line.contains("dkr.ecr"), "{line}");
}

/// The strip that names the keys may be covered by the dialog, so its last line names them.
#[test]
fn a_dialog_says_which_key_goes_on() {
    let typed = Challenge {
        complaint: Some(crate::policy::UNREAD),
        amber: vec!["alarms"],
        ..challenge()
    };
    let unread = shown(&dialog(Stage::Asking(typed.clone()), 80, 24));
    assert!(unread.contains("acknowledged, ctrl-k does it"), "{unread}");
    let mut model = dialog(Stage::Asking(typed), 80, 24);
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay {
        dialog.ready = true;
    }
    let ready = shown(&model);
    assert!(ready.contains("happened yet, ctrl-s does it"), "{ready}");
}
