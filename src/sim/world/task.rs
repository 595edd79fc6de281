//! A task and its containers.

use jiff::Timestamp;
use strum::AsRefStr;

/// `lastStatus` of a task, in the order of its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskStatus {
    /// The network interface is being made.
    Provisioning,
    /// Images are being pulled.
    Pending,
    /// Containers start, targets are registered.
    Activating,
    /// All containers run.
    Running,
    /// Targets are being deregistered.
    Deactivating,
    /// SIGTERM was sent.
    Stopping,
    /// The network interface is being removed.
    Deprovisioning,
    /// Over. Kept for one hour.
    Stopped,
}

impl TaskStatus {
    /// Not yet running.
    pub fn is_pending(self) -> bool {
        self < Self::Running
    }
}

/// `healthStatus` of a container or a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Health {
    /// Being evaluated, or no check is defined.
    Unknown,
    /// The container's health check passes.
    Healthy,
    /// The container's health check fails.
    Unhealthy,
}

/// `stopCode` of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
pub enum StopCode {
    /// It never started.
    TaskFailedToStart,
    /// An essential container ended.
    EssentialContainerExited,
    /// The service scheduler wanted it so.
    ServiceSchedulerInitiated,
    /// Somebody called `StopTask`.
    UserInitiated,
}

/// One container of a task.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its ARN.
    pub arn: String,
    /// Its name in the task definition.
    pub name: String,
    /// The image with its tag.
    pub image: String,
    /// `sha256:…`.
    pub image_digest: String,
    /// 64 hex digits and a dash.
    pub runtime_id: String,
    /// Its health.
    pub health: Health,
    /// Set once it ended.
    pub exit_code: Option<i32>,
    /// Why it ended, if there is more to say than a code.
    pub reason: Option<String>,
}

/// An ECS task.
#[derive(Debug, Clone)]
pub struct Task {
    /// `arn:aws:ecs:…:task/{cluster}/{id}`.
    pub arn: String,
    /// The last part of the ARN: 32 hex digits.
    pub id: String,
    /// The cluster's ARN.
    pub cluster_arn: String,
    /// `service:{name}`.
    pub group: String,
    /// Its task definition as an ARN.
    pub task_definition: String,
    /// The deployment that started it: `ecs-svc/…`.
    pub started_by: String,
    /// `lastStatus`.
    pub status: TaskStatus,
    /// Whether ECS wants it to run (`desiredStatus` `RUNNING` or `STOPPED`).
    pub wanted: bool,
    /// `eu-central-1a`.
    pub availability_zone: String,
    /// Its address, which is the target id too.
    pub private_ip: String,
    /// Its network interface.
    pub network_interface: String,
    /// CPU units.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
    /// Whether ECS Exec works in it.
    pub enable_execute_command: bool,
    /// Its one container.
    pub container: Container,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it reached `RUNNING`.
    pub started_at: Option<Timestamp>,
    /// When the pull began.
    pub pull_started_at: Option<Timestamp>,
    /// When the pull ended.
    pub pull_stopped_at: Option<Timestamp>,
    /// When ECS began to stop it.
    pub stopping_at: Option<Timestamp>,
    /// When its container ended.
    pub execution_stopped_at: Option<Timestamp>,
    /// When it reached `STOPPED`.
    pub stopped_at: Option<Timestamp>,
    /// How it came to stop.
    pub stop_code: Option<StopCode>,
    /// The same in words.
    pub stopped_reason: Option<String>,
    /// The log stream of its container.
    pub log_stream: String,
    pub(in crate::sim) fate: Fate,
}

/// What will become of a task.
#[derive(Debug, Clone, Default)]
pub(in crate::sim) struct Fate {
    /// When its status next changes by itself.
    pub next: Option<Timestamp>,
    /// When its target answers the health check.
    pub healthy_at: Option<Timestamp>,
    /// It dies of this.
    pub doom: Option<Doom>,
    /// Its instance's agent is silent since.
    pub silent: Option<Timestamp>,
    /// Its target fails the health check since.
    pub failing: Option<Timestamp>,
    /// `UpdateTaskProtection`: ECS does not stop it before.
    pub protected_until: Option<Timestamp>,
    /// Database connections it has leaked.
    pub leaked: f64,
}

/// An end that is coming.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Doom {
    /// When.
    pub at: Timestamp,
    /// The container's exit code.
    pub exit: i32,
    /// The container's reason.
    pub reason: Option<String>,
    /// It was never started: `stoppedReason`.
    pub refusal: Option<String>,
    /// The scheduler waits so many seconds after it.
    pub pause: i64,
}

impl Task {
    /// Protects it from being stopped, or not any more.
    pub const fn protect(&mut self, until: Option<Timestamp>) {
        self.fate.protected_until = until;
    }

    /// Until when ECS may not stop it, if it is protected at `now`.
    pub fn protection(&self, now: Timestamp) -> Option<Timestamp> {
        self.fate.protected_until.filter(|until| *until > now)
    }

    /// `desiredStatus`.
    pub const fn desired_status(&self) -> &'static str {
        if self.wanted { "RUNNING" } else { "STOPPED" }
    }
}
