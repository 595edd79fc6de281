//! What AWS and our own record remember of an environment: alarm transitions, scaling, who
//! called which API, and what was done from here.

use serde::Serialize;

use super::Timestamp;
use super::alarm::AlarmState;
use super::aspect::Aspect;
use super::id::{EnvironmentName, ServiceArn};
use super::service::Service;
use super::text::Text;

/// The memory of one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// `DescribeAlarmHistory`, newest first.
    pub alarms: Aspect<Vec<AlarmChange>>,
    /// `DescribeScalingActivities` of all services, newest first.
    pub scaling: Aspect<Vec<ScalingActivity>>,
    /// `LookupEvents`, newest first. `CloudTrail` writes minutes late.
    pub trail: Aspect<Vec<TrailEvent>>,
    /// The mute rules that are in force.
    pub mutes: Aspect<Vec<Mute>>,
    /// What was done from here, oldest first, as the journal has it.
    pub deeds: Vec<Deed>,
}

/// One page of it, as it comes home.
#[derive(Clone, Debug)]
pub enum Memory {
    /// Alarm transitions.
    Alarms(Aspect<Vec<AlarmChange>>),
    /// Scaling activities.
    Scaling(Aspect<Vec<ScalingActivity>>),
    /// Who called which API.
    Trail(Aspect<Vec<TrailEvent>>),
    /// The mute rules that are in force.
    Mutes(Aspect<Vec<Mute>>),
}

impl History {
    /// The deed of ours that left `service` without tasks, when no later one brought some back.
    pub fn stopped_by_us(&self, service: &ServiceArn) -> Option<&Deed> {
        let mut deeds = self.deeds.iter().rev();
        deeds
            .find(|one| one.counts(service))
            .filter(|one| one.stops())
    }

    /// Who last changed `service`, as far as `CloudTrail` has told.
    pub fn changed_by(&self, service: &Service) -> Option<&TrailEvent> {
        let mut calls = self.trail.all().iter();
        calls.find(|one| one.is_of(service) && &*one.call == "UpdateService" && one.error.is_none())
    }

    /// Takes in what came home.
    pub fn absorb(&mut self, memory: Memory) {
        match memory {
            Memory::Alarms(newer) => self.alarms.absorb(newer),
            Memory::Scaling(newer) => self.scaling.absorb(newer),
            Memory::Trail(newer) => self.trail.absorb(newer),
            Memory::Mutes(newer) => self.mutes.absorb(newer),
        }
    }
}

/// A mute rule that is in force: its alarms change their states and tell nobody (aws.md 3.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// Its name.
    pub rule: Text,
    /// The alarms it mutes.
    pub alarms: Vec<Text>,
}

/// An alarm changed its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmChange {
    /// The alarm's name.
    pub name: Text,
    /// When.
    pub at: Timestamp,
    /// From which state.
    pub from: AlarmState,
    /// To which state.
    pub to: AlarmState,
    /// Why, in CloudWatch's words.
    pub reason: Text,
}

/// Something Application Auto Scaling did, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScalingActivity {
    /// `service/CLUSTER/NAME`.
    pub resource: Text,
    /// When it began.
    pub at: Timestamp,
    /// AWS's word for how it ended (`Successful`, `Failed`, `NotScaled`, …).
    pub status: Text,
    /// What it did.
    pub description: Text,
    /// What set it off.
    pub cause: Text,
    /// Why it did not scale, in AWS's codes and numbers; empty when it did.
    pub not_scaled: Vec<Text>,
}

impl ScalingActivity {
    /// Whether it is about `service`.
    pub fn is_of(&self, service: &Service) -> bool {
        let mut parts = self.resource.split('/').skip(1);
        parts.next() == Some(service.cluster.name()) && parts.next() == Some(&*service.name)
    }

    /// Whether something went wrong with it.
    pub fn failed(&self) -> bool {
        matches!(&*self.status, "Failed" | "Unfulfilled")
    }

    /// What it did in a few words, and after `:` why it did not.
    pub fn words(&self) -> String {
        let done = self.description.trim_end_matches('.');
        let done = done.strip_suffix(" count").unwrap_or(done);
        match (self.not_scaled.is_empty(), &*self.status) {
            (false, _) => {
                let reasons: Vec<&str> = self.not_scaled.iter().map(Text::as_str).collect();
                format!("not scaled: {}", reasons.join(", "))
            }
            (true, "Successful" | "InProgress") => done.to_owned(),
            (true, other) => format!("{done} ({other})"),
        }
    }
}

/// One call to AWS that changed something, as `CloudTrail` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrailEvent {
    /// When.
    pub at: Timestamp,
    /// The API operation (`UpdateService`).
    pub call: Text,
    /// Who: the last parts of the caller's ARN (`ci-deploy/run-42`).
    pub by: Text,
    /// What it was about, in a few words; empty when the call does not say.
    pub words: Text,
    /// The service's name in the call, if it names one.
    pub service: Option<Text>,
    /// The cluster's name in the call, if it names one.
    pub cluster: Option<Text>,
    /// AWS's error code, if the call was refused.
    pub error: Option<Text>,
}

impl TrailEvent {
    /// Whether it is about `service`. A call may leave the cluster out when it is `default`.
    pub fn is_of(&self, service: &Service) -> bool {
        let cluster = self.cluster.as_deref().unwrap_or("default");
        self.service.as_deref() == Some(&*service.name) && cluster == service.cluster.name()
    }
}

/// Something done from a Firstline, as its journal has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// When it was intended.
    pub at: Timestamp,
    /// Who, as AWS knows them.
    pub by: Text,
    /// Where.
    pub environment: EnvironmentName,
    /// What it was about.
    pub service: ServiceArn,
    /// The verb (`redeploy`, `shell`).
    pub verb: Text,
    /// Why, as typed.
    pub reason: Text,
    /// What was altered, where the verb does not say it all (`from 4 to 0 tasks`).
    pub detail: Text,
    /// How it ended.
    pub ending: DeedEnding,
}

impl Deed {
    /// Whether it decided how many tasks `service` wants, and was done.
    pub fn counts(&self, service: &ServiceArn) -> bool {
        let verb = matches!(&*self.verb, "stop" | "start" | "scale");
        verb && self.service == *service && self.ending == DeedEnding::Done
    }

    /// Whether after it no task was wanted.
    pub fn stops(&self) -> bool {
        &*self.verb == "stop" || &*self.verb == "scale" && self.detail.ends_with(" to 0 tasks")
    }
}

/// How something that was done ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeedEnding {
    /// AWS did it.
    Done,
    /// It was not asked of AWS.
    Refused,
    /// AWS said no.
    Failed,
    /// Nobody knows: the console ended first, or the answer was lost.
    Unclear,
}

impl DeedEnding {
    /// The word for it, empty when it is done.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Done => "",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unclear => "outcome unclear",
        }
    }
}
