//! Tasks and their containers.

use serde::{Deserialize, Serialize};

use super::Timestamp;
use super::id::{ClusterArn, ServiceArn, TaskArn, TaskDefinitionArn};
use super::text::Text;

/// One task as `DescribeTasks` tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its ARN.
    pub arn: TaskArn,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// The service's name, when `group` says `service:NAME`.
    pub service_name: Option<Text>,
    /// The revision it runs.
    pub task_definition: TaskDefinitionArn,
    /// Where it is in its life (`RUNNING`, `STOPPED`, …), AWS's word.
    pub last_status: Text,
    /// Where ECS wants it to be.
    pub desired_status: Text,
    /// HEALTHY, UNHEALTHY, UNKNOWN; AWS's word.
    pub health: Text,
    /// `EssentialContainerExited` and so on; AWS's word.
    pub stop_code: Option<Text>,
    /// Why it stopped, in AWS's words.
    pub stopped_reason: Option<Text>,
    /// The deployment or person that started it (`ecs-svc/…`).
    pub started_by: Option<Text>,
    /// Its Availability Zone.
    pub zone: Option<Text>,
    /// Its private address, by which a load balancer knows it.
    pub address: Option<Text>,
    /// CONNECTED or DISCONNECTED: whether the agent that reports on it is heard; AWS's word.
    #[serde(default)]
    pub connectivity: Option<Text>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// When it reached RUNNING.
    pub started_at: Option<Timestamp>,
    /// When it began to stop.
    pub stopping_at: Option<Timestamp>,
    /// When it had stopped.
    pub stopped_at: Option<Timestamp>,
    /// Its containers.
    pub containers: Vec<Container>,
}

impl Task {
    /// Whether the agent that reports on it is not heard any more.
    pub fn is_silent(&self) -> bool {
        self.connectivity.as_deref() == Some("DISCONNECTED")
    }

    /// Whether it belongs to `service`.
    pub fn belongs_to(&self, service: &ServiceArn, cluster: &ClusterArn) -> bool {
        self.cluster == *cluster && self.service_name.as_deref() == Some(service.name())
    }
}

/// One container of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its name in the task definition.
    pub name: Text,
    /// AWS's word for its status.
    pub last_status: Text,
    /// HEALTHY, UNHEALTHY, UNKNOWN; AWS's word.
    pub health: Text,
    /// Exit code, once it ended.
    pub exit_code: Option<i32>,
    /// Why it ended, in AWS's words.
    pub reason: Option<Text>,
    /// The image it runs.
    pub image: Option<Text>,
    /// The image's digest.
    pub image_digest: Option<Text>,
}
