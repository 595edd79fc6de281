//! What is still on its way: taken up again by whoever starts next.

use std::collections::BTreeMap;

use super::file;
use super::{Ending, Entry, EntryId, FollowEnd, Journal, JournalError, Outcome, Record};
use crate::estate::follow::{End, Followed, Pursuit};
use crate::estate::id::ServiceArn;
use crate::estate::{SignedDuration, Timestamp};

/// What began longer ago is not taken up: nothing on AWS takes so long.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// The verbs that are followed.
const FOLLOWED: [&str; 5] = ["redeploy", "recycle", "rollback", "stop-task", "scale"];

impl Journal {
    /// Changes whose end is not on record, oldest first and one for each service: what a console
    /// followed when it ended, and what it was asking AWS when it died.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn in_flight(&self, now: Timestamp) -> Result<Vec<Followed>, JournalError> {
        let mut open: Vec<Followed> = Vec::new();
        for entry in self.entries()?.entries {
            take_in(&mut open, entry);
        }
        let newest: BTreeMap<ServiceArn, Followed> = open
            .into_iter()
            .map(|one| (one.service.clone(), one))
            .collect();
        let mut open: Vec<Followed> = newest.into_values().collect();
        open.retain(|one| now.duration_since(one.began) <= OLDEST);
        // Another console on this machine is at it.
        open.retain(|one| !file::is_held(&self.folder, &one.intent));
        open.sort_by(|a, b| (a.began, &a.service).cmp(&(b.began, &b.service)));
        Ok(open)
    }

    /// Writes how a followed change ended. Where AWS's answer never reached the journal, neither
    /// for it nor for a step of it, that is written first: what was in flight when a console died
    /// is then closed too.
    ///
    /// # Errors
    /// When the journal takes no line.
    pub fn followed(&self, pursuit: &Pursuit, now: Timestamp) -> Result<(), JournalError> {
        let Some(end) = &pursuit.end else {
            return Ok(());
        };
        let followed = &pursuit.followed;
        let milliseconds = now.duration_since(followed.began).as_millis();
        let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
        let intent = EntryId::new(followed.intent.clone());
        if !followed.answered {
            for open in self.unanswered(followed)? {
                let words = "the console ended before the answer was recorded; followed since";
                self.outcome(
                    Outcome {
                        service_deployment: followed.deployment.clone().filter(|_| open == intent),
                        intent: open,
                        ending: Ending::Unclear,
                        words: words.into(),
                        request_id: None,
                        deployment: None,
                        session_id: None,
                        milliseconds,
                    },
                    now,
                )?;
            }
        }
        let end = FollowEnd {
            intent,
            end: match end {
                End::Healthy => "healthy",
                End::Unhealthy(_) => "unhealthy",
                End::Failed(_) => "failed",
            }
            .into(),
            words: end.words().into(),
            milliseconds,
        };
        self.append(now, &Record::Followed(end)).map(drop)
    }

    /// The intents without an outcome of a change and of its steps: a step is of the same verb
    /// on the same service and comes after it.
    fn unanswered(&self, followed: &Followed) -> Result<Vec<EntryId>, JournalError> {
        let open = self.unfinished()?.into_iter();
        let of_it = open.skip_while(|entry| *entry.id.as_str() != *followed.intent);
        let of_it = of_it.filter(|entry| {
            let intent = entry.record.intent();
            intent.is_some_and(|one| one.verb == followed.verb && one.target == followed.service)
        });
        Ok(of_it.map(|entry| entry.id).collect())
    }
}

/// What `entry` says about what is on its way. A recycle's steps are part of it.
fn take_in(open: &mut Vec<Followed>, entry: Entry) {
    let at = entry.at;
    match entry.record {
        Record::Intent(intent) if FOLLOWED.contains(&&*intent.verb) => {
            let step = intent.step.as_deref();
            let of_a_recycle = &*intent.verb == "recycle"
                && step.is_some_and(|step| step.starts_with("stop task "));
            if of_a_recycle {
                return;
            }
            open.push(Followed {
                intent: entry.id.as_str().into(),
                verb: intent.verb,
                environment: intent.environment,
                service: intent.target,
                began: at,
                deployment: intent.aim.deployment().cloned(),
                answered: false,
                aim: intent.aim,
            });
        }
        Record::Outcome(outcome) => {
            let intent = outcome.intent.as_str();
            if matches!(outcome.ending, Ending::Refused | Ending::Failed) {
                return open.retain(|one| &*one.intent != intent);
            }
            if let Some(one) = open.iter_mut().find(|one| &*one.intent == intent) {
                // An answer that was lost is none.
                one.answered = outcome.ending == Ending::Done;
                one.deployment = outcome.service_deployment.or(one.deployment.take());
            }
        }
        Record::Followed(end) => open.retain(|one| &*one.intent != end.intent.as_str()),
        Record::Intent(_)
        | Record::SessionEnd(_)
        | Record::Refused(_)
        | Record::SecondAsked(_)
        | Record::Approval(_)
        | Record::Armed(_)
        | Record::Disarmed
        | Record::Healed { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::example::Folder;
    use crate::policy::example::{approved, caller, now};

    fn outcome(intent: &EntryId, ending: Ending) -> Outcome {
        Outcome {
            intent: intent.clone(),
            ending,
            words: "".into(),
            request_id: None,
            deployment: None,
            service_deployment: Some("arn:aws:ecs:x:1:service-deployment/main/orders/9".into()),
            session_id: None,
            milliseconds: 40,
        }
    }

    #[test]
    fn a_change_is_in_flight_until_its_end_is_on_record() {
        let folder = Folder::new();
        let journal = folder.journal();
        assert_eq!(journal.in_flight(now()).unwrap(), []);
        let intent = journal.intend(&approved(), &caller()).unwrap();
        let open = journal.in_flight(now()).unwrap();
        assert_eq!((open.len(), open[0].answered), (1, false));
        journal
            .outcome(outcome(&intent, Ending::Done), now())
            .unwrap();
        let open = journal.in_flight(now()).unwrap();
        assert!(open[0].answered && open[0].deployment.is_some());
        let late = now() + SignedDuration::from_hours(25);
        assert_eq!(journal.in_flight(late).unwrap(), []);
        let mut pursuit = Pursuit::new(open[0].clone(), None);
        journal.followed(&pursuit, now()).unwrap();
        assert_eq!(
            journal.in_flight(now()).unwrap().len(),
            1,
            "it has no end yet"
        );
        pursuit.end = Some(End::Healthy);
        journal.followed(&pursuit, now()).unwrap();
        assert_eq!(journal.in_flight(now()).unwrap(), []);
        assert_eq!(journal.verify().unwrap(), 3);
    }

    #[test]
    fn what_aws_refused_is_not_followed() {
        for ending in [Ending::Refused, Ending::Failed] {
            let folder = Folder::new();
            let journal = folder.journal();
            let intent = journal.intend(&approved(), &caller()).unwrap();
            journal.outcome(outcome(&intent, ending), now()).unwrap();
            assert_eq!(journal.in_flight(now()).unwrap(), [], "{ending}");
        }
    }

    /// A change that was refused hides nothing of the one before it that is still on its way.
    #[test]
    fn what_was_refused_hides_nothing() {
        let folder = Folder::new();
        let journal = folder.journal();
        let first = journal.intend(&approved(), &caller()).unwrap();
        journal
            .outcome(outcome(&first, Ending::Done), now())
            .unwrap();
        let second = journal.intend(&approved(), &caller()).unwrap();
        journal
            .outcome(outcome(&second, Ending::Refused), now())
            .unwrap();
        let open = journal.in_flight(now()).unwrap();
        assert_eq!((open.len(), &*open[0].intent), (1, first.as_str()));
    }

    #[test]
    fn what_another_console_is_at_is_left_to_it() {
        let folder = Folder::new();
        let journal = folder.journal();
        let intent = journal.intend(&approved(), &caller()).unwrap();
        let hold = journal.hold(&intent).unwrap();
        assert_eq!(folder.journal().in_flight(now()).unwrap(), []);
        drop(hold);
        assert_eq!(folder.journal().in_flight(now()).unwrap().len(), 1);
        // Killed, a console takes nothing away.
        let left = file::hold_of(&journal.folder, intent.as_str());
        drop(file::open_to_append(&left).unwrap());
        assert_eq!(folder.journal().in_flight(now()).unwrap().len(), 1);
        assert!(!left.exists());
    }

    /// AWS was asked and its answer lost: what was done has to be seen.
    #[test]
    fn a_lost_answer_is_no_answer() {
        let folder = Folder::new();
        let journal = folder.journal();
        let intent = journal.intend(&approved(), &caller()).unwrap();
        journal
            .outcome(outcome(&intent, Ending::Unclear), now())
            .unwrap();
        let open = journal.in_flight(now()).unwrap();
        assert!(!open[0].answered);
        assert_eq!(open[0].aim, approved().change().aim());
    }

    #[test]
    fn an_answer_that_never_came_is_closed_with_the_end() {
        let folder = Folder::new();
        let journal = folder.journal();
        journal.intend(&approved(), &caller()).unwrap();
        let open = journal.in_flight(now()).unwrap().remove(0);
        let mut pursuit = Pursuit::new(open, None);
        pursuit.end = Some(End::Failed("AWS rolled it back".into()));
        journal.followed(&pursuit, now()).unwrap();
        assert!(journal.unfinished().unwrap().is_empty());
        let entries = journal.entries().unwrap().entries;
        let Record::Outcome(outcome) = &entries[1].record else {
            panic!("{entries:?}")
        };
        assert_eq!(outcome.ending, Ending::Unclear);
    }
}
