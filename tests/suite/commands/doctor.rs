//! The doctor and the policies: what is tried, what is missing, what is printed.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use firstline::cloud::permissions;
use firstline::estate::permission::Permission;
use serde_json::Value;

use super::shell::{Ended, Home, Simulator};

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// The actions with an outcome.
fn with(report: &Value, outcome: &str) -> BTreeSet<String> {
    let tried = report["permissions"].as_array().expect("a list").iter();
    tried
        .filter(|one| one["outcome"] == outcome)
        .map(|one| one["action"].as_str().expect("an action").to_owned())
        .collect()
}

fn check<'a>(report: &'a Value, about: &str) -> &'a Value {
    let mut checks = report["checks"].as_array().expect("a list").iter();
    checks
        .find(|one| one["about"] == about)
        .unwrap_or_else(|| panic!("no {about}: {report}"))
}

const STAGING: &str = "\
[[environment]]
name     = 'staging'
tier     = 'staging'
account  = '210987654321'
clusters = ['staging']

[journal]
group = '/ops/firstline'
";

#[test]
fn it_finds_everything_in_place_and_alters_nothing() {
    let (home, aws) = (
        Home::new("doctor"),
        Simulator::start("doctor", &["--scenario", "steady"]).tried(),
    );
    home.file("config/firstline/config.toml", STAGING);
    let run = |arguments: &[&str]| {
        let mut variables = aws.variables().to_vec();
        variables[2] = ("AWS_ACCESS_KEY_ID", "210987654321");
        home.run(arguments, &variables)
    };
    let before = run(&["status", "--json"]);
    let ended = run(&["doctor", "--json"]);
    let report = json(&ended);
    assert_eq!(ended.code, 0, "{ended:?}");
    let tried: BTreeSet<String> = permissions().iter().map(Permission::action).collect();
    let (permitted, left) = (with(&report, "permitted"), with(&report, "not-tried"));
    // A rule that mutes alarms would be made by the trial; roles belong to environments that have one.
    // So would a stream of the shared journal.
    let left_out = ["cloudwatch:PutAlarmMuteRule", "logs:CreateLogStream"].map(str::to_owned);
    assert_eq!(left, left_out.clone().into());
    let mut all = permitted;
    all.extend(left_out);
    all.insert("sts:AssumeRole".to_owned());
    assert_eq!(all, tried);
    for about in [
        "version",
        "settings",
        "journal",
        "region",
        "credentials",
        "clock",
        "endpoints",
    ] {
        assert_eq!(
            check(&report, about)["finding"],
            "good",
            "{about}: {report}"
        );
    }
    let counts = |ended: &Ended| json(ended)["services"].clone();
    assert_eq!(counts(&before), counts(&run(&["status", "--json"])));
}

#[test]
fn it_names_exactly_what_is_denied_and_what_that_takes_away() {
    let denied = [
        "ecs:StopTask",
        "ecs:UpdateService",
        "logs:FilterLogEvents",
        "rds:DescribeDBInstances",
    ];
    let faults = denied.map(|one| format!("denied:{}", one.replacen(':', ".", 1)));
    let mut arguments = vec!["--scenario", "steady"];
    for fault in &faults {
        arguments.extend(["--fault", fault]);
    }
    let (home, aws) = (
        Home::new("doctor-denied"),
        Simulator::start("doctor-denied", &arguments).tried(),
    );
    let ended = aws.run(&home, &["doctor", "--json"]);
    assert_eq!(ended.code, 1, "the board itself works: {ended:?}");
    assert_eq!(
        with(&json(&ended), "missing"),
        denied.map(str::to_owned).into()
    );
    let told = aws.run(&home, &["doctor"]).out;
    for words in ["ecs:StopTask", "redeploy, recycle, roll back", "log lines"] {
        assert!(told.contains(words), "{told}");
    }
    let observer = json(&aws.run(&home, &["doctor", "--for", "observer", "--json"]));
    let seen = ["logs:FilterLogEvents", "rds:DescribeDBInstances"].map(str::to_owned);
    assert_eq!(with(&observer, "missing"), seen.into());
}

#[test]
fn read_only_tries_nothing_that_alters() {
    let (home, aws) = (
        Home::new("doctor-read-only"),
        Simulator::start("doctor-read-only", &["--scenario", "steady"]).tried(),
    );
    let report = json(&aws.run(
        &home,
        &["doctor", "--read-only", "--for", "operator", "--json"],
    ));
    let looks = |one: &&Permission| one.looks();
    let all = permissions();
    let looks: BTreeSet<String> = all.iter().filter(looks).map(Permission::action).collect();
    assert!(with(&report, "permitted").is_subset(&looks), "{report}");
    assert!(
        with(&report, "not-tried").contains("ecs:UpdateService"),
        "{report}"
    );
}

#[test]
fn it_tells_apart_nobody_expired_and_unreachable() {
    let aws = Simulator::start(
        "doctor-expired",
        &["--scenario", "steady", "--fault", "expired"],
    )
    .tried();
    let ended = aws.run(&Home::new("doctor-expired"), &["doctor"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(
        ended
            .out
            .contains("ran out: the keys are those of AWS_ACCESS_KEY_ID"),
        "{ended:?}"
    );
    assert!(!ended.out.contains("sso login"), "{ended:?}");
    let nobody = Home::new("doctor-nobody").run(
        &["doctor"],
        &[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ],
    );
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(
        nobody.out.contains("no AWS credentials were found"),
        "{nobody:?}"
    );
    let regionless = Home::new("doctor-region").run(&["doctor"], &[]);
    assert_eq!(regionless.code, 64, "{regionless:?}");
    assert!(
        regionless.out.contains("no region is set"),
        "{regionless:?}"
    );
}

/// `aws` is a script of ours that leaves credentials where the SDK looks for them.
#[test]
fn it_signs_in_on_request() {
    let (home, aws) = (
        Home::new("doctor-login"),
        Simulator::start("doctor-login", &["--scenario", "steady"]).tried(),
    );
    let script = "#!/bin/sh\necho \"$@\" > \"$HOME/asked\"\nmkdir -p \"$HOME/.aws\"\n\
                  printf '[acme]\\naws_access_key_id = 123456789012\\naws_secret_access_key = x\\n' > \"$HOME/.aws/credentials\"\n";
    let aws_program = home.file("bin/aws", script);
    std::fs::set_permissions(&aws_program, std::fs::Permissions::from_mode(0o755)).expect("ours");
    home.file(".aws/config", "[profile acme]\nregion = eu-central-1\n");
    let bin = aws_program
        .parent()
        .expect("a folder")
        .display()
        .to_string();
    let path = format!("{bin}:/usr/bin:/bin");
    let variables = [("AWS_ENDPOINT_URL", aws.url.as_str()), ("PATH", &path)];
    let without = home.run(&["doctor", "--profile", "acme"], &variables);
    assert_eq!(without.code, 2, "{without:?}");
    assert!(
        without.out.contains("aws sso login --profile acme"),
        "{without:?}"
    );
    let ended = home.run(&["doctor", "--login", "--profile", "acme"], &variables);
    assert_eq!(ended.code, 0, "{ended:?}");
    let asked = std::fs::read_to_string(bin.replace("/bin", "/asked")).expect("it ran");
    assert_eq!(asked.trim(), "sso login --profile acme");
}

#[test]
fn a_policy_goes_no_further_than_its_environment() {
    let home = Home::new("iam");
    home.file("config/firstline/config.toml", STAGING);
    let ended = home.run(
        &[
            "iam",
            "print",
            "--for",
            "developer",
            "--region",
            "eu-central-1",
        ],
        &[],
    );
    assert_eq!(ended.code, 0, "{ended:?}");
    let policy = json(&ended);
    let statements = policy["Statement"].as_array().expect("a list");
    let services = statements.iter().find(|one| one["Sid"] == "Services");
    let services = services.unwrap_or_else(|| panic!("{policy}"));
    assert_eq!(
        services["Resource"],
        serde_json::json!(["arn:aws:ecs:eu-central-1:210987654321:service/staging/*"])
    );
}

/// AWS's own client is looked for on the path, and it is said whether anything needs it.
#[test]
fn it_says_whether_awss_own_client_is_there_and_needed() {
    let (home, aws) = (
        Home::new("doctor-plugin"),
        Simulator::start("doctor-plugin", &["--scenario", "steady"]).tried(),
    );
    let empty = home.file("none/README", "nothing");
    let bare = empty.parent().expect("a folder").display().to_string();
    let program = home.file("bin/session-manager-plugin", "#!/bin/sh\necho 1.2.707.0\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("ours");
    let bin = program.parent().expect("a folder").display().to_string();
    let plugin = |path: &str| {
        let mut variables = aws.variables().to_vec();
        variables.push(("PATH", path));
        let report = json(&home.run(&["doctor", "--json"], &variables));
        let found = check(&report, "plugin");
        let told = |key: &str| found[key].as_str().expect("a word").to_owned();
        (told("finding"), told("words"))
    };
    let good = |words: &str| ("good".to_owned(), words.to_owned());
    let there = format!("{bin}:/usr/bin:/bin");
    assert_eq!(
        plugin(&bare),
        good("not needed; session-manager-plugin is not on the path")
    );
    assert_eq!(
        plugin(&there),
        good("not needed; session-manager-plugin 1.2.707.0 is on the path")
    );
    home.file(
        "config/firstline/config.toml",
        "[shell]\nclient = 'plugin'\n",
    );
    assert_eq!(plugin(&there), good("session-manager-plugin 1.2.707.0"));
    assert_eq!(plugin(&bare).0, "bad");
}
