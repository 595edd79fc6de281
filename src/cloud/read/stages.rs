//! Deployments that go by stages: where each of them is.

use crate::cloud::link::Link;
use crate::cloud::{convert, gate};
use crate::estate::id::ServiceArn;
use crate::estate::problem::{Feed, Problem};
use crate::estate::service::Service;

impl Link {
    /// Adds how far those deployments are that go by stages: their entry in `deployments` does not
    /// tell.
    pub(super) async fn follow(
        &self,
        raw: &[aws_sdk_ecs::types::Service],
        services: &mut [Service],
    ) -> Option<Problem> {
        let staged = services.iter().filter(|one| one.goes_by_stages());
        let arns: Vec<&ServiceArn> = staged.map(|one| &one.arn).collect();
        let current = raw.iter().filter(|one| {
            let arn = one.service_arn().unwrap_or_default();
            arns.iter().any(|staged| staged.as_str() == arn)
        });
        let current: Vec<String> = current
            .filter_map(|one| one.current_service_deployment())
            .map(str::to_owned)
            .collect();
        if current.is_empty() {
            return None;
        }
        let describe = self.clients.ecs.describe_service_deployments();
        let call = describe.set_service_deployment_arns(Some(current)).send();
        let answer = self
            .gate
            .call(Feed::Services, &gate::DESCRIBE_DEPLOYMENTS, call)
            .await;
        match answer {
            Ok(answer) => {
                for one in answer.service_deployments() {
                    let of = one.service_arn().unwrap_or_default();
                    let service = services
                        .iter_mut()
                        .find(|service| service.arn.as_str() == of);
                    if let Some(service) = service {
                        service.progress = Some(convert::progress(one));
                    }
                }
                None
            }
            Err(problem) => Some(problem),
        }
    }
}
