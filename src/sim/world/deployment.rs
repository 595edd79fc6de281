//! Deployments: the entry in a service's `deployments[]`, and the `ServiceDeployment` beside it.

use jiff::Timestamp;
use serde::Deserialize;
use strum::{AsRefStr, IntoStaticStr};

/// `deployments[].status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DeploymentStatus {
    /// The one that counts.
    Primary,
    /// Still has tasks, on its way out.
    Active,
}

/// `deployments[].rolloutState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RolloutState {
    /// On its way.
    InProgress,
    /// All tasks run and are healthy, no other deployment is left.
    Completed,
    /// The circuit breaker ended it.
    Failed,
}

/// `deploymentConfiguration.strategy`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, AsRefStr, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum StrategyName {
    /// Task by task.
    #[default]
    Rolling,
    /// All traffic at once.
    BlueGreen,
    /// Traffic in equal steps.
    Linear,
    /// A little traffic first, then all.
    Canary,
}

/// How the tasks of one revision give way to those of another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// Its name.
    pub name: StrategyName,
    /// The share of the traffic the first step moves (of a linear one every step), percent.
    #[serde(default)]
    pub percent: f64,
    /// Minutes between two steps.
    #[serde(default)]
    pub step_minutes: i32,
    /// `bakeTimeInMinutes`: both revisions are kept for so long after the traffic has moved.
    #[serde(default)]
    pub bake_minutes: i32,
    /// Whether a hook waits for somebody's approval before traffic moves.
    #[serde(default)]
    pub asks: bool,
}

/// `lifecycleStage` of a service deployment, in their order; those that only test traffic
/// passes are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Stage {
    /// What runs is brought up to what is wanted.
    ReconcileService,
    /// New tasks are started, as many as wanted.
    ScaleUp,
    /// They run; hooks may hold the deployment here.
    PostScaleUp,
    /// Traffic moves to them.
    ProductionTrafficShift,
    /// Both revisions are kept.
    BakeTime,
    /// The old tasks go.
    CleanUp,
}

/// A hook that holds a deployment until somebody answers.
#[derive(Debug, Clone)]
pub struct Hook {
    /// `hookId`.
    pub id: String,
    /// Whether somebody said that it may go on.
    pub approved: bool,
    /// When AWS gives up waiting.
    pub expires_at: Timestamp,
}

/// An entry of `deployments[]`. Its counts are [`super::Service::running_of`] and
/// [`super::Service::pending_of`].
#[derive(Debug, Clone)]
pub struct Deployment {
    /// `ecs-svc/` and nineteen digits.
    pub id: String,
    /// Primary or not.
    pub status: DeploymentStatus,
    /// The task definition as an ARN.
    pub task_definition: String,
    /// How many tasks it should have.
    pub desired: u32,
    /// Consecutive failed starts.
    pub failed_tasks: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Where it is.
    pub rollout: RolloutState,
    /// The same in words.
    pub rollout_reason: String,
    /// Its service revision, as an ARN.
    pub service_revision: String,
    /// The digest its tag resolved to.
    pub image_digest: String,
    /// The target group its tasks register with, as an ARN.
    pub target_group: Option<String>,
}

/// `ServiceDeployment.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ServiceDeploymentStatus {
    /// Not yet begun.
    Pending,
    /// On its way.
    InProgress,
    /// Somebody wants it to end.
    StopRequested,
    /// Ended by somebody, or by the deployment after it.
    Stopped,
    /// Done.
    Successful,
    /// Somebody wants it back.
    RollbackRequested,
    /// On its way back.
    RollbackInProgress,
    /// Back where it was.
    RollbackSuccessful,
    /// It could not go back.
    RollbackFailed,
}

impl ServiceDeploymentStatus {
    /// Nothing more will happen.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Stopped | Self::Successful | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }
}

/// What `DescribeServiceDeployments` returns.
#[derive(Debug, Clone)]
pub struct ServiceDeployment {
    /// `arn:aws:ecs:…:service-deployment/{cluster}/{service}/{id}`.
    pub arn: String,
    /// The service's ARN.
    pub service_arn: String,
    /// The cluster's ARN.
    pub cluster_arn: String,
    /// The [`Deployment`] it carries out, by id.
    pub deployment: String,
    /// Where it is.
    pub status: ServiceDeploymentStatus,
    /// The same in words, when something went wrong.
    pub status_reason: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When somebody asked it to stop.
    pub stopped_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The service revision it came from, as an ARN.
    pub source_revision: Option<String>,
    /// The service revision it goes to, as an ARN.
    pub target_revision: String,
    /// Tasks that were asked for when it was created; it keeps them whatever is asked for later.
    pub requested: u32,
    /// What that revision runs, as an ARN.
    pub task_definition: String,
    /// The digest its tag resolved to.
    pub image_digest: String,
    /// Whether the circuit breaker guards it.
    pub breaker: bool,
    /// Failures the breaker counted.
    pub failure_count: u32,
    /// Failures at which it opens.
    pub threshold: u32,
    /// Whether it opened.
    pub triggered: bool,
    /// Why it rolls back, since when, and to which revision.
    pub rollback: Option<Rollback>,
    /// Who asked for it, as an ARN (`CloudTrail` would know).
    pub by: String,
    /// The stage it is in, when it goes by stages.
    pub stage: Option<Stage>,
    /// Since when.
    pub staged_at: Timestamp,
    /// The share of the traffic that reaches its tasks, percent.
    pub share: f64,
    /// What holds it, or held it.
    pub hook: Option<Hook>,
}

/// `ServiceDeployment.rollback`.
#[derive(Debug, Clone)]
pub struct Rollback {
    /// In words.
    pub reason: String,
    /// Since when.
    pub started_at: Timestamp,
    /// The service revision it returns to, as an ARN.
    pub revision: String,
}
