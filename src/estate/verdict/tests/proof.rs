//! What proves that running is healthy, where no load balancer watches.

use super::*;

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
