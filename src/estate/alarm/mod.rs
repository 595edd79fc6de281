//! CloudWatch alarms.
//!
//! | file | holds |
//! |---|---|
//! | `rule` | how an alarm judges, and whom it tells |
//! | `told` | what there is to say of it: what it watches, why nobody hears of it, what it is made of |

mod rule;
mod told;

pub use rule::{AlarmKind, AlarmRule, Child, Missing, Suppressor, children};
pub use told::{Branch, watched_kpi};

use super::Timestamp;
use super::id::AlarmArn;
use super::service::Service;
use super::text::Text;
use super::words;

/// One alarm, on metrics, on other alarms or on logs.
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
    /// How it judges, and whom it tells.
    pub rule: AlarmRule,
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

/// What Application Auto Scaling calls the alarms it scales by: they are in ALARM whenever a
/// service is as small as it may be, which is no trouble at all.
const SCALING_PREFIX: &str = "TargetTracking-";

impl AlarmState {
    /// AWS's word for it.
    pub fn word(&self) -> &str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Unknown(word) => word,
        }
    }
}

impl Alarm {
    /// Whether it only steers auto scaling.
    pub fn steers_scaling(&self) -> bool {
        self.name.starts_with(SCALING_PREFIX)
    }

    /// Whether it watches `service` and nothing wider: by cluster and service, by one of its
    /// target groups, or because its deployments watch the alarm. Load balancers, databases and
    /// caches are shared: their alarms belong to the environment (aws.md 3.6).
    pub fn watches(&self, service: &Service) -> bool {
        let is = |name: &str, wanted: &str| {
            self.dimensions
                .iter()
                .any(|(key, value)| &**key == name && &**value == wanted)
        };
        let mut groups = service.target_groups.iter();
        groups.any(|group| is("TargetGroup", group.dimension()))
            || (is("ServiceName", &service.name) && is("ClusterName", service.cluster.name()))
            || service.rolling.alarms.contains(&self.name)
    }

    /// Why it is in its state, as short as can be said: `405 > 373`, `because of web-slow` for a
    /// composite, otherwise CloudWatch's own reason.
    pub fn cause(&self) -> String {
        if let Some(comparison) = self.comparison() {
            return comparison;
        }
        let arns = self.reason.split(":alarm:").skip(1);
        let mut names: Vec<&str> = arns
            .filter_map(|rest| rest.split([' ', ',', ')', ']', '"']).next())
            .filter(|name| !name.is_empty())
            .collect();
        names.dedup();
        if names.is_empty() {
            let plain = self.reason.strip_prefix("Threshold Crossed: ");
            return plain.unwrap_or(&self.reason).to_owned();
        }
        format!("because of {}", names.join(", "))
    }

    /// What CloudWatch measured against the threshold, as `405 > 373`; `None` when its reason
    /// is not of that kind.
    pub fn comparison(&self) -> Option<String> {
        let threshold = self.threshold?;
        let (_, after) = self.reason.split_once('[')?;
        let measured = after.split([' ', ',', ']']).next()?.parse().ok()?;
        let sign = if self.reason.contains("greater than or equal") {
            "≥"
        } else if self.reason.contains("greater than") {
            ">"
        } else if self.reason.contains("less than or equal") {
            "≤"
        } else if self.reason.contains("less than") {
            "<"
        } else {
            return None;
        };
        let (measured, threshold) = (words::number(measured), words::number(threshold));
        Some(format!("{measured} {sign} {threshold}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::estate::fixture::{alarm, service};

    #[test]
    fn cloudwatch_reasons_become_comparisons() {
        let compared = |reason: &str| {
            let mut one = alarm("a");
            one.reason = reason.into();
            one.comparison()
        };
        let said = "Threshold Crossed: 3 out of the last 3 datapoints [405.0 (20/11/26 13:55:00), \
                    399.0 (20/11/26 13:54:00)] were greater than or equal to the threshold (373.0).";
        assert_eq!(compared(said).as_deref(), Some("405 ≥ 10"));
        let low = "Threshold Crossed: 1 datapoint [0.5 (…)] was less than the threshold (1.0).";
        assert_eq!(compared(low).as_deref(), Some("0.5 < 10"));
        for other in [
            "",
            "Unchecked: Initial alarm creation",
            "[x] greater than",
            "[1.0] odd",
        ] {
            assert_eq!(compared(other), None, "{other}");
        }
    }

    #[test]
    fn a_cause_is_said_shortly() {
        let cause = |reason: &str| {
            let mut one = alarm("a");
            one.reason = reason.into();
            one.cause()
        };
        let low = "Threshold Crossed: 1 datapoint [0.5 (…)] was less than the threshold (1.0).";
        assert_eq!(cause(low), "0.5 < 10");
        let composite = "arn:aws:cloudwatch:eu-central-1:1:alarm:web-slow transitioned to ALARM at \
                         Saturday 21 November, 2026 10:58:00 UTC";
        assert_eq!(cause(composite), "because of web-slow");
        let odd = "Threshold Crossed: no datapoints were received for 5 periods";
        assert_eq!(cause(odd), "no datapoints were received for 5 periods");
    }

    #[test]
    fn an_alarm_a_deployment_watches_is_the_services() {
        let mut orders = service("orders");
        let mut composite = alarm("orders-slo");
        composite.dimensions.clear();
        assert!(!composite.watches(&orders));
        orders.rolling.alarms = vec!["orders-slo".into()];
        assert!(composite.watches(&orders));
    }
}
