//! `firstline explain` and `firstline timeline`.

use serde_json::Value;

use super::shell::{Home, Simulator};

fn incident(test: &str) -> (Home, Simulator) {
    let aws = Simulator::start(test, &["--seed", "7"]);
    (Home::new(test), aws)
}

fn expect(out: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(out.contains(words), "{words:?} is missing:\n{out}");
    }
}

#[test]
fn a_service_is_explained_in_words() {
    let (home, aws) = incident("explain");
    let ended = aws.run(&home, &["explain", "orders"]);
    assert_eq!((ended.code, &*ended.err), (2, ""), "{ended:?}");
    expect(
        &ended.out,
        &[
            "orders (default, prod): down",
            "WHAT TO DO",
            "because ",
            "careful: ",
            "DEPLOYMENTS",
            "circuit breaker",
            "sha256:",
            "rolled back",
            "by deploy@ci",
            "OutOfMemory (137)",
            "CAPACITY",
            "targets healthy",
            "CHANGED FROM",
            "image: ",
            "environment RELEASE: •••• → •••• (changed)",
            "BEFORE IT BROKE",
            "started by deploy@ci",
        ],
    );
    assert!(!ended.out.contains("not available"), "{}", ended.out);
}

#[test]
fn a_service_is_explained_to_programs() {
    let (home, aws) = incident("explain-json");
    let ended = aws.run(&home, &["explain", "orders", "--json"]);
    assert_eq!((ended.code, &*ended.err), (2, ""), "{ended:?}");
    let told: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(
        (&told["name"], &told["verdict"]),
        (&"orders".into(), &"down".into())
    );
    let documented = include_str!("../../../docs/json.md");
    let members = told.as_object().expect("an object");
    for member in members.keys().filter(|one| *one != "taken_at") {
        assert!(
            documented.contains(&format!("`{member}")),
            "{member} is not documented"
        );
    }
    let history = told["history"].as_array().expect("a list");
    assert!((4..=10).contains(&history.len()), "{history:?}");
    let secret = "arn:aws:secretsmanager";
    assert!(
        !ended.out.contains(secret),
        "no value of a secret, not even where it is"
    );
}

#[test]
fn what_happened_is_told_in_order_with_the_start_of_the_trouble() {
    let (home, aws) = incident("timeline");
    let ended = aws.run(&home, &["timeline", "orders", "--since", "1h"]);
    assert_eq!((ended.code, &*ended.err), (0, ""), "{ended:?}");
    expect(
        &ended.out,
        &["started by deploy@ci", "BROKE", "OutOfMemory"],
    );
    let times: Vec<&str> = ended
        .out
        .lines()
        .filter_map(|line| line.get(..20))
        .collect();
    assert!(times.len() > 2 && times.is_sorted(), "{}", ended.out);
    let place = |words: &str| ended.out.find(words).expect("it is there");
    assert!(
        place("started by deploy@ci") < place("BROKE"),
        "{}",
        ended.out
    );
    let all = aws.run(&home, &["timeline", "--json"]);
    let told: Value = serde_json::from_str(&all.out).expect("JSON");
    let moments = told["moments"].as_array().expect("a list");
    assert!(moments.len() > times.len(), "the estate has more to tell");
    assert!(told["incident"]["since"].is_string(), "{told}");
}

#[test]
fn an_environment_has_a_timeline_of_its_own() {
    let (home, aws) = incident("timeline-environment");
    home.file(
        "config/firstline/config.toml",
        "[[environment]]\nname = \"shop\"\nclusters = [\"prod\"]\n\
         [[environment]]\nname = \"nightly\"\nclusters = [\"prod-batch\"]\n\
         [[contact]]\nservice = \"orders\"\nowner = \"team shop\"\nrunbook = \"https://wiki/orders\"\n",
    );
    let told = |environment: &str| -> Value {
        let ended = aws.run(&home, &["timeline", environment, "--since", "1h", "--json"]);
        assert_eq!(ended.code, 0, "{ended:?}");
        serde_json::from_str(&ended.out).expect("JSON")
    };
    let shop = told("shop");
    let moments = shop["moments"].as_array().expect("a list");
    assert!(moments.len() > 3, "{shop}");
    assert!(
        moments.iter().all(|one| one["environment"] == "shop"),
        "{shop}"
    );
    let services: std::collections::BTreeSet<_> = moments
        .iter()
        .filter_map(|one| one["service"].as_str())
        .collect();
    assert!(services.len() > 1, "of several services: {services:?}");
    assert!(
        shop["incident"]["service"]
            .as_str()
            .is_some_and(|arn| arn.ends_with("/orders"))
    );
    let nightly = told("nightly");
    assert_eq!(nightly["incident"], Value::Null, "{nightly}");

    let explained = aws.run(&home, &["explain", "orders"]);
    expect(
        &explained.out,
        &["call team shop", "read https://wiki/orders"],
    );
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_stands() {
    let denied = [
        "denied:ecs.ListServiceDeployments",
        "denied:cloudtrail.LookupEvents",
    ];
    let faults: Vec<&str> = denied.iter().flat_map(|one| ["--fault", one]).collect();
    let aws = Simulator::start("explain-denied", &faults);
    let ended = aws.run(&Home::new("explain-denied"), &["explain", "web"]);
    expect(
        &ended.out,
        &[
            "web (default, prod)",
            "TASKS",
            "not available: deployments: ",
            "ecs:ListServiceDeployments",
            "not available: who called AWS: ",
        ],
    );
}

#[test]
fn a_service_that_is_not_there_is_said() {
    let (home, aws) = incident("explain-none");
    for command in ["explain", "timeline"] {
        let ended = aws.run(&home, &[command, "ordrs"]);
        assert_eq!((ended.code, &*ended.out), (3, ""), "{ended:?}");
        assert!(ended.err.contains("did you mean orders?"), "{ended:?}");
    }
    let ended = aws.run(&home, &["timeline", "--since", "9d"]);
    assert_eq!(ended.code, 64, "{ended:?}");
}
