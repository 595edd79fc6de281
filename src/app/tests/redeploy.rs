use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::*;
use crate::app::action::Chapter;
use crate::app::msg::{RoadNews, RoadStage, Tone};
use crate::app::screen::Overlay;
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::estate::event::EventKind;

fn dialog(desktop: &Desktop) -> &Dialog {
    match &desktop.model.overlay {
        Some(Overlay::Dialog(dialog)) => dialog,
        other => panic!("no dialog but {other:?}"),
    }
}

fn asked() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    desktop.press("R").wait(300);
    assert!(matches!(dialog(&desktop).stage, Stage::Asking(_)));
    desktop
}

fn answered() -> Desktop {
    let mut desktop = asked();
    desktop.text("pool stuck").press("enter").text("orders");
    desktop
}

fn road(stage: RoadStage) -> Msg {
    Msg::Road(RoadNews {
        service: arn("orders"),
        stage,
    })
}

#[test]
fn a_redeploy_goes_all_the_way() {
    let mut desktop = answered();
    assert!(dialog(&desktop).ready);
    desktop.press("ctrl-s");
    let Some(Effect::Carry(approved)) = desktop.effects.pop() else {
        panic!("nothing was carried out")
    };
    assert_eq!(approved.reason(), "pool stuck");
    assert_eq!(approved.change().target().service, arn("orders"));
    assert!(matches!(dialog(&desktop).stage, Stage::Carrying { .. }));
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty(), "it is carried out once");
    desktop.tell(road(RoadStage::Journalled));
    desktop.tell(road(RoadStage::Calling));
    let (journal, words) = ("7".into(), "a new deployment has begun".into());
    desktop.tell(road(RoadStage::Done { journal, words }));
    assert!(matches!(dialog(&desktop).stage, Stage::Done { .. }));
    assert!(matches!(desktop.effects.pop(), Some(Effect::Refresh)));
    let notice = desktop.model.notice.as_ref().unwrap();
    assert_eq!(notice.tone, Tone::Good);
    assert_eq!(
        &*notice.words,
        "orders: a new deployment has begun (journal 7)"
    );
    assert_eq!(desktop.model.look.feed[0].kind, EventKind::Action);
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none());
}

#[test]
fn enter_never_carries_anything_out() {
    let mut desktop = answered();
    desktop.press("enter enter enter tab enter");
    assert!(desktop.effects.is_empty());
    assert!(matches!(dialog(&desktop).stage, Stage::Asking(_)));
}

#[test]
fn confirming_needs_the_name_and_a_reason() {
    for (reason, name) in [
        ("", "orders"),
        ("why", ""),
        ("why", "order"),
        ("  ", "orders"),
    ] {
        let mut desktop = asked();
        desktop.text(reason).press("tab").text(name).press("ctrl-s");
        assert!(!dialog(&desktop).ready);
        assert!(desktop.effects.is_empty(), "{reason:?} {name:?}");
        let Stage::Asking(challenge) = &dialog(&desktop).stage else {
            panic!("it must still ask")
        };
        assert!(challenge.complaint.is_some());
    }
}

#[test]
fn keys_pressed_before_anybody_could_read_the_dialog_are_dropped() {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop
        .press("R")
        .text("x")
        .press("esc")
        .wait(299)
        .text("y");
    desktop.tell(Msg::Paste("orders".into()));
    assert!(dialog(&desktop).reason.is_empty());
    desktop.wait(1).text("z");
    assert_eq!(dialog(&desktop).reason.text(), "z");
    assert_eq!(dialog(&desktop).field, Field::Reason);
}

#[test]
fn read_only_is_refused_with_the_reason() {
    let mut desktop = Desktop::with_mode(Mode::ReadOnly, &[("orders", 4)]);
    desktop.press("R").wait(300);
    let Stage::Denied(why) = &dialog(&desktop).stage else {
        panic!("read-only was not refused")
    };
    assert_eq!(why.rule, "read-only");
    desktop.text("orders").press("ctrl-s");
    let [Effect::Refused(_, written)] = desktop.effects.as_slice() else {
        panic!(
            "a refusal is written down, and nothing else: {:?}",
            desktop.effects
        )
    };
    assert_eq!(written.rule, "read-only");
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none());
}

#[test]
fn the_dialog_asks_no_more_when_the_service_moves_under_it() {
    let mut desktop = answered();
    let mut moved = service("orders", 4);
    moved.desired = 2;
    desktop.part(crate::estate::part::News::Services(vec![moved]));
    assert!(matches!(dialog(&desktop).stage, Stage::Failed { .. }));
    // What is still being typed, keys of the board among it, goes nowhere.
    desktop.text("rtqc").press("enter");
    assert!(desktop.effects.is_empty());
    assert!(matches!(dialog(&desktop).stage, Stage::Failed { .. }));
    let notice = desktop.model.notice.as_ref().unwrap();
    assert_eq!(
        &*notice.words,
        "orders has moved under the dialog, nothing was done: desired is 2 now, it was 4"
    );
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty());
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none());
}

#[test]
fn old_data_refuses_until_new_data_comes_and_nothing_typed_is_lost() {
    let mut desktop = answered();
    desktop.wait(120_000);
    assert!(matches!(dialog(&desktop).stage, Stage::Denied(_)));
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty());
    desktop.see(&[("orders", 4), ("web", 4)]).examine("orders");
    assert!(dialog(&desktop).ready);
    assert_eq!(dialog(&desktop).name.text(), "orders");
}

#[test]
fn without_a_journal_nothing_can_be_confirmed() {
    let mut desktop = answered();
    desktop.tell(Msg::Journal(JournalState::Unwritable("disk full".into())));
    assert!(matches!(dialog(&desktop).stage, Stage::Denied(_)));
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty());
}

#[test]
fn one_change_at_a_time() {
    let mut desktop = answered();
    desktop.press("ctrl-s esc").effects.clear();
    desktop.press("j R");
    assert!(desktop.model.overlay.is_none());
    assert_eq!(
        &*desktop.model.notice.as_ref().unwrap().words,
        "wait for the outcome of orders first"
    );
    let words = "the caller is another one now".into();
    desktop.tell(road(RoadStage::Refused { words }));
    desktop.press("R");
    assert!(matches!(dialog(&desktop).stage, Stage::Asking(_)));
    assert_eq!(dialog(&desktop).change.confirmation(), "web");
}

#[test]
fn nobody_leaves_while_a_change_is_on_its_road() {
    let mut desktop = answered();
    desktop.press("ctrl-s esc").effects.clear();
    desktop.press("q ctrl-z");
    assert!(desktop.effects.is_empty());
    desktop.tell(road(RoadStage::Failed {
        words: "AWS did not answer".into(),
        denied: None,
    }));
    desktop.effects.clear();
    desktop.press("q");
    assert!(matches!(desktop.effects.as_slice(), [Effect::Quit]));
}

fn any_key() -> impl Strategy<Value = Chord> {
    let keymap = Keymap::load(&[]).unwrap();
    let bound: Vec<Chord> = Chapter::iter()
        .flat_map(|chapter| keymap.lines(chapter))
        .flat_map(|(chords, _)| chords)
        .collect();
    prop_oneof![
        4 => prop::sample::select(bound),
        1 => proptest::char::range('a', 'z').prop_map(Chord::char),
    ]
}

proptest! {
    /// A cat on the keyboard cannot alter anything, and nothing it does is a panic.
    #[test]
    fn without_the_typed_name_nothing_is_ever_carried_out(
        keys in prop::collection::vec((any_key(), 0..400_i64), 1..120)
    ) {
        let mut desktop = Desktop::over(&[("orders-7f3a", 0), ("web-19cc", 4), ("api-55d0", 4)]);
        for (key, pause) in keys {
            desktop.wait(pause).tell(Msg::Key(key));
        }
        let carried = desktop.effects.iter().any(|one| matches!(one, Effect::Carry(_)));
        prop_assert!(!carried);
    }
}
