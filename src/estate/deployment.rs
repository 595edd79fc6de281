//! Service deployments: how a rollout is doing, as `DescribeServiceDeployments` tells it.

use super::id::ServiceDeploymentArn;
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// One service deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDeployment {
    /// Its ARN: what is followed and what is rolled back.
    pub arn: ServiceDeploymentArn,
    /// Where it is.
    pub state: State,
    /// Why, in AWS's words.
    pub reason: Option<Text>,
    /// The stage of a blue/green, linear or canary deployment (`BAKE_TIME`), AWS's word.
    pub stage: Option<Text>,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Tasks of the revisions it replaces.
    pub old: Counts,
    /// Tasks of the revision it brings.
    pub new: Counts,
    /// The circuit breaker's count, where it is on.
    pub breaker: Option<Breaker>,
    /// Alarms that failed it.
    pub triggered: Vec<Text>,
    /// Why it goes back, once it does.
    pub rollback: Option<Text>,
}

/// Tasks of one side of a rollout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tasks asked for.
    pub wanted: u32,
    /// Tasks in RUNNING.
    pub running: u32,
    /// Tasks on their way.
    pub pending: u32,
}

/// The circuit breaker: it opens at the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaker {
    /// Failures counted.
    pub failures: u32,
    /// Failures at which it opens.
    pub threshold: u32,
}

/// `ServiceDeployment.status` (aws.md 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not yet begun.
    Pending,
    /// On its way.
    InProgress,
    /// Somebody wants it to end.
    StopRequested,
    /// Ended by somebody, or by the deployment after it.
    Stopped,
    /// Done.
    Successful,
    /// Somebody wants it back.
    RollbackRequested,
    /// On its way back.
    RollbackInProgress,
    /// Back where it was.
    RollbackSuccessful,
    /// It could not go back.
    RollbackFailed,
    /// A state this version does not know.
    Unknown(Text),
}

impl State {
    /// Whether nothing more will happen. A state nobody knows may still move.
    pub const fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Stopped | Self::Successful | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }

    /// Whether it is on its way back.
    pub const fn goes_back(&self) -> bool {
        matches!(self, Self::RollbackRequested | Self::RollbackInProgress)
    }

    /// The word on the screen.
    pub fn word(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in progress",
            Self::StopRequested => "stopping",
            Self::Stopped => "stopped",
            Self::Successful => "successful",
            Self::RollbackRequested => "rollback requested",
            Self::RollbackInProgress => "rolling back",
            Self::RollbackSuccessful => "rolled back",
            Self::RollbackFailed => "rollback failed",
            Self::Unknown(word) => word,
        }
    }
}

impl From<&str> for State {
    fn from(word: &str) -> Self {
        match word {
            "PENDING" => Self::Pending,
            "IN_PROGRESS" => Self::InProgress,
            "STOP_REQUESTED" => Self::StopRequested,
            "STOPPED" => Self::Stopped,
            "SUCCESSFUL" => Self::Successful,
            "ROLLBACK_REQUESTED" => Self::RollbackRequested,
            "ROLLBACK_IN_PROGRESS" => Self::RollbackInProgress,
            "ROLLBACK_SUCCESSFUL" => Self::RollbackSuccessful,
            "ROLLBACK_FAILED" => Self::RollbackFailed,
            other => Self::Unknown(other.into()),
        }
    }
}

/// How long a deployment takes: the median of those in `past` that went well; `None` without any.
pub fn usual_length(past: &[ServiceDeployment]) -> Option<SignedDuration> {
    let mut lengths: Vec<SignedDuration> = past
        .iter()
        .filter(|one| one.state == State::Successful)
        .filter_map(|one| Some(one.finished_at?.duration_since(one.created_at?)))
        .filter(SignedDuration::is_positive)
        .collect();
    lengths.sort();
    lengths.get(lengths.len() / 2).copied()
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;

    /// A deployment of `orders` on its way, two of four new tasks there.
    pub(crate) fn rollout() -> ServiceDeployment {
        let counts = |running| Counts {
            wanted: 4,
            running,
            pending: 0,
        };
        ServiceDeployment {
            arn: "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/orders/9".into(),
            state: State::InProgress,
            reason: None,
            stage: None,
            created_at: None,
            finished_at: None,
            old: counts(4),
            new: counts(2),
            breaker: Some(Breaker {
                failures: 0,
                threshold: 3,
            }),
            triggered: vec![],
            rollback: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::ago;

    fn ended(minutes: i64, state: State) -> ServiceDeployment {
        ServiceDeployment {
            state,
            created_at: Some(ago(3600)),
            finished_at: Some(ago(3600 - minutes * 60)),
            ..example::rollout()
        }
    }

    #[test]
    fn the_usual_length_is_the_median_of_what_went_well() {
        assert_eq!(usual_length(&[]), None);
        let past = [
            ended(4, State::Successful),
            ended(30, State::RollbackSuccessful),
            ended(5, State::Successful),
            ended(20, State::Successful),
        ];
        assert_eq!(usual_length(&past), Some(SignedDuration::from_mins(5)));
    }

    #[test]
    fn what_nobody_knows_is_not_over() {
        assert_eq!(State::from("SIDEWAYS"), State::Unknown("SIDEWAYS".into()));
        assert!(!State::from("SIDEWAYS").is_over());
        assert!(State::from("ROLLBACK_FAILED").is_over());
        assert!(State::from("ROLLBACK_REQUESTED").goes_back());
    }
}
