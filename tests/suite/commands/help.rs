//! The grammar: help of every command, version, mistakes.

use std::path::Path;

use clap::{CommandFactory, Parser as _};
use firstline::app::command::Cli;
use firstline::cli::Exit;
use snapbox::Data;
use snapbox::data::DataFormat;

use super::shell::{ENVIRONMENTS, Home, Simulator};

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

/// The lines under "Examples" of every command, as words of a shell; a pipe or a redirection ends
/// them.
fn examples() -> Vec<(String, Vec<Vec<String>>)> {
    fn below(command: &clap::Command, path: &str, all: &mut Vec<(String, Vec<Vec<String>>)>) {
        let told = command.get_after_help().map(ToString::to_string);
        let told = told.unwrap_or_default();
        let (_, shown) = told.split_once("Examples:\n").unwrap_or_default();
        let lines = shown.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("source <(");
            let line = line.strip_prefix("firstline")?.trim_end_matches(')');
            Some(words(line.split("   ").next().unwrap_or_default()))
        });
        all.push((path.to_owned(), lines.collect()));
        for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            below(one, &format!("{path} {}", one.get_name()), all);
        }
    }
    let mut all = Vec::new();
    below(&Cli::command(), "firstline", &mut all);
    all
}

/// Words as a shell splits them; the examples quote with `'` only.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, piece) in line.split('\'').enumerate() {
        if place % 2 == 1 {
            words.push(piece.to_owned());
            continue;
        }
        for word in piece.split_whitespace() {
            if ["|", ">"].contains(&word) {
                return words;
            }
            words.push(word.to_owned());
        }
    }
    words
}

#[test]
fn every_command_has_examples_and_every_example_can_be_meant() {
    for (command, lines) in examples() {
        assert!(!lines.is_empty(), "{command} has no examples");
        for line in lines {
            let all = ["firstline"]
                .into_iter()
                .chain(line.iter().map(String::as_str));
            if let Err(error) = Cli::try_parse_from(all) {
                panic!("{command}: {line:?}\n{error}");
            }
        }
    }
}

/// Those that look, and of those that alter the dry runs: against a simulated AWS with the
/// environments and names the examples speak of.
#[test]
fn every_example_that_only_looks_can_be_run() {
    const LOOKS: [&str; 16] = [
        "alarms",
        "completions",
        "config",
        "cost",
        "doctor",
        "explain",
        "iam",
        "journal",
        "kpis",
        "logs",
        "man",
        "nodes",
        "policy",
        "recordings",
        "schedule",
        "status",
    ];
    let home = Home::of_team("examples", ENVIRONMENTS);
    let aws = Simulator::start("examples", &["--scenario", "steady"]).tried();
    let mut run = 0;
    for (command, lines) in examples() {
        for line in lines {
            let has = |word: &str| line.iter().any(|one| one == word);
            let looks = line
                .first()
                .is_some_and(|first| LOOKS.contains(&first.as_str()));
            let asks = [
                "--watch", "--follow", "-f", "--login", "play", "init", "--output",
            ];
            if !(looks || has("--dry-run")) || asks.iter().any(|word| has(word)) {
                continue;
            }
            // Files the examples name lie nowhere.
            if has("check") && line.len() > 2 || has("verify") && line.len() > 2 {
                continue;
            }
            let arguments: Vec<&str> = line.iter().map(String::as_str).collect();
            let ended = aws.run(&home, &arguments);
            assert!(
                [0, 1, 2, 3].contains(&ended.code),
                "{command}: {line:?}: {ended:?}"
            );
            run += 1;
        }
    }
    assert!(run > 30, "{run} examples were run");
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
