//! What the suite's own runs ask of AWS, held to the policies that are printed: every console and every
//! shell that a test drove from outside is a person with a duty, and a call that this duty does not
//! permit in that account fails the test.

use std::collections::BTreeSet;

use firstline::cloud::permissions;
use firstline::estate::environment::Environment;
use firstline::estate::permission::Duty;
use firstline::policy::may_be_stopped;
use firstline::sim::{Call, Sim};

use crate::opened::{PRODUCTION, STAGING};

/// Somebody, and the accounts they look at.
pub(crate) struct Watch {
    duty: Duty,
    /// Each account with whether it counts as production.
    accounts: Vec<(String, bool)>,
    /// Whether an environment has a role to take on.
    role: bool,
    /// The account a team's journals go to.
    shared: Option<String>,
    /// Whether a doctor tries every permission there is.
    trying: bool,
}

impl Watch {
    pub(crate) fn of(duty: Duty) -> Self {
        Self {
            duty,
            accounts: Vec::new(),
            role: false,
            shared: None,
            trying: false,
        }
    }

    /// Every permission is tried, whoever it is for; a call that is on no list is still seen.
    pub(crate) fn trying(mut self) -> Self {
        self.trying = true;
        self
    }

    /// The journal is shared in a group of `account`.
    pub(crate) fn sharing(mut self, account: &str) -> Self {
        self.shared = Some(account.to_owned());
        self
    }

    /// An environment of `account` more.
    pub(crate) fn over(mut self, account: &str, environment: &Environment, role: bool) -> Self {
        let production = !may_be_stopped(environment);
        self.accounts.push((account.to_owned(), production));
        self.role |= role;
        self
    }

    /// What this duty is permitted in `account`.
    fn permitted(&self, account: &str) -> BTreeSet<String> {
        let here = self.accounts.iter().filter(|(one, _)| one == account);
        let features: Vec<_> = here
            .flat_map(|(_, production)| self.duty.features(*production))
            .collect();
        let all = permissions().into_iter();
        let shared = self.shared.as_deref() == Some(account);
        let mine = all.filter(|one| {
            let serves = one.serves.iter().any(|what| features.contains(what));
            serves || self.trying || (shared && self.duty.shares(one))
        });
        // Everybody may ask who they are.
        let mine = mine.map(|one| one.action());
        let role = self.role.then(|| "sts:AssumeRole".to_owned());
        mine.chain(["sts:GetCallerIdentity".to_owned()])
            .chain(role)
            .collect()
    }

    /// Watches a simulator until the test ends.
    pub(crate) fn on(self, sim: &Sim) -> Watched {
        Watched {
            watch: self,
            sim: sim.clone(),
        }
    }

    /// The calls that are not permitted.
    pub(crate) fn beyond(&self, calls: &[Call]) -> BTreeSet<String> {
        let calls = calls.iter().map(|one| (one.account.clone(), one.action()));
        self.beyond_actions(&calls.collect::<Vec<_>>())
    }

    /// The same of accounts and IAM actions.
    fn beyond_actions(&self, calls: &[(String, String)]) -> BTreeSet<String> {
        let accounts: BTreeSet<&String> = calls.iter().map(|(account, _)| account).collect();
        let mut beyond = BTreeSet::new();
        for account in accounts {
            let permitted = self.permitted(account);
            let here = calls.iter().filter(|(one, _)| one == account);
            let more = here.filter(|(_, action)| !permitted.contains(action));
            beyond.extend(more.map(|(_, action)| format!("{action} in {account}")));
        }
        beyond
    }

    /// Fails the test that made another call.
    pub(crate) fn assert_kept(&self, calls: &[Call]) {
        let calls = calls.iter().map(|one| (one.account.clone(), one.action()));
        self.assert_actions(&calls.collect::<Vec<_>>());
    }

    /// The same of accounts and IAM actions.
    pub(crate) fn assert_actions(&self, calls: &[(String, String)]) {
        let beyond = self.beyond_actions(calls);
        assert!(
            std::thread::panicking() || beyond.is_empty(),
            "`iam print` does not permit {:?}: {beyond:?}",
            self.duty
        );
    }
}

/// A simulator whose callers are held to their duty when the test ends.
pub(crate) struct Watched {
    watch: Watch,
    sim: Sim,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.watch.assert_kept(&self.sim.calls());
    }
}

/// Made by a person of the team in both accounts of the demo.
fn watch(duty: Duty) -> Watch {
    let (one, two) = (crate::opened::production(), crate::opened::staging());
    Watch::of(duty)
        .over(PRODUCTION, &one.environment, false)
        .over(STAGING, &two.environment, false)
}

#[test]
fn a_call_beyond_a_duty_is_seen() {
    let sim = firstline::sim::Sim::new(
        &firstline::sim::scenario::Scenario::named("steady").unwrap(),
        1,
        std::sync::Arc::new(|| "2026-11-21T14:03:22Z".parse().unwrap()),
    );
    let request = |key: &str, operation: &str| firstline::sim::wire::Request {
        path: "/".to_owned(),
        headers: vec![
            (
                "x-amz-target".to_owned(),
                format!("AmazonEC2ContainerServiceV20141113.{operation}"),
            ),
            (
                "authorization".to_owned(),
                format!("AWS4-HMAC-SHA256 Credential={key}/20260101/eu-central-1/ecs/aws4_request"),
            ),
        ],
        body: b"{}".to_vec(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        for (key, operation) in [
            (PRODUCTION, "ListClusters"),
            (PRODUCTION, "TagResource"),
            (STAGING, "TagResource"),
            (STAGING, "UpdateService"),
        ] {
            let _ = sim.answer(&request(key, operation)).await;
        }
    });
    let calls = sim.calls();
    assert_eq!(calls.len(), 4, "{calls:?}");
    let beyond = |duty| watch(duty).beyond(&calls);
    let tag = format!("ecs:TagResource in {PRODUCTION}");
    assert_eq!(
        beyond(Duty::Operator),
        [tag].into(),
        "no mark on production"
    );
    assert_eq!(beyond(Duty::Observer).len(), 3);
}
