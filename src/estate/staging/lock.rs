//! Who is at an environment, as the text of a tag on its cluster.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::plan::Goal;
use super::record::{Fields, tag_word};
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// The tag that carries the lock.
pub const LOCK_TAG: &str = "firstline:lock";

/// The lock of an environment: one operation at a time, whoever runs it.
///
/// ECS has no compare-and-set, so it is taken in three moves: look, write, and after a pause
/// longer than look and write may take together, look again; whose name stands there has it.
/// It is renewed while the work goes on and simply runs out when its owner dies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// What the owner does.
    pub goal: Goal,
    /// Until when it holds, unless renewed.
    pub until: Timestamp,
    /// Names one run: the id of its first journal entry.
    pub run: Text,
    /// Who: `alice@jump-1`.
    pub by: Text,
}

/// Why a tag is not a lock this version can read. It is treated as held by somebody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the lock cannot be read")]
pub struct LockError;

impl Lock {
    /// How long a lock holds when nobody renews it: the longest anybody waits for a dead console.
    pub const HOLDS: SignedDuration = SignedDuration::from_mins(3);
    /// How often its owner renews it.
    pub const RENEWED: SignedDuration = SignedDuration::from_secs(60);
    /// The longest look and write may take together; slower, and the look is taken again.
    pub const WINDOW: SignedDuration = SignedDuration::from_secs(4);
    /// The pause before the look that decides.
    pub const PAUSE: SignedDuration = SignedDuration::from_secs(5);

    /// A lock from `now` on.
    pub fn new(goal: Goal, run: &str, by: &str, now: Timestamp) -> Self {
        let until = now + Self::HOLDS;
        Self {
            goal,
            until: Timestamp::from_second(until.as_second()).unwrap_or(until),
            run: tag_word(run).as_str().into(),
            by: tag_word(by).as_str().into(),
        }
    }

    /// The same lock, held from `now` on.
    #[must_use]
    pub fn renewed(&self, now: Timestamp) -> Self {
        Self::new(self.goal, &self.run, &self.by, now)
    }

    /// Whether both belong to one run.
    pub fn is_same_run(&self, other: &Self) -> bool {
        self.run == other.run && self.by == other.by
    }

    /// Whether it ran out.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.until < now
    }

    /// Who has it and until when, in a sentence.
    pub fn told(&self) -> String {
        format!(
            "{} is at it ({}); the lock holds until {} unless renewed",
            self.by,
            self.goal.word(),
            self.until.strftime("%H:%M:%SZ")
        )
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (goal, until) = (self.goal.word(), self.until.strftime("%Y-%m-%dT%H:%M:%SZ"));
        write!(
            formatter,
            "v1 {goal} until={until} run={} by={}",
            self.run, self.by
        )
    }
}

impl FromStr for Lock {
    type Err = LockError;

    fn from_str(text: &str) -> Result<Self, LockError> {
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let (Some("v1"), Some(goal)) = (words.next(), words.next()) else {
            return Err(LockError);
        };
        let goal = [Goal::Stop, Goal::Start]
            .into_iter()
            .find(|one| one.word() == goal)
            .ok_or(LockError)?;
        let mut fields = Fields::of(words).ok_or(LockError)?;
        let mut take = |key| fields.take(key).ok_or(LockError);
        Ok(Self {
            goal,
            until: take("until")?.parse().map_err(|_| LockError)?,
            run: tag_word(take("run")?).as_str().into(),
            by: tag_word(take("by")?).as_str().into(),
        })
    }
}
