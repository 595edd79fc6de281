//! `DescribeServices`.

use aws_sdk_ecs::types as aws;

use super::{count, text_or_empty, time_of};
use crate::estate::id::{ClusterArn, ServiceArn, TargetGroupArn, TaskDefinitionArn};
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Rolling, Rollout, Scheduling, Service, ServiceEvent,
    ServiceStatus,
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
        desired: count(raw.desired_count()),
        running: count(raw.running_count()),
        pending: count(raw.pending_count()),
        task_definition: task_definition(raw),
        deployments: raw.deployments().iter().map(deployment).collect(),
        events: raw.events().iter().filter_map(event).collect(),
        target_groups: target_groups(raw),
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

/// An event without a time has no place in a feed.
fn event(raw: &aws::ServiceEvent) -> Option<ServiceEvent> {
    Some(ServiceEvent {
        id: text_or_empty(raw.id()),
        at: time_of(raw.created_at())?,
        message: text_or_empty(raw.message()),
    })
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
