//! `firstline logs` over the simulated AWS.

use serde_json::Value;

use super::shell::{Home, Simulator};

#[test]
fn lines_fields_patterns_and_what_is_not_there() {
    let home = Home::new("logs");
    let aws = Simulator::start("logs", &["--seed", "7"]);
    let plain = aws.run(&home, &["logs", "prod/orders", "--since", "10m"]);
    assert_eq!((plain.code, &*plain.err), (0, ""), "{plain:?}");
    let times: Vec<_> = plain.out.lines().filter_map(time).collect();
    assert!(times.is_sorted(), "in order of time");
    let all = plain.out.lines().count();
    assert!(all > 100, "{all} lines");
    assert!(!plain.out.contains('\u{1b}'));

    // The same span for each that follows: ten minutes before now move on with the clock.
    let (from, to) = (*times.first().unwrap(), *times.last().unwrap());
    let orders = |more: &[&str]| {
        let line = [&["logs", "prod/orders", "--from", from, "--to", to], more].concat();
        aws.run(&home, &line)
    };
    let bad = orders(&["--level", "warn", "--json"]);
    let lines = bad
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    assert!(!lines.is_empty() && lines.len() < all);
    for line in &lines {
        assert!(
            line["level"] == "warn" || line["level"] == "error",
            "{line}"
        );
        assert_eq!(line["service"], "orders");
        assert_eq!(line["fields"]["service"], "orders");
    }
    let same = orders(&["--filter", "level>=warn service=orders", "--raw"]);
    assert!(same.out.starts_with('{') && same.out.lines().count() >= lines.len());

    let patterns = orders(&["--patterns"]);
    assert!(
        patterns.out.contains("heap <*> MiB of <*> MiB"),
        "{}",
        patterns.out
    );
    assert!(patterns.out.lines().count() < 40);

    let group = aws.run(&home, &["logs", "/ecs/prod/web", "--since", "1m", "--raw"]);
    assert!(group.code == 0 && group.out.contains("[web]"), "{group:?}");
    let none = aws.run(&home, &["logs", "/ecs/none", "--since", "1m"]);
    assert_eq!(none.code, 3, "{none:?}");
    assert!(
        none.err.contains("its log group does not exist"),
        "{none:?}"
    );
    for (line, words) in [
        (&["logs", "ordres"][..], "did you mean orders?"),
        (
            &["logs", "orders", "--filter", "/a(/"],
            "is no regular expression",
        ),
        (&["logs", "orders", "--level", "loud"], "is no level"),
        (&["logs", "orders", "--since", "soon"], "write 15m or 2h"),
    ] {
        let ended = aws.run(&home, line);
        assert!(ended.code != 0 && ended.err.contains(words), "{ended:?}");
    }
}

/// When a printed line was written: its first word.
fn time(line: &str) -> Option<&str> {
    line.split(' ').next()
}
