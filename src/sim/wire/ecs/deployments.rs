//! `ListServiceDeployments`, `DescribeServiceDeployments`, `DescribeServiceRevisions` and
//! `StopServiceDeployment`.

use super::services::{configuration, network, revision, service_of};
use super::{INVALID, listed, missing, names_to_describe, refused};
use crate::sim::wire::paging::Limits;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, Service, ServiceDeployment};

const DEPLOYMENT_PAGES: Limits = Limits {
    default: 20,
    smallest: 1,
    largest: 100,
    code: INVALID,
};

/// The most deployments one `DescribeServiceDeployments` takes.
const MOST_DESCRIBED: usize = 20;

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.required_text("service", INVALID)?;
    let service = match account.service_by_arn(name) {
        Some(service) => service,
        None => service_of(account, input, name)?,
    };
    let statuses = input.texts("status")?;
    let (before, after) = match input.record("createdAt")? {
        Some(created) => (created.time("before")?, created.time("after")?),
        None => (None, None),
    };
    let found = service
        .service_deployments
        .iter()
        .filter(|one| statuses.is_empty() || statuses.contains(&one.status.as_ref()))
        .filter(|one| before.is_none_or(|before| one.created_at <= before))
        .filter(|one| after.is_none_or(|after| one.created_at >= after))
        .map(brief);
    let page = DEPLOYMENT_PAGES.page(
        found,
        input.integer("maxResults")?,
        input.text("nextToken")?,
    )?;
    Ok(listed("serviceDeployments", page.items, page.next))
}

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let (mut deployments, mut failures) = (Vec::new(), Vec::new());
    for arn in names_to_describe(input, "serviceDeploymentArns", MOST_DESCRIBED)? {
        let found = account.services.iter().find_map(|service| {
            let deployment = service
                .service_deployments
                .iter()
                .find(|one| one.arn == arn)?;
            Some(described(service, deployment))
        });
        match found {
            Some(deployment) => deployments.push(deployment),
            None => failures.push(missing(arn)),
        }
    }
    Ok(record! { "serviceDeployments": deployments, "failures": failures })
}

pub(super) fn describe_revisions(
    context: &mut Context<'_>,
    input: Input<'_>,
) -> Result<Value, Refusal> {
    let account = context.account()?;
    let (mut revisions, mut failures) = (Vec::new(), Vec::new());
    for arn in names_to_describe(input, "serviceRevisionArns", MOST_DESCRIBED)? {
        let found = account.services.iter().find_map(|service| {
            let mut deployments = service.service_deployments.iter();
            let deployment = deployments.find(|one| one.target_revision == arn)?;
            Some(described_revision(account, service, deployment))
        });
        match found {
            Some(revision) => revisions.push(revision),
            None => failures.push(missing(arn)),
        }
    }
    Ok(record! { "serviceRevisions": revisions, "failures": failures })
}

fn described_revision(
    account: &Account,
    service: &Service,
    deployment: &ServiceDeployment,
) -> Value {
    let definition = account.task_definition(&deployment.task_definition);
    let images = definition.iter().map(|definition| {
        record! {
            "containerName": &definition.container.name,
            "image": &definition.container.image,
            "imageDigest": &deployment.image_digest,
        }
    });
    record! {
        "serviceRevisionArn": &deployment.target_revision,
        "serviceArn": &service.arn,
        "clusterArn": &service.cluster_arn,
        "taskDefinition": &deployment.task_definition,
        "launchType": service.launch_type,
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": network(service),
        "containerImages": Value::list(images),
        "guardDutyEnabled": false,
        "createdAt": deployment.created_at,
    }
}

pub(super) fn stop(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let arn = input.required_text("serviceDeploymentArn", INVALID)?;
    let rollback = match input.text("stopType")? {
        None | Some("ROLLBACK") => true,
        Some("ABORT") => false,
        Some(_) => {
            return Err(Refusal::sender(
                INVALID,
                "stopType must be ABORT or ROLLBACK.",
            ));
        }
    };
    let done = context
        .world
        .stop_service_deployment(context.account_id, arn, rollback);
    done.map_err(|refusal| refused(&refusal))?;
    Ok(record! { "serviceDeploymentArn": arn })
}

fn brief(deployment: &ServiceDeployment) -> Value {
    record! {
        "serviceDeploymentArn": &deployment.arn,
        "serviceArn": &deployment.service_arn,
        "clusterArn": &deployment.cluster_arn,
        "startedAt": deployment.started_at,
        "createdAt": deployment.created_at,
        "finishedAt": deployment.finished_at,
        "targetServiceRevisionArn": &deployment.target_revision,
        "status": deployment.status.as_ref(),
        "statusReason": deployment.status_reason.as_ref(),
    }
}

fn described(service: &Service, deployment: &ServiceDeployment) -> Value {
    // A revision whose deployment is gone has no tasks left.
    let with_counts = |arn: &str| {
        let current = service
            .deployments
            .iter()
            .find(|one| one.service_revision == arn);
        current.map_or_else(
            || {
                record! {
                    "arn": arn,
                    "requestedTaskCount": 0,
                    "runningTaskCount": 0,
                    "pendingTaskCount": 0,
                }
            },
            |current| revision(service, current),
        )
    };
    // What was asked for stands in a deployment that is over, whatever is asked for since.
    let target = if deployment.status.is_over() {
        record! {
            "arn": &deployment.target_revision,
            "requestedTaskCount": deployment.requested,
            "runningTaskCount": deployment.requested,
            "pendingTaskCount": 0,
        }
    } else {
        with_counts(&deployment.target_revision)
    };
    let target = match deployment.stage {
        Some(_) => target.with("requestedProductionTrafficWeight", deployment.share),
        None => target,
    };
    record! {
        "serviceDeploymentArn": &deployment.arn,
        "serviceArn": &deployment.service_arn,
        "clusterArn": &deployment.cluster_arn,
        "createdAt": deployment.created_at,
        "startedAt": deployment.started_at,
        "finishedAt": deployment.finished_at,
        "stoppedAt": deployment.stopped_at,
        "updatedAt": deployment.updated_at,
        "sourceServiceRevisions":
            Value::list(deployment.source_revision.iter().map(|arn| with_counts(arn))),
        "targetServiceRevision": target,
        "status": deployment.status.as_ref(),
        "statusReason": deployment.status_reason.as_ref(),
        "lifecycleStage": deployment.stage.map(|stage| stage.as_ref().to_owned()),
        "lifecycleHookDetails": hooks(deployment),
        "deploymentConfiguration": configuration(service),
        "rollback": rollback(deployment),
        "deploymentCircuitBreaker": record! {
            "status": breaker_status(deployment),
            "failureCount": deployment.failure_count,
            "threshold": deployment.threshold,
        },
    }
}

/// What holds it, or held it.
fn hooks(deployment: &ServiceDeployment) -> Option<Value> {
    deployment.hook.as_ref().map(|hook| {
        Value::list([record! {
            "hookId": &hook.id,
            "status": if hook.approved { "SUCCEEDED" } else { "AWAITING_ACTION" },
            "expiresAt": hook.expires_at,
        }])
    })
}

/// Why it goes back, and where to.
fn rollback(deployment: &ServiceDeployment) -> Option<Value> {
    deployment.rollback.as_ref().map(|rollback| {
        record! {
            "reason": &rollback.reason,
            "startedAt": rollback.started_at,
            "serviceRevisionArn": &rollback.revision,
        }
    })
}

fn breaker_status(deployment: &ServiceDeployment) -> &'static str {
    match (
        deployment.breaker,
        deployment.triggered,
        deployment.status.is_over(),
    ) {
        (false, ..) => "DISABLED",
        (true, true, _) => "TRIGGERED",
        (true, false, true) => "MONITORING_COMPLETE",
        (true, false, false) => "MONITORING",
    }
}
