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

#[test]
fn services_that_are_going_or_gone() {
    says(
        &judged(|orders, _| {
            orders.status = ServiceStatus::Draining;
            (orders.desired, orders.running) = (0, 2);
        }),
        Health::Deleting,
        "service is DRAINING, 2 tasks left",
    );
    says(
        &judged(|orders, _| (orders.desired, orders.running) = (0, 1)),
        Health::Stopping,
        "draining 1 task",
    );
    says(
        &judged(|orders, _| (orders.desired, orders.running) = (0, 0)),
        Health::StoppedUnexplained,
        "desired 0, no restore record",
    );
    let record = "v1 d=3 min=2 max=10 s=000 at=2026-07-01T18:02Z by=alice";
    let stopped = |record: &str| {
        judged(|orders, _| {
            (orders.desired, orders.running) = (0, 0);
            orders.tags = vec![("firstline:restore".into(), record.into())];
        })
    };
    let verdict = stopped(record);
    says(
        &verdict,
        Health::Stopped,
        "stopped by alice (restore: 3 tasks, min 2 max 10)",
    );
    assert_eq!(verdict.since, Some("2026-07-01T18:02:00Z".parse().unwrap()));
    says(&stopped(""), Health::Stopped, "stopped on purpose");
}

/// `orders` wants nothing and has nothing, and `change` says what else is known.
fn at_rest(change: impl FnOnce(&Service, &mut EnvironmentSnapshot)) -> Verdict {
    judged(|orders, estate| {
        (orders.desired, orders.running) = (0, 0);
        change(orders, estate);
    })
}

fn done(verb: &str, detail: &str, age: i64) -> Deed {
    Deed {
        at: ago(age),
        by: "alice@ops".into(),
        environment: "production".into(),
        service: service("orders").arn,
        verb: verb.into(),
        reason: "stocktaking".into(),
        detail: detail.into(),
        ending: DeedEnding::Done,
    }
}

#[test]
fn the_journal_proves_that_a_stop_was_meant() {
    let stop = || done("scale", "from 4 to 0 tasks", 3600);
    let verdict = at_rest(|_, estate| estate.history.deeds = vec![stop()]);
    says(
        &verdict,
        Health::Stopped,
        "stopped by alice@ops from here: stocktaking",
    );
    assert_eq!(
        (verdict.since, verdict.source),
        (Some(ago(3600)), "journal")
    );
    let whole = at_rest(|_, estate| estate.history.deeds = vec![done("stop", "", 60)]);
    assert_eq!(whole.health, Health::Stopped);

    let after = |deed: Deed| at_rest(|_, estate| estate.history.deeds = vec![stop(), deed]);
    let back = after(done("scale", "from 0 to 4 tasks", 1800));
    assert_eq!(
        back.health,
        Health::StoppedUnexplained,
        "it was brought back"
    );
    let refused = Deed {
        ending: DeedEnding::Refused,
        ..done("start", "", 1800)
    };
    assert_eq!(
        after(refused).health,
        Health::Stopped,
        "nothing came of that"
    );
    let elsewhere = Deed {
        service: service("web").arn,
        ..stop()
    };
    let other = at_rest(|_, estate| estate.history.deeds = vec![elsewhere]);
    assert_eq!(other.health, Health::StoppedUnexplained);
}

#[test]
fn auto_scaling_kept_at_zero_proves_that_a_stop_was_meant() {
    let scaling = |max: u32, suspended: bool| Scaling {
        min: 0,
        max,
        in_suspended: suspended,
        out_suspended: suspended,
        schedule_suspended: false,
    };
    let known = |scaling: Option<Scaling>, age: i64| {
        at_rest(|orders, estate| {
            let dossier = estate.dossiers.entry(orders.arn.clone()).or_default();
            dossier.scaling = Aspect::of(ago(age), Ok(scaling));
        })
    };
    let none = known(Some(scaling(0, false)), 30);
    says(
        &none,
        Health::Stopped,
        "desired 0, auto scaling may run none (max 0)",
    );
    assert_eq!(none.source, "DescribeScalableTargets");
    says(
        &known(Some(scaling(6, true)), 30),
        Health::Stopped,
        "desired 0, scaling in and out is suspended",
    );
    for (scaling, age) in [
        (Some(scaling(6, false)), 30),
        (None, 30),
        (Some(scaling(0, false)), 1200),
    ] {
        let verdict = known(scaling, age);
        assert_eq!(verdict.health, Health::StoppedUnexplained, "{verdict:?}");
    }
}

#[test]
fn who_stopped_it_is_said_where_cloudtrail_tells() {
    let verdict = at_rest(|orders, estate| {
        let call = TrailEvent {
            at: ago(1200),
            call: "UpdateService".into(),
            by: "ci-deploy/run-42".into(),
            words: Text::default(),
            service: Some(orders.name.clone()),
            cluster: Some(orders.cluster.name().into()),
            error: None,
        };
        estate.history.trail = Aspect::of(ago(5), Ok(vec![call]));
    });
    says(
        &verdict,
        Health::StoppedUnexplained,
        "desired 0, no restore record, UpdateService by ci-deploy/run-42 20 min ago",
    );
    assert_eq!(verdict.since, Some(ago(1200)));
}

#[test]
fn what_ecs_cannot_tell_is_unknown_and_hides_no_outage() {
    let said =
        "(service orders) SERVICE_HEALTH_UNKNOWN: unable to describe the health of its tasks.";
    let cannot = |orders: &mut Service| orders.events.insert(0, event(60, said));
    let verdict = judged(|orders, _| cannot(orders));
    says(
        &verdict,
        Health::Unknown,
        "4/4 running, ECS cannot tell whether its tasks are healthy",
    );
    let down = judged(|orders, _| {
        cannot(orders);
        orders.running = 0;
    });
    assert_eq!(down.health, Health::Down);
    let again = judged(|orders, _| {
        cannot(orders);
        orders
            .events
            .insert(0, event(20, "(service orders) has reached a steady state."));
    });
    assert_eq!(again.health, Health::Healthy);
}

#[test]
fn down_names_the_last_stop_and_the_deployment() {
    let verdict = judged(|orders, estate| {
        orders.running = 0;
        orders.deployments = vec![deployment(57, Rollout::Completed, 0, 720)];
        estate.stops = crashes(&[10, 70, 130, 190, 250, 310]);
    });
    says(
        &verdict,
        Health::Down,
        "0/4 running, last stop OutOfMemory (137), 6 stops in 10 min, since deploy orders:57",
    );
    assert_eq!(verdict.since, Some(ago(310)));
    says(
        &judged(|orders, _| orders.running = 0),
        Health::Down,
        "0/4 running",
    );
}

#[test]
fn a_service_that_never_ran_is_starting_until_its_grace_is_over() {
    let first = |age, stops: &[i64]| {
        judged(|orders, estate| {
            orders.running = 0;
            orders.pending = 4;
            orders.events.clear();
            orders.created_at = Some(ago(age));
            orders.deployments = vec![deployment(57, Rollout::InProgress, 0, age)];
            estate.stops = crashes(stops);
        })
    };
    says(
        &first(40, &[]),
        Health::Deploying,
        "0/4 running, 4 starting, began 40 s ago",
    );
    assert_eq!(first(400, &[]).health, Health::Down);
    assert_eq!(first(40, &[5]).health, Health::Down);
}

#[test]
fn no_healthy_target_is_down_although_tasks_run() {
    let verdict = judged(|_, estate| {
        for (point, value) in estate.kpis[0].series.points.iter_mut().zip([4.0, 0.0, 0.0]) {
            point.value = value;
        }
    });
    says(
        &verdict,
        Health::Down,
        "4/4 running, no healthy target, \
         requests may still reach them: the load balancer fails open",
    );
    assert_eq!(
        (verdict.since, verdict.source),
        (Some(ago(240)), "GetMetricData")
    );
}

/// `orders` behind two target groups that take turns; how many healthy targets each sees.
fn taking_turns(counts: [Option<f64>; 2]) -> Verdict {
    judged(|orders, estate| {
        orders.strategy = Strategy::BlueGreen;
        let groups = ["blue", "green"].map(|name| {
            format!("arn:aws:elasticloadbalancing:x:1:targetgroup/{name}/1")
                .as_str()
                .into()
        });
        orders.target_groups = groups.to_vec();
        orders.twins = vec![groups];
        let measured = estate.kpis.remove(0);
        for (name, count) in ["blue", "green"].into_iter().zip(counts) {
            let mut kpi = measured.clone();
            kpi.resource = name.into();
            match count {
                Some(count) => {
                    for point in &mut kpi.series.points {
                        point.value = count;
                    }
                }
                None => kpi.series.points.clear(),
            }
            estate.kpis.push(kpi);
        }
    })
}

#[test]
fn of_two_groups_that_take_turns_one_must_see_all_targets() {
    for counts in [[Some(4.0), None], [None, Some(4.0)], [Some(0.0), Some(4.0)]] {
        says(
            &taking_turns(counts),
            Health::Healthy,
            "4/4 running, 4 targets healthy, orders:57",
        );
    }
    assert_eq!(taking_turns([None, None]).health, Health::HealthyUnverified);
    assert_eq!(
        taking_turns([Some(2.0), Some(2.0)]).health,
        Health::HealthyUnverified,
        "no two halves make one whole"
    );
    for counts in [[Some(0.0), None], [Some(0.0), Some(0.0)]] {
        let verdict = taking_turns(counts);
        assert_eq!(verdict.health, Health::Down, "{verdict:?}");
    }
}

#[test]
fn targets_measured_before_tasks_changed_say_nothing() {
    let verdict = judged(|orders, estate| {
        for point in &mut estate.kpis[0].series.points {
            point.value = 0.0;
        }
        let started = "(service orders) has started 4 tasks: (task a).";
        orders.events.insert(0, event(100, started));
    });
    assert_eq!(verdict.health, Health::HealthyUnverified);
}

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
fn a_rollout_without_movement_is_stuck() {
    let rollout = |age| judged(|orders, _| deploying(orders, 2, 3, age));
    says(
        &rollout(100),
        Health::Deploying,
        "orders:58 2/4 new, 3 old, circuit breaker on",
    );
    let verdict = rollout(840);
    says(
        &verdict,
        Health::Degraded,
        "5/4 running, rollout stuck for 14 min, orders:58 2/4 new, 3 old, circuit breaker on",
    );
    says(
        &judged(|orders, _| {
            deploying(orders, 1, 1, 300);
            let started = "(service orders) has started 1 tasks: (task a).";
            orders.events.insert(0, event(30, started));
        }),
        Health::Degraded,
        "2/4 running, 2 short, below the deployment's minimum of 4, \
         orders:58 1/4 new, 1 old, circuit breaker on",
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

#[test]
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn without_a_proof_healthy_is_unverified() {
    type Change = fn(&mut Service, &mut EnvironmentSnapshot);
    let cases: [(Change, &str); 6] = [
        (
            |orders, _| orders.target_groups.clear(),
            "no target group, container health not seen",
        ),
        (|_, estate| estate.kpis.clear(), "target health not known"),
        (
            |_, estate| estate.kpis[0].series.points[2].value = 3.0,
            "3 of 4 targets known healthy",
        ),
        (
            |_, estate| drop(estate.feeds.remove(&Feed::Stops)),
            "stopped tasks not read",
        ),
        (
            |_, estate| estate.feeds.get_mut(&Feed::Alarms).unwrap().good_at = Some(ago(200)),
            "alarms not read",
        ),
        (
            |orders, _| orders.deployments[0].rollout = Rollout::Absent,
            "AWS does not tell its rollout state",
        ),
    ];
    for (change, gap) in cases {
        let evidence = format!("4/4 running, {gap}, orders:57");
        says(&judged(change), Health::HealthyUnverified, &evidence);
    }
    let moved = |events: &[(i64, &str)]| {
        judged(|orders, _| {
            let said = events.iter().map(|&(age, words)| event(age, words));
            orders.events = said.collect();
        })
    };
    let started = (100, "(service orders) has started 1 tasks: (task a).");
    let steady = (90, "(service orders) has reached a steady state.");
    says(
        &moved(&[started]),
        Health::HealthyUnverified,
        "4/4 running, target health not known since tasks changed, orders:57",
    );
    assert_eq!(moved(&[steady, started]).health, Health::Healthy);
    let checked = |health: &str| {
        judged(|orders, estate| {
            orders.target_groups.clear();
            let mut task = stop(9, "", 0, "");
            (task.last_status, task.health) = ("RUNNING".into(), health.into());
            let tasks = Tasks {
                tasks: vec![task; 4],
                seen_at: ago(9),
            };
            estate.tasks.insert(orders.arn.clone(), tasks);
        })
    };
    assert_eq!(checked("HEALTHY").health, Health::Healthy);
    assert_eq!(checked("UNKNOWN").health, Health::HealthyUnverified);
    says(
        &checked("UNHEALTHY"),
        Health::Degraded,
        "4/4 running, 4 tasks unhealthy",
    );
}

fn counted(
    orders: &Service,
    estate: &mut EnvironmentSnapshot,
    all: Tally,
    sick_zone: Option<&str>,
) {
    let fine = Tally {
        running: 1,
        healthy: 1,
        ..Tally::default()
    };
    let mut zones: BTreeMap<Text, Tally> = [("a".into(), fine)].into();
    zones.extend(sick_zone.map(|zone| {
        (
            zone.into(),
            Tally {
                unhealthy: 1,
                running: 1,
                ..all
            },
        )
    }));
    let census = Census {
        seen_at: ago(20),
        all,
        zones,
    };
    estate
        .census
        .insert((orders.cluster.clone(), orders.name.clone()), census);
}

#[test]
fn running_tasks_prove_or_disprove_what_no_load_balancer_watches() {
    let tally = |healthy, unhealthy, silent| Tally {
        running: 4,
        healthy,
        unhealthy,
        silent,
    };
    let with = |all: Tally, zone: Option<&str>| {
        judged(|orders, estate| {
            orders.target_groups.clear();
            orders.on_instances = true;
            counted(orders, estate, all, zone);
        })
    };
    let proven = with(tally(4, 0, 0), None);
    says(
        &proven,
        Health::Healthy,
        "4/4 running, all pass their container health check, orders:57",
    );
    assert_eq!(proven.source, "DescribeTasks");
    says(
        &with(tally(0, 0, 0), None),
        Health::HealthyUnverified,
        "4/4 running, no health check defined, orders:57",
    );
    assert_eq!(with(tally(3, 0, 0), None).health, Health::HealthyUnverified);
    says(
        &with(tally(3, 1, 0), Some("b")),
        Health::Degraded,
        "4/4 running, 1 task unhealthy, all in b",
    );
    says(
        &with(tally(4, 0, 2), None),
        Health::Degraded,
        "4/4 running, 2 tasks on instances whose agent is silent",
    );
    says(
        &with(tally(4, 0, 4), None),
        Health::Unknown,
        "4/4 running, none of its instances' agents is heard: this is what they said last",
    );
    let old = judged(|orders, estate| {
        orders.target_groups.clear();
        counted(orders, estate, tally(4, 0, 0), None);
        orders.running = 3;
    });
    assert_ne!(
        old.health,
        Health::Healthy,
        "a census of other tasks proves nothing"
    );
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
fn task_sets_speak_for_services_that_ecs_does_not_deploy() {
    for controller in [Controller::CodeDeploy, Controller::External] {
        let of = |sets: &[(u32, Stability)]| {
            judged(|orders, _| with_sets(orders, controller.clone(), sets))
        };
        let steady = of(&[(4, Stability::Steady)]);
        says(
            &steady,
            Health::Healthy,
            "4/4 running, 4 targets healthy, orders:57",
        );
        assert_eq!(steady.since, Some(ago(7000)));
        assert_eq!(of(&[(4, Stability::Stabilizing)]).health, Health::Deploying);
        let two = [(4, Stability::Steady), (2, Stability::Steady)];
        assert_eq!(of(&two).health, Health::Deploying);
        assert_eq!(
            of(&[(4, Stability::Unknown("ODD".into()))]).health,
            Health::Unknown
        );
        assert_eq!(of(&[]).health, Health::HealthyUnverified);
        says(
            &of(&[(0, Stability::Stabilizing), (4, Stability::Steady)]),
            Health::Down,
            "4/4 running, 0/4 of the primary task set orders:57",
        );
    }
}

#[test]
fn a_classic_load_balancer_excuses_a_rollout_without_a_state() {
    let classic = |classic_balancer| {
        judged(|orders, _| {
            orders.deployments[0].rollout = Rollout::Absent;
            orders.classic_balancer = classic_balancer;
        })
        .health
    };
    assert_eq!(
        (classic(true), classic(false)),
        (Health::Healthy, Health::HealthyUnverified)
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn deployments_by_stages_say_where_they_are_and_are_not_stuck() {
    let staged = |change: fn(&mut Progress)| {
        judged(|orders, _| {
            deploying(orders, 4, 4, 1200);
            orders.strategy = Strategy::BlueGreen;
            let mut progress = Progress {
                share: None,
                state: "IN_PROGRESS".into(),
                stage: Stage::Baking,
                started_at: Some(ago(1200)),
                updated_at: Some(ago(840)),
                bake: SignedDuration::from_mins(20),
                waiting: None,
            };
            change(&mut progress);
            orders.progress = Some(progress);
        })
    };
    let said = "orders:58 4/4 new, 4 old, circuit breaker on";
    let moving = |change: fn(&mut Progress), stage: &str| {
        says(
            &staged(change),
            Health::Deploying,
            &format!("blue/green: {stage}, {said}"),
        );
    };
    moving(|_| {}, "baking, 6 min left");
    moving(|one| one.stage = Stage::Starting, "starting");
    moving(|one| one.stage = Stage::Shifting, "shifting traffic");
    moving(
        |one| {
            one.waiting = Some(Waiting {
                hook: "qa".into(),
                expires_at: Some(ago(-3600)),
            });
        },
        "waiting for approval (qa, gives up in 1 h)",
    );
    assert_eq!(staged(|_| {}).source, "DescribeServiceDeployments");
    assert_eq!(
        staged(|one| one.stage = Stage::Unknown("X".into())).health,
        Health::Unknown
    );
    for (status, words) in [
        ("ROLLBACK_IN_PROGRESS", "failed, rolling back"),
        ("ROLLBACK_FAILED", "failed, and so did its rollback"),
        ("STOPPED", "was stopped"),
    ] {
        let ended = judged(|orders, _| {
            deploying(orders, 4, 4, 1200);
            orders.strategy = Strategy::Canary;
            orders.progress = Some(Progress {
                share: None,
                state: status.into(),
                stage: Stage::Absent,
                started_at: None,
                updated_at: None,
                bake: SignedDuration::ZERO,
                waiting: None,
            });
        });
        let evidence = format!("8/4 running, deploy orders:58 {words}");
        says(&ended, Health::Degraded, &evidence);
    }
    let unread = judged(|orders, _| {
        deploying(orders, 4, 4, 1200);
        orders.strategy = Strategy::Linear;
    });
    assert!(
        unread
            .evidence
            .starts_with("linear: its stage was not read, "),
        "{}",
        unread.evidence
    );
    let odd = judged(|orders, _| orders.strategy = Strategy::Unknown("X".into()));
    assert_eq!(odd.health, Health::Unknown);
}

#[test]
fn a_daemon_may_dip_to_nothing_while_it_deploys_and_no_longer() {
    let daemon = |age| {
        judged(|orders, _| {
            deploying(orders, 1, 2, age);
            orders.scheduling = Scheduling::Daemon;
            orders.rolling.minimum_healthy_percent = None;
        })
        .health
    };
    assert_eq!(
        (daemon(300), daemon(840)),
        (Health::Deploying, Health::Degraded)
    );
    let gone = judged(|orders, _| {
        (orders.scheduling, orders.running) = (Scheduling::Daemon, 0);
    });
    assert_eq!(gone.health, Health::Down);
    let nowhere = judged(|orders, _| {
        orders.scheduling = Scheduling::Daemon;
        (orders.desired, orders.running) = (0, 0);
    });
    says(
        &nowhere,
        Health::StoppedUnexplained,
        "daemon, and no instance to run on",
    );
}

#[test]
fn a_protected_task_is_why_a_service_does_not_stop() {
    let verdict = judged(|orders, _| {
        (orders.desired, orders.running) = (0, 1);
        let held = "(service orders) was unable to scale in due to (reason 1 more protected tasks than desired).";
        orders.events.insert(0, event(60, held));
    });
    says(
        &verdict,
        Health::Stopping,
        "draining 1 task, tasks protect themselves from being stopped: it will not end by itself",
    );
}

#[test]
fn a_service_that_nobody_asks_any_more_says_so() {
    let asked = |values: &[f64]| {
        judged(|orders, estate| {
            let mut requests = kpi(KpiKind::Requests, Unit::PerMinute, values);
            requests.services = vec![orders.arn.clone()];
            estate.kpis.push(requests);
        })
    };
    let mut silent = vec![300.0; 4];
    silent.extend([0.0; 12]);
    says(
        &asked(&silent),
        Health::Healthy,
        "4/4 running, 4 targets healthy, no traffic for 12 min, 5/s before, orders:57",
    );
    assert!(!asked(&[300.0; 16]).evidence.contains("no traffic"));
    assert!(
        !asked(&[0.0; 16]).evidence.contains("no traffic"),
        "it never had any"
    );
}

#[test]
fn the_rollout_is_said_shortly() {
    let mut orders = service("orders");
    assert_eq!(rollout_words(&orders), "orders:57");
    deploying(&mut orders, 2, 3, 60);
    assert_eq!(
        rollout_words(&orders),
        "orders:58 2/4 new, 3 old · breaker on"
    );
    orders.deployments[0].rollout = Rollout::Failed;
    assert_eq!(rollout_words(&orders), "orders:58 2/4 new, 3 old · failed");
    orders.controller = Controller::CodeDeploy;
    assert_eq!(rollout_words(&orders), "orders:58 · CodeDeploy");
}

prop_compose! {
    /// Any service AWS could tell of, and some it could not.
    fn any_service()(
        counts in prop_oneof![
            Just([4_u32, 4, 0]),
            prop::array::uniform3(prop_oneof![0_u32..5, Just(u32::MAX)]),
        ],
        status in 0..6,
        scheduling in 0..6,
        controller in 0..6,
        (strategy, stability) in (0..6, 0..5),
        sets in prop::collection::vec(0_u32..5, 0..3),
        deployments in prop::collection::vec((0..4, 0..5, 0_u32..3, any_time()), 0..3),
        events in prop::collection::vec((0..6_usize, 0_i64..9000), 0..3),
        group in any::<bool>(),
    ) -> Service {
        const MESSAGES: [&str; 6] = [
            "(service orders) has reached a steady state.",
            "(service orders) has started 1 tasks: (task a).",
            "(service orders) was unable to place a task. Capacity is unavailable at this time.",
            "(service orders) (deployment ecs-svc/58) deployment failed: tasks failed to start.",
            "(service orders) (deployment ecs-svc/58) deployment completed.",
            "(service",
        ];
        let mut orders = service("orders");
        [orders.desired, orders.running, orders.pending] = counts;
        orders.status = match status {
            0..4 => ServiceStatus::Active,
            4 => ServiceStatus::Draining,
            _ => ServiceStatus::Unknown("X".into()),
        };
        orders.scheduling = match scheduling {
            0..4 => Scheduling::Replica,
            4 => Scheduling::Daemon,
            _ => Scheduling::Unknown("X".into()),
        };
        orders.controller = match controller {
            0..4 => Controller::Ecs,
            4 => Controller::External,
            _ => Controller::Unknown("X".into()),
        };
        orders.strategy = match strategy {
            0..4 => Strategy::Rolling,
            4 => Strategy::BlueGreen,
            _ => Strategy::Unknown("X".into()),
        };
        let stability = match stability {
            0 => Stability::Stabilizing,
            1..4 => Stability::Steady,
            _ => Stability::Unknown("X".into()),
        };
        let sets: Vec<_> = sets.into_iter().map(|running| (running, stability.clone())).collect();
        let controller = orders.controller.clone();
        with_sets(&mut orders, controller, &sets);
        orders.deployments = deployments
            .into_iter()
            .map(|(status, rollout, failed, at)| {
                let rollout = match rollout {
                    0 | 1 => Rollout::Completed,
                    2 => Rollout::InProgress,
                    3 => Rollout::Failed,
                    _ => Rollout::Unknown("X".into()),
                };
                let mut one = deployment(57, rollout, 1, 0);
                (one.created_at, one.updated_at, one.failed) = (at, at, failed);
                one.status = match status {
                    0 | 1 => DeploymentStatus::Primary,
                    2 => DeploymentStatus::Active,
                    _ => DeploymentStatus::Unknown("X".into()),
                };
                one
            })
            .collect();
        orders.events = events
            .into_iter()
            .map(|(message, age)| event(age, MESSAGES[message]))
            .collect();
        if !group {
            orders.target_groups.clear();
        }
        orders
    }
}

fn any_time() -> impl proptest::strategy::Strategy<Value = Option<Timestamp>> {
    prop_oneof![
        Just(None),
        (-100_i64..9000).prop_map(|age| Some(ago(age))),
        Just(Some(Timestamp::MIN)),
        Just(Some(Timestamp::MAX)),
    ]
}

/// Every task that is wanted was seen, each HEALTHY, and its agent is heard.
fn proven_by_containers(orders: &Service, estate: &EnvironmentSnapshot) -> bool {
    let member = (orders.cluster.clone(), Text::from(&*orders.name));
    let Some(census) = estate.census.get(&member) else {
        return false;
    };
    let all = census.all;
    ago(0).duration_since(census.seen_at).as_secs() <= 180
        && [all.running, all.healthy] == [orders.desired; 2]
        && [all.unhealthy, all.silent] == [0; 2]
}

/// The condition of the Healthy row, written again from what AWS says.
fn may_be_healthy(orders: &Service, estate: &EnvironmentSnapshot, age: i64) -> bool {
    let deployment = &orders.deployments;
    let sets = &orders.task_sets;
    let by_ecs = orders.controller == Controller::Ecs
        && deployment.len() == 1
        && deployment[0].status == DeploymentStatus::Primary
        && deployment[0].rollout == Rollout::Completed
        && deployment[0].failed == 0;
    let by_another = matches!(
        orders.controller,
        Controller::CodeDeploy | Controller::External
    ) && sets.len() == 1
        && sets[0].stability == Stability::Steady
        && sets[0].running > 0
        && deployment.iter().all(|one| {
            !matches!(one.status, DeploymentStatus::Unknown(_))
                && !matches!(one.rollout, Rollout::Unknown(_))
        });
    age <= 60
        && !matches!(orders.strategy, Strategy::Unknown(_))
        && (by_ecs || by_another)
        && orders.status == ServiceStatus::Active
        && !matches!(orders.scheduling, Scheduling::Unknown(_))
        && orders.desired > 0
        && orders.running == orders.desired
        && orders.pending == 0
        && (!orders.target_groups.is_empty() || proven_by_containers(orders, estate))
        && estate.stops.is_empty()
        && estate.alarms.is_empty()
        && (orders.target_groups.is_empty()
            || estate
                .kpis
                .iter()
                .all(|one| one.series.points[2].value >= f64::from(orders.desired)))
        && crate::estate::notice::open_trouble(orders).is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn never_green_by_accident(
        orders in any_service(),
        age in prop_oneof![0_i64..60, -5_i64..200],
        healthy in prop_oneof![Just(4.0), Just(0.0), Just(f64::NAN), Just(1.0)],
        stops in prop::collection::vec(0_i64..700, 0..2),
        rings in any::<bool>(),
        feed_age in prop_oneof![Just(5_i64), Just(500)],
        counted in prop_oneof![
            Just(None),
            Just(Some(([4, 4, 0, 0], 20_i64))),
            (prop::array::uniform4(0_u32..6), 0_i64..300).prop_map(Some),
        ],
    ) {
        let mut estate = environment(vec![orders.clone()]);
        estate.kpis[0].series.points[2].value = healthy;
        if let Some(([running, healthy, unhealthy, silent], seen)) = counted {
            let all = Tally { running, healthy, unhealthy, silent };
            let census = Census { seen_at: ago(seen), all, zones: BTreeMap::new() };
            let member = (orders.cluster.clone(), Text::from(&*orders.name));
            estate.census.insert(member, census);
        }
        estate.stops = crashes(&stops);
        estate.stops.retain(|one| ago(0).duration_since(one.stopped_at.unwrap()).as_secs() <= 600);
        if rings {
            estate.alarms = vec![alarm("orders")];
        }
        estate.feeds.get_mut(&Feed::Stops).unwrap().good_at = Some(ago(feed_age));
        let sighting = Sighting { service: orders.clone(), seen_at: ago(age) };
        let verdict = judge(&estate, &sighting, ago(0));
        prop_assert!(!verdict.evidence.is_empty());
        prop_assert!(verdict.since.is_none_or(|since| since <= ago(0)));
        if verdict.health == Health::Healthy {
            prop_assert!(may_be_healthy(&orders, &estate, age) && feed_age == 5, "{verdict:?}");
        }
        if orders.desired > 0 && orders.running == 0 {
            let calm = matches!(verdict.health, Health::Healthy | Health::HealthyUnverified);
            prop_assert!(!calm, "{verdict:?}");
        }
    }
}
