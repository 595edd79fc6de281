//! Every `--json` against its schema in `docs/schema`: a member that is gone, renamed or of another
//! type is a broken promise.
//!
//! `UPDATE_DOCS=1` makes the schemas anew of what is printed; look at the difference before keeping
//! it. Members may be added by any version, and what is not known is `null`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Map, Value, json};

use super::shell::{ENVIRONMENTS, Home, Simulator};

/// A schema, a command whose documents are of it, and the worlds it is run in: every one, or, where
/// it waits for AWS's quotas or for an outcome, those that are named.
type Printed = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

/// Every command, what alters last.
const PRINTED: [Printed; 44] = [
    ("status", &["status", "--json"], &[]),
    ("status", &["status", "staging", "--json"], &[]),
    ("status", &["status", "prod/orders", "--json"], &[]),
    (
        "explain",
        &["explain", "prod/orders", "--json"],
        &["steady", "demo", "gone", "bad-deploy"],
    ),
    ("explain", &["explain", "prod/search", "--json"], &["demo"]),
    ("explain", &["explain", "ingest", "--json"], &["zone"]),
    ("timeline", &["timeline", "--json"], &["denied"]),
    (
        "timeline",
        &["timeline", "prod/orders", "--json"],
        &["gone", "oom"],
    ),
    (
        "logs",
        &["logs", "prod/orders", "--since", "10m", "--json"],
        &[],
    ),
    (
        "logs",
        &["logs", "production", "--since", "2m", "--json"],
        &[],
    ),
    ("kpis", &["kpis", "--json"], &[]),
    (
        "kpis",
        &["kpis", "prod/orders", "--since", "1h", "--json"],
        &[],
    ),
    ("kpis", &["kpis", "production", "--json"], &[]),
    ("alarms", &["alarms", "--json"], &[]),
    ("cost", &["cost", "--estimate", "--json"], &[]),
    ("doctor", &["doctor", "--read-only", "--json"], &[]),
    ("doctor", &["doctor", "--for", "developer", "--json"], &[]),
    ("policy", &["policy", "--json"], &[]),
    ("config-show", &["config", "show", "--json"], &[]),
    (
        "policy-explain",
        &["policy", "explain", "redeploy", "prod/web", "--json"],
        &[],
    ),
    (
        "policy-explain",
        &["policy", "explain", "rollback", "prod/search", "--json"],
        &[],
    ),
    (
        "policy-explain",
        &["policy", "explain", "redeploy", "prod/cart", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["redeploy", "prod/orders", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["redeploy", "prod/web", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["redeploy", "prod/cart", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["recycle", "prod/orders", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["rollback", "prod/search", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["stop-task", "prod/web", "--dry-run", "--json"],
        &[],
    ),
    (
        "redeploy",
        &["scale", "prod/web", "3", "--dry-run", "--json"],
        &[],
    ),
    ("stop", &["stop", "staging", "--dry-run", "--json"], &[]),
    ("stop", &["start", "staging", "--dry-run", "--json"], &[]),
    ("nodes", &["nodes", "--json"], &[]),
    ("recordings", &["recordings", "list", "--json"], &[]),
    // One line a step: of every verb on a service.
    (
        "redeploy-events",
        &["redeploy", "prod/pricing", "--json"],
        &["steady", "oom"],
    ),
    (
        "redeploy-events",
        &["scale", "prod/web", "7", "--json"],
        &["steady"],
    ),
    (
        "redeploy-events",
        &["stop-task", "prod/billing", "--json"],
        &["steady"],
    ),
    (
        "redeploy-events",
        &["rollback", "prod/search", "--json"],
        &["demo"],
    ),
    (
        "redeploy-events",
        &["recycle", "prod/billing", "--json"],
        &["steady", "cache"],
    ),
    ("journal-show", &["journal", "show", "--json"], &[]),
    (
        "journal-show",
        &["journal", "show", "--shared", "--json"],
        &["steady"],
    ),
    ("journal-export", &["journal", "export"], &[]),
    ("handoff", &["handoff", "--json"], &["demo", "oom"]),
    (
        "handoff",
        &["handoff", "prod/orders", "--json"],
        &["steady", "demo"],
    ),
    (
        "handoff",
        &["handoff", "production", "--json"],
        &["denied", "cache"],
    ),
];

/// What one command prints once it alters something: the answers to every question.
const ANSWERS: [&str; 5] = ["--reason", "INC-42", "--acknowledge", "--timeout", "2s"];

/// Stopping and starting an environment, in the order of a day.
const CARRIED: [Printed; 6] = [
    ("stop", &["start", "staging", "--dry-run", "--json"], &[]),
    ("stop-result", &["stop", "staging", "--json"], &[]),
    ("stop", &["stop", "staging", "--dry-run", "--json"], &[]),
    ("stop", &["start", "staging", "--dry-run", "--json"], &[]),
    ("status", &["status", "staging", "--json"], &[]),
    ("stop-result", &["start", "staging", "--json"], &[]),
];

/// What the schemas are made of: an estate at rest, incidents, and AWS saying no.
const WORLDS: [(&str, &[&str]); 8] = [
    ("steady", &["--scenario", "steady"]),
    (
        "denied",
        &[
            "--scenario",
            "demo",
            "--fault",
            "denied:cloudwatch.GetMetricData",
        ],
    ),
    ("demo", &["--scenario", "demo"]),
    ("zone", &["--scenario", "zone-impaired"]),
    (
        "gone",
        &["--scenario", "image-gone", "--fault", "denied:cloudtrail"],
    ),
    ("full", &["--scenario", "disk-full"]),
    ("others", &["--scenario", "other-controllers"]),
    ("crowd", &["--scenario", "db-connections"]),
];

/// What they are only held to: they were not made of these.
const OTHER_WORLDS: [(&str, &[&str]); 3] = [
    ("bad-deploy", &["--scenario", "bad-deploy", "--seed", "7"]),
    ("cache", &["--scenario", "cache-storm", "--seed", "3"]),
    (
        "oom",
        &[
            "--scenario",
            "oom",
            "--fault",
            "denied:elasticloadbalancing",
        ],
    ),
];

/// Members that no run above shows, from the Rust types: the schema, where they stand, and what they
/// are: a type, `texts`, or as another member.
const WRITTEN: [(&str, &str, &str); 26] = [
    // Whatever a line of the program holds.
    ("logs", "fields", "object"),
    ("alarms", "alarms.[].silence", "texts"),
    ("alarms", "alarms.[].no_verdict", "string"),
    ("explain", "activities.[].not_scaled", "texts"),
    ("explain", "scaling.limit", "string"),
    ("explain", "scaling.suspended", "string"),
    ("explain", "troubles.[].at", "string"),
    ("explain", "troubles.[].words", "string"),
    ("explain", "zone_trouble", "string"),
    ("handoff", "changed_before.[].by", "string"),
    ("handoff", "patterns.[].sample", "string"),
    ("handoff", "questions", "texts"),
    ("handoff", "refused", "actions"),
    ("kpis", "kpis.[].budget", "string"),
    ("kpis", "kpis.[].label", "string"),
    ("nodes", "problems", "texts"),
    ("redeploy-events", "trouble", "texts"),
    ("stop", "held", "string"),
    ("stop", "unread", "string"),
    ("stop", "target.belief.deployments", "texts"),
    ("stop", "services.[].scheduled", "texts"),
    ("stop", "services.[].count", "number"),
    ("stop", "services.[].last_count", "number"),
    ("stop", "services.[].remembered", "services.[].saved"),
    ("stop", "databases.[].database.restarts_at", "string"),
    ("stop", "databases.[].database.unstoppable", "string"),
];

/// A member of a schema.
fn member<'a>(schema: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(schema, |at, key| {
        if at["type"].is_null() {
            at["type"] = json!(["object", "null"]);
        }
        match key {
            "[]" => &mut at["items"],
            key => &mut at["properties"][key],
        }
    })
}

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

/// What a stop and a start go by.
const ORDERS: &str = "\
order = ['accounts', 'orders billing']
stop_databases = ['staging-db']
mute_alarms    = ['staging-*']
";

const RULES: &str = "
[[service]]
name       = 'orders'
owner      = 'team shop'
runbook    = 'https://wiki.example.com/orders'
dependants = ['web']
pool_size  = 20

[policy]
protected = ['cart']
";

/// The team's settings, with everything a document could tell of.
fn settings() -> String {
    let staging = "clusters = ['staging']\n";
    assert!(ENVIRONMENTS.contains(staging), "{ENVIRONMENTS}");
    ENVIRONMENTS.replace(staging, &[staging, ORDERS].concat()) + RULES
}

/// One estate, and the home of somebody who looks at it.
struct World {
    name: &'static str,
    aws: Simulator,
    home: Home,
}

/// What commands printed: schema, command, documents.
type Told = Vec<(&'static str, &'static [&'static str], Vec<Value>)>;

impl World {
    fn new((name, arguments): (&'static str, &[&str])) -> Self {
        // Tiers and databases are waited for, one after the other.
        let slow = ["order =", "stop_databases ="];
        let settings = match name {
            "day" | "bad-day" => slow
                .iter()
                .fold(settings(), |all, key| all.replace(key, "#")),
            _ => settings(),
        };
        let home = Home::of_team(&format!("schemas-{name}"), &settings);
        home.file("state/firstline/journal/recordings/2026.cast", "");
        let aws = Simulator::start(&format!("schemas-{name}"), arguments).tried();
        Self { name, aws, home }
    }

    /// What the commands print here, one after the other.
    fn told(&self, commands: &'static [Printed]) -> Told {
        let mine = |worlds: &[&str]| worlds.is_empty() || worlds.contains(&self.name);
        let here = commands.iter().filter(|(_, _, worlds)| mine(worlds));
        here.map(|(schema, words, _)| (*schema, *words, self.printed(schema, words)))
            .collect()
    }

    /// What one command prints; one that alters is given every answer.
    fn printed(&self, schema: &str, words: &[&str]) -> Vec<Value> {
        let mut variables = self.aws.variables();
        let whole = ["stop", "start"].contains(&words[0]);
        if whole {
            variables[2].1 = "210987654321"; // staging's own account
        }
        let mut line = words.to_vec();
        let name = words.get(1).and_then(|name| name.rsplit('/').next());
        let alters = whole || schema == "redeploy-events";
        if let Some(name) = name.filter(|_| alters && !words.contains(&"--dry-run")) {
            line.extend(["--confirm", name]);
            line.extend(if whole { &ANSWERS[..2] } else { &ANSWERS[..] });
            if words[0] == "recycle" {
                // One task after the other takes minutes.
                let begun = self.home.ended_by(Signal::KILL, &line, &variables, 1);
                return documents(&begun.out);
            }
        }
        let ended = self.home.run(&line, &variables);
        assert!([0, 1, 2, 3, 5].contains(&ended.code), "{line:?}: {ended:?}");
        documents(&ended.out)
    }
}

/// What every command prints in all of these worlds, side by side.
fn told(worlds: &[(&'static str, &[&str])], commands: &'static [Printed]) -> Told {
    std::thread::scope(|scope| {
        let running: Vec<_> = worlds
            .iter()
            .map(|world| scope.spawn(move || World::new(*world).told(commands)))
            .collect();
        let all = running.into_iter();
        all.flat_map(|one| one.join().expect("it ran")).collect()
    })
}

/// Where a member stands without a type, or a list without items.
fn untyped(schema: &Value, path: &str, found: &mut Vec<String>) {
    let kinds = schema["type"].as_array();
    let list = kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "array"));
    if kinds.is_none() || (list && schema["items"].is_null()) {
        found.push(path.to_owned());
    }
    if list && !schema["items"].is_null() {
        untyped(&schema["items"], &format!("{path}[]"), found);
    }
    for (key, member) in schema["properties"].as_object().into_iter().flatten() {
        untyped(member, &format!("{path}.{key}"), found);
    }
}

#[test]
fn every_json_fits_its_schema() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let days: [(&'static str, &[&str]); 2] = [
        ("day", &["--scenario", "steady", "--speed", "40"]),
        (
            "bad-day",
            &[
                "--scenario",
                "steady",
                "--fault",
                "denied:ecs.UpdateService",
            ],
        ),
    ];
    let (mut seen, others) = std::thread::scope(|scope| {
        let day = scope.spawn(move || told(&days, &CARRIED));
        let others = scope.spawn(|| told(&OTHER_WORLDS, &PRINTED));
        let mut seen = told(&WORLDS, &PRINTED);
        let others = others.join().expect("it ran");
        seen.extend(day.join().expect("it ran"));
        (seen, others)
    });
    let printed = |(schema, words, _): &&Printed| {
        let mut runs = seen
            .iter()
            .filter(|one| (one.0, one.1) == (*schema, *words));
        runs.any(|(_, _, documents)| !documents.is_empty())
    };
    let all = PRINTED.iter().chain(&CARRIED);
    let silent: Vec<_> = all.filter(|one| !printed(one)).collect();
    assert!(silent.is_empty(), "these printed nothing: {silent:?}");
    let names: BTreeSet<&str> = seen.iter().map(|(name, ..)| *name).collect();
    for name in &names {
        let mine = seen.iter().filter(|(schema, ..)| schema == name);
        let documents: Vec<&Value> = mine.flat_map(|(_, _, documents)| documents).collect();
        if update {
            make(name, &documents);
        }
    }
    seen.extend(others);
    for (name, words, documents) in &seen {
        let text = fs::read_to_string(file(name)).unwrap_or_else(|_| panic!("no schema {name}"));
        let schema: Value = serde_json::from_str(&text).expect("JSON");
        let mut found = Vec::new();
        untyped(&schema, name, &mut found);
        assert!(found.is_empty(), "of no type: {found:#?}");
        for one in documents {
            misfits(&schema, one, name, &mut found);
        }
        assert!(found.is_empty(), "{words:?}: {found:#?}");
    }
    let kept = fs::read_dir(file("x").parent().expect("a folder")).expect("it is there");
    for file in kept {
        let file = file.expect("it can be listed").path();
        let name = file.file_stem().expect("a name").to_string_lossy();
        assert!(names.contains(&*name), "nothing prints {name}");
    }
}

/// Writes the schema of what was printed.
fn make(name: &str, documents: &[&Value]) {
    let mut told = schema(documents);
    for (_, path, kind) in WRITTEN.iter().filter(|(of, ..)| *of == name) {
        let is = match *kind {
            "texts" => json!({ "type": ["array", "null"], "items": { "type": ["string"] } }),
            "string" | "number" | "object" => json!({ "type": [kind, "null"] }),
            other => member(&mut told, other).clone(),
        };
        *member(&mut told, path) = is;
    }
    let mut commands = PRINTED.iter().chain(&CARRIED);
    let (_, words, _) = commands.find(|(of, ..)| *of == name).expect("it is listed");
    told["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    told["title"] = format!("firstline {}", words.join(" ")).into();
    let text = serde_json::to_string_pretty(&told).expect("JSON");
    fs::create_dir_all(file(name).parent().expect("a folder")).expect("ours");
    fs::write(file(name), text + "\n").expect("ours");
}

/// Whatever takes `--json` is in the lists above; what also has a dry run, both with it and without.
#[test]
fn nothing_that_prints_json_is_left_out() {
    use clap::CommandFactory as _;
    fn below(command: &clap::Command, path: &[&str], left: &mut Vec<String>) {
        let takes = |name| {
            command
                .get_arguments()
                .any(|one| one.get_long() == Some(name))
        };
        let listed = |dry: bool| {
            let mut all = PRINTED.iter().chain(&CARRIED);
            all.any(|(_, words, _)| words.starts_with(path) && words.contains(&"--dry-run") == dry)
        };
        let dry = takes("dry-run");
        if takes("json") && !(listed(false) && (!dry || listed(true))) {
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
