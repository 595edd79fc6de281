use jiff::{SignedDuration, Timestamp};

mod incidents;
mod stages;

use super::*;
use crate::sim::world::{
    AlarmState, LogQuery, MetricQuery, RolloutState, Service, ServiceDeploymentStatus, Statistic,
    StopCode, TargetState, TaskStatus, World,
};

const PRODUCTION: &str = "123456789012";

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

fn alarm(world: &World, name: &str) -> AlarmState {
    let alarms = &world.account(PRODUCTION).unwrap().alarms;
    alarms
        .iter()
        .find(|alarm| alarm.name == name)
        .unwrap()
        .state
}

fn metric(
    world: &World,
    of: (&str, &str),
    dimensions: &[(&str, &str)],
    statistic: Statistic,
) -> f64 {
    let (from, to) = (world.now() - SignedDuration::from_mins(10), world.now());
    let (namespace, name) = of;
    let query = MetricQuery {
        namespace,
        name,
        dimensions,
        statistic,
        from,
        to,
        period: 60,
    };
    world
        .metric_points(PRODUCTION, &query)
        .last()
        .map_or(f64::NAN, |sample| sample.value)
}

fn connections(world: &World) -> f64 {
    let dimensions = [("DBInstanceIdentifier", "orders-db")];
    metric(
        world,
        ("AWS/RDS", "DatabaseConnections"),
        &dimensions,
        Statistic::Maximum,
    )
}

fn lines(world: &World, group: &str, fragment: &str) -> usize {
    let (from, to) = (after(-60), world.now());
    let query = LogQuery {
        group,
        streams: &[],
        prefix: "",
        from,
        to,
    };
    let events = world.log_events(PRODUCTION, &query).unwrap();
    events
        .iter()
        .filter(|event| event.message.contains(fragment))
        .count()
}

#[test]
fn every_shipped_scenario_is_well_formed_and_names_what_exists() {
    for name in Scenario::names() {
        let scenario = Scenario::named(name).unwrap();
        assert!(scenario.about.ends_with('.'), "{name} says what it shows");
        let named = |service: &str| {
            let services = scenario.estate.services.iter();
            services
                .map(|spec| format!("{}/{}", spec.cluster, spec.name))
                .any(|it| it == service)
        };
        for effect in &scenario.effects {
            if let Act::Poll { account, .. } | Act::Impair { account, .. } = &effect.act {
                let mut accounts = scenario.estate.accounts.iter();
                assert!(accounts.any(|spec| spec.alias == *account), "{name}");
            }
            if let Some(service) = effect.act.service() {
                assert!(named(service), "{name}: {service}");
            }
        }
        for account in &world(name).accounts {
            let specs = scenario
                .estate
                .alarms
                .iter()
                .filter(|spec| spec.account == account.alias);
            assert_eq!(
                account.alarms.len(),
                specs.count(),
                "every alarm found what it watches"
            );
        }
    }
}

#[test]
fn an_unknown_name_is_answered_with_the_known_ones() {
    let error = Scenario::named("stead").unwrap_err().to_string();
    assert!(
        error.contains("\"stead\"") && error.contains("steady"),
        "{error}"
    );
}

#[test]
fn a_misspelt_key_is_an_error_with_its_line() {
    let text = "about = \"x.\"\n[[effect]]\nat = \"1m\"\ndo.leak = { servcie = \"a/b\", per_minute = 1.0 }\n";
    let error = Scenario::parsed("mine", text, Estate::shipped().unwrap())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("mine.toml") && error.contains("servcie"),
        "{error}"
    );
    assert!(error.contains("line 4"), "{error}");
}

#[test]
fn steady_is_steady() {
    let mut world = world("steady");
    world.advance(after(20));
    for account in &world.accounts {
        for service in &account.services {
            assert_eq!(service.running(), usize::try_from(service.desired).unwrap());
            assert_eq!((service.pending(), service.deployments.len()), (0, 1));
        }
        assert!(
            account
                .alarms
                .iter()
                .all(|alarm| alarm.state == AlarmState::Ok)
        );
        let mut targets = account
            .target_groups
            .iter()
            .flat_map(|group| &group.targets);
        assert!(targets.all(|target| target.state == TargetState::Healthy));
    }
    let pricing = service(&world, "prod", "pricing");
    assert_eq!(
        pricing.service_deployments[0].status,
        ServiceDeploymentStatus::Successful
    );
    let hours = SignedDuration::from_hours(3);
    let lately = pricing.service_deployments.iter();
    let lately = lately.filter(|one| one.created_at > world.now() - hours);
    assert_eq!(lately.count(), 1, "an ordinary deployment an hour ago");
}

#[test]
fn what_ends_is_over() {
    let text = r#"
        about = "worker crashes for a while."
        [[effect]]
        at = "1m"
        until = "6m"
        do.die = { service = "prod-batch/worker", after = "30s", exit = 139 }
    "#;
    let scenario = Scenario::parsed("mine", text, Estate::shipped().unwrap()).unwrap();
    let mut world = World::new(&scenario, 7, opened());
    world.advance(after(5));
    let worker = service(&world, "prod-batch", "worker");
    assert!(worker.tasks.iter().filter(|task| !task.wanted).count() > 3);
    assert!(!worker.events[0].message.contains("steady"));
    world.advance(after(9));
    let worker = service(&world, "prod-batch", "worker");
    assert_eq!(worker.running(), 3);
    assert!(
        worker.events[0]
            .message
            .contains("has reached a steady state")
    );
}

#[test]
fn redeploying_during_a_rollback_stalls() {
    let mut world = world("bad-deploy");
    world.advance(after(3));
    let orders = service(&world, "prod", "orders");
    let status = orders.service_deployments[0].status;
    assert_eq!(status, ServiceDeploymentStatus::RollbackInProgress);
    let (arn, account) = (orders.arn.clone(), world.account_mut(PRODUCTION).unwrap());
    // What CI would do: deploy the broken revision once more.
    let broken = account.task_definition("prod-orders:58").unwrap().clone();
    let orders = account
        .services
        .iter_mut()
        .find(|service| service.arn == arn)
        .unwrap();
    crate::sim::step::rollout::begin(orders, &broken, "ci", after(3));
    world.advance(after(12));
    let orders = service(&world, "prod", "orders");
    assert_eq!(orders.primary().unwrap().rollout, RolloutState::Failed);
    assert_eq!(
        orders.service_deployments[0].status,
        ServiceDeploymentStatus::Stopped
    );
    assert_eq!(
        (orders.running(), orders.pending()),
        (4, 0),
        "the old tasks are all there is"
    );
    world.set_desired(PRODUCTION, &arn, 0).unwrap();
    world.advance(after(15));
    assert_eq!(
        service(&world, "prod", "orders").running(),
        0,
        "it can still be stopped"
    );
}

#[test]
fn what_rests_was_put_to_rest_on_the_last_evening_whenever_the_story_is_told() {
    for (opened, evening) in [
        ("2026-07-01T14:03:00Z", "2026-06-30T18:02Z"),
        ("2027-02-28T22:30:00Z", "2027-02-28T18:02Z"),
    ] {
        let scenario = Scenario::named("demo").unwrap();
        let world = World::new(&scenario, 1, opened.parse().unwrap());
        let services = world.accounts.iter().flat_map(|one| &one.services);
        let mut records = services.filter_map(|one| one.tags.get("firstline:restore"));
        assert_eq!(
            records.next().map(String::as_str),
            Some(format!("v1 d=1 at={evening} by=bob").as_str())
        );
    }
}
