//! A second person, end to end: two homes, two identities, one simulated AWS.

use firstline::estate::approval::Token;

use super::shell::{Ended, Home, Simulator};

const FLAGS: [&str; 7] = [
    "redeploy",
    "report",
    "--reason",
    "CI run 812 has to go out",
    "--confirm",
    "report",
    "--acknowledge",
];

/// The estate of the demo, where somebody pushed another image under the tag `report` runs.
struct Scene {
    aws: Simulator,
    alice: Home,
    bob: Home,
}

impl Scene {
    fn new(test: &str) -> Self {
        Self {
            aws: Simulator::start(test, &["--scenario", "demo"]),
            alice: Home::new(&format!("{test}-alice")),
            bob: Home::new(&format!("{test}-bob")),
        }
    }

    /// Alice redeploys, with a token or without.
    fn redeploy(&self, token: Option<&str>) -> Ended {
        let approval = token.map(|token| ["--approval", token]);
        let more = approval.iter().flatten().copied().chain(["--no-wait"]);
        let arguments: Vec<&str> = FLAGS.into_iter().chain(more).collect();
        self.aws.run(&self.alice, &arguments)
    }

    /// The code alice is shown.
    fn code(&self) -> String {
        let ended = self.redeploy(None);
        assert_eq!(ended.code, 3, "{ended:?}");
        let (_, code) = ended.err.split_once("firstline approve ").expect("a code");
        code.lines().next().unwrap_or_default().to_owned()
    }

    /// Somebody with the access key `key` approves.
    fn approve(&self, key: &str, code: &str) -> Ended {
        let mut variables = self.aws.variables();
        variables[2].1 = key;
        // In the simulator everybody who is named has a secret of their own.
        let name = key.split([':', '@']).nth(1).unwrap_or_default();
        let secret = format!("simulated-{name}");
        variables[3].1 = &secret;
        let flags = ["--reason", "I read run 812", "--confirm", "report"];
        let arguments = [&["approve", code][..], &flags].concat();
        self.bob.run(&arguments, &variables)
    }

    /// The same, saying nothing beside what it is there for.
    fn approve_quietly(&self, code: &str) -> Ended {
        let mut variables = self.aws.variables();
        variables[2].1 = "123456789012:bob";
        variables[3].1 = "simulated-bob";
        let flags = [
            "--quiet",
            "--reason",
            "I read run 812",
            "--confirm",
            "report",
        ];
        let arguments = [&["approve", code][..], &flags].concat();
        self.bob.run(&arguments, &variables)
    }

    fn is_deploying(&self) -> bool {
        let seen = self.aws.run(&self.alice, &["explain", "report"]);
        seen.out.contains("deploying")
    }
}

fn token(approved: &Ended) -> String {
    assert_eq!(approved.code, 0, "{approved:?}");
    approved.out.trim().to_owned()
}

#[test]
fn two_people_deploy_and_both_journals_say_so() {
    let scene = Scene::new("second-two");
    let code = scene.code();
    assert!(!scene.is_deploying(), "nothing was done for a code");

    let approved = scene.approve("123456789012:bob", &code);
    for expected in [
        "approve: redeploy report in PRODUCTION (123456789012)",
        "is now sha256:",
        "approved as bob@ops, journal ",
    ] {
        assert!(approved.err.contains(expected), "{expected}: {approved:?}");
    }
    let token = token(&approved);
    assert_eq!(token.lines().count(), 1, "standard output is the token");

    let done = scene.redeploy(Some(&token));
    assert_eq!((done.code, &*done.err), (0, ""), "{done:?}");
    assert!(scene.is_deploying());

    let told = scene.alice.run(&["journal", "show"], &[]);
    assert!(
        told.out.contains("approved by bob@ops “I read run 812”"),
        "{told:?}"
    );
    let told = scene.bob.run(&["journal", "show"], &[]);
    assert!(told.out.contains("approved redeploy report"), "{told:?}");
    let id = code.rsplit(':').next().unwrap();
    for (home, caller) in [(&scene.alice, "ops/alice"), (&scene.bob, "ops/bob")] {
        let journal = home.run(&["journal", "export"], &[]).out;
        assert!(
            journal.contains(id) && journal.contains(caller),
            "{journal}"
        );
        assert!(!journal.contains(&token), "the token itself is never kept");
        assert_eq!(home.run(&["journal", "verify"], &[]).code, 0);
    }
}

/// Also where the first try failed: nobody knows of a token what became of it.
#[test]
fn a_token_is_good_once_and_only_where_it_was_asked_for() {
    let aws = Simulator::start(
        "second-once",
        &["--scenario", "demo", "--fault", "denied:ecs.UpdateService"],
    );
    let scene = Scene {
        aws,
        alice: Home::new("second-once-alice"),
        bob: Home::new("second-once-bob"),
    };
    let token = token(&scene.approve("123456789012:bob", &scene.code()));
    let elsewhere = Home::new("second-once-elsewhere");
    let arguments = [&FLAGS[..], &["--no-wait", "--approval", &token]].concat();
    let stolen = scene.aws.run(&elsewhere, &arguments);
    assert_eq!(stolen.code, 3, "{stolen:?}");
    assert!(
        stolen.err.contains("nobody asked for that approval"),
        "{stolen:?}"
    );
    let denied = scene.redeploy(Some(&token));
    assert_eq!(denied.code, 2, "{denied:?}");
    let again = scene.redeploy(Some(&token));
    assert_eq!(again.code, 3, "{again:?}");
    assert!(again.err.contains("used already"), "{again:?}");
}

#[test]
fn whoever_will_not_do_is_refused() {
    let scene = Scene::new("second-refused");
    let code = scene.code();
    for (key, why) in [
        ("123456789012", "that approval is your own"),
        ("123456789012:alice@admin", "that approval is your own"),
    ] {
        let token = token(&scene.approve(key, &code));
        let ended = scene.redeploy(Some(&token));
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(ended.err.contains(why), "{key}: {ended:?}");
    }
    let settings = "[[policy.caller]]\narn = \"*/ops/alice\"\nrole = \"operator\"\n";
    let quiet = scene.approve_quietly(&code);
    assert_eq!(&*quiet.err, "");
    let token = token(&quiet);
    scene.alice.file("config/firstline/config.toml", settings);
    let ended = scene.redeploy(Some(&token));
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.err.contains("may alter nothing in production"),
        "{ended:?}"
    );
    assert!(!scene.is_deploying());
}

/// What was changed on the way is nobody's word: what the token says of itself is compared with
/// what alice sees, and what she sees is what STS has to find signed.
#[test]
fn an_altered_token_is_refused() {
    let scene = Scene::new("second-altered");
    let good: Token = token(&scene.approve("123456789012:bob", &scene.code()))
        .parse()
        .unwrap();
    let refused = |token: &Token, why: &str| {
        let ended = scene.redeploy(Some(&token.to_string()));
        assert_eq!(ended.code, 3, "{ended:?}");
        assert!(ended.err.contains(why), "{why}: {ended:?}");
    };
    let reason = "another reason".into();
    refused(
        &Token {
            reason,
            ..good.clone()
        },
        "is of something else",
    );
    let signature = "0".repeat(64);
    refused(
        &Token {
            signature,
            ..good.clone()
        },
        "nobody signed this",
    );
    let scope = good.scope.replace(":bob", ":eve");
    refused(
        &Token {
            scope,
            ..good.clone()
        },
        "nobody signed this",
    );
    let signed_at = good.signed_at - firstline::estate::SignedDuration::from_mins(6);
    refused(
        &Token {
            signed_at,
            ..good.clone()
        },
        "nobody signed this",
    );
    let ended = scene.redeploy(Some("firstline1.e30"));
    assert!(ended.err.contains("that is no approval"), "{ended:?}");
    assert!(!scene.is_deploying());
}

/// Whoever asks beforehand is told that it takes two.
#[test]
fn it_is_said_beforehand_that_it_takes_two() {
    let scene = Scene::new("second-beforehand");
    let explain = ["policy", "explain", "redeploy", "report"];
    let said = scene.aws.run(&scene.alice, &explain);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.out
            .contains("ask (second-person): report has to be typed"),
        "{said:?}"
    );
    let dry = ["redeploy", "report", "--dry-run", "--json"];
    let plan = scene.aws.run(&scene.alice, &dry);
    assert!(plan.out.contains("\"second_person\":true"), "{plan:?}");
    let plan = scene.aws.run(
        &scene.alice,
        &["redeploy", "pricing", "--dry-run", "--json"],
    );
    assert!(plan.out.contains("\"second_person\":false"), "{plan:?}");
    assert!(
        !scene.alice.journal().exists() || {
            let journal = scene.alice.run(&["journal", "export"], &[]).out;
            !journal.contains("second-asked")
        }
    );
}

#[test]
fn nothing_is_approved_that_needs_nobody() {
    let scene = Scene::new("second-nothing");
    let code = scene.code();
    let other = code
        .replace("/report:", "/web:")
        .replace("prod-batch", "prod");
    let ended = scene.approve("123456789012:bob", &other);
    assert_eq!(ended.code, 3, "{ended:?}");
    let ended = scene.approve("123456789012:bob", "report");
    assert_eq!(ended.code, 64, "{ended:?}");
    assert!(ended.err.contains("that is no code"), "{ended:?}");
    assert!(
        !scene.bob.journal().exists() || scene.bob.run(&["journal", "export"], &[]).out.is_empty()
    );
}
