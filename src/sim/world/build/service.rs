//! A service as it has been for days: task definition, target group, tasks, events.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::{Ground, days_before};
use crate::sim::{
    scenario::{AtRest, ServiceKind, ServiceSpec},
    step::{health, rollout, speech::Voice, task},
    world::{
        Account, ContainerDefinition, LogGroup, Service, ServiceDeployment,
        ServiceDeploymentStatus, StrategyName, Tags, TargetGroup, TaskDefinition,
        dice::Dice,
        service::{Motion, Nature},
    },
};

/// Seconds of a day, and from midnight to 18:02.
const DAY: i64 = 86_400;
const EVENING: i64 = 18 * 3_600 + 2 * 60;

pub(super) fn add(ground: &Ground<'_>, account: &mut Account, spec: &ServiceSpec) {
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
    let family_group = format!("{}-{}", spec.cluster, spec.name);
    let group = target_group(account, spec, &family_group, &mut dice);
    let staged = spec.strategy.name != StrategyName::Rolling;
    let alternate = staged
        .then(|| target_group(account, spec, &format!("{family_group}-2"), &mut dice))
        .flatten();
    let mut service = bare(ground, account, spec, dice);
    service.task_definition.clone_from(&current.arn);
    service.target_group = group.as_ref().map(|group| group.arn.clone());
    service.alternate_group = alternate.as_ref().map(|group| group.arn.clone());
    settled(&mut service, [&previous, &current], ground.start);
    long_ago(ground, &mut service, &previous);
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
            web: spec.rpm > 0.0,
            numbered: spec.numbered,
            page: page(spec),
        },
        counted: 0,
    });
    for mut group in group.into_iter().chain(alternate) {
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
            pushed_at: days_before(ground.start, 2 + 5 * older),
            port: 8080,
            log_group: spec
                .log_group
                .clone()
                .unwrap_or_else(|| format!("/ecs/{}/{}", spec.cluster, spec.name)),
            log_prefix: "ecs".to_owned(),
            health_check: spec.health_check.then(|| {
                [
                    "CMD-SHELL",
                    "wget -q -O- http://localhost:8080/health || exit 1",
                ]
                .map(str::to_owned)
                .to_vec()
            }),
            environment: [("LOG_LEVEL", "info"), ("RELEASE", &tag)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            secrets: spec
                .database
                .iter()
                .map(|database| {
                    let secret = account.arn("secretsmanager", &format!("secret:{database}"));
                    ("DATABASE_URL".to_owned(), secret)
                })
                .collect(),
        },
    }
}

fn target_group(
    account: &Account,
    spec: &ServiceSpec,
    name: &str,
    dice: &mut Dice,
) -> Option<TargetGroup> {
    let balancer = spec.balancer.as_ref()?;
    let balancer = account
        .load_balancers
        .iter()
        .find(|found| found.name == *balancer)?;
    let dimension = format!("targetgroup/{name}/{}", dice.hex(16));
    Some(TargetGroup {
        arn: account.arn("elasticloadbalancing", &dimension),
        name: name.to_owned(),
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

/// What the console writes down when it puts a service to rest: here at 18:02 UTC of the last
/// evening before `start`, so that the story is as old whenever it is told.
fn on_record(one: &AtRest, start: Timestamp) -> String {
    let midnight = start.as_second() - start.as_second().rem_euclid(DAY);
    let evening = [midnight, midnight - DAY]
        .map(|day| day + EVENING)
        .into_iter()
        .find(|evening| *evening <= start.as_second());
    let evening = evening.and_then(|second| Timestamp::from_second(second).ok());
    let evening = evening.unwrap_or(start).strftime("%Y-%m-%dT%H:%MZ");
    format!("v1 d={} at={evening} by={}", one.tasks, one.by)
}

/// Its own tags, its environment's, and what is on record for one that rests.
fn tags(ground: &Ground<'_>, spec: &ServiceSpec) -> Tags {
    let mut tags = spec.tags.clone();
    let mut clusters = ground.estate.clusters.iter();
    let environment = clusters.find(|cluster| cluster.name == spec.cluster);
    tags.extend(environment.map(|c| ("environment".to_owned(), c.environment.clone())));
    let record = spec.at_rest.as_ref();
    tags.extend(record.map(|one| ("firstline:restore".to_owned(), on_record(one, ground.start))));
    tags
}

/// A service without tasks, deployments and events.
fn bare(ground: &Ground<'_>, account: &Account, spec: &ServiceSpec, mut dice: Dice) -> Service {
    let tags = tags(ground, spec);
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
        scheduling_strategy: match spec.kind {
            ServiceKind::Daemon => "DAEMON",
            ServiceKind::Rolling | ServiceKind::CodeDeploy | ServiceKind::External => "REPLICA",
        },
        controller: match spec.kind {
            ServiceKind::CodeDeploy => "CODE_DEPLOY",
            ServiceKind::External => "EXTERNAL",
            ServiceKind::Rolling | ServiceKind::Daemon => "ECS",
        },
        launch_type: match (spec.managed, spec.instances) {
            (true, _) => "MANAGED_INSTANCES",
            (false, true) => "EC2",
            (false, false) => "FARGATE",
        },
        managed: spec.managed,
        express: spec.express,
        strategy: spec.strategy,
        alternate_group: None,
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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped right before"
)]
fn page(spec: &ServiceSpec) -> usize {
    if spec.numbered {
        (spec.lines * 5.0).clamp(100.0, 10_000.0) as usize
    } else {
        10_000
    }
}

fn nature(spec: &ServiceSpec) -> Nature {
    Nature {
        rpm: spec.rpm,
        p50: spec.p50,
        cpu: spec.cpu,
        memory: spec.memory,
        lines: spec.lines,
        late: spec.late,
        database: spec.database.clone(),
        pool: spec.pool,
        cache: spec.cache.clone(),
        health_check: spec.health_check,
        warm: spec.warm_seconds,
    }
}

/// Two deployments of the days before, the tasks of the later one still running.
fn settled(service: &mut Service, definitions: [&TaskDefinition; 2], start: Timestamp) {
    for definition in definitions {
        let while_ago = SignedDuration::from_secs(service.dice.seconds(600, 40_000));
        let begun = definition.registered_at.min(start) + while_ago;
        let took = SignedDuration::from_secs(service.dice.seconds(150, 320));
        rollout::begin(service, definition, &definition.registered_by, begun);
        let id = service
            .primary()
            .map(|primary| primary.id.clone())
            .unwrap_or_default();
        service.tasks.clear();
        for _ in 0..service.desired {
            task::settle(service, definition, &id, begun);
        }
        rollout::finish(service, begun + took);
    }
    service.motion.steady = true;
    service.motion.start_after = start;
    service.motion.settle = start;
}

/// Service deployments of the weeks before, of which one did not work out. They have dice of
/// their own, so that nothing else of the world depends on them.
fn long_ago(ground: &Ground<'_>, service: &mut Service, oldest: &TaskDefinition) {
    let mut dice = Dice::new(ground.seed, &format!("{}/long ago", service.arn));
    let Some(template) = service.service_deployments.last().cloned() else {
        return;
    };
    let failed = dice.seconds(1, 5);
    for older in 1..=6 {
        let Some(revision) = oldest.revision.checked_sub(older).filter(|one| *one > 0) else {
            return;
        };
        let began = template.created_at - SignedDuration::from_hours(30 * i64::from(older));
        let began = began - SignedDuration::from_secs(dice.seconds(0, 40_000));
        let mut one = ServiceDeployment {
            arn: service.sibling_arn(
                "service-deployment",
                &format!("{}/{}", service.name, dice.word(21)),
            ),
            target_revision: service.sibling_arn(
                "service-revision",
                &format!("{}/{}", service.name, dice.digits(19)),
            ),
            source_revision: None,
            task_definition: oldest
                .arn
                .replace(&format!(":{}", oldest.revision), &format!(":{revision}")),
            created_at: began,
            started_at: began,
            finished_at: Some(began + SignedDuration::from_secs(dice.seconds(150, 320))),
            ..template.clone()
        };
        if i64::from(older) == failed && service.breaker {
            one.status = ServiceDeploymentStatus::RollbackSuccessful;
            one.failure_count = one.threshold;
            one.triggered = true;
            one.status_reason = Some(
                "Service deployment rolled back because the circuit breaker threshold was exceeded."
                    .to_owned(),
            );
        }
        one.updated_at = one.finished_at.unwrap_or(began);
        service.service_deployments.push(one);
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
