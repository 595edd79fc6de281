//! Identifiers as types, so that a cluster is never passed where a service is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::text::Text;

macro_rules! identifiers {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// Takes the identifier as it came; whatever a terminal must not see is replaced,
            /// and an identifier so changed simply names nothing in AWS.
            pub fn new(raw: &str) -> Self {
                Self(Text::clean(raw))
            }

            /// The identifier's characters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, formatter)
            }
        }

        impl From<&str> for $name {
            fn from(raw: &str) -> Self {
                Self::new(raw)
            }
        }
    )*};
}

identifiers! {
    /// A twelve-digit AWS account id. The account id decides, never a name.
    AccountId;
    /// An AWS region such as `eu-central-1`.
    Region;
    /// The configured (or discovered) name of an environment.
    EnvironmentName;
    /// `arn:aws:ecs:REGION:ACCOUNT:cluster/NAME`.
    ClusterArn;
    /// `arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME`.
    ServiceArn;
    /// `arn:aws:ecs:REGION:ACCOUNT:task/CLUSTER/ID`.
    TaskArn;
    /// `arn:aws:ecs:REGION:ACCOUNT:task-definition/FAMILY:REVISION`.
    TaskDefinitionArn;
    /// `i-…` of an EC2 instance, `mi-…` of a machine elsewhere: a node Session Manager manages.
    NodeId;
    /// `ecs-svc/DIGITS`: one entry of a service's `deployments`.
    DeploymentId;
    /// `arn:aws:ecs:…:service-deployment/CLUSTER/SERVICE/ID`.
    ServiceDeploymentArn;
    /// An ELBv2 target group's ARN.
    TargetGroupArn;
    /// An ELBv2 load balancer's ARN.
    LoadBalancerArn;
    /// A CloudWatch alarm's ARN.
    AlarmArn;
    /// What makes a KPI the same KPI from one look to the next.
    KpiId;
    /// A CloudWatch Logs group's name.
    LogGroup;
}

/// What stands after the last `/` of an ARN, the part people say aloud.
fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl ClusterArn {
    /// The cluster's name.
    pub fn name(&self) -> &str {
        last_part(self.as_str())
    }
}

impl ServiceArn {
    /// The service's name. A log group that stands in a service's place has all of its own.
    pub fn name(&self) -> &str {
        if self.as_log_group().is_some() {
            return self.as_str();
        }
        last_part(self.as_str())
    }

    /// The log group whose name stands in a service's place: it begins with a slash, and no ARN
    /// does.
    pub fn as_log_group(&self) -> Option<LogGroup> {
        let is_group = self.as_str().starts_with('/');
        is_group.then(|| LogGroup::new(self.as_str()))
    }
}

impl TaskArn {
    /// The task's id, 32 hexadecimal digits.
    pub fn id(&self) -> &str {
        last_part(self.as_str())
    }

    /// The first eight digits of the id, enough for people to tell tasks apart.
    pub fn short(&self) -> &str {
        let id = self.id();
        id.get(..8).unwrap_or(id)
    }
}

impl ServiceDeploymentArn {
    /// The deployment's id.
    pub fn id(&self) -> &str {
        last_part(self.as_str())
    }
}

impl TaskDefinitionArn {
    /// `family:revision`, as people say it (`orders:58`).
    pub fn label(&self) -> &str {
        last_part(self.as_str())
    }
}

impl LoadBalancerArn {
    /// The value of the CloudWatch dimension `LoadBalancer` (`app/NAME/ID`), the ARN's tail
    /// (aws.md 3.1).
    pub fn dimension(&self) -> &str {
        let arn = self.as_str();
        arn.split_once(":loadbalancer/")
            .map_or(arn, |(_, tail)| tail)
    }

    /// The load balancer's name.
    pub fn name(&self) -> &str {
        let dimension = self.dimension();
        dimension.split('/').nth(1).unwrap_or(dimension)
    }
}

impl TargetGroupArn {
    /// The value of the CloudWatch dimension `TargetGroup` (`targetgroup/NAME/ID`), the ARN's
    /// tail (aws.md 3.1).
    pub fn dimension(&self) -> &str {
        self.as_str().rsplit(':').next().unwrap_or_default()
    }

    /// The target group's name.
    pub fn name(&self) -> &str {
        let dimension = self.dimension();
        dimension.split('/').nth(1).unwrap_or(dimension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_give_the_names_people_say() {
        let service = ServiceArn::new("arn:aws:ecs:eu-central-1:123456789012:service/prod/orders");
        assert_eq!(service.name(), "orders");
        let definition =
            TaskDefinitionArn::new("arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7");
        assert_eq!(definition.label(), "web:7");
        let balancer = LoadBalancerArn::new(
            "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/public-alb/50dc6c",
        );
        assert_eq!(
            (balancer.dimension(), balancer.name()),
            ("app/public-alb/50dc6c", "public-alb")
        );
        let group = TargetGroupArn::new(
            "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/orders-tg/73e2",
        );
        assert_eq!(
            (group.dimension(), group.name()),
            ("targetgroup/orders-tg/73e2", "orders-tg")
        );
    }
}
