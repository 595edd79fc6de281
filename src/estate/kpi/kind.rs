//! What can be measured, and what is true of it wherever it is measured.

use super::Unit;
use crate::estate::SignedDuration;

/// What a KPI measures. Definitions: aws.md 3.1 to 3.4.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::Display,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum KpiKind {
    /// `AWS/RDS DatabaseConnections`, against `max_connections`.
    DatabaseConnections,
    /// `HTTPCode_ELB_5XX_Count` of a load balancer; never attributable to one service.
    #[strum(serialize = "load-balancer-5xx")]
    LoadBalancer5xx,
    /// `HTTPCode_ELB_502_Count`: a target closed the connection or answered rubbish.
    #[strum(serialize = "load-balancer-502")]
    LoadBalancer502,
    /// `HTTPCode_ELB_503_Count`: there was no target to choose.
    #[strum(serialize = "load-balancer-503")]
    LoadBalancer503,
    /// `HTTPCode_ELB_504_Count`: a target did not answer in time.
    #[strum(serialize = "load-balancer-504")]
    LoadBalancer504,
    /// `RejectedConnectionCount`: the load balancer itself was full.
    RejectedConnections,
    /// `HTTPCode_Target_5XX_Count` of a target group or load balancer.
    #[strum(serialize = "target-5xx")]
    Target5xx,
    /// Answers that were a 5xx, as a share of the requests (aws.md 3.1, expressions).
    ErrorRate,
    /// `TargetConnectionErrorCount`: connections to targets that were not to be had.
    TargetConnectionErrors,
    /// `RequestCount`.
    Requests,
    /// `TargetResponseTime` p99.
    LatencyP99,
    /// `TargetResponseTime` p50.
    LatencyP50,
    /// `HealthyHostCount`, minimum.
    HealthyTargets,
    /// `UnHealthyHostCount`, minimum (only what stays unhealthy counts).
    UnhealthyTargets,
    /// `AWS/ECS CPUUtilization`.
    ServiceCpu,
    /// `AWS/ECS MemoryUtilization`.
    ServiceMemory,
    /// `ECS/ContainerInsights` ephemeral storage used, as a share of what is reserved.
    EphemeralStorage,
    /// `AWS/RDS CPUUtilization`.
    DatabaseCpu,
    /// `AWS/RDS FreeableMemory`, against the memory of the class.
    DatabaseMemory,
    /// `AWS/RDS FreeStorageSpace`, against the allocated storage.
    DatabaseStorage,
    /// `AWS/RDS ReplicaLag` in seconds, or `AuroraReplicaLag`, which AWS publishes in
    /// milliseconds. −1 is "not replicating".
    ReplicaLag,
    /// `AWS/ElastiCache` hits as a share of hits and misses.
    CacheHitRate,
    /// `AWS/ElastiCache Evictions`.
    CacheEvictions,
    /// `AWS/ElastiCache DatabaseMemoryUsagePercentage`.
    CacheMemory,
    /// `AWS/ElastiCache EngineCPUUtilization`: one thread serves them all.
    CacheCpu,
    /// `AWS/ElastiCache CurrConnections`, of 65,000 a node.
    CacheConnections,
    /// A metric the settings name.
    Custom,
}

impl KpiKind {
    /// What it measures, as people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::DatabaseConnections => "DB connections",
            Self::LoadBalancer5xx => "5xx of the load balancer",
            Self::LoadBalancer502 => "502 of the load balancer",
            Self::LoadBalancer503 => "503 of the load balancer",
            Self::LoadBalancer504 => "504 of the load balancer",
            Self::RejectedConnections => "rejected connections",
            Self::Target5xx => "5xx",
            Self::ErrorRate => "error rate",
            Self::TargetConnectionErrors => "connection errors",
            Self::Requests => "requests",
            Self::LatencyP99 => "p99 latency",
            Self::LatencyP50 => "p50 latency",
            Self::HealthyTargets => "healthy targets",
            Self::UnhealthyTargets => "unhealthy targets",
            Self::ServiceCpu => "CPU",
            Self::ServiceMemory => "memory",
            Self::EphemeralStorage => "ephemeral storage",
            Self::DatabaseCpu => "DB CPU",
            Self::DatabaseMemory => "DB free memory",
            Self::DatabaseStorage => "DB free storage",
            Self::ReplicaLag => "replica lag",
            Self::CacheHitRate => "cache hits",
            Self::CacheEvictions => "cache evictions",
            Self::CacheMemory => "cache memory",
            Self::CacheCpu => "cache CPU",
            Self::CacheConnections => "cache clients",
            Self::Custom => "metric",
        }
    }

    /// The same in at most fourteen columns, beside the name of its resource.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most words are short enough"
    )]
    pub const fn short(self) -> &'static str {
        match self {
            Self::LoadBalancer5xx => "5xx lb",
            Self::LoadBalancer502 => "502 lb",
            Self::LoadBalancer503 => "503 lb",
            Self::LoadBalancer504 => "504 lb",
            Self::RejectedConnections => "rejected",
            Self::Target5xx => "5xx target",
            Self::TargetConnectionErrors => "conn. errors",
            Self::UnhealthyTargets => "unhealthy",
            Self::EphemeralStorage => "eph. storage",
            Self::DatabaseMemory => "DB free mem",
            Self::DatabaseStorage => "DB free disk",
            Self::HealthyTargets => "targets up",
            Self::CacheEvictions => "evictions",
            _ => self.words(),
        }
    }

    /// What its values count; a custom metric says so itself.
    pub const fn unit(self) -> Unit {
        match self {
            Self::LoadBalancer5xx
            | Self::LoadBalancer502
            | Self::LoadBalancer503
            | Self::LoadBalancer504
            | Self::RejectedConnections
            | Self::Target5xx
            | Self::TargetConnectionErrors
            | Self::Requests
            | Self::CacheEvictions => Unit::PerMinute,
            Self::LatencyP99 | Self::LatencyP50 | Self::ReplicaLag => Unit::Seconds,
            Self::ErrorRate
            | Self::ServiceCpu
            | Self::ServiceMemory
            | Self::EphemeralStorage
            | Self::DatabaseCpu
            | Self::CacheHitRate
            | Self::CacheMemory
            | Self::CacheCpu => Unit::Percent,
            Self::DatabaseMemory | Self::DatabaseStorage => Unit::Bytes,
            Self::DatabaseConnections
            | Self::HealthyTargets
            | Self::UnhealthyTargets
            | Self::CacheConnections
            | Self::Custom => Unit::Count,
        }
    }

    /// Where it stands in the board's strip, if it is a headline at all.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few of them are headlines")]
    pub const fn place(self) -> Option<u8> {
        match self {
            Self::DatabaseConnections => Some(0),
            Self::LoadBalancer5xx => Some(1),
            Self::Target5xx => Some(2),
            Self::LatencyP99 => Some(3),
            Self::CacheHitRate => Some(4),
            Self::CacheEvictions => Some(5),
            _ => None,
        }
    }

    /// How far back its values are kept: what its picture on the board or on a page shows, and as
    /// much of what shares a metric with those. A chart asks for more when it is opened.
    pub const fn kept(self) -> SignedDuration {
        let beside = matches!(self, Self::Requests | Self::ErrorRate | Self::LatencyP50);
        let long = beside || self.place().is_some();
        SignedDuration::from_hours(if long { 3 } else { 1 })
    }

    /// Whether it counts answers the load balancer itself gave: those have no target group, so they
    /// belong to no service (aws.md 3.1).
    pub const fn of_balancer(self) -> bool {
        matches!(
            self,
            Self::LoadBalancer5xx
                | Self::LoadBalancer502
                | Self::LoadBalancer503
                | Self::LoadBalancer504
        )
    }

    /// Whether AWS publishes it only in minutes in which something happened (aws.md 3.1).
    pub(in crate::estate) const fn sparse(self) -> bool {
        self.is_judged_by_traffic()
            || matches!(
                self,
                Self::RejectedConnections | Self::TargetConnectionErrors | Self::CacheEvictions
            )
    }

    /// Whether its thresholds follow the traffic of the same resource (aws.md 3.5).
    pub const fn is_judged_by_traffic(self) -> bool {
        self.of_balancer() || matches!(self, Self::Target5xx)
    }

    /// Whether its thresholds follow its own usual values (aws.md 3.5).
    pub const fn is_judged_by_habit(self) -> bool {
        matches!(
            self,
            Self::LatencyP99 | Self::Requests | Self::CacheEvictions
        )
    }

    /// Whether it needs traffic to exist at all.
    pub const fn of_traffic(self) -> bool {
        self.is_judged_by_traffic()
            || matches!(
                self,
                Self::RejectedConnections
                    | Self::ErrorRate
                    | Self::TargetConnectionErrors
                    | Self::LatencyP99
                    | Self::LatencyP50
                    | Self::Requests
            )
    }

    /// Whether there is no value at all while no task runs (aws.md 3.2).
    pub(in crate::estate) const fn of_tasks(self) -> bool {
        matches!(
            self,
            Self::ServiceCpu | Self::ServiceMemory | Self::EphemeralStorage
        )
    }
}
