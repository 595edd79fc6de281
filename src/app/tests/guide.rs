use strum::IntoEnumIterator as _;

use super::*;
use crate::app::action::{Action, Chapter};
use crate::app::guide::{hints, manual};

#[test]
fn the_help_lists_every_action_and_those_of_here_first() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let chapters = manual(&desktop.model);
    for action in Action::iter() {
        let told = chapters
            .iter()
            .flat_map(|chapter| &chapter.lines)
            .any(|line| line.action == action && !line.keys.is_empty());
        assert!(told, "{action} is not in the help");
    }
    assert_eq!(chapters[0].chapter, Chapter::Board);
    desktop.press("enter ?");
    assert_eq!(manual(&desktop.model)[0].chapter, Chapter::Service);
}

#[test]
fn an_action_without_a_key_is_still_in_the_help() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let text = "[board]\n\"R\" = \"none\"\n[service]\n\"R\" = \"none\"";
    desktop.model.keymap = Keymap::load(&[("mine.toml", text)]).unwrap();
    let chapters = manual(&desktop.model);
    let unbound = chapters.last().unwrap();
    assert_eq!(unbound.lines[0].action, Action::Redeploy);
    assert!(unbound.lines[0].keys.is_empty());
}

fn bar(desktop: &Desktop) -> String {
    let hints = hints(&desktop.model);
    let words: Vec<String> = hints
        .iter()
        .map(|hint| format!("{} {}", hint.keys, hint.words))
        .collect();
    words.join("  ")
}

/// The hint bar says what works here and now; everything it says does something.
#[test]
fn the_hint_bar_follows_the_screen() {
    let mut desktop = Desktop::over(&[("orders", 0), ("web", 4), ("api", 4)]);
    insta::assert_snapshot!(bar(&desktop), @"");
    desktop.press("j");
    insta::assert_snapshot!(bar(&desktop), @"");
    desktop.press("k enter");
    insta::assert_snapshot!(bar(&desktop), @"");
    desktop.press("R").wait(300);
    insta::assert_snapshot!(bar(&desktop), @"");
    desktop.press("esc :");
    insta::assert_snapshot!(bar(&desktop), @"");
    desktop.press("esc esc /");
    insta::assert_snapshot!(bar(&desktop), @"");
}

#[test]
fn every_offered_action_can_be_done_anywhere_without_harm() {
    for opened in ["", "enter", "?", ":", "/", "R", "l", "g"] {
        for action in Action::iter() {
            let mut desktop = Desktop::over(&[("orders", 0), ("web", 4)]);
            desktop.press(opened).wait(300);
            let effects = crate::app::act::act(&mut desktop.model, action);
            assert!(!effects.iter().any(|one| matches!(one, Effect::Carry(_))));
        }
    }
}
