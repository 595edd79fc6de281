use clap::{CommandFactory as _, Parser as _};

use super::*;
use crate::app::command::{self, Cli, Command};
use crate::estate::change::Change;

#[test]
fn the_grammar_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_has_help_and_the_acting_ones_examples() {
    for sub in Cli::command().get_subcommands() {
        assert!(sub.get_about().is_some(), "{}", sub.get_name());
        for argument in sub.get_arguments() {
            assert!(
                argument.get_help().is_some(),
                "{} {}",
                sub.get_name(),
                argument.get_id()
            );
        }
    }
}

#[test]
fn flags_stand_before_or_after_the_command() {
    for line in [
        ["firstline", "--read-only", "status", "--json"],
        ["firstline", "status", "--json", "--read-only"],
    ] {
        let cli = Cli::try_parse_from(line).unwrap();
        assert!(cli.flags.read_only);
        assert!(matches!(cli.command, Some(Command::Status(status)) if status.json));
    }
    assert!(Cli::try_parse_from(["firstline", "statsu"]).is_err());
}

#[test]
fn a_world_that_cannot_be_is_refused() {
    for (line, wrong) in [
        ("firstline demo --speed 0", "a number above zero"),
        ("firstline demo --speed nan", "a number above zero"),
        (
            "firstline sim --listen 0.0.0.0:4566",
            "only loopback addresses",
        ),
        ("firstline sim --listen 4566", "an address and a port"),
    ] {
        let error = Cli::try_parse_from(line.split(' '))
            .unwrap_err()
            .to_string();
        assert!(error.contains(wrong), "{error}");
    }
    let line = "firstline sim --listen [::1]:0 --fault latency=2s --fault denied";
    let cli = Cli::try_parse_from(line.split(' ')).unwrap();
    assert!(matches!(cli.command, Some(Command::Sim(sim)) if sim.faults.len() == 2));
}

/// What every change of one service is reached by: its key, its line in the palette and on the
/// command line. A change that is missing here does not compile.
const fn doors(change: &Change) -> Option<(&'static str, &'static str)> {
    match change {
        Change::Redeploy(_) => Some(("R", "redeploy main/orders")),
        Change::Recycle { .. } => Some(("C", "recycle main/orders")),
        Change::Rollback { .. } => Some(("B", "rollback main/orders")),
        Change::StopTask { .. } => Some(("X", "stop-task main/orders")),
        Change::Scale { .. } => Some(("+", "scale main/orders 6")),
        // Whole environments and sessions have tests of their own.
        Change::StopEnvironment(_) | Change::StartEnvironment(_) | Change::Session(_) => None,
    }
}

/// `orders` with a deployment on its way, so that every verb has something to be about.
fn deploying() -> Desktop {
    let mut desktop = Desktop::over(&[("orders", 4)]);
    desktop.underway = true;
    desktop
}

fn proposed(desktop: &Desktop) -> Change {
    match &desktop.model.overlay {
        Some(crate::app::screen::Overlay::Dialog(dialog)) => dialog.change.clone(),
        other => panic!("no dialog but {other:?}: {:?}", desktop.model.notice),
    }
}

/// Every change has three doors: a key, the palette and the command line.
#[test]
fn the_same_change_by_key_palette_and_subcommand() {
    for (key, line) in [
        ("R", "redeploy main/orders"),
        ("C", "recycle main/orders"),
        ("B", "rollback main/orders"),
        ("X", "stop-task main/orders"),
        ("+", "scale main/orders 6"),
    ] {
        let verb = line.split(' ').next().unwrap();
        let mut by_line = deploying();
        by_line
            .press(":")
            .text(line)
            .text(" --reason x")
            .press("enter");
        let change = proposed(&by_line);
        assert_eq!(change.verb(), verb);
        assert_eq!(doors(&change), Some((key, line)), "{change:?}");

        let mut by_key = deploying();
        by_key.press(key);
        let mut by_name = deploying();
        by_name.press(":").text(verb).press("enter");
        if verb == "scale" {
            // Only the number is missing: the line is written already.
            by_key.text("6").press("enter");
            by_name.text("6").press("enter");
        }
        assert_eq!(proposed(&by_key), change, "{key}");
        assert_eq!(proposed(&by_name), change, "{verb}");

        let words = line.split(' ');
        let cli = Cli::try_parse_from(std::iter::once("firstline").chain(words)).unwrap();
        let (args, wish) = cli.command.as_ref().and_then(Command::wish).unwrap();
        assert_eq!((&*args.service, wish.verb()), ("main/orders", verb));
    }
}

#[test]
fn a_service_is_found_by_what_means_only_it() {
    let mut desktop = Desktop::over(&[("orders", 4), ("web", 4)]);
    let mut twin = service("web", 4);
    twin.arn = "arn:aws:ecs:eu-central-1:123456789012:service/batch/web".into();
    twin.cluster = "arn:aws:ecs:eu-central-1:123456789012:cluster/batch".into();
    desktop.part(crate::estate::part::News::Services(vec![twin.clone()]));
    let rows = &desktop.model.look.rows;
    let find = |written: &str| command::find_service(rows, written).map(|row| row.arn.clone());
    assert_eq!(find("orders"), Ok(arn("orders")));
    assert_eq!(find("main/web"), Ok(arn("web")));
    assert_eq!(find(twin.arn.as_str()), Ok(twin.arn.clone()));
    assert_eq!(find("cart").unwrap_err(), "there is no service \"cart\"");
    assert_eq!(
        command::find_service(&[], "orders").unwrap_err(),
        "no service is known, so nobody can tell of \"orders\""
    );
    let several = find("web").unwrap_err();
    assert!(
        several.starts_with("\"web\" names 2 services; say which: "),
        "{several}"
    );
    assert!(several.contains("main/web") && several.contains("batch/web"));
    for row in rows {
        assert_eq!(find(&command::spelling(rows, row)), Ok(row.arn.clone()));
    }
}
