//! Each row of the verdict table (aws.md 1.5), and that none is green by accident.

mod down;
mod moving;
mod never;
mod proof;
mod rest;
mod trouble;

use proptest::prelude::*;
use proptest::strategy::Strategy as _;

use super::*;
use crate::estate::alarm::AlarmState;
use crate::estate::aspect::Aspect;
use crate::estate::dossier::{Scaling, Target, TargetGroup};
use crate::estate::fixture::{
    ago, alarm, deployment, environment, event, kpi, problem, service, stop, thresholds,
};
use crate::estate::history::{Deed, DeedEnding, TrailEvent};
use crate::estate::kpi::{Ceiling, KpiKind, Unit};
use crate::estate::problem::Feed;
use crate::estate::service::{
    Controller, DeploymentStatus, Progress, Rollout, Scheduling, Service, ServiceStatus, Stability,
    Stage, Strategy, TaskSet, Waiting,
};
use crate::estate::snapshot::Tasks;
use crate::estate::task::Task;
use crate::estate::{
    SignedDuration,
    census::{Census, Tally},
    text::Text,
};
use std::collections::BTreeMap;

/// Judges the service `orders` after `change` broke it or its environment.
fn judged(change: impl FnOnce(&mut Service, &mut EnvironmentSnapshot)) -> Verdict {
    let mut orders = service("orders");
    let mut estate = environment(vec![orders.clone()]);
    change(&mut orders, &mut estate);
    let sighting = Sighting {
        service: orders,
        seen_at: ago(5),
    };
    judge(&estate, &sighting, ago(0))
}

#[track_caller]
fn says(verdict: &Verdict, health: Health, evidence: &str) {
    assert_eq!((verdict.health, &*verdict.evidence), (health, evidence));
}

fn crashes(ages: &[i64]) -> Vec<Task> {
    const OOM: &str = "OutOfMemoryError: Container killed due to memory usage";
    ages.iter()
        .map(|&age| stop(age, "EssentialContainerExited", 137, OOM))
        .collect()
}

/// The service in the middle of `orders:58`, with what runs of it and of its forerunner.
fn deploying(orders: &mut Service, new: u32, old: u32, age: i64) {
    let mut forerunner = deployment(57, Rollout::Completed, old, 7200);
    forerunner.status = DeploymentStatus::Active;
    let primary = deployment(58, Rollout::InProgress, new, age);
    orders.task_definition = primary.task_definition.clone();
    orders.deployments = vec![primary, forerunner];
    orders.running = new + old;
}

/// A service whose deployments are another controller's.
fn with_sets(orders: &mut Service, controller: Controller, sets: &[(u32, Stability)]) {
    orders.controller = controller;
    orders.deployments.clear();
    orders.task_sets = sets
        .iter()
        .enumerate()
        .map(|(place, (running, stability))| TaskSet {
            status: if place == 0 {
                DeploymentStatus::Primary
            } else {
                DeploymentStatus::Active
            },
            task_definition: orders.task_definition.clone(),
            desired: 4,
            running: *running,
            pending: 0,
            stability: stability.clone(),
            created_at: Some(ago(7200)),
            settled_at: Some(ago(7000)),
        })
        .collect();
}

#[test]
fn a_service_in_order_is_healthy() {
    let verdict = judged(|_, _| {});
    says(
        &verdict,
        Health::Healthy,
        "4/4 running, 4 targets healthy, orders:57",
    );
    assert_eq!(verdict.since, Some(ago(7200)));
}

#[test]
fn old_or_failed_data_is_unknown_and_says_why() {
    let mut orders = environment(vec![service("orders")]);
    let mut sighting = orders.services.first_entry().unwrap().get().clone();
    sighting.seen_at = ago(94);
    let verdict = judge(&orders, &sighting, ago(0));
    says(
        &verdict,
        Health::Unknown,
        "no data for 1 min 34 s; last seen 4/4 running",
    );
    assert_eq!(verdict.since, Some(ago(94)));

    sighting.seen_at = ago(20);
    assert_eq!(judge(&orders, &sighting, ago(0)).health, Health::Healthy);
    let feed = orders.feeds.get_mut(&Feed::Services).unwrap();
    feed.problems = vec![problem(Feed::Services)];
    says(
        &judge(&orders, &sighting, ago(0)),
        Health::Unknown,
        "no data for 20 s: AWS asks to be called more slowly (DescribeServices); \
         last seen 4/4 running",
    );
    sighting.seen_at = ago(5);
    let described = judge(&orders, &sighting, ago(0));
    assert_eq!(
        described.health,
        Health::Healthy,
        "the failure was not about this one"
    );
}

#[test]
fn values_nobody_knows_are_unknown_but_hide_no_bad_news() {
    says(
        &judged(|orders, _| orders.status = ServiceStatus::Unknown("HIBERNATED".into())),
        Health::Unknown,
        "4/4 running, AWS tells a status this version does not know: 'HIBERNATED'",
    );
    for change in [
        (|orders: &mut Service| orders.scheduling = Scheduling::Unknown("X".into()))
            as fn(&mut Service),
        |orders| orders.controller = Controller::Unknown("X".into()),
        |orders| orders.deployments[0].rollout = Rollout::Unknown("X".into()),
        |orders| orders.deployments[0].status = DeploymentStatus::Unknown("X".into()),
        |orders| orders.deployments.clear(),
    ] {
        assert_eq!(judged(|orders, _| change(orders)).health, Health::Unknown);
        let down = judged(|orders, _| {
            change(orders);
            orders.running = 0;
        });
        assert_eq!(down.health, Health::Down);
    }
    let idle = judged(|orders, _| {
        (orders.desired, orders.running) = (0, 0);
        orders.scheduling = Scheduling::Unknown("X".into());
    });
    assert_eq!(idle.health, Health::Unknown);
}
