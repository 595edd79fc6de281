//! The arrows of the house, kept by reading its sources. Read the tables as documentation; a
//! failure says which file and line, which rule and why the rule is there.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

mod build;
mod calls;
mod source;

use source::{Source, read_all};

/// A room, whom it may name, and why no others. A room may always name itself; `main.rs` may name
/// all of them.
struct Room {
    name: &'static str,
    may_name: &'static [&'static str],
    because: &'static str,
}

const ROOMS: &[Room] = &[
    Room {
        name: "estate",
        may_name: &[],
        because: "the words of the house stand on nothing",
    },
    Room {
        name: "policy",
        may_name: &["estate"],
        because: "a guard judges facts it is given and asks nobody",
    },
    Room {
        name: "app",
        may_name: &["estate", "policy"],
        because: "the core is a pure state machine: keys in, effects out",
    },
    Room {
        name: "view",
        may_name: &["app", "estate", "policy"],
        because: "a picture is a function of the model",
    },
    Room {
        name: "cloud",
        may_name: &["estate", "policy", "session"],
        because: "the door to AWS serves both faces and knows neither",
    },
    Room {
        name: "journal",
        may_name: &["estate", "policy"],
        because: "the record is of what was approved and done, whoever asked",
    },
    Room {
        name: "road",
        may_name: &["estate", "policy", "journal", "cloud", "session", "passage"],
        because: "both faces alter AWS and let somebody in on this one road, so it can know neither",
    },
    Room {
        name: "session",
        may_name: &[],
        because: "somebody else's protocol, tried without AWS, screens and sockets; the fuzz targets compile it alone",
    },
    Room {
        name: "sim",
        may_name: &["session::wire"],
        because: "a simulated AWS that shared our words would share our mistakes; the data channel's wire format alone is                   shared: it is held to the agent's own vectors and to a second implementation, not to us",
    },
    Room {
        name: "passage",
        may_name: &["session"],
        because: "both faces lend the terminal to a session in one way, so it can know neither",
    },
    Room {
        name: "config",
        may_name: &[
            "estate",
            "policy",
            "app::action",
            "app::keymap",
            "app::theme",
        ],
        because: "settings are read before anything else lives",
    },
    Room {
        name: "runtime",
        may_name: &[
            "app", "cloud", "config", "estate", "journal", "passage", "policy", "road", "session",
            "view",
        ],
        because: "the shell drives the console over any AWS, simulated or not",
    },
    Room {
        name: "cli",
        may_name: &[
            "app::command",
            "cloud",
            "config",
            "estate",
            "journal",
            "passage",
            "policy",
            "road",
            "session",
            "sim",
        ],
        because: "the other face shares the grammar and the guards, never the model or the view",
    },
];

/// Words of code that belong to some places only. `main` stands for `src/main.rs`.
struct Word {
    words: &'static [&'static str],
    only_in: &'static [&'static str],
    because: &'static str,
}

const WORDS: &[Word] = &[
    Word {
        words: &[
            "aws_config",
            "aws_credential_types",
            "aws_runtime",
            "aws_sdk_",
            "aws_sigv4",
            "aws_smithy_",
            "aws_types",
        ],
        only_in: &["cloud", "sim"],
        because: "cloud is the one door to AWS; sim plugs in beneath it",
    },
    Word {
        words: &["SystemTime::now", "Timestamp::now", "Zoned::now"],
        only_in: &["runtime", "main"],
        because: "time is an argument: a clock read elsewhere cannot be stopped by a test",
    },
    Word {
        words: &["Instant::now"],
        only_in: &["runtime", "main", "cloud", "session", "passage"],
        because: "time is an argument; only the budget of calls and the channel's socket wait for themselves, in time a test may pause",
    },
    Word {
        words: &["ratatui::", "crossterm::"],
        only_in: &["view", "runtime"],
        because: "the core has key and colour words of its own; pictures and terminal are not its own",
    },
    Word {
        words: &["tokio::"],
        only_in: &[
            "cloud", "journal", "road", "session", "sim", "passage", "runtime", "cli", "main",
        ],
        because: "the words, the guards, the core and the pictures never wait",
    },
    Word {
        words: &["std::fs", "tokio::fs"],
        only_in: &["config", "journal", "cloud", "runtime"],
        because: "files are settings, the journal, the inventory of the last run, and the program's log",
    },
    Word {
        words: &["unsafe", ".unwrap()", ".expect("],
        only_in: &[],
        because: "nothing AWS, a file or a terminal says may end the console",
    },
];

/// A file's lines of code, comments and tests not counted.
const LONGEST_FILE: usize = 400;

/// What may stand at the top, beside files and folders whose name begins with a dot.
const TOP: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "docs",
    "fuzz",
    "keymaps",
    "src",
    "tests",
];

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn place(source: &Source) -> &str {
    source.room().unwrap_or(if source.path == "src/main.rs" {
        "main"
    } else {
        "lib"
    })
}

fn within(path: &str, allowed: &str) -> bool {
    path.strip_prefix(allowed)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Where a source names a room that its own may not name.
fn crossed_arrows(source: &Source) -> Vec<String> {
    let Some(room) = ROOMS.iter().find(|room| source.room() == Some(room.name)) else {
        return Vec::new();
    };
    let is_room = |path: &str| ROOMS.iter().any(|other| within(path, other.name));
    let allowed = |path: &str| {
        within(path, room.name) || room.may_name.iter().any(|other| within(path, other))
    };
    let crossed = source
        .own_paths()
        .into_iter()
        .filter(|(_, path)| is_room(path) && !allowed(path));
    crossed
        .map(|(line, path)| {
            let (file, name, because) = (&source.path, room.name, room.because);
            let may = if room.may_name.is_empty() {
                "no room".to_owned()
            } else {
                room.may_name.join(", ")
            };
            format!("{file}:{line}: names `{path}`, but `{name}` may name {may}: {because}")
        })
        .collect()
}

/// Where a source says a word that belongs elsewhere.
fn misplaced_words(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    for rule in WORDS
        .iter()
        .filter(|rule| !rule.only_in.contains(&place(source)))
    {
        for word in rule.words {
            for line in source.lines_with(word) {
                let (file, because) = (&source.path, rule.because);
                let only = if rule.only_in.is_empty() {
                    "in tests".to_owned()
                } else {
                    rule.only_in.join(", ")
                };
                breaches.push(format!(
                    "{file}:{line}: `{word}` belongs {only} only: {because}"
                ));
            }
        }
    }
    breaches
}

fn no_breaches(breaches: &[String]) {
    let mut list = String::new();
    for breach in breaches {
        let _ = write!(list, "\n  {breach}");
    }
    assert!(
        breaches.is_empty(),
        "{} breach(es) of the house rules:{list}",
        breaches.len()
    );
}

#[test]
fn no_room_names_one_it_may_not() {
    no_breaches(
        &read_all(top())
            .iter()
            .flat_map(crossed_arrows)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_word_stays_in_its_place() {
    no_breaches(
        &read_all(top())
            .iter()
            .flat_map(misplaced_words)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_file_grows_long() {
    let long = |source: &Source| {
        let length = source.length();
        (length > LONGEST_FILE).then(|| {
            let file = &source.path;
            format!(
                "{file}:{LONGEST_FILE}: {length} lines of code; split it by noun, a file has one"
            )
        })
    };
    no_breaches(&read_all(top()).iter().filter_map(long).collect::<Vec<_>>());
}

#[test]
fn every_room_has_a_door_and_every_door_a_rule() {
    let mut rooms: BTreeSet<String> = BTreeSet::new();
    let mut breaches = Vec::new();
    for source in read_all(top()) {
        let is_door = source.module.len() == 1 && source.path.ends_with("/mod.rs");
        rooms.extend(source.room().map(str::to_owned));
        if is_door && !source.text.starts_with("//! ") {
            let file = &source.path;
            breaches.push(format!(
                "{file}:1: a door opens with `//!`: what the room is, what it may not do, why"
            ));
        }
    }
    no_breaches(&breaches);
    let ruled: BTreeSet<String> = ROOMS.iter().map(|room| room.name.to_owned()).collect();
    assert_eq!(
        rooms, ruled,
        "the rooms under src/ (left) and those with a rule here (right)"
    );
    for room in rooms {
        assert!(
            top().join("src").join(&room).join("mod.rs").is_file(),
            "src/{room}/mod.rs is the door"
        );
    }
}

#[test]
fn the_top_is_fixed() {
    let mut breaches = Vec::new();
    for entry in fs::read_dir(top()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // `target` is the compiler's, and not in git.
        if !name.starts_with('.') && name != "target" && !TOP.contains(&name.as_str()) {
            breaches.push(format!(
                "{name}:1: the top level is fixed; find it a place in one of: {}",
                TOP.join(", ")
            ));
        }
    }
    no_breaches(&breaches);
}

#[test]
fn a_crossed_arrow_is_seen() {
    let text =
        "use crate::{\n    estate,\n    cloud::Fleet,\n};\nfn f() { crate::view::draw(); }\n";
    let breaches = crossed_arrows(&Source::new("src/app/board.rs", text.to_owned()));
    assert_eq!(breaches.len(), 2, "{breaches:?}");
    assert!(
        breaches[0].starts_with("src/app/board.rs:1: names `cloud::Fleet`"),
        "{breaches:?}"
    );
    let model = Source::new(
        "src/cli/status.rs",
        "use crate::app::{Model, command};".to_owned(),
    );
    assert_eq!(crossed_arrows(&model).len(), 1);
}

#[test]
fn a_misplaced_word_is_seen() {
    let text = "fn f() { let x = Timestamp::now(); }\n".to_owned();
    assert_eq!(
        misplaced_words(&Source::new("src/app/clock.rs", text.clone())).len(),
        1
    );
    assert!(misplaced_words(&Source::new("src/runtime/clock.rs", text)).is_empty());
}
