//! Metrics of one minute, derived from state and load.

use jiff::Timestamp;

use super::load::number;
use crate::sim::world::{Account, Metrics, Point, Service, TargetGroup, TargetState, TaskStatus};

/// Seconds after the end of a minute until its points can be read, by namespace.
pub(in crate::sim) fn lag(namespace: &str) -> i64 {
    match namespace {
        "AWS/ECS" => 60,
        "AWS/ApplicationELB" => 120,
        _ => 180,
    }
}

/// Values of a minute before they become a point.
#[derive(Debug, Clone, Copy)]
struct Values {
    samples: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
    p50: f64,
    p99: f64,
}

impl Values {
    /// So many of something.
    const fn count(sum: f64) -> Self {
        Self {
            samples: 1.0,
            sum,
            minimum: sum,
            maximum: sum,
            p50: sum,
            p99: sum,
        }
    }

    /// Something around a mean.
    const fn around(mean: f64, minimum: f64, maximum: f64) -> Self {
        Self {
            samples: 1.0,
            sum: mean,
            minimum,
            maximum,
            p50: mean,
            p99: maximum,
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "seven digits are plenty for a chart"
)]
const fn narrow(value: f64) -> f32 {
    value as f32
}

/// Writes into one namespace, for one minute.
struct Pen<'a> {
    metrics: &'a mut Metrics,
    namespace: &'static str,
    now: i64,
}

impl Pen<'_> {
    fn write(&mut self, name: &'static str, dimensions: &[(&str, &str)], values: Values) {
        // Up to a quarter of a minute earlier, a different one for each minute.
        let early = self.now / 60 * 7 % 16;
        self.metrics.record(
            self.namespace,
            name,
            dimensions,
            Point {
                minute: u32::try_from(self.now / 60 - 1).unwrap_or(0),
                lag: u8::try_from(lag(self.namespace) - early).unwrap_or(u8::MAX),
                samples: narrow(values.samples),
                sum: narrow(values.sum),
                minimum: narrow(values.minimum),
                maximum: narrow(values.maximum),
                p50: narrow(values.p50),
                p99: narrow(values.p99),
            },
        );
    }
}

/// Records the minute that ends at `now`.
pub(super) fn record(account: &mut Account, now: Timestamp) {
    let mut metrics = std::mem::take(&mut account.metrics);
    let now = now.as_second();
    let mut pen = Pen {
        metrics: &mut metrics,
        namespace: "AWS/ECS",
        now,
    };
    for service in &mut account.services {
        tasks(&mut pen, service);
    }
    pen.namespace = "ECS/ContainerInsights";
    for service in &account.services {
        let mut clusters = account.clusters.iter();
        let cluster = clusters.find(|cluster| cluster.name == service.cluster);
        if cluster.is_some_and(|cluster| cluster.container_insights == "enabled") {
            insights(&mut pen, service);
        }
    }
    pen.namespace = "AWS/ApplicationELB";
    balancers(&mut pen, account);
    pen.namespace = "AWS/RDS";
    databases(&mut pen, account);
    pen.namespace = "AWS/ElastiCache";
    caches(&mut pen, account);
    account.metrics = metrics;
}

/// CPU and memory of a service; nothing while no task runs.
fn tasks(pen: &mut Pen<'_>, service: &mut Service) {
    let fills: Vec<_> = service
        .tasks
        .iter()
        .filter(|task| task.status == TaskStatus::Running)
        .map(|task| {
            let usual = service.nature.memory;
            let outgrown = task.container.reason.is_none()
                && service
                    .motion
                    .curse
                    .as_ref()
                    .is_some_and(|curse| curse.reason.is_some());
            match (&task.fate.doom, task.started_at) {
                (Some(doom), Some(started)) if outgrown => {
                    let life = (doom.at.as_second() - started.as_second()).max(1);
                    let lived = (pen.now - started.as_second()).clamp(0, life);
                    let ratio = |seconds| f64::from(i32::try_from(seconds).unwrap_or(i32::MAX));
                    usual + (99.6 - usual) * ratio(lived) / ratio(life)
                }
                _ => usual,
            }
        })
        .collect();
    if fills.is_empty() {
        return;
    }
    let load = if service.nature.rpm > 0.0 {
        service.motion.requests / service.nature.rpm
    } else {
        service.motion.drift
    };
    let crowd = f64::from(service.desired).max(1.0) / number(fills.len());
    let cpu = (service.nature.cpu * load * crowd.clamp(0.4, 3.0)).clamp(0.3, 100.0);
    let wobble = service.dice.between(0.98, 1.02);
    let dimensions = [
        ("ClusterName", service.cluster.as_str()),
        ("ServiceName", service.name.as_str()),
    ];
    pen.write(
        "CPUUtilization",
        &dimensions,
        Values::around(cpu * wobble, cpu * 0.7, (cpu * 1.4).min(100.0)),
    );
    let mean = fills.iter().sum::<f64>() / number(fills.len());
    let least = fills.iter().copied().fold(f64::INFINITY, f64::min);
    let most = fills.iter().copied().fold(0.0, f64::max);
    pen.write(
        "MemoryUtilization",
        &dimensions,
        Values::around(mean, least, most),
    );
}

/// What Container Insights adds: tasks, and of Fargate's the disk, in gigabytes.
fn insights(pen: &mut Pen<'_>, service: &Service) {
    let dimensions = [
        ("ClusterName", service.cluster.as_str()),
        ("ServiceName", service.name.as_str()),
    ];
    let running = number(service.running());
    pen.write("RunningTaskCount", &dimensions, Values::count(running));
    if running > 0.0 && service.launch_type == "FARGATE" {
        let used = 4.0 + service.nature.memory / 20.0;
        let used = Values::around(used, used * 0.9, used * 1.1);
        pen.write("EphemeralStorageUtilized", &dimensions, used);
        pen.write(
            "EphemeralStorageReserved",
            &dimensions,
            Values::count(21.47),
        );
    }
}

/// What a load balancer saw, over all its target groups.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    requests: f64,
    errors: f64,
    rejected: f64,
    broken: f64,
    hung: f64,
    seconds: f64,
    p99: f64,
}

fn balancers(pen: &mut Pen<'_>, account: &Account) {
    for balancer in &account.load_balancers {
        let behind: Vec<_> = account
            .target_groups
            .iter()
            .filter(|group| group.load_balancer == balancer.arn)
            .filter_map(|group| Some((group, account.service_by_arn(&group.service)?)))
            .collect();
        let all: f64 = behind
            .iter()
            .map(|(_, service)| service.motion.requests)
            .sum();
        let mut sum = Sum::default();
        for (group, service) in behind {
            let dimensions = [
                ("LoadBalancer", balancer.dimension.as_str()),
                ("TargetGroup", group.dimension.as_str()),
            ];
            let p99 = targets(pen, &dimensions, group, service);
            let motion = &service.motion;
            if service.target_group.as_ref() != Some(&group.arn) {
                continue;
            }
            sum.requests += motion.requests;
            sum.errors += (motion.requests * motion.errors).round();
            sum.rejected += motion.rejected;
            sum.broken += motion.broken;
            sum.hung += motion.hung;
            sum.seconds += motion.requests * mean(service);
            // A percentile over everything: a service counts if enough of the requests are its own.
            if motion.requests > all * 0.015 {
                sum.p99 = sum.p99.max(p99);
            }
        }
        let dimensions = [("LoadBalancer", balancer.dimension.as_str())];
        balancer_points(pen, &dimensions, sum);
    }
}

fn balancer_points(pen: &mut Pen<'_>, dimensions: &[(&str, &str)], sum: Sum) {
    if sum.requests > 0.0 {
        pen.write("RequestCount", dimensions, Values::count(sum.requests));
        let mean = sum.seconds / sum.requests;
        let times = times(sum.requests, mean, mean * 0.7, sum.p99);
        pen.write("TargetResponseTime", dimensions, times);
    }
    let codes = [
        ("HTTPCode_Target_2XX_Count", sum.requests - sum.errors),
        ("HTTPCode_Target_5XX_Count", sum.errors),
        (
            "HTTPCode_ELB_5XX_Count",
            sum.rejected + sum.broken + sum.hung,
        ),
        ("HTTPCode_ELB_502_Count", sum.broken),
        ("HTTPCode_ELB_503_Count", sum.rejected),
        ("HTTPCode_ELB_504_Count", sum.hung),
    ];
    for (name, count) in codes.into_iter().filter(|(_, count)| *count > 0.0) {
        pen.write(name, dimensions, Values::count(count));
    }
}

const fn times(samples: f64, mean: f64, p50: f64, p99: f64) -> Values {
    Values {
        samples,
        sum: mean * samples,
        minimum: p50 * 0.2,
        maximum: p99 * 1.3,
        p50,
        p99,
    }
}

/// Seconds a load balancer waits for a target.
const GIVES_UP: f64 = 60.0;

/// Mean response time in seconds.
fn mean(service: &Service) -> f64 {
    service.nature.p50 / 1000.0 * service.motion.slowness * 1.4
}

/// The points of one target group. Returns its p99 in seconds.
fn targets(
    pen: &mut Pen<'_>,
    dimensions: &[(&str, &str)],
    group: &TargetGroup,
    service: &Service,
) -> f64 {
    let motion = &service.motion;
    let usual = service.nature.p50 / 1000.0 * motion.slowness * 4.5 * motion.drift;
    // The pool gives up after five seconds.
    let p99 = usual + (4.9 - usual).max(0.0) * motion.strain;
    // Where one request in a hundred hangs, the percentile is how long the load balancer waits.
    let hangs = motion.hung * 100.0 > motion.requests;
    let p99 = if hangs { GIVES_UP.max(p99) } else { p99 };
    let requests = (motion.requests * service.share_of(&group.arn)).round();
    if requests > 0.0 {
        pen.write("RequestCount", dimensions, Values::count(requests));
        let p50 = service.nature.p50 / 1000.0 * motion.slowness;
        let times = times(requests, mean(service), p50, p99);
        pen.write("TargetResponseTime", dimensions, times);
        let errors = (requests * motion.errors).round();
        if requests > errors {
            let fine = Values::count(requests - errors);
            pen.write("HTTPCode_Target_2XX_Count", dimensions, fine);
        }
        if errors > 0.0 {
            pen.write(
                "HTTPCode_Target_5XX_Count",
                dimensions,
                Values::count(errors),
            );
        }
    }
    if !group.targets.is_empty() {
        let count = |state| number(group.targets.iter().filter(|it| it.state == state).count());
        let hosts = [
            ("HealthyHostCount", count(TargetState::Healthy)),
            ("UnHealthyHostCount", count(TargetState::Unhealthy)),
        ];
        for (name, hosts) in hosts {
            pen.write(name, dimensions, Values::count(hosts));
        }
    }
    p99
}

fn databases(pen: &mut Pen<'_>, account: &Account) {
    for database in &account.databases {
        let dimensions = [("DBInstanceIdentifier", database.id.as_str())];
        let open = database.connections;
        let open = Values::around(open, (open - 2.0).max(0.0), open);
        pen.write("DatabaseConnections", &dimensions, open);
        let queries: f64 = account
            .services
            .iter()
            .filter(|service| service.nature.database.as_deref() == Some(&database.id))
            .map(|service| service.motion.requests * misses(account, service))
            .sum();
        let cpu = (9.0 + queries / 60.0).min(96.0);
        pen.write(
            "CPUUtilization",
            &dimensions,
            Values::around(cpu, cpu * 0.8, cpu * 1.3),
        );
        let memory = 2.4e9 - database.connections * 3.2e6;
        pen.write(
            "FreeableMemory",
            &dimensions,
            Values::around(memory, memory * 0.98, memory),
        );
        let written = f64::from(i32::try_from(pen.now / 60 % 10_080).unwrap_or(0)) * 90_000.0;
        let storage = f64::from(database.allocated_storage) * 1.073_741_824e9 * 0.62 - written;
        pen.write(
            "FreeStorageSpace",
            &dimensions,
            Values::around(storage, storage, storage),
        );
    }
}

/// How many times the usual a service asks its database while its cache throws out what is needed.
fn misses(account: &Account, service: &Service) -> f64 {
    if account.is_evicting(service) {
        5.6
    } else {
        1.0
    }
}

fn caches(pen: &mut Pen<'_>, account: &Account) {
    for cache in &account.caches {
        let users = account
            .services
            .iter()
            .filter(|service| service.nature.cache.as_deref() == Some(&cache.id));
        let (mut reads, mut clients) = (0.0, 0.0);
        for service in users {
            reads += service.motion.requests * 2.0;
            clients += number(service.running()) * 5.0;
        }
        let dimensions = [
            ("CacheClusterId", cache.id.as_str()),
            ("CacheNodeId", "0001"),
        ];
        let minutes = cache.evicting.map(|at| (pen.now - at.as_second()) / 60);
        let minutes = minutes.map(|count| f64::from(i32::try_from(count).unwrap_or(0)));
        let evictions = minutes.map_or(0.0, |count| (4_000.0 * (count + 1.0)).min(20_000.0));
        let (hits, engine, memory) = match minutes {
            Some(_) => (0.4, 70.0, 100.0),
            None => (0.95, 3.0 + reads / 1500.0, 54.0 + reads / 4000.0),
        };
        let points = [
            ("CurrConnections", clients),
            ("Evictions", evictions),
            ("CacheHits", (reads * hits).round()),
            ("CacheMisses", (reads * (1.0 - hits)).round()),
            ("EngineCPUUtilization", engine),
            ("CPUUtilization", engine * 0.7),
            ("DatabaseMemoryUsagePercentage", memory),
        ];
        for (name, value) in points {
            pen.write(name, &dimensions, Values::count(value));
        }
    }
}
