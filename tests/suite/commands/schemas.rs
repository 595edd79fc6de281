//! Every `--json` against its schema in `docs/schema`: a member that is gone, renamed or of another
//! type is a broken promise.
//!
//! `UPDATE_DOCS=1` makes the schemas anew of what is printed; look at the difference before keeping
//! it. Members may be added by any version, and what is not known is `null`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::shell::{Home, Simulator};

/// Each schema, and the command that prints it.
const PRINTED: [(&str, &[&str]); 18] = [
    ("status", &["status", "--json"]),
    ("explain", &["explain", "prod/orders", "--json"]),
    ("timeline", &["timeline", "--json"]),
    ("logs", &["logs", "prod/orders", "--since", "10m", "--json"]),
    ("kpis", &["kpis", "--json"]),
    ("alarms", &["alarms", "--json"]),
    ("cost", &["cost", "--estimate", "--json"]),
    ("doctor", &["doctor", "--read-only", "--json"]),
    ("handoff", &["handoff", "--json"]),
    ("policy", &["policy", "--json"]),
    ("config-show", &["config", "show", "--json"]),
    ("redeploy", &["redeploy", "prod/web", "--dry-run", "--json"]),
    ("scale", &["scale", "prod/web", "3", "--dry-run", "--json"]),
    ("stop", &["stop", "staging", "--dry-run", "--json"]),
    (
        "policy-explain",
        &["policy", "explain", "redeploy", "prod/web", "--json"],
    ),
    // One line a step: of every verb on a service.
    (
        "redeploy-events",
        &[
            "redeploy",
            "prod/pricing",
            "--reason",
            "INC-42",
            "--confirm",
            "pricing",
            "--acknowledge",
            "--timeout",
            "2s",
            "--json",
        ],
    ),
    ("journal-show", &["journal", "show", "--json"]),
    ("journal-export", &["journal", "export"]),
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schema/{name}.json"))
}

/// What is printed: one document, or one a line.
fn documents(out: &str) -> Vec<Value> {
    match serde_json::from_str(out) {
        Ok(one) => vec![one],
        Err(_) => out
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The narrowest schema that all of `seen` fit.
fn schema(seen: &[&Value]) -> Value {
    let mut kinds: Vec<&str> = seen.iter().map(|one| kind(one)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.retain(|kind| *kind != "null");
    let mut told = Map::new();
    match kinds.as_slice() {
        [] => {}
        [one] => drop(told.insert("type".to_owned(), json!([one, "null"]))),
        several => drop(told.insert("type".to_owned(), json!([several, &["null"]].concat()))),
    }
    let items: Vec<&Value> = seen
        .iter()
        .filter_map(|one| one.as_array())
        .flatten()
        .collect();
    if !items.is_empty() {
        told.insert("items".to_owned(), schema(&items));
    }
    let objects: Vec<&Map<String, Value>> = seen.iter().filter_map(|one| one.as_object()).collect();
    if !objects.is_empty() {
        let mut members: BTreeMap<&String, Vec<&Value>> = BTreeMap::new();
        for (key, value) in objects.iter().flat_map(|one| one.iter()) {
            members.entry(key).or_default().push(value);
        }
        let always = members
            .iter()
            .filter(|(_, seen)| seen.len() == objects.len());
        let always: Vec<&&String> = always.map(|(key, _)| key).collect();
        told.insert("required".to_owned(), json!(always));
        let members = members
            .iter()
            .map(|(key, seen)| ((*key).clone(), schema(seen)));
        told.insert("properties".to_owned(), Value::Object(members.collect()));
    }
    Value::Object(told)
}

/// What of `value` does not fit `schema`.
fn misfits(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(kinds) = schema["type"].as_array()
        && !kinds.iter().any(|one| one == kind(value))
    {
        found.push(format!("{path} is of type {}", kind(value)));
    }
    for (number, item) in value.as_array().into_iter().flatten().enumerate() {
        misfits(&schema["items"], item, &format!("{path}[{number}]"), found);
    }
    let Some(object) = value.as_object() else {
        return;
    };
    for key in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(key.as_str().expect("a name")) {
            found.push(format!("{path} lacks {key}"));
        }
    }
    for (key, value) in object {
        misfits(
            &schema["properties"][key],
            value,
            &format!("{path}.{key}"),
            found,
        );
    }
}

#[test]
fn every_json_fits_its_schema() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let home = Home::new("schemas");
    home.file("config/firstline/config.toml", super::help::ENVIRONMENTS);
    home.file(
        ".aws/config",
        "[profile acme-staging]\nregion = eu-central-1\n",
    );
    home.file(
        ".aws/credentials",
        "[acme-staging]\naws_access_key_id = 210987654321\naws_secret_access_key = x\n",
    );
    // A quiet estate, and one with an incident that refuses to tell its metrics.
    let worlds = [
        Simulator::start("schemas-steady", &["--scenario", "steady"]),
        Simulator::start(
            "schemas-denied",
            &[
                "--scenario",
                "demo",
                "--fault",
                "denied:cloudwatch.GetMetricData",
            ],
        ),
    ];
    for (name, words) in PRINTED {
        let mut seen = Vec::new();
        for world in &worlds {
            let mut variables = world.variables();
            if words[0] == "stop" {
                variables[2].1 = "210987654321"; // staging's own account
            }
            let ended = home.run(words, &variables);
            assert!(
                [0, 1, 2, 3, 5].contains(&ended.code),
                "{words:?}: {ended:?}"
            );
            seen.extend(documents(&ended.out));
        }
        assert!(!seen.is_empty(), "{words:?} printed nothing");
        if update {
            let mut told = schema(&seen.iter().collect::<Vec<_>>());
            told["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
            told["title"] = format!("firstline {}", words.join(" ")).into();
            let text = serde_json::to_string_pretty(&told).expect("JSON");
            fs::create_dir_all(file(name).parent().expect("a folder")).expect("ours");
            fs::write(file(name), text + "\n").expect("ours");
        }
        let text = fs::read_to_string(file(name)).unwrap_or_else(|_| panic!("no schema {name}"));
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let mut found = Vec::new();
        for one in &seen {
            misfits(&schema, one, name, &mut found);
        }
        assert!(found.is_empty(), "{words:?}: {found:#?}");
    }
}

/// Whatever takes `--json` is in the list above, or shares its document with one that is.
#[test]
fn nothing_that_prints_json_is_left_out() {
    use clap::CommandFactory as _;
    fn below(command: &clap::Command, path: &[&str], left: &mut Vec<String>) {
        // One road, one report: the verbs on a service, and stop and start.
        let same = ["recycle", "rollback", "stop-task", "start"];
        let json = command
            .get_arguments()
            .any(|one| one.get_long() == Some("json"));
        let listed = PRINTED.iter().any(|(_, words)| words.starts_with(path));
        if json && !listed && !same.contains(path.last().unwrap_or(&"")) {
            left.push(path.join(" "));
        }
        for one in command.get_subcommands() {
            below(one, &[path, &[one.get_name()]].concat(), left);
        }
    }
    let mut left = Vec::new();
    below(&firstline::app::command::Cli::command(), &[], &mut left);
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_does_not_fit_is_seen() {
    let schema = schema(&[&json!({ "a": 1, "b": [{ "c": "x" }] })]);
    let told = |value: Value| {
        let mut found = Vec::new();
        misfits(&schema, &value, "x", &mut found);
        found
    };
    assert!(told(json!({ "a": null, "b": [], "new": 1 })).is_empty());
    assert_eq!(
        told(json!({ "b": [{ "c": 7 }] })),
        ["x lacks \"a\"", "x.b[0].c is of type number"]
    );
}
