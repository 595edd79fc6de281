//! An ECS service as `DescribeServices` sees it, with its tasks beneath it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::deployment::Strategy;
use super::{Deployment, ServiceDeployment, ServiceDeploymentStatus, Task, TaskStatus, dice::Dice};

/// Tags of a resource, by key.
pub type Tags = BTreeMap<String, String>;

/// The most events a service keeps.
pub const EVENTS_KEPT: usize = 100;

/// An ECS service.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in AWS's answer"
)]
pub struct Service {
    /// `arn:aws:ecs:…:service/{cluster}/{name}`.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// The cluster's ARN.
    pub cluster_arn: String,
    /// The cluster's name.
    pub cluster: String,
    /// `ACTIVE`; nothing in this world is ever deleted.
    pub status: &'static str,
    /// How many tasks are wanted.
    pub desired: u32,
    /// The task definition of the primary deployment, as an ARN.
    pub task_definition: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The role that created it, as an ARN.
    pub created_by: String,
    /// `REPLICA`.
    pub scheduling_strategy: &'static str,
    /// `deploymentController.type`: `ECS`.
    pub controller: &'static str,
    /// `FARGATE`.
    pub launch_type: &'static str,
    /// `LATEST`.
    pub platform_version: &'static str,
    /// Whether new tasks allow ECS Exec.
    pub enable_execute_command: bool,
    /// `healthCheckGracePeriodSeconds`; zero without a load balancer.
    pub grace_seconds: u32,
    /// `minimumHealthyPercent`.
    pub minimum_healthy_percent: u32,
    /// `maximumPercent`.
    pub maximum_percent: u32,
    /// `deploymentCircuitBreaker.enable`.
    pub breaker: bool,
    /// `deploymentCircuitBreaker.rollback`.
    pub rollback: bool,
    /// Names of the deployment alarms (enable and rollback), if any.
    pub deployment_alarms: Vec<String>,
    /// The target group it registers with, as an ARN.
    pub target_group: Option<String>,
    /// The other one of a service whose deployments go by stages: its tasks and those of the next
    /// deployment take turns.
    pub alternate_group: Option<String>,
    /// How its deployments go.
    pub strategy: Strategy,
    /// `resourceManagementType`: whether ECS manages it and its load balancer as one.
    pub express: bool,
    /// Whether AWS keeps the instances it runs on; the capacity provider stands in place of the
    /// launch type then.
    pub managed: bool,
    /// The essential container's name.
    pub container: String,
    /// The port behind the load balancer.
    pub port: u16,
    /// Subnets of its tasks, one for each zone.
    pub subnets: Vec<String>,
    /// Security groups of its tasks.
    pub security_groups: Vec<String>,
    /// Its tags.
    pub tags: Tags,
    /// `deployments[]`, the primary first.
    pub deployments: Vec<Deployment>,
    /// Service deployments, the newest first.
    pub service_deployments: Vec<ServiceDeployment>,
    /// Events, the newest first, at most [`EVENTS_KEPT`].
    pub events: VecDeque<ServiceEvent>,
    /// Tasks that live, and those that stopped within the last hour.
    pub tasks: Vec<Task>,
    pub(in crate::sim) nature: Nature,
    pub(in crate::sim) said: HashMap<String, Timestamp>,
    pub(in crate::sim) motion: Motion,
    pub(in crate::sim) dice: Dice,
}

/// What a service is like, whatever happens to it: the scenario's numbers.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Nature {
    /// Requests per minute at noon.
    pub rpm: f64,
    /// Median response time in milliseconds.
    pub p50: f64,
    /// CPU at the usual load, percent.
    pub cpu: f64,
    /// Memory at the usual load, percent.
    pub memory: f64,
    /// Log lines per second of the whole service at the usual load.
    pub lines: f64,
    /// Seconds one line in a hundred is late where lines are counted.
    pub late: i64,
    /// Database it uses, by identifier.
    pub database: Option<String>,
    /// Connections of one task's pool.
    pub pool: f64,
    /// Cache it uses, by identifier.
    pub cache: Option<String>,
    /// Whether a container health check is defined.
    pub health_check: bool,
    /// Seconds it needs after `RUNNING` until it answers.
    pub warm: i64,
}

/// Where a service is in its own motion.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Motion {
    /// When it next has something to do.
    pub due: Timestamp,
    /// Nothing is started before this moment (scheduler back-off).
    pub start_after: Timestamp,
    /// When it last said that it is steady.
    pub steady_said: Option<Timestamp>,
    /// Whether it was steady at its last step.
    pub steady: bool,
    /// The share of requests that end in a target's 5xx this minute.
    pub errors: f64,
    /// How many times slower than usual it answers this minute.
    pub slowness: f64,
    /// Requests that reached a target in the last minute.
    pub requests: f64,
    /// Requests that found no target (503).
    pub rejected: f64,
    /// Requests whose target went away (502).
    pub broken: f64,
    /// How hard its database makes it wait, from 0 to 1.
    pub strain: f64,
    /// A slow noise around one.
    pub drift: f64,
    /// Lines owed to the log.
    pub owed: f64,
    /// What its tasks die of.
    pub curse: Option<Curse>,
    /// Connections leaked a minute, all tasks together.
    pub leak: f64,
    /// When a task was last started or stopped.
    pub stirred: Timestamp,
    /// The deployment does not complete before this moment.
    pub settle: Timestamp,
    /// How often a target fails, and when the next one does.
    pub flap: Option<(i64, Timestamp)>,
    /// Nobody asks it for anything.
    pub deserted: bool,
    /// Requests a minute whose connection it closes too early.
    pub mismatch: f64,
    /// Requests a minute that wait longer than the load balancer does.
    pub hangs: f64,
    /// Of those of this minute, the ones the load balancer gave up.
    pub hung: f64,
    /// A zone in which nothing can be placed.
    pub closed_zone: Option<String>,
}

/// What tasks of one task definition die of, while a scenario says so.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Curse {
    /// The task definition, as an ARN.
    pub task_definition: String,
    /// Seconds they live.
    pub after: i64,
    /// Give or take as many.
    pub spread: i64,
    /// The exit code.
    pub exit: i32,
    /// The container's reason.
    pub reason: Option<String>,
    /// They do not reach `RUNNING`.
    pub early: bool,
    /// They are never started: `stoppedReason`.
    pub refusal: Option<String>,
    /// Seconds the scheduler waits after each.
    pub pause: i64,
}

impl Motion {
    /// At rest since `now`.
    pub(in crate::sim) fn at_rest(now: Timestamp) -> Self {
        Self {
            due: now,
            start_after: now,
            steady_said: None,
            steady: true,
            errors: 0.0,
            slowness: 1.0,
            requests: 0.0,
            rejected: 0.0,
            broken: 0.0,
            strain: 0.0,
            drift: 1.0,
            owed: 0.0,
            curse: None,
            leak: 0.0,
            stirred: now,
            settle: now,
            flap: None,
            deserted: false,
            mismatch: 0.0,
            hangs: 0.0,
            hung: 0.0,
            closed_zone: None,
        }
    }
}

/// One line of `events[]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceEvent {
    /// A stable id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// What, in AWS's words.
    pub message: String,
}

impl Service {
    /// Tasks in `RUNNING`.
    pub fn running(&self) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.status == TaskStatus::Running)
            .count()
    }

    /// Tasks on their way to `RUNNING`.
    pub fn pending(&self) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.status.is_pending())
            .count()
    }

    /// The ARN of something that belongs to this service's cluster: `…:{kind}/{cluster}/{id}`.
    pub(in crate::sim) fn sibling_arn(&self, kind: &str, id: &str) -> String {
        let root = self.arn.split(":service/").next().unwrap_or_default();
        format!("{root}:{kind}/{}/{id}", self.cluster)
    }

    /// Adds an event.
    pub(in crate::sim) fn say(&mut self, at: Timestamp, words: &str) {
        let message = format!("(service {}) {words}", self.name);
        self.events.push_front(ServiceEvent {
            id: self.dice.uuid(),
            at,
            message,
        });
        self.events.truncate(EVENTS_KEPT);
    }

    /// Adds an event unless the same was said within six hours and its cause was not resolved
    /// since, as ECS does.
    pub(in crate::sim) fn say_once(&mut self, at: Timestamp, words: &str) {
        let silence = SignedDuration::from_hours(6);
        if self
            .said
            .get(words)
            .is_some_and(|said| at.duration_since(*said) < silence)
        {
            return;
        }
        self.said.insert(words.to_owned(), at);
        self.say(at, words);
    }

    /// The primary deployment.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments.first()
    }

    /// The target group a task registers with: its deployment's.
    pub(in crate::sim) fn group_of(&self, task: &Task) -> Option<&str> {
        let mut deployments = self.deployments.iter();
        let own = deployments.find(|one| one.id == task.started_by);
        let group = own.and_then(|one| one.target_group.as_ref());
        group.or(self.target_group.as_ref()).map(String::as_str)
    }

    /// The share of its requests that reaches a target group, from 0 to 1.
    pub(in crate::sim) fn share_of(&self, group: &str) -> f64 {
        let (Some(_), Some(primary)) = (&self.alternate_group, self.primary()) else {
            return 1.0;
        };
        let current = self.service_deployments.first();
        let shifting = current.filter(|one| {
            one.status == ServiceDeploymentStatus::InProgress && one.deployment == primary.id
        });
        let share = shifting.map_or(1.0, |one| one.share / 100.0);
        if primary.target_group.as_deref() == Some(group) {
            share
        } else {
            1.0 - share
        }
    }

    /// Running, pending and failed tasks of one deployment: its counts in `deployments[]`.
    pub fn running_of(&self, deployment: &str) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.started_by == deployment && task.status == TaskStatus::Running)
            .count()
    }

    /// Tasks of one deployment on their way to `RUNNING`.
    pub fn pending_of(&self, deployment: &str) -> usize {
        self.tasks
            .iter()
            .filter(|task| task.started_by == deployment && task.status.is_pending())
            .count()
    }
}
