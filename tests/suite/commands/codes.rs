//! Exit codes, command by command: what is run ends as `docs/exit-codes.md` says it may.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::shell::{Home, Simulator};

/// Commands without anything else to say, over each of the worlds.
const RUNS: [&[&str]; 36] = [
    &["status"],
    &["status", "nosuch"],
    &["status", "--jsno"],
    &["explain", "prod/orders"],
    &["explain", "prod/web"],
    &["explain"],
    &["timeline", "--since", "30m"],
    &["kpis", "prod/orders"],
    &["alarms"],
    &["cost", "--estimate"],
    &["logs", "prod/orders", "--since", "5m"],
    &["nodes"],
    &["doctor", "--read-only"],
    &["redeploy", "prod/orders", "--dry-run"],
    &["redeploy", "prod/orders"],
    &["recycle", "prod/billing", "--dry-run"],
    &["rollback", "prod/orders", "--dry-run"],
    &["stop-task", "prod/orders", "--dry-run"],
    &["scale", "prod/orders", "4", "--dry-run"],
    &["scale", "prod/orders", "many"],
    &["stop", "production", "--dry-run"],
    &["start", "production", "--dry-run"],
    &["config", "check"],
    &["config", "init", "--output", "-"],
    &["config", "schema"],
    &["config", "show"],
    &["iam", "print", "--for", "observer"],
    &["completions", "bash"],
    &["completions", "tcsh"],
    &["man"],
    &["recordings", "list"],
    &["journal", "verify"],
    &["journal", "show"],
    &["policy"],
    &["policy", "explain", "redeploy", "prod/orders"],
    &["handoff"],
];

/// What the page says each command may end with.
fn documented() -> BTreeMap<String, BTreeSet<i32>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/exit-codes.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, table) = page.split_once("may end with").expect("the second table");
    let mut all = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let [names, codes] = row.trim_matches('|').splitn(2, '|').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let words: Vec<&str> = codes
            .split(|one: char| !one.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let mut told = BTreeSet::new();
        for (place, word) in words.iter().enumerate() {
            let Ok(code) = word.parse::<i32>() else {
                continue;
            };
            let end = match words.get(place + 1..place + 3) {
                Some(["to", end]) => end.parse().expect("a range"),
                _ => code,
            };
            told.extend(code..=end);
        }
        for name in names.split('`').skip(1).step_by(2) {
            all.insert(name.to_owned(), told.clone());
        }
    }
    all
}

/// The longest documented name the words begin with.
fn name<'a>(documented: &'a BTreeMap<String, BTreeSet<i32>>, words: &[&str]) -> &'a str {
    let line = words.join(" ");
    let names = documented.keys().filter(|name| {
        let rest = line.strip_prefix(name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let longest = names.max_by_key(|name| name.len());
    longest.unwrap_or_else(|| panic!("{line} is not in the table"))
}

#[test]
fn every_command_ends_as_the_table_says() {
    let documented = documented();
    assert_eq!(documented["redeploy"], (0..=5).chain([64]).collect());
    let worlds = [
        Simulator::start("codes-steady", &["--scenario", "steady"]),
        Simulator::start("codes-demo", &["--scenario", "demo"]),
        Simulator::start(
            "codes-expired",
            &["--scenario", "steady", "--fault", "expired"],
        ),
    ];
    // Each with a home of its own: what one saw stop would be remembered in the next.
    let homes = ["codes-steady", "codes-demo", "codes-expired"].map(Home::new);
    let home = &homes[0];
    let mut seen: BTreeSet<i32> = BTreeSet::new();
    for words in RUNS {
        let may = &documented[name(&documented, words)];
        let run = |world: usize| {
            let ended = worlds[world].run(&homes[world], words);
            assert!(may.contains(&ended.code), "{words:?} {may:?}: {ended:?}");
            ended.code
        };
        let codes = [run(0), run(2)];
        seen.extend(codes);
        if words == ["status"] {
            assert_eq!((codes, run(1)), ([0, 3], 2));
        }
        // Where nothing answers nothing is good, except what asks nobody.
        let asks_nobody = [
            "config",
            "iam",
            "completions",
            "man",
            "recordings",
            "journal",
        ];
        let asks_nobody = asks_nobody.contains(&words[0]) && !words.contains(&"init");
        assert!(
            asks_nobody || words == ["policy"] || codes[1] != 0,
            "{words:?}: {codes:?}"
        );
    }
    assert!(seen.is_superset(&[0, 2, 3, 64].into()), "{seen:?}");
    // Still on its way when nobody waits any longer; and settings nobody can mean.
    let line = [
        "redeploy",
        "prod/pricing",
        "--reason",
        "INC-42",
        "--confirm",
    ];
    let line = [&line[..], &["pricing", "--timeout", "1s", "--acknowledge"]].concat();
    assert_eq!(worlds[0].run(home, &line).code, 5);
    home.file("config/firstline/config.toml", "nonsense");
    for line in RUNS {
        let bare = ["completions", "man", "recordings", "journal"];
        let schema = line == ["config", "schema"] || line.contains(&"init");
        if !bare.contains(&line[0]) && !schema {
            let ended = worlds[0].run(home, line);
            assert_eq!(ended.code, 64, "{line:?}: {ended:?}");
        }
    }
}
