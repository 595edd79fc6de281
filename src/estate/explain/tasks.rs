//! Tasks, stops, targets, and all of them by zone.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Of;
use crate::estate::Timestamp;
use crate::estate::dossier::{Target, TargetGroup};
use crate::estate::id::TaskArn;
use crate::estate::stops::stop;
use crate::estate::task::Task;
use crate::estate::text::Text;

/// A task that lives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskLine {
    /// The task.
    pub task: TaskArn,
    /// AWS's word for where it is in its life.
    pub status: Text,
    /// AWS's word for its health.
    pub health: Text,
    /// Its zone.
    pub zone: Option<Text>,
    /// When it reached RUNNING.
    pub started: Option<Timestamp>,
    /// The revision it runs.
    pub label: Text,
    /// What the load balancer thinks of it (`healthy`), where it has a target.
    pub target: Option<Text>,
    /// The same with its reason.
    pub target_words: Option<String>,
    /// Whether the load balancer says that something is wrong.
    pub target_unhealthy: bool,
}

/// A task that stopped.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stopped {
    /// The task.
    pub task: TaskArn,
    /// When it had stopped.
    pub at: Option<Timestamp>,
    /// Its zone.
    pub zone: Option<Text>,
    /// The revision it ran.
    pub label: Text,
    /// `OutOfMemory (137)`.
    pub words: String,
    /// Whether a service in good order has none of these.
    pub abnormal: bool,
    /// The exit code of the container that ended it, where one did.
    pub exit: Option<i32>,
    /// AWS's own words.
    pub reason: Text,
    /// What first-level operations do about it.
    pub hint: &'static str,
}

/// One Availability Zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// `eu-central-1b`; empty for tasks whose zone nobody tells.
    pub name: Text,
    /// Tasks in RUNNING.
    pub running: usize,
    /// Tasks on their way.
    pub pending: usize,
    /// Tasks whose own health check fails.
    pub unhealthy: usize,
    /// Healthy targets.
    pub targets_healthy: usize,
    /// Targets with something wrong.
    pub targets_unhealthy: usize,
    /// Abnormal stops that are remembered.
    pub stops: usize,
}

impl Zone {
    fn has_trouble(&self) -> bool {
        self.unhealthy > 0 || self.targets_unhealthy > 0 || self.stops > 0
    }
}

impl Of<'_> {
    pub(super) fn tasks(&self) -> Vec<TaskLine> {
        let known = self.place.tasks.get(&self.service.arn);
        let alive = known.iter().flat_map(|one| &one.tasks);
        let alive = alive.filter(|task| &*task.last_status != "STOPPED");
        let mut lines: Vec<TaskLine> = alive.map(|task| self.line(task)).collect();
        lines.sort_by(|a, b| (&a.zone, b.started, &a.task).cmp(&(&b.zone, a.started, &b.task)));
        lines
    }

    fn line(&self, task: &Task) -> TaskLine {
        let target = self.target_of(task);
        TaskLine {
            task: task.arn.clone(),
            status: task.last_status.clone(),
            health: task.health.clone(),
            zone: task.zone.clone(),
            started: task.started_at,
            label: task.task_definition.label().into(),
            target: target.map(|one| one.state.clone()),
            target_words: target.map(Target::words),
            target_unhealthy: target.is_some_and(Target::is_unhealthy),
        }
    }

    /// The target of a task: the one with its address, the worst if it has several.
    fn target_of(&self, task: &Task) -> Option<&Target> {
        let address = task.address.as_ref()?;
        let groups = self.dossier.targets.all().iter();
        let own = groups.flat_map(|group| &group.targets);
        let own = own.filter(|target| target.id == *address);
        own.min_by_key(|target| (!target.is_unhealthy(), target.is_healthy()))
    }

    pub(super) fn stops(&self) -> Vec<Stopped> {
        let remembered = self.place.stops.iter();
        let own =
            remembered.filter(|task| task.belongs_to(&self.service.arn, &self.service.cluster));
        own.map(|task| {
            let why = stop(task);
            let codes = task.containers.iter().filter_map(|one| one.exit_code);
            Stopped {
                task: task.arn.clone(),
                at: task.stopped_at,
                zone: task.zone.clone(),
                label: task.task_definition.label().into(),
                words: why.words,
                abnormal: why.abnormal,
                exit: codes.max_by_key(|code| *code != 0),
                reason: task.stopped_reason.clone().unwrap_or_default(),
                hint: why.hint,
            }
        })
        .collect()
    }
}

/// Tasks, targets and stops by zone, in the order of their names.
pub(super) fn zones(tasks: &[TaskLine], stops: &[Stopped], groups: &[TargetGroup]) -> Vec<Zone> {
    let mut zones: BTreeMap<Text, Zone> = BTreeMap::new();
    let mut of = |name: &Option<Text>, count: &dyn Fn(&mut Zone)| {
        let name = name.clone().unwrap_or_default();
        let zone = zones.entry(name.clone()).or_insert_with(|| Zone {
            name,
            ..Zone::default()
        });
        count(zone);
    };
    for task in tasks {
        of(&task.zone, &|zone| {
            if &*task.status == "RUNNING" {
                zone.running += 1;
            } else {
                zone.pending += 1;
            }
            zone.unhealthy += usize::from(&*task.health == "UNHEALTHY");
        });
    }
    for target in groups.iter().flat_map(|group| &group.targets) {
        of(&target.zone, &|zone| {
            zone.targets_healthy += usize::from(target.is_healthy());
            zone.targets_unhealthy += usize::from(target.is_unhealthy());
        });
    }
    for stop in stops.iter().filter(|stop| stop.abnormal) {
        of(&stop.zone, &|zone| zone.stops += 1);
    }
    zones.into_values().collect()
}

/// One sentence when one of several zones has all the trouble there is.
pub(super) fn zone_trouble(zones: &[Zone]) -> Option<String> {
    let named: Vec<&Zone> = zones.iter().filter(|zone| !zone.name.is_empty()).collect();
    let mut sick = named.iter().filter(|zone| zone.has_trouble());
    let (only, more) = (sick.next()?, sick.next());
    if named.len() < 2 || more.is_some() {
        return None;
    }
    let mut said = Vec::new();
    if only.targets_unhealthy > 0 {
        let all = only.targets_healthy + only.targets_unhealthy;
        said.push(format!(
            "{} of {all} targets unhealthy",
            only.targets_unhealthy
        ));
    }
    if only.unhealthy > 0 {
        said.push(format!(
            "{} of {} tasks unhealthy",
            only.unhealthy, only.running
        ));
    }
    if only.stops > 0 {
        said.push(crate::estate::words::counted(only.stops, "abnormal stop"));
    }
    Some(format!(
        "all trouble is in {}: {}",
        only.name,
        said.join(", ")
    ))
}
