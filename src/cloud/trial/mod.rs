//! Tries what the console may do, so that nobody has to assume it.
//!
//! What looks is asked for as little as it takes. What alters is asked about things that cannot
//! exist, in a cluster that does: AWS judges the permission before it looks for them, and there
//! is nothing it could alter. What would make something even so is not tried.
//!
//! | file | holds |
//! |---|---|
//! | `looks` | everything that looks |
//! | `changes` | everything that alters, asked about what cannot exist |

mod changes;
mod looks;

use std::error::Error;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_sts::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_sts::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::future::{BoxFuture, join_all};
use jiff::fmt::rfc2822::DateTimeParser;

use super::errors::Failure;
use super::gate::{self, Operation};
use super::link::Link;
use crate::estate::checkup::{Outcome, Trial};
use crate::estate::identity::Identity;
use crate::estate::permission::Feature;
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::{SignedDuration, Timestamp};

/// The name of what cannot exist.
const NOTHING: &str = "firstline-doctor-nothing";
/// The id of a task, deployment or key that cannot exist.
const NO_ID: &str = "00000000000000000000000000000000";

/// Operations that wait for their turn.
type Waiting<'a> = Vec<(&'static Operation, BoxFuture<'a, Outcome>)>;

/// Where it is tried.
struct Ground {
    /// A cluster that exists, where one could be found.
    cluster: String,
    /// The front of ARNs of ECS there.
    ecs: String,
    /// The front of ARNs of load balancers there.
    balancers: String,
}

impl Ground {
    fn service(&self) -> String {
        format!("{}:service/{}/{NOTHING}", self.ecs, self.cluster)
    }

    fn deployment(&self) -> String {
        let (ecs, cluster) = (&self.ecs, &self.cluster);
        format!("{ecs}:service-deployment/{cluster}/{NOTHING}/{NO_ID}")
    }

    fn revision(&self) -> String {
        let (ecs, cluster) = (&self.ecs, &self.cluster);
        format!("{ecs}:service-revision/{cluster}/{NOTHING}/1")
    }

    fn log_group(&self) -> String {
        let logs = self.ecs.replacen(":ecs:", ":logs:", 1);
        format!("{logs}:log-group:{NOTHING}")
    }

    fn task(&self) -> String {
        format!("{}:task/{}/{NO_ID}", self.ecs, self.cluster)
    }
}

impl Link {
    /// Who is asking, and how far AWS's clock is ahead of ours, where its answer tells the time.
    ///
    /// # Errors
    /// When AWS did not say who is asking.
    pub async fn introduce(&self) -> (Result<Identity, Problem>, Option<SignedDuration>) {
        let dated = Dated::default();
        let call = self.clients.callers.get_caller_identity().customize();
        let call = call.interceptor(dated.clone());
        let answer = self.gate.call(Feed::Identity, &gate::CALLER, call.send());
        let answer = answer.await;
        let skew = dated
            .told()
            .map(|there| there.duration_since(self.gate.now()));
        let identity = match answer {
            Ok(caller) => Ok(Identity {
                account: caller.account().unwrap_or_default().into(),
                arn: caller.arn().unwrap_or_default().into(),
                expires_at: self.clients.credentials_expire().await,
            }),
            Err(problem) => Err(problem),
        };
        (identity, skew)
    }

    /// Tries every operation that serves one of `features`; with `changes` those that alter too,
    /// as the module says.
    pub async fn try_permissions(
        &self,
        caller: &Identity,
        features: &[Feature],
        changes: bool,
    ) -> Vec<Trial> {
        let ground = self.ground(caller).await;
        let mut waiting = self.looks(&ground);
        if changes {
            waiting.extend(self.changes(&ground));
        }
        let serves =
            |operation: &Operation| operation.serves.iter().any(|one| features.contains(one));
        waiting.retain(|(operation, _)| serves(operation));
        let (operations, calls): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let outcomes = join_all(calls).await;
        let mut trials: Vec<Trial> = operations
            .iter()
            .zip(outcomes)
            .map(|(operation, outcome)| Trial {
                permission: operation.permission(),
                outcome,
            })
            .collect();
        trials.extend(left_out(&operations, serves, changes));
        trials
    }

    async fn ground(&self, caller: &Identity) -> Ground {
        let configured = self.environment.clusters.iter().flatten().next();
        let cluster = match configured {
            Some(cluster) => cluster.to_string(),
            None => self.first_cluster().await.unwrap_or_default(),
        };
        let cluster = cluster.rsplit('/').next().unwrap_or_default();
        let region = &self.gate.region;
        let arn = |service: &str| format!("arn:aws:{service}:{region}:{}", caller.account);
        Ground {
            cluster: if cluster.is_empty() { NOTHING } else { cluster }.to_owned(),
            ecs: arn("ecs"),
            balancers: arn("elasticloadbalancing"),
        }
    }

    async fn first_cluster(&self) -> Option<String> {
        let call = self.clients.ecs.list_clusters().max_results(1).send();
        let call = self.gate.call(Feed::Inventory, &gate::LIST_CLUSTERS, call);
        let answer = call.await.ok()?;
        answer.cluster_arns().first().cloned()
    }

    /// One operation, tried when it is awaited.
    fn tried<'a, O, E>(
        &'a self,
        operation: &'static Operation,
        call: impl Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send + 'a,
    ) -> (&'static Operation, BoxFuture<'a, Outcome>)
    where
        O: Send + 'a,
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let answer = self.gate.attempt(operation, &self.gate.region, call);
        let outcome = async move {
            match answer.await {
                Ok(_) => Outcome::Permitted,
                Err(error) => self.judged(operation, &Failure::of(&error)),
            }
        };
        (operation, Box::pin(outcome))
    }

    fn judged(&self, operation: &'static Operation, failure: &Failure) -> Outcome {
        let unclear = || Outcome::Unclear(self.gate.problem(Feed::Identity, operation, failure));
        match failure.kind(operation) {
            ProblemKind::Denied { action } => Outcome::Missing(action),
            // AWS looked for what was named, and so had let the caller in.
            ProblemKind::NotFound => Outcome::Permitted,
            ProblemKind::Other if failure.is_a_clear_no(operation) => Outcome::Permitted,
            ProblemKind::Other
            | ProblemKind::Throttled
            | ProblemKind::Expired
            | ProblemKind::NoCredentials
            | ProblemKind::NoRegion
            | ProblemKind::Unreachable
            | ProblemKind::ClockSkew
            | ProblemKind::Unreadable => unclear(),
        }
    }
}

/// What was not tried, and why.
fn left_out(
    tried: &[&'static Operation],
    serves: impl Fn(&Operation) -> bool,
    changes: bool,
) -> Vec<Trial> {
    let mut left: Vec<Trial> = Vec::new();
    for operation in gate::OPERATIONS {
        let permission = operation.permission();
        let same = |other: &&Operation| other.permission().action() == permission.action();
        let known = tried.iter().any(same) || left.iter().any(|one| one.permission == permission);
        if known || !serves(operation) || operation.name == gate::CALLER.name {
            continue;
        }
        let why = if permission.looks() || changes {
            "a trial would make something"
        } else {
            "nothing that alters is tried"
        };
        left.push(Trial {
            permission,
            outcome: Outcome::NotTried(why),
        });
    }
    left
}

/// Keeps the time an answer was sent at.
#[derive(Clone, Debug, Default)]
struct Dated(Arc<Mutex<Option<String>>>);

impl Dated {
    fn told(&self) -> Option<Timestamp> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parser = DateTimeParser::new();
        parser.parse_timestamp(held.as_deref()?).ok()
    }
}

impl Intercept for Dated {
    fn name(&self) -> &'static str {
        "Dated"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let told = context.response().headers().get("date").map(str::to_owned);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = told;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_operation_is_tried_or_left_out_for_a_reason() {
        let link = super::super::tests::link().await;
        let caller = Identity {
            account: "123456789012".into(),
            arn: "arn".into(),
            expires_at: None,
        };
        let ground = link.ground(&caller).await;
        let waiting = link.looks(&ground).into_iter().chain(link.changes(&ground));
        let tried: Vec<&Operation> = waiting.map(|(operation, _)| operation).collect();
        let left = left_out(&tried, |_| true, true);
        let left: Vec<String> = left.iter().map(|one| one.permission.action()).collect();
        let left: Vec<&str> = left.iter().map(String::as_str).collect();
        // The group of a team has trials of its own.
        let [first @ .., "logs:PutLogEvents", "logs:CreateLogStream"] = left.as_slice() else {
            panic!("{left:?}");
        };
        assert_eq!(first, ["sts:AssumeRole", "cloudwatch:PutAlarmMuteRule"]);
    }
}
