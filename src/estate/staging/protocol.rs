//! From what is seen to the next step: the protocol of aws.md 5.2 without a memory.
//!
//! The same question asked again by anybody, from whatever state a dead console left behind,
//! leads to the same end. On the way down the record is written first and never again; on the
//! way up it is removed last.

use super::plan::{Goal, Plan};
use super::planned::PlannedService;
use super::record::Record;
use super::sight::{Database, DatabaseState, Scaling, Sight};
use super::step::Step;
use crate::estate::Timestamp;

/// What comes next for one service or database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask AWS for this.
    Do(Step),
    /// AWS is at it; look again later.
    Wait,
    /// It is where it should be.
    Done,
    /// Not possible now; why. Nothing was altered by asking.
    Refuse(String),
}

/// The next step for a service of `plan`, as seen now. `by` goes into a record.
pub fn next_for_service(
    plan: &Plan,
    planned: &PlannedService,
    sight: &Sight,
    (by, now): (&str, Timestamp),
) -> Next {
    match plan.goal {
        Goal::Stop => to_stop(planned, sight, (by, now)),
        Goal::Start => to_start(planned, sight),
    }
}

fn to_stop(planned: &PlannedService, sight: &Sight, (by, now): (&str, Timestamp)) -> Next {
    let service = sight.service.arn.clone();
    match sight.record() {
        Some(Err(error)) => return Next::Refuse(error.to_string()),
        Some(Ok(_)) => {}
        None => {
            if let Some(why) = moved(planned, sight) {
                return Next::Refuse(why);
            }
            let record = Record::new(sight.service.desired, sight.scaling, now, by);
            return Next::Do(Step::Save { service, record });
        }
    }
    if let Some(scaling) = sight.scaling.filter(|it| *it != it.asleep()) {
        let scaling = scaling.asleep();
        return Next::Do(Step::Scale { service, scaling });
    }
    if sight.service.desired > 0 {
        return Next::Do(Step::Desire { service, count: 0 });
    }
    if sight.service.running + sight.service.pending > 0 {
        return Next::Wait;
    }
    Next::Done
}

/// Why the service is not as it was when it was planned; what is put on record must be what was
/// shown. Only a count that auto scaling may move by itself may have moved, within its limits.
fn moved(planned: &PlannedService, sight: &Sight) -> Option<String> {
    if planned.saved.is_some() {
        return Some("its record has gone since the plan was made".to_owned());
    }
    if sight.scaling != planned.scaling {
        return Some("its scalable target changed since the plan was made".to_owned());
    }
    if sight.deploying() {
        return Some("a deployment began since the plan was made".to_owned());
    }
    let drifted = sight
        .scaling
        .is_some_and(|it| it.holds(sight.service.desired));
    let mut now = crate::estate::change::Belief::of(&sight.service);
    if drifted {
        now.desired = planned.belief.desired;
    }
    planned.belief.moved(&now)
}

fn to_start(planned: &PlannedService, sight: &Sight) -> Next {
    let service = sight.service.arn.clone();
    let record = match (sight.record(), &planned.saved) {
        (Some(Err(error)), _) => return Next::Refuse(error.to_string()),
        (Some(Ok(record)), Some(saved)) if record == *saved => record,
        (Some(Ok(_)), _) => {
            return Next::Refuse("its record changed since the plan was made".to_owned());
        }
        (None, _) => return without_record(planned, sight),
    };
    let awake = record.scaling.is_none() || sight.scaling == record.scaling;
    if !count_is_right(&record, sight, awake) {
        let count = record.desired;
        return Next::Do(Step::Desire { service, count });
    }
    if !sight.steady() {
        return Next::Wait;
    }
    match (record.scaling, sight.scaling) {
        (Some(_), None) => {
            let words = "its scalable target is gone: register it again, then start once more";
            Next::Refuse(words.to_owned())
        }
        (Some(scaling), Some(_)) if !awake => Next::Do(Step::Scale { service, scaling }),
        _ => Next::Do(Step::Forget { service }),
    }
}

/// Nothing on record: only the count somebody gave, and it is healthy.
fn without_record(planned: &PlannedService, sight: &Sight) -> Next {
    let service = sight.service.arn.clone();
    match planned.count.filter(|_| planned.saved.is_none()) {
        Some(count) if sight.service.desired != count && !woken(planned, sight) => {
            Next::Do(Step::Desire { service, count })
        }
        _ if !sight.steady() => Next::Wait,
        _ => match planned.scaling_to_wake() {
            Some(scaling)
                if sight.scaling == Some(scaling.asleep()) && scaling != scaling.asleep() =>
            {
                Next::Do(Step::Scale { service, scaling })
            }
            _ => Next::Done,
        },
    }
}

/// Whether the scaling is back that this machine's journal knew: then the count may move.
fn woken(planned: &PlannedService, sight: &Sight) -> bool {
    let scaling = planned.scaling_to_wake();
    scaling.is_some_and(|scaling| scaling != scaling.asleep() && sight.scaling == Some(scaling))
}

/// Whether as many tasks are wanted as on record. Once its scaling is back, auto scaling may
/// already have moved the count within the limits; a count that lay outside of them cannot have
/// been moved by it and is put back (registering a target clamps it, aws.md 5.1).
fn count_is_right(record: &Record, sight: &Sight, awake: bool) -> bool {
    let moves = |scaling: Scaling| {
        let flags = scaling.suspended;
        let live = !(flags.scale_in && flags.scale_out && flags.scheduled);
        live && scaling.holds(record.desired) && scaling.holds(sight.service.desired)
    };
    sight.service.desired == record.desired || (awake && record.scaling.is_some_and(moves))
}

/// The next step for a database.
pub fn next_for_database(goal: Goal, seen: &Database) -> Next {
    let (id, kind) = (seen.id.clone(), seen.kind);
    match (goal, &seen.state) {
        (Goal::Stop, DatabaseState::Available) => match seen.unstoppable {
            Some(why) => Next::Refuse(why.to_owned()),
            None => Next::Do(Step::StopDatabase { id, kind }),
        },
        (Goal::Start, DatabaseState::Stopped) => Next::Do(Step::StartDatabase { id, kind }),
        (Goal::Stop, DatabaseState::Stopped) | (Goal::Start, DatabaseState::Available) => {
            Next::Done
        }
        (_, DatabaseState::Other(word)) if is_final(word) => Next::Refuse(format!("it is {word}")),
        _ => Next::Wait,
    }
}

/// States a database does not leave by itself.
fn is_final(word: &str) -> bool {
    [
        "failed",
        "inaccessible",
        "incompatible",
        "storage-full",
        "restore-error",
        "deleting",
    ]
    .iter()
    .any(|one| word.starts_with(one))
}
