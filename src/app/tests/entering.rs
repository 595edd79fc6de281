//! Picking a container, being let in, and what is open.

use super::*;
use crate::app::effect::Opening;
use crate::app::msg::{RoadNews, RoadStage, SessionNews, Tone};
use crate::app::screen::Overlay;
use crate::app::screen::dialog::Stage;
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::change::Change;
use crate::estate::environment::Tier;
use crate::estate::id::NodeId;
use crate::estate::node::example::well;
use crate::estate::node::{Node, Ping};
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

fn nodes(desktop: &Desktop) -> Vec<Node> {
    let at = desktop.model.now;
    let mut lost = well(at);
    lost.id = "i-0ffffffffffffffff".into();
    lost.name = "alpha".into();
    lost.ping = Ping::Lost;
    let mut other = well(at);
    other.id = "mi-0123456789abcdef0".into();
    other.name = "gateway".into();
    vec![lost, well(at), other]
}

fn answered(desktop: &mut Desktop, production: Vec<Node>) {
    desktop.tell(Msg::Nodes("production".into(), Ok(production)));
    desktop.tell(Msg::Nodes("staging".into(), Ok(Vec::new())));
}

fn selected_node(desktop: &Desktop) -> Option<NodeId> {
    let entering = desktop.model.entering.as_ref().unwrap();
    entering.nodes.as_ref().unwrap().selected.clone()
}

#[test]
fn nodes_are_looked_at_in_place_of_the_containers() {
    let mut desktop = picking();
    desktop.press("tab");
    let polled = |desktop: &Desktop| {
        let all = subscriptions(&desktop.model);
        let nodes = all
            .iter()
            .filter(|one| matches!(one, Subscription::Nodes { .. }));
        let ways = all
            .iter()
            .any(|one| matches!(one, Subscription::Ways { .. }));
        (nodes.count(), ways)
    };
    assert_eq!(polled(&desktop), (2, false), "in every environment");
    desktop.press("tab");
    assert_eq!(polled(&desktop), (0, true));
    assert!(
        desktop.model.entering.as_ref().unwrap().is_chosen(),
        "as before"
    );
}

#[test]
fn of_several_nodes_that_answer_none_is_taken_unasked() {
    let mut desktop = picking();
    desktop.press("tab");
    let found = nodes(&desktop);
    desktop.tell(Msg::Nodes("production".into(), Ok(found[..2].to_vec())));
    assert_eq!(selected_node(&desktop), None, "another has not answered");
    desktop.tell(Msg::Nodes("staging".into(), Err("AccessDenied".into())));
    assert_eq!(selected_node(&desktop), None, "it may have more, who knows");
    answered(&mut desktop, found[..2].to_vec());
    assert_eq!(
        selected_node(&desktop),
        Some(found[1].id.clone()),
        "the only one online"
    );

    let mut desktop = picking();
    desktop.press("tab enter");
    assert!(
        matches!(desktop.model.overlay, Some(Overlay::Picker)),
        "nothing to take yet"
    );
    answered(&mut desktop, found.clone());
    assert_eq!(selected_node(&desktop), None);
    desktop.press("j j");
    assert_eq!(
        selected_node(&desktop),
        Some(found[2].id.clone()),
        "online first, by name"
    );
    answered(&mut desktop, found[..2].to_vec());
    assert_eq!(
        selected_node(&desktop),
        Some(found[1].id.clone()),
        "what is gone is not selected"
    );
}

#[test]
fn a_named_node_is_entered_under_its_own_id() {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop
        .press(":")
        .text("shell gateway --instance --reason why --minutes 5")
        .press("enter");
    let found = nodes(&desktop);
    answered(&mut desktop, found.clone());
    assert_eq!(selected_node(&desktop), Some(found[2].id.clone()));
    desktop
        .press("enter")
        .wait(300)
        .text("gateway")
        .press("ctrl-s");
    assert!(desktop.effects.is_empty(), "its name is not its id");
    desktop
        .press("ctrl-u")
        .text("mi-0123456789abcdef0")
        .press("ctrl-s");
    let Some(Effect::Open(opening)) = desktop.effects.pop() else {
        panic!("nothing is opened: {:?}", stage(&desktop));
    };
    assert_eq!(
        opening.tier,
        Tier::Production,
        "nothing proves that it is not"
    );
    assert!(opening.aws.contains("preferences"), "{}", opening.aws);
    let target = opening.approved.change().target();
    assert!(
        target
            .service
            .as_str()
            .ends_with(":managed-instance/mi-0123456789abcdef0")
    );
    desktop.tell(Msg::Session(SessionNews::Opened {
        number: 7,
        environment: "production".into(),
        service: target.service.clone(),
        shell: true,
        words: "it is open".into(),
    }));
    assert!(matches!(desktop.effects.pop(), Some(Effect::Enter(7))));
    assert!(desktop.model.look.feed[0].words.contains("it is open"));
}

#[test]
fn a_lost_node_and_one_that_is_none_are_said() {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop.press(":").text("nodes").press("enter");
    let lost = nodes(&desktop)[..1].to_vec();
    answered(&mut desktop, lost);
    desktop.press("j enter").wait(300);
    let Stage::Denied(why) = stage(&desktop) else {
        panic!("it asks for a reason")
    };
    assert_eq!(why.rule, "node-cannot-work");

    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop
        .press(":")
        .text("forward nowhere 80 --instance")
        .press("enter");
    let found = nodes(&desktop);
    answered(&mut desktop, found);
    let entering = desktop.model.entering.as_ref().unwrap();
    let why = entering.nodes.as_ref().unwrap().unsure().unwrap();
    assert!(why.contains("manages no node \"nowhere\""), "{why}");
}

#[test]
fn a_service_nobody_has_read_yet_is_not_said_to_be_none() {
    let complaint = |desktop: &mut Desktop| {
        desktop.press(":").text("shell orders").press("enter");
        let Some(Overlay::Palette(palette)) = &desktop.model.overlay else {
            panic!("no palette")
        };
        palette.complaint.clone().unwrap()
    };
    let mut desktop = Desktop::unread(crate::policy::Mode::Observe);
    let why = complaint(&mut desktop);
    assert!(
        why.contains("production is still being read: try again"),
        "{why}"
    );
    // What was typed is still there: Enter is the second try.
    desktop.part(News::Identity(Some(caller())));
    desktop.see(&[("orders", 4)]);
    desktop.press("enter");
    assert!(matches!(desktop.model.overlay, Some(Overlay::Picker)));

    let mut desktop = Desktop::over(&[("web", 4)]);
    let why = complaint(&mut desktop);
    assert!(!why.contains("production is still"), "{why}");
}

/// The palette takes as many far ends as the command line does; each is a session of its own, asked
/// for with what was answered for the one before.
#[test]
fn several_far_ends_are_asked_for_one_after_the_other() {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    let line = "forward orders 8080 orders-db.internal:5432 --local 18080 --local 15432";
    desktop.press(":").text(line).press("enter");
    let found = ways(&desktop);
    looked(&mut desktop, Ok(found));
    desktop.press("enter").wait(300);
    let first = opened(&mut desktop);
    let far = |opening: &Opening| {
        let Change::Session(session) = opening.approved.change() else {
            panic!("{:?}", opening.approved.change());
        };
        session.purpose.clone()
    };
    let of = |host: Option<&str>, port| Purpose::Forward {
        host: host.map(Into::into),
        port,
    };
    assert_eq!((far(&first), first.local), (of(None, 8080), 18_080));
    told(&mut desktop, false);
    assert!(
        matches!(stage(&desktop), Stage::Asking(_)),
        "the next is asked for"
    );
    desktop.wait(300).press("ctrl-s");
    let Some(Effect::Open(second)) = desktop.effects.pop() else {
        panic!("nothing is opened: {:?}", stage(&desktop));
    };
    let database = of(Some("orders-db.internal"), 5432);
    assert_eq!((far(&second), second.local), (database, 15_432));
    told(&mut desktop, false);
    assert!(matches!(desktop.model.overlay, Some(Overlay::Sessions(_))));
    assert!(desktop.model.entering.is_none());

    desktop
        .press("esc :")
        .text("forward orders 8080 --local 1 --local 2")
        .press("enter");
    let Some(Overlay::Palette(palette)) = &desktop.model.overlay else {
        panic!("no palette")
    };
    let why = palette.complaint.as_deref();
    assert_eq!(why, Some("there are more --local than far ends"));
}
