//! The rows of a plan: what will be done with each service and database, and why not.

use serde::Serialize;

use super::plan::Goal;
use super::record::Record;
use super::saving::Size;
use super::sight::{Database, DatabaseState, Scaling, Sight};
use crate::estate::change::Belief;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::service::{Scheduling, ServiceStatus};
use crate::estate::text::Text;

/// The most tags a resource may have (aws.md 5.1).
const MOST_TAGS: usize = 50;

/// One service of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedService {
    /// The service.
    pub service: ServiceArn,
    /// Its name.
    pub name: Text,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its tier: zero starts first and stops last.
    pub tier: usize,
    /// What was believed: tasks wanted, revision, deployments.
    pub belief: Belief,
    /// Tasks that ran.
    pub running: u32,
    /// Its scalable target.
    pub scaling: Option<Scaling>,
    /// Scheduled scaling actions on it.
    pub scheduled: Vec<Text>,
    /// The record on it.
    pub saved: Option<Record>,
    /// How many tasks somebody asked for, where nothing is on record.
    pub count: Option<u32>,
    /// What its last successful deployment ran, where nothing is on record.
    pub last_count: Option<u32>,
    /// What this machine's journal put on record last, where the service carries nothing.
    pub remembered: Option<Record>,
    /// Whether its containers are checked: then running is not yet healthy.
    pub health_checked: bool,
    /// CPU and memory of a task, where known.
    pub size: Option<Size>,
    /// It came back while it was stopped, and who did it.
    pub resurrected: Option<Text>,
    /// What will be done with it.
    pub doing: Doing,
}

/// What will be done with a service or database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "words", rename_all = "kebab-case")]
pub enum Doing {
    /// It is brought to the goal.
    Work,
    /// It is there already.
    Nothing(Text),
    /// It cannot be stopped and started; why.
    Skipped(Text),
    /// It could be, but not now; why. The others go on.
    Refused(Text),
    /// Nothing is on record: how many tasks?
    Ask(Text),
}

/// One database of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedDatabase {
    /// The database as seen.
    pub database: Database,
    /// What will be done with it.
    pub doing: Doing,
}

impl PlannedDatabase {
    /// What will be done with it and what to know of it.
    pub fn words(&self, goal: Goal) -> String {
        match (&self.doing, goal) {
            (Doing::Work, Goal::Stop) => {
                "last; RDS starts it again by itself after seven days".to_owned()
            }
            (Doing::Work, Goal::Start) => "first, and waited for".to_owned(),
            (Doing::Nothing(words), _) => match self.database.restarts_at {
                Some(at) => {
                    let at = at.strftime("%Y-%m-%d %H:%M UTC");
                    format!("{words}; RDS starts it by itself on {at}")
                }
                None => words.to_string(),
            },
            (Doing::Skipped(words) | Doing::Refused(words) | Doing::Ask(words), _) => {
                words.to_string()
            }
        }
    }
}

impl PlannedService {
    /// Whether nothing is on record and somebody has to say how many tasks it shall run.
    pub(super) fn asks(&self) -> bool {
        matches!(self.doing, Doing::Ask(_)) || self.count.is_some()
    }

    /// What is proposed to whoever is asked: the journal knows better than the last deployment.
    pub fn proposal(&self) -> Option<u32> {
        let remembered = self.remembered.as_ref().map(|record| record.desired);
        remembered.or(self.last_count)
    }

    /// Takes in the answer; `None` leaves the service alone.
    pub(super) fn give(&mut self, count: Option<u32>) {
        self.count = count;
        self.doing = match count {
            Some(_) => Doing::Work,
            None => asked(self.remembered.as_ref(), self.last_count),
        };
    }

    /// The scaling to bring back with a count somebody gave: what this machine's journal knows,
    /// where the target still sleeps as a stop left it.
    pub(super) fn scaling_to_wake(&self) -> Option<Scaling> {
        let remembered = self.remembered.as_ref()?;
        let fits = self.count == Some(remembered.desired) && self.saved.is_none();
        remembered.scaling.filter(|_| fits)
    }

    /// Tasks wanted afterwards.
    pub fn after(&self, goal: Goal) -> u32 {
        if self.doing != Doing::Work {
            return self.belief.desired;
        }
        match (goal, &self.saved) {
            (Goal::Stop, _) => 0,
            (Goal::Start, Some(record)) => record.desired,
            (Goal::Start, None) => self.count.unwrap_or(self.belief.desired),
        }
    }
}

pub(super) fn planned(goal: Goal, sight: &Sight, tier: usize) -> PlannedService {
    let service = &sight.service;
    let record = sight.record();
    let saved = record.and_then(Result::ok);
    let resurrected = saved
        .as_ref()
        .filter(|record| record.desired > 0 && service.desired > 0)
        .filter(|_| {
            sight
                .scaling
                .is_none_or(|scaling| scaling == scaling.asleep())
        })
        .map(|_| {
            let actor = sight
                .actor
                .as_deref()
                .unwrap_or("somebody AWS does not name");
            Text::from(format!("came back: {actor}"))
        });
    let doing = match goal {
        Goal::Stop => doing_to_stop(sight),
        Goal::Start => doing_to_start(sight),
    };
    PlannedService {
        service: service.arn.clone(),
        name: service.name.clone(),
        cluster: service.cluster.clone(),
        tier,
        belief: Belief::of(service),
        running: service.running,
        scaling: sight.scaling,
        scheduled: sight.scheduled.clone(),
        saved,
        count: None,
        last_count: sight.last_count,
        remembered: sight.remembered.clone(),
        health_checked: sight.health_checked,
        size: sight.size,
        resurrected,
        doing,
    }
}

/// What stands in the way of both; `None` lets it through.
fn unfit(sight: &Sight) -> Option<Doing> {
    match &sight.service.scheduling {
        Scheduling::Replica => {}
        Scheduling::Daemon => {
            let words = "a DAEMON has no count; it goes with its instances";
            return Some(Doing::Skipped(words.into()));
        }
        Scheduling::Unknown(word) => {
            let words = format!("nobody here knows the scheduling {word}");
            return Some(Doing::Skipped(words.into()));
        }
    }
    if sight.service.status != ServiceStatus::Active {
        return Some(Doing::Skipped("it is not ACTIVE".into()));
    }
    match sight.record() {
        Some(Err(error)) => Some(Doing::Refused(error.to_string().into())),
        _ => None,
    }
}

fn doing_to_stop(sight: &Sight) -> Doing {
    if let Some(unfit) = unfit(sight) {
        return unfit;
    }
    let awake = sight.scaling.is_some_and(|it| it != it.asleep());
    let wanted = sight.service.desired > 0;
    if sight.record().is_some() {
        // On record already: whatever came back is stopped again, the record stays.
        let still = sight.service.running + sight.service.pending > 0;
        return if awake || wanted || still {
            Doing::Work
        } else {
            Doing::Nothing("stopped already".into())
        };
    }
    if !wanted && !awake {
        return Doing::Nothing("no task was wanted; it stays so".into());
    }
    if sight.deploying() {
        return Doing::Refused("a deployment is in progress".into());
    }
    if sight.service.tags.len() >= MOST_TAGS {
        return Doing::Refused("it has 50 tags: no room for the record".into());
    }
    Doing::Work
}

fn doing_to_start(sight: &Sight) -> Doing {
    if let Some(unfit) = unfit(sight) {
        return unfit;
    }
    if sight.record().is_some() {
        return Doing::Work;
    }
    if sight.service.desired > 0 {
        return Doing::Nothing("runs, and nothing is on record".into());
    }
    asked(sight.remembered.as_ref(), sight.last_count)
}

/// The question where nothing is on record, with where its proposal comes from.
fn asked(remembered: Option<&Record>, last: Option<u32>) -> Doing {
    let words = match (remembered, last) {
        (Some(record), _) => {
            let at = record.at.strftime("%Y-%m-%d");
            let count = record.desired;
            format!("nothing on record; this machine's journal of {at} says {count}: how many?")
        }
        (None, Some(last)) => {
            format!("nothing on record; its last deployment ran {last}: how many?")
        }
        (None, None) => "nothing on record: how many? Left out, it stays".to_owned(),
    };
    Doing::Ask(words.into())
}

pub(super) fn planned_database(goal: Goal, database: &Database) -> PlannedDatabase {
    let doing = match (goal, &database.state) {
        (Goal::Stop, DatabaseState::Available) => match database.unstoppable {
            Some(why) => Doing::Skipped(why.into()),
            None => Doing::Work,
        },
        (Goal::Stop, DatabaseState::Stopped) | (Goal::Start, DatabaseState::Available) => {
            Doing::Nothing(database.state.word().into())
        }
        (Goal::Stop, DatabaseState::Stopping)
        | (
            Goal::Start,
            DatabaseState::Stopped | DatabaseState::Stopping | DatabaseState::Starting,
        ) => Doing::Work,
        (Goal::Stop, DatabaseState::Starting) => Doing::Refused("it is starting".into()),
        (_, DatabaseState::Other(word)) => Doing::Refused(format!("it is {word}").into()),
    };
    PlannedDatabase {
        database: database.clone(),
        doing,
    }
}
