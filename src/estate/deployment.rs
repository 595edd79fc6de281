//! Service deployments: how a rollout is doing, as `DescribeServiceDeployments` tells it, what it
//! brings, as `DescribeServiceRevisions` does, and how long one usually takes. AWS keeps them for
//! ninety days.

use serde::Serialize;

use super::id::{ServiceDeploymentArn, TaskDefinitionArn};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// One service deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDeployment {
    /// Its ARN: what is followed and what is rolled back.
    pub arn: ServiceDeploymentArn,
    /// Where it is.
    pub state: State,
    /// The revision it brings, once AWS told which.
    pub task_definition: Option<TaskDefinitionArn>,
    /// What that revision runs, with the digests ECS pinned, where the revision tells it.
    pub images: Vec<Image>,
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
    /// Its circuit breaker, when AWS tells of one.
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

/// An image of a service revision: `repository:tag`, and what the tag meant then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Image {
    /// The container.
    pub container: Text,
    /// As the task definition names it.
    pub name: Text,
    /// `sha256:…`, when ECS pinned one.
    pub digest: Option<Text>,
}

/// The circuit breaker at work: it opens at the threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breaker {
    /// AWS's word (`DISABLED`, `MONITORING`, `MONITORING_COMPLETE`, `TRIGGERED`).
    pub status: Text,
    /// Failures it counted.
    pub failures: u32,
    /// Failures at which it opens.
    pub threshold: u32,
}

impl Breaker {
    /// `circuit breaker on, 1 of 3 failures`.
    pub fn words(&self) -> String {
        let counted = format!("{} of {} failures", self.failures, self.threshold);
        match &*self.status {
            "DISABLED" => "circuit breaker off".to_owned(),
            "MONITORING" => format!("circuit breaker on, {counted}"),
            "MONITORING_COMPLETE" => "circuit breaker was on, never opened".to_owned(),
            "TRIGGERED" => format!("circuit breaker OPENED, {counted}"),
            other => format!("circuit breaker {other}, {counted}"),
        }
    }
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

    /// Whether it did not, or will not, bring what it was to bring.
    pub const fn is_trouble(&self) -> bool {
        self.goes_back()
            || matches!(
                self,
                Self::StopRequested
                    | Self::Stopped
                    | Self::RollbackSuccessful
                    | Self::RollbackFailed
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
            Self::Successful => "completed",
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

impl ServiceDeployment {
    /// What the list of deployments tells of one: nothing but that it is there.
    pub fn known_as(arn: ServiceDeploymentArn, state: State) -> Self {
        Self {
            arn,
            state,
            task_definition: None,
            images: Vec::new(),
            reason: None,
            stage: None,
            created_at: None,
            finished_at: None,
            old: Counts::default(),
            new: Counts::default(),
            breaker: None,
            triggered: Vec::new(),
            rollback: None,
        }
    }

    /// `orders:58`, or `a deployment` while nobody knows of what.
    pub fn label(&self) -> &str {
        let known = self.task_definition.as_ref();
        known.map_or("a deployment", TaskDefinitionArn::label)
    }

    /// From its beginning to its end.
    pub fn took(&self) -> Option<SignedDuration> {
        Some(self.finished_at?.duration_since(self.created_at?))
    }
}

/// How many of the last deployments that went well are asked how long one takes.
const LAST: usize = 5;

/// What those of `past`, newest first, that went well took, shortest first.
fn lengths(past: &[ServiceDeployment]) -> Vec<SignedDuration> {
    let mut lengths: Vec<SignedDuration> = past
        .iter()
        .filter(|one| one.state == State::Successful)
        .filter_map(ServiceDeployment::took)
        .filter(SignedDuration::is_positive)
        .take(LAST)
        .collect();
    lengths.sort();
    lengths
}

fn median(lengths: &[SignedDuration]) -> Option<SignedDuration> {
    lengths.get(lengths.len() / 2).copied()
}

/// How long a deployment takes: the median of the last ones in `past`, newest first, that went
/// well; `None` without any.
pub fn usual_length(past: &[ServiceDeployment]) -> Option<SignedDuration> {
    median(&lengths(past))
}

/// How long the current deployment will take, by those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// The median of the last successful ones, in seconds.
    pub usual_seconds: i64,
    /// Of how many.
    pub of: usize,
    /// What is left of it, in seconds; below zero once it takes longer.
    pub left_seconds: i64,
}

impl Forecast {
    /// `about 3 min left`, or `2 min longer than the usual 4 min`.
    pub fn words(&self) -> String {
        if self.left_seconds > 0 {
            format!("about {} left", rounded(self.left_seconds))
        } else {
            let (over, usual) = (rounded(-self.left_seconds), rounded(self.usual_seconds));
            format!("{over} longer than the usual {usual}")
        }
    }
}

/// Nobody believes seconds of a forecast: whole minutes, from two minutes on.
fn rounded(seconds: i64) -> String {
    let minutes = (seconds + 30) / 60;
    match seconds {
        0..45 => "half a minute".to_owned(),
        45..90 => "a minute".to_owned(),
        _ => format!("{minutes} min"),
    }
}

/// How long a deployment that began at `began` will take; `None` without a successful one
/// before it.
pub fn forecast(past: &[ServiceDeployment], began: Timestamp, now: Timestamp) -> Option<Forecast> {
    let lengths = lengths(past);
    let usual_seconds = median(&lengths)?.as_secs();
    Some(Forecast {
        usual_seconds,
        of: lengths.len(),
        left_seconds: usual_seconds - now.duration_since(began).as_secs(),
    })
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
        let arn = "arn:aws:ecs:eu-central-1:123456789012:service-deployment/main/orders/9";
        ServiceDeployment {
            old: counts(4),
            new: counts(2),
            breaker: Some(Breaker {
                status: "MONITORING".into(),
                failures: 0,
                threshold: 3,
            }),
            ..ServiceDeployment::known_as(arn.into(), State::InProgress)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, rollout};

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
        assert!(!State::from("SIDEWAYS").is_over() && !State::from("SIDEWAYS").is_trouble());
        assert_eq!(State::from("SIDEWAYS").word(), "SIDEWAYS");
        assert!(State::from("ROLLBACK_FAILED").is_over());
        assert!(State::from("ROLLBACK_REQUESTED").goes_back());
    }

    #[test]
    fn the_median_of_the_last_successful_ones_says_how_long() {
        let mut failed = rollout("orders:58", "ROLLBACK_SUCCESSFUL", 9_000, Some(1));
        failed.reason = Some("tasks failed to start".into());
        let past: Vec<_> = [240, 200, 3_000, 260, 220, 10]
            .into_iter()
            .map(|took| rollout("orders:57", "SUCCESSFUL", 90_000, Some(90_000 - took)))
            .chain([failed])
            .collect();
        let told = |age| forecast(&past, ago(age), ago(0)).map(|one| one.words());
        assert_eq!(told(60).as_deref(), Some("about 3 min left"));
        assert_eq!(told(170).as_deref(), Some("about a minute left"));
        assert_eq!(told(230).as_deref(), Some("about half a minute left"));
        assert_eq!(
            told(300).as_deref(),
            Some("a minute longer than the usual 4 min")
        );
        assert_eq!(forecast(&past[6..], ago(60), ago(0)), None);
    }

    #[test]
    fn a_breaker_says_how_near_it_is() {
        let words = |status: &str| {
            let (failures, threshold) = (1, 3);
            let status = status.into();
            Breaker {
                status,
                failures,
                threshold,
            }
            .words()
        };
        assert_eq!(words("MONITORING"), "circuit breaker on, 1 of 3 failures");
        assert_eq!(
            words("TRIGGERED"),
            "circuit breaker OPENED, 1 of 3 failures"
        );
        assert_eq!(
            words("NEW_WORD"),
            "circuit breaker NEW_WORD, 1 of 3 failures"
        );
    }
}
