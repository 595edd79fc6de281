//! The AWS services the simulator speaks for, and every name the outside has for them.

/// One AWS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter)]
pub enum Service {
    /// Application Auto Scaling.
    ApplicationAutoScaling,
    /// `CloudTrail`: who called what.
    CloudTrail,
    /// `CloudWatch` metrics and alarms.
    CloudWatch,
    /// Elastic Container Registry.
    Ecr,
    /// Elastic Container Service.
    Ecs,
    /// `ElastiCache`.
    ElastiCache,
    /// Application and network load balancers.
    ElasticLoadBalancing,
    /// Key Management Service: the data keys of encrypted sessions.
    Kms,
    /// `CloudWatch` Logs.
    Logs,
    /// Relational databases.
    Rds,
    /// Systems Manager: sessions.
    Ssm,
    /// Security tokens: who am I?
    Sts,
}

impl Service {
    /// The short name used by fault specifications and the call log, as in `AWS_ENDPOINT_URL_…`'s
    /// command-line twin: `ecs`, `logs`, `cloudwatch`, `cloudtrail`, `elbv2`, `rds`, `elasticache`,
    /// `ecr`, `application-autoscaling`, `kms`, `ssm`, `sts`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApplicationAutoScaling => "application-autoscaling",
            Self::CloudTrail => "cloudtrail",
            Self::CloudWatch => "cloudwatch",
            Self::Ecr => "ecr",
            Self::Ecs => "ecs",
            Self::ElastiCache => "elasticache",
            Self::ElasticLoadBalancing => "elbv2",
            Self::Kms => "kms",
            Self::Logs => "logs",
            Self::Rds => "rds",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }

    /// The prefix of its IAM actions, as in `elasticloadbalancing:DescribeTargetHealth`.
    pub(crate) fn action_prefix(self) -> &'static str {
        match self {
            Self::ElasticLoadBalancing => "elasticloadbalancing",
            Self::ApplicationAutoScaling
            | Self::CloudTrail
            | Self::CloudWatch
            | Self::Ecr
            | Self::Ecs
            | Self::ElastiCache
            | Self::Kms
            | Self::Logs
            | Self::Rds
            | Self::Ssm
            | Self::Sts => self.name(),
        }
    }

    /// The name in the credential scope of a signed request.
    pub(crate) fn signing_name(self) -> &'static str {
        match self {
            Self::CloudWatch => "monitoring",
            Self::ApplicationAutoScaling
            | Self::CloudTrail
            | Self::Ecr
            | Self::Ecs
            | Self::ElastiCache
            | Self::ElasticLoadBalancing
            | Self::Kms
            | Self::Logs
            | Self::Rds
            | Self::Ssm
            | Self::Sts => self.action_prefix(),
        }
    }

    /// What stands before the dot of `X-Amz-Target`; `None` for services without a JSON protocol.
    pub(crate) fn target_prefix(self) -> Option<&'static str> {
        match self {
            Self::ApplicationAutoScaling => Some("AnyScaleFrontendService"),
            Self::CloudTrail => Some("CloudTrail_20131101"),
            Self::CloudWatch => Some("GraniteServiceVersion20100801"),
            Self::Ecr => Some("AmazonEC2ContainerRegistry_V20150921"),
            Self::Ecs => Some("AmazonEC2ContainerServiceV20141113"),
            Self::Kms => Some("TrentService"),
            Self::Logs => Some("Logs_20140328"),
            Self::Ssm => Some("AmazonSSM"),
            Self::ElastiCache | Self::ElasticLoadBalancing | Self::Rds | Self::Sts => None,
        }
    }

    /// The Query API's version and XML namespace; `None` for services without that protocol.
    pub(crate) fn query_version(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::CloudWatch => Some((
                "2010-08-01",
                "http://monitoring.amazonaws.com/doc/2010-08-01/",
            )),
            Self::ElastiCache => Some((
                "2015-02-02",
                "http://elasticache.amazonaws.com/doc/2015-02-02/",
            )),
            Self::ElasticLoadBalancing => Some((
                "2015-12-01",
                "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
            )),
            Self::Rds => Some(("2014-10-31", "http://rds.amazonaws.com/doc/2014-10-31/")),
            Self::Sts => Some(("2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/")),
            Self::ApplicationAutoScaling
            | Self::CloudTrail
            | Self::Ecr
            | Self::Ecs
            | Self::Kms
            | Self::Logs
            | Self::Ssm => None,
        }
    }
}
