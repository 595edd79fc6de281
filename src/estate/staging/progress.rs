//! How far each service is, for a screen and for lines on a terminal.

use serde::Serialize;

use super::plan::{Goal, Plan};
use super::planned::Doing;
use super::step::Step;
use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::text::Text;

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The work as a whole reached a phase.
    Phase(Phase),
    /// A service reached a state.
    Service(ServiceArn, State),
    /// A database, or the rule that mutes the alarms, reached a state.
    Other(Text, State),
}

/// Where the work as a whole is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Not begun.
    Planned,
    /// Taking the lock.
    Locking,
    /// Databases are stopped or started.
    Databases,
    /// Alarms are muted, or speak again.
    Alarms,
    /// A tier of services: which, of how many, counted from one.
    Tier(usize, usize),
    /// Giving the lock back.
    Unlocking,
    /// Over; the rows say how it ended.
    Over,
    /// Never begun, or given up as a whole: why.
    Failed(Text),
}

/// Where one service or database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Its turn has not come.
    Waiting,
    /// AWS is asked for this.
    Asking {
        /// What.
        step: Step,
    },
    /// Its tasks come or go.
    Settling {
        /// Tasks that run.
        running: u32,
        /// Tasks wanted.
        desired: u32,
        /// What is still missing though they run: targets, health checks.
        unready: Option<Text>,
    },
    /// It is where it should be, and was seen there.
    Done,
    /// Nothing had to be done.
    Nothing {
        /// Why.
        words: Text,
    },
    /// It was left alone.
    Skipped {
        /// Why.
        words: Text,
    },
    /// It is not where it should be; its record is kept.
    Failed {
        /// Why, and what to do.
        words: Text,
    },
}

impl State {
    /// Whether nothing more will happen to it in this run.
    pub const fn is_over(&self) -> bool {
        !matches!(
            self,
            Self::Waiting | Self::Asking { .. } | Self::Settling { .. }
        )
    }

    /// The state in a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Waiting => "waiting".to_owned(),
            Self::Asking { step } => step.words(),
            Self::Settling {
                unready: Some(words),
                ..
            } => words.to_string(),
            Self::Settling {
                running, desired, ..
            } => format!("{running} of {desired} tasks run"),
            Self::Done => "done".to_owned(),
            Self::Nothing { words } => format!("nothing to do: {words}"),
            Self::Skipped { words } => format!("skipped: {words}"),
            Self::Failed { words } => format!("failed: {words}"),
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgressRow {
    /// The service; `None` for a database and for the alarms.
    pub service: Option<ServiceArn>,
    /// Its name.
    pub name: Text,
    /// Where it is.
    pub state: State,
}

/// How far a plan is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Stop or start.
    pub goal: Goal,
    /// When it began.
    pub began: Timestamp,
    /// Where the work as a whole is.
    pub phase: Phase,
    /// Services in the plan's order, then databases, then the alarms.
    pub rows: Vec<ProgressRow>,
}

impl Progress {
    /// A plan nobody has begun.
    pub fn new(plan: &Plan, now: Timestamp) -> Self {
        let services = plan.services.iter().map(|one| ProgressRow {
            service: Some(one.service.clone()),
            name: one.name.clone(),
            state: first(&one.doing),
        });
        let databases = plan.databases.iter().map(|one| ProgressRow {
            service: None,
            name: one.database.id.clone(),
            state: first(&one.doing),
        });
        let mute = plan.mute.iter().map(|one| ProgressRow {
            service: None,
            name: one.muting.rule.clone(),
            state: first(&one.doing),
        });
        Self {
            goal: plan.goal,
            began: now,
            phase: Phase::Planned,
            rows: services.chain(databases).chain(mute).collect(),
        }
    }

    /// Takes in what happened.
    pub fn absorb(&mut self, event: &Event) {
        let found = match event {
            Event::Phase(phase) => {
                self.phase = phase.clone();
                return;
            }
            Event::Service(arn, state) => {
                let row = self
                    .rows
                    .iter_mut()
                    .find(|row| row.service.as_ref() == Some(arn));
                (row, state)
            }
            Event::Other(id, state) => {
                let mut rows = self.rows.iter_mut();
                (
                    rows.find(|row| row.service.is_none() && row.name == *id),
                    state,
                )
            }
        };
        if let (Some(row), state) = found {
            row.state = state.clone();
        }
    }

    /// Rows that are over, and all rows.
    pub fn counts(&self) -> (usize, usize) {
        let over = self.rows.iter().filter(|row| row.state.is_over()).count();
        (over, self.rows.len())
    }

    /// Whether everything asked for was done.
    pub fn is_good(&self) -> bool {
        let failed = |row: &ProgressRow| matches!(row.state, State::Failed { .. });
        self.phase == Phase::Over && !self.rows.iter().any(failed)
    }
}

fn first(doing: &Doing) -> State {
    match doing {
        Doing::Work => State::Waiting,
        Doing::Nothing(words) => State::Nothing {
            words: words.clone(),
        },
        Doing::Skipped(words) | Doing::Ask(words) => State::Skipped {
            words: words.clone(),
        },
        Doing::Refused(words) => State::Failed {
            words: words.clone(),
        },
    }
}
