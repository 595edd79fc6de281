//! `DescribeTasks`.

use aws_sdk_ecs::types as aws;

use super::{text, text_or_empty, time_of};
use crate::estate::id::{ClusterArn, TaskArn};
use crate::estate::task::{Container, Task};
use crate::estate::text::Text;

/// One task of `cluster`; `None` when it has no ARN.
pub(in crate::cloud) fn task(raw: &aws::Task, cluster: &ClusterArn) -> Option<Task> {
    Some(Task {
        arn: TaskArn::new(raw.task_arn()?),
        cluster: raw
            .cluster_arn()
            .map_or_else(|| cluster.clone(), ClusterArn::new),
        service_name: raw
            .group()
            .and_then(|group| group.strip_prefix("service:"))
            .map(Text::clean),
        task_definition: raw.task_definition_arn().unwrap_or_default().into(),
        last_status: text_or_empty(raw.last_status()),
        desired_status: text_or_empty(raw.desired_status()),
        health: text_or_empty(raw.health_status().map(aws::HealthStatus::as_str)),
        stop_code: text(raw.stop_code().map(aws::TaskStopCode::as_str)),
        stopped_reason: text(raw.stopped_reason()),
        started_by: text(raw.started_by()),
        zone: text(raw.availability_zone()),
        address: text(address(raw)),
        connectivity: text(raw.connectivity().map(aws::Connectivity::as_str)),
        created_at: time_of(raw.created_at()),
        started_at: time_of(raw.started_at()),
        stopping_at: time_of(raw.stopping_at()),
        stopped_at: time_of(raw.stopped_at()),
        containers: raw.containers().iter().map(container).collect(),
    })
}

/// The private address of the task's own network interface.
fn address(raw: &aws::Task) -> Option<&str> {
    let mut details = raw.attachments().iter().flat_map(aws::Attachment::details);
    let address = details.find(|one| one.name() == Some("privateIPv4Address"))?;
    address.value()
}

fn container(raw: &aws::Container) -> Container {
    Container {
        name: text_or_empty(raw.name()),
        last_status: text_or_empty(raw.last_status()),
        health: text_or_empty(raw.health_status().map(aws::HealthStatus::as_str)),
        exit_code: raw.exit_code(),
        reason: text(raw.reason()),
        image: text(raw.image()),
        image_digest: text(raw.image_digest()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_knows_its_service_by_its_group() {
        let cluster = ClusterArn::new("arn:aws:ecs:x:1:cluster/prod");
        let raw = aws::Task::builder()
            .task_arn("arn:aws:ecs:x:1:task/prod/0123456789abcdef")
            .group("service:orders")
            .stop_code("EssentialContainerExited".into())
            .containers(aws::Container::builder().name("app").exit_code(137).build())
            .build();
        let ours = task(&raw, &cluster).unwrap();
        assert_eq!(ours.service_name.as_deref(), Some("orders"));
        assert_eq!(ours.containers[0].exit_code, Some(137));
        let by_hand = aws::Task::builder()
            .task_arn("t")
            .group("family:batch")
            .build();
        assert_eq!(task(&by_hand, &cluster).unwrap().service_name, None);
        assert!(task(&aws::Task::builder().build(), &cluster).is_none());
    }
}
