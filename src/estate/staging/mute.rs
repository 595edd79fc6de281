//! Alarms that are muted while an environment is stopped.

use serde::Serialize;

use super::plan::Goal;
use super::planned::Doing;
use crate::estate::Timestamp;
use crate::estate::id::EnvironmentName;
use crate::estate::text::Text;

/// The most alarms one rule mutes (CloudWatch, `MuteTargets`).
const MOST_ALARMS: usize = 100;

/// The alarms of an environment and the rule that mutes them: the rule itself is the record, for
/// whoever starts it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Muting {
    /// The rule's name.
    pub rule: Text,
    /// The alarms the settings name that exist, in order.
    pub alarms: Vec<Text>,
    /// The alarms the rule mutes now; `None` when there is no such rule, or it ran out.
    pub standing: Option<Vec<Text>>,
}

impl Muting {
    /// How long a rule mutes at most, as CloudWatch says it; then the alarms speak again.
    pub const LONGEST: &'static str = "P15D";

    /// The rule's name: one for each environment.
    pub fn rule_of(environment: &EnvironmentName) -> Text {
        format!("firstline-{environment}").into()
    }

    /// The full minute from which a rule asked for at `now` mutes: a window that lies ahead
    /// begins for certain.
    pub fn from_minute(now: Timestamp) -> Timestamp {
        let minute = (now.as_second().div_euclid(60) + 1) * 60;
        Timestamp::from_second(minute).unwrap_or(now)
    }
}

/// What will be done about the alarms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedMute {
    /// The alarms and their rule.
    pub muting: Muting,
    /// What will be done.
    pub doing: Doing,
}

impl PlannedMute {
    /// Plans from what stands.
    pub(super) fn new(goal: Goal, muting: &Muting) -> Self {
        let doing = match (goal, &muting.standing) {
            (Goal::Start, None) => Doing::Nothing("not muted".into()),
            (Goal::Stop, Some(alarms)) if *alarms == muting.alarms => {
                Doing::Nothing("muted already".into())
            }
            (Goal::Stop, _) if muting.alarms.is_empty() => {
                Doing::Nothing("no alarm has such a name".into())
            }
            (Goal::Stop, _) if muting.alarms.len() > MOST_ALARMS => {
                Doing::Refused("one rule mutes at most 100 alarms".into())
            }
            (Goal::Start, Some(_)) | (Goal::Stop, _) => Doing::Work,
        };
        Self {
            muting: muting.clone(),
            doing,
        }
    }

    /// What will be done and what to know of it.
    pub fn words(&self, goal: Goal) -> String {
        let many = self.muting.alarms.len();
        match (&self.doing, goal) {
            (Doing::Work, Goal::Stop) => format!("mutes {many} first; AWS ends that in 15 days"),
            (Doing::Work, Goal::Start) => "they speak again, last".to_owned(),
            (
                Doing::Nothing(words)
                | Doing::Skipped(words)
                | Doing::Refused(words)
                | Doing::Ask(words),
                _,
            ) => words.to_string(),
        }
    }
}
