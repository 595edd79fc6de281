//! Picking a container, being let in, and what is open.

use super::*;
use crate::app::effect::Opening;
use crate::app::msg::{RoadNews, RoadStage, SessionNews, Tone};
use crate::app::screen::Overlay;
use crate::app::screen::dialog::Stage;
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::environment::Tier;
use crate::estate::session::Purpose;
use crate::estate::standing::example::{standing, way};
use crate::estate::standing::{Standing, Way};
use crate::estate::text::Text;

fn ways(desktop: &Desktop) -> Vec<Way> {
    let at = desktop.model.now;
    vec![way("a", "app", 1, at), way("b", "app", 90, at)]
}

fn looked(desktop: &mut Desktop, ways: Result<Vec<Way>, Text>) {
    desktop.tell(Msg::Ways(arn("orders"), ways));
}

fn picking() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    desktop.press("s");
    assert!(matches!(desktop.model.overlay, Some(Overlay::Picker)));
    let found = ways(&desktop);
    looked(&mut desktop, Ok(found));
    desktop
}

fn asked() -> Desktop {
    let mut desktop = picking();
    desktop.press("enter").wait(300);
    desktop
}

fn stage(desktop: &Desktop) -> &Stage {
    match &desktop.model.overlay {
        Some(Overlay::Dialog(dialog)) => &dialog.stage,
        other => panic!("no dialog but {other:?}"),
    }
}

fn opened(desktop: &mut Desktop) -> Box<Opening> {
    desktop
        .text("pool stuck")
        .press("enter")
        .text("orders")
        .press("ctrl-s");
    match desktop.effects.pop() {
        Some(Effect::Open(opening)) => opening,
        other => panic!("nothing is opened but {other:?}"),
    }
}

fn told(desktop: &mut Desktop, shell: bool) {
    desktop.tell(Msg::Session(SessionNews::Opened {
        number: 7,
        environment: "production".into(),
        service: arn("orders"),
        shell,
        words: "it is open".into(),
    }));
}

#[test]
fn the_healthiest_is_offered_and_the_selection_stays() {
    let mut desktop = picking();
    let selected = |desktop: &Desktop| desktop.model.entering.as_ref().unwrap().index();
    assert_eq!(
        selected(&desktop),
        Some(1),
        "the one that has run the longest"
    );
    desktop.press("k");
    assert_eq!(selected(&desktop), Some(0));
    let mut found = ways(&desktop);
    found.reverse();
    looked(&mut desktop, Ok(found));
    assert_eq!(
        selected(&desktop),
        Some(1),
        "the same task, on another line"
    );
    looked(&mut desktop, Err("ThrottlingException".into()));
    assert_eq!(selected(&desktop), Some(1), "what was seen is kept");
    let gone = vec![ways(&desktop)[1].clone()];
    looked(&mut desktop, Ok(gone));
    assert_eq!(selected(&desktop), Some(0), "what is gone is not selected");
}

#[test]
fn the_containers_are_looked_at_while_somebody_picks_or_answers() {
    let looks = |desktop: &Desktop| {
        let mut all = subscriptions(&desktop.model).into_iter();
        all.any(|one| matches!(one, Subscription::Ways { .. }))
    };
    let mut desktop = picking();
    assert!(looks(&desktop));
    desktop.press("enter").wait(300);
    assert!(looks(&desktop));
    desktop.press("esc");
    assert!(!looks(&desktop));
    desktop.press("s esc");
    assert!(!looks(&desktop) && desktop.model.entering.is_none());
}

#[test]
fn a_shell_asks_like_every_change_and_is_entered_when_it_is_open() {
    let mut desktop = asked();
    assert!(matches!(stage(&desktop), Stage::Asking(_)));
    let opening = opened(&mut desktop);
    assert_eq!(opening.tier, Tier::Production);
    assert_eq!(opening.approved.reason(), "pool stuck");
    assert!(opening.aws.contains("recorded by AWS"), "{}", opening.aws);
    assert!(matches!(stage(&desktop), Stage::Carrying { .. }));
    told(&mut desktop, true);
    assert!(desktop.model.overlay.is_none());
    assert!(matches!(desktop.effects.pop(), Some(Effect::Enter(7))));
    assert_eq!(desktop.model.carrying, None);
}

#[test]
fn whoever_went_on_is_told_and_not_carried_off() {
    let mut desktop = asked();
    opened(&mut desktop);
    desktop.press("esc");
    told(&mut desktop, true);
    assert!(desktop.effects.is_empty());
    assert_eq!(desktop.model.notice.as_ref().unwrap().tone, Tone::Good);
}

#[test]
fn what_cannot_be_opened_is_said_in_the_dialog() {
    let mut desktop = asked();
    opened(&mut desktop);
    desktop.tell(Msg::Road(RoadNews {
        service: arn("orders"),
        stage: RoadStage::Failed {
            words: "AccessDenied".into(),
            denied: None,
        },
    }));
    assert!(matches!(stage(&desktop), Stage::Failed { .. }));
    assert_eq!(desktop.model.carrying, None);
}

#[test]
fn what_stands_in_the_way_is_said_before_anybody_tries() {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop.press("s");
    let mut found = ways(&desktop);
    for way in &mut found {
        way.patient.exec_enabled = false;
    }
    looked(&mut desktop, Ok(found));
    desktop.press("enter").wait(300);
    let Stage::Denied(why) = stage(&desktop) else {
        panic!("it asks for a reason")
    };
    assert_eq!(why.rule, "session-cannot-work");
    let found = ways(&desktop);
    looked(&mut desktop, Ok(found));
    assert!(
        matches!(stage(&desktop), Stage::Asking(_)),
        "mended meanwhile"
    );
}

#[test]
fn a_look_that_grew_old_allows_nothing() {
    let mut desktop = asked();
    desktop.text("pool stuck").press("enter").text("orders");
    // Everything else is looked at again, the container is not.
    desktop.wait(31_000).part(News::Identity(Some(caller())));
    desktop.see(&[("orders", 4), ("web", 4)]);
    desktop.wait(1_000);
    let Stage::Denied(why) = stage(&desktop) else {
        panic!("an old look was enough")
    };
    assert_eq!(why.rule, "unexamined");
}

#[test]
fn commands_pick_too() {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    desktop
        .press(":")
        .text("shell orders --task b --reason why --minutes 5")
        .press("enter");
    let mut found = ways(&desktop);
    found[0].task.started_at = None;
    looked(&mut desktop, Ok(found));
    let entering = desktop.model.entering.as_ref().unwrap();
    assert_eq!(
        (entering.index(), entering.asked.minutes),
        (Some(1), Some(5))
    );
    desktop
        .press("enter")
        .wait(300)
        .text("orders")
        .press("ctrl-s");
    assert!(matches!(desktop.effects.pop(), Some(Effect::Open(_))));

    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop.press("f");
    desktop
        .text("db.internal:5432 --local 15432")
        .press("enter");
    let asked = &desktop.model.entering.as_ref().unwrap().asked;
    assert_eq!(asked.local, 15432);
    let (host, port) = (Some("db.internal".into()), 5432);
    assert_eq!(asked.purpose, Purpose::Forward { host, port });
    let found = ways(&desktop);
    looked(&mut desktop, Ok(found));
    desktop.press("enter").wait(300);
    opened(&mut desktop);
    told(&mut desktop, false);
    assert!(matches!(desktop.model.overlay, Some(Overlay::Sessions(_))));
}

fn with_sessions(numbers: &[u32]) -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    let at = desktop.model.now;
    stand(
        &mut desktop,
        numbers.iter().map(|&number| standing(number, at)),
    );
    desktop
}

fn stand(desktop: &mut Desktop, all: impl Iterator<Item = Standing>) {
    desktop.tell(Msg::Session(SessionNews::Standing(all.collect())));
}

#[test]
fn the_list_goes_back_in_and_ends() {
    let mut desktop = with_sessions(&[1, 2, 3]);
    desktop.press("o j enter");
    assert!(matches!(desktop.effects.pop(), Some(Effect::Enter(2))));
    let at = desktop.model.now;
    stand(
        &mut desktop,
        [2, 3].into_iter().map(|number| standing(number, at)),
    );
    desktop.press("x");
    assert!(
        matches!(desktop.effects.pop(), Some(Effect::End(2))),
        "the same one"
    );
    desktop.press("j j x");
    assert!(matches!(desktop.effects.pop(), Some(Effect::End(3))));
    stand(&mut desktop, std::iter::empty());
    desktop.press("x enter");
    assert!(desktop.effects.is_empty());
}

#[test]
fn a_port_has_no_screen_to_go_into() {
    let mut desktop = with_sessions(&[1]);
    let mut port = desktop.model.sessions[0].clone();
    port.port = Some(crate::estate::standing::Port::default());
    stand(&mut desktop, [port].into_iter());
    desktop.press("o enter");
    assert!(desktop.effects.is_empty());
    desktop.press("x");
    assert!(matches!(desktop.effects.pop(), Some(Effect::End(1))));
}

#[test]
fn quitting_with_something_open_asks_first() {
    let mut desktop = with_sessions(&[1]);
    desktop.press("q");
    assert!(desktop.effects.is_empty());
    assert!(matches!(desktop.model.overlay, Some(Overlay::Parting)));
    desktop.press("q enter esc");
    assert!(desktop.effects.is_empty() && desktop.model.overlay.is_none());
    desktop.press("q ctrl-s");
    assert!(matches!(desktop.effects.pop(), Some(Effect::Quit)));

    let mut desktop = with_sessions(&[]);
    desktop.press("q");
    assert!(matches!(desktop.effects.pop(), Some(Effect::Quit)));
}

#[test]
fn what_is_said_of_a_session_nobody_looks_at_is_told_once() {
    let mut desktop = with_sessions(&[1]);
    let mut one = desktop.model.sessions[0].clone();
    one.said = Some("the task is being stopped".into());
    stand(&mut desktop, [one.clone()].into_iter());
    let words = desktop.model.notice.take().unwrap().words;
    assert_eq!(&*words, "shell in orders: the task is being stopped");
    stand(&mut desktop, [one].into_iter());
    assert_eq!(desktop.model.notice, None);
    desktop.tell(Msg::Session(SessionNews::Ended {
        environment: "production".into(),
        service: arn("orders"),
        words: "the time box ended".into(),
        bad: false,
    }));
    let words = &desktop.model.notice.as_ref().unwrap().words;
    assert_eq!(&**words, "orders: the time box ended");
    assert!(desktop.model.look.feed[0].words.contains("time box"));
}
