//! Deployments: the entry in a service's `deployments[]`, and the `ServiceDeployment` beside it.

use jiff::Timestamp;
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
