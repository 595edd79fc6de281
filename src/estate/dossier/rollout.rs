//! Service deployments: what `DescribeServiceDeployments` and `DescribeServiceRevisions` keep for
//! ninety days.

use serde::Serialize;

use crate::estate::id::{ServiceDeploymentArn, TaskDefinitionArn};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// One service deployment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceDeployment {
    /// Its ARN.
    pub arn: ServiceDeploymentArn,
    /// AWS's word for where it is (`SUCCESSFUL`, `ROLLBACK_IN_PROGRESS`, …).
    pub status: Text,
    /// Why, in AWS's words; empty when it says nothing.
    pub reason: Text,
    /// When it was asked for.
    pub created_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The revision it brings, once AWS told which.
    pub task_definition: Option<TaskDefinitionArn>,
    /// Its image with the digest ECS pinned, where the revision tells it.
    pub images: Vec<Image>,
    /// Its circuit breaker, when AWS tells of one.
    pub breaker: Option<Breaker>,
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

/// A circuit breaker at work.
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

impl ServiceDeployment {
    /// `orders:58`, or `a deployment` while nobody knows of what.
    pub fn label(&self) -> &str {
        let known = self.task_definition.as_ref();
        known.map_or("a deployment", TaskDefinitionArn::label)
    }

    /// Whether nothing more will happen to it. A status this version does not know may.
    pub fn is_over(&self) -> bool {
        matches!(
            &*self.status,
            "SUCCESSFUL" | "STOPPED" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED"
        )
    }

    /// Whether it did not bring what it was to bring.
    pub fn is_trouble(&self) -> bool {
        self.status.starts_with("ROLLBACK") || matches!(&*self.status, "STOPPED" | "STOP_REQUESTED")
    }

    /// The status as people say it: `rolling back`.
    pub fn said(&self) -> &str {
        match &*self.status {
            "PENDING" => "waiting to begin",
            "IN_PROGRESS" => "in progress",
            "SUCCESSFUL" => "completed",
            "STOP_REQUESTED" => "asked to stop",
            "STOPPED" => "stopped",
            "ROLLBACK_REQUESTED" => "asked to roll back",
            "ROLLBACK_IN_PROGRESS" => "rolling back",
            "ROLLBACK_SUCCESSFUL" => "rolled back",
            "ROLLBACK_FAILED" => "could not roll back",
            other => other,
        }
    }

    /// From its beginning to its end.
    pub fn took(&self) -> Option<SignedDuration> {
        Some(self.finished_at?.duration_since(self.created_at?))
    }
}

/// How many of the last successful deployments are asked how long one takes.
const LAST: usize = 5;

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
pub fn forecast(
    rollouts: &[ServiceDeployment],
    began: Timestamp,
    now: Timestamp,
) -> Option<Forecast> {
    let done = rollouts.iter().filter(|one| &*one.status == "SUCCESSFUL");
    let mut took: Vec<i64> = done
        .filter_map(ServiceDeployment::took)
        .map(|took| took.as_secs())
        .take(LAST)
        .collect();
    took.sort_unstable();
    let usual_seconds = *took.get(took.len() / 2)?;
    let gone = now.duration_since(began).as_secs();
    Some(Forecast {
        usual_seconds,
        of: took.len(),
        left_seconds: usual_seconds - gone,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, rollout};

    #[test]
    fn the_median_of_the_last_successful_ones_says_how_long() {
        let mut failed = rollout("orders:58", "ROLLBACK_SUCCESSFUL", 9_000, Some(1));
        failed.reason = "tasks failed to start".into();
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

    #[test]
    fn a_status_nobody_knows_is_neither_over_nor_hidden() {
        let odd = rollout("orders:58", "SIDEWAYS", 60, None);
        assert!(!odd.is_over() && !odd.is_trouble());
        assert_eq!(odd.said(), "SIDEWAYS");
    }
}
