//! The verbs on one service over a third party's AWS: what they change there is what boto3 then
//! reads, and a read-only console changes nothing.

use serde::Deserialize;

use super::shell::{Ended, Home};
use crate::endpoints::{Seeded, Server, python, seed};

/// A service as boto3 reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Seen {
    desired: u32,
    definition: String,
    deployments: Vec<String>,
    tasks: Vec<String>,
}

struct Estate {
    server: Server,
    seeded: Seeded,
    home: Home,
}

impl Estate {
    /// `None` without a third party's Python.
    fn new() -> Option<Self> {
        let server = Server::ministack()?;
        let seeded = seed(&server, "111122224444", 5, None);
        let home = Home::new("ministack");
        Some(Self {
            server,
            seeded,
            home,
        })
    }

    /// `line` with everything that could be asked answered.
    fn run(&self, line: &[&str]) -> Ended {
        let variables = [
            ("AWS_ENDPOINT_URL", &*self.server.url),
            ("AWS_REGION", &*self.seeded.region),
            ("AWS_ACCESS_KEY_ID", &*self.seeded.account),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        let service = line[1];
        let flags = ["--reason", "INC-42", "--confirm", service];
        let flags = [&flags[..], &["--acknowledge", "--no-wait"]].concat();
        self.home.run(&[line, &flags].concat(), &variables)
    }

    fn seen(&self, service: &str) -> Seen {
        let mut arns = self.seeded.services.iter();
        let arn = arns.find(|arn| arn.ends_with(&format!("/{service}")));
        let mut command = python().expect("the server was started with it");
        command.args(["look.py", &self.server.url, &self.seeded.account]);
        let output = command.arg(arn.expect("it was seeded")).output();
        let output = output.expect("boto3 looks");
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).expect("one JSON line")
    }
}

const SERVICES: [&str; 3] = ["orders", "billing", "web"];

#[test]
fn what_a_verb_changes_is_what_boto3_reads() {
    let Some(estate) = Estate::new() else { return };
    let all = || SERVICES.map(|name| estate.seen(name));
    let [orders, billing, web] = all();
    let more = (billing.desired + 1).to_string();
    let verbs: [&[&str]; 3] = [
        &["redeploy", "orders"],
        &["scale", "billing", &more],
        &["stop-task", "web"],
    ];

    for verb in verbs {
        let refused = estate.run(&[verb, &["--read-only"]].concat());
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.contains("refused (read-only)"), "{refused:?}");
    }
    let before = [orders.clone(), billing.clone(), web.clone()];
    assert_eq!(all(), before, "a read-only console changes nothing");

    for verb in verbs {
        let done = estate.run(verb);
        assert_eq!(done.code, 0, "{verb:?}: {done:?}");
    }
    let [redeployed, scaled, stopped] = all();
    assert_ne!(redeployed.deployments[0], orders.deployments[0]);
    assert_eq!(
        (redeployed.desired, &redeployed.definition),
        (orders.desired, &orders.definition),
        "a redeploy changes nothing else"
    );
    assert_eq!(scaled.desired, billing.desired + 1);
    assert_eq!(
        scaled.deployments[0], billing.deployments[0],
        "a scaling begins no deployment"
    );
    let gone: Vec<_> = web
        .tasks
        .iter()
        .filter(|task| !stopped.tasks.contains(task))
        .collect();
    assert_eq!(gone.len(), 1, "{web:?} became {stopped:?}");
    assert_eq!(stopped.desired, web.desired);
}
