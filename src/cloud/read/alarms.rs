//! Alarms: those in ALARM each time, the full list now and then.

use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};

use crate::cloud::link::{Link, Sink};
use crate::cloud::{convert, gate};
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::part::News;
use crate::estate::problem::Feed;
use crate::estate::{SignedDuration, Timestamp};

/// How often the full list is read (aws.md 2.4): ECS's own rollback lives from the same quota.
const FULL_LIST_AGE: SignedDuration = SignedDuration::from_mins(5);

/// What a link remembers of alarms.
#[derive(Default)]
pub(in crate::cloud) struct AlarmList {
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    full_at: Option<Timestamp>,
    /// Those in ALARM at the last good look. A list of alarms in ALARM says that all others are
    /// not, so a look that failed repeats the last one and its problem says that it is old.
    alarming: Vec<Alarm>,
}

impl AlarmList {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_full_list_due(&self, now: Timestamp) -> bool {
        let full_at = self.memory().full_at;
        full_at.is_none_or(|then| then + FULL_LIST_AGE <= now)
    }

    fn remember(&self, alarms: &[Alarm], full_at: Option<Timestamp>) {
        let mut memory = self.memory();
        let alarming = alarms.iter().filter(|one| one.state == AlarmState::Alarm);
        memory.alarming = alarming.cloned().collect();
        memory.full_at = full_at.or(memory.full_at);
    }

    fn recall(&self, alarms: &mut Vec<Alarm>) {
        for old in &self.memory().alarming {
            if !alarms.iter().any(|one| one.arn == old.arn) {
                alarms.push(old.clone());
            }
        }
    }
}

impl Link {
    pub(in crate::cloud) async fn read_alarms(&self, sink: Sink<'_>) {
        let at = self.gate.now();
        let full = self.alarms.is_full_list_due(at);
        let ask = |token| {
            self.clients
                .cloudwatch
                .describe_alarms()
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .alarm_types(AlarmType::LogAlarm)
                .set_state_value((!full).then_some(StateValue::Alarm))
                .max_records(100)
                .set_next_token(token)
                .send()
        };
        let answer = self
            .gate
            .pages(Feed::Alarms, &gate::DESCRIBE_ALARMS, ask, |page| {
                page.next_token()
            })
            .await;
        let mut alarms: Vec<Alarm> = Vec::new();
        for page in &answer.pages {
            alarms.extend(
                page.metric_alarms()
                    .iter()
                    .filter_map(convert::metric_alarm),
            );
            alarms.extend(page.log_alarms().iter().filter_map(convert::log_alarm));
            alarms.extend(
                page.composite_alarms()
                    .iter()
                    .filter_map(convert::composite_alarm),
            );
        }
        let problems: Vec<_> = answer.problem.into_iter().collect();
        if problems.is_empty() {
            self.alarms.remember(&alarms, full.then_some(at));
        } else {
            self.alarms.recall(&mut alarms);
        }
        let complete = full && problems.is_empty();
        sink(self.part(at, News::Alarms { alarms, complete }, problems));
    }
}
