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

/// What is wrong with the targets of a service, in a few words: `Target.Timeout, all in
/// eu-central-1b`; nothing when nothing is.
pub fn sick_words(groups: &[TargetGroup]) -> Option<String> {
    let sick = groups.iter().flat_map(|group| &group.targets);
    let sick: Vec<&Target> = sick.filter(|target| target.is_unhealthy()).collect();
    let reason = sick.iter().find(|target| !target.reason.is_empty());
    let reason = match (sick.first(), reason) {
        (None, _) => return None,
        (Some(_), Some(named)) => named.reason.to_string(),
        (Some(_), None) => "no reason given".to_owned(),
    };
    Some(match sick_zone(groups) {
        Some(zone) => format!("{reason}, all in {zone}"),
        None => reason,
    })
}

/// The one zone in which targets are unhealthy, when there are targets elsewhere too.
pub fn sick_zone(groups: &[TargetGroup]) -> Option<&Text> {
    let all = || groups.iter().flat_map(|group| &group.targets);
    let mut sick = all().filter(|target| target.is_unhealthy());
    let zone = sick.next()?.zone.as_ref()?;
    let alone = sick.all(|target| target.zone.as_ref() == Some(zone));
    let elsewhere = all().any(|target| target.is_healthy() && target.zone.as_ref() != Some(zone));
    (alone && elsewhere).then_some(zone)
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
