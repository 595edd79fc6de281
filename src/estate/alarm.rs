//! CloudWatch alarms.

use super::Timestamp;
use super::id::AlarmArn;
use super::text::Text;

/// One metric or composite alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Its ARN.
    pub arn: AlarmArn,
    /// Its name.
    pub name: Text,
    /// Its state.
    pub state: AlarmState,
    /// The real change (`StateTransitionedTimestamp`), otherwise the last update.
    pub since: Option<Timestamp>,
    /// CloudWatch's reason for the state.
    pub reason: Text,
    /// Metric name, when it watches one metric.
    pub metric: Option<Text>,
    /// Every dimension it watches, of all its metrics; what links it to services (aws.md 3.6).
    pub dimensions: Vec<(Text, Text)>,
    /// The threshold, when it has one.
    pub threshold: Option<f64>,
    /// Whether anybody is told (`ActionsEnabled` and at least one alarm action).
    pub notifies: bool,
}

/// An alarm's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// Fine.
    Ok,
    /// Threshold crossed.
    Alarm,
    /// Neither red nor green.
    InsufficientData,
    /// A state this version does not know.
    Unknown(Text),
}
