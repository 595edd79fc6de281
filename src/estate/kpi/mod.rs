//! The numbers that matter, with their thresholds.

use super::id::{KpiId, ServiceArn};
use super::series::Series;
use super::text::Text;

mod level;
mod trend;

pub use level::{Reading, in_unit, level, level_of, reached_by, reading, value_words};
pub use trend::trend_words;

/// What a KPI measures. Definitions: aws.md 3.1 to 3.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum KpiKind {
    /// `AWS/RDS DatabaseConnections`, against `max_connections`.
    DatabaseConnections,
    /// `AWS/RDS CPUUtilization`.
    DatabaseCpu,
    /// `HTTPCode_ELB_5XX_Count` of a load balancer; never attributable to one service.
    LoadBalancer5xx,
    /// `HTTPCode_Target_5XX_Count` of a target group or load balancer.
    Target5xx,
    /// `RequestCount`.
    Requests,
    /// `TargetResponseTime` p99.
    LatencyP99,
    /// `HealthyHostCount`, minimum.
    HealthyTargets,
    /// `UnHealthyHostCount`, minimum (only what stays unhealthy counts).
    UnhealthyTargets,
    /// `AWS/ECS CPUUtilization`.
    ServiceCpu,
    /// `AWS/ECS MemoryUtilization`.
    ServiceMemory,
    /// `AWS/ElastiCache` hits as a share of hits and misses.
    CacheHitRate,
    /// `AWS/ElastiCache Evictions`.
    CacheEvictions,
}

impl KpiKind {
    /// What it measures, as people call it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::DatabaseConnections => "DB connections",
            Self::DatabaseCpu => "DB CPU",
            Self::LoadBalancer5xx => "5xx of the load balancer",
            Self::Target5xx => "5xx",
            Self::Requests => "requests",
            Self::LatencyP99 => "p99 latency",
            Self::HealthyTargets => "healthy targets",
            Self::UnhealthyTargets => "unhealthy targets",
            Self::ServiceCpu => "CPU",
            Self::ServiceMemory => "memory",
            Self::CacheHitRate => "cache hits",
            Self::CacheEvictions => "cache evictions",
        }
    }

    /// Whether AWS publishes it only in minutes in which something happened (aws.md 3.1).
    const fn sparse(self) -> bool {
        matches!(
            self,
            Self::LoadBalancer5xx | Self::Target5xx | Self::CacheEvictions
        )
    }

    /// Whether it needs traffic to exist at all.
    const fn of_traffic(self) -> bool {
        matches!(
            self,
            Self::LoadBalancer5xx | Self::Target5xx | Self::LatencyP99 | Self::Requests
        )
    }
}

/// What a KPI's values count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Things in each minute.
    PerMinute,
    /// Seconds.
    Seconds,
    /// Percent, 0 to 100 and sometimes more.
    Percent,
}

/// How bad a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is known: no recent point, or nobody may read it.
    #[default]
    Unknown,
    /// Below every threshold.
    Fine,
    /// Over the amber threshold.
    Amber,
    /// Over the red threshold.
    Red,
}

/// The value that is 100 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// In the KPI's unit.
    pub value: f64,
    /// False when it is computed by a formula over nominal memory: print `≈` (aws.md 3.3).
    pub exact: bool,
}

/// When a KPI turns amber and red.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Amber from here.
    pub amber: f64,
    /// Red from here.
    pub red: f64,
    /// True when the thresholds are percent of the ceiling rather than the KPI's unit.
    pub share: bool,
    /// How many of the newest points must agree.
    pub points: u8,
}

/// One number over time, of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Kpi {
    /// The same KPI keeps its id from look to look.
    pub id: KpiId,
    /// What it measures.
    pub kind: KpiKind,
    /// The resource as people call it (`orders-db`, `public-alb`).
    pub resource: Text,
    /// The services it provably belongs to (by dimension or target group); empty: the
    /// environment's.
    pub services: Vec<ServiceArn>,
    /// Its values.
    pub series: Series,
    /// What they count.
    pub unit: Unit,
    /// What 100 % is, where there is such a thing.
    pub ceiling: Option<Ceiling>,
    /// When to worry, where there is a number for it.
    pub thresholds: Option<Thresholds>,
}

#[cfg(test)]
mod tests;
