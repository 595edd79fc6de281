//! What is seen of an environment: services, their scaling, databases, the lock.

use std::fmt;

use serde::Serialize;

use super::lock::{Lock, LockError};
use super::mute::Muting;
use super::record::{RESTORE_TAG, Record, RecordError};
use super::saving::Size;
use crate::estate::Timestamp;
use crate::estate::id::{ClusterArn, Region, ServiceArn};
use crate::estate::identity::Identity;
use crate::estate::problem::Problem;
use crate::estate::service::{Rollout, Service};
use crate::estate::text::Text;

/// A scalable target of dimension `ecs:service:DesiredCount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Scaling {
    /// `MinCapacity`.
    pub min: u32,
    /// `MaxCapacity`.
    pub max: u32,
    /// What is suspended.
    pub suspended: Suspended,
}

impl Scaling {
    /// The same target put to sleep: no minimum, nothing scales. All in one call, because
    /// suspending alone lifts a stopped service to its minimum (aws.md, finding 10).
    #[must_use]
    pub const fn asleep(self) -> Self {
        Self {
            min: 0,
            max: self.max,
            suspended: Suspended::ALL,
        }
    }

    /// Whether `count` lies within.
    pub const fn holds(self, count: u32) -> bool {
        self.min <= count && count <= self.max
    }
}

/// The three flags of `SuspendedState`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Suspended {
    /// `DynamicScalingInSuspended`.
    pub scale_in: bool,
    /// `DynamicScalingOutSuspended`.
    pub scale_out: bool,
    /// `ScheduledScalingSuspended`.
    pub scheduled: bool,
}

impl Suspended {
    /// All three.
    pub const ALL: Self = Self {
        scale_in: true,
        scale_out: true,
        scheduled: true,
    };

    /// Reads the three digits of a record, in the order of the fields.
    pub(super) fn read(digits: &str) -> Option<Self> {
        let flag = |byte: &u8| match byte {
            b'0' => Some(false),
            b'1' => Some(true),
            _ => None,
        };
        let [scale_in, scale_out, scheduled] = digits.as_bytes() else {
            return None;
        };
        Some(Self {
            scale_in: flag(scale_in)?,
            scale_out: flag(scale_out)?,
            scheduled: flag(scheduled)?,
        })
    }
}

impl fmt::Display for Suspended {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for flag in [self.scale_in, self.scale_out, self.scheduled] {
            formatter.write_str(if flag { "1" } else { "0" })?;
        }
        Ok(())
    }
}

/// One service and what scales it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The service, with its tags.
    pub service: Service,
    /// Its scalable target, if it has one.
    pub scaling: Option<Scaling>,
    /// Scheduled scaling actions on it: name and schedule.
    pub scheduled: Vec<Text>,
    /// CPU and memory of one task, where it runs on Fargate and somebody asked.
    pub size: Option<Size>,
    /// Who brought it back while it was stopped, as far as AWS tells.
    pub actor: Option<Text>,
    /// What its last successful deployment ran, read only where nothing was saved.
    pub last_count: Option<u32>,
    /// What this machine's journal put on record last, told only where nothing is on it.
    pub remembered: Option<Record>,
    /// Whether the task definition checks its containers.
    pub health_checked: bool,
}

impl Sight {
    /// A service of which nothing else is known.
    pub const fn of(service: Service) -> Self {
        Self {
            service,
            scaling: None,
            scheduled: Vec::new(),
            size: None,
            actor: None,
            last_count: None,
            remembered: None,
            health_checked: false,
        }
    }

    /// The record on it; `None` without the tag.
    pub fn record(&self) -> Option<Result<Record, RecordError>> {
        self.service.tag(RESTORE_TAG).map(|text| text.parse())
    }

    /// A deployment under way: its counts are in motion (aws.md 5.1).
    pub fn deploying(&self) -> bool {
        let deployments = &self.service.deployments;
        deployments.len() > 1
            || deployments
                .iter()
                .any(|one| one.rollout == Rollout::InProgress)
    }

    /// Whether every wanted task runs and none is on its way.
    pub fn steady(&self) -> bool {
        self.service.running == self.service.desired && self.service.pending == 0
    }
}

/// An RDS instance or an Aurora cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Database {
    /// Its identifier.
    pub id: Text,
    /// Instance or cluster.
    pub kind: DatabaseKind,
    /// Where it is.
    pub state: DatabaseState,
    /// Why AWS does not stop such a database (aws.md 5.1); `None` when it does.
    pub unstoppable: Option<&'static str>,
    /// When RDS starts it again by itself, seven days after it was stopped.
    pub restarts_at: Option<Timestamp>,
}

/// Instance or cluster: they are stopped by different calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseKind {
    /// `StopDBInstance`.
    Instance,
    /// `StopDBCluster`: Aurora, the whole cluster.
    Cluster,
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseState {
    /// It serves.
    Available,
    /// It was stopped.
    Stopped,
    /// On its way down.
    Stopping,
    /// On its way up.
    Starting,
    /// AWS's word for anything else.
    Other(Text),
}

impl DatabaseState {
    /// From AWS's word.
    pub fn of(word: &str) -> Self {
        match word {
            "available" => Self::Available,
            "stopped" => Self::Stopped,
            "stopping" => Self::Stopping,
            "starting" => Self::Starting,
            other => Self::Other(other.into()),
        }
    }

    /// The word on the screen.
    pub fn word(&self) -> &str {
        match self {
            Self::Available => "available",
            Self::Stopped => "stopped",
            Self::Stopping => "stopping",
            Self::Starting => "starting",
            Self::Other(word) => word,
        }
    }
}

/// One whole look at an environment, taken to plan with.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// When it began.
    pub taken_at: Timestamp,
    /// Who AWS says is asking.
    pub caller: Identity,
    /// Where.
    pub region: Region,
    /// Its clusters in order of their ARN; the first carries the lock.
    pub clusters: Vec<ClusterArn>,
    /// The lock, if the tag is there.
    pub lock: Option<Result<Lock, LockError>>,
    /// Every service of these clusters.
    pub services: Vec<Sight>,
    /// The databases the settings name.
    pub databases: Vec<Database>,
    /// The alarms the settings name, and whether they are muted; `None` where they name none.
    pub muting: Option<Muting>,
    /// What could not be read. A plan made of a partial look is refused.
    pub problems: Vec<Problem>,
}

impl Survey {
    /// Adds what a journal remembers of services that lost their record: its second copy.
    pub fn remember(&mut self, journal: impl Fn(&ServiceArn) -> Option<Record>) {
        let lost = |one: &&mut Sight| one.service.desired == 0 && one.record().is_none();
        for sight in self.services.iter_mut().filter(lost) {
            let record = journal(&sight.service.arn);
            sight.remembered = record.filter(|record| record.desired > 0);
        }
    }

    /// A service by its ARN.
    pub fn service(&self, arn: &ServiceArn) -> Option<&Sight> {
        self.services.iter().find(|one| one.service.arn == *arn)
    }
}
