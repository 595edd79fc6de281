//! The questions the wire asks, answered as AWS would at the world's own time.

use jiff::Timestamp;

use super::{
    Account, LogEvent, LogGroup, Service, ServiceDeployment, Statistic, TargetGroup, Task,
    TaskDefinition, World,
    log::{Said, Spoken},
};

/// One value of `GetMetricData`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The start of its period.
    pub at: Timestamp,
    /// The value of the statistic asked for.
    pub value: f64,
}

/// Which points of which metric.
#[derive(Debug, Clone, Copy)]
pub struct MetricQuery<'a> {
    /// `AWS/ECS`.
    pub namespace: &'a str,
    /// `CPUUtilization`.
    pub name: &'a str,
    /// Names and values, in any order.
    pub dimensions: &'a [(&'a str, &'a str)],
    /// The statistic.
    pub statistic: Statistic,
    /// The start, included.
    pub from: Timestamp,
    /// The end, excluded.
    pub to: Timestamp,
    /// Seconds, a multiple of sixty.
    pub period: u32,
}

/// Which events of which log group.
#[derive(Debug, Clone, Copy)]
pub struct LogQuery<'a> {
    /// The group's name.
    pub group: &'a str,
    /// Only these streams; all of them when empty.
    pub streams: &'a [String],
    /// Only streams whose name begins so; empty for all.
    pub prefix: &'a str,
    /// The start, included (event time).
    pub from: Timestamp,
    /// The end, excluded (event time).
    pub to: Timestamp,
}

impl Account {
    /// The services of a cluster (its ARN or name), in order of creation.
    pub fn services_of(&self, cluster: &str) -> impl Iterator<Item = &Service> {
        let name = tail(cluster).to_owned();
        self.services
            .iter()
            .filter(move |service| service.cluster == name)
    }

    /// A service by ARN, or by name within a cluster (its ARN or name).
    pub fn service(&self, cluster: &str, service: &str) -> Option<&Service> {
        self.services_of(cluster)
            .find(|found| found.arn == service || found.name == service)
    }

    /// A service by ARN.
    pub fn service_by_arn(&self, arn: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.arn == arn)
    }

    pub(in crate::sim) fn service_mut(&mut self, arn: &str) -> Option<&mut Service> {
        self.services.iter_mut().find(|service| service.arn == arn)
    }

    /// The tasks of a cluster (its ARN or name), or of one service in it (ARN or name), that are
    /// wanted or not: what `ListTasks` lists for a `desiredStatus`.
    pub fn tasks(&self, cluster: &str, service: Option<&str>, wanted: bool) -> Vec<&Task> {
        self.services_of(cluster)
            .filter(|found| {
                service.is_none_or(|name| found.arn == name || found.name == tail(name))
            })
            .flat_map(|service| &service.tasks)
            .filter(|task| task.wanted == wanted)
            .collect()
    }

    /// A task by ARN or id.
    pub fn task(&self, task: &str) -> Option<&Task> {
        let id = tail(task);
        self.services
            .iter()
            .flat_map(|service| &service.tasks)
            .find(|task| task.id == id)
    }

    /// A task definition by ARN, `family:revision`, or family (then its newest revision).
    pub fn task_definition(&self, name: &str) -> Option<&TaskDefinition> {
        let short = tail(name);
        match short.split_once(':') {
            Some((family, revision)) => self
                .task_definitions
                .iter()
                .find(|found| found.family == family && revision.parse() == Ok(found.revision)),
            None => self
                .task_definitions
                .iter()
                .filter(|found| found.family == short)
                .max_by_key(|found| found.revision),
        }
    }

    /// A service deployment by ARN.
    pub fn service_deployment(&self, arn: &str) -> Option<&ServiceDeployment> {
        self.services
            .iter()
            .flat_map(|service| &service.service_deployments)
            .find(|deployment| deployment.arn == arn)
    }

    /// The log groups of this name: services that share one write into one each.
    pub fn log_groups_named(&self, name: &str) -> Vec<&LogGroup> {
        let groups = self.log_groups.iter();
        groups.filter(|group| group.name == name).collect()
    }

    /// Whether a service that has a database too asks it for what its cache has thrown out.
    pub(in crate::sim) fn is_evicting(&self, service: &Service) -> bool {
        let own = service.nature.cache.as_ref();
        let mut caches = self.caches.iter();
        let cache = caches.find(|found| Some(&found.id) == own);
        service.nature.database.is_some() && cache.is_some_and(|cache| cache.evicting.is_some())
    }

    /// A target group by ARN.
    pub fn target_group(&self, arn: &str) -> Option<&TargetGroup> {
        self.target_groups.iter().find(|group| group.arn == arn)
    }
}

impl World {
    /// The points of a metric that may be read now, oldest first, gathered into periods. A period
    /// without a point is absent.
    pub fn metric_points(&self, account: &str, query: &MetricQuery<'_>) -> Vec<Sample> {
        let Some(account) = self.account(account) else {
            return Vec::new();
        };
        let period = i64::from(query.period.max(60));
        let name = (query.namespace, query.name, query.dimensions);
        let mut samples: Vec<(i64, Vec<f64>)> = Vec::new();
        let metrics = &account.metrics;
        let before = metrics.before(name, query.from, query.to);
        let since = metrics.visible(name, query.from, query.to, self.now);
        for point in before.iter().chain(since) {
            let start = point.start() - point.start().rem_euclid(period);
            let value = point.value(query.statistic);
            match samples.last_mut() {
                Some((last, values)) if *last == start => values.push(value),
                _ => samples.push((start, vec![value])),
            }
        }
        samples
            .into_iter()
            .filter_map(|(start, values)| {
                let at = Timestamp::from_second(start).ok()?;
                Some(Sample {
                    at,
                    value: gathered(query.statistic, &values),
                })
            })
            .collect()
    }

    /// Log events in order of time. An event that has not been ingested yet is not there. `None`
    /// when there is no such group.
    pub fn log_events(&self, account: &str, query: &LogQuery<'_>) -> Option<Vec<LogEvent>> {
        let lines = self.log_lines(account, query)?;
        Some(lines.iter().filter_map(Spoken::event).collect())
    }

    /// The same, with nothing written out yet.
    pub fn log_lines(&self, account: &str, query: &LogQuery<'_>) -> Option<Vec<Spoken<'_>>> {
        let groups = self.account(account)?.log_groups_named(query.group);
        groups.first()?;
        let (from, to) = (query.from.as_millisecond(), query.to.as_millisecond());
        let now = self.now.as_millisecond();
        let mut events: Vec<Spoken<'_>> = Vec::new();
        for group in groups {
            let streams = group.streams.iter().filter(|stream| {
                (query.streams.is_empty() || query.streams.contains(&stream.name))
                    && stream.name.starts_with(query.prefix)
            });
            for stream in streams {
                let newest = stream.lines.iter().rev();
                let lines = newest.take_while(|line| line.at + DISORDER >= from);
                let lines = lines
                    .filter(|line| from <= line.at && line.at < to)
                    .filter(|line| line.at + i64::from(line.late) <= now);
                let voice = &group.voice;
                let lines = lines.map(Said::Line);
                let written = stream.written.iter();
                let written = written.filter(|one| from <= one.at && one.at < to);
                events.extend(lines.chain(written.map(Said::Written)).map(|said| Spoken {
                    voice,
                    stream,
                    said,
                }));
            }
        }
        events.sort_by(|one, other| {
            let key = |it: &Spoken<'_>| (it.at(), it.bits());
            let same = || one.id().cmp(&other.id());
            key(one).cmp(&key(other)).then_with(same)
        });
        Some(events)
    }
}

/// Lines stand in the order of the ticks that wrote them; within one they have any order.
const DISORDER: i64 = 2_000;

/// The values of several minutes as one.
fn gathered(statistic: Statistic, values: &[f64]) -> f64 {
    let sum: f64 = values.iter().sum();
    match statistic {
        Statistic::Sum | Statistic::SampleCount => sum,
        Statistic::Minimum => values.iter().copied().fold(f64::INFINITY, f64::min),
        Statistic::Maximum => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Statistic::Average | Statistic::P50 | Statistic::P90 | Statistic::P95 | Statistic::P99 => {
            sum / f64::from(u32::try_from(values.len()).unwrap_or(1).max(1))
        }
    }
}

/// What stands after the last slash of an ARN, or the whole name.
pub(in crate::sim) fn tail(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
