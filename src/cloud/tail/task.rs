//! Which service a task is of, by its id or how that begins.

use aws_sdk_ecs::types::DesiredStatus;

use crate::cloud::link::Link;
use crate::estate::id::{ServiceArn, TaskArn};
use crate::estate::problem::{Feed, Problem};
use crate::estate::task::Task;

impl Link {
    /// The tasks whose ids begin so, each with its service: those that run, and those that stopped
    /// within the hour AWS remembers them. A task of no service is none of them.
    ///
    /// # Errors
    /// When they could not be listed or described.
    pub async fn tasks_that_begin(
        &self,
        start: &str,
    ) -> Result<Vec<(ServiceArn, TaskArn)>, Problem> {
        self.know_services(&|_| {}).await;
        let known = self.fleet.known();
        let service_of = |task: &Task| {
            let name = task.service_name.as_deref()?;
            let mut services = known.iter();
            services
                .find(|(arn, one)| arn.name() == name && one.cluster == task.cluster)
                .map(|(arn, _)| arn.clone())
        };
        let mut found = Vec::new();
        for cluster in self.fleet.clusters() {
            let mut meant = Vec::new();
            for status in [DesiredStatus::Running, DesiredStatus::Stopped] {
                let listed = self.list_tasks(&cluster, None, status, Feed::Logs).await;
                if let Some(problem) = listed.problems.into_iter().next() {
                    return Err(problem);
                }
                let tasks = listed.tasks.into_iter();
                meant.extend(tasks.filter(|task| task.id().starts_with(start)));
            }
            if meant.is_empty() {
                continue;
            }
            let described = self.describe_tasks(&cluster, &meant, Feed::Logs).await;
            if let Some(problem) = described.problems.into_iter().next() {
                return Err(problem);
            }
            let tasks = described.tasks.into_iter();
            found.extend(tasks.filter_map(|task| Some((service_of(&task)?, task.arn))));
        }
        Ok(found)
    }
}
