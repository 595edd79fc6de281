//! Faults on request: what goes wrong between the caller and AWS, and how often.
//!
//! Grammar, several by comma: `KIND[:SERVICE[.OPERATION]][=VALUE]`
//!
//! | fault | example |
//! |---|---|
//! | every answer comes later | `latency=80ms`, `latency:logs=2s` |
//! | refused as throttled, with a probability (1 if left out) | `throttle:ecs.DescribeServices=0.5` |
//! | the service fails with an HTTP status | `error:cloudwatch=500`, `error:cloudwatch=500@0.1` |
//! | the connection is reset | `drop:logs=0.2` |
//! | the caller's policy does not allow it | `denied:rds.DescribeDBInstances` |
//! | the credentials have run out: everybody's, or those of one access key | `expired`, `expired=AKIAOLD` |

use std::str::FromStr;
use std::time::Duration;

use strum::IntoEnumIterator as _;

use super::wire::{Refusal, Service, operation_names};

/// The faults in force; empty by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults(Vec<Fault>);

/// One fault: what, where, how often.
#[derive(Clone, Debug, PartialEq)]
struct Fault {
    kind: Kind,
    service: Option<Service>,
    operation: Option<&'static str>,
    probability: f64,
    /// Whose calls; everybody's where none.
    key: Option<String>,
}

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'a> {
    /// As AWS names them.
    pub(crate) arn: &'a str,
    /// The access key the request is signed with.
    pub(crate) key: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Latency(Duration),
    Throttle,
    Error(u16),
    Drop,
    Denied,
    Expired,
}

/// Why a fault specification cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No such kind.
    #[error(
        "`{0}` is not a fault; use latency, throttle, error, drop, denied or expired, \
         as in `latency=80ms,throttle:ecs.DescribeServices=0.5`"
    )]
    Kind(String),
    /// No such service.
    #[error("`{service}` in `{item}` is not a simulated service; use one of {known}")]
    Service {
        /// The whole item.
        item: String,
        /// What stands where a service should.
        service: String,
        /// The services there are.
        known: String,
    },
    /// No such operation.
    #[error("`{operation}` in `{item}` is not a simulated operation; use one of {known}")]
    Operation {
        /// The whole item.
        item: String,
        /// What stands where an operation should.
        operation: String,
        /// The operations there are.
        known: String,
    },
    /// A value that does not fit.
    #[error("`{item}`: {expected}")]
    Value {
        /// The whole item.
        item: String,
        /// What would fit.
        expected: &'static str,
    },
}

/// What the faults do to one call.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Interference {
    /// How much later the answer comes.
    pub(crate) delay: Duration,
    /// What comes instead of an answer.
    pub(crate) instead: Option<Instead>,
}

/// What comes instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// A refusal.
    Refusal(Refusal),
    /// Nothing: the connection is reset.
    Reset,
}

impl Faults {
    /// What happens to a call of `operation` by `caller`; `dice` decides the probabilities.
    pub(crate) fn strike(
        &self,
        (service, operation): (Service, &str),
        caller: Caller<'_>,
        dice: &mut fastrand::Rng,
    ) -> Interference {
        let mut interference = Interference::default();
        for fault in self
            .0
            .iter()
            .filter(|fault| fault.concerns(service, operation, caller.key))
        {
            if fault.probability < 1.0 && dice.f64() >= fault.probability {
                continue;
            }
            let instead = match fault.kind {
                Kind::Latency(delay) => {
                    interference.delay += delay;
                    continue;
                }
                Kind::Throttle => Instead::Refusal(Refusal::throttled()),
                Kind::Error(status) => Instead::Refusal(Refusal::receiver(status)),
                Kind::Drop => Instead::Reset,
                Kind::Denied => {
                    let action = format!("{}:{operation}", service.action_prefix());
                    Instead::Refusal(Refusal::denied(caller.arn, &action))
                }
                Kind::Expired => Instead::Refusal(Refusal::expired()),
            };
            interference.instead.get_or_insert(instead);
        }
        interference
    }
}

impl Fault {
    fn concerns(&self, service: Service, operation: &str, key: &str) -> bool {
        self.key.as_deref().is_none_or(|own| own == key)
            && self.service.is_none_or(|own| own == service)
            && self.operation.is_none_or(|own| own == operation)
    }
}

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(specification: &str) -> Result<Self, Self::Err> {
        specification
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(item: &str) -> Result<Self, Self::Err> {
        let (head, value) = match item.split_once('=') {
            Some((head, value)) => (head, Some(value)),
            None => (item, None),
        };
        let (kind, scope) = match head.split_once(':') {
            Some((kind, scope)) => (kind, Some(scope)),
            None => (head, None),
        };
        let wrong = |expected| FaultError::Value {
            item: item.to_owned(),
            expected,
        };
        let often = |value: Option<&str>| {
            probability(value)
                .ok_or_else(|| wrong("the probability must be a number above 0 and up to 1"))
        };
        let never = |value: Option<&str>| {
            value.map_or(Ok(1.0), |_| {
                Err(wrong("this fault takes no value; it always strikes"))
            })
        };
        let (kind, probability) = match kind {
            "latency" => {
                let delay = value.and_then(duration);
                (
                    Kind::Latency(delay.ok_or_else(|| wrong("say how long, as in 80ms or 2s"))?),
                    1.0,
                )
            }
            "throttle" => (Kind::Throttle, often(value)?),
            "error" => {
                let (status, chance) = match value.and_then(|value| value.split_once('@')) {
                    Some((status, chance)) => (Some(status), Some(chance)),
                    None => (value, None),
                };
                let status = status
                    .and_then(|status| status.parse().ok())
                    .filter(|status| (500..=599).contains(status))
                    .ok_or_else(|| wrong("say which HTTP status, 500 to 599, as in 500@0.1"))?;
                (Kind::Error(status), often(chance)?)
            }
            "drop" => (Kind::Drop, often(value)?),
            "denied" => (Kind::Denied, never(value)?),
            "expired" => (Kind::Expired, 1.0),
            other => return Err(FaultError::Kind(other.to_owned())),
        };
        let (service, operation) =
            scope.map_or(Ok((None, None)), |scope| parse_scope(item, scope))?;
        let key = value.filter(|_| kind == Kind::Expired).map(str::to_owned);
        Ok(Self {
            kind,
            service,
            operation,
            probability,
            key,
        })
    }
}

fn parse_scope(
    item: &str,
    scope: &str,
) -> Result<(Option<Service>, Option<&'static str>), FaultError> {
    let (name, operation) = match scope.split_once('.') {
        Some((name, operation)) => (name, Some(operation)),
        None => (scope, None),
    };
    let service = Service::iter()
        .find(|service| [service.name(), service.signing_name()].contains(&name))
        .ok_or_else(|| FaultError::Service {
            item: item.to_owned(),
            service: name.to_owned(),
            known: Service::iter()
                .map(Service::name)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
    let operation = operation
        .map(|operation| {
            operation_names(service)
                .find(|name| *name == operation)
                .ok_or_else(|| FaultError::Operation {
                    item: item.to_owned(),
                    operation: operation.to_owned(),
                    known: operation_names(service).collect::<Vec<_>>().join(", "),
                })
        })
        .transpose()?;
    Ok((Some(service), operation))
}

/// A probability above 0 and up to 1; 1 when left out.
fn probability(value: Option<&str>) -> Option<f64> {
    let Some(value) = value else { return Some(1.0) };
    value
        .parse()
        .ok()
        .filter(|chance| *chance > 0.0 && *chance <= 1.0)
}

/// `80ms`, `2s` or `1.5s`, up to ten minutes.
fn duration(value: &str) -> Option<Duration> {
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (value.strip_suffix('s')?, 1.0),
    };
    let seconds = number.parse::<f64>().ok()? * unit;
    (0.0..=600.0)
        .contains(&seconds)
        .then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: (Service, &str) = (Service::Ecs, "DescribeServices");

    const CALLER: Caller<'_> = Caller {
        arn: "arn:aws:sts::1:assumed-role/a/b",
        key: "AKIAOLD",
    };

    fn strike(specification: &str, call: (Service, &str)) -> Interference {
        let faults: Faults = specification.parse().unwrap();
        faults.strike(call, CALLER, &mut fastrand::Rng::with_seed(7))
    }

    #[test]
    fn latency_adds_up_and_does_not_replace_the_answer() {
        let found = strike("latency=80ms, latency:ecs=1.5s,latency:logs=9s", CALL);
        assert_eq!(found.delay, Duration::from_millis(1580));
        assert_eq!(found.instead, None);
    }

    #[test]
    fn a_scope_concerns_only_its_own_operation() {
        let denied = "denied:ecs.DescribeServices";
        let Some(Instead::Refusal(refusal)) = strike(denied, CALL).instead else {
            panic!()
        };
        assert!(
            refusal.message.contains("perform: ecs:DescribeServices"),
            "{refusal:?}"
        );
        assert_eq!(strike(denied, (Service::Ecs, "ListServices")).instead, None);
        assert_eq!(strike("drop:monitoring", CALL).instead, None);
    }

    #[test]
    fn keys_that_ran_out_are_one_persons_or_everybodys() {
        let refused = |faults| strike(faults, CALL).instead.is_some();
        assert!(refused("expired") && refused("expired=AKIAOLD"));
        assert!(!refused("expired=AKIANEW") && !refused("expired:logs=AKIAOLD"));
    }

    #[test]
    fn a_probability_strikes_about_that_often() {
        let faults: Faults = "throttle:ecs=0.25".parse().unwrap();
        let mut dice = fastrand::Rng::with_seed(3);
        let struck = (0..4000)
            .filter(|_| faults.strike(CALL, CALLER, &mut dice).instead.is_some())
            .count();
        assert!((900..1100).contains(&struck), "{struck}");
    }

    #[test]
    fn bad_specifications_say_what_is_wrong_and_what_would_do() {
        for (specification, hint) in [
            ("slow=80ms", "use latency, throttle"),
            ("latency", "80ms or 2s"),
            ("latency=80", "80ms or 2s"),
            ("latency=-1s", "80ms or 2s"),
            ("latency=NaNs", "80ms or 2s"),
            ("throttle=0", "above 0 and up to 1"),
            ("throttle=1.5", "above 0 and up to 1"),
            ("error:ecs", "500 to 599"),
            ("error:ecs=404", "500 to 599"),
            ("error:ecs=500@2", "above 0 and up to 1"),
            ("denied:ecs=0.5", "takes no value"),
            ("drop:s3", "use one of application-autoscaling"),
            ("drop:ecs.DescribeService", "use one of"),
        ] {
            let error = specification.parse::<Faults>().unwrap_err().to_string();
            assert!(error.contains(hint), "{specification}: {error}");
        }
    }
}
