//! Everything we may ask AWS to alter.

use serde::Serialize;

use super::follow::Aim;
use super::id::{
    AccountId, ClusterArn, DeploymentId, EnvironmentName, Region, ServiceArn, ServiceDeploymentArn,
    TaskArn, TaskDefinitionArn,
};
use super::service::Service;
use super::session::Session;
use super::staging::Plan;

/// A request that alters AWS, carrying what it believed about the world when it was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verb", rename_all = "kebab-case")]
pub enum Change {
    /// `UpdateService(forceNewDeployment)`: only that field, never the desired count.
    Redeploy(Target),
    /// `StopTask` for one task after the other, each once the replacement of the one before is
    /// healthy: the same image digest, one task less while it lasts (aws.md 4.1).
    Recycle {
        /// The service.
        target: Target,
        /// The tasks, in the order in which they go.
        tasks: Vec<TaskArn>,
    },
    /// `StopServiceDeployment(ROLLBACK)`: the running deployment goes back to where it came
    /// from (aws.md 4.4). The one fast undo.
    Rollback {
        /// The service.
        target: Target,
        /// The deployment that goes back.
        deployment: ServiceDeploymentArn,
    },
    /// `StopTask` for one task; the service starts another.
    StopTask {
        /// The service.
        target: Target,
        /// The task.
        task: TaskArn,
    },
    /// `UpdateService(desiredCount)`: only that field; no deployment begins.
    Scale {
        /// The service; what it wanted before is in its belief.
        target: Target,
        /// Tasks wanted from now on.
        count: u32,
    },
    /// Every service of an environment to no task, each put on record first.
    StopEnvironment(Box<Plan>),
    /// Every service of an environment as it is on record.
    StartEnvironment(Box<Plan>),
    /// `ExecuteCommand`, or `StartSession` for a node or a forwarded port: somebody is let in.
    Session(Box<Session>),
}

/// The service a change is about, and what was true of it when the change was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The environment it was picked in.
    pub environment: EnvironmentName,
    /// The account it lives in, taken from its ARN.
    pub account: AccountId,
    /// The region it lives in, taken from its ARN.
    pub region: Region,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// The service.
    pub service: ServiceArn,
    /// What was believed.
    pub belief: Belief,
}

/// What must still be true when the call is made (aws.md 8.1: re-read at most two seconds
/// before).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Belief {
    /// The task definition of the primary deployment.
    pub task_definition: TaskDefinitionArn,
    /// Tasks wanted.
    pub desired: u32,
    /// The deployments there were, in AWS's order.
    pub deployments: Vec<DeploymentId>,
}

impl Belief {
    /// What is true of `service` now.
    pub fn of(service: &Service) -> Self {
        Self {
            task_definition: service.task_definition.clone(),
            desired: service.desired,
            deployments: service
                .deployments
                .iter()
                .map(|one| one.id.clone())
                .collect(),
        }
    }

    /// What differs between this belief and `now`, in words; `None` when nothing moved.
    pub fn moved(&self, now: &Self) -> Option<String> {
        if self.task_definition != now.task_definition {
            let (old, new) = (self.task_definition.label(), now.task_definition.label());
            return Some(format!("the task definition is {new} now, it was {old}"));
        }
        if self.desired != now.desired {
            return Some(format!(
                "desired is {} now, it was {}",
                now.desired, self.desired
            ));
        }
        let newer = now
            .deployments
            .iter()
            .find(|one| !self.deployments.contains(one));
        if let Some(newer) = newer {
            return Some(format!("another deployment began: {newer}"));
        }
        (self.deployments != now.deployments).then(|| "a deployment ended meanwhile".to_owned())
    }
}

impl Change {
    /// The verb's name, as typed on a command line.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Redeploy(_) => "redeploy",
            Self::Recycle { .. } => "recycle",
            Self::Rollback { .. } => "rollback",
            Self::StopTask { .. } => "stop-task",
            Self::Scale { .. } => "scale",
            Self::StopEnvironment(_) => "stop",
            Self::StartEnvironment(_) => "start",
            Self::Session(session) => session.verb(),
        }
    }

    /// The service it is about; for a session, the one whose task is entered, or the node.
    pub const fn target(&self) -> &Target {
        match self {
            Self::Redeploy(target)
            | Self::Recycle { target, .. }
            | Self::Rollback { target, .. }
            | Self::StopTask { target, .. }
            | Self::Scale { target, .. } => target,
            Self::StopEnvironment(plan) | Self::StartEnvironment(plan) => &plan.target,
            Self::Session(session) => &session.target,
        }
    }

    /// The plan, where it is about a whole environment.
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::StopEnvironment(plan) | Self::StartEnvironment(plan) => Some(plan),
            Self::Redeploy(_)
            | Self::Recycle { .. }
            | Self::Rollback { .. }
            | Self::StopTask { .. }
            | Self::Scale { .. }
            | Self::Session(_) => None,
        }
    }

    /// The session that is to be opened, if that is what it is.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Session(session) => Some(session),
            Self::Redeploy(_)
            | Self::Recycle { .. }
            | Self::Rollback { .. }
            | Self::StopTask { .. }
            | Self::Scale { .. }
            | Self::StopEnvironment(_)
            | Self::StartEnvironment(_) => None,
        }
    }

    /// Whether it alters one service: what the preflight looks at and what is followed to its
    /// end.
    pub const fn alters_a_service(&self) -> bool {
        match self {
            Self::Redeploy(_)
            | Self::Recycle { .. }
            | Self::Rollback { .. }
            | Self::StopTask { .. }
            | Self::Scale { .. } => true,
            Self::StopEnvironment(_) | Self::StartEnvironment(_) | Self::Session(_) => false,
        }
    }

    /// The name a person types to confirm.
    pub fn confirmation(&self) -> &str {
        match self {
            Self::Redeploy(target)
            | Self::Recycle { target, .. }
            | Self::Rollback { target, .. }
            | Self::StopTask { target, .. }
            | Self::Scale { target, .. } => target.service.name(),
            Self::StopEnvironment(plan) | Self::StartEnvironment(plan) => {
                plan.target.environment.as_str()
            }
            Self::Session(session) => session.target.service.name(),
        }
    }

    /// What is altered beyond the service's name, in words; `None` where the verb says it all.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::Recycle { tasks, .. } => {
                let tasks: Vec<&str> = tasks.iter().map(TaskArn::short).collect();
                Some(format!("tasks {}, one by one", tasks.join(", ")))
            }
            Self::Rollback { deployment, .. } => Some(format!("deployment {}", deployment.id())),
            Self::StopTask { task, .. } => Some(format!("task {}", task.id())),
            Self::Scale { target, count } => {
                Some(format!("from {} to {count} tasks", target.belief.desired))
            }
            Self::Redeploy(_)
            | Self::StopEnvironment(_)
            | Self::StartEnvironment(_)
            | Self::Session(_) => None,
        }
    }

    /// What AWS has to show before it counts as done.
    pub fn aim(&self) -> Aim {
        match self {
            Self::Redeploy(target) => Aim::Anew(target.belief.deployments.clone()),
            Self::Recycle { tasks, .. } => Aim::Gone(tasks.clone()),
            Self::Rollback { deployment, .. } => Aim::Back(deployment.clone()),
            Self::StopTask { task, .. } => Aim::Gone(vec![task.clone()]),
            Self::Scale { count, .. } => Aim::Wanted(*count),
            Self::StopEnvironment(_) | Self::StartEnvironment(_) | Self::Session(_) => Aim::Unsaid,
        }
    }

    /// The AWS command-line form of the same request, for people to read and copy.
    pub fn as_aws_command(&self) -> String {
        match self {
            Self::Redeploy(target) => format!("{} --force-new-deployment", target.update()),
            Self::Recycle { target, tasks } => {
                let ids: Vec<&str> = tasks.iter().map(TaskArn::id).collect();
                format!(
                    "for task in {}; do {} --task $task; aws ecs wait services-stable {}; done",
                    ids.join(" "),
                    target.stop_task(),
                    target.named("--services"),
                )
            }
            Self::Rollback { target, deployment } => format!(
                "aws ecs stop-service-deployment --region {} --service-deployment-arn {deployment} --stop-type ROLLBACK",
                target.region
            ),
            Self::StopTask { target, task } => {
                format!("{} --task {}", target.stop_task(), task.id())
            }
            Self::Scale { target, count } => {
                format!("{} --desired-count {count}", target.update())
            }
            Self::StopEnvironment(plan) => format!(
                "for each service: aws application-autoscaling register-scalable-target … --min-capacity 0 --suspended-state …; aws ecs update-service --region {} --desired-count 0",
                plan.target.region
            ),
            Self::StartEnvironment(plan) => format!(
                "for each service: aws ecs update-service --region {} --desired-count SAVED; aws application-autoscaling register-scalable-target … --min-capacity SAVED --max-capacity SAVED",
                plan.target.region
            ),
            Self::Session(session) => session.as_aws_command(),
        }
    }
}

impl Target {
    /// Points at `service` as it stands in `environment`; account and region come from the ARN
    /// because the ARN decides. `None` when the ARN is not an ECS service's.
    pub fn of(service: &Service, environment: &EnvironmentName) -> Option<Self> {
        let mut fields = service.arn.as_str().split(':').skip(3);
        let (region, account) = (fields.next()?, fields.next()?);
        (!region.is_empty() && !account.is_empty()).then(|| Self {
            environment: environment.clone(),
            account: account.into(),
            region: region.into(),
            cluster: service.cluster.clone(),
            service: service.arn.clone(),
            belief: Belief::of(service),
        })
    }

    fn named(&self, flag: &str) -> String {
        let (cluster, service) = (self.cluster.name(), self.service.name());
        format!(
            "--region {} --cluster {cluster} {flag} {service}",
            self.region
        )
    }

    fn update(&self) -> String {
        format!("aws ecs update-service {}", self.named("--service"))
    }

    fn stop_task(&self) -> String {
        let cluster = self.cluster.name();
        format!(
            "aws ecs stop-task --region {} --cluster {cluster}",
            self.region
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belief(definition: &str, desired: u32, deployments: &[&str]) -> Belief {
        Belief {
            task_definition: definition.into(),
            desired,
            deployments: deployments.iter().map(|&id| id.into()).collect(),
        }
    }

    /// What a person copies must be what the console would ask for, nothing more.
    #[test]
    fn every_verb_on_a_service_has_its_aws_command() {
        let target = || Target {
            environment: "production".into(),
            account: "123456789012".into(),
            region: "eu-central-1".into(),
            cluster: "arn:aws:ecs:eu-central-1:123456789012:cluster/main".into(),
            service: "arn:aws:ecs:eu-central-1:123456789012:service/main/orders".into(),
            belief: belief("a/orders:58", 4, &[]),
        };
        let task = |id: &str| {
            let arn = format!("arn:aws:ecs:eu-central-1:123456789012:task/main/{id}");
            TaskArn::new(&arn)
        };
        let said: Vec<String> = [
            Change::Redeploy(target()),
            Change::Recycle {
                target: target(),
                tasks: vec![task("0a"), task("0b")],
            },
            Change::Rollback {
                target: target(),
                deployment:
                    "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/orders/9".into(),
            },
            Change::StopTask {
                target: target(),
                task: task("0a"),
            },
            Change::Scale {
                target: target(),
                count: 6,
            },
        ]
        .iter()
        .map(|change| format!("{}: {}", change.verb(), change.as_aws_command()))
        .collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn a_belief_says_what_moved() {
        let old = belief("a/web:1", 4, &["ecs-svc/1"]);
        assert_eq!(old.moved(&old), None);
        let moved = |now: &Belief| old.moved(now).unwrap();
        assert_eq!(
            moved(&belief("a/web:2", 4, &["ecs-svc/1"])),
            "the task definition is web:2 now, it was web:1"
        );
        assert_eq!(
            moved(&belief("a/web:1", 2, &["ecs-svc/1"])),
            "desired is 2 now, it was 4"
        );
        assert_eq!(
            moved(&belief("a/web:1", 4, &["ecs-svc/2", "ecs-svc/1"])),
            "another deployment began: ecs-svc/2"
        );
        assert_eq!(
            moved(&belief("a/web:1", 4, &[])),
            "a deployment ended meanwhile"
        );
    }
}
