//! `firstline stop` and `firstline start` over the simulated AWS: who is refused, and how a
//! scheduler tells how it ended.

use super::shell::{Ended, Home, Simulator};

const SETTINGS: &str = r#"
[[environment]]
name = "staging"
tier = "staging"
account = "210987654321"
region = "eu-central-1"
clusters = ["staging"]
"#;

const BOUND: &str = "
[[environment]]
name = \"production\"
tier = \"production\"
account = \"123456789012\"
region = \"eu-central-1\"
clusters = [\"prod\"]
";

fn run(aws: &Simulator, home: &Home, words: &[&str]) -> Ended {
    let mut variables = aws.variables();
    for variable in &mut variables {
        if variable.0 == "AWS_ACCESS_KEY_ID" {
            variable.1 = "210987654321";
        }
    }
    home.run(words, &variables)
}

fn stand(test: &str, settings: &str) -> (Home, Simulator) {
    let home = Home::new(test);
    home.file("config/firstline/config.toml", settings);
    (home, Simulator::start(test, &["--scenario", "steady"]))
}

#[test]
fn nobody_skips_the_name_where_the_settings_do_not_say_so() {
    let (home, aws) = stand("unattended", &format!("{SETTINGS}{BOUND}"));
    let yes = ["--yes", "--reason", "schedule"];
    let refused = run(&aws, &home, &[&["stop", "staging"], &yes[..]].concat());
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("refused (unattended)"), "{refused:?}");
    // A verb that is not there: no look is taken, no name asked for.
    let production = run(&aws, &home, &[&["stop", "production"], &yes[..]].concat());
    assert_eq!((production.code, &*production.out), (3, ""));
    assert_eq!(
        production.err,
        "firstline: stop knows staging, not production\n"
    );
    let nobody = run(&aws, &home, &["stop", "staging"]);
    assert_eq!(nobody.code, 3, "{nobody:?}");
    assert!(
        nobody.err.contains("type the environment's name"),
        "{nobody:?}"
    );
    let dry = run(&aws, &home, &["stop", "staging", "--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    assert!(
        dry.out.contains("EC2 hosts are left to managed scaling"),
        "{dry:?}"
    );
    let count = ["start", "staging", "--count", "gone=3", "--dry-run"];
    let count = run(&aws, &home, &count);
    assert_eq!(count.code, 64, "{count:?}");
    assert!(
        count.err.contains("gone does not ask for a count"),
        "{count:?}"
    );
}
