//! A believable estate at 14:03:22, with the incident of a bad deploy in it.

use crate::estate::alarm::{Alarm, AlarmRule, AlarmState};
use crate::estate::environment::{Environment, Tier};
use crate::estate::id::ServiceArn;
use crate::estate::identity::Identity;
use crate::estate::kpi::{Ceiling, Kpi, KpiKind, Thresholds, Unit};
use crate::estate::log::{LogLevel, LogLine};
use crate::estate::part::{News, Part};
use crate::estate::problem::Problem;
use crate::estate::series::{Point, Quality, Series};
use crate::estate::service::{
    Controller, Deployment, DeploymentStatus, Rolling, Rollout, Scheduling, Service, ServiceEvent,
    ServiceStatus, Strategy,
};
use crate::estate::snapshot::Snapshot;
use crate::estate::task::{Container, Task};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

pub(super) const PRODUCTION: &str = "production";
pub(super) const STAGING: &str = "staging";
const ACCOUNTS: [(&str, &str, &str); 2] = [
    (PRODUCTION, "123456789012", "acme-prod"),
    (STAGING, "210987654321", "acme-staging"),
];
const HEALTHY: [&str; 17] = [
    "accounts",
    "auth",
    "basket",
    "catalog",
    "checkout",
    "emails",
    "feeds",
    "gateway",
    "images",
    "inventory",
    "ledger",
    "notifier",
    "pricing",
    "reports",
    "reviews",
    "shipping",
    "tax",
];

/// 14:03:22 on a Saturday.
pub(super) fn now() -> Timestamp {
    "2026-11-21T14:03:22Z".parse().unwrap()
}

/// `minutes` and `seconds` before [`now`].
pub(super) fn ago(minutes: i64, seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(minutes * 60 + seconds)
}

pub(super) fn environments() -> Vec<Environment> {
    let tiers = [Tier::Production, Tier::Staging];
    let named = ACCOUNTS.iter().zip(tiers);
    named
        .map(|(&(name, account, alias), tier)| Environment {
            name: name.into(),
            tier,
            account: Some(account.into()),
            alias: Some(alias.into()),
            region: "eu-central-1".into(),
            clusters: Some(clusters(name).iter().map(|&one| one.into()).collect()),
        })
        .collect()
}

fn clusters(environment: &str) -> &'static [&'static str] {
    if environment == PRODUCTION {
        &["prod", "prod-batch"]
    } else {
        &["staging"]
    }
}

fn account(environment: &str) -> &'static str {
    ACCOUNTS.iter().find(|one| one.0 == environment).unwrap().1
}

/// `arn:aws:ecs:eu-central-1:ACCOUNT:TAIL`.
fn arn(environment: &str, tail: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:{}:{tail}", account(environment))
}

pub(super) fn service_arn(name: &str) -> ServiceArn {
    ServiceArn::new(&arn(PRODUCTION, &format!("service/prod/{name}")))
}

pub(super) fn part(environment: &str, news: News) -> Part {
    Part {
        environment: environment.into(),
        at: ago(0, 3),
        news,
        problems: Vec::new(),
    }
}

/// Every part of the incident, as the feeds would bring them.
pub(super) fn incident() -> Vec<Part> {
    let mut parts = Vec::new();
    for (name, services) in [(PRODUCTION, production()), (STAGING, staging())] {
        parts.push(part(name, News::Identity(Some(identity(name)))));
        parts.push(part(
            name,
            News::Inventory {
                clusters: clusters(name)
                    .iter()
                    .map(|one| arn(name, &format!("cluster/{one}")).as_str().into())
                    .collect(),
                services: services.iter().map(|one| one.arn.clone()).collect(),
                unlisted: Vec::new(),
            },
        ));
        parts.push(part(name, News::Services(services)));
    }
    parts.push(part(PRODUCTION, News::Stops(stops())));
    parts.push(part(STAGING, News::Stops(Vec::new())));
    parts.push(part(
        PRODUCTION,
        News::Alarms {
            alarms: alarms(),
            complete: true,
        },
    ));
    parts.push(part(
        STAGING,
        News::Alarms {
            alarms: Vec::new(),
            complete: true,
        },
    ));
    parts.push(part(PRODUCTION, News::Kpis(kpis())));
    parts.push(part(STAGING, News::Kpis(Vec::new())));
    parts
}

/// The estate after these parts.
pub(super) fn snapshot(parts: Vec<Part>) -> Snapshot {
    let mut snapshot = Snapshot::unread(environments());
    for part in parts {
        snapshot.absorb(part);
    }
    snapshot
}

fn identity(environment: &str) -> Identity {
    let account = account(environment);
    Identity {
        account: account.into(),
        arn: format!("arn:aws:sts::{account}:assumed-role/ops/alice").into(),
        expires_at: Some(now() + SignedDuration::from_mins(41)),
    }
}

fn production() -> Vec<Service> {
    let mut orders = service(PRODUCTION, "orders", 58, 4);
    orders.running = 0;
    orders.pending = 2;
    orders.deployments = vec![
        Deployment {
            running: 0,
            pending: 2,
            failed: 6,
            rollout: Rollout::InProgress,
            created_at: Some(ago(12, 17)),
            ..deployment("orders", 58, 4)
        },
        Deployment {
            status: DeploymentStatus::Active,
            running: 0,
            desired: 0,
            ..deployment("orders", 57, 4)
        },
    ];
    orders.events = vec![
        event(
            ago(1, 2),
            "(service orders) has started 2 tasks: (task 3f9c1c55) (task 81aa02be).",
        ),
        event(
            ago(6, 0),
            "(service orders) is unable to consistently start tasks successfully.",
        ),
    ];
    let billing = service(PRODUCTION, "billing", 31, 3);
    let mut web = service(PRODUCTION, "web", 204, 6);
    web.running = 5;
    web.pending = 1;
    let mut search = service(PRODUCTION, "search", 113, 4);
    search.deployments = vec![
        Deployment {
            running: 2,
            rollout: Rollout::InProgress,
            created_at: Some(ago(2, 10)),
            ..deployment("search", 113, 4)
        },
        Deployment {
            status: DeploymentStatus::Active,
            desired: 2,
            running: 2,
            ..deployment("search", 112, 4)
        },
    ];
    let healthy = HEALTHY.iter().zip(2..);
    [orders, billing, web, search]
        .into_iter()
        .chain(healthy.map(|(name, tasks)| service(PRODUCTION, name, tasks + 10, tasks % 5 + 1)))
        .collect()
}

fn staging() -> Vec<Service> {
    let first = ["orders", "billing", "web", "search", "auth"];
    first
        .iter()
        .map(|name| service(STAGING, name, 60, 1))
        .collect()
}

/// A service that does well: everything wanted runs, nothing moves.
pub(super) fn service(environment: &str, name: &str, revision: u32, desired: u32) -> Service {
    let cluster = clusters(environment)[0];
    Service {
        arn: arn(environment, &format!("service/{cluster}/{name}"))
            .as_str()
            .into(),
        name: name.into(),
        cluster: arn(environment, &format!("cluster/{cluster}"))
            .as_str()
            .into(),
        status: ServiceStatus::Active,
        scheduling: Scheduling::Replica,
        controller: Controller::Ecs,
        express: false,
        desired,
        running: desired,
        pending: 0,
        task_definition: definition(name, revision).as_str().into(),
        deployments: vec![deployment(name, revision, desired)],
        events: vec![event(
            ago(200, 0),
            &format!("(service {name}) has reached a steady state."),
        )],
        target_groups: vec![
            format!("arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/{name}/7")
                .as_str()
                .into(),
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
        exec_enabled: true,
        created_at: Some(ago(900_000, 0)),
        tags: Vec::new(),
    }
}

pub(super) fn definition(name: &str, revision: u32) -> String {
    arn(PRODUCTION, &format!("task-definition/{name}:{revision}"))
}

fn deployment(name: &str, revision: u32, desired: u32) -> Deployment {
    Deployment {
        id: format!("ecs-svc/{name}{revision}").as_str().into(),
        status: DeploymentStatus::Primary,
        task_definition: definition(name, revision).as_str().into(),
        desired,
        running: desired,
        pending: 0,
        failed: 0,
        rollout: Rollout::Completed,
        reason: Text::default(),
        created_at: Some(ago(3 * 1_440, 0)),
        updated_at: Some(ago(3 * 1_440 - 6, 0)),
    }
}

fn event(at: Timestamp, message: &str) -> ServiceEvent {
    ServiceEvent {
        at,
        message: message.into(),
    }
}

/// Six stops of orders in the last ten minutes, all for want of memory.
fn stops() -> Vec<Task> {
    (0..6)
        .map(|number| {
            let stopped = ago(5 + number % 2, 42 + number);
            let mut task = task("orders", 58, u32::try_from(number).unwrap());
            task.last_status = "STOPPED".into();
            task.desired_status = "STOPPED".into();
            task.stop_code = Some("EssentialContainerExited".into());
            task.stopped_reason = Some("Essential container in task exited".into());
            task.stopping_at = Some(stopped);
            task.stopped_at = Some(stopped);
            task.containers[0].exit_code = Some(137);
            task.containers[0].reason =
                Some("OutOfMemoryError: Container killed due to memory usage".into());
            task
        })
        .collect()
}

/// One running task.
pub(super) fn task(name: &str, revision: u32, number: u32) -> Task {
    let id = format!(
        "{:08x}{number:024x}",
        0x3f9c_1c55_u32.wrapping_mul(number * 2 + 1)
    );
    let zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
    Task {
        arn: arn(PRODUCTION, &format!("task/prod/{id}")).as_str().into(),
        cluster: arn(PRODUCTION, "cluster/prod").as_str().into(),
        service_name: Some(name.into()),
        task_definition: definition(name, revision).as_str().into(),
        last_status: "RUNNING".into(),
        desired_status: "RUNNING".into(),
        health: "HEALTHY".into(),
        stop_code: None,
        stopped_reason: None,
        started_by: Some(format!("ecs-svc/{name}{revision}").into()),
        zone: Some(zones[number as usize % 3].into()),
        address: Some(format!("10.0.{number}.7").into()),
        connectivity: None,
        created_at: Some(ago(i64::from(number) + 1, 20)),
        started_at: Some(ago(i64::from(number), 50)),
        stopping_at: None,
        stopped_at: None,
        containers: vec![Container {
            name: name.into(),
            last_status: "RUNNING".into(),
            health: "HEALTHY".into(),
            exit_code: None,
            reason: None,
            image: Some(
                format!(
                    "{}.dkr.ecr.eu-central-1.amazonaws.com/{name}:1.8",
                    account(PRODUCTION)
                )
                .into(),
            ),
            image_digest: None,
        }],
    }
}

fn alarms() -> Vec<Alarm> {
    let alarm = |name: &str, state, minutes| Alarm {
        arn: format!("arn:aws:cloudwatch:eu-central-1:1:alarm:{name}")
            .as_str()
            .into(),
        name: name.into(),
        state,
        since: Some(ago(minutes, 31)),
        reason: "Threshold Crossed: 3 datapoints were greater than the threshold (373.0).".into(),
        metric: Some("DatabaseConnections".into()),
        dimensions: vec![("DBInstanceIdentifier".into(), "orders-db".into())],
        threshold: Some(373.0),
        notifies: true,
        rule: AlarmRule {
            about: "orders-db is near its connection limit".into(),
            metrics: vec!["DatabaseConnections".into()],
            statistic: "Maximum".into(),
            sign: ">".into(),
            points: 3,
            of: 3,
            period: SignedDuration::from_mins(1),
            enabled: true,
            actions: vec!["operations".into()],
            ..AlarmRule::default()
        },
    };
    vec![
        alarm("rds-connections-high", AlarmState::Alarm, 0),
        alarm("orders-5xx-high", AlarmState::Alarm, 4),
        alarm("checkout-latency", AlarmState::Ok, 400),
        alarm("queue-depth", AlarmState::InsufficientData, 90),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
fn kpis() -> Vec<Kpi> {
    let share = |amber, red| {
        Some(Thresholds {
            amber,
            red,
            share: true,
            points: 2,
            of: 2,
        })
    };
    let plain = |amber, red| {
        share(amber, red).map(|one| Thresholds {
            share: false,
            ..one
        })
    };
    let connections = [180.0, 190.0, 201.0, 240.0, 280.0, 310.0, 352.0, 405.0];
    let kpi = |kind, resource: &str, unit, values: &[f64]| Kpi {
        id: format!("{kind} {resource}").as_str().into(),
        kind,
        resource: resource.into(),
        label: None,
        balancer: None,
        services: Vec::new(),
        pinned: false,
        series: series(values),
        unit,
        ceiling: None,
        thresholds: None,
        pools: Vec::new(),
    };
    vec![
        Kpi {
            ceiling: Some(Ceiling {
                value: 415.0,
                exact: false,
            }),
            thresholds: share(80.0, 95.0),
            ..kpi(
                KpiKind::DatabaseConnections,
                "orders-db",
                Unit::Count,
                &connections,
            )
        },
        Kpi {
            thresholds: plain(1.0, 10.0),
            ..kpi(
                KpiKind::LoadBalancer5xx,
                "public-alb",
                Unit::PerMinute,
                &[0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 9.0, 24.0],
            )
        },
        Kpi {
            thresholds: plain(5.0, 60.0),
            services: vec![service_arn("orders")],
            ..kpi(
                KpiKind::Target5xx,
                "orders",
                Unit::PerMinute,
                &[0.0, 1.0, 0.0, 3.0, 20.0, 64.0, 120.0, 186.0],
            )
        },
        Kpi {
            thresholds: plain(1.0, 8.0),
            ..kpi(
                KpiKind::LatencyP99,
                "public-alb",
                Unit::Seconds,
                &[0.31, 0.3, 0.33, 0.4, 0.8, 1.6, 3.2, 4.9],
            )
        },
        Kpi {
            thresholds: share(80.0, 95.0).map(|one| Thresholds {
                share: false,
                ..one
            }),
            services: vec![service_arn("orders")],
            ..kpi(
                KpiKind::ServiceMemory,
                "orders",
                Unit::Percent,
                &[71.0, 70.0, 74.0, 96.0, 99.0, 98.0, 99.0],
            )
        },
    ]
}

/// The newest minutes end at the minute before [`now`]; what came before was not published.
fn series(values: &[f64]) -> Series {
    let as_of: Timestamp = "2026-11-21T14:03:00Z".parse().unwrap();
    let count = i64::try_from(values.len()).unwrap();
    Series {
        points: (0..count)
            .zip(values)
            .map(|(index, &value)| {
                Point::new(as_of - SignedDuration::from_mins(count - index), value)
            })
            .collect(),
        period: SignedDuration::from_mins(1),
        as_of: Some(as_of),
        quality: Quality::Complete,
    }
}

/// The last lines of orders.
pub(super) fn lines() -> Vec<LogLine> {
    let said = [
        (9, LogLevel::Info, "listening on :8080"),
        (5, LogLevel::Info, "warming price cache, 48210 rows"),
        (3, LogLevel::Error, "pool timeout after 5000 ms req=8f2"),
        (2, LogLevel::Warn, "retry 2/3 POST /pay"),
        (
            1,
            LogLevel::Error,
            "remaining connection slots are reserved for superusers",
        ),
    ];
    said.iter()
        .map(|&(seconds, level, message)| LogLine {
            id: format!("{seconds}").into(),
            at: ago(0, seconds),
            ingested_at: None,
            stream: "orders/orders/3f9c1c55".into(),
            service: service_arn("orders"),
            level,
            late: false,
            message: message.into(),
        })
        .collect()
}

/// A problem of the production environment's services.
pub(super) fn problem(kind: crate::estate::problem::ProblemKind, sentence: &str) -> Problem {
    Problem {
        feed: crate::estate::problem::Feed::Services,
        operation: "DescribeServices",
        kind,
        sentence: sentence.into(),
        at: ago(0, 3),
    }
}
