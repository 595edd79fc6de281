//! No service is green by accident: the condition of Healthy, written again, against any service.

use super::*;

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
