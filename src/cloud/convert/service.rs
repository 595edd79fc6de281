//! `DescribeServices`.

use aws_sdk_ecs::types as aws;

use super::{count, text_or_empty, time_of};
use crate::estate::SignedDuration;
use crate::estate::id::{ClusterArn, ServiceArn, TargetGroupArn, TaskDefinitionArn};
use crate::estate::notice;
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Progress, Rolling, Rollout, Scheduling, Service,
    ServiceEvent, ServiceStatus, Stability, Stage, Strategy, TaskSet, Waiting,
};
use crate::estate::text::Text;

/// One service of `cluster`; `None` when it has no ARN, because nothing can be said of it then.
pub(in crate::cloud) fn service(raw: &aws::Service, cluster: &ClusterArn) -> Option<Service> {
    let arn = ServiceArn::new(raw.service_arn()?);
    let name = raw
        .service_name()
        .map_or_else(|| arn.name().into(), Text::clean);
    Some(Service {
        name,
        cluster: raw
            .cluster_arn()
            .map_or_else(|| cluster.clone(), ClusterArn::new),
        status: status(raw.status().unwrap_or_default()),
        scheduling: scheduling(raw),
        controller: controller(raw),
        express: raw
            .resource_management_type()
            .is_some_and(|one| one.as_str() == "ECS"),
        desired: count(raw.desired_count()),
        running: count(raw.running_count()),
        pending: count(raw.pending_count()),
        task_definition: task_definition(raw),
        deployments: raw.deployments().iter().map(deployment).collect(),
        task_sets: raw.task_sets().iter().map(task_set).collect(),
        strategy: strategy(raw.deployment_configuration()),
        progress: None,
        events: events(raw.events()),
        target_groups: target_groups(raw),
        twins: twins(raw),
        classic_balancer: raw.load_balancers().iter().any(is_classic),
        on_instances: on_instances(raw),
        rolling: rolling(raw.deployment_configuration()),
        grace_seconds: count(raw.health_check_grace_period_seconds().unwrap_or_default()),
        exec_enabled: raw.enable_execute_command(),
        created_at: time_of(raw.created_at()),
        tags: raw.tags().iter().map(tag).collect(),
        arn,
    })
}

fn status(raw: &str) -> ServiceStatus {
    match raw {
        "ACTIVE" => ServiceStatus::Active,
        "DRAINING" => ServiceStatus::Draining,
        "INACTIVE" => ServiceStatus::Inactive,
        other => ServiceStatus::Unknown(other.into()),
    }
}

/// A service without a strategy is a REPLICA service, AWS's own default.
fn scheduling(raw: &aws::Service) -> Scheduling {
    match raw
        .scheduling_strategy()
        .map_or("REPLICA", |one| one.as_str())
    {
        "REPLICA" => Scheduling::Replica,
        "DAEMON" => Scheduling::Daemon,
        other => Scheduling::Unknown(other.into()),
    }
}

/// A service without a controller has the rolling update, AWS's own default.
fn controller(raw: &aws::Service) -> Controller {
    let kind = raw
        .deployment_controller()
        .map(aws::DeploymentController::r#type);
    match kind.map_or("ECS", |one| one.as_str()) {
        "ECS" => Controller::Ecs,
        "CODE_DEPLOY" => Controller::CodeDeploy,
        "EXTERNAL" => Controller::External,
        other => Controller::Unknown(other.into()),
    }
}

/// The primary deployment's, else the service's own, else (other controllers) the primary task
/// set's.
fn task_definition(raw: &aws::Service) -> TaskDefinitionArn {
    let deployments = raw.deployments();
    let primary = deployments
        .iter()
        .find(|one| one.status() == Some("PRIMARY"));
    let task_sets = raw.task_sets();
    let task_set = task_sets.iter().find(|one| one.status() == Some("PRIMARY"));
    primary
        .and_then(aws::Deployment::task_definition)
        .or(raw.task_definition())
        .or(task_set.and_then(aws::TaskSet::task_definition))
        .unwrap_or_default()
        .into()
}

fn deployment(raw: &aws::Deployment) -> Deployment {
    let status = match raw.status().unwrap_or_default() {
        "PRIMARY" => DeploymentStatus::Primary,
        "ACTIVE" => DeploymentStatus::Active,
        "INACTIVE" => DeploymentStatus::Inactive,
        other => DeploymentStatus::Unknown(other.into()),
    };
    let rollout = match raw.rollout_state().map(aws::DeploymentRolloutState::as_str) {
        None => Rollout::Absent,
        Some("IN_PROGRESS") => Rollout::InProgress,
        Some("COMPLETED") => Rollout::Completed,
        Some("FAILED") => Rollout::Failed,
        Some(other) => Rollout::Unknown(other.into()),
    };
    Deployment {
        id: raw.id().unwrap_or_default().into(),
        status,
        task_definition: raw.task_definition().unwrap_or_default().into(),
        desired: count(raw.desired_count()),
        running: count(raw.running_count()),
        pending: count(raw.pending_count()),
        failed: count(raw.failed_tasks()),
        rollout,
        reason: text_or_empty(raw.rollout_state_reason()),
        created_at: time_of(raw.created_at()),
        updated_at: time_of(raw.updated_at()),
    }
}

/// A draining set only has tasks that are on their way out, like an inactive deployment.
fn task_set(raw: &aws::TaskSet) -> TaskSet {
    let status = match raw.status().unwrap_or_default() {
        "PRIMARY" => DeploymentStatus::Primary,
        "ACTIVE" => DeploymentStatus::Active,
        "DRAINING" => DeploymentStatus::Inactive,
        other => DeploymentStatus::Unknown(other.into()),
    };
    let stability = match raw.stability_status().map(aws::StabilityStatus::as_str) {
        Some("STEADY_STATE") => Stability::Steady,
        Some("STABILIZING") => Stability::Stabilizing,
        other => Stability::Unknown(other.unwrap_or("nothing").into()),
    };
    TaskSet {
        status,
        task_definition: raw.task_definition().unwrap_or_default().into(),
        desired: count(raw.computed_desired_count()),
        running: count(raw.running_count()),
        pending: count(raw.pending_count()),
        stability,
        created_at: time_of(raw.created_at()),
        settled_at: time_of(raw.stability_status_at()),
    }
}

/// Without a word it is the rolling update, AWS's own default.
fn strategy(raw: Option<&aws::DeploymentConfiguration>) -> Strategy {
    let word = raw.and_then(aws::DeploymentConfiguration::strategy);
    match word.map_or("ROLLING", aws::DeploymentStrategy::as_str) {
        "ROLLING" => Strategy::Rolling,
        "BLUE_GREEN" => Strategy::BlueGreen,
        "LINEAR" => Strategy::Linear,
        "CANARY" => Strategy::Canary,
        other => Strategy::Unknown(other.into()),
    }
}

/// How far a deployment is that goes by stages.
pub(in crate::cloud) fn progress(raw: &aws::ServiceDeployment) -> Progress {
    let word = raw
        .lifecycle_stage()
        .map(aws::ServiceDeploymentLifecycleStage::as_str);
    let stage = match word {
        None => Stage::Absent,
        Some("RECONCILE_SERVICE" | "PRE_SCALE_UP" | "SCALE_UP" | "POST_SCALE_UP") => {
            Stage::Starting
        }
        Some(
            "TEST_TRAFFIC_SHIFT"
            | "POST_TEST_TRAFFIC_SHIFT"
            | "PRE_PRODUCTION_TRAFFIC_SHIFT"
            | "PRODUCTION_TRAFFIC_SHIFT"
            | "POST_PRODUCTION_TRAFFIC_SHIFT",
        ) => Stage::Shifting,
        Some("BAKE_TIME") => Stage::Baking,
        Some("CLEAN_UP") => Stage::CleaningUp,
        Some(other) => Stage::Unknown(other.into()),
    };
    let mut hooks = raw.lifecycle_hook_details().iter();
    let waiting = hooks
        .find(|hook| hook.status() == Some(&aws::DeploymentLifecycleHookStatus::AwaitingAction));
    let configuration = raw.deployment_configuration();
    let bake = configuration.and_then(aws::DeploymentConfiguration::bake_time_in_minutes);
    Progress {
        state: super::deployment::state(raw.status()),
        stage,
        started_at: time_of(raw.started_at().or(raw.created_at())),
        updated_at: time_of(raw.updated_at()),
        share: raw.target_service_revision().and_then(share),
        bake: SignedDuration::from_mins(i64::from(bake.unwrap_or_default())),
        waiting: waiting.map(|hook| Waiting {
            hook: text_or_empty(hook.hook_id()),
            expires_at: time_of(hook.expires_at()),
        }),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped right before"
)]
fn share(raw: &aws::ServiceRevisionSummary) -> Option<u32> {
    let weight = raw.requested_production_traffic_weight()?;
    Some(weight.round().clamp(0.0, 100.0) as u32)
}

/// A Classic Load Balancer is known by its name, the others by their target groups.
fn is_classic(raw: &aws::LoadBalancer) -> bool {
    raw.load_balancer_name().is_some() && raw.target_group_arn().is_none()
}

/// Everything but Fargate: instances of one's own, of AWS's, and machines outside.
fn on_instances(raw: &aws::Service) -> bool {
    let providers = raw.capacity_provider_strategy();
    match raw.launch_type() {
        Some(kind) => *kind != aws::LaunchType::Fargate,
        None => providers
            .iter()
            .any(|one| !one.capacity_provider().starts_with("FARGATE")),
    }
}

/// The events worth keeping; those that say the same share their words. An event without a time
/// has no place in a feed.
fn events(raw: &[aws::ServiceEvent]) -> Vec<ServiceEvent> {
    let mut kept: Vec<ServiceEvent> = Vec::new();
    for (place, one) in raw.iter().enumerate() {
        let said = one.message().unwrap_or_default();
        if !notice::worth_keeping(place, said) {
            continue;
        }
        let Some(at) = time_of(one.created_at()) else {
            continue;
        };
        let same = kept.iter().find(|known| &*known.message == said);
        let message = same.map_or_else(|| said.into(), |known| known.message.clone());
        kept.push(ServiceEvent { at, message });
    }
    kept.shrink_to_fit();
    kept
}

/// Target groups of the service and, with other controllers, of its task sets; with blue/green
/// deployments also the alternate one.
fn target_groups(raw: &aws::Service) -> Vec<TargetGroupArn> {
    let of_task_sets = raw
        .task_sets()
        .iter()
        .flat_map(aws::TaskSet::load_balancers);
    let mut groups: Vec<TargetGroupArn> = Vec::new();
    for balancer in raw.load_balancers().iter().chain(of_task_sets) {
        let alternate = balancer
            .advanced_configuration()
            .and_then(aws::AdvancedConfiguration::alternate_target_group_arn);
        for arn in balancer.target_group_arn().into_iter().chain(alternate) {
            let group = TargetGroupArn::new(arn);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
    }
    groups
}

/// Target groups that take turns.
fn twins(raw: &aws::Service) -> Vec<[TargetGroupArn; 2]> {
    let balancers = raw.load_balancers().iter();
    let pair = |one: &aws::LoadBalancer| {
        let alternate = one.advanced_configuration()?.alternate_target_group_arn()?;
        Some([one.target_group_arn()?, alternate].map(TargetGroupArn::new))
    };
    balancers.filter_map(pair).collect()
}

fn rolling(raw: Option<&aws::DeploymentConfiguration>) -> Rolling {
    let Some(raw) = raw else {
        return Rolling::default();
    };
    let breaker = raw.deployment_circuit_breaker();
    let alarms = raw.alarms().filter(|alarms| alarms.enable());
    Rolling {
        minimum_healthy_percent: raw.minimum_healthy_percent().map(count),
        maximum_percent: raw.maximum_percent().map(count),
        circuit_breaker: breaker.is_some_and(aws::DeploymentCircuitBreaker::enable),
        rollback: breaker.is_some_and(|breaker| breaker.enable() && breaker.rollback()),
        alarms: alarms
            .map(|alarms| {
                alarms
                    .alarm_names()
                    .iter()
                    .map(|name| Text::clean(name))
                    .collect()
            })
            .unwrap_or_default(),
    }
}

fn tag(raw: &aws::Tag) -> (Text, Text) {
    (text_or_empty(raw.key()), text_or_empty(raw.value()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service/prod/orders";

    fn cluster() -> ClusterArn {
        "arn:aws:ecs:eu-central-1:123456789012:cluster/prod".into()
    }

    #[test]
    fn a_service_of_which_aws_says_nothing_is_still_a_service() {
        let bare = aws::Service::builder().service_arn(ARN).build();
        let service = service(&bare, &cluster()).unwrap();
        assert_eq!((&*service.name, &service.cluster), ("orders", &cluster()));
        assert_eq!(service.status, ServiceStatus::Unknown("".into()));
        assert_eq!(service.controller, Controller::Ecs);
        assert_eq!(service.rolling, Rolling::default());
        assert!(super::service(&aws::Service::builder().build(), &cluster()).is_none());
    }

    #[test]
    fn the_primary_deployment_decides_the_revision() {
        let deployment = |status: &str, definition: &str, state: Option<&str>| {
            aws::Deployment::builder()
                .id(format!("ecs-svc/{definition}"))
                .status(status)
                .task_definition(definition)
                .set_rollout_state(state.map(Into::into))
                .build()
        };
        let raw = aws::Service::builder()
            .service_arn(ARN)
            .task_definition("old:1")
            .deployments(deployment("ACTIVE", "old:1", Some("COMPLETED")))
            .deployments(deployment("PRIMARY", "new:2", Some("SIDEWAYS")))
            .deployments(deployment("LATER", "x:3", None))
            .build();
        let service = service(&raw, &cluster()).unwrap();
        assert_eq!(service.task_definition.as_str(), "new:2");
        let rollouts: Vec<_> = service
            .deployments
            .iter()
            .map(|one| one.rollout.clone())
            .collect();
        assert_eq!(
            rollouts,
            [
                Rollout::Completed,
                Rollout::Unknown("SIDEWAYS".into()),
                Rollout::Absent
            ]
        );
        assert_eq!(
            service.deployments[2].status,
            DeploymentStatus::Unknown("LATER".into())
        );
    }

    #[test]
    fn a_hundred_events_are_thinned_out_and_share_their_words() {
        let said = |message: String| {
            let at = aws_smithy_types::DateTime::from_secs(0);
            aws::ServiceEvent::builder()
                .message(message)
                .created_at(at)
                .build()
        };
        let steady = || said("(service orders) has reached a steady state.".to_owned());
        let moved = |task: u32| {
            said(format!(
                "(service orders) has started 1 tasks: (task {task})."
            ))
        };
        let all = (0..25).map(moved).chain((0..75).map(|_| steady()));
        let raw = aws::Service::builder()
            .service_arn(ARN)
            .set_events(Some(all.collect()));
        let kept = service(&raw.build(), &cluster()).unwrap().events;
        assert_eq!(kept.len(), 20 + 75);
        let (first, last) = (&kept[20].message, &kept[94].message);
        assert_eq!(
            first.as_str().as_ptr(),
            last.as_str().as_ptr(),
            "one sentence, kept once"
        );
    }

    #[test]
    fn other_controllers_strategies_and_machines_are_read() {
        let set = |status: &str, stability: Option<&str>| {
            aws::TaskSet::builder()
                .status(status)
                .computed_desired_count(4)
                .set_stability_status(stability.map(Into::into))
                .build()
        };
        let raw = aws::Service::builder()
            .service_arn(ARN)
            .task_sets(set("PRIMARY", Some("STEADY_STATE")))
            .task_sets(set("DRAINING", Some("STABILIZING")))
            .task_sets(set("ELSEWHERE", None))
            .launch_type("MANAGED_INSTANCES".into())
            .load_balancers(
                aws::LoadBalancer::builder()
                    .load_balancer_name("old")
                    .build(),
            )
            .deployment_configuration(
                aws::DeploymentConfiguration::builder()
                    .strategy("CANARY".into())
                    .build(),
            )
            .build();
        let one = service(&raw, &cluster()).unwrap();
        let sets: Vec<_> = one
            .task_sets
            .iter()
            .map(|set| (&set.status, &set.stability))
            .collect();
        assert_eq!(
            sets,
            [
                (&DeploymentStatus::Primary, &Stability::Steady),
                (&DeploymentStatus::Inactive, &Stability::Stabilizing),
                (
                    &DeploymentStatus::Unknown("ELSEWHERE".into()),
                    &Stability::Unknown("nothing".into())
                ),
            ]
        );
        assert_eq!(one.strategy, super::Strategy::Canary);
        assert!(one.on_instances && one.classic_balancer);
        let bare = service(
            &aws::Service::builder().service_arn(ARN).build(),
            &cluster(),
        )
        .unwrap();
        assert_eq!(bare.strategy, super::Strategy::Rolling);
        assert!(!bare.on_instances && !bare.classic_balancer);
    }

    #[test]
    fn target_groups_of_task_sets_and_blue_green_are_found_once() {
        let balancer = |group: &str, alternate: Option<&str>| {
            let advanced = alternate.map(|arn| {
                aws::AdvancedConfiguration::builder()
                    .alternate_target_group_arn(arn)
                    .build()
            });
            aws::LoadBalancer::builder()
                .target_group_arn(group)
                .set_advanced_configuration(advanced)
                .build()
        };
        let raw = aws::Service::builder()
            .service_arn(ARN)
            .load_balancers(balancer("blue", Some("green")))
            .task_sets(
                aws::TaskSet::builder()
                    .load_balancers(balancer("green", None))
                    .build(),
            )
            .build();
        let groups = service(&raw, &cluster()).unwrap().target_groups;
        assert_eq!(groups, ["blue".into(), "green".into()]);
    }

    proptest! {
        #[test]
        fn hostile_words_come_in_clean(words in any::<String>(), number in any::<i32>()) {
            let raw = aws::Service::builder()
                .service_arn(ARN)
                .service_name(&words)
                .status(&words)
                .desired_count(number)
                .scheduling_strategy(words.as_str().into())
                .events(aws::ServiceEvent::builder().message(&words)
                    .created_at(aws_smithy_types::DateTime::from_secs(0)).build())
                .tags(aws::Tag::builder().key(&words).build())
                .build();
            let service = service(&raw, &cluster()).unwrap();
            prop_assert_eq!(&service.name, &Text::clean(&words));
            prop_assert_eq!(&service.events[0].message, &Text::clean(&words));
        }
    }
}
