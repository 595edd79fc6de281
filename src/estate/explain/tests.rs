use super::*;
use crate::estate::aspect::Aspect;
use crate::estate::deployment::Breaker;
use crate::estate::dossier::{Scaling, Target};
use crate::estate::fixture::{
    ago, alarm, definition_of, deployment, environment, event, problem, rollout, service, stop,
};
use crate::estate::problem::Feed;
use crate::estate::service::{Controller, DeploymentStatus, Rollout, Stability, TaskSet};
use crate::estate::snapshot::Tasks;
use crate::estate::task::Task;
use crate::estate::verdict::Judge;

fn arn() -> ServiceArn {
    "arn:aws:ecs:eu-central-1:123456789012:service/prod/orders".into()
}

/// A task in `zone` that the load balancer calls `state`.
fn task(number: u32, zone: &str) -> Task {
    let mut task = stop(i64::from(number), "", 0, "");
    task.arn = format!("arn:aws:ecs:eu-central-1:123456789012:task/prod/{number:032x}")
        .as_str()
        .into();
    task.last_status = "RUNNING".into();
    task.stopped_at = None;
    task.started_at = Some(ago(600));
    task.zone = Some(zone.into());
    task.address = Some(format!("10.0.0.{number}").into());
    task
}

fn target(number: u32, zone: &str, state: &str, reason: &str) -> Target {
    Target {
        id: format!("10.0.0.{number}").into(),
        port: Some(8080),
        zone: Some(zone.into()),
        state: state.into(),
        reason: reason.into(),
        description: Text::default(),
    }
}

/// `orders:58` on its way for a minute, one zone without healthy targets.
fn estate() -> Snapshot {
    let mut orders = service("orders");
    let mut new = deployment(58, Rollout::InProgress, 2, 60);
    new.desired = 4;
    orders.task_definition = new.task_definition.clone();
    orders.deployments[0].status = crate::estate::service::DeploymentStatus::Active;
    orders.deployments.insert(0, new);
    orders.events.insert(0, event(40, "(service orders) was unable to place a task because no container instance met all of its requirements."));
    let mut place = environment(vec![orders]);
    place.alarms = vec![alarm("orders-5xx-high")];
    let zones = ["eu-central-1a", "eu-central-1b", "eu-central-1a"];
    let tasks = (1..)
        .zip(zones)
        .map(|(number, zone)| task(number, zone))
        .collect();
    place.tasks.insert(
        arn(),
        Tasks {
            tasks,
            seen_at: ago(1),
        },
    );
    place.dossiers.insert(arn(), dossier());
    Snapshot {
        environments: vec![place],
    }
}

fn dossier() -> Dossier {
    let mut running = rollout("orders:58", "IN_PROGRESS", 60, None);
    running.breaker = Some(Breaker {
        status: "MONITORING".into(),
        failures: 1,
        threshold: 3,
    });
    running.images = vec![super::super::deployment::Image {
        container: "app".into(),
        name: "1.dkr.ecr.eu-central-1.amazonaws.com/orders:2.4.0".into(),
        digest: Some("sha256:8f2c".into()),
    }];
    let mut new = definition_of("orders:58");
    new.containers[0].image = "orders:2.4.0".into();
    new.registered_at = Some(ago(90));
    Dossier {
        rollouts: Aspect::of(
            ago(1),
            Ok(vec![
                running,
                rollout("orders:57", "SUCCESSFUL", 90_240, Some(90_000)),
            ]),
        ),
        definitions: Aspect::of(ago(1), Ok(vec![new, definition_of("orders:57")])),
        scaling: Aspect::of(
            ago(1),
            Ok(Some(Scaling {
                min: 2,
                max: 4,
                in_suspended: true,
                out_suspended: false,
                schedule_suspended: false,
            })),
        ),
        activities: Aspect::default(),
        targets: Aspect::of(
            ago(1),
            Ok(vec![TargetGroup {
                arn: "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/orders/73e2".into(),
                targets: vec![
                    target(1, "eu-central-1a", "healthy", ""),
                    target(2, "eu-central-1b", "unhealthy", "Target.Timeout"),
                    target(3, "eu-central-1a", "healthy", ""),
                ],
            }]),
        ),
        ..Dossier::default()
    }
}

fn explained(snapshot: &Snapshot) -> Explanation {
    let rows = Judge::default().look(snapshot, ago(0));
    explain(snapshot, &rows, &arn(), &Contacts::default(), ago(0)).unwrap()
}

#[test]
fn a_service_is_explained() {
    let json = serde_json::to_string_pretty(&explained(&estate())).unwrap();
    insta::assert_snapshot!(json);
}

#[test]
fn the_failure_of_a_zone_is_seen_as_one() {
    let one = explained(&estate());
    assert_eq!(
        one.zone_trouble.as_deref(),
        Some("all trouble is in eu-central-1b: 1 of 1 targets unhealthy")
    );
    let mut snapshot = estate();
    let mut here = stop(30, "EssentialContainerExited", 1, "");
    here.zone = Some("eu-central-1a".into());
    snapshot.environments[0].stops = vec![here];
    assert_eq!(
        explained(&snapshot).zone_trouble,
        None,
        "both zones have trouble"
    );
}

#[test]
fn what_is_not_there_is_said_and_the_rest_stays() {
    let mut snapshot = estate();
    let denied = Err(problem(Feed::Tasks));
    if let Some(dossier) = snapshot.environments[0].dossiers.get_mut(&arn()) {
        dossier.rollouts = Aspect::of(ago(1), denied);
    }
    let one = explained(&snapshot);
    assert_eq!(one.missing.len(), 1);
    assert!(one.history.is_empty() && one.change.is_none());
    assert_eq!((one.deployments.len(), one.tasks.len()), (2, 3));
}

#[test]
fn a_trouble_is_open_until_ecs_is_steady_again() {
    let mut snapshot = estate();
    assert_eq!(explained(&snapshot).troubles.len(), 1);
    let steady = event(20, "(service orders) has reached a steady state.");
    let place = &mut snapshot.environments[0];
    if let Some(seen) = place.services.get_mut(&arn()) {
        seen.service.events.insert(0, steady);
    }
    assert!(explained(&snapshot).troubles.is_empty());
}

#[test]
fn what_to_do_is_part_of_the_explanation() {
    let mut snapshot = estate();
    snapshot.environments[0].stops = [20, 80]
        .map(|age| {
            stop(
                age,
                "TaskFailedToStart",
                0,
                "CannotPullContainerError: not found",
            )
        })
        .to_vec();
    let one = explained(&snapshot);
    let first = one.advice.first().unwrap();
    assert_eq!(first.step, crate::estate::advice::Step::Escalate);
    assert!(first.words.contains("image"), "{first:?}");
    assert!(!first.warning.is_empty());
}

#[test]
fn task_sets_and_stages_are_told_as_deployments() {
    let set = |status, running, age| TaskSet {
        status,
        task_definition: "arn:aws:ecs:x:1:task-definition/orders:58".into(),
        desired: 4,
        running,
        pending: 0,
        stability: Stability::Steady,
        created_at: Some(ago(age)),
        settled_at: Some(ago(age)),
    };
    let mut snapshot = estate();
    let place = &mut snapshot.environments[0];
    let orders = &mut place.services.get_mut(&arn()).unwrap().service;
    orders.controller = Controller::CodeDeploy;
    orders.task_sets = vec![
        set(DeploymentStatus::Primary, 4, 7200),
        set(DeploymentStatus::Active, 2, 60),
    ];
    let told = explained(&snapshot).deployments;
    let places: Vec<_> = told
        .iter()
        .map(|one| (one.place.as_str(), one.running))
        .collect();
    assert_eq!(places, [("live", 4), ("next", 2)]);

    let orders = &mut snapshot.environments[0]
        .services
        .get_mut(&arn())
        .unwrap()
        .service;
    orders.controller = Controller::Ecs;
    orders.strategy = crate::estate::service::Strategy::Canary;
    orders.progress = Some(crate::estate::service::Progress {
        state: "IN_PROGRESS".into(),
        stage: crate::estate::service::Stage::Shifting,
        started_at: Some(ago(60)),
        updated_at: Some(ago(10)),
        bake: crate::estate::SignedDuration::ZERO,
        share: Some(10),
        waiting: None,
    });
    let told = explained(&snapshot).deployments;
    assert_eq!(
        &*told[0].stage,
        "canary: shifting traffic, 10 % on the new tasks"
    );
    assert_eq!(&*told[1].stage, "", "of the current one only");
}
