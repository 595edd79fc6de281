//! Builds the world of a scenario, three hours before it is opened.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::{
    Account, Cache, Cluster, Database, Deployment, DeploymentStatus, HISTORY, LoadBalancer,
    LogGroup, ParameterGroup, RolloutState, Service, ServiceDeployment, ServiceDeploymentStatus,
    Tags, TargetGroup, TaskDefinition, World,
    dice::Dice,
    service::{Motion, Nature},
    task_definition::ContainerDefinition,
};
use crate::sim::{
    scenario::{AccountSpec, Estate, Scenario, ServiceSpec},
    step::{effect::Timeline, health, speech::Voice, task},
};

mod watch;

/// The builder's common ground.
struct Ground<'a> {
    estate: &'a Estate,
    seed: u64,
    start: Timestamp,
}

/// The world three hours before `now`, its timeline still to come.
pub(super) fn world(scenario: &Scenario, seed: u64, now: Timestamp) -> World {
    let opened = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let start = opened - HISTORY;
    let ground = Ground {
        estate: &scenario.estate,
        seed,
        start,
    };
    World {
        accounts: scenario
            .estate
            .accounts
            .iter()
            .map(|spec| account(&ground, spec))
            .collect(),
        now: start,
        timeline: Timeline::new(&scenario.effects, opened),
    }
}

fn account(ground: &Ground<'_>, spec: &AccountSpec) -> Account {
    let mut account = Account {
        id: spec.id.clone(),
        alias: spec.alias.clone(),
        region: ground.estate.region.clone(),
        clusters: Vec::new(),
        services: Vec::new(),
        task_definitions: Vec::new(),
        load_balancers: Vec::new(),
        target_groups: Vec::new(),
        databases: Vec::new(),
        parameter_groups: Vec::new(),
        caches: Vec::new(),
        scalable_targets: Vec::new(),
        alarms: Vec::new(),
        log_groups: Vec::new(),
        metrics: super::Metrics::default(),
        pollers: Vec::new(),
    };
    clusters(ground, &mut account);
    load_balancers(ground, &mut account);
    databases(ground, &mut account);
    caches(ground, &mut account);
    for service in &ground.estate.services {
        if account
            .clusters
            .iter()
            .any(|cluster| cluster.name == service.cluster)
        {
            self::service(ground, &mut account, service);
        }
    }
    watch::scalable_targets(ground, &mut account);
    watch::alarms(ground, &mut account);
    account
}

fn days_before(at: Timestamp, days: i64) -> Timestamp {
    at - SignedDuration::from_hours(24 * days)
}

fn clusters(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .clusters
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        account.clusters.push(Cluster {
            arn: account.arn("ecs", &format!("cluster/{}", spec.name)),
            name: spec.name.clone(),
            tags: Tags::from([("environment".to_owned(), spec.environment.clone())]),
            container_insights: "disabled",
        });
    }
}

fn load_balancers(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .balancers
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let mut dice = Dice::new(ground.seed, &format!("{}/{}", account.id, spec.name));
        let dimension = format!("app/{}/{}", spec.name, dice.hex(16));
        account.load_balancers.push(LoadBalancer {
            arn: account.arn("elasticloadbalancing", &format!("loadbalancer/{dimension}")),
            name: spec.name.clone(),
            dimension,
            dns_name: format!(
                "{}-{}.{}.elb.amazonaws.com",
                spec.name,
                dice.digits(10),
                account.region
            ),
            scheme: "internet-facing",
            created_at: days_before(ground.start, 420),
        });
    }
}

fn databases(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .databases
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        let group = format!("{}-params", spec.id);
        let major = spec.version.split('.').next().unwrap_or("16");
        let family = match spec.engine {
            super::Engine::Postgres => format!("postgres{major}"),
            super::Engine::Mysql => format!("mysql{major}.0"),
        };
        account.parameter_groups.push(ParameterGroup {
            arn: account.arn("rds", &format!("pg:{group}")),
            name: group.clone(),
            family,
            source: if spec.max_connections.contains('{') {
                "engine-default"
            } else {
                "user"
            },
            max_connections: spec.max_connections.clone(),
        });
        account.databases.push(Database {
            arn: account.arn("rds", &format!("db:{}", spec.id)),
            id: spec.id.clone(),
            engine: spec.engine,
            engine_version: spec.version.clone(),
            class: spec.class.clone(),
            status: "available",
            parameter_group: group,
            allocated_storage: spec.storage,
            multi_az: spec.multi_az,
            availability_zone: format!("{}a", account.region),
            created_at: days_before(ground.start, 400),
            tags: environment(ground, account),
            limit: spec.admits,
            connections: 0.0,
        });
    }
}

fn caches(ground: &Ground<'_>, account: &mut Account) {
    for spec in ground
        .estate
        .caches
        .iter()
        .filter(|spec| spec.account == account.alias)
    {
        account.caches.push(Cache {
            arn: account.arn("elasticache", &format!("cluster:{}", spec.id)),
            id: spec.id.clone(),
            replication_group: spec.id.trim_end_matches("-001").to_owned(),
            engine: "redis",
            engine_version: "7.1.0",
            node_type: spec.node_type.clone(),
            status: "available",
            created_at: days_before(ground.start, 390),
        });
    }
}

/// The `environment` tag of the account's first cluster.
fn environment(ground: &Ground<'_>, account: &Account) -> Tags {
    let clusters = ground.estate.clusters.iter();
    clusters
        .filter(|spec| spec.account == account.alias)
        .take(1)
        .map(|spec| ("environment".to_owned(), spec.environment.clone()))
        .collect()
}

fn service(ground: &Ground<'_>, account: &mut Account, spec: &ServiceSpec) {
    let mut dice = Dice::new(ground.seed, &format!("{}/{}", spec.cluster, spec.name));
    let family = format!("{}-{}", spec.cluster, spec.name);
    let previous = task_definition(
        ground,
        account,
        spec,
        (&family, spec.revision - 1),
        &mut dice,
    );
    let current = task_definition(ground, account, spec, (&family, spec.revision), &mut dice);
    let target_group = target_group(account, spec, &mut dice);
    let mut service = bare(ground, account, spec, dice);
    service.task_definition.clone_from(&current.arn);
    service.target_group = target_group.as_ref().map(|group| group.arn.clone());
    settled(&mut service, &current, ground.start);
    account.log_groups.push(LogGroup {
        arn: account.arn(
            "logs",
            &format!("log-group:{}", current.container.log_group),
        ),
        name: current.container.log_group.clone(),
        created_at: service.created_at,
        retention_days: Some(30),
        streams: Vec::new(),
        voice: Voice {
            service: spec.name.clone(),
            json: spec.json,
        },
    });
    if let Some(mut group) = target_group {
        health::register(&mut service, &mut group, ground.start);
        account.target_groups.push(group);
    }
    service.events.clear();
    past(&mut service, ground.start);
    account.task_definitions.extend([previous, current]);
    account.services.push(service);
}

fn task_definition(
    ground: &Ground<'_>,
    account: &Account,
    spec: &ServiceSpec,
    (family, revision): (&str, u32),
    dice: &mut Dice,
) -> TaskDefinition {
    let repository = format!("{}.dkr.ecr.{}.amazonaws.com", account.id, account.region);
    let older = i64::from(spec.revision - revision);
    let tag = if older == 0 {
        spec.tag.clone()
    } else {
        format!("{}-{older}", spec.tag)
    };
    TaskDefinition {
        arn: account.arn("ecs", &format!("task-definition/{family}:{revision}")),
        family: family.to_owned(),
        revision,
        cpu: spec.cpu_units,
        memory: spec.mebibytes,
        execution_role: format!("arn:aws:iam::{}:role/ecs-execution", account.id),
        task_role: format!("arn:aws:iam::{}:role/{}-task", account.id, spec.name),
        registered_at: days_before(ground.start, 2 + 5 * older),
        registered_by: format!("arn:aws:sts::{}:assumed-role/ci/deploy", account.id),
        container: ContainerDefinition {
            name: spec.name.clone(),
            image: format!("{repository}/{}:{tag}", spec.name),
            digest: format!("sha256:{}", dice.hex(64)),
            port: 8080,
            log_group: format!("/ecs/{}/{}", spec.cluster, spec.name),
            log_prefix: "ecs".to_owned(),
            health_check: spec.health_check.then(|| {
                [
                    "CMD-SHELL",
                    "wget -q -O- http://localhost:8080/health || exit 1",
                ]
                .map(str::to_owned)
                .to_vec()
            }),
            environment: vec![("LOG_LEVEL".to_owned(), "info".to_owned())],
        },
    }
}

fn target_group(account: &Account, spec: &ServiceSpec, dice: &mut Dice) -> Option<TargetGroup> {
    let balancer = spec.balancer.as_ref()?;
    let balancer = account
        .load_balancers
        .iter()
        .find(|found| found.name == *balancer)?;
    let name = format!("{}-{}", spec.cluster, spec.name);
    let dimension = format!("targetgroup/{name}/{}", dice.hex(16));
    Some(TargetGroup {
        arn: account.arn("elasticloadbalancing", &dimension),
        name,
        dimension,
        load_balancer: balancer.arn.clone(),
        service: account.arn("ecs", &format!("service/{}/{}", spec.cluster, spec.name)),
        port: 8080,
        health_check_path: "/health".to_owned(),
        health_check_interval: 15,
        health_check_timeout: 5,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
        targets: Vec::new(),
    })
}

/// A service without tasks, deployments and events.
fn bare(ground: &Ground<'_>, account: &Account, spec: &ServiceSpec, mut dice: Dice) -> Service {
    let mut tags = spec.tags.clone();
    let environment = ground
        .estate
        .clusters
        .iter()
        .find(|cluster| cluster.name == spec.cluster);
    tags.extend(environment.map(|c| ("environment".to_owned(), c.environment.clone())));
    Service {
        arn: account.arn("ecs", &format!("service/{}/{}", spec.cluster, spec.name)),
        name: spec.name.clone(),
        cluster_arn: account.arn("ecs", &format!("cluster/{}", spec.cluster)),
        cluster: spec.cluster.clone(),
        status: "ACTIVE",
        desired: spec.desired,
        task_definition: String::new(),
        created_at: days_before(ground.start, dice.seconds(60, 380)),
        created_by: format!("arn:aws:iam::{}:role/terraform", account.id),
        scheduling_strategy: "REPLICA",
        controller: "ECS",
        launch_type: "FARGATE",
        platform_version: "LATEST",
        enable_execute_command: spec.exec,
        grace_seconds: if spec.balancer.is_some() { 60 } else { 0 },
        minimum_healthy_percent: spec.percents[0],
        maximum_percent: spec.percents[1],
        breaker: spec.breaker,
        rollback: spec.breaker,
        deployment_alarms: spec.deployment_alarms.clone(),
        target_group: None,
        container: spec.name.clone(),
        port: 8080,
        subnets: (0..3)
            .map(|zone| format!("subnet-0{zone}a1b2c3d4e5f6a7b"))
            .collect(),
        security_groups: vec!["sg-0123456789abcdef0".to_owned()],
        tags,
        deployments: Vec::new(),
        service_deployments: Vec::new(),
        events: VecDeque::new(),
        tasks: Vec::new(),
        nature: nature(spec),
        said: HashMap::new(),
        motion: Motion::at_rest(ground.start),
        dice,
    }
}

fn nature(spec: &ServiceSpec) -> Nature {
    Nature {
        rpm: spec.rpm,
        p50: spec.p50,
        cpu: spec.cpu,
        memory: spec.memory,
        lines: spec.lines,
        database: spec.database.clone(),
        pool: spec.pool,
        cache: spec.cache.clone(),
        health_check: spec.health_check,
    }
}

/// A deployment completed two days ago, with all its tasks running since.
fn settled(service: &mut Service, definition: &TaskDefinition, start: Timestamp) {
    let begun = days_before(start, 2) + SignedDuration::from_secs(service.dice.seconds(0, 40_000));
    let done = begun + SignedDuration::from_secs(service.dice.seconds(150, 320));
    let id = format!("ecs-svc/{}", service.dice.digits(19));
    let word = service.dice.digits(19);
    let revision = service.sibling_arn("service-revision", &format!("{}/{word}", service.name));
    service.deployments.push(Deployment {
        id: id.clone(),
        status: DeploymentStatus::Primary,
        task_definition: definition.arn.clone(),
        desired: service.desired,
        failed_tasks: 0,
        created_at: begun,
        updated_at: done,
        rollout: RolloutState::Completed,
        rollout_reason: format!("ECS deployment {id} completed."),
        service_revision: revision.clone(),
        image_digest: definition.container.digest.clone(),
    });
    let word = service.dice.word(21);
    service.service_deployments.push(ServiceDeployment {
        arn: service.sibling_arn("service-deployment", &format!("{}/{word}", service.name)),
        service_arn: service.arn.clone(),
        cluster_arn: service.cluster_arn.clone(),
        deployment: id.clone(),
        status: ServiceDeploymentStatus::Successful,
        status_reason: None,
        created_at: begun,
        started_at: begun,
        finished_at: Some(done),
        stopped_at: None,
        updated_at: done,
        source_revision: None,
        target_revision: revision,
        breaker: service.breaker,
        failure_count: 0,
        threshold: crate::sim::step::rollout::threshold(service.desired),
        triggered: false,
        rollback: None,
        by: definition.registered_by.clone(),
    });
    for _ in 0..service.desired {
        task::settle(service, definition, &id, begun);
    }
}

/// The steady-state events of the hours before, one every six.
fn past(service: &mut Service, start: Timestamp) {
    if service.desired == 0 {
        return;
    }
    let offset = service.dice.seconds(0, 6 * 3600);
    for hours in [24, 18, 12, 6] {
        let at = start - SignedDuration::from_secs(hours * 3600 - offset);
        if at < start {
            service.say(at, "has reached a steady state.");
            service.motion.steady_said = Some(at);
        }
    }
}
