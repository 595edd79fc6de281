//! What `CloudTrail` remembers: calls that altered something.

use jiff::Timestamp;

use super::{Account, dice::Dice};

/// The most calls that are remembered.
const KEPT: usize = 500;

/// One call.
#[derive(Debug, Clone)]
pub struct TrailRecord {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// `ecs.amazonaws.com`.
    pub source: &'static str,
    /// `UpdateService`.
    pub name: &'static str,
    /// The caller's ARN.
    pub by: String,
    /// `requestParameters`.
    pub request: serde_json::Value,
}

impl TrailRecord {
    /// Whether a lookup attribute fits; one that the simulator does not know fits nothing.
    pub fn has(&self, (key, value): (&str, &str)) -> bool {
        match key {
            "EventName" => self.name == value,
            "EventSource" => self.source == value,
            "EventId" => self.id == value,
            "ReadOnly" => value == "false",
            "Username" => self.by.rsplit('/').next() == Some(value),
            _ => false,
        }
    }
}

impl Account {
    /// Remembers a call of `by` at `at`; the newest stands first.
    pub(in crate::sim) fn remember(
        &mut self,
        (source, name): (&'static str, &'static str),
        by: &str,
        request: serde_json::Value,
        at: Timestamp,
    ) {
        let seed = u64::try_from(at.as_millisecond()).unwrap_or(0);
        let seed = seed.wrapping_add(u64::try_from(self.trail.len()).unwrap_or(0));
        let record = TrailRecord {
            id: Dice::new(seed, name).uuid(),
            at,
            source,
            name,
            by: by.to_owned(),
            request,
        };
        let place = self.trail.iter().position(|one| one.at <= at);
        self.trail.insert(place.unwrap_or(self.trail.len()), record);
        self.trail.truncate(KEPT);
    }
}

/// Where calls of ECS are told of.
pub(in crate::sim) const ECS: &str = "ecs.amazonaws.com";
/// Where calls of Application Auto Scaling are told of.
pub(in crate::sim) const SCALING: &str = "autoscaling.amazonaws.com";
