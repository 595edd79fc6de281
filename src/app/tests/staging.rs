use super::*;
use crate::app::action::Action;
use crate::app::msg::{RoadNews, RoadStage};
use crate::app::screen::Overlay;
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::estate::environment::Tier;
use crate::estate::staging::{Event, Goal, Phase, Sight, State, Survey};

/// A console over production, and a staging environment of the same account with two services.
fn desktop() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 0)]);
    desktop.model.look.snapshot.environments[1].environment.tier = Tier::Staging;
    let at = desktop.model.now;
    desktop.tell(Msg::Part(Part {
        environment: "staging".into(),
        at,
        news: News::Identity(Some(caller())),
        problems: vec![],
    }));
    desktop
}

fn survey(at: Timestamp) -> Box<Survey> {
    Box::new(Survey {
        taken_at: at,
        caller: caller(),
        region: "eu-central-1".into(),
        clusters: vec![orders().cluster],
        lock: None,
        services: ["api", "web"]
            .map(|name| Sight::of(service(name, 4)))
            .into(),
        databases: vec![],
        muting: None,
        problems: vec![],
    })
}

fn planned() -> Desktop {
    let mut desktop = desktop();
    desktop.press(":").text("stop staging").press("enter");
    let asked = desktop.effects.pop();
    assert!(
        matches!(&asked, Some(Effect::Survey(name, Goal::Stop)) if name.as_str() == "staging"),
        "{asked:?}"
    );
    assert!(desktop.model.overlay.is_none());
    let at = desktop.model.now;
    desktop.tell(Msg::Survey("staging".into(), Goal::Stop, Ok(survey(at))));
    desktop.wait(300);
    desktop
}

fn dialog(desktop: &Desktop) -> &Dialog {
    match &desktop.model.overlay {
        Some(Overlay::Dialog(dialog)) => dialog,
        other => panic!("no dialog but {other:?}"),
    }
}

#[test]
fn an_environment_is_planned_asked_for_and_followed_to_its_end() {
    let mut desktop = planned();
    assert_eq!(dialog(&desktop).change.plan().unwrap().totals().work, 2);
    desktop.text("evening").press("enter").text("stagin");
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty(), "the name is not whole");
    desktop.text("g").press("ctrl-s");
    let Some(Effect::Carry(approved)) = desktop.effects.pop() else {
        panic!("nothing was carried out")
    };
    let (name, cluster) = ("staging", approved.change().target().service.clone());
    assert_eq!(approved.change().confirmation(), name);
    desktop.tell(Msg::Staging(name.into(), Event::Phase(Phase::Tier(1, 1))));
    desktop.tell(Msg::Staging(
        name.into(),
        Event::Service(arn("api"), State::Done),
    ));
    desktop.tell(Msg::Staging("another".into(), Event::Phase(Phase::Over)));
    let run = desktop.model.run.as_ref().unwrap();
    assert_eq!(
        (run.progress.counts(), &run.progress.phase),
        ((1, 2), &Phase::Tier(1, 1))
    );
    let (journal, words) = ("".into(), "2 stopped".into());
    desktop.tell(Msg::Road(RoadNews {
        service: cluster,
        stage: RoadStage::Done { journal, words },
    }));
    assert!(matches!(dialog(&desktop).stage, Stage::Done { .. }));
    assert!(desktop.model.carrying.is_none());
}

#[test]
fn production_has_no_such_verb() {
    let mut desktop = desktop();
    desktop.press("S U");
    assert!(desktop.effects.is_empty());
    desktop.press(":").text("stop production").press("enter");
    assert!(desktop.effects.is_empty());
    let Some(Overlay::Palette(palette)) = &desktop.model.overlay else {
        panic!("the palette closed")
    };
    let complaint = palette.complaint.as_deref().unwrap();
    assert!(
        complaint == "stop knows staging, not production",
        "{complaint}"
    );
    let hints = crate::app::guide::hints(&desktop.model);
    assert!(!hints.iter().any(|hint| hint.words == "stop all"));
}

#[test]
fn a_look_nobody_waits_for_opens_nothing() {
    let mut desktop = desktop();
    let at = desktop.model.now;
    desktop.tell(Msg::Survey("staging".into(), Goal::Stop, Ok(survey(at))));
    assert!(desktop.model.overlay.is_none());
    desktop.press(":").text("start staging").press("enter ?");
    desktop.tell(Msg::Survey("staging".into(), Goal::Start, Ok(survey(at))));
    assert!(matches!(desktop.model.overlay, Some(Overlay::Help(_))));
    desktop.press("esc :").text("start staging").press("enter");
    desktop.tell(Msg::Survey(
        "staging".into(),
        Goal::Start,
        Err("throttled".into()),
    ));
    let notice = desktop.model.notice.as_ref().unwrap();
    assert_eq!(&*notice.words, "staging could not be looked at: throttled");
}

#[test]
fn a_plan_of_somebody_else_at_it_or_grown_old_is_denied() {
    let mut desktop = planned();
    desktop.wait(301_000);
    assert!(matches!(&dialog(&desktop).stage, Stage::Denied(why) if why.rule == "plan-old"));
}

#[test]
fn where_all_is_production_no_help_speaks_of_it() {
    let mut desktop = desktop();
    let speaks = |desktop: &Desktop| {
        let mut lines = crate::app::manual::manual(&desktop.model)
            .into_iter()
            .flat_map(|chapter| chapter.lines);
        lines.any(|line| line.action == Action::StopEnvironment)
    };
    assert!(speaks(&desktop));
    for one in &mut desktop.model.look.snapshot.environments {
        one.environment.tier = Tier::Production;
    }
    assert!(!speaks(&desktop));
    desktop.press(":").text("stop production").press("enter");
    assert_eq!(
        complaint(&desktop),
        "no environment of the settings is one to stop"
    );
}

fn complaint(desktop: &Desktop) -> String {
    match &desktop.model.overlay {
        Some(Overlay::Palette(palette)) => palette.complaint.clone().unwrap(),
        other => panic!("no palette but {other:?}"),
    }
}

#[test]
fn the_palette_takes_what_the_command_line_takes() {
    let mut desktop = desktop();
    let line = "stop staging --reason evening --confirm staging";
    desktop.press(":").text(line).press("enter");
    assert!(matches!(desktop.effects.pop(), Some(Effect::Survey(..))));
    let at = desktop.model.now;
    desktop.tell(Msg::Survey("staging".into(), Goal::Stop, Ok(survey(at))));
    desktop.wait(300);
    assert_eq!(dialog(&desktop).reason.text(), "evening");
    assert!(dialog(&desktop).ready, "only the last key is missing");
    desktop.press("esc");
    for (flag, words) in [
        ("--yes", "for schedulers"),
        ("--dry-run", "the dialog is the dry run"),
        ("--json", "belongs on a command line"),
    ] {
        let line = format!("stop staging {flag}");
        desktop.press(":").text(&line).press("enter");
        assert!(complaint(&desktop).contains(words), "{flag}");
        desktop.press("esc");
    }
    assert!(desktop.effects.is_empty());
}

/// A start of which one service carries no record.
fn asking() -> Desktop {
    let mut desktop = desktop();
    desktop.press(":").text("start staging").press("enter");
    desktop.effects.clear();
    let at = desktop.model.now;
    let mut survey = survey(at);
    for sight in &mut survey.services {
        sight.service.desired = 0;
        sight.service.running = 0;
        sight.last_count = Some(3);
    }
    let tag = "v1 d=2 at=2026-11-20T18:02Z by=alice";
    survey.services[1].service.tags = vec![("firstline:restore".into(), tag.into())];
    desktop.tell(Msg::Survey("staging".into(), Goal::Start, Ok(survey)));
    desktop.wait(300);
    desktop
}

#[test]
fn without_a_record_the_dialog_asks_for_a_count() {
    let mut desktop = asking();
    assert_eq!(dialog(&desktop).field, Field::Counts);
    assert_eq!(dialog(&desktop).proposal().as_deref(), Some("api=3"));
    let work = |desktop: &Desktop| dialog(desktop).change.plan().unwrap().totals().work;
    assert_eq!(work(&desktop), 1, "nothing typed leaves it");
    desktop.text("web=1");
    let miscounted = dialog(&desktop).miscounted.clone();
    assert_eq!(miscounted.as_deref(), Some("web does not ask for a count"));
    desktop
        .press("tab")
        .text("morning")
        .press("tab")
        .text("staging");
    assert!(!dialog(&desktop).ready);
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty());
    // Back to the counts, emptied; then what is proposed is taken over.
    desktop.press("tab ctrl-u");
    assert!(dialog(&desktop).ready);
    desktop.press("right");
    assert_eq!(dialog(&desktop).counts.text(), "api=3");
    assert_eq!(work(&desktop), 2);
    desktop.press("ctrl-s");
    let Some(Effect::Carry(approved)) = desktop.effects.pop() else {
        panic!("nothing was carried out")
    };
    let plan = approved.change().plan().unwrap();
    let api = plan
        .services
        .iter()
        .find(|one| &*one.name == "api")
        .unwrap();
    assert_eq!((api.count, api.after(Goal::Start)), (Some(3), 3));
}

#[test]
fn a_closed_dialog_of_a_run_is_opened_again_and_knows_how_it_goes() {
    let mut desktop = planned();
    desktop.text("evening").press("enter").text("staging");
    desktop.press("ctrl-s");
    let Some(Effect::Carry(approved)) = desktop.effects.pop() else {
        panic!("nothing was carried out")
    };
    let service = approved.change().target().service.clone();
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none());
    let done = Event::Service(arn("api"), State::Done);
    desktop.tell(Msg::Staging("staging".into(), done));
    desktop.press(":").text("stop staging").press("enter");
    assert!(desktop.effects.is_empty(), "nobody looks again meanwhile");
    assert!(matches!(dialog(&desktop).stage, Stage::Carrying { .. }));
    desktop.press("esc");
    let (journal, words) = ("".into(), "2 stopped".into());
    let stage = RoadStage::Done { journal, words };
    desktop.tell(Msg::Road(RoadNews { service, stage }));
    let run = desktop.model.run.as_ref().unwrap();
    let closed = run.closed.as_ref().unwrap();
    assert!(matches!(closed.stage, Stage::Done { .. }));
}
