//! The task definitions of a service and where their lines go; each is asked for once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::future::join_all;

use super::source::{Source, sources};
use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::id::{ServiceArn, TaskDefinitionArn};
use crate::estate::problem::{Feed, Problem};

/// The sources of task definitions, which never change (aws.md 2.4).
#[derive(Default)]
pub(in crate::cloud) struct Definitions {
    known: Mutex<HashMap<TaskDefinitionArn, Vec<Source>>>,
}

impl Link {
    /// The sources of the task definitions of the service's deployments and tasks.
    pub(super) async fn find_sources(&self, service: &ServiceArn) -> Result<Vec<Source>, Problem> {
        if self.fleet.service(service).is_none() {
            self.know_services(&|_| {}).await;
        }
        let known = self.fleet.service(service);
        let mut definitions = known
            .map(|known| known.task_definitions)
            .unwrap_or_default();
        definitions.extend(self.definitions_seen(service));
        definitions.sort();
        definitions.dedup();
        let mut sources = Vec::new();
        for found in join_all(definitions.iter().map(|one| self.log_sources(one))).await {
            for source in found? {
                if !sources.contains(&source) {
                    sources.push(source);
                }
            }
        }
        Ok(sources)
    }

    /// Where the lines of a task definition go; asked once.
    pub(super) async fn log_sources(
        &self,
        arn: &TaskDefinitionArn,
    ) -> Result<Vec<Source>, Problem> {
        let known = {
            let known = self
                .definitions
                .known
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            known.get(arn).cloned()
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let describe = self.clients.ecs.describe_task_definition();
        let call = describe.task_definition(arn.as_str()).send();
        let operation = &gate::DESCRIBE_TASK_DEFINITION;
        let answer = self.gate.call(Feed::Logs, operation, call).await?;
        let found = answer.task_definition().map(sources).unwrap_or_default();
        let mut known = self
            .definitions
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        known.insert(arn.clone(), found.clone());
        Ok(found)
    }
}
