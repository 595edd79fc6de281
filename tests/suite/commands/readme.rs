//! What the README promises: its commands are real ones, its tables are the program's.

use std::collections::BTreeSet;

use clap::{CommandFactory, Parser};
use firstline::app::Chapter;
use firstline::app::command::Cli;
use firstline::app::keymap::{Keymap, spelled};
use firstline::cli::Exit;

use strum::IntoEnumIterator;

use super::shell::{Home, Simulator};

const README: &str = include_str!("../../../README.md");

/// The lines of its shell blocks that start the program, as words behind its name.
fn lines() -> Vec<Vec<&'static str>> {
    let blocks = README.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    lines
        .filter_map(|line| {
            let line = line.split(" #").next().unwrap_or_default();
            // What a shell would do with the output.
            let line = line.split(" >> ").next().unwrap_or_default().trim();
            let words = line
                .strip_prefix("firstline")
                .or_else(|| line.strip_prefix("cargo run --release --"))
                .or_else(|| line.strip_prefix("cargo run --"))?;
            Some(quoted(words))
        })
        .collect()
}

/// Words as a shell splits them; the README quotes with `'` only.
fn quoted(line: &str) -> Vec<&str> {
    let pieces = line.split('\'').enumerate();
    pieces
        .flat_map(|(place, piece)| match place % 2 {
            0 => piece.split_whitespace().collect(),
            _ => vec![piece],
        })
        .collect()
}

#[test]
fn every_command_of_it_parses() {
    let lines = lines();
    assert!(lines.len() >= 6, "{lines:?}");
    for words in &lines {
        let all = std::iter::once("firstline").chain(words.iter().copied());
        if let Err(error) = Cli::try_parse_from(all) {
            panic!("{words:?}\n{error}");
        }
    }
}

/// Those that need no terminal, no profile and no server of their own.
#[test]
fn every_command_of_it_that_looks_can_be_run() {
    let (home, aws) = (
        Home::new("readme"),
        Simulator::start("readme", &["--scenario", "steady"]).tried(),
    );
    let shared = "[journal]\ngroup = '/ops/firstline'\n";
    home.file("config/firstline/config.toml", shared);
    let looks: Vec<_> = lines()
        .into_iter()
        .filter(|words| {
            let has = |word: &str| words.contains(&word);
            (has("status") || has("redeploy") || has("journal")) && !has("--profile")
        })
        .collect();
    assert!(looks.len() >= 2, "{looks:?}");
    for words in looks {
        let ended = aws.run(&home, &words);
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
    }
}

/// The cells of the table under a heading, without title and ruler.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, below) = README.split_once(heading).expect("the heading is there");
    below
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

#[test]
fn its_exit_codes_are_the_programs() {
    let promised: BTreeSet<u8> = table("## Exit codes")
        .iter()
        .map(|row| row[0].trim_matches('`').parse().expect("a code"))
        .collect();
    let kept: BTreeSet<u8> = [
        Exit::Good,
        Exit::Degraded,
        Exit::Down,
        Exit::Unknown,
        Exit::Failed,
        Exit::Refused,
        Exit::Moved,
        Exit::TimedOut,
        Exit::Usage,
    ]
    .map(Exit::code)
    .into();
    assert_eq!(promised, kept);
}

#[test]
fn every_command_is_in_it() {
    let grammar = Cli::command();
    let shown = grammar.get_subcommands().filter(|one| !one.is_hide_set());
    for command in shown {
        let name = command.get_name();
        let told = [format!("firstline {name}"), format!("cargo run -- {name}")];
        assert!(told.iter().any(|one| README.contains(one)), "{name}");
    }
}

/// Every key of the table is bound to an action that says of itself what the table says.
#[test]
fn its_keys_are_the_keymaps() {
    let keymap = Keymap::load(&[]).expect("the embedded keys are right");
    let bound: BTreeSet<(String, &str)> = Chapter::iter()
        .flat_map(|chapter| keymap.lines(chapter))
        .map(|(chords, action)| (spelled(&chords), action.help()))
        .collect();
    let rows = table("## Keys");
    assert!(rows.len() > 10);
    for row in rows {
        for key in row[0].split_whitespace() {
            let key = key.trim_matches('`').to_owned();
            assert!(bound.contains(&(key.clone(), row[1])), "{key}: {}", row[1]);
        }
    }
}

/// The policy it shows is the one the program prints, and no prose names an action beside it.
#[test]
fn its_policy_is_the_one_that_is_printed() {
    let ended = Home::new("readme-iam").run(&["iam", "print", "--for", "observer"], &[]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let (_, below) = README.split_once("```json\n").expect("a policy");
    let shown = below.split("```").next().unwrap_or_default();
    assert_eq!(shown, ended.out);
}

#[test]
fn its_settings_are_taken() {
    let home = Home::new("readme-settings");
    let (_, below) = README.split_once("```toml\n").expect("an example");
    let example = below.split("```").next().unwrap_or_default();
    home.file("config/firstline/config.toml", example);
    let ended = home.run(&["status", "--env", "nosuch"], &[]);
    assert!(ended.err.contains("\"nosuch\""), "{ended:?}");
    assert!(ended.err.contains("staging"), "{ended:?}");
}
