//! What the documentation says is what the program does: every command in it can be meant and those
//! that look are run, every block of settings is taken, and its tables are the program's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, Parser};
use firstline::app::Chapter;
use firstline::app::command::Cli;
use firstline::app::keymap::{Keymap, spelled};
use firstline::cli::Exit;
use strum::IntoEnumIterator;

use super::shell::{ENVIRONMENTS, Home, Simulator};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, with its name.
fn pages() -> Vec<(String, String)> {
    let files = fs::read_dir(folder()).expect("the pages are there");
    let mut pages: Vec<(String, String)> = files
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&path).expect("text"))
        })
        .collect();
    pages.sort();
    assert!(pages.len() > 7, "{pages:?}");
    pages
}

/// The blocks of one language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let after = page.split(fence.as_str()).skip(1);
    after
        .map(|block| block.split("```").next().unwrap_or_default())
        .collect()
}

/// The lines of its shell blocks that start the program, as words; quotes are `'` only.
fn lines(page: &str) -> Vec<Vec<&str>> {
    let all = blocks(page, "sh").into_iter().flat_map(str::lines);
    all.filter_map(|line| {
        let line = line.split(" #").next().unwrap_or_default();
        let line = line.split(" || ").next().unwrap_or_default();
        let line = line.split(" | ").next().unwrap_or_default();
        let words = line.trim().strip_prefix("firstline")?;
        let pieces = words.split('\'').enumerate();
        Some(
            pieces
                .flat_map(|(place, piece)| match place % 2 {
                    0 => piece.split_whitespace().collect::<Vec<_>>(),
                    _ => vec![piece],
                })
                .collect(),
        )
    })
    .collect()
}

#[test]
fn every_command_can_be_meant_and_those_that_look_are_run() {
    const LOOKS: [&str; 9] = [
        "alarms", "doctor", "explain", "iam", "kpis", "logs", "schedule", "status", "timeline",
    ];
    let (home, aws) = (
        Home::of_team("docs", ENVIRONMENTS),
        Simulator::start("docs", &["--scenario", "steady"]).tried(),
    );
    let mut run = 0;
    for (name, page) in pages() {
        for words in lines(&page) {
            let all = ["firstline"].into_iter().chain(words.iter().copied());
            if let Err(error) = Cli::try_parse_from(all) {
                panic!("{name}: {words:?}\n{error}");
            }
            let has = |word: &str| words.contains(&word);
            let looks = words.first().is_some_and(|first| LOOKS.contains(first));
            if (looks || has("--dry-run")) && !has("--follow") && !has("--login") {
                let ended = aws.run(&home, &words);
                assert!(
                    [0, 1, 2, 3].contains(&ended.code),
                    "{name}: {words:?}: {ended:?}"
                );
                run += 1;
            }
        }
    }
    assert!(run > 10, "{run} commands were run");
}

#[test]
fn every_block_of_settings_is_taken() {
    let home = Home::new("docs-settings");
    let mut checked = 0;
    for (name, page) in pages() {
        for block in blocks(&page, "toml") {
            let file = home.file("block.toml", block).display().to_string();
            let ended = home.run(&["config", "check", &file], &[]);
            assert!([0, 1].contains(&ended.code), "{name}:\n{block}\n{ended:?}");
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked} blocks were checked");
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    for (name, page) in pages() {
        for target in page
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            let outside = target.starts_with("http") || target.is_empty();
            assert!(
                outside || folder().join(target).exists(),
                "{name}: {target}"
            );
        }
    }
}

/// The codes of the table, and that every command stands in the one below it.
#[test]
fn the_exit_codes_are_the_programs() {
    let page = fs::read_to_string(folder().join("exit-codes.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let codes: BTreeSet<u8> = rows
        .filter_map(|line| line.split('`').nth(1)?.parse().ok())
        .collect();
    let all = [
        Exit::Good,
        Exit::Degraded,
        Exit::NotHealthy,
        Exit::Down,
        Exit::Unknown,
        Exit::Failed,
        Exit::Refused,
        Exit::Moved,
        Exit::TimedOut,
        Exit::NotRun,
        Exit::Usage,
    ];
    assert_eq!(codes, all.map(Exit::code).into());
    // A console has no exit code of its own, and neither has what serves or carries until it ends.
    let lasting = ["demo", "sim", "shell", "forward", "help"];
    for command in Cli::command()
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
    {
        let name = command.get_name();
        assert!(lasting.contains(&name) || page.contains(name), "{name}");
    }
}

/// `docs/keys.md` is made of the keymaps; `UPDATE_DOCS=1` writes it anew.
#[test]
fn the_keys_are_the_keymaps() {
    let overlays: Vec<Option<(&str, &str)>> =
        vec![None, Keymap::embedded("vim"), Keymap::embedded("k9s")];
    let mut page = String::from(
        "# Keys\n\nMade from the keymaps by a test; `?` shows the same in the console. `keymap = \"vim\"` or \
         `\"k9s\"` under\n`[display]` lays theirs over the default, and `keymap.toml` beside the settings \
         changes single keys.\n",
    );
    let mut known = BTreeSet::new();
    for overlay in overlays {
        let name = overlay.map_or("default", |(name, _)| name);
        let title = Path::new(name)
            .file_stem()
            .expect("a name")
            .to_string_lossy();
        let keymap = Keymap::load(&overlay.into_iter().collect::<Vec<_>>()).expect("it is right");
        page = format!("{page}\n## {title}\n");
        for chapter in Chapter::iter() {
            let lines = keymap.lines(chapter).into_iter();
            let lines: Vec<String> = lines
                .map(|(chords, action)| (spelled(&chords), action))
                .filter(|(keys, action)| known.insert((chapter, keys.clone(), action.name())))
                .map(|(keys, action)| {
                    let keys = keys.replace('|', "\\|");
                    format!("| `{keys}` | {} | `{}` |\n", action.help(), action.name())
                })
                .collect();
            if !lines.is_empty() {
                page = format!("{page}\n### {chapter}\n\n| key | does | action |\n|---|---|---|\n");
                page.extend(lines);
            }
        }
    }
    let file = folder().join("keys.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &page).expect("the page can be written");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == page,
        "docs/keys.md is not what the keymaps say; UPDATE_DOCS=1 writes it anew"
    );
}
