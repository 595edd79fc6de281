//! `firstline iam print`: the least an observer, operator or developer has to be permitted, made
//! of the list of calls the program makes. `schedule print` takes its policy from here too.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::exit::Exit;
use super::{open, print};
use crate::app::command::{Flags, Iam, Person};
use crate::cloud::permissions;
use crate::config::{Place, Shared};
use crate::estate::environment::Tier;
use crate::estate::permission::{Duty, Feature, Permission};
use crate::estate::staging::Muting;
use crate::estate::text::Text;
use crate::policy::may_be_stopped;

/// Prints the policy for the environments asked for.
pub(super) fn run(flags: &Flags, asked: &Iam) -> anyhow::Result<Exit> {
    let Iam::Print { who } = asked;
    let (settings, _) = open::settings(flags)?;
    let duty = duty(*who);
    let scopes: Vec<Scope<'_>> = settings
        .places
        .iter()
        .map(|place| Scope {
            place,
            features: duty.features(!may_be_stopped(&place.environment)),
        })
        .collect();
    let mut whole = policy(&scopes);
    if let Some(shared) = &settings.shared {
        share(&mut whole, (shared, duty), &scopes);
    }
    print::line(&serde_json::to_string_pretty(&whole)?)?;
    let mut accounts = settings.places.iter().map(|one| &one.environment.account);
    let first = accounts.next();
    if accounts.any(|one| Some(one) != first) {
        print::problem(
            "the environments lie in several accounts: print one policy each with --env",
        );
    }
    Ok(Exit::Good)
}

/// What a person is there for.
pub(super) const fn duty(who: Person) -> Duty {
    match who {
        Person::Observer => Duty::Observer,
        Person::Operator => Duty::Operator,
        Person::Developer => Duty::Developer,
    }
}

/// An environment, and what is to be permitted there.
pub(super) struct Scope<'a> {
    pub(super) place: &'a Place,
    pub(super) features: Vec<Feature>,
}

impl Scope<'_> {
    /// The calls all of it takes.
    fn calls(&self) -> Vec<Permission> {
        let serves = |one: &Permission| one.serves.iter().any(|what| self.features.contains(what));
        permissions().into_iter().filter(serves).collect()
    }

    /// An ARN there; what nobody knows stands for anything.
    fn arn(&self, service: &str, tail: &str) -> String {
        let environment = &self.place.environment;
        let region = known(environment.region.as_str());
        let account = environment.account.as_ref().map_or("*", |one| one.as_str());
        format!("arn:aws:{service}:{region}:{account}:{tail}")
    }

    /// ARNs of `kind` in each cluster.
    fn in_clusters(&self, kind: &str, tail: &str) -> Vec<String> {
        let Some(clusters) = &self.place.environment.clusters else {
            return vec![self.arn("ecs", &format!("{kind}/*"))];
        };
        let names = clusters.iter().filter_map(|one| one.rsplit('/').next());
        names
            .map(|name| self.arn("ecs", &format!("{kind}/{name}{tail}")))
            .collect()
    }
}

fn known(word: &str) -> &str {
    if word.is_empty() { "*" } else { word }
}

/// One policy: what looks goes by region, what alters by environment (aws.md 8.2).
pub(super) fn policy(scopes: &[Scope<'_>]) -> Value {
    let mut statements = vec![look(scopes)];
    let several = scopes.len() > 1;
    for scope in scopes {
        let suffix = if several { label(scope) } else { String::new() };
        let calls = scope.calls();
        let altering: BTreeSet<String> = calls
            .iter()
            .filter(|one| !one.looks())
            .map(Permission::action)
            .collect();
        for bound in bounds(scope) {
            let actions = bound.actions.iter().copied();
            let actions: Vec<&str> = actions.filter(|one| altering.contains(*one)).collect();
            if !actions.is_empty() && !bound.resources.is_empty() {
                let mut statement = json!({
                    "Sid": format!("{}{suffix}", bound.sid),
                    "Effect": "Allow",
                    "Action": actions,
                    "Resource": bound.resources,
                });
                if let Some(condition) = bound.condition {
                    statement["Condition"] = condition;
                }
                statements.push(statement);
            }
        }
        statements.extend(role(scope, &suffix));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// Adds what the journal a team shares takes, where the group lies in one of the accounts.
pub(super) fn share(whole: &mut Value, (shared, duty): (&Shared, Duty), scopes: &[Scope<'_>]) {
    let account = shared.place.environment.account.as_ref();
    let here = |scope: &Scope<'_>| {
        let own = scope.place.environment.account.as_ref();
        account.is_none() || own.is_none() || own == account
    };
    if !scopes.iter().any(here) {
        print::problem(&format!(
            "the shared journal {} lies in another account: print its policy with --env {}",
            shared.group, shared.place.environment.name
        ));
        return;
    }
    let calls = permissions().into_iter().filter(|one| duty.shares(one));
    let actions: BTreeSet<String> = calls.map(|one| one.action()).collect();
    let place = Scope {
        place: &shared.place,
        features: Vec::new(),
    };
    let group = place.arn("logs", &format!("log-group:{}", shared.group));
    if let Some(statements) = whole.get_mut("Statement").and_then(Value::as_array_mut) {
        statements.push(json!({
            "Sid": "SharedJournal",
            "Effect": "Allow",
            "Action": actions,
            // The group, and its streams.
            "Resource": [group.clone(), format!("{group}:*")],
        }));
        let own = scopes.iter().any(|one| one.place.role == shared.place.role);
        statements.extend(role(&place, "ForJournal").filter(|_| !own));
    }
}

/// The environment's name as a `Sid` takes it: letters and digits.
fn label(scope: &Scope<'_>) -> String {
    let name = scope.place.environment.name.as_str().chars();
    let mut letters: String = name.filter(char::is_ascii_alphanumeric).collect();
    if let Some(first) = letters.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    letters
}

/// Looking has no resource-level permission everywhere, so it goes by region.
fn look(scopes: &[Scope<'_>]) -> Value {
    let actions: BTreeSet<String> = scopes
        .iter()
        .flat_map(Scope::calls)
        .filter(Permission::looks)
        .map(|one| one.action())
        .collect();
    let mut statement = json!({
        "Sid": "Look", "Effect": "Allow", "Action": actions, "Resource": "*",
    });
    let regions: BTreeSet<&str> = scopes
        .iter()
        .map(|one| one.place.environment.region.as_str())
        .collect();
    if !regions.contains("") {
        statement["Condition"] = json!({ "StringEquals": { "aws:RequestedRegion": regions } });
    }
    statement
}

/// Who takes on the environment's role needs this beside; the rest is the role's.
fn role(scope: &Scope<'_>, suffix: &str) -> Option<Value> {
    let role = scope.place.role.as_ref()?;
    let mut actions = vec!["sts:AssumeRole"];
    if scope.place.source_identity {
        actions.push("sts:SetSourceIdentity");
    }
    Some(json!({
        "Sid": format!("TakeOn{suffix}"), "Effect": "Allow", "Action": actions, "Resource": role,
    }))
}

/// Calls that alter something, and what they may touch.
struct Bound {
    sid: &'static str,
    actions: &'static [&'static str],
    resources: Vec<String>,
    condition: Option<Value>,
}

impl Bound {
    fn new(sid: &'static str, actions: &'static [&'static str], resources: Vec<String>) -> Self {
        Self {
            sid,
            actions,
            resources,
            condition: None,
        }
    }

    fn only(self, condition: Value) -> Self {
        Self {
            condition: Some(condition),
            ..self
        }
    }
}

/// Every call that alters something. A test sees to it that none is missing.
fn bounds(scope: &Scope<'_>) -> Vec<Bound> {
    let mut all = on_services(scope);
    all.extend(on_sessions(scope));
    if scope.place.environment.tier != Tier::Production {
        all.extend(on_environments(scope));
    }
    all
}

fn on_services(scope: &Scope<'_>) -> Vec<Bound> {
    let services = scope.in_clusters("service", "/*");
    vec![
        // Counts and deployments of what is there, but no other task definition.
        Bound::new("Services", &["ecs:UpdateService"], services)
            .only(json!({ "Null": { "ecs:task-definition": "true" } })),
        Bound::new("Tasks", &["ecs:StopTask"], scope.in_clusters("task", "/*")),
        Bound::new(
            "Deployments",
            &["ecs:StopServiceDeployment"],
            scope.in_clusters("service-deployment", "/*"),
        ),
    ]
}

fn on_sessions(scope: &Scope<'_>) -> Vec<Bound> {
    let tasks = scope.in_clusters("task", "/*");
    let clusters = scope.in_clusters("cluster", "");
    let containers = clusters.into_iter().chain(tasks.iter().cloned()).collect();
    let mut targets = tasks;
    let documents = [
        "AWS-StartInteractiveCommand",
        "AWS-StartPortForwardingSession",
        "AWS-StartPortForwardingSessionToRemoteHost",
        "SSM-SessionManagerRunShell",
    ];
    if scope.features.contains(&Feature::Nodes) {
        targets.push(scope.arn("ec2", "instance/*"));
        targets.push(scope.arn("ssm", "managed-instance/*"));
    }
    // AWS's own documents have no account; the shell's preferences are the account's.
    let region = known(scope.place.environment.region.as_str());
    targets.extend(documents.map(|name| match name.strip_prefix("AWS-") {
        Some(_) => format!("arn:aws:ssm:{region}::document/{name}"),
        None => scope.arn("ssm", &format!("document/{name}")),
    }));
    let own = ["${aws:userid}-*", "ecs-execute-command-*"];
    let own = own.map(|name| format!("arn:aws:ssm:*:*:session/{name}"));
    vec![
        Bound::new("Shells", &["ecs:ExecuteCommand"], containers),
        Bound::new("Sessions", &["ssm:StartSession"], targets),
        Bound::new(
            "OwnSessions",
            &["ssm:ResumeSession", "ssm:TerminateSession"],
            own.into(),
        ),
        Bound::new(
            "SessionKeys",
            &["kms:GenerateDataKey"],
            vec![scope.arn("kms", "key/*")],
        ),
    ]
}

fn on_environments(scope: &Scope<'_>) -> Vec<Bound> {
    let services = scope.in_clusters("service", "/*");
    let tagged = services.into_iter().chain(scope.in_clusters("cluster", ""));
    let orders = &scope.place.orders;
    let both = |id: &Text| {
        let database = scope.arn("rds", &format!("db:{id}"));
        [database, scope.arn("rds", &format!("cluster:{id}"))]
    };
    let databases = orders.databases.iter().flat_map(both).collect();
    let mut muted: Vec<String> = orders
        .mute_alarms
        .iter()
        .map(|name| scope.arn("cloudwatch", &format!("alarm:{name}")))
        .collect();
    if !muted.is_empty() {
        let rule = Muting::rule_of(&scope.place.environment.name);
        muted.push(scope.arn("cloudwatch", &format!("alarm-mute-rule:{rule}")));
    }
    vec![
        Bound::new(
            "RecordAndLock",
            &["ecs:TagResource", "ecs:UntagResource"],
            tagged.collect(),
        )
        .only(json!({ "ForAllValues:StringEquals":
            { "aws:TagKeys": ["firstline:restore", "firstline:lock"] } })),
        Bound::new(
            "Scale",
            &["application-autoscaling:RegisterScalableTarget"],
            vec![scope.arn("application-autoscaling", "scalable-target/*")],
        )
        .only(json!({ "StringEquals": {
            "application-autoscaling:service-namespace": "ecs",
            "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount" } })),
        Bound::new(
            "Databases",
            &[
                "rds:StartDBCluster",
                "rds:StartDBInstance",
                "rds:StopDBCluster",
                "rds:StopDBInstance",
            ],
            databases,
        ),
        Bound::new(
            "MuteAlarms",
            &[
                "cloudwatch:DeleteAlarmMuteRule",
                "cloudwatch:PutAlarmMuteRule",
            ],
            muted,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo;

    /// Every action a policy allows.
    fn allowed(policy: &Value) -> BTreeSet<String> {
        let statements = policy["Statement"].as_array().unwrap();
        let actions = statements
            .iter()
            .flat_map(|one| one["Action"].as_array().unwrap());
        actions
            .map(|one| one.as_str().unwrap().to_owned())
            .collect()
    }

    fn of(duty: Duty, place: &Place) -> Value {
        let features = duty.features(!may_be_stopped(&place.environment));
        policy(&[Scope { place, features }])
    }

    #[test]
    fn an_operator_of_staging_may_do_everything_the_program_does_and_nothing_else() {
        let places = demo::places();
        let calls: BTreeSet<String> = permissions().iter().map(Permission::action).collect();
        let mut whole = of(Duty::Operator, &places[1]);
        share_in(&mut whole, Duty::Operator, &places[1]);
        let mut all = allowed(&whole);
        all.insert("sts:AssumeRole".to_owned()); // no role is set there
        assert_eq!(all, calls);
    }

    fn share_in(whole: &mut Value, duty: Duty, place: &Place) {
        let shared = Shared {
            group: "/ops/firstline".to_owned(),
            place: place.clone(),
        };
        let features = Vec::new();
        share(whole, (&shared, duty), &[Scope { place, features }]);
    }

    #[test]
    fn whoever_may_act_writes_the_shared_journal_and_everybody_reads_it() {
        let place = &demo::places()[0];
        for (duty, actions) in [
            (Duty::Observer, &["logs:FilterLogEvents"][..]),
            (
                Duty::Operator,
                &[
                    "logs:CreateLogStream",
                    "logs:FilterLogEvents",
                    "logs:PutLogEvents",
                ],
            ),
        ] {
            let mut whole = json!({ "Statement": [] });
            share_in(&mut whole, duty, place);
            let statement = &whole["Statement"][0];
            assert_eq!(statement["Action"], json!(actions));
            let group = "arn:aws:logs:eu-central-1:123456789012:log-group:/ops/firstline";
            assert_eq!(statement["Resource"], json!([group, format!("{group}:*")]));
        }
        let mut whole = json!({ "Statement": [] });
        let shared = Shared {
            group: "g".to_owned(),
            place: place.clone(),
        };
        let other = &demo::places()[1];
        let features = Vec::new();
        let scope = Scope {
            place: other,
            features,
        };
        share(&mut whole, (&shared, Duty::Operator), &[scope]);
        assert_eq!(whole["Statement"], json!([]), "it is not in that account");
    }

    #[test]
    fn an_observer_may_only_look() {
        for place in demo::places() {
            let seen = allowed(&of(Duty::Observer, &place));
            let looks: BTreeSet<String> = permissions()
                .iter()
                .filter(|one| one.looks())
                .map(Permission::action)
                .collect();
            assert!(seen.is_subset(&looks), "{seen:?}");
            assert!(seen.contains("ecs:DescribeServices"));
        }
    }

    #[test]
    fn nothing_that_alters_may_touch_another_cluster() {
        let places = demo::places();
        let policy = of(Duty::Developer, &places[1]);
        let statements = policy["Statement"].as_array().unwrap();
        for statement in statements.iter().skip(1) {
            for one in statement["Resource"].as_array().unwrap() {
                let one = one.as_str().unwrap();
                assert!(!one.contains("prod"), "{one}");
                let ecs = one.starts_with("arn:aws:ecs");
                assert!(!ecs || one.contains("/staging"), "{one}");
            }
        }
        let production = allowed(&of(Duty::Developer, &places[0]));
        assert_eq!(production, allowed(&of(Duty::Observer, &places[0])));
    }
}
