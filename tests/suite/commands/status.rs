//! `firstline status` over the simulated AWS.

use serde_json::Value;

use super::shell::{Home, Simulator};
use crate::endpoints::{Server, seed};

#[test]
fn a_steady_estate_is_good_news() {
    let (home, aws) = (
        Home::new("steady"),
        Simulator::start("steady", &["--scenario", "steady"]),
    );
    let ended = aws.run(&home, &["status"]);
    assert_eq!((ended.code, &*ended.err), (0, ""), "{ended:?}");
    let mut lines = ended.out.lines();
    let titles = lines.next().unwrap_or_default();
    assert!(titles.starts_with("ENVIRONMENT  SERVICE"), "{titles}");
    assert_eq!(lines.clone().count(), 15, "{}", ended.out);
    assert!(
        lines.all(|line| line.contains(" healthy ") || line.contains(" unverified ")),
        "{}",
        ended.out
    );
}

#[test]
fn an_incident_is_told_worst_first() {
    let (home, aws) = (
        Home::new("incident"),
        Simulator::start("incident", &["--seed", "7"]),
    );
    let ended = aws.run(&home, &["status"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    snapbox::assert_data_eq!(
        &*ended.out,
        "\
ENVIRONMENT  SERVICE [..] VERDICT [..] TASKS  SINCE  WHY
default      orders  [..] down    [..] 0/4    [..] 0/4 running, last stop OutOfMemory (137), [..]
default      web     [..] degraded [..] 6/6    [..] 1 target unhealthy [..]
default      search  [..] deploying [..]
...
default      [..] healthy [..]
...
ALARM web-unhealthy-targets (default): [..]
...
"
    );
}

#[test]
fn json_has_the_shape_it_promises() {
    let (home, aws) = (
        Home::new("json"),
        Simulator::start("json", &["--seed", "7"]),
    );
    let ended = aws.run(&home, &["status", "--json"]);
    assert_eq!((ended.code, &*ended.err), (2, ""));
    let report: Value = serde_json::from_str(&ended.out).expect("JSON");
    let keys = |value: &Value| -> Vec<String> {
        let object = value.as_object().expect("an object");
        object.keys().cloned().collect()
    };
    let sorted = |words: &str| {
        let mut words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        words.sort();
        words
    };
    let mut top = keys(&report);
    top.sort();
    assert_eq!(
        top,
        sorted("taken_at environments services alarms problems")
    );
    let mut service = keys(&report["services"][0]);
    service.sort();
    assert_eq!(
        service,
        sorted("arn name cluster environment verdict since evidence running desired pending stale")
    );
    let mut environment = keys(&report["environments"][0]);
    environment.sort();
    assert_eq!(environment, sorted("name tier account region counts"));
    assert_eq!(report["services"][0]["name"], "orders");
    assert_eq!(report["services"][0]["verdict"], "down");
    assert_eq!(report["environments"][0]["counts"]["down"], 1);
}

#[test]
fn one_service_is_named_in_three_ways() {
    let (home, aws) = (
        Home::new("one"),
        Simulator::start("one", &["--scenario", "steady"]),
    );
    let arn = "arn:aws:ecs:eu-central-1:123456789012:service/prod/orders";
    for name in ["orders", "prod/orders", arn] {
        let ended = aws.run(&home, &["status", name]);
        assert_eq!(ended.code, 0, "{ended:?}");
        assert_eq!(ended.out.lines().count(), 2, "{ended:?}");
        assert!(ended.out.contains(" orders "), "{ended:?}");
    }
    let ended = aws.run(&home, &["status", "ordrs"]);
    assert_eq!((ended.code, &*ended.out), (3, ""));
    assert_eq!(
        ended.err,
        "firstline: no environment is called \"ordrs\", and there is no service \"ordrs\"; did you mean orders?\n"
    );
}

/// What is asked about one environment says nothing of another.
#[test]
fn an_environment_stands_for_itself() {
    let (home, aws) = (Home::new("two"), Simulator::start("two", &[]));
    home.file(
        "config/firstline/config.toml",
        "[[environment]]\nname = \"shop\"\nclusters = [\"prod\"]\n\
         [[environment]]\nname = \"nightly\"\nclusters = [\"prod-batch\"]\n",
    );
    let ended = aws.run(&home, &["status", "nightly", "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let report: Value = serde_json::from_str(&ended.out).expect("JSON");
    for (list, key) in [
        ("environments", "name"),
        ("services", "environment"),
        ("alarms", "environment"),
    ] {
        let all = report[list].as_array().expect("a list");
        assert!(
            all.iter().all(|one| one[key] == "nightly"),
            "{list}: {all:?}"
        );
    }
    assert_eq!(aws.run(&home, &["status", "shop"]).code, 2);
}

#[test]
fn what_may_not_be_read_is_unknown_and_named() {
    let (home, aws) = (
        Home::new("denied"),
        Simulator::start(
            "denied",
            &[
                "--scenario",
                "steady",
                "--fault",
                "denied:ecs.DescribeServices",
            ],
        ),
    );
    let ended = aws.run(&home, &["status"]);
    assert_eq!((ended.code, &*ended.out), (3, "no service could be read\n"));
    assert_eq!(
        ended.err,
        "firstline: default: you may not DescribeServices: the permission ecs:DescribeServices is missing\n"
    );
}

#[test]
fn somebody_elses_aws_shows_all_its_services() {
    let Some(aws) = Server::ministack() else {
        return;
    };
    let seeded = seed(&aws, "111122223333", 30, None);
    let variables = [
        ("AWS_REGION", seeded.region.as_str()),
        ("AWS_ACCESS_KEY_ID", seeded.account.as_str()),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let home = Home::new("ministack");
    let ended = home.run(
        &["status", "--json", "--endpoint-url", &aws.url],
        &variables,
    );
    let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{ended:?}"));
    let services = report["services"].as_array().expect("a list");
    let mut arns: Vec<&str> = services
        .iter()
        .filter_map(|one| one["arn"].as_str())
        .collect();
    arns.sort_unstable();
    let mut made = seeded.services;
    made.sort();
    assert_eq!(arns, made);
    assert_eq!(
        report["environments"][0]["account"],
        seeded.account.as_str()
    );
    assert_eq!(report["problems"], Value::Array(Vec::new()));
    let alarms = report["alarms"].as_array().expect("a list");
    let rings = |one: &Value| one["name"] == seeded.alarms[0].as_str();
    assert!(alarms.iter().any(rings), "{alarms:?}");
}

#[test]
fn a_watch_goes_on_until_it_is_interrupted_and_ends_with_what_it_saw() {
    let (home, aws) = (
        Home::new("watch"),
        Simulator::start("watch", &["--seed", "7"]),
    );
    let ended = home.interrupt(&["status", "--watch", "--json"], &aws.variables(), 1);
    assert_eq!((ended.code, &*ended.err), (2, ""), "{ended:?}");
    for line in ended.out.lines() {
        let report: Value = serde_json::from_str(line).expect("one document a line");
        assert_eq!(report["services"][0]["name"], "orders");
    }
    let ended = home.interrupt(&["status", "orders", "--watch"], &aws.variables(), 3);
    assert_eq!(ended.code, 2, "{ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert!(
        lines[0].starts_with("── ") && lines[0].ends_with('Z'),
        "{ended:?}"
    );
    assert!(lines[1].starts_with("ENVIRONMENT"), "{ended:?}");
    assert!(lines[2].contains(" orders "), "{ended:?}");
}
