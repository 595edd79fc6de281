//! What is still on its way: taken up again by whoever starts next.

use std::collections::BTreeMap;

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
        let mut open: BTreeMap<ServiceArn, Followed> = BTreeMap::new();
        for entry in self.entries()?.entries {
            take_in(&mut open, entry);
        }
        let mut open: Vec<Followed> = open.into_values().collect();
        open.retain(|one| now.duration_since(one.began) <= OLDEST);
        open.sort_by(|a, b| (a.began, &a.service).cmp(&(b.began, &b.service)));
        Ok(open)
    }

    /// Writes how a followed change ended. Where AWS's answer never reached the journal, that
    /// is written first: what was in flight when a console died is then closed too.
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
        if !followed.answered && !self.is_answered(&intent)? {
            let words = "the console ended before the answer was recorded; followed since";
            self.outcome(
                Outcome {
                    intent: intent.clone(),
                    ending: Ending::Unclear,
                    words: words.into(),
                    request_id: None,
                    deployment: None,
                    service_deployment: followed.deployment.clone(),
                    session_id: None,
                    milliseconds,
                },
                now,
            )?;
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

    fn is_answered(&self, intent: &EntryId) -> Result<bool, JournalError> {
        let entries = self.entries()?.entries;
        let mut outcomes = entries.iter().filter_map(|entry| entry.record.outcome());
        Ok(outcomes.any(|outcome| outcome.intent == *intent))
    }
}

/// What `entry` says about what is on its way. A recycle's steps are part of it.
fn take_in(open: &mut BTreeMap<ServiceArn, Followed>, entry: Entry) {
    let at = entry.at;
    match entry.record {
        Record::Intent(intent) if FOLLOWED.contains(&&*intent.verb) => {
            let step = intent.step.as_deref();
            let of_a_recycle = &*intent.verb == "recycle"
                && step.is_some_and(|step| step.starts_with("stop task "));
            if of_a_recycle {
                return;
            }
            let followed = Followed {
                intent: entry.id.as_str().into(),
                verb: intent.verb,
                environment: intent.environment,
                service: intent.target,
                began: at,
                deployment: None,
                answered: false,
            };
            open.insert(followed.service.clone(), followed);
        }
        Record::Outcome(outcome) => {
            let intent = outcome.intent.as_str();
            let Some(one) = open.values_mut().find(|one| &*one.intent == intent) else {
                return;
            };
            one.answered = true;
            one.deployment = outcome.service_deployment;
            if matches!(outcome.ending, Ending::Refused | Ending::Failed) {
                let service = one.service.clone();
                open.remove(&service);
            }
        }
        Record::Followed(end) => open.retain(|_, one| &*one.intent != end.intent.as_str()),
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
