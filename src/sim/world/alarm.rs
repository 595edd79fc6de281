//! `CloudWatch` alarms.

use jiff::Timestamp;
use strum::AsRefStr;

use super::Statistic;

/// `StateValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Fine.
    Ok,
    /// Not fine.
    Alarm,
    /// Nobody knows.
    InsufficientData,
}

/// `TreatMissingData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr)]
#[strum(serialize_all = "camelCase")]
pub enum MissingData {
    /// Missing points lead to `INSUFFICIENT_DATA`.
    Missing,
    /// Missing points are good.
    NotBreaching,
}

/// A metric alarm or a composite alarm.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What it is for, in words.
    pub description: String,
    /// Whether it tells anybody.
    pub actions_enabled: bool,
    /// Whom it tells (ARNs).
    pub actions: Vec<String>,
    /// Its state.
    pub state: AlarmState,
    /// Why, in `CloudWatch`'s words.
    pub reason: String,
    /// `StateTransitionedTimestamp`: since when it is in this state.
    pub transitioned_at: Timestamp,
    /// `StateUpdatedTimestamp`.
    pub updated_at: Timestamp,
    /// `AlarmConfigurationUpdatedTimestamp`.
    pub configured_at: Timestamp,
    /// What it watches.
    pub kind: AlarmKind,
    /// Its changes of state, the newest first.
    pub history: Vec<Transition>,
}

/// What an alarm watches.
#[derive(Debug, Clone)]
pub enum AlarmKind {
    /// A metric.
    Metric(MetricRule),
    /// Other alarms.
    Composite(CompositeRule),
}

/// The rule of a metric alarm.
#[derive(Debug, Clone)]
pub struct MetricRule {
    /// `AWS/RDS`.
    pub namespace: &'static str,
    /// `DatabaseConnections`.
    pub metric: &'static str,
    /// Its dimensions, name and value, sorted by name.
    pub dimensions: Vec<(String, String)>,
    /// Its statistic.
    pub statistic: Statistic,
    /// Seconds.
    pub period: u32,
    /// N of M-of-N.
    pub evaluation_periods: u32,
    /// M of M-of-N.
    pub datapoints_to_alarm: u32,
    /// A point above (or below, see `above`) breaches.
    pub threshold: f64,
    /// `GreaterThanThreshold`, or else `LessThanThreshold`.
    pub above: bool,
    /// What a missing point means.
    pub missing: MissingData,
}

/// The rule of a composite alarm: any of its children in `ALARM`.
#[derive(Debug, Clone)]
pub struct CompositeRule {
    /// Names of its children.
    pub children: Vec<String>,
}

impl CompositeRule {
    /// `AlarmRule`.
    pub fn expression(&self) -> String {
        self.children
            .iter()
            .map(|name| format!("ALARM(\"{name}\")"))
            .collect::<Vec<_>>()
            .join(" OR ")
    }
}

/// A change of an alarm's state.
#[derive(Debug, Clone)]
pub struct Transition {
    /// When.
    pub at: Timestamp,
    /// From which state.
    pub from: AlarmState,
    /// To which state.
    pub to: AlarmState,
    /// Why.
    pub reason: String,
}

/// An alarm mute rule: the alarms it targets do nothing while its window is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MuteRule {
    /// Its ARN.
    pub arn: String,
    /// Its name, the only one of that name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// `at(2026-11-21T18:02)` or `cron(…)`.
    pub expression: String,
    /// How long the window is, in ISO 8601.
    pub duration: String,
    /// The alarms, by name.
    pub alarms: Vec<String>,
    /// When it was put.
    pub updated_at: Timestamp,
}
