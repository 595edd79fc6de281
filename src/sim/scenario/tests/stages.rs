//! Deployments that go by stages.

use std::collections::BTreeMap;

use super::*;
use crate::sim::world::Stage;

/// What a service goes through: each stage with the second it began, and every share of traffic.
fn stages(world: &mut World, name: &str, seconds: i64) -> (Vec<(Stage, i64)>, Vec<f64>) {
    let (mut seen, mut shares): (Vec<(Stage, i64)>, Vec<f64>) = (Vec::new(), vec![0.0]);
    for second in 60..seconds {
        world.advance(opened() + SignedDuration::from_secs(second));
        let one = service(world, "prod", name);
        let serving = one.tasks.iter();
        let serving = serving.filter(|task| task.wanted && task.status == TaskStatus::Running);
        assert!(
            serving.count() >= usize::try_from(one.desired).unwrap(),
            "at {second} s"
        );
        let current = &one.service_deployments[0];
        if current.status != ServiceDeploymentStatus::InProgress {
            continue;
        }
        let stage = current.stage.unwrap();
        if seen.last().is_none_or(|(last, _)| *last != stage) {
            seen.push((stage, second));
        }
        if shares.last() != Some(&current.share) {
            shares.push(current.share);
        }
    }
    (seen, shares)
}

/// How many targets each of a service's groups has.
fn targets(world: &World, name: &str) -> BTreeMap<String, usize> {
    let account = world.account(PRODUCTION).unwrap();
    let arn = &account.service("prod", name).unwrap().arn;
    let groups = account
        .target_groups
        .iter()
        .filter(|group| group.service == *arn);
    groups
        .map(|group| (group.name.clone(), group.targets.len()))
        .collect()
}

const ALL: [Stage; 6] = [
    Stage::ReconcileService,
    Stage::ScaleUp,
    Stage::PostScaleUp,
    Stage::ProductionTrafficShift,
    Stage::BakeTime,
    Stage::CleanUp,
];

#[test]
fn blue_and_green_take_turns() {
    let mut world = world("stages");
    let before = targets(&world, "storefront");
    assert_eq!(
        before.values().filter(|count| **count == 4).count(),
        1,
        "{before:?}"
    );
    assert_eq!(before.values().sum::<usize>(), 4, "{before:?}");
    let (seen, shares) = stages(&mut world, "storefront", 900);
    assert_eq!(
        seen.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(),
        ALL
    );
    assert_eq!(shares, [0.0, 100.0]);
    let baked = seen[5].1 - seen[4].1;
    assert_eq!(baked, 300, "five minutes");
    let after = targets(&world, "storefront");
    assert_eq!(after.values().sum::<usize>(), 4, "{after:?}");
    assert_ne!(before, after, "the other group has them");
    let one = service(&world, "prod", "storefront");
    assert_eq!((one.deployments.len(), one.running()), (1, 4));
    assert_eq!(
        one.service_deployments[0].status,
        ServiceDeploymentStatus::Successful
    );
    assert!(one.task_definition.ends_with(":32"));
}

#[test]
fn linear_moves_traffic_in_steps_and_a_canary_waits_for_approval() {
    let mut one = world("stages");
    let (seen, shares) = stages(&mut one, "quotas", 900);
    assert_eq!(
        seen.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(),
        ALL
    );
    assert_eq!(shares, [0.0, 25.0, 50.0, 75.0, 100.0]);

    let mut other = world("stages");
    let (seen, shares) = stages(&mut other, "gateway", 900);
    assert_eq!(
        seen.iter().map(|(stage, _)| *stage).collect::<Vec<_>>(),
        ALL
    );
    assert_eq!(shares, [0.0, 10.0, 100.0]);
    let shifted = seen[3].1;
    assert!(
        (360..365).contains(&shifted),
        "approved after six minutes: {seen:?}"
    );
}

#[test]
fn a_canary_that_dies_goes_back_and_the_old_tasks_never_went() {
    let mut world = world("stages");
    let (seen, shares) = stages(&mut world, "promos", 900);
    assert!(
        seen.iter().all(|(stage, _)| *stage <= Stage::ScaleUp),
        "{seen:?}"
    );
    assert_eq!(shares, [0.0], "no request reached it");
    let one = service(&world, "prod", "promos");
    assert_eq!(
        one.service_deployments[0].status,
        ServiceDeploymentStatus::RollbackSuccessful
    );
    assert_eq!((one.deployments.len(), one.running()), (1, 2));
    assert!(one.task_definition.ends_with(":5"));
}
