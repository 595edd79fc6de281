//! Nothing serves.

use super::*;

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
