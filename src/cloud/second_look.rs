//! The last look before somebody is let in: the same account, and the place as it was approved.

use futures::future::join;

use super::apply::ApplyError;
use super::errors::Failure;
use super::gate;
use super::link::Link;
use super::nodes::node;
use crate::estate::id::{NodeId, TaskArn};
use crate::estate::node::Ping;
use crate::estate::problem::Feed;
use crate::estate::session::{Place, Session};
use crate::estate::text::Text;

impl Link {
    /// Looks at the caller and at the container or node of `session` once more.
    ///
    /// # Errors
    /// When something moved, or could not be looked at.
    pub(super) async fn look_again_at(&self, session: &Session) -> Result<(), ApplyError> {
        let (caller, moved) = match &session.place {
            Place::Container {
                task,
                container,
                runtime_id,
            } => {
                let inside = self.container_moved(session, task, (container, runtime_id));
                join(self.account_of_caller(), inside).await
            }
            Place::Node { id, .. } => join(self.account_of_caller(), self.node_moved(id)).await,
        };
        let (caller, home) = (caller?, session.target.account.as_str());
        if caller.as_deref() != Some(home) {
            let (place, caller) = (session.place.words(), caller.as_deref());
            return Err(ApplyError::Moved(format!(
                "{place} is in account {home}, and the caller in {}",
                caller.unwrap_or("no account")
            )));
        }
        match moved? {
            Some(sentence) => Err(ApplyError::Moved(sentence)),
            None => Ok(()),
        }
    }

    async fn account_of_caller(&self) -> Result<Option<String>, ApplyError> {
        let call = self.clients.callers.get_caller_identity().send();
        match self.gate.make(&gate::CALLER, call).await {
            Ok(caller) => Ok(caller.account().map(str::to_owned)),
            Err(error) => Err(self.unchecked(Feed::Identity, &gate::CALLER, &Failure::of(&error))),
        }
    }

    async fn container_moved(
        &self,
        session: &Session,
        task: &TaskArn,
        container: (&Text, &Text),
    ) -> Result<Option<String>, ApplyError> {
        let call = self
            .clients
            .ecs
            .describe_tasks()
            .cluster(session.target.cluster.as_str())
            .tasks(task.as_str())
            .send();
        let operation = &gate::DESCRIBE_TASKS;
        let tasks = self.gate.make(operation, call).await;
        let tasks =
            tasks.map_err(|error| self.unchecked(Feed::Tasks, operation, &Failure::of(&error)))?;
        let mut found = tasks.tasks().iter();
        let found = found.find(|one| one.task_arn() == Some(task.as_str()));
        Ok(task_moved(task, container, found))
    }

    async fn node_moved(&self, id: &NodeId) -> Result<Option<String>, ApplyError> {
        let operation = &gate::NODES;
        let seen = self.gate.make(operation, self.node_call(id)).await;
        let seen =
            seen.map_err(|error| self.unchecked(Feed::Session, operation, &Failure::of(&error)))?;
        let now = self.gate.now();
        let mut found = seen.instance_information_list().iter();
        let found = found.find_map(|raw| node(raw, now).filter(|node| node.id == *id));
        Ok(match found {
            None => Some(format!("Session Manager does not manage {id} any more")),
            Some(node) if node.ping == Ping::Online => None,
            Some(node) => Some(format!("{}: {}", node.label(), node.ping_words(now))),
        })
    }

    fn unchecked(
        &self,
        feed: Feed,
        operation: &'static gate::Operation,
        failure: &Failure,
    ) -> ApplyError {
        ApplyError::Unchecked(self.gate.problem(feed, operation, failure))
    }
}

/// What is no longer as approved, in a sentence.
fn task_moved(
    arn: &TaskArn,
    (container, runtime_id): (&Text, &Text),
    task: Option<&aws_sdk_ecs::types::Task>,
) -> Option<String> {
    let name = arn.short();
    let Some(task) = task else {
        return Some(format!("task {name} does not exist any more"));
    };
    if task.last_status() != Some("RUNNING") || task.desired_status() != Some("RUNNING") {
        return Some(format!("task {name} is being stopped"));
    }
    let same = task.containers().iter().any(|one| {
        one.name() == Some(container.as_str()) && one.runtime_id() == Some(runtime_id.as_str())
    });
    (!same).then(|| format!("{container} of task {name} was started anew"))
}
