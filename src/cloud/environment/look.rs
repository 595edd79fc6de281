//! One service and the caller, right before anything is altered (aws.md 5.3 and 8.1).

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_ecs::types::ServiceField;
use futures::future::join3;

use super::survey::{converted, resource_id};
use crate::cloud::budget::pause;
use crate::cloud::errors::Failure;
use crate::cloud::link::Link;
use crate::cloud::{convert, gate};
use crate::estate::id::{AccountId, ClusterArn, ServiceArn};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::staging::Sight;
use crate::estate::{SignedDuration, Timestamp};

/// A look taken right before a step. Only a link makes one, so a step cannot be asked for
/// without having looked.
#[derive(Clone, Debug)]
pub struct Look {
    /// When it began.
    pub(super) at: Timestamp,
    /// The caller's account.
    pub(super) account: Option<AccountId>,
    /// The service, where the step is about one.
    pub(super) sight: Option<Sight>,
}

impl Look {
    /// The service as seen.
    pub const fn sight(&self) -> Option<&Sight> {
        self.sight.as_ref()
    }
}

impl Link {
    /// Waits, for those on the road who have to; the budget is the one place that does.
    pub async fn rest(&self, time: SignedDuration) {
        pause(time.unsigned_abs()).await;
    }

    /// Looks at the caller alone, for what is no service's. Waits for the turn of the step that
    /// follows first: nothing may wait between the look and the call.
    ///
    /// # Errors
    /// When AWS does not say who is asking.
    pub async fn look_at_caller(&self) -> Result<Look, Problem> {
        self.gate.turn(&gate::TAG, &self.gate.region).await;
        self.gate.turn(&gate::CALLER, &self.gate.region).await;
        let at = self.gate.now();
        let call = self.clients.callers.get_caller_identity().send();
        let caller = self.gate.make(&gate::CALLER, call).await.map_err(|error| {
            let failure = Failure::of(&error);
            self.gate.problem(Feed::Identity, &gate::CALLER, &failure)
        })?;
        Ok(Look {
            at,
            account: caller.account().map(AccountId::new),
            sight: None,
        })
    }

    /// Looks at the caller and one service with its scalable target, after waiting for the turn
    /// of the step that follows.
    ///
    /// # Errors
    /// When one of them cannot be read, or the service is gone.
    pub async fn look_at(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Look, Problem> {
        for operation in [
            &gate::TAG,
            &gate::CALLER,
            &gate::DESCRIBE_SERVICES,
            &gate::SCALABLE_TARGETS,
        ] {
            self.gate.turn(operation, &self.gate.region).await;
        }
        let at = self.gate.now();
        let clients = &self.clients;
        let describe = clients.ecs.describe_services().cluster(cluster.as_str());
        let describe = describe.services(service.as_str());
        let targets = clients.scaling.describe_scalable_targets();
        let targets = targets
            .service_namespace(ServiceNamespace::Ecs)
            .resource_ids(resource_id(cluster, service));
        let (caller, found, targets) = join3(
            self.gate
                .make(&gate::CALLER, clients.callers.get_caller_identity().send()),
            self.gate.make(
                &gate::DESCRIBE_SERVICES,
                describe.include(ServiceField::Tags).send(),
            ),
            self.gate.make(&gate::SCALABLE_TARGETS, targets.send()),
        )
        .await;
        let problem =
            |feed, operation, failure: Failure| self.gate.problem(feed, operation, &failure);
        let caller =
            caller.map_err(|error| problem(Feed::Identity, &gate::CALLER, Failure::of(&error)))?;
        let found = found.map_err(|error| {
            problem(
                Feed::Services,
                &gate::DESCRIBE_SERVICES,
                Failure::of(&error),
            )
        })?;
        let targets = targets.map_err(|error| {
            problem(Feed::Services, &gate::SCALABLE_TARGETS, Failure::of(&error))
        })?;
        let mut services = found.services().iter();
        let seen = services
            .find_map(|raw| convert::service(raw, cluster).filter(|one| one.arn == *service));
        let Some(seen) = seen else {
            return Err(self.gone(service));
        };
        let scaling = targets.scalable_targets().first().map(converted);
        Ok(Look {
            at,
            account: caller.account().map(AccountId::new),
            sight: Some(Sight {
                scaling,
                ..Sight::of(seen)
            }),
        })
    }

    fn gone(&self, service: &ServiceArn) -> Problem {
        Problem {
            feed: Feed::Services,
            operation: gate::DESCRIBE_SERVICES.name,
            kind: ProblemKind::NotFound,
            sentence: format!("{} does not exist any more", service.name()).into(),
            at: self.gate.now(),
        }
    }
}
