use strum::IntoEnumIterator as _;

use super::*;
use crate::app::action::{Action, Chapter};
use crate::app::guide::hints;
use crate::app::manual::{manual, sifted};

#[test]
fn the_help_lists_every_action_and_those_of_here_first() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let environments = &mut desktop.model.look.snapshot.environments;
    environments[1].environment.tier = crate::estate::environment::Tier::Staging;
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

#[test]
fn the_help_is_narrowed_as_one_types() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let found = |desktop: &Desktop| {
        let chapters = sifted(&desktop.model);
        let lines = chapters.iter().flat_map(|chapter| &chapter.lines);
        lines.map(|line| line.action).collect::<Vec<_>>()
    };
    desktop.press("?");
    let all = found(&desktop);
    desktop.press("end / s h e l l");
    assert!(found(&desktop).contains(&Action::Shell));
    assert!(found(&desktop).len() < 10, "{:?}", found(&desktop));
    // A word more; letters that are keys elsewhere are letters here.
    desktop.press("space q");
    assert_eq!(found(&desktop), [Action::Suspend][..0]);
    desktop.press("backspace backspace enter");
    assert!(found(&desktop).contains(&Action::Shell), "it is kept");
    desktop.press("c");
    assert_eq!(found(&desktop), all);
    desktop.press("/ x esc");
    assert_eq!(found(&desktop), all, "the first esc clears it");
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none());
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
    let board = "l logs  w what changed  m charts  ! alarms  R redeploy  s shell  h handoff  ? help  / filter  H show healthy  tab next pane  : command  q quit";
    assert_eq!(bar(&desktop), format!("enter open  {board}"));
    desktop.press("j");
    let on_fold = board.replace("R redeploy  s shell  ", "");
    assert_eq!(bar(&desktop), format!("enter show  {on_fold}"));
    desktop.press("k enter");
    assert_eq!(
        bar(&desktop),
        "esc back  right next tab  w what changed  m charts  R redeploy  C recycle  B rollback  s shell  : command  ? help  q quit"
    );
    desktop.press("R").wait(300);
    let asking = "enter next field  esc back";
    assert_eq!(bar(&desktop), format!("ctrl-k acknowledge  {asking}"));
    desktop.press("ctrl-k");
    assert_eq!(bar(&desktop), asking);
    desktop.text("why").press("tab").text("orders");
    assert_eq!(bar(&desktop), "ctrl-s confirm  enter next field  esc back");
    desktop.press("esc :");
    assert_eq!(
        bar(&desktop),
        "enter accept  tab complete  down next  esc back"
    );
    desktop.press("esc esc /");
    assert_eq!(bar(&desktop), "enter keep it  esc clear it");
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

/// What is not offered is not silent: whoever presses its key is told why.
#[test]
fn a_key_that_does_nothing_here_says_why() {
    let said = |desktop: &Desktop| {
        desktop
            .model
            .notice
            .as_ref()
            .map(|one| one.words.to_string())
    };
    let mut desktop = Desktop::over(&[("orders", 0), ("web", 4), ("api", 4)]);
    desktop.press("j R");
    assert_eq!(
        said(&desktop).as_deref(),
        Some("this line is several services: enter shows them")
    );
    desktop.press("k S");
    assert_eq!(
        said(&desktop).as_deref(),
        Some("production has no such verb")
    );
    let mut unread = Desktop::unread(crate::policy::Mode::Observe);
    unread.press("/");
    assert_eq!(said(&unread).as_deref(), Some("no service is known yet"));
    assert!(unread.model.overlay.is_none());
}
