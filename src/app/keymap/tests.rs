use strum::IntoEnumIterator as _;

use super::*;

fn keys(written: &str) -> Vec<Chord> {
    written
        .split_whitespace()
        .map(|one| one.parse().unwrap())
        .collect()
}

fn find(keymap: &Keymap, chapters: &[Chapter], written: &str) -> Found {
    keymap.find(chapters, &keys(written))
}

const BOARD: [Chapter; 2] = [Chapter::Board, Chapter::Global];

#[test]
fn every_embedded_overlay_fits_over_the_default() {
    for (name, ..) in EMBEDDED {
        let overlay = Keymap::embedded(name).unwrap();
        if let Err(error) = Keymap::load(&[overlay]) {
            panic!("{error}");
        }
    }
}

#[test]
fn every_action_has_a_key() {
    let keymap = Keymap::load(&[]).unwrap();
    let bound: Vec<Action> = Chapter::iter()
        .flat_map(|chapter| keymap.lines(chapter))
        .map(|(_, action)| action)
        .collect();
    for action in Action::iter() {
        assert!(bound.contains(&action), "{action} has no key");
        assert!(!action.help().is_empty(), "{action} has no help");
        assert_eq!(action.name().parse(), Ok(action));
    }
}

#[test]
fn a_sequence_waits_for_its_end_and_a_chapter_wins_over_global() {
    let keymap = Keymap::load(&[]).unwrap();
    assert_eq!(find(&keymap, &BOARD, "g"), Found::Beginning);
    assert_eq!(find(&keymap, &BOARD, "g g"), Found::Action(Action::Top));
    assert_eq!(
        find(&keymap, &BOARD, "g e"),
        Found::Action(Action::FocusEvents)
    );
    assert_eq!(find(&keymap, &BOARD, "g x"), Found::Nothing);
    let next: Vec<String> = keymap
        .after(&BOARD, &keys("g"))
        .into_iter()
        .map(|(chord, _)| chord.to_string())
        .collect();
    assert_eq!(next, ["b", "e", "g", "h", "i", "j", "k", "l", "p", "s"]);
    let help = [Chapter::Help, Chapter::Global];
    assert_eq!(find(&keymap, &help, "q"), Found::Action(Action::Back));
}

#[test]
fn an_overlay_says_only_what_differs() {
    let text = "[global]\n\"g\" = \"refresh\"\n[board]\n\"R\" = \"none\"\n\"enter x\" = \"open\"";
    let keymap = Keymap::load(&[("mine.toml", text)]).unwrap();
    let global = [Chapter::Global];
    assert_eq!(find(&keymap, &global, "g"), Found::Action(Action::Refresh));
    assert_eq!(find(&keymap, &BOARD, "R"), Found::Nothing);
    assert_eq!(find(&keymap, &BOARD, "enter"), Found::Beginning);
    assert_eq!(
        find(&keymap, &BOARD, "enter x"),
        Found::Action(Action::Open)
    );
    assert_eq!(find(&keymap, &BOARD, "q"), Found::Action(Action::Quit));
}

/// The file, and the first line and the carets of what is said about it.
#[test]
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn a_mistake_is_shown_where_it_is() {
    let table = [
        (
            "[global]\n\"q\" = \"quti\"\n",
            "mine.toml:2:7: there is no action \"quti\"",
            "^^^^^^ did you mean quit?",
        ),
        (
            "[globl]\n",
            "mine.toml:1:2: there is no chapter \"globl\"",
            "^^^^^ did you mean global?",
        ),
        (
            "[zebra]\n",
            "mine.toml:1:2: there is no chapter \"zebra\"",
            "^^^^^ chapters are global, board, service, timeline, charts, alarms, logs, reader, condition, help, follow, dialog, sessions, palette, filter, input",
        ),
        (
            "q = \"quit\"\n",
            "mine.toml:1:1: there is no chapter \"q\"",
            "^ chapters are global, board, service, timeline, charts, alarms, logs, reader, condition, help, follow, dialog, sessions, palette, filter, input",
        ),
        (
            "board = \"quit\"\n",
            "mine.toml:1:1: keys stand in a chapter",
            "^^^^^ write a chapter: [board]",
        ),
        (
            "[board]\n\"hyper-x\" = \"open\"\n",
            "mine.toml:2:1: \"hyper-x\" is not a key; write for example g, G, ?, ctrl-c, alt-x, shift-tab, enter or f5",
            "^^^^^^^^^ ",
        ),
        (
            "[board]\n\" \" = \"open\"\n",
            "mine.toml:2:1: no key is named here",
            "^^^ the space bar is written space",
        ),
        (
            "[board]\n\"x\" = 3\n",
            "mine.toml:2:7: an action's name is expected here",
            "^ for example \"open\"",
        ),
        (
            "[board]\n\"G\" = \"open\"\n\"shift-g\" = \"filter\"\n",
            "mine.toml:3:1: this key is bound twice in the chapter",
            "^^^^^^^^^ see line 2",
        ),
        (
            "[board]\n\"z\" = \"open\"\n\"z z\" = \"filter\"\n",
            "mine.toml:3:1: one key cannot both act and begin a sequence",
            "^^^^^ see line 2",
        ),
        (
            "[board]\nx = \"open\"\nx = \"filter\"\n",
            "mine.toml:3:1: duplicate key",
            "^ ",
        ),
    ];
    for (text, what, carets) in table {
        let error = Keymap::load(&[("mine.toml", text)])
            .unwrap_err()
            .to_string();
        let mut lines = error.lines();
        assert_eq!(lines.next(), Some(what));
        let last = lines.next_back().unwrap().split_once("| ").unwrap().1;
        assert_eq!(last.trim_start(), carets, "{error}");
    }
}

#[test]
fn a_mistake_is_drawn_with_a_caret_under_it() {
    let error = Keymap::load(&[("mine.toml", "[global]\n\"ü\" = \"quti\"\n")]).unwrap_err();
    insta::assert_snapshot!(error, @r#"
    mine.toml:2:7: there is no action "quti"
     2 | "ü" = "quti"
       |       ^^^^^^ did you mean quit?
    "#);
}
