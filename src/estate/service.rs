//! Services and their deployments.

use super::deployment;
use super::id::{ClusterArn, DeploymentId, ServiceArn, TargetGroupArn, TaskDefinitionArn};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// One ECS service as `DescribeServices` tells it.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own in AWS's answer"
)]
pub struct Service {
    /// Its ARN: identity, selection and every request go by it.
    pub arn: ServiceArn,
    /// Its name.
    pub name: Text,
    /// The cluster it runs in.
    pub cluster: ClusterArn,
    /// ACTIVE, DRAINING, INACTIVE.
    pub status: ServiceStatus,
    /// How many tasks it places.
    pub scheduling: Scheduling,
    /// Who carries out its deployments.
    pub controller: Controller,
    /// Whether ECS manages it and its load balancer as one (an Express service).
    pub express: bool,
    /// Tasks wanted.
    pub desired: u32,
    /// Tasks in RUNNING.
    pub running: u32,
    /// Tasks on their way to RUNNING.
    pub pending: u32,
    /// The task definition of the primary deployment.
    pub task_definition: TaskDefinitionArn,
    /// Newest first, as AWS orders them; the first PRIMARY is the current one.
    pub deployments: Vec<Deployment>,
    /// What other controllers than ECS have in place of deployments.
    pub task_sets: Vec<TaskSet>,
    /// How ECS exchanges the tasks of one revision for those of another.
    pub strategy: Strategy,
    /// How far a deployment is that goes by stages, when it was read.
    pub progress: Option<Progress>,
    /// What its scheduler said, newest first: see [`notice::worth_keeping`](super::notice::worth_keeping).
    pub events: Vec<ServiceEvent>,
    /// Target groups it registers its tasks in.
    pub target_groups: Vec<TargetGroupArn>,
    /// Those of them of which only one takes the traffic at a time: deployments by stages take
    /// turns between the two.
    pub twins: Vec<[TargetGroupArn; 2]>,
    /// Whether it stands behind a Classic Load Balancer: AWS then tells no rollout state.
    pub classic_balancer: bool,
    /// Whether its tasks run on container instances, whose agents may fall silent.
    pub on_instances: bool,
    /// Limits and safety nets of a rolling deployment.
    pub rolling: Rolling,
    /// Seconds after a start in which health-check failures are ignored.
    pub grace_seconds: u32,
    /// Whether new tasks accept ECS Exec.
    pub exec_enabled: bool,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// Tags, in AWS's order; empty when they were not asked for.
    pub tags: Vec<(Text, Text)>,
}

impl Service {
    /// The current deployment.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments
            .iter()
            .find(|deployment| deployment.status == DeploymentStatus::Primary)
    }

    /// The task set that counts, when another controller than ECS deploys.
    pub fn primary_set(&self) -> Option<&TaskSet> {
        let mut sets = self.task_sets.iter();
        sets.find(|set| set.status == DeploymentStatus::Primary)
    }

    /// Whether it is deploying by stages that its entries in `deployments` do not tell.
    pub fn goes_by_stages(&self) -> bool {
        let moving = self.deployments.len() > 1
            || self
                .primary()
                .is_some_and(|one| one.rollout == Rollout::InProgress);
        self.controller == Controller::Ecs && self.strategy != Strategy::Rolling && moving
    }

    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&Text> {
        self.tags
            .iter()
            .find(|(name, _)| &**name == key)
            .map(|(_, value)| value)
    }
}

/// A service's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceStatus {
    /// In use.
    Active,
    /// Being deleted.
    Draining,
    /// Deleted.
    Inactive,
    /// A status this version does not know.
    Unknown(Text),
}

/// How a service places tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheduling {
    /// As many tasks as desired.
    Replica,
    /// One task on each container instance.
    Daemon,
    /// A strategy this version does not know.
    Unknown(Text),
}

/// Who carries out deployments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Controller {
    /// ECS itself.
    Ecs,
    /// AWS CodeDeploy.
    CodeDeploy,
    /// Somebody else, through task sets.
    External,
    /// A controller this version does not know.
    Unknown(Text),
}

/// One entry of a service's `deployments`.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// `ecs-svc/…`.
    pub id: DeploymentId,
    /// PRIMARY, ACTIVE, INACTIVE.
    pub status: DeploymentStatus,
    /// The revision it brings.
    pub task_definition: TaskDefinitionArn,
    /// Tasks wanted of this revision.
    pub desired: u32,
    /// Tasks of it in RUNNING.
    pub running: u32,
    /// Tasks of it on their way.
    pub pending: u32,
    /// *Consecutive* failures; AWS resets it once one task runs, so zero proves nothing
    /// (aws.md 1.1).
    pub failed: u32,
    /// How far it is.
    pub rollout: Rollout,
    /// Why, in AWS's words.
    pub reason: Text,
    /// When it began.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub updated_at: Option<Timestamp>,
}

/// The place of a deployment among its siblings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeploymentStatus {
    /// The current one.
    Primary,
    /// An older one that still has tasks.
    Active,
    /// Replaced.
    Inactive,
    /// A status this version does not know.
    Unknown(Text),
}

/// `rolloutState`. Without a circuit breaker a bad deployment stays in progress for ever
/// (aws.md 1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// Tasks are being exchanged.
    InProgress,
    /// Done.
    Completed,
    /// The circuit breaker or an alarm ended it.
    Failed,
    /// AWS does not tell (other controllers, Classic Load Balancer).
    Absent,
    /// A state this version does not know.
    Unknown(Text),
}

/// A set of tasks that another controller than ECS brought.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskSet {
    /// PRIMARY, ACTIVE; `DRAINING` is read as inactive.
    pub status: DeploymentStatus,
    /// The revision it runs.
    pub task_definition: TaskDefinitionArn,
    /// Tasks wanted, computed by AWS from its share of the service's desired count.
    pub desired: u32,
    /// Tasks in RUNNING.
    pub running: u32,
    /// Tasks on their way to RUNNING.
    pub pending: u32,
    /// Whether it is as wanted.
    pub stability: Stability,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When its stability last changed.
    pub settled_at: Option<Timestamp>,
}

/// `stabilityStatus`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Running as many as wanted, none pending, none on a draining instance, all checks passed.
    Steady,
    /// On its way there.
    Stabilizing,
    /// A status this version does not know, or none.
    Unknown(Text),
}

/// How ECS exchanges the tasks of one revision for those of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Task by task.
    Rolling,
    /// All at once, the old ones kept until the bake time is over.
    BlueGreen,
    /// Traffic in equal steps.
    Linear,
    /// A little traffic first.
    Canary,
    /// A strategy this version does not know.
    Unknown(Text),
}

/// Where a deployment that goes by stages is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Where it is.
    pub state: deployment::State,
    /// The stage it is in.
    pub stage: Stage,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When its stage last changed.
    pub updated_at: Option<Timestamp>,
    /// How long both revisions run before the old one goes.
    pub bake: SignedDuration,
    /// The share of the traffic that is to reach the new tasks, percent, when AWS tells it.
    pub share: Option<u32>,
    /// A hook that waits for somebody's answer.
    pub waiting: Option<Waiting>,
}

/// `lifecycleStage`, as far as it matters what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// New tasks are started.
    Starting,
    /// Traffic moves from the old tasks to the new ones.
    Shifting,
    /// Both revisions run, and alarms decide.
    Baking,
    /// Old tasks are removed.
    CleaningUp,
    /// AWS names no stage.
    Absent,
    /// A stage this version does not know.
    Unknown(Text),
}

/// A hook that waits for somebody's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The hook's id.
    pub hook: Text,
    /// When AWS gives up waiting.
    pub expires_at: Option<Timestamp>,
}

/// Limits and safety nets of a rolling deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rolling {
    /// `minimumHealthyPercent`, when AWS tells it.
    pub minimum_healthy_percent: Option<u32>,
    /// `maximumPercent`, when AWS tells it.
    pub maximum_percent: Option<u32>,
    /// Whether the circuit breaker is on.
    pub circuit_breaker: bool,
    /// Whether the circuit breaker rolls back.
    pub rollback: bool,
    /// Alarms whose ALARM state fails a deployment.
    pub alarms: Vec<Text>,
}

/// One line of a service's event list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEvent {
    /// When.
    pub at: Timestamp,
    /// AWS's words.
    pub message: Text,
}
