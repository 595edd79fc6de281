//! `DescribeTaskDefinition`.

use crate::sim::wire::value::{Value, record};
use crate::sim::wire::{Context, Input, Refusal};
use crate::sim::world::{ContainerDefinition, TaskDefinition};

pub(super) fn describe(context: &mut Context<'_>, input: Input<'_>) -> Result<Value, Refusal> {
    let account = context.account()?;
    let name = input.required_text("taskDefinition", "ClientException")?;
    let found = account
        .task_definition(name)
        .ok_or_else(|| Refusal::sender("ClientException", "Unable to describe task definition."))?;
    Ok(record! { "taskDefinition": described(found, &account.region), "tags": Vec::new() })
}

fn described(definition: &TaskDefinition, region: &str) -> Value {
    record! {
        "taskDefinitionArn": &definition.arn,
        "containerDefinitions": vec![container(&definition.container, region)],
        "family": &definition.family,
        "taskRoleArn": &definition.task_role,
        "executionRoleArn": &definition.execution_role,
        "networkMode": "awsvpc",
        "revision": definition.revision,
        "volumes": Vec::new(),
        "status": "ACTIVE",
        "requiresAttributes": Vec::new(),
        "placementConstraints": Vec::new(),
        "compatibilities": Value::list(["EC2", "FARGATE"]),
        "requiresCompatibilities": Value::list(["FARGATE"]),
        "cpu": definition.cpu.to_string(),
        "memory": definition.memory.to_string(),
        "registeredAt": definition.registered_at,
        "registeredBy": &definition.registered_by,
    }
}

fn container(container: &ContainerDefinition, region: &str) -> Value {
    let environment = container
        .environment
        .iter()
        .map(|(name, value)| record! { "name": name, "value": value });
    let secrets = container
        .secrets
        .iter()
        .map(|(name, from)| record! { "name": name, "valueFrom": from });
    let health_check = container.health_check.as_ref().map(|command| {
        record! { "command": Value::list(command), "interval": 30, "timeout": 5, "retries": 3 }
    });
    record! {
        "name": &container.name,
        "image": &container.image,
        "cpu": 0,
        "portMappings": vec![record! {
            "containerPort": container.port,
            "hostPort": container.port,
            "protocol": "tcp",
        }],
        "essential": true,
        "environment": Value::list(environment),
        "secrets": Value::list(secrets),
        "linuxParameters": record! { "initProcessEnabled": true },
        "mountPoints": Vec::new(),
        "volumesFrom": Vec::new(),
        "logConfiguration": record! {
            "logDriver": "awslogs",
            "options": record! {
                "awslogs-group": &container.log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": &container.log_prefix,
            },
        },
        "healthCheck": health_check,
        "systemControls": Vec::new(),
    }
}
