//! Deployments of every kind, and how long they may take.

use super::*;

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
