//! The road of a recycle: one task, its replacement, the next task. Every stop is an intent and
//! an outcome of its own; between two of them it can be held or called off.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{Carried, Road, Stage, outcome};
use crate::cloud::{ApplyError, Link, Receipt};
use crate::estate::change::{Change, Target};
use crate::estate::id::TaskArn;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::EntryId;
use crate::policy::Approved;

/// Between two looks at a replacement.
const LOOKS: SignedDuration = SignedDuration::from_secs(5);
/// How long a replacement may take to serve: the old task drains for up to 330 s meanwhile.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
/// Failed looks in a row after which it is given up.
const BLIND: u32 = 6;

/// What steers a recycle on its way.
#[derive(Debug, Default)]
pub struct Wheel(AtomicU8);

impl Wheel {
    const GO: u8 = 0;
    const HELD: u8 = 1;
    const OFF: u8 = 2;

    /// Holds it before the next task, or lets it go on.
    pub fn hold(&self, held: bool) {
        let to = if held { Self::HELD } else { Self::GO };
        // What is called off stays off.
        let _ = self
            .0
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| {
                (now != Self::OFF).then_some(to)
            });
    }

    /// Calls it off before the next task.
    pub fn call_off(&self) {
        self.0.store(Self::OFF, Ordering::Release);
    }

    /// Whether it is held.
    pub fn is_held(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::HELD
    }

    /// Whether it is called off.
    pub fn is_off(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::OFF
    }
}

impl Road<'_> {
    /// Carries an approved recycle over `link`, steered by `wheel`. Ends once the last task was
    /// stopped; that its replacement serves is seen by whoever follows.
    pub async fn recycle(&self, approved: &Approved, link: &Link, wheel: &Wheel) -> Carried {
        let intent = match self.journal.intend(approved, self.caller) {
            Ok(intent) => intent,
            Err(error) => return Carried::NotAsked(error),
        };
        // Until the end: what another console sees meanwhile is not what is left of it.
        let _held = self.journal.hold(&intent);
        (self.told)(Stage::Intended(intent.clone()));
        let began = (self.clock)();
        let answer = match approved.change() {
            Change::Recycle { target, tasks } => {
                let run = Run {
                    road: self,
                    approved,
                    link,
                    wheel,
                };
                Box::pin(run.one_by_one(target, tasks)).await
            }
            Change::Redeploy(_)
            | Change::Rollback { .. }
            | Change::StopTask { .. }
            | Change::Scale { .. }
            | Change::StopEnvironment(_)
            | Change::StartEnvironment(_)
            | Change::Session(_) => Err(ApplyError::Moved("no recycle was approved".to_owned())),
        };
        self.record(intent, answer, began)
    }
}

struct Run<'a> {
    road: &'a Road<'a>,
    approved: &'a Approved,
    link: &'a Link,
    wheel: &'a Wheel,
}

impl Run<'_> {
    fn now(&self) -> Timestamp {
        (self.road.clock)()
    }

    async fn one_by_one(&self, target: &Target, tasks: &[TaskArn]) -> Result<Receipt, ApplyError> {
        let mut last = None;
        for (done, task) in tasks.iter().enumerate() {
            let halted = |why: String| {
                let count = tasks.len();
                ApplyError::Halted(format!("{done} of {count} tasks were stopped, then {why}"))
            };
            let running = self
                .whole(target, (done, tasks.len()))
                .await
                .map_err(&halted)?;
            if !running.contains(task) {
                continue; // it went by itself meanwhile
            }
            let receipt = self.stop(target, task).await;
            last = Some(match receipt {
                Ok(receipt) => receipt,
                Err(error) if done == 0 => return Err(error),
                Err(error) => return Err(halted(error.to_string())),
            });
            (self.road.told)(Stage::Recycled {
                done: done + 1,
                of: tasks.len(),
                words: format!("stopped task {}", task.short()).into(),
            });
        }
        last.ok_or_else(|| ApplyError::Moved("none of the tasks runs any more".to_owned()))
    }

    /// Waits until as many tasks serve as are wanted and nobody holds it; gives those that run.
    async fn whole(
        &self,
        target: &Target,
        (done, of): (usize, usize),
    ) -> Result<Vec<TaskArn>, String> {
        let until = self.now() + PATIENCE;
        let mut blind = 0;
        loop {
            if self.wheel.is_off() {
                return Err("it was called off".to_owned());
            }
            let held = self.wheel.is_held();
            let words = match self.link.serving(target).await {
                Ok(seen) if !held && seen.serving >= target.belief.desired => {
                    return Ok(seen.running);
                }
                Ok(_) if held => "held".to_owned(),
                Ok(seen) => {
                    blind = 0;
                    format!("{} of {} serve", seen.serving, target.belief.desired)
                }
                Err(problem) => {
                    blind += 1;
                    problem.sentence.to_string()
                }
            };
            if blind >= BLIND {
                return Err(format!("it could not be seen: {words}"));
            }
            if !held && self.now() > until {
                return Err(format!("no replacement served in 15 min: {words}"));
            }
            (self.road.told)(Stage::Recycled {
                done,
                of,
                words: words.into(),
            });
            self.link.rest(LOOKS).await;
        }
    }

    /// Intent on the disk, call, outcome on the disk.
    async fn stop(&self, target: &Target, task: &TaskArn) -> Result<Receipt, ApplyError> {
        let began = self.now();
        let words = format!("stop task {}", task.id());
        let about = (&target.service, words);
        let journal = self.road.journal;
        let intent: EntryId = journal
            .intend_step(self.approved, self.road.caller, about, began)
            .map_err(|error| ApplyError::Moved(format!("the journal took no line: {error}")))?;
        let answer = self
            .link
            .recycle_step(self.approved, task, intent.as_str())
            .await;
        let ended = outcome(&intent, &answer, (began, self.now()));
        if let Err(error) = journal.outcome(ended, self.now()) {
            let why = format!("the journal took no line: {error}");
            return Err(ApplyError::Halted(why));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_off_cannot_be_let_go_again() {
        let wheel = Wheel::default();
        assert!(!wheel.is_held() && !wheel.is_off());
        wheel.hold(true);
        assert!(wheel.is_held());
        wheel.hold(false);
        assert!(!wheel.is_held());
        wheel.call_off();
        wheel.hold(false);
        assert!(wheel.is_off());
    }
}
