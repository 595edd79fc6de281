//! `ListServices`, `DescribeServices` and `UpdateService`.

use super::tags::tag_list;
use super::{INVALID, cluster_of, includes, listed, missing, names_to_describe, refused};
use crate::sim::wire::paging::Limits;
use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{Account, Deployment, Service, StrategyName, trail};

/// `ListServices` is the one list whose pages are ten by default.
const SERVICE_PAGES: Limits = Limits {
    default: 10,
    smallest: 1,
    largest: 100,
    code: INVALID,
};

/// The most services one `DescribeServices` takes.
const MOST_DESCRIBED: usize = 10;

pub(super) fn list(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let launch_type = input.text("launchType")?;
    let strategy = input.text("schedulingStrategy")?;
    let arns = account
        .services_of(&cluster.name)
        .filter(|service| launch_type.is_none_or(|wanted| service.launch_type == wanted))
        .filter(|service| strategy.is_none_or(|wanted| service.scheduling_strategy == wanted))
        .map(|service| Value::from(&service.arn));
    let page = SERVICE_PAGES.page(arns, input.integer("maxResults")?, input.text("nextToken")?)?;
    Ok(listed("serviceArns", page.items, page.next))
}

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let cluster = cluster_of(account, input)?;
    let tags = includes(input, "TAGS")?;
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for name in names_to_describe(input, "services", MOST_DESCRIBED)? {
        match account.service(&cluster.name, name) {
            Some(service) if tags => {
                services.push(described(service).with("tags", tag_list(&service.tags)));
            }
            Some(service) => services.push(described(service)),
            None if name.starts_with("arn:") => failures.push(missing(name)),
            None => {
                let resource = format!("service/{}/{name}", cluster.name);
                failures.push(missing(&account.arn("ecs", &resource)));
            }
        }
    }
    Ok(record! { "services": services, "failures": failures })
}

pub(super) fn update(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.required_text("service", INVALID)?;
    let service = service_of(account, input, name)?;
    let arn = service.arn.clone();
    if let Some(wanted) = input.text("taskDefinition")?
        && account
            .task_definition(wanted)
            .is_none_or(|found| found.arn != service.task_definition)
    {
        let message = "The simulator keeps a service's task definition; it can redeploy the same.";
        return Err(Refusal::sender(INVALID, message));
    }
    let desired = input
        .integer("desiredCount")?
        .map(|desired| {
            u32::try_from(desired)
                .ok()
                .filter(|desired| *desired <= 5000)
                .ok_or_else(|| Refusal::sender(INVALID, "desiredCount must be from 0 to 5000."))
        })
        .transpose()?;
    let force = input.flag("forceNewDeployment")?;
    let caller = context.caller();
    if let Some(desired) = desired {
        let done = context.world.set_desired(context.account_id, &arn, desired);
        done.map_err(|refusal| refused(&refusal))?;
    }
    if force {
        let done = context
            .world
            .force_new_deployment(context.account_id, &arn, &caller);
        done.map_err(|refusal| refused(&refusal))?;
    }
    let asked = serde_json::json!({
        "cluster": input.text("cluster")?.unwrap_or("default"),
        "service": input.text("service")?,
        "desiredCount": desired,
        "forceNewDeployment": force,
    });
    context.remember((trail::ECS, "UpdateService"), asked);
    let service = context.account()?.service_by_arn(&arn).map(described);
    Ok(record! { "service": service })
}

/// The service called `name` (or its ARN) in the cluster the input names.
pub(super) fn service_of<'world>(
    account: &'world Account,
    input: Input<'_>,
    name: &str,
) -> Result<&'world Service, Refusal> {
    let cluster = cluster_of(account, input)?;
    account
        .service(&cluster.name, name)
        .ok_or_else(|| Refusal::sender("ServiceNotFoundException", "Service not found."))
}

fn described(service: &Service) -> Value {
    let load_balancers = service.target_group.iter().map(|target_group| {
        let advanced = service.alternate_group.as_ref().map(|alternate| {
            record! { "alternateTargetGroupArn": alternate }
        });
        record! {
            "targetGroupArn": target_group,
            "containerName": &service.container,
            "containerPort": service.port,
            "advancedConfiguration": advanced,
        }
    });
    let by_ecs = service.controller == "ECS";
    let own = service.deployments.iter().filter(|_| by_ecs);
    let task_sets = (!by_ecs).then(|| {
        let sets = service.deployments.iter();
        Value::list(sets.map(|one| task_set(service, one)))
    });
    let newest = service.service_deployments.first().filter(|_| by_ecs);
    let revisions = service
        .deployments
        .iter()
        .map(|deployment| revision(service, deployment));
    record! {
        "serviceArn": &service.arn,
        "serviceName": &service.name,
        "clusterArn": &service.cluster_arn,
        "loadBalancers": Value::list(load_balancers),
        "serviceRegistries": Vec::new(),
        "status": service.status,
        "desiredCount": service.desired,
        "runningCount": service.running(),
        "pendingCount": service.pending(),
        "launchType": (!service.managed).then_some(service.launch_type),
        "capacityProviderStrategy": provider(service),
        "resourceManagementType": if service.express { "ECS" } else { "CUSTOMER" },
        "platformVersion": service.platform_version,
        "platformFamily": "Linux",
        "taskDefinition": &service.task_definition,
        "deploymentConfiguration": configuration(service),
        "deployments": Value::list(own.map(|one| deployment(service, one))),
        "taskSets": task_sets,
        "events": events(service),
        "createdAt": service.created_at,
        "createdBy": &service.created_by,
        "currentServiceDeployment": newest.map(|deployment| &deployment.arn),
        "currentServiceRevisions": Value::list(revisions),
        "placementConstraints": Vec::new(),
        "placementStrategy": Vec::new(),
        "networkConfiguration": network(service),
        "healthCheckGracePeriodSeconds": service.grace_seconds,
        "schedulingStrategy": service.scheduling_strategy,
        "deploymentController": record! { "type": service.controller },
        "enableECSManagedTags": true,
        "propagateTags": "SERVICE",
        "enableExecuteCommand": service.enable_execute_command,
        "availabilityZoneRebalancing": "ENABLED",
    }
}

/// Instances that AWS keeps are asked for through a capacity provider.
fn provider(service: &Service) -> Option<Value> {
    service.managed.then(|| {
        let provider = format!("{}-managed", service.cluster);
        Value::list([record! { "capacityProvider": provider, "weight": 1, "base": 0 }])
    })
}

fn events(service: &Service) -> Value {
    Value::list(service.events.iter().map(|event| {
        record! { "id": &event.id, "createdAt": event.at, "message": &event.message }
    }))
}

/// `deploymentConfiguration`, of services and of service deployments.
pub(super) fn configuration(service: &Service) -> Value {
    let strategy = service.strategy;
    let alarms = (!service.deployment_alarms.is_empty()).then(|| {
        record! {
            "alarmNames": Value::list(&service.deployment_alarms),
            "enable": true,
            "rollback": true,
        }
    });
    record! {
        "deploymentCircuitBreaker": record! {
            "enable": service.breaker,
            "rollback": service.rollback,
        },
        "maximumPercent": service.maximum_percent,
        "minimumHealthyPercent": service.minimum_healthy_percent,
        "alarms": alarms,
        "strategy": strategy.name.as_ref(),
        "bakeTimeInMinutes": strategy.bake_minutes,
        "linearConfiguration": (strategy.name == StrategyName::Linear).then(|| record! {
            "stepPercent": strategy.percent,
            "stepBakeTimeInMinutes": strategy.step_minutes,
        }),
        "canaryConfiguration": (strategy.name == StrategyName::Canary).then(|| record! {
            "canaryPercent": strategy.percent,
            "canaryBakeTimeInMinutes": strategy.step_minutes,
        }),
    }
}

pub(super) fn network(service: &Service) -> Value {
    record! {
        "awsvpcConfiguration": record! {
            "subnets": Value::list(&service.subnets),
            "securityGroups": Value::list(&service.security_groups),
            "assignPublicIp": "DISABLED",
        },
    }
}

fn deployment(service: &Service, deployment: &Deployment) -> Value {
    record! {
        "id": &deployment.id,
        "status": deployment.status.as_ref(),
        "taskDefinition": &deployment.task_definition,
        "desiredCount": deployment.desired,
        "pendingCount": service.pending_of(&deployment.id),
        "runningCount": service.running_of(&deployment.id),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "launchType": service.launch_type,
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": network(service),
        "rolloutState": deployment.rollout.as_ref(),
        "rolloutStateReason": &deployment.rollout_reason,
    }
}

/// A deployment as other controllers have it.
fn task_set(service: &Service, deployment: &Deployment) -> Value {
    let id = deployment.id.replace('/', "-");
    let (running, pending) = (
        service.running_of(&deployment.id),
        service.pending_of(&deployment.id),
    );
    let steady = pending == 0 && u32::try_from(running) == Ok(deployment.desired);
    let balancers = service.target_group.iter().map(|target_group| {
        record! {
            "targetGroupArn": target_group,
            "containerName": &service.container,
            "containerPort": service.port,
        }
    });
    record! {
        "id": &id,
        "taskSetArn": service.sibling_arn("task-set", &format!("{}/{id}", service.name)),
        "serviceArn": &service.arn,
        "clusterArn": &service.cluster_arn,
        "status": deployment.status.as_ref(),
        "taskDefinition": &deployment.task_definition,
        "computedDesiredCount": deployment.desired,
        "pendingCount": pending,
        "runningCount": running,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "launchType": service.launch_type,
        "loadBalancers": Value::list(balancers),
        "scale": record! { "value": 100.0, "unit": "PERCENT" },
        "stabilityStatus": if steady { "STEADY_STATE" } else { "STABILIZING" },
        "stabilityStatusAt": deployment.updated_at,
    }
}

/// A service revision with its counts.
pub(super) fn revision(service: &Service, deployment: &Deployment) -> Value {
    record! {
        "arn": &deployment.service_revision,
        "requestedTaskCount": deployment.desired,
        "runningTaskCount": service.running_of(&deployment.id),
        "pendingTaskCount": service.pending_of(&deployment.id),
    }
}
