//! A registered revision of a task definition. Immutable.

use jiff::Timestamp;

/// One revision of a family.
#[derive(Debug, Clone)]
pub struct TaskDefinition {
    /// `arn:aws:ecs:…:task-definition/{family}:{revision}`.
    pub arn: String,
    /// The family.
    pub family: String,
    /// The revision.
    pub revision: u32,
    /// CPU units of the task.
    pub cpu: u32,
    /// Memory of the task in MiB.
    pub memory: u32,
    /// The execution role's ARN.
    pub execution_role: String,
    /// The task role's ARN.
    pub task_role: String,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Who registered it, as an ARN.
    pub registered_by: String,
    /// Its one container.
    pub container: ContainerDefinition,
}

/// The container of a task definition.
#[derive(Debug, Clone)]
pub struct ContainerDefinition {
    /// Its name.
    pub name: String,
    /// The image with its tag.
    pub image: String,
    /// The digest that tag has now: `sha256:…`; empty once somebody deleted the tag.
    pub digest: String,
    /// When that was pushed.
    pub pushed_at: Timestamp,
    /// The port it listens on.
    pub port: u16,
    /// `awslogs-group`.
    pub log_group: String,
    /// `awslogs-stream-prefix`.
    pub log_prefix: String,
    /// The command of its health check, if it has one.
    pub health_check: Option<Vec<String>>,
    /// Its environment, by name.
    pub environment: Vec<(String, String)>,
    /// Its secrets: name and the ARN the value comes from.
    pub secrets: Vec<(String, String)>,
}
