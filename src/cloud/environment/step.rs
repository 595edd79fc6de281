//! The calls that alter an environment, each covered by an approved plan.

use aws_config::retry::RetryConfig;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace, SuspendedState};
use aws_sdk_cloudwatch::types::MuteTargets;
use aws_sdk_ecs::types::Tag;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::look::Look;
use super::survey::resource_id;
use crate::cloud::apply::{ApplyError, SECOND_LOOK_AGE, app_name};
use crate::cloud::gate::{self, Operation};
use crate::cloud::link::Link;
use crate::estate::environment::Tier;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::staging::{
    DatabaseKind, Goal, LOCK_TAG, Next, Plan, RESTORE_TAG, Scaling, Step, Subject, next_for_service,
};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};
use crate::policy::Approved;

/// How long the approval of a whole environment is good: databases take minutes to start, tiers
/// wait for one another.
const APPROVAL_AGE: SignedDuration = SignedDuration::from_hours(2);

/// Settings of one call: tried exactly once, under the journal entry's name.
macro_rules! once {
    ($sdk:ident, $id:expr) => {{
        let mut once = $sdk::config::Builder::new().retry_config(RetryConfig::disabled());
        once.set_app_name(app_name(&$id.to_string()));
        once
    }};
}

/// Stops or starts one database: four calls that differ in their names only.
macro_rules! database {
    ($link:ident, $verb:ident . $named:ident($name:ident), $operation:ident, $id:ident) => {{
        let call = $link.clients.databases.$verb().$named($name.as_str());
        let call = call.customize().config_override(once!(aws_sdk_rds, $id));
        let answer = $link.gate.make(&gate::$operation, call.send()).await;
        $link.told(&gate::$operation, answer)
    }};
}

impl Link {
    /// Carries out one step of an approved plan: once, without a retry, at most two seconds
    /// after `look`, and only if the protocol says of what was seen that exactly this comes next.
    /// `by` is who goes into a record.
    ///
    /// Only [`crate::policy`] makes an [`Approved`] and only a link a [`Look`]:
    ///
    /// ```compile_fail,E0308
    /// use firstline::{cloud::{Link, Look}, estate::staging::{Plan, Step}};
    ///
    /// async fn stop(link: &Link, plan: &Plan, step: &Step, look: &Look) {
    ///     let _ = link.step(plan, step, look, ("alice", "journal-id")).await;
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`Link::apply`].
    pub async fn step(
        &self,
        approved: &Approved,
        step: &Step,
        look: &Look,
        (by, journal_id): (&str, &str),
    ) -> Result<(), ApplyError> {
        let Some(plan) = approved.change().plan() else {
            return Err(ApplyError::Moved("no environment was approved".to_owned()));
        };
        let age = self.gate.now().duration_since(approved.decided_at());
        let refused = if age > APPROVAL_AGE {
            Some("it was approved more than two hours ago; propose it again".to_owned())
        } else {
            self.torn(plan, step, look)
                .or_else(|| self.not_next(plan, step, look, by))
        };
        if let Some(sentence) = refused {
            return Err(ApplyError::Moved(sentence));
        }
        if self.gate.now().duration_since(look.at) > SECOND_LOOK_AGE {
            let sentence = "looking again took longer than two seconds; try again";
            return Err(ApplyError::Moved(sentence.to_owned()));
        }
        self.carry_out(plan, step, journal_id).await
    }

    /// Whether account, region, cluster and plan fit this link, proven again.
    fn torn(&self, plan: &Plan, step: &Step, look: &Look) -> Option<String> {
        let name = &plan.target.environment;
        if *name != self.environment.name || plan.target.region != self.gate.region {
            return Some(format!(
                "it was approved for {name} in {}",
                plan.target.region
            ));
        }
        let account = look.account.as_ref();
        if account != Some(&plan.target.account) {
            let home = &plan.target.account;
            let mine = account.map_or("no account", |one| one.as_str());
            return Some(format!(
                "{name} is in account {home}, and the caller in {mine}"
            ));
        }
        let cluster = match step.subject() {
            Subject::Service(arn) => plan.service(arn).map(|one| &one.cluster),
            Subject::Environment | Subject::Database(_) => Some(plan.lock_cluster()),
        };
        let proven = cluster.map_or(Tier::Production, |cluster| {
            self.environment.proven_tier(account, cluster)
        });
        if proven == Tier::Production {
            return Some(format!("nothing proves that {name} is not production"));
        }
        plan.forbids(step).map(str::to_owned)
    }

    /// Whether the protocol asks for something else by now.
    fn not_next(&self, plan: &Plan, step: &Step, look: &Look, by: &str) -> Option<String> {
        let Subject::Service(arn) = step.subject() else {
            return None;
        };
        let seen = look.sight().filter(|one| one.service.arn == *arn);
        let (Some(planned), Some(sight)) = (plan.service(arn), seen) else {
            return Some(format!("{} was not looked at", arn.name()));
        };
        let next = next_for_service(plan, planned, sight, (by, self.gate.now()));
        let same = match (&next, step) {
            // The minute in a record may have passed meanwhile.
            (Next::Do(Step::Save { record: now, .. }), Step::Save { record, .. }) => {
                (now.desired, now.scaling) == (record.desired, record.scaling)
            }
            (Next::Do(next), step) => next == step,
            _ => false,
        };
        (!same).then(|| format!("{} moved meanwhile", arn.name()))
    }

    async fn carry_out(&self, plan: &Plan, step: &Step, id: &str) -> Result<(), ApplyError> {
        match step {
            Step::Lock { cluster, lock } => {
                let tag = (LOCK_TAG, lock.to_string());
                self.tag(cluster.as_str(), tag, id).await
            }
            Step::Unlock { cluster } => self.untag(cluster.as_str(), LOCK_TAG, id).await,
            Step::Save { service, record } => {
                let tag = (RESTORE_TAG, record.to_string());
                self.tag(service.as_str(), tag, id).await
            }
            Step::Forget { service } => self.untag(service.as_str(), RESTORE_TAG, id).await,
            Step::Scale { service, scaling } => {
                let cluster = plan.service(service).map(|one| &one.cluster);
                self.scale((cluster, service), *scaling, id).await
            }
            Step::Desire { service, count } => {
                let cluster = plan.service(service).map(|one| &one.cluster);
                self.desire((cluster, service), *count, id).await
            }
            Step::Mute { rule, alarms, from } => self.mute((rule, alarms), *from, id).await,
            Step::Unmute { rule } => {
                let call = self.clients.cloudwatch.delete_alarm_mute_rule();
                let call = call.alarm_mute_rule_name(rule.as_str()).customize();
                let call = call.config_override(once!(aws_sdk_cloudwatch, id));
                let answer = self.gate.make(&gate::UNMUTE, call.send()).await;
                self.told(&gate::UNMUTE, answer)
            }
            Step::StopDatabase { id: name, kind } => {
                self.move_database(Goal::Stop, (name, *kind), id).await
            }
            Step::StartDatabase { id: name, kind } => {
                self.move_database(Goal::Start, (name, *kind), id).await
            }
        }
    }

    async fn move_database(
        &self,
        goal: Goal,
        (name, kind): (&Text, DatabaseKind),
        id: &str,
    ) -> Result<(), ApplyError> {
        match (goal, kind) {
            (Goal::Stop, DatabaseKind::Instance) => {
                database!(
                    self,
                    stop_db_instance.db_instance_identifier(name),
                    STOP_DATABASE,
                    id
                )
            }
            (Goal::Stop, DatabaseKind::Cluster) => {
                database!(
                    self,
                    stop_db_cluster.db_cluster_identifier(name),
                    STOP_DATABASE_CLUSTER,
                    id
                )
            }
            (Goal::Start, DatabaseKind::Instance) => {
                database!(
                    self,
                    start_db_instance.db_instance_identifier(name),
                    START_DATABASE,
                    id
                )
            }
            (Goal::Start, DatabaseKind::Cluster) => {
                database!(
                    self,
                    start_db_cluster.db_cluster_identifier(name),
                    START_DATABASE_CLUSTER,
                    id
                )
            }
        }
    }

    async fn tag(&self, arn: &str, tag: (&str, String), id: &str) -> Result<(), ApplyError> {
        let tag = Tag::builder().key(tag.0).value(tag.1).build();
        let call = self.clients.ecs.tag_resource().resource_arn(arn).tags(tag);
        let call = call.customize().config_override(once!(aws_sdk_ecs, id));
        let answer = self.gate.make(&gate::TAG, call.send()).await;
        self.told(&gate::TAG, answer)
    }

    async fn untag(&self, arn: &str, key: &str, id: &str) -> Result<(), ApplyError> {
        let call = self.clients.ecs.untag_resource();
        let call = call.resource_arn(arn).tag_keys(key);
        let call = call.customize().config_override(once!(aws_sdk_ecs, id));
        let answer = self.gate.make(&gate::UNTAG, call.send()).await;
        self.told(&gate::UNTAG, answer)
    }

    /// Minimum, maximum and all three flags in one call: suspending alone would lift a stopped
    /// service to its minimum (aws.md, finding 10).
    async fn scale(
        &self,
        (cluster, service): (Option<&ClusterArn>, &ServiceArn),
        scaling: Scaling,
        id: &str,
    ) -> Result<(), ApplyError> {
        let Some(cluster) = cluster else {
            return Err(ApplyError::Moved("the plan has no such service".to_owned()));
        };
        let suspended = SuspendedState::builder()
            .dynamic_scaling_in_suspended(scaling.suspended.scale_in)
            .dynamic_scaling_out_suspended(scaling.suspended.scale_out)
            .scheduled_scaling_suspended(scaling.suspended.scheduled)
            .build();
        let capacity = |count| i32::try_from(count).unwrap_or(i32::MAX);
        let call = self.clients.scaling.register_scalable_target();
        let call = call
            .service_namespace(ServiceNamespace::Ecs)
            .resource_id(resource_id(cluster, service))
            .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
            .min_capacity(capacity(scaling.min))
            .max_capacity(capacity(scaling.max))
            .suspended_state(suspended)
            .customize()
            .config_override(once!(aws_sdk_applicationautoscaling, id));
        let answer = self.gate.make(&gate::REGISTER_TARGET, call.send()).await;
        self.told(&gate::REGISTER_TARGET, answer)
    }

    /// `UpdateService` with the desired count and nothing else: no deployment begins.
    async fn desire(
        &self,
        (cluster, service): (Option<&ClusterArn>, &ServiceArn),
        count: u32,
        id: &str,
    ) -> Result<(), ApplyError> {
        let Some(cluster) = cluster else {
            return Err(ApplyError::Moved("the plan has no such service".to_owned()));
        };
        let call = self.clients.ecs.update_service();
        let call = call
            .cluster(cluster.as_str())
            .service(service.as_str())
            .desired_count(i32::try_from(count).unwrap_or(i32::MAX))
            .customize()
            .config_override(once!(aws_sdk_ecs, id));
        let answer = self.gate.make(&gate::SET_DESIRED, call.send()).await;
        self.told(&gate::SET_DESIRED, answer)
    }

    async fn mute(
        &self,
        (rule, alarms): (&Text, &[Text]),
        from: Timestamp,
        id: &str,
    ) -> Result<(), ApplyError> {
        let names = alarms.iter().map(ToString::to_string).collect();
        let targets = MuteTargets::builder().set_alarm_names(Some(names)).build();
        let call = self.clients.cloudwatch.put_alarm_mute_rule();
        let call = call
            .name(rule.as_str())
            .description("the environment is stopped")
            .rule(super::mute::window(from))
            .mute_targets(targets)
            .customize()
            .config_override(once!(aws_sdk_cloudwatch, id));
        let answer = self.gate.make(&gate::MUTE, call.send()).await;
        self.told(&gate::MUTE, answer)
    }

    /// The same without what came back.
    fn told<O, E>(
        &self,
        operation: &'static Operation,
        answer: Result<O, SdkError<E, HttpResponse>>,
    ) -> Result<(), ApplyError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.answered(operation, answer).map(drop)
    }
}
