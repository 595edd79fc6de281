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

/// One task by how its id begins, and queries saved in Logs Insights.
#[test]
fn a_task_alone_and_a_saved_query() {
    let home = Home::new("logs-of");
    let aws = Simulator::start("logs-of", &["--seed", "7"]);
    let streams = |out: &str| -> Vec<String> {
        let lines = out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| line["stream"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = aws.run(&home, &["logs", "prod/web", "--since", "10m", "--json"]);
    let streams_of_all = streams(&all.out);
    let stream = streams_of_all.last().unwrap();
    let id = stream.rsplit('/').next().unwrap();
    assert!(streams_of_all.iter().any(|other| other != stream));
    let one = aws.run(&home, &["logs", &id[..8], "--since", "10m", "--json"]);
    assert_eq!((one.code, &*one.err), (0, ""), "{one:?}");
    let of_one = streams(&one.out);
    assert!(of_one.len() > 20 && of_one.iter().all(|other| other == stream));
    let gone = aws.run(&home, &["logs", "0123456789abcdef"]);
    assert!(
        gone.code == 3 && gone.err.contains("no task begins so"),
        "{gone:?}"
    );

    let query = aws.run(
        &home,
        &["logs", "saved:shop/pool trouble", "--since", "30m", "--raw"],
    );
    assert_eq!((query.code, &*query.err), (0, ""), "{query:?}");
    assert!(query.out.lines().count() > 0);
    for line in query.out.lines() {
        let found = ["timeout", "heap", "retry"]
            .iter()
            .any(|word| line.contains(word));
        assert!(found && !line.contains("GET /status"), "{line}");
    }
    for (name, words) in [
        ("saved:shop/lines an hour", "a tail has no `stats`"),
        (
            "saved:nobody",
            "there are: shop/lines an hour, shop/pool trouble",
        ),
    ] {
        let refused = aws.run(&home, &["logs", name]);
        assert!(
            refused.code == 3 && refused.err.contains(words),
            "{refused:?}"
        );
    }
}

/// The built binary with a Live Tail over the simulator's endpoint: lines come, what it costs is said
/// before and after, and who may not listen polls.
#[test]
fn live_tail_from_the_command_line() {
    let home = Home::new("logs-live");
    let aws = Simulator::start("logs-live", &["--seed", "7"]);
    let line = [
        "logs",
        "prod/web",
        "--follow",
        "--live-tail",
        "--since",
        "30s",
    ];
    let ended = home.interrupt(&line, &aws.variables(), 60);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(
        ended
            .err
            .contains("firstline: Live Tail, about $0.60 an hour"),
        "{ended:?}"
    );
    let last = ended.err.lines().last().unwrap();
    assert!(last.contains(" lines, no gap, Live Tail $0.01"), "{last}");
    let mut seen = std::collections::BTreeSet::new();
    assert!(ended.out.lines().all(|line| seen.insert(line)), "{ended:?}");
    assert!(ended.out.lines().count() >= 60);
    drop(aws);

    let aws = Simulator::start(
        "logs-denied",
        &["--seed", "7", "--fault", "denied:logs.StartLiveTail"],
    );
    let ended = home.interrupt(&line, &aws.variables(), 60);
    assert!(ended.err.contains("logs:StartLiveTail"), "{ended:?}");
    assert!(ended.err.contains("; polling"), "{ended:?}");
}

/// When a printed line was written: its first word.
fn time(line: &str) -> Option<&str> {
    line.split(' ').next()
}
