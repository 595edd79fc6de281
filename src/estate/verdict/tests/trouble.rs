//! Something is wrong while it still serves.

use super::*;

#[test]
fn a_failed_rollout_is_degraded() {
    says(
        &judged(|orders, _| {
            deploying(orders, 0, 4, 120);
            orders.deployments[0].rollout = Rollout::Failed;
            orders.deployments[0].reason = "tasks failed to start.".into();
        }),
        Health::Degraded,
        "4/4 running, deploy orders:58 FAILED, tasks failed to start",
    );
    let back = |age, primary_age| {
        judged(|orders, _| {
            let failed = "(service orders) (deployment ecs-svc/58) deployment failed: \
                          tasks failed to start.";
            orders.events = vec![
                event(age - 200, "(service orders) has reached a steady state."),
                event(age, failed),
            ];
            orders.deployments = vec![deployment(57, Rollout::Completed, 4, primary_age)];
        })
    };
    says(
        &back(900, 890),
        Health::Degraded,
        "4/4 running, a deploy failed 15 min ago, back on orders:57",
    );
    assert_eq!(
        back(900, 300).health,
        Health::Healthy,
        "a newer deploy mended it"
    );
    assert_eq!(back(4000, 3990).health, Health::Healthy, "long ago");
}

#[test]
fn a_crash_loop_is_seen_in_the_stops_alone() {
    let loops = |ages: &[i64], desired| {
        judged(|orders, estate| {
            (orders.desired, orders.running) = (desired, desired);
            estate.stops = crashes(ages);
        })
    };
    let verdict = loops(&[20, 80], 4);
    says(
        &verdict,
        Health::Degraded,
        "4/4 running, last stop OutOfMemory (137), 2 stops in 10 min, since deploy orders:57",
    );
    assert_eq!(verdict.since, Some(ago(80)));
    assert_eq!(
        loops(&[20, 80], 12).health,
        Health::Degraded,
        "too few for a loop, yet not fine"
    );
    assert_eq!(
        loops(&[700, 800], 4).health,
        Health::Healthy,
        "longer ago than ten minutes"
    );
    let failing = judged(|orders, _| {
        deploying(orders, 0, 4, 60);
        orders.deployments[0].failed = 2;
    });
    says(
        &failing,
        Health::Degraded,
        "4/4 running, 2 failed in a row for orders:58",
    );
}

#[test]
fn a_normal_stop_is_no_abort() {
    let verdict = judged(|_, estate| {
        let scaling = "Scaling activity initiated by (deployment ecs-svc/57)";
        estate.stops = vec![
            stop(20, "ServiceSchedulerInitiated", 0, scaling),
            stop(30, "ServiceSchedulerInitiated", 0, scaling),
        ];
    });
    assert_eq!(verdict.health, Health::Healthy);
}

#[test]
fn short_is_moving_for_two_minutes_and_degraded_after() {
    let short = |age: i64| {
        judged(|orders, estate| {
            orders.running = 3;
            orders.pending = 1;
            let scaling = "Scaling activity initiated by (deployment ecs-svc/57)";
            estate.stops = vec![stop(age, "ServiceSchedulerInitiated", 0, scaling)];
        })
    };
    says(
        &short(60),
        Health::Deploying,
        "3/4 running, 1 more wanted, 1 starting",
    );
    says(
        &short(150),
        Health::Degraded,
        "3/4 running, 1 short for 2 min 30 s, 1 starting",
    );
}

#[test]
fn unhealthy_targets_tasks_and_open_events_degrade() {
    let sick = |values: &[f64]| {
        judged(|orders, estate| {
            let mut sick = kpi(KpiKind::UnhealthyTargets, Unit::Count, values);
            sick.services = vec![orders.arn.clone()];
            estate.kpis.push(sick);
        })
    };
    says(
        &sick(&[0.0, 1.0, 1.0]),
        Health::Degraded,
        "4/4 running, 1 target unhealthy for 4 min",
    );
    assert_eq!(
        sick(&[1.0, 0.0, 1.0]).health,
        Health::HealthyUnverified,
        "one point is no proof"
    );
    assert_eq!(sick(&[1.0, 1.0, 0.0]).health, Health::Healthy);

    let place = "(service orders) was unable to place a task because no container instance met \
                 all of its requirements.";
    let placed = |closing: &str| {
        judged(|orders, _| orders.events = vec![event(60, closing), event(300, place)])
    };
    let verdict = placed("(service orders) has started 1 tasks: (task a).");
    assert_eq!(
        (verdict.health, verdict.since),
        (Health::Degraded, Some(ago(300)))
    );
    assert!(
        verdict
            .evidence
            .starts_with("4/4 running, was unable to place a task")
    );
    assert_eq!(
        placed("(service orders) has reached a steady state.").health,
        Health::Healthy
    );
}

#[test]
fn why_targets_fail_is_said_when_it_was_asked() {
    let target = |zone: &str, state: &str, reason: &str| Target {
        id: "10.0.0.1".into(),
        port: Some(8080),
        zone: Some(zone.into()),
        state: state.into(),
        reason: reason.into(),
        description: Text::default(),
    };
    let asked = |age: i64| {
        judged(|orders, estate| {
            let mut sick = kpi(KpiKind::UnhealthyTargets, Unit::Count, &[0.0, 1.0, 1.0]);
            sick.services = vec![orders.arn.clone()];
            estate.kpis.push(sick);
            let groups = vec![TargetGroup {
                arn: orders.target_groups[0].clone(),
                targets: vec![
                    target("eu-central-1a", "healthy", ""),
                    target("eu-central-1b", "unhealthy", "Target.Timeout"),
                ],
            }];
            let dossier = estate.dossiers.entry(orders.arn.clone()).or_default();
            dossier.targets = Aspect::of(ago(age), Ok(groups));
        })
    };
    says(
        &asked(20),
        Health::Degraded,
        "4/4 running, 1 target unhealthy for 4 min, Target.Timeout, all in eu-central-1b",
    );
    says(
        &asked(200),
        Health::Degraded,
        "4/4 running, 1 target unhealthy for 4 min",
    );
}

#[test]
fn a_linked_alarm_degrades_and_no_other() {
    let rings = |change: fn(&mut crate::estate::alarm::Alarm)| {
        judged(|_, estate| {
            let mut ringing = alarm("orders-5xx-high");
            change(&mut ringing);
            estate.alarms = vec![ringing];
        })
    };
    let verdict = rings(|_| {});
    says(
        &verdict,
        Health::Degraded,
        "4/4 running, ALARM orders-5xx-high (41 > 10)",
    );
    assert_eq!(
        (verdict.since, verdict.source),
        (Some(ago(240)), "DescribeAlarms")
    );
    let group = rings(|one| {
        one.dimensions = vec![("TargetGroup".into(), "targetgroup/orders/73e2".into())];
    });
    assert_eq!(group.health, Health::Degraded);
    for other in [
        (|one| one.state = AlarmState::InsufficientData) as fn(&mut crate::estate::alarm::Alarm),
        |one| one.dimensions[0].1 = "staging".into(),
        |one| one.dimensions[1].1 = "orders-worker".into(),
        |one| one.dimensions = vec![("DBInstanceIdentifier".into(), "orders".into())],
        |one| one.name = "TargetTracking-service/prod/orders-AlarmLow-1".into(),
    ] {
        assert_eq!(rings(other).health, Health::Healthy);
    }
}

#[test]
fn a_red_kpi_degrades() {
    let verdict = judged(|orders, estate| {
        let values = [373.0, 379.0, 385.0, 391.0, 397.0, 403.0];
        let mut full = kpi(KpiKind::DatabaseConnections, Unit::Count, &values);
        full.services = vec![orders.arn.clone()];
        full.ceiling = Some(Ceiling {
            value: 415.0,
            exact: false,
        });
        full.thresholds = thresholds(80.0, 90.0, true);
        estate.kpis.push(full);
    });
    says(
        &verdict,
        Health::Degraded,
        "4/4 running, DB connections 403 / ≈415  97 % on orders-db, full in <1 min",
    );
}
