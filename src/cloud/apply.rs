//! The only way to alter AWS.

use aws_config::retry::RetryConfig;
use aws_sdk_ecs::config::{AppName, Builder, Config};
use aws_sdk_ecs::operation::RequestId as _;
use aws_sdk_ecs::operation::update_service::UpdateServiceOutput;
use aws_sdk_ecs::types::StopServiceDeploymentStopType;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures::future::join;

use super::clients::APP_NAME;
use super::errors::Failure;
use super::gate::Operation;
use super::link::Link;
use super::{convert, gate};
use crate::estate::SignedDuration;
use crate::estate::change::{Belief, Change, Target};
use crate::estate::id::{DeploymentId, ServiceDeploymentArn, TaskArn};
use crate::estate::problem::{Feed, Problem};
use crate::estate::service::{DeploymentStatus, Service};
use crate::estate::text::Text;
use crate::estate::words::duration;
use crate::policy::Approved;

/// How long an approval is good: the world it judged is gone after that.
pub(super) const APPROVAL_AGE: SignedDuration = SignedDuration::from_mins(5);
/// The same of a recycle: its tasks wait for one another.
const RECYCLE_AGE: SignedDuration = SignedDuration::from_hours(2);
/// How old the second look may be when the change is asked for (aws.md 8.1).
pub(super) const SECOND_LOOK_AGE: SignedDuration = SignedDuration::from_secs(2);

/// What AWS said when it took the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// AWS's id of the request (`x-amzn-RequestId`), to find it in `CloudTrail`.
    pub request_id: Option<Text>,
    /// The deployment that began; `None` when the answer names no new one.
    pub deployment: Option<DeploymentId>,
    /// The service deployment to follow (aws.md 4.4), when AWS names it.
    pub service_deployment: Option<ServiceDeploymentArn>,
    /// The session that was opened.
    pub session_id: Option<Text>,
}

/// Why a change was not made, or why nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The world is no longer what was approved; nothing was asked of AWS.
    #[error("not done: {0}")]
    Moved(String),
    /// The second look failed, so nothing was asked of AWS.
    #[error("not done, because looking again failed: {}", .0.sentence)]
    Unchecked(Problem),
    /// A part was done, then it ended early; the words say how far it came.
    #[error("ended early: {0}")]
    Halted(String),
    /// AWS said no; nothing was altered.
    #[error("AWS refused: {}", .0.sentence)]
    Refused(Problem),
    /// The request went out and no readable answer came back: it may or may not have happened.
    #[error("unknown outcome, look at the service before trying again: {}", .0.sentence)]
    Unclear(Problem),
}

impl Link {
    /// Carries out what policy approved: once, without a retry, after looking again at the
    /// service and the caller (at most two seconds before). `app` names the journal's entry in
    /// the user agent, so that `CloudTrail`'s line and the journal's can be joined (aws.md 8.3).
    ///
    /// Only [`crate::policy`] makes an [`Approved`], so this does not compile without having
    /// asked it. Neither does a change alone:
    ///
    /// ```compile_fail,E0308
    /// use firstline::{cloud::Link, estate::change::Change, policy::Approved};
    ///
    /// async fn restart(link: &Link, change: &Change) {
    ///     let _ = link.apply(change, "journal-id").await;
    /// }
    /// ```
    ///
    /// nor an approval somebody else makes up:
    ///
    /// ```compile_fail,E0451
    /// use firstline::{estate::{Timestamp, change::Change}, policy::Approved};
    ///
    /// fn forge(change: Change, approved: Approved) -> Approved {
    ///     Approved { change, ..approved }
    /// }
    /// ```
    ///
    /// while the same with an approval in hand does:
    ///
    /// ```
    /// use firstline::{cloud::Link, estate::change::Change, policy::Approved};
    ///
    /// async fn restart(link: &Link, change: &Approved) {
    ///     let _ = link.apply(change, "journal-id").await;
    /// }
    ///
    /// fn pass_on(approved: Approved) -> Approved {
    ///     approved
    /// }
    /// ```
    pub async fn apply(&self, approved: &Approved, app: &str) -> Result<Receipt, ApplyError> {
        let change = approved.change();
        let Some(operation) = operation(change) else {
            let sentence = "this goes step by step, or is opened: it is not one call";
            return Err(ApplyError::Moved(sentence.to_owned()));
        };
        let target = change.target();
        self.still_meant(approved, target, APPROVAL_AGE)?;
        self.still_seconded(approved).await?;
        self.seen_again(target, operation).await?;
        match change {
            Change::Redeploy(target) => self.redeploy(target, app).await,
            Change::Rollback { target, deployment } => {
                self.roll_back(target, deployment, app).await
            }
            Change::StopTask { target, task } => {
                self.stop_task(target, task, &because(approved), app).await
            }
            Change::Scale { target, count } => self.scale_service(target, *count, app).await,
            Change::Recycle { .. }
            | Change::StopEnvironment(_)
            | Change::StartEnvironment(_)
            | Change::Session(_) => Err(ApplyError::Moved("this is not one call".to_owned())),
        }
    }

    /// Waits for the turns, looks again, and makes sure that nothing took long in between.
    async fn seen_again(
        &self,
        target: &Target,
        operation: &'static Operation,
    ) -> Result<(), ApplyError> {
        self.turns(target, operation).await;
        let looked_at = self.gate.now();
        self.look_again(target).await?;
        if self.gate.now().duration_since(looked_at) > SECOND_LOOK_AGE {
            let sentence = "looking again took longer than two seconds; try again";
            return Err(ApplyError::Moved(sentence.to_owned()));
        }
        Ok(())
    }

    /// Stops one task of an approved recycle, as [`Link::apply`] carries out a change: looking
    /// again first, once, without a retry. Tasks wait for each other, so the approval is good
    /// for longer.
    ///
    /// # Errors
    /// As [`Link::apply`].
    pub async fn recycle_step(
        &self,
        approved: &Approved,
        task: &TaskArn,
        app: &str,
    ) -> Result<Receipt, ApplyError> {
        let target = approved.change().target();
        let covered =
            matches!(approved.change(), Change::Recycle { tasks, .. } if tasks.contains(task));
        if !covered {
            let sentence = format!("no recycle of task {} was approved", task.short());
            return Err(ApplyError::Moved(sentence));
        }
        self.still_meant(approved, target, RECYCLE_AGE)?;
        self.seen_again(target, &gate::STOP_TASK).await?;
        self.stop_task(target, task, &because(approved), app).await
    }

    /// Whether the approval is no older than `longest` and about something of this link.
    pub(super) fn still_meant(
        &self,
        approved: &Approved,
        target: &Target,
        longest: SignedDuration,
    ) -> Result<(), ApplyError> {
        let age = self.gate.now().duration_since(approved.decided_at());
        let sentence = if age > longest {
            let longest = duration(longest);
            format!("it was approved more than {longest} ago; propose it again")
        } else if target.environment != self.environment.name {
            format!("it was approved for the environment {}", target.environment)
        } else if target.region != self.gate.region {
            format!(
                "{} runs in {}, not in {}",
                target.service, target.region, self.gate.region
            )
        } else {
            return Ok(());
        };
        Err(ApplyError::Moved(sentence))
    }

    /// Waits for the turns of all three calls before the first is made: nothing may wait
    /// between the second look and the change.
    async fn turns(&self, target: &Target, change: &'static Operation) {
        for operation in [change, &gate::CALLER, &gate::DESCRIBE_SERVICES] {
            self.gate.turn(operation, &target.region).await;
        }
    }

    /// Looks at caller and service once more and compares with what was believed.
    async fn look_again(&self, target: &Target) -> Result<(), ApplyError> {
        let caller = self.clients.callers.get_caller_identity().send();
        let service = self
            .clients
            .ecs
            .describe_services()
            .cluster(target.cluster.as_str())
            .services(target.service.as_str())
            .send();
        let (caller, answer) = join(
            self.gate.make(&gate::CALLER, caller),
            self.gate.make(&gate::DESCRIBE_SERVICES, service),
        )
        .await;
        let unchecked = |feed, operation, failure: Failure| {
            ApplyError::Unchecked(self.gate.problem(feed, operation, &failure))
        };
        let caller = caller
            .map_err(|error| unchecked(Feed::Identity, &gate::CALLER, Failure::of(&error)))?;
        let answer = answer.map_err(|error| {
            unchecked(
                Feed::Services,
                &gate::DESCRIBE_SERVICES,
                Failure::of(&error),
            )
        })?;
        let mut found = answer.services().iter();
        let now = found.find_map(|raw| {
            convert::service(raw, &target.cluster).filter(|one| one.arn == target.service)
        });
        match moved(target, caller.account(), now.as_ref()) {
            Some(sentence) => Err(ApplyError::Moved(sentence)),
            None => Ok(()),
        }
    }

    /// `UpdateService` with `forceNewDeployment` and nothing else, tried exactly once.
    async fn redeploy(&self, target: &Target, app: &str) -> Result<Receipt, ApplyError> {
        let call = self.clients.ecs.update_service();
        let call = call
            .cluster(target.cluster.as_str())
            .service(target.service.as_str())
            .force_new_deployment(true)
            .customize()
            .config_override(once(app));
        let answer = self.gate.make(&gate::UPDATE_SERVICE, call.send()).await;
        let answer = self.answered(&gate::UPDATE_SERVICE, answer)?;
        Ok(receipt(&answer, target))
    }

    /// `UpdateService` with `desiredCount` and nothing else, tried exactly once.
    async fn scale_service(
        &self,
        target: &Target,
        count: u32,
        app: &str,
    ) -> Result<Receipt, ApplyError> {
        let call = self.clients.ecs.update_service();
        let call = call
            .cluster(target.cluster.as_str())
            .service(target.service.as_str())
            .desired_count(i32::try_from(count).unwrap_or(i32::MAX))
            .customize()
            .config_override(once(app));
        let answer = self.gate.make(&gate::UPDATE_SERVICE, call.send()).await;
        let answer = self.answered(&gate::UPDATE_SERVICE, answer)?;
        Ok(asked(answer.request_id()))
    }

    /// `StopServiceDeployment` with `ROLLBACK`, tried exactly once.
    async fn roll_back(
        &self,
        target: &Target,
        deployment: &ServiceDeploymentArn,
        app: &str,
    ) -> Result<Receipt, ApplyError> {
        let own = deployment.as_str().contains(&format!(
            ":service-deployment/{}/{}/",
            target.cluster.name(),
            target.service.name()
        ));
        if !own {
            let sentence = format!("{deployment} is not a deployment of {}", target.service);
            return Err(ApplyError::Moved(sentence));
        }
        let call = self.clients.ecs.stop_service_deployment();
        let call = call
            .service_deployment_arn(deployment.as_str())
            .stop_type(StopServiceDeploymentStopType::Rollback)
            .customize()
            .config_override(once(app));
        let operation = &gate::STOP_DEPLOYMENT;
        let answer = self.gate.make(operation, call.send()).await;
        let answer = self.answered(operation, answer)?;
        Ok(Receipt {
            service_deployment: Some(deployment.clone()),
            ..asked(answer.request_id())
        })
    }

    /// `StopTask`, tried exactly once; the reason shows in `DescribeTasks` (aws.md 4.1).
    pub(super) async fn stop_task(
        &self,
        target: &Target,
        task: &TaskArn,
        reason: &str,
        app: &str,
    ) -> Result<Receipt, ApplyError> {
        self.still_its_task(target, task).await?;
        let call = self.clients.ecs.stop_task();
        let call = call
            .cluster(target.cluster.as_str())
            .task(task.as_str())
            .reason(reason)
            .customize()
            .config_override(once(app));
        let answer = self.gate.make(&gate::STOP_TASK, call.send()).await;
        let answer = self.answered(&gate::STOP_TASK, answer)?;
        Ok(asked(answer.request_id()))
    }

    /// Whether `task` still runs, and for the service it was picked of: a task's ARN alone says
    /// nothing about its service.
    async fn still_its_task(&self, target: &Target, task: &TaskArn) -> Result<(), ApplyError> {
        let call = self.clients.ecs.describe_tasks();
        let call = call
            .cluster(target.cluster.as_str())
            .tasks(task.as_str())
            .send();
        let answer = self.gate.call(Feed::Tasks, &gate::DESCRIBE_TASKS, call);
        let answer = answer.await.map_err(ApplyError::Unchecked)?;
        let mut raw = answer.tasks().iter();
        let now = raw.find_map(|raw| convert::task(raw, &target.cluster));
        let (name, short) = (target.service.name(), task.short());
        let sentence = match now {
            None => format!("task {short} does not exist any more"),
            Some(now) if !now.belongs_to(&target.service, &target.cluster) => {
                format!("task {short} is not one of {name}")
            }
            Some(now) if &*now.desired_status != "RUNNING" => {
                format!("task {short} of {name} is stopping already")
            }
            Some(_) => return Ok(()),
        };
        Err(ApplyError::Moved(sentence))
    }

    /// What came back, or a clear no, or an answer that proves nothing.
    pub(super) fn answered<O, E>(
        &self,
        operation: &'static Operation,
        answer: Result<O, SdkError<E, HttpResponse>>,
    ) -> Result<O, ApplyError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        answer.map_err(|error| {
            let failure = Failure::of(&error);
            let problem = self.gate.problem(Feed::Services, operation, &failure);
            if failure.is_a_clear_no(operation) {
                ApplyError::Refused(problem)
            } else {
                ApplyError::Unclear(problem)
            }
        })
    }
}

/// The one call that carries out `change`; `None` where it takes several.
const fn operation(change: &Change) -> Option<&'static Operation> {
    match change {
        Change::Redeploy(_) | Change::Scale { .. } => Some(&gate::UPDATE_SERVICE),
        Change::Rollback { .. } => Some(&gate::STOP_DEPLOYMENT),
        Change::StopTask { .. } => Some(&gate::STOP_TASK),
        Change::Recycle { .. }
        | Change::StopEnvironment(_)
        | Change::StartEnvironment(_)
        | Change::Session(_) => None,
    }
}

/// The settings of one call: tried exactly once, under the journal entry's name.
fn once(app: &str) -> Builder {
    let mut once = Config::builder().retry_config(RetryConfig::disabled());
    once.set_app_name(app_name(app));
    once
}

/// Who stopped a task and why, for whoever reads `stoppedReason`; AWS takes 255 characters.
fn because(approved: &Approved) -> String {
    let words = format!("firstline: {}", approved.reason());
    words.chars().take(255).collect()
}

/// A receipt of a call that begins no deployment.
fn asked(request_id: Option<&str>) -> Receipt {
    Receipt {
        request_id: request_id.map(Text::clean),
        deployment: None,
        service_deployment: None,
        session_id: None,
    }
}

/// What is no longer as approved, in a sentence.
fn moved(target: &Target, account: Option<&str>, now: Option<&Service>) -> Option<String> {
    let account = account.unwrap_or("no account");
    if account != target.account.as_str() {
        let (service, home) = (target.service.name(), &target.account);
        return Some(format!(
            "{service} is in account {home}, and the caller in {account}"
        ));
    }
    let Some(now) = now else {
        return Some(format!("{} does not exist any more", target.service.name()));
    };
    target.belief.moved(&Belief::of(now))
}

fn receipt(answer: &UpdateServiceOutput, target: &Target) -> Receipt {
    let raw = answer.service();
    let service = raw.and_then(|raw| convert::service(raw, &target.cluster));
    let begun = service.iter().flat_map(|one| &one.deployments).find(|one| {
        one.status == DeploymentStatus::Primary && !target.belief.deployments.contains(&one.id)
    });
    let following = raw.and_then(|raw| raw.current_service_deployment());
    Receipt {
        deployment: begun.map(|one| one.id.clone()),
        service_deployment: following.map(ServiceDeploymentArn::new),
        ..asked(answer.request_id())
    }
}

/// The name a call carries: the program's with the journal's id, so that `CloudTrail`'s line and
/// the journal's can be joined. What AWS does not allow in it is left out, and far longer ones
/// are cut (aws.md 8.3).
pub(super) fn app_name(journal: &str) -> Option<AppName> {
    let name = format!("{APP_NAME}-{journal}");
    let allowed = name
        .chars()
        .filter(|one| one.is_ascii_alphanumeric() || "-._+".contains(*one));
    AppName::new(allowed.take(80).collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::id::ClusterArn;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/orders";

    fn service(desired: i32) -> Service {
        let raw = aws_sdk_ecs::types::Service::builder()
            .service_arn(ARN)
            .desired_count(desired)
            .task_definition("a/orders:1")
            .build();
        convert::service(&raw, &ClusterArn::new("prod")).unwrap()
    }

    #[test]
    fn account_existence_and_belief_are_checked_in_this_order() {
        let target = Target::of(&service(4), &"prod".into()).unwrap();
        let home = Some("123456789012");
        assert_eq!(moved(&target, home, Some(&service(4))), None);
        let of = |account, now: Option<&Service>| moved(&target, account, now).unwrap();
        assert_eq!(
            of(Some("210987654321"), None),
            "orders is in account 123456789012, and the caller in 210987654321"
        );
        assert!(of(None, Some(&service(4))).ends_with("the caller in no account"));
        assert_eq!(of(home, None), "orders does not exist any more");
        assert_eq!(of(home, Some(&service(2))), "desired is 2 now, it was 4");
    }

    #[test]
    fn any_app_name_is_made_fit() {
        let name = app_name("2026/7 \u{1b}").unwrap();
        assert_eq!(name.as_ref(), format!("{APP_NAME}-20267"));
    }
}
