use super::*;
use crate::app::screen::Overlay;
use crate::app::screen::dialog::Stage;
use crate::app::screen::palette::Palette;

fn palette(desktop: &Desktop) -> &Palette {
    match &desktop.model.overlay {
        Some(Overlay::Palette(palette)) => palette,
        other => panic!("no palette but {other:?}"),
    }
}

fn open() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 0), ("web", 4), ("api", 4)]);
    desktop.press(":");
    desktop
}

fn complaint(desktop: &Desktop) -> &str {
    palette(desktop).complaint.as_deref().unwrap()
}

#[test]
fn it_lists_what_works_here_with_its_keys() {
    let mut desktop = open();
    let entries = &palette(&desktop).entries;
    let quit = entries.iter().find(|entry| entry.text == "quit").unwrap();
    assert_eq!(quit.keys.as_deref(), Some("q"));
    assert!(entries.iter().all(|entry| entry.text != "confirm"));
    desktop.text("susp").press("enter");
    assert!(matches!(desktop.effects.as_slice(), [Effect::Suspend]));
    assert!(desktop.model.overlay.is_none());
}

#[test]
fn what_is_typed_exactly_comes_first() {
    let mut desktop = Desktop::over(&[("web-admin", 0), ("web", 4)]);
    desktop.press(":").text("redeploy web");
    assert_eq!(palette(&desktop).entries[0].text, "redeploy web");
}

#[test]
fn a_command_line_opens_the_dialog_and_never_more() {
    let mut desktop = open();
    desktop
        .text("redeploy web --reason 'pool stuck' --confirm web")
        .press("enter");
    let Some(Overlay::Dialog(dialog)) = &desktop.model.overlay else {
        panic!("no dialog")
    };
    assert!(matches!(dialog.stage, Stage::Asking(_)));
    assert_eq!(dialog.reason.text(), "pool stuck");
    assert!(dialog.ready);
    desktop.press("ctrl-s");
    assert!(desktop.effects.is_empty(), "typed ahead");
    desktop.wait(300).press("ctrl-s");
    assert!(matches!(desktop.effects.as_slice(), [Effect::Carry(_)]));
}

/// A console that only looks arms first; what was typed before is not asked again.
#[test]
fn what_was_said_survives_the_arming() {
    let mut desktop = open();
    desktop.model.arm = None;
    desktop
        .text("redeploy web --reason 'pool stuck' --confirm web")
        .press("enter");
    let Some(Overlay::Arming(arming)) = &desktop.model.overlay else {
        panic!("{:?}", desktop.model.overlay)
    };
    assert_eq!(arming.reason.text(), "pool stuck");
    desktop.wait(300).press("ctrl-s");
    let Some(Effect::Arm(arm)) = desktop.effects.pop() else {
        panic!("nothing armed")
    };
    desktop.tell(Msg::Armed(arm));
    let Some(Overlay::Dialog(dialog)) = &desktop.model.overlay else {
        panic!("no dialog")
    };
    assert_eq!(
        (dialog.reason.text(), dialog.name.text()),
        ("pool stuck".to_owned(), "web".to_owned())
    );
    assert!(dialog.ready);
}

#[test]
fn it_says_what_is_wrong() {
    for (line, wrong) in [
        (
            "redeploy wbe --reason x",
            "there is no service \"wbe\"; did you mean web?",
        ),
        (
            "redeploy web --dry-run",
            "here the dialog is the dry run: leave --dry-run out",
        ),
        (
            "status --json",
            "--json and --watch print; they belong on a command line",
        ),
        (
            "demo --seed 2",
            "this is a command for the shell, not for the console",
        ),
        ("redeploy 'web", "a quotation mark is not closed"),
        (
            "redeploy web --region x",
            "unexpected argument '--region' found",
        ),
        ("zzz --y", "unrecognized subcommand 'zzz'"),
    ] {
        let mut desktop = open();
        desktop.text(line).press("enter");
        assert!(
            complaint(&desktop).starts_with(wrong),
            "{}",
            complaint(&desktop)
        );
        assert!(desktop.effects.is_empty());
    }
}

#[test]
fn status_opens_a_service_or_shows_an_environment() {
    let mut desktop = open();
    desktop.text("status web").press("enter");
    assert_eq!(desktop.model.service.as_ref().unwrap().arn, arn("web"));
    desktop.press(":").text("status staging").press("enter");
    assert_eq!(desktop.model.only, Some("staging".into()));
    assert!(desktop.model.service.is_none());
    assert!(desktop.model.board.entries.is_empty());
    desktop.press(":").text("status").press("enter");
    assert_eq!(desktop.model.only, None);
    assert_eq!(desktop.model.board.entries.len(), 2);
}

#[test]
fn tab_completes_and_arrows_select() {
    let mut desktop = open();
    desktop.text("redeploy or").press("tab");
    assert_eq!(palette(&desktop).input.text(), "redeploy orders ");
    desktop.press("ctrl-u").text("q").press("up down");
    assert_eq!(palette(&desktop).selected, 0);
    desktop.press("ctrl-c");
    assert!(desktop.model.overlay.is_none());
    assert!(desktop.effects.is_empty());
}

#[test]
fn a_theme_is_put_on_at_once() {
    use crate::app::theme::Name;
    let mut desktop = open();
    assert_eq!(desktop.model.looks.name, Name::Dark);
    desktop.text("theme colour-blind").press("enter");
    assert_eq!(desktop.model.looks.name, Name::ColourBlind);
    assert!(desktop.model.overlay.is_none());
    desktop.press(":").text("theme lihgt").press("enter");
    let said = complaint(&desktop);
    assert!(said.contains("'light'"), "{said}");
    assert_eq!(desktop.model.looks.name, Name::ColourBlind);
}

#[test]
fn where_there_are_no_colours_no_theme_is_put_on() {
    let mut desktop = open();
    desktop.model.display.color = false;
    desktop.text("theme light").press("enter");
    assert!(complaint(&desktop).contains("NO_COLOR"));
    assert_eq!(desktop.model.looks, crate::app::theme::Looks::default());
}

/// An enter too many must not leave the console.
#[test]
fn what_leaves_is_the_last_thing_the_palette_offers() {
    let mut desktop = Desktop::over(&[("orders", 0), ("web", 4)]);
    desktop.press(":");
    let Some(Overlay::Palette(palette)) = &desktop.model.overlay else {
        panic!("no palette")
    };
    let names: Vec<&str> = palette
        .entries
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(names[0], "open");
    assert_eq!(names.last(), Some(&"quit"));
}
