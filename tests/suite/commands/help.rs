//! The grammar: help of every command, version, mistakes.

use std::path::Path;

use clap::CommandFactory;
use firstline::app::command::Cli;
use firstline::cli::Exit;
use snapbox::Data;
use snapbox::data::DataFormat;

use super::shell::Home;

/// Every command and subcommand, as words behind `firstline`.
fn commands() -> Vec<Vec<String>> {
    fn below(command: &clap::Command, path: &[String], all: &mut Vec<Vec<String>>) {
        all.push(path.to_vec());
        for one in command.get_subcommands() {
            below(one, &[path, &[one.get_name().to_owned()]].concat(), all);
        }
    }
    let mut all = Vec::new();
    below(&Cli::command(), &[], &mut all);
    all
}

/// `SNAPSHOTS=overwrite` writes the pictures anew; look at the difference before keeping it.
#[test]
fn every_command_explains_itself() {
    let home = Home::new("help");
    let commands = commands();
    assert!(commands.len() >= 7, "{commands:?}");
    for words in commands {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let ended = home.run(&arguments, &[("COLUMNS", "100")]);
        assert_eq!((ended.code, &*ended.err), (0, ""), "{words:?}");
        let name = if words.is_empty() {
            "firstline".to_owned()
        } else {
            words.join("-")
        };
        let picture = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/suite/commands/help")
            .join(format!("{name}.txt"));
        let picture = Data::read_from(&picture, Some(DataFormat::Text));
        snapbox::Assert::new()
            .action_env("SNAPSHOTS")
            .eq(ended.out, picture);
    }
}

#[test]
fn it_knows_its_version() {
    let ended = Home::new("version").run(&["--version"], &[]);
    let version = concat!("firstline ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!((ended.code, &*ended.out), (0, version));
}

#[test]
fn a_line_that_cannot_be_meant_ends_with_usage() {
    let home = Home::new("usage");
    for (line, expected) in [
        (&["statsu"][..], "'status'"),
        (&["status", "--jsno"], "'--json'"),
        (&["redeploy"], "<SERVICE>"),
        (&["journal"], "verify"),
        (&["sim"], "--listen <ADDRESS:PORT>"),
        (&["demo", "--speed", "0"], "a number above zero"),
    ] {
        let ended = home.run(line, &[]);
        assert_eq!(ended.code, i32::from(Exit::Usage.code()), "{line:?}");
        assert!(ended.err.contains(expected), "{line:?}: {}", ended.err);
        assert_eq!(ended.out, "", "{line:?}");
    }
}
