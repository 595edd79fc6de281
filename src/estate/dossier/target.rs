//! What the load balancer thinks of each task (aws.md 1.4).

use serde::Serialize;

use crate::estate::id::TargetGroupArn;
use crate::estate::text::Text;

/// A target group with every target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TargetGroup {
    /// The group.
    pub arn: TargetGroupArn,
    /// Its targets, as AWS lists them.
    pub targets: Vec<Target>,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// An address, or an instance's id.
    pub id: Text,
    /// Its port.
    pub port: Option<u16>,
    /// Its zone, as the load balancer knows it.
    pub zone: Option<Text>,
    /// AWS's word: `healthy`, `unhealthy`, `initial`, `draining`, `unused`, …
    pub state: Text,
    /// AWS's code for why (`Target.Timeout`); empty when it is healthy.
    pub reason: Text,
    /// The same in words.
    pub description: Text,
}

impl Target {
    /// Whether it takes requests as it should.
    pub fn is_healthy(&self) -> bool {
        &*self.state == "healthy"
    }

    /// Whether something is wrong with it; coming and going is not.
    pub fn is_unhealthy(&self) -> bool {
        matches!(&*self.state, "unhealthy" | "unhealthy.draining")
    }

    /// `unhealthy: Target.Timeout (Request timed out)`.
    pub fn words(&self) -> String {
        match (self.reason.is_empty(), self.description.is_empty()) {
            (true, true) => self.state.to_string(),
            (false, true) => format!("{}: {}", self.state, self.reason),
            (true, false) => format!("{}: {}", self.state, self.description),
            (false, false) => format!("{}: {} ({})", self.state, self.reason, self.description),
        }
    }
}

impl TargetGroup {
    /// How many are healthy.
    pub fn healthy(&self) -> usize {
        self.targets.iter().filter(|one| one.is_healthy()).count()
    }

    /// Whether it sends requests to unhealthy targets because it has no healthy one.
    pub fn fails_open(&self) -> bool {
        self.healthy() == 0 && self.targets.iter().any(Target::is_unhealthy)
    }
}
