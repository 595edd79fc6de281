use super::*;
use crate::app::msg::{RoadNews, RoadStage};
use crate::app::screen::Overlay;
use crate::app::screen::dialog::{Dialog, Stage};
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
