//! `firstline config`: settings written from a look at the account, checked, shown.

use serde_json::Value;

use super::shell::{Ended, Home, Simulator};
use crate::endpoints::{Server, seed};

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// From an account nobody described to a board with two environments, in five commands.
fn newcomer(home: &Home, variables: &[(&str, &str)], other: &[(&str, &str)]) {
    let settings = home.path("work/firstline.toml").display().to_string();
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let ended = home.run(arguments, variables);
        assert!([0, 1].contains(&ended.code), "{arguments:?}: {ended:?}");
        ended
    };
    // It says that nobody speaks Application Auto Scaling there, and finds nothing else wrong.
    let doctor = json(&home.run(&["doctor", "--json"], variables));
    let checks = doctor["checks"].as_array().expect("a list").iter();
    let wrong: Vec<&str> = checks
        .filter(|one| one["finding"] != "good")
        .map(|one| one["words"].as_str().expect("words"))
        .collect();
    let told = wrong
        .iter()
        .all(|words| words.starts_with("application-autoscaling"));
    assert!(told, "{wrong:?}");
    run(&["config", "init", "--output", &settings], variables);
    let first = std::fs::read_to_string(&settings).expect("it is written");
    let second = run(&["config", "init", "--output", "-"], other).out;
    let renamed = second.replace("name     = \"default\"", "name     = \"other\"");
    assert_ne!(renamed, second, "{second}");
    std::fs::write(&settings, format!("{first}\n{renamed}")).expect("ours");
    let checked = run(&["config", "check", &settings], variables);
    assert!(checked.out.contains("nothing wrong"), "{checked:?}");
    let board = home.run(&["status", "--config", &settings, "--json"], variables);
    let board = json(&board);
    let environments = board["environments"].as_array().expect("a list");
    assert!(environments.len() >= 2, "{board}");
    assert!(
        environments.iter().all(|one| one["tier"] == "production"),
        "{board}"
    );
    let services = board["services"].as_array().expect("a list");
    assert!(!services.is_empty(), "{board}");
}

#[test]
fn a_newcomer_gets_from_an_account_to_a_board_on_a_third_partys_aws() {
    let Some(ministack) = Server::ministack() else {
        return;
    };
    seed(&ministack, "123456789012", 6, None);
    let variables = [
        ("AWS_ENDPOINT_URL", ministack.url.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "123456789012"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let home = Home::new("newcomer");
    // A second account of the same endpoint; nothing runs there yet.
    let mut other = variables;
    other[2].1 = "210987654321";
    let before = std::time::Instant::now();
    newcomer(&home, &variables, &other);
    assert!(
        before.elapsed() < std::time::Duration::from_mins(2),
        "a bound, not a race"
    );
}

#[test]
fn init_never_takes_anything_for_staging_and_never_writes_over_a_file() {
    let (home, aws) = (
        Home::new("init"),
        Simulator::start("init", &["--scenario", "steady"]),
    );
    let mut variables = aws.variables();
    variables[2].1 = "210987654321";
    let ended = home.run(&["config", "init"], &variables);
    assert_eq!(ended.code, 0, "{ended:?}");
    let shown = home.run(&["config", "show", "--json"], &variables);
    let shown = json(&shown);
    let tiers: Vec<&Value> = shown["settings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| {
            one["key"]
                .as_str()
                .is_some_and(|key| key.rsplit('.').next() == Some("tier"))
        })
        .map(|one| &one["value"])
        .collect();
    assert_eq!(tiers, ["\"production\""]);
    let refused = home.run(&["stop", "staging", "--dry-run"], &variables);
    assert_eq!(refused.code, 3, "{refused:?}");
    let again = home.run(&["config", "init"], &variables);
    assert_eq!(again.code, 64, "{again:?}");
    assert!(again.err.contains("--force writes over it"), "{again:?}");
}

#[test]
fn every_mistake_is_told_at_once() {
    let home = Home::new("check");
    let file = home.file(
        "x.toml",
        "read_onyl = true\n[[environment]]\nname = \"a\"\nteir = \"staging\"\naccount = 7\n",
    );
    let ended = home.run(&["config", "check", &file.display().to_string()], &[]);
    assert_eq!(ended.code, 64, "{ended:?}");
    for words in [
        "did you mean `read_only`?",
        "did you mean `tier`?",
        "put it in quotes",
        "x.toml:5:11",
    ] {
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
    let careful = home.file(
        "y.toml",
        "[[environment]]\nname = \"a\"\ntier = \"staging\"\n",
    );
    let ended = home.run(&["config", "check", &careful.display().to_string()], &[]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("counts as production"), "{ended:?}");
    assert_eq!(home.run(&["config", "check"], &[]).code, 0);
}

#[test]
fn it_says_who_set_each_value() {
    let home = Home::new("origin");
    let file = home.file(
        "config/firstline/config.toml",
        "[display]\nascii = true\nmouse = false\n\n[[environment]]\nname = \"a\"\n",
    );
    let variables = [("NO_COLOR", "1")];
    let ended = home.run(&["config", "show", "--origin", "--read-only"], &variables);
    let line = |key: &str| {
        let mut lines = ended.out.lines();
        let found = lines.find(|line| line.starts_with(&format!("{key} ")));
        found
            .unwrap_or_else(|| panic!("no {key}: {ended:?}"))
            .to_owned()
    };
    assert!(line("read_only").ends_with("flag --read-only"), "{ended:?}");
    assert!(
        line("display.color").ends_with("variable NO_COLOR"),
        "{ended:?}"
    );
    let path = file.display().to_string();
    assert!(path.ends_with("config.toml"));
    assert!(
        line("display.ascii").contains("file HOME/config/firstline/config.toml:2"),
        "{ended:?}"
    );
    assert!(line("display.time").ends_with("default"), "{ended:?}");
    assert!(
        line("environment.a.name").ends_with("config.toml:6"),
        "{ended:?}"
    );
}

#[test]
fn settings_of_the_working_tree_come_before_the_users_own() {
    let home = Home::new("tree");
    home.file(
        "config/firstline/config.toml",
        "[[environment]]\nname = \"own\"\n",
    );
    home.file("repo/firstline.toml", "[[environment]]\nname = \"tree\"\n");
    home.file("repo/.git/HEAD", "");
    home.file("repo/deep/er/x", "");
    home.file("repo/other/.git/HEAD", "");
    let shown = |folder: &str| home.run_in(folder, &["config", "show"], &[]).out;
    assert!(shown("repo/deep/er").contains("environment.tree.name"));
    assert!(shown("repo").contains("environment.tree.name"));
    let own = shown("repo/other");
    assert!(
        own.contains("environment.own.name"),
        "a repository ends the search: {own}"
    );
}

#[test]
fn the_schema_is_json_and_knows_the_settings() {
    let schema = json(&Home::new("schema").run(&["config", "schema"], &[]));
    assert_eq!(schema["properties"]["environment"]["type"], "array");
}

/// Keys with a mistake stop the start; so `config check` reads them too, named by the settings or
/// lying beside them.
#[test]
fn the_keys_are_checked_with_the_settings() {
    let home = Home::new("check-keys");
    let checked = |home: &Home| home.run(&["config", "check"], &[]);
    assert_eq!(checked(&home).code, 0);
    home.file(
        "config/firstline/keymap.toml",
        "[board]\n\"x\" = \"opne\"\n",
    );
    let ended = checked(&home);
    assert_eq!(ended.code, 64, "{ended:?}");
    assert!(ended.err.contains("keymap.toml:2"), "{ended:?}");
    assert!(ended.err.contains("open"), "a suggestion: {ended:?}");
    let settings = "[display]\nkeymap = \"mine.toml\"\n";
    home.file("config/firstline/config.toml", settings);
    home.file("config/firstline/keymap.toml", "");
    let ended = checked(&home);
    assert_eq!(ended.code, 64, "{ended:?}");
    assert!(ended.err.contains("mine.toml"), "{ended:?}");
}

/// The variables that speak for no flag of ours.
#[test]
fn the_variables_of_colour_are_told_as_who_set_it() {
    let home = Home::new("origin-colour");
    let told = |variables: &[(&str, &str)], flags: &[&str]| {
        let line = [&["config", "show", "--origin"], flags].concat();
        let ended = home.run(&line, variables);
        let mut lines = ended.out.lines();
        let found = lines.find(|line| line.starts_with("display.color "));
        found.unwrap_or_else(|| panic!("{ended:?}")).to_owned()
    };
    assert!(told(&[("CLICOLOR", "0")], &[]).ends_with("variable CLICOLOR"));
    assert!(told(&[("CLICOLOR", "1")], &[]).ends_with("default"));
    let both = [("CLICOLOR", "0"), ("NO_COLOR", "1")];
    assert!(told(&both, &[]).ends_with("variable NO_COLOR"));
    let flag = told(&[("CLICOLOR", "0")], &["--no-color"]);
    assert!(flag.ends_with("flag --no-color"), "{flag}");
    assert!(told(&[("CLICOLOR", "0")], &[]).contains("= \"never\""));
}
