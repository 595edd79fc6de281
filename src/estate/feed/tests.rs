use super::*;
use crate::estate::fixture::{ago, alarm, deployment, environment, event, service, stop};
use crate::estate::service::{DeploymentStatus, Rollout};

fn lines(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(|one| {
            let ago = ago(0).duration_since(one.at).as_secs();
            let mark = if one.trouble { "!" } else { "" };
            format!("{ago} {}{mark} {}", one.kind, one.words)
        })
        .collect()
}

/// `orders` after `orders:58` failed and was rolled back.
fn story() -> Snapshot {
    let mut orders = service("orders");
    let mut failed = deployment(58, Rollout::Failed, 0, 1000);
    failed.status = DeploymentStatus::Active;
    orders.deployments = vec![deployment(59, Rollout::InProgress, 4, 695), failed];
    orders.events = vec![
        event(100, "(service orders) has reached a steady state."),
        event(
            110,
            "(service orders) (deployment ecs-svc/59) deployment completed.",
        ),
        event(
            200,
            "(service orders) registered 1 targets in (target-group arn)",
        ),
        event(
            690,
            "(service orders) rolling back to deployment ecs-svc/59.",
        ),
        event(
            700,
            "(service orders) (deployment ecs-svc/58) deployment failed: tasks failed to start.",
        ),
        event(
            950,
            "(service orders) has started 2 tasks: (task a) (task b).",
        ),
        event(960, "(service orders) was unable to place a task."),
        event(970, "(service orders) was unable to place a task."),
    ];
    let mut estate = environment(vec![orders]);
    let scaling = "Scaling activity initiated by (deployment ecs-svc/58)";
    estate.stops = vec![
        stop(800, "EssentialContainerExited", 1, ""),
        stop(810, "ServiceSchedulerInitiated", 0, scaling),
    ];
    estate.alarms = vec![alarm("orders-5xx-high")];
    Snapshot {
        environments: vec![estate],
    }
}

#[test]
fn the_feed_tells_a_story_once_and_newest_first() {
    let events = feed(&story(), 100);
    assert_eq!(
        lines(&events),
        [
            "110 deploy orders:59 completed",
            "240 alarm! orders-5xx-high ALARM (41 > 10)",
            "690 deploy! rolling back to orders:59",
            "695 deploy orders:59 started",
            "700 deploy! orders:58 FAILED: tasks failed to start",
            "800 stop! orders 3f9c0800 exit 1",
            "960 event! orders was unable to place a task",
            "1000 deploy orders:58 started",
        ]
    );
    assert!(events.iter().all(|one| one.service.is_some()));
}

#[test]
fn a_limit_keeps_the_newest() {
    assert_eq!(feed(&story(), 2), feed(&story(), 100)[..2]);
    assert!(feed(&story(), 0).is_empty());
    assert!(feed(&Snapshot::default(), 9).is_empty());
}

#[test]
fn yesterday_is_no_news() {
    let mut snapshot = story();
    let old = alarm("old");
    let day = 25 * 3600;
    snapshot.environments[0].alarms.push(Alarm {
        since: Some(ago(day)),
        ..old
    });
    let told = feed(&snapshot, 100);
    assert!(told.iter().all(|one| !one.words.contains("old")));
}

#[test]
fn alarms_that_steer_scaling_or_left_unseen_are_no_news() {
    let mut snapshot = story();
    let steers = alarm("TargetTracking-service/prod/orders-AlarmLow-1");
    let left = Alarm {
        state: AlarmState::Unknown("no longer in ALARM".into()),
        ..alarm("left")
    };
    let fine = Alarm {
        state: AlarmState::Ok,
        threshold: None,
        ..alarm("fine")
    };
    snapshot.environments[0].alarms = vec![steers, left, fine];
    let told: Vec<String> = lines(&feed(&snapshot, 100));
    let alarms: Vec<&String> = told.iter().filter(|one| one.contains(" alarm")).collect();
    assert_eq!(alarms, ["240 alarm orders fine OK"]);
}
