//! One call that alters AWS, and whether a plan covers it.

use serde::Serialize;

use super::lock::Lock;
use super::mute::Muting;
use super::plan::{Goal, Plan};
use super::planned::{Doing, PlannedDatabase};
use super::record::Record;
use super::sight::{DatabaseKind, Scaling};
use crate::estate::Timestamp;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::text::Text;

/// One call that alters AWS on the way to a plan's goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// `TagResource` of the cluster: take or renew the lock.
    Lock {
        /// The cluster that carries it.
        cluster: ClusterArn,
        /// The lock.
        lock: Lock,
    },
    /// `UntagResource` of the cluster: give the lock back.
    Unlock {
        /// The cluster that carries it.
        cluster: ClusterArn,
    },
    /// `TagResource` of the service: put on record how it stands.
    Save {
        /// The service.
        service: ServiceArn,
        /// How it stands.
        record: Record,
    },
    /// `UntagResource` of the service: it stands as on record.
    Forget {
        /// The service.
        service: ServiceArn,
    },
    /// `RegisterScalableTarget` with minimum, maximum and all three flags in one call.
    Scale {
        /// The service.
        service: ServiceArn,
        /// The target as it shall be.
        scaling: Scaling,
    },
    /// `UpdateService` with the desired count and nothing else.
    Desire {
        /// The service.
        service: ServiceArn,
        /// Tasks wanted.
        count: u32,
    },
    /// `StopDBInstance` or `StopDBCluster`.
    StopDatabase {
        /// Its identifier.
        id: Text,
        /// Instance or cluster.
        kind: DatabaseKind,
    },
    /// `StartDBInstance` or `StartDBCluster`.
    StartDatabase {
        /// Its identifier.
        id: Text,
        /// Instance or cluster.
        kind: DatabaseKind,
    },
    /// `PutAlarmMuteRule`.
    Mute {
        /// The rule's name.
        rule: Text,
        /// The alarms.
        alarms: Vec<Text>,
        /// From this minute on.
        from: Timestamp,
    },
    /// `DeleteAlarmMuteRule`.
    Unmute {
        /// The rule's name.
        rule: Text,
    },
}

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject<'a> {
    /// The environment.
    Environment,
    /// A service.
    Service(&'a ServiceArn),
    /// A database.
    Database(&'a Text),
}

impl Step {
    /// What it is about.
    pub const fn subject(&self) -> Subject<'_> {
        match self {
            Self::Lock { .. } | Self::Unlock { .. } | Self::Mute { .. } | Self::Unmute { .. } => {
                Subject::Environment
            }
            Self::Save { service, .. }
            | Self::Forget { service }
            | Self::Scale { service, .. }
            | Self::Desire { service, .. } => Subject::Service(service),
            Self::StopDatabase { id, .. } | Self::StartDatabase { id, .. } => Subject::Database(id),
        }
    }

    /// What it does, in the journal's words; a saved record stands in it whole, which makes the
    /// journal its second copy.
    pub fn words(&self) -> String {
        match self {
            Self::Lock { lock, .. } => format!("lock {lock}"),
            Self::Unlock { .. } => "unlock".to_owned(),
            Self::Save { record, .. } => format!("save {record}"),
            Self::Forget { .. } => "forget the record".to_owned(),
            Self::Scale { scaling, .. } => format!(
                "scale min={} max={} s={}",
                scaling.min, scaling.max, scaling.suspended
            ),
            Self::Desire { count, .. } => format!("desire {count}"),
            Self::StopDatabase { id, .. } => format!("stop database {id}"),
            Self::StartDatabase { id, .. } => format!("start database {id}"),
            Self::Mute { rule, alarms, .. } => format!("mute {} alarms by {rule}", alarms.len()),
            Self::Unmute { rule } => format!("unmute the alarms of {rule}"),
        }
    }
}

impl Plan {
    /// Why this plan does not cover `step`; `None` when it does. Whoever alters AWS asks this,
    /// so that what was approved is what happens.
    pub fn forbids(&self, step: &Step) -> Option<&'static str> {
        let covered = match step {
            Step::Lock { cluster, lock } => {
                cluster == self.lock_cluster() && lock.goal == self.goal
            }
            Step::Unlock { cluster } => cluster == self.lock_cluster(),
            Step::StopDatabase { id, kind } => self.works_on(Goal::Stop, id, *kind),
            Step::StartDatabase { id, kind } => self.works_on(Goal::Start, id, *kind),
            Step::Mute { rule, alarms, .. } => {
                let fits = |one: &Muting| one.rule == *rule && one.alarms == *alarms;
                self.goal == Goal::Stop && self.mutes(fits)
            }
            Step::Unmute { rule } => {
                self.goal == Goal::Start && self.mutes(|one| one.rule == *rule)
            }
            Step::Save { service, .. }
            | Step::Forget { service }
            | Step::Scale { service, .. }
            | Step::Desire { service, .. } => return self.forbids_service(service, step),
        };
        (!covered).then_some("the approved plan does not hold this step")
    }

    fn mutes(&self, fits: impl Fn(&Muting) -> bool) -> bool {
        let planned = self.mute.as_ref();
        planned.is_some_and(|one| one.doing == Doing::Work && fits(&one.muting))
    }

    fn works_on(&self, goal: Goal, id: &Text, kind: DatabaseKind) -> bool {
        let named = |one: &&PlannedDatabase| {
            one.database.id == *id && one.database.kind == kind && one.doing == Doing::Work
        };
        self.goal == goal && self.databases.iter().any(|one| named(&one))
    }

    fn forbids_service(&self, arn: &ServiceArn, step: &Step) -> Option<&'static str> {
        let Some(planned) = self.service(arn).filter(|one| one.doing == Doing::Work) else {
            return Some("the approved plan leaves this service alone");
        };
        let asleep = planned.scaling.map(Scaling::asleep);
        let saved = planned.saved.as_ref();
        let covered = match (self.goal, step) {
            (Goal::Stop, Step::Save { record, .. }) => {
                let drifted = planned.scaling.is_some_and(|it| it.holds(record.desired));
                saved.is_none()
                    && record.scaling == planned.scaling
                    && (record.desired == planned.belief.desired || drifted)
            }
            (Goal::Stop, Step::Scale { scaling, .. }) => asleep == Some(*scaling),
            (Goal::Stop, Step::Desire { count, .. }) => *count == 0,
            (Goal::Start, Step::Scale { scaling, .. }) => {
                let on_record = saved.and_then(|record| record.scaling);
                on_record.or_else(|| planned.scaling_to_wake()) == Some(*scaling)
            }
            (Goal::Start, Step::Desire { count, .. }) => {
                saved.map_or(planned.count, |record| Some(record.desired)) == Some(*count)
            }
            (Goal::Start, Step::Forget { .. }) => saved.is_some(),
            _ => false,
        };
        (!covered).then_some("the approved plan does not hold this step")
    }
}
