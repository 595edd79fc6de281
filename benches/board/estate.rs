//! An estate of any number of services, as the feeds would bring it home.

use firstline::estate::alarm::{Alarm, AlarmState};
use firstline::estate::aspect::Aspect;
use firstline::estate::dossier::{Leaf, Target, TargetGroup};
use firstline::estate::environment::{Environment, Tier};
use firstline::estate::id::ServiceArn;
use firstline::estate::identity::Identity;
use firstline::estate::kpi::{Ceiling, Kpi, KpiKind, Thresholds, Unit};
use firstline::estate::part::{News, Part};
use firstline::estate::series::{Point, Quality, Series};
use firstline::estate::service::{
    Controller, Deployment, DeploymentStatus, Rolling, Rollout, Scheduling, Service, ServiceEvent,
    ServiceStatus, Strategy,
};
use firstline::estate::task::Task;
use firstline::estate::text::Text;
use firstline::estate::{SignedDuration, Timestamp};

const ENVIRONMENT: &str = "production";
const ACCOUNT: &str = "123456789012";
const ALARMS: usize = 20;
const MINUTES: u32 = 60;

pub(crate) fn environment() -> Environment {
    Environment {
        name: ENVIRONMENT.into(),
        tier: Tier::Production,
        account: Some(ACCOUNT.into()),
        alias: Some("acme-prod".into()),
        region: "eu-central-1".into(),
        clusters: None,
    }
}

/// Everything a first look brings: every tenth service is short of a task.
pub(crate) fn parts(services: usize, now: Timestamp) -> Vec<Part> {
    let services: Vec<Service> = (0..services).map(|number| service(number, now)).collect();
    let inventory = News::Inventory {
        clusters: vec![arn("cluster/main").as_str().into()],
        services: services.iter().map(|service| service.arn.clone()).collect(),
        unlisted: Vec::new(),
    };
    let alarms = (0..ALARMS).map(|number| alarm(number, now)).collect();
    [
        News::Identity(Some(identity())),
        inventory,
        News::Services(services),
        News::Stops(Vec::new()),
        News::Alarms {
            alarms,
            complete: true,
        },
        News::Kpis(kpis(now)),
    ]
    .into_iter()
    .map(|news| Part {
        environment: ENVIRONMENT.into(),
        at: now,
        news,
        problems: Vec::new(),
    })
    .collect()
}

/// What opening a service of so many tasks brings.
pub(crate) fn closely(service: &ServiceArn, tasks: usize, now: Timestamp) -> Vec<Part> {
    let zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    let all: Vec<Task> = (0..tasks)
        .map(|number| task(service, number, zones[number % 3], now))
        .collect();
    let targets = all.iter().enumerate().map(|(number, task)| Target {
        id: task.address.clone().unwrap_or_default(),
        port: Some(8080),
        zone: task.zone.clone(),
        state: if number % 9 == 0 {
            "unhealthy"
        } else {
            "healthy"
        }
        .into(),
        reason: if number % 9 == 0 {
            "Target.Timeout"
        } else {
            ""
        }
        .into(),
        description: Text::default(),
    });
    let group = TargetGroup {
        arn: "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/7".into(),
        targets: targets.collect(),
    };
    let mut stopped = all.clone();
    for task in &mut stopped {
        task.arn = format!("{}f", task.arn).as_str().into();
        task.last_status = "STOPPED".into();
        task.stop_code = Some("EssentialContainerExited".into());
        task.stopped_at = Some(ago(now, 3));
    }
    let leaf = Leaf::Targets(Aspect::of(now, Ok(vec![group])));
    let (of, service) = (service.clone(), service.clone());
    [
        News::Stops(stopped),
        News::Tasks {
            service,
            tasks: all,
        },
        News::Leaf { service: of, leaf },
    ]
    .into_iter()
    .map(|news| Part {
        environment: ENVIRONMENT.into(),
        at: now,
        news,
        problems: Vec::new(),
    })
    .collect()
}

fn task(service: &ServiceArn, number: usize, zone: &str, now: Timestamp) -> Task {
    Task {
        arn: arn(&format!("task/main/{number:032x}")).as_str().into(),
        cluster: arn("cluster/main").as_str().into(),
        service_name: Some(service.name().into()),
        task_definition: arn("task-definition/web:7").as_str().into(),
        last_status: "RUNNING".into(),
        desired_status: "RUNNING".into(),
        health: "HEALTHY".into(),
        stop_code: None,
        stopped_reason: None,
        started_by: None,
        zone: Some(zone.into()),
        address: Some(format!("10.0.0.{number}").into()),
        connectivity: None,
        created_at: Some(ago(now, 40)),
        started_at: Some(ago(now, 39)),
        stopping_at: None,
        stopped_at: None,
        containers: Vec::new(),
    }
}

fn arn(tail: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:{tail}")
}

fn ago(now: Timestamp, minutes: u32) -> Timestamp {
    now - SignedDuration::from_mins(i64::from(minutes))
}

fn identity() -> Identity {
    Identity {
        account: ACCOUNT.into(),
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/ops/alice").into(),
        expires_at: None,
    }
}

fn service(number: usize, now: Timestamp) -> Service {
    let name = format!("service-{number:03}");
    let running = if number.is_multiple_of(10) { 3 } else { 4 };
    let definition = arn(&format!("task-definition/{name}:7"));
    Service {
        arn: arn(&format!("service/main/{name}")).as_str().into(),
        name: name.as_str().into(),
        cluster: arn("cluster/main").as_str().into(),
        status: ServiceStatus::Active,
        scheduling: Scheduling::Replica,
        controller: Controller::Ecs,
        express: false,
        desired: 4,
        running,
        pending: 4 - running,
        task_definition: definition.as_str().into(),
        deployments: vec![Deployment {
            id: format!("ecs-svc/{name}").as_str().into(),
            status: DeploymentStatus::Primary,
            task_definition: definition.as_str().into(),
            desired: 4,
            running,
            pending: 4 - running,
            failed: 0,
            rollout: Rollout::Completed,
            reason: Text::default(),
            created_at: Some(ago(now, 900)),
            updated_at: Some(ago(now, 890)),
        }],
        events: vec![ServiceEvent {
            at: ago(now, 5),
            message: format!("(service {name}) has reached a steady state.").into(),
        }],
        target_groups: Vec::new(),
        rolling: Rolling::default(),
        grace_seconds: 60,
        task_sets: Vec::new(),
        strategy: Strategy::Rolling,
        progress: None,
        twins: Vec::new(),
        classic_balancer: false,
        on_instances: false,
        exec_enabled: true,
        created_at: Some(ago(now, 90_000)),
        tags: Vec::new(),
    }
}

fn alarm(number: usize, now: Timestamp) -> Alarm {
    let name = format!("alarm-{number}");
    Alarm {
        arn: format!("arn:aws:cloudwatch:eu-central-1:{ACCOUNT}:alarm:{name}")
            .as_str()
            .into(),
        name: name.into(),
        state: AlarmState::Alarm,
        since: Some(ago(now, 6)),
        reason: "Threshold Crossed: 1 datapoint [405.0] was greater than the threshold (373.0)."
            .into(),
        metric: Some("DatabaseConnections".into()),
        dimensions: Vec::new(),
        threshold: Some(373.0),
        notifies: true,
        rule: firstline::estate::alarm::AlarmRule::default(),
    }
}

fn kpis(now: Timestamp) -> Vec<Kpi> {
    let kinds = [
        (KpiKind::DatabaseConnections, Unit::Count),
        (KpiKind::LoadBalancer5xx, Unit::PerMinute),
        (KpiKind::Target5xx, Unit::PerMinute),
        (KpiKind::LatencyP99, Unit::Seconds),
    ];
    kinds
        .into_iter()
        .map(|(kind, unit)| kpi(kind, unit, now))
        .collect()
}

fn kpi(kind: KpiKind, unit: Unit, now: Timestamp) -> Kpi {
    let point = |minute: u32| Point::new(ago(now, MINUTES - minute), f64::from(300 + minute));
    Kpi {
        id: format!("{kind}").as_str().into(),
        kind,
        resource: "orders-db".into(),
        label: None,
        balancer: None,
        services: Vec::new(),
        pinned: false,
        series: Series {
            points: (0..MINUTES).map(point).collect(),
            period: SignedDuration::from_mins(1),
            as_of: Some(now),
            quality: Quality::Complete,
        },
        unit,
        ceiling: Some(Ceiling {
            value: 415.0,
            exact: false,
        }),
        thresholds: Some(Thresholds {
            amber: 0.8,
            red: 0.9,
            share: true,
            points: 3,
            of: 3,
        }),
        pools: Vec::new(),
    }
}
