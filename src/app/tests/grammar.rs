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

/// Every change has three doors: a key, the palette and the command line.
#[test]
fn the_same_change_by_key_palette_and_subcommand() {
    let proposed = |desktop: &Desktop| match &desktop.model.overlay {
        Some(crate::app::screen::Overlay::Dialog(dialog)) => dialog.change.clone(),
        other => panic!("no dialog but {other:?}"),
    };
    let mut by_key = Desktop::over(&[("orders", 4)]);
    let mut by_name = Desktop::over(&[("orders", 4)]);
    let mut by_line = Desktop::over(&[("orders", 4)]);
    by_key.press("R");
    by_name.press(":").text("redeploy").press("enter");
    by_line
        .press(":")
        .text("redeploy main/orders --reason x")
        .press("enter");
    let change = proposed(&by_key);
    assert_eq!(proposed(&by_name), change);
    assert_eq!(proposed(&by_line), change);
    assert!(matches!(change, Change::Redeploy(_)));
    let cli = Cli::try_parse_from(["firstline", change.verb(), "orders"]).unwrap();
    assert!(matches!(cli.command, Some(Command::Redeploy(_))));
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
