use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::sim::scenario::Scenario;

const PRODUCTION: &str = "123456789012";
const OPERATOR: &str = "arn:aws:sts::123456789012:assumed-role/ops/alice";

fn opened() -> Timestamp {
    "2026-07-01T14:03:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    opened() + SignedDuration::from_mins(minutes)
}

fn world(scenario: &str) -> World {
    World::new(&Scenario::named(scenario).unwrap(), 7, opened())
}

fn service<'a>(world: &'a World, cluster: &str, name: &str) -> &'a Service {
    world
        .account(PRODUCTION)
        .unwrap()
        .service(cluster, name)
        .unwrap()
}

fn said(service: &Service, fragment: &str) -> usize {
    service
        .events
        .iter()
        .filter(|event| event.message.contains(fragment))
        .count()
}

/// Everything that can be seen, as text.
fn picture(world: &World) -> String {
    format!("{:?}", world.accounts)
}

#[test]
fn same_seed_same_world_however_it_is_stepped() {
    let (mut one, mut other) = (world("demo"), world("demo"));
    one.advance(after(7));
    for second in 0..=420 {
        other.advance(opened() + SignedDuration::from_millis(second * 1000 + 1));
    }
    assert_eq!(picture(&one), picture(&other));
}

#[test]
fn another_seed_is_another_world() {
    let scenario = Scenario::named("demo").unwrap();
    let (one, other) = (
        World::new(&scenario, 7, opened()),
        World::new(&scenario, 8, opened()),
    );
    assert_ne!(picture(&one), picture(&other));
}

#[test]
fn the_clock_never_goes_back() {
    let mut world = world("demo");
    let before = picture(&world);
    world.advance(after(-30));
    assert_eq!((world.now(), picture(&world)), (opened(), before));
}

#[test]
fn the_estate_is_as_large_as_promised() {
    let world = world("steady");
    let count = |count: fn(&Account) -> usize| world.accounts.iter().map(count).collect::<Vec<_>>();
    assert_eq!(count(|account| account.clusters.len()), [2, 1]);
    assert_eq!(count(|account| account.services.len()), [15, 9]);
    assert_eq!(count(|account| account.load_balancers.len()), [1, 1]);
    assert_eq!(count(|account| account.databases.len()), [2, 1]);
    assert_eq!(count(|account| account.caches.len()), [1, 0]);
    assert_eq!(count(|account| account.alarms.len()), [11, 1]);
    let arns: HashSet<_> = world
        .accounts
        .iter()
        .flat_map(|account| &account.services)
        .map(|it| &it.arn)
        .collect();
    assert_eq!(arns.len(), 24, "every service has its own ARN");
}

#[test]
fn a_point_is_not_seen_before_its_lag() {
    let mut world = world("steady");
    let query = |world: &World, namespace: &str, name: &str, dimensions: &[(&str, &str)]| {
        let (from, to) = (after(-10), world.now());
        let statistic = Statistic::Average;
        let query = MetricQuery {
            namespace,
            name,
            dimensions,
            statistic,
            from,
            to,
            period: 60,
        };
        world.metric_points(PRODUCTION, &query).last().unwrap().at
    };
    let ecs = [("ServiceName", "web"), ("ClusterName", "prod")];
    let rds = [("DBInstanceIdentifier", "orders-db")];
    for second in 0..180 {
        world.advance(opened() + SignedDuration::from_secs(second));
        for (namespace, name, dimensions, lag) in [
            ("AWS/ECS", "CPUUtilization", ecs.as_slice(), 60),
            ("AWS/RDS", "DatabaseConnections", rds.as_slice(), 180),
        ] {
            let end = query(&world, namespace, name, dimensions) + SignedDuration::from_mins(1);
            let age = world.now().duration_since(end).as_secs();
            assert!(
                (lag - 15..lag + 60).contains(&age),
                "{namespace} newest is {age} s old"
            );
        }
    }
}

#[test]
fn periods_gather_minutes() {
    let world = world("steady");
    let balancer = &world.account(PRODUCTION).unwrap().load_balancers[0];
    let dimensions = [("LoadBalancer", balancer.dimension.as_str())];
    let points = |statistic, period| {
        let (from, to) = (after(-32), after(-7));
        let (namespace, name) = ("AWS/ApplicationELB", "RequestCount");
        let dimensions = &dimensions;
        let query = MetricQuery {
            namespace,
            name,
            dimensions,
            statistic,
            from,
            to,
            period,
        };
        world.metric_points(PRODUCTION, &query)
    };
    let (fine, coarse) = (points(Statistic::Sum, 60), points(Statistic::Sum, 300));
    assert_eq!((fine.len(), coarse.len()), (25, 6));
    let total = |samples: &[Sample]| samples.iter().map(|sample| sample.value).sum::<f64>();
    assert!((total(&fine) - total(&coarse)).abs() < 1e-3);
    assert!(
        total(&fine) > 25.0 * 1000.0,
        "the shop is busy at two in the afternoon"
    );
}

#[test]
fn three_hours_of_points_and_no_more() {
    let mut world = world("steady");
    world.advance(after(90));
    let account = world.account(PRODUCTION).unwrap();
    assert!(
        account
            .metrics
            .list()
            .all(|series| series.points.len() <= 181)
    );
    let longest = account
        .metrics
        .list()
        .map(|series| series.points.len())
        .max()
        .unwrap();
    assert!(longest >= 180, "three hours of minutes, found {longest}");
}

#[test]
fn streams_and_groups_are_bounded() {
    let mut world = world("crash-loop");
    world.advance(after(240));
    for group in world
        .accounts
        .iter()
        .flat_map(|account| &account.log_groups)
    {
        assert!(group.streams.len() <= super::log::STREAMS_KEPT);
        for stream in &group.streams {
            assert!(stream.lines.len() <= super::log::LINES_KEPT);
        }
    }
    for service in world.accounts.iter().flat_map(|account| &account.services) {
        assert!(service.events.len() <= service::EVENTS_KEPT);
        assert!(service.said.len() <= service::EVENTS_KEPT);
    }
}

#[test]
fn a_line_is_not_read_before_it_arrived() {
    let mut world = world("steady");
    let mut seen = HashSet::new();
    for second in 0..120 {
        world.advance(opened() + SignedDuration::from_secs(second));
        let query = LogQuery {
            group: "/ecs/prod/web",
            streams: &[],
            prefix: "ecs/web/",
            from: opened(),
            to: world.now() + SignedDuration::from_secs(1),
        };
        let events = world.log_events(PRODUCTION, &query).unwrap();
        assert!(events.is_sorted_by_key(|event| event.at));
        for event in events {
            assert!(event.ingested_at <= world.now());
            let late = event.ingested_at.duration_since(event.at).as_secs();
            assert!((2..=60).contains(&late), "{late} s late");
            seen.insert(event.id);
        }
    }
    assert!(
        seen.len() > 100,
        "web says about two lines a second, seen {}",
        seen.len()
    );
}

#[test]
fn only_the_streams_asked_for() {
    let world = world("steady");
    let task = &service(&world, "prod", "web").tasks[0];
    let streams = [task.log_stream.clone()];
    let (from, to) = (after(-30), opened());
    let query = LogQuery {
        group: "/ecs/prod/web",
        streams: &streams,
        prefix: "",
        from,
        to,
    };
    let events = world.log_events(PRODUCTION, &query).unwrap();
    assert!(!events.is_empty() && events.iter().all(|event| event.stream == streams[0]));
    let query = LogQuery {
        group: "/ecs/prod/none",
        ..query
    };
    assert!(world.log_events(PRODUCTION, &query).is_none());
}

#[test]
fn a_redeployment_replaces_every_task_and_says_so() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    let old: HashSet<_> = service(&world, "prod", "cart")
        .tasks
        .iter()
        .map(|task| task.id.clone())
        .collect();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    let primary = service(&world, "prod", "cart").primary().unwrap();
    assert_eq!(primary.rollout, RolloutState::InProgress);
    for second in 1..400 {
        world.advance(opened() + SignedDuration::from_secs(second));
        assert!(
            service(&world, "prod", "cart").running() >= 3,
            "capacity never falls"
        );
    }
    let cart = service(&world, "prod", "cart");
    let deployment = &cart.service_deployments[0];
    assert_eq!(deployment.status, ServiceDeploymentStatus::Successful);
    assert_eq!(
        (deployment.by.as_str(), cart.deployments.len()),
        (OPERATOR, 1)
    );
    assert!(
        cart.tasks
            .iter()
            .filter(|task| task.wanted)
            .all(|task| !old.contains(&task.id))
    );
    assert!(said(cart, "has started") >= 1 && said(cart, "has stopped") >= 1);
    assert_eq!(said(cart, "deployment completed."), 1);
    assert!(
        cart.events[0]
            .message
            .ends_with("has reached a steady state.")
    );
}

#[test]
fn a_second_deployment_takes_over_the_first() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    world.advance(after(1));
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    assert_eq!(
        service(&world, "prod", "cart").service_deployments[1].status,
        ServiceDeploymentStatus::Stopped
    );
    world.advance(after(9));
    let cart = service(&world, "prod", "cart");
    assert_eq!(
        cart.service_deployments[0].status,
        ServiceDeploymentStatus::Successful
    );
    assert_eq!((cart.deployments.len(), cart.running()), (1, 3));
}

#[test]
fn a_stopped_deployment_goes_back() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world
        .force_new_deployment(PRODUCTION, &arn, OPERATOR)
        .unwrap();
    world.advance(after(1));
    let deployment = service(&world, "prod", "cart").service_deployments[0]
        .arn
        .clone();
    world
        .stop_service_deployment(PRODUCTION, &deployment, true)
        .unwrap();
    world.advance(after(6));
    let cart = service(&world, "prod", "cart");
    let status = cart.service_deployments[0].status;
    assert_eq!(status, ServiceDeploymentStatus::RollbackSuccessful);
    assert_eq!(
        (cart.running(), cart.primary().unwrap().rollout),
        (3, RolloutState::Completed)
    );
    let again = world.stop_service_deployment(PRODUCTION, &deployment, true);
    assert_eq!(again, Err(Refusal::DeploymentOver("ROLLBACK_SUCCESSFUL")));
}

#[test]
fn a_stopped_task_is_replaced_and_forgotten_after_an_hour() {
    let mut world = world("steady");
    let task = service(&world, "prod", "cart").tasks[0].id.clone();
    world
        .stop_task(PRODUCTION, &task, Some("firstline: alice: recycled"))
        .unwrap();
    world.advance(after(5));
    let stopped = world.account(PRODUCTION).unwrap().task(&task).unwrap();
    assert_eq!(stopped.status, TaskStatus::Stopped);
    assert_eq!(stopped.stop_code, Some(StopCode::UserInitiated));
    assert_eq!(
        stopped.stopped_reason.as_deref(),
        Some("firstline: alice: recycled")
    );
    let gone = stopped.stopped_at.unwrap() + SignedDuration::from_hours(1);
    assert_eq!(service(&world, "prod", "cart").running(), 3);
    world.advance(gone - SignedDuration::from_secs(1));
    assert!(world.account(PRODUCTION).unwrap().task(&task).is_some());
    world.advance(gone);
    assert!(world.account(PRODUCTION).unwrap().task(&task).is_none());
    assert_eq!(
        world.stop_task(PRODUCTION, &task, None),
        Err(Refusal::TaskNotFound)
    );
}

#[test]
fn zero_and_back() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    world.advance(after(3));
    assert_eq!(service(&world, "prod", "cart").running(), 0);
    let group = service(&world, "prod", "cart")
        .target_group
        .clone()
        .unwrap();
    assert!(
        world
            .account(PRODUCTION)
            .unwrap()
            .target_group(&group)
            .unwrap()
            .targets
            .is_empty()
    );
    world.set_desired(PRODUCTION, &arn, 2).unwrap();
    world.advance(after(6));
    let cart = service(&world, "prod", "cart");
    assert_eq!(
        (cart.running(), cart.deployments.len()),
        (2, 1),
        "no deployment is made of it"
    );
}

#[test]
fn registering_a_scalable_target_moves_the_service_inside() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "orders").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    let request = ScalableTargetRequest {
        resource_id: "service/prod/orders".to_owned(),
        scheduled_suspended: Some(true),
        ..ScalableTargetRequest::default()
    };
    world
        .register_scalable_target(PRODUCTION, &request)
        .unwrap();
    assert_eq!(
        service(&world, "prod", "orders").desired,
        2,
        "clamped though only a flag was sent"
    );
    let request = ScalableTargetRequest {
        min: Some(0),
        max: Some(1),
        ..request
    };
    world
        .register_scalable_target(PRODUCTION, &request)
        .unwrap();
    assert_eq!(service(&world, "prod", "orders").desired, 1);
    let request = ScalableTargetRequest {
        min: Some(5),
        max: Some(1),
        ..request
    };
    assert!(
        world
            .register_scalable_target(PRODUCTION, &request)
            .is_err()
    );
}

#[test]
fn tags_merge_and_go() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    let tag = |key: &str| Tags::from([(key.to_owned(), "1".to_owned())]);
    world.tag(PRODUCTION, &arn, tag("firstline:lock")).unwrap();
    let tags = &service(&world, "prod", "cart").tags;
    assert!(tags.contains_key("firstline:lock") && tags.contains_key("owner"));
    world
        .untag(PRODUCTION, &arn, &["firstline:lock".to_owned()])
        .unwrap();
    assert!(
        !service(&world, "prod", "cart")
            .tags
            .contains_key("firstline:lock")
    );
    assert_eq!(
        world.tag(PRODUCTION, "arn:none", tag("x")),
        Err(Refusal::ResourceNotFound)
    );
}

#[test]
fn the_same_is_not_said_twice_within_six_hours() {
    let mut world = world("steady");
    let account = world.account_mut(PRODUCTION).unwrap();
    let cart = account
        .services
        .iter_mut()
        .find(|service| service.name == "cart")
        .unwrap();
    for hours in [0, 1, 5, 6, 7] {
        cart.say_once(after(60 * hours), "was unable to place a task");
    }
    assert_eq!(said(cart, "was unable to place a task"), 2);
}

#[test]
fn no_task_runs_no_cpu_is_measured() {
    let mut world = world("steady");
    let arn = service(&world, "prod", "cart").arn.clone();
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    world.advance(after(15));
    let dimensions = [("ClusterName", "prod"), ("ServiceName", "cart")];
    let series =
        world
            .account(PRODUCTION)
            .unwrap()
            .metrics
            .series("AWS/ECS", "CPUUtilization", &dimensions);
    let last = series.unwrap().points.back().unwrap().start();
    assert!(
        last < after(3).as_second(),
        "the last point is of the minute the last task ran in"
    );
}

#[test]
fn generated_estates_have_their_size() {
    let world = World::new(&Scenario::generated(100, 4, 1), 1, opened());
    assert_eq!(world.accounts[0].services.len(), 100);
    assert_eq!(world.accounts[0].clusters.len(), 4);
    let running: usize = world.accounts[0]
        .services
        .iter()
        .map(Service::running)
        .sum();
    let desired: u32 = world.accounts[0]
        .services
        .iter()
        .map(|service| service.desired)
        .sum();
    assert_eq!(u32::try_from(running), Ok(desired));
}

/// Something an operator might do.
#[derive(Debug, Clone)]
enum Deed {
    Redeploy,
    Desire(u32),
    StopTask(usize),
    RollBack,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Redeploy),
        (0..6_u32).prop_map(Deed::Desire),
        (0..6_usize).prop_map(Deed::StopTask),
        Just(Deed::RollBack),
    ]
}

/// Does a deed to a service; a refusal is as good as any answer.
fn act(world: &mut World, arn: &str, deed: &Deed) -> Result<(), Refusal> {
    let service = world
        .account(PRODUCTION)
        .unwrap()
        .service_by_arn(arn)
        .unwrap();
    match deed {
        Deed::Redeploy => world.force_new_deployment(PRODUCTION, arn, OPERATOR),
        Deed::Desire(count) => world.set_desired(PRODUCTION, arn, *count),
        Deed::StopTask(index) => {
            let task = service.tasks.get(*index).map(|task| task.arn.clone());
            world.stop_task(PRODUCTION, &task.unwrap_or_default(), None)
        }
        Deed::RollBack => {
            let deployment = service.service_deployments[0].arn.clone();
            world.stop_service_deployment(PRODUCTION, &deployment, true)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn whatever_is_done_it_settles(
        name in prop::sample::select(vec!["cart", "mailer", "search"]),
        deeds in prop::collection::vec((deed(), 0..120_i64), 1..8),
    ) {
        let mut small = Scenario::named("steady").unwrap();
        small.effects.clear();
        small.estate.services.retain(|spec| spec.cluster == "prod" && spec.name == name);
        let mut world = World::new(&small, 7, opened());
        let arn = service(&world, "prod", name).arn.clone();
        for (deed, pause) in &deeds {
            let _ = act(&mut world, &arn, deed);
            let then = world.now() + SignedDuration::from_secs(*pause);
            world.advance(then);
            let service = service(&world, "prod", name);
            let wanted = service.tasks.iter().filter(|task| task.wanted).count();
            prop_assert!(wanted <= 10, "never more than twice the most ever desired");
        }
        let then = world.now() + SignedDuration::from_mins(25);
        world.advance(then);
        let account = world.account(PRODUCTION).unwrap();
        let service = account.service_by_arn(&arn).unwrap();
        let desired = usize::try_from(service.desired).unwrap();
        prop_assert_eq!((service.running(), service.pending()), (desired, 0));
        prop_assert_eq!(service.deployments.len(), 1);
        prop_assert!(service.service_deployments[0].status.is_over());
        for group in &account.target_groups {
            let healthy = group.targets.iter().filter(|it| it.state == TargetState::Healthy);
            prop_assert_eq!((healthy.count(), group.targets.len()), (desired, desired));
        }
    }

    #[test]
    fn the_size_of_a_step_changes_nothing(cuts in prop::collection::vec(0..300_000_i64, 0..20)) {
        let (mut one, mut other) = (world("bad-deploy"), world("bad-deploy"));
        one.advance(after(5));
        for cut in cuts {
            other.advance(opened() + SignedDuration::from_millis(cut));
        }
        other.advance(after(5));
        prop_assert_eq!(picture(&one), picture(&other));
    }
}
