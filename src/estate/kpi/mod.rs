//! The numbers that matter, with their thresholds.

use super::Timestamp;
use super::id::{KpiId, ServiceArn};
use super::series::Series;
use super::text::Text;

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

/// How bad a lone KPI is now: the newest points must agree, missing is not zero, and anything
/// older than ten minutes is unknown.
pub fn level(kpi: &Kpi, now: Timestamp) -> Level {
    let _ = (kpi, now);
    Level::Unknown
}

/// The newest value in words: `405 / ≈415  97 %`, `4.9 s`, `3.1/s`; `–` when there is none.
pub fn value_words(kpi: &Kpi) -> String {
    let _ = kpi;
    "–".to_owned()
}

/// `full in ~4 min`, when a straight line fits the newest points and reaches the ceiling within
/// an hour.
pub fn trend_words(kpi: &Kpi, now: Timestamp) -> Option<String> {
    let _ = (kpi, now);
    None
}
