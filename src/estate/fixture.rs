//! A small estate in perfect health, for tests to break.

use super::alarm::{Alarm, AlarmRule, AlarmState};
use super::environment::{Environment, Tier};
use super::kpi::{Kpi, KpiKind, Thresholds, Unit};
use super::problem::{Feed, Problem, ProblemKind};
use super::series::{Point, Quality, Series};
use super::service::{
    Controller, Deployment, DeploymentStatus, Rolling, Rollout, Scheduling, Service, ServiceEvent,
    ServiceStatus, Strategy,
};
use super::snapshot::{EnvironmentSnapshot, FeedState, Sighting, Snapshot};
use super::task::{Container, Task};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// The moment tests happen at: `ago(0)`.
pub(crate) fn ago(seconds: i64) -> Timestamp {
    "2026-11-20T14:00:00Z".parse::<Timestamp>().unwrap() - SignedDuration::from_secs(seconds)
}

/// One deployment of `orders:REVISION`.
pub(crate) fn deployment(revision: u32, rollout: Rollout, running: u32, age: i64) -> Deployment {
    Deployment {
        id: format!("ecs-svc/{revision}").as_str().into(),
        status: DeploymentStatus::Primary,
        task_definition: definition(revision).as_str().into(),
        desired: 4,
        running,
        pending: 0,
        failed: 0,
        rollout,
        reason: Text::default(),
        created_at: Some(ago(age)),
        updated_at: Some(ago(age)),
    }
}

fn definition(revision: u32) -> String {
    format!("arn:aws:ecs:eu-central-1:123456789012:task-definition/orders:{revision}")
}

/// The service `name`: 4/4 of `orders:57`, deployed two hours ago, behind a target group.
pub(crate) fn service(name: &str) -> Service {
    Service {
        arn: format!("arn:aws:ecs:eu-central-1:123456789012:service/prod/{name}")
            .as_str()
            .into(),
        name: name.into(),
        cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/prod".into(),
        status: ServiceStatus::Active,
        scheduling: Scheduling::Replica,
        controller: Controller::Ecs,
        express: false,
        desired: 4,
        running: 4,
        pending: 0,
        task_definition: definition(57).as_str().into(),
        deployments: vec![deployment(57, Rollout::Completed, 4, 7200)],
        events: vec![event(7100, "(service orders) has reached a steady state.")],
        target_groups: vec![
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/orders/73e2".into(),
        ],
        rolling: Rolling {
            minimum_healthy_percent: Some(100),
            maximum_percent: Some(200),
            circuit_breaker: true,
            rollback: true,
            alarms: Vec::new(),
        },
        grace_seconds: 60,
        task_sets: Vec::new(),
        strategy: Strategy::Rolling,
        progress: None,
        twins: Vec::new(),
        classic_balancer: false,
        on_instances: false,
        exec_enabled: false,
        created_at: Some(ago(9_000_000)),
        tags: Vec::new(),
    }
}

/// A service event.
pub(crate) fn event(age: i64, message: &str) -> ServiceEvent {
    ServiceEvent {
        at: ago(age),
        message: message.into(),
    }
}

/// A task of the service `orders` that stopped with an exit code.
pub(crate) fn stop(age: i64, code: &str, exit: i32, reason: &str) -> Task {
    Task {
        arn: format!("arn:aws:ecs:eu-central-1:123456789012:task/prod/3f9c{age:04}ffff")
            .as_str()
            .into(),
        cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/prod".into(),
        service_name: Some("orders".into()),
        task_definition: definition(57).as_str().into(),
        last_status: "STOPPED".into(),
        desired_status: "STOPPED".into(),
        health: "UNKNOWN".into(),
        stop_code: Some(code.into()),
        stopped_reason: Some(reason.into()),
        started_by: None,
        zone: None,
        address: None,
        connectivity: None,
        created_at: None,
        started_at: None,
        stopping_at: None,
        stopped_at: Some(ago(age)),
        containers: vec![Container {
            name: "app".into(),
            last_status: "STOPPED".into(),
            health: "UNKNOWN".into(),
            exit_code: Some(exit),
            reason: None,
            image: None,
            image_digest: None,
        }],
    }
}

/// A KPI whose newest value, the last of `values`, is three minutes old.
pub(crate) fn kpi(kind: KpiKind, unit: Unit, values: &[f64]) -> Kpi {
    let minutes = (3..).map(|minute| ago(minute * 60));
    let mut points: Vec<Point> = values
        .iter()
        .rev()
        .zip(minutes)
        .map(|(&value, at)| Point::new(at, value))
        .collect();
    points.reverse();
    Kpi {
        id: kind.to_string().as_str().into(),
        kind,
        resource: "orders-db".into(),
        label: None,
        balancer: None,
        services: Vec::new(),
        pinned: false,
        series: Series {
            points,
            period: SignedDuration::from_mins(1),
            as_of: Some(ago(0)),
            quality: Quality::Complete,
        },
        unit,
        ceiling: None,
        thresholds: None,
        pools: Vec::new(),
    }
}

/// Thresholds that five points must agree on.
#[expect(clippy::unnecessary_wraps, reason = "it is the field's type")]
pub(crate) fn thresholds(amber: f64, red: f64, share: bool) -> Option<Thresholds> {
    Some(Thresholds {
        amber,
        red,
        share,
        points: 5,
        of: 5,
    })
}

/// An alarm of the service `orders`, in ALARM for four minutes.
pub(crate) fn alarm(name: &str) -> Alarm {
    Alarm {
        arn: format!("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:{name}")
            .as_str()
            .into(),
        name: name.into(),
        state: AlarmState::Alarm,
        since: Some(ago(240)),
        reason: "Threshold Crossed: 1 datapoint [41.0 (20/11/26 13:55:00)] was greater than \
                 the threshold (10.0)."
            .into(),
        metric: Some("HTTPCode_Target_5XX_Count".into()),
        dimensions: vec![
            ("ClusterName".into(), "prod".into()),
            ("ServiceName".into(), "orders".into()),
        ],
        threshold: Some(10.0),
        notifies: true,
        rule: AlarmRule {
            metrics: vec!["HTTPCode_Target_5XX_Count".into()],
            statistic: "Sum".into(),
            sign: ">".into(),
            points: 3,
            of: 5,
            period: SignedDuration::from_mins(1),
            enabled: true,
            actions: vec!["operations".into()],
            ..AlarmRule::default()
        },
    }
}

/// Something that went wrong with `feed` just now.
pub(crate) fn problem(feed: Feed) -> Problem {
    Problem {
        feed,
        operation: "DescribeServices",
        kind: ProblemKind::Throttled,
        sentence: "AWS asks to be called more slowly.".into(),
        at: ago(0),
    }
}

/// An environment with these services, seen five seconds ago, every target healthy, every feed
/// well.
pub(crate) fn environment(services: Vec<Service>) -> EnvironmentSnapshot {
    let settings = Environment {
        name: "production".into(),
        tier: Tier::Production,
        account: Some("123456789012".into()),
        alias: None,
        region: "eu-central-1".into(),
        clusters: None,
    };
    let mut environment = Snapshot::unread(vec![settings]).environments.remove(0);
    for feed in [Feed::Services, Feed::Stops, Feed::Alarms, Feed::Metrics] {
        let state = FeedState {
            good_at: Some(ago(5)),
            asked_at: Some(ago(5)),
            problems: Vec::new(),
        };
        environment.feeds.insert(feed, state);
    }
    for service in services {
        let mut targets = kpi(KpiKind::HealthyTargets, Unit::Count, &[4.0, 4.0, 4.0]);
        targets.id = format!("targets {}", service.name).as_str().into();
        targets.services = vec![service.arn.clone()];
        environment.kpis.push(targets);
        let seen = Sighting {
            service,
            seen_at: ago(5),
        };
        environment.services.insert(seen.service.arn.clone(), seen);
    }
    environment
}

/// A service deployment of `LABEL` that began `age` seconds ago and ended `ended` seconds ago.
pub(crate) fn rollout(
    label: &str,
    status: &str,
    age: i64,
    ended: Option<i64>,
) -> super::deployment::ServiceDeployment {
    let arn =
        format!("arn:aws:ecs:eu-central-1:123456789012:service-deployment/prod/{label}/{age}");
    super::deployment::ServiceDeployment {
        created_at: Some(ago(age)),
        finished_at: ended.map(ago),
        task_definition: Some(
            format!("arn:aws:ecs:eu-central-1:123456789012:task-definition/{label}")
                .as_str()
                .into(),
        ),
        ..super::deployment::ServiceDeployment::known_as(arn.as_str().into(), status.into())
    }
}

/// The task definition `LABEL` with one container.
pub(crate) fn definition_of(label: &str) -> super::dossier::TaskDefinition {
    super::dossier::TaskDefinition {
        arn: format!("arn:aws:ecs:eu-central-1:123456789012:task-definition/{label}")
            .as_str()
            .into(),
        cpu: "256".into(),
        memory: "1024".into(),
        task_role: "app".into(),
        execution_role: "execution".into(),
        registered_by: "ci".into(),
        registered_at: Some(ago(90_000)),
        containers: vec![super::dossier::ContainerDefinition {
            name: "app".into(),
            image: "orders:2.3.9".into(),
            essential: true,
            environment: [("LOG_LEVEL".into(), 1), ("PORT".into(), 3)].into(),
            secrets: [(
                "DATABASE_URL".into(),
                "arn:aws:secretsmanager:x:1:secret:orders".into(),
            )]
            .into(),
            ..super::dossier::ContainerDefinition::default()
        }],
    }
}
