//! What AWS remembers of an environment: alarm transitions, scaling, and who called which API.

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_sdk_cloudwatch::types::{AlarmType, HistoryItemType, ScanBy};
use aws_smithy_types::DateTime;
use futures::future::join3;

use crate::cloud::convert;
use crate::cloud::gate;
use crate::cloud::link::{Link, Sink};
use crate::estate::aspect::Aspect;
use crate::estate::history::{AlarmChange, Memory, ScalingActivity, TrailEvent};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};
use crate::estate::{SignedDuration, Timestamp};

/// How far back is asked: as far as a timeline is likely to be looked at.
const BACK: SignedDuration = SignedDuration::from_hours(12);
/// The calls that alter a service and say so in the trail. `LookupEvents` takes one attribute,
/// and asking for all calls would bring our own reads and everybody else's.
const CALLS: [&str; 3] = ["UpdateService", "RegisterScalableTarget", "StopTask"];

impl Link {
    /// Reads all three at once, each handed over as soon as it is home.
    pub(in crate::cloud) async fn read_history(&self, sink: Sink<'_>) {
        let at = self.gate.now();
        let tell = |memory| sink(self.part(at, News::Memory(memory), Vec::new()));
        join3(
            async {
                let answer = self.alarm_changes(at - BACK).await;
                tell(Memory::Alarms(Aspect::of(at, answer)));
            },
            async {
                let answer = self.scaling_activities(at - BACK).await;
                tell(Memory::Scaling(Aspect::of(at, answer)));
            },
            async {
                let read = self.trail_events(at).await;
                tell(Memory::Trail(read));
            },
        )
        .await;
    }

    /// The newest hundred transitions of all alarms.
    async fn alarm_changes(&self, since: Timestamp) -> Result<Vec<AlarmChange>, Problem> {
        let ask = self.clients.cloudwatch.describe_alarm_history();
        let ask = ask
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .history_item_type(HistoryItemType::StateUpdate)
            .start_date(DateTime::from_secs(since.as_second()))
            .scan_by(ScanBy::TimestampDescending)
            .max_records(100)
            .send();
        let call = self.gate.call(Feed::Alarms, &gate::ALARM_HISTORY, ask);
        let answer = call.await?;
        let raw = answer.alarm_history_items().iter();
        Ok(raw.filter_map(convert::alarm_change).collect())
    }

    /// The newest fifty activities of all services.
    async fn scaling_activities(&self, since: Timestamp) -> Result<Vec<ScalingActivity>, Problem> {
        let ask = self.clients.scaling.describe_scaling_activities();
        let ask = ask.service_namespace(ServiceNamespace::Ecs).max_results(50);
        let operation = &gate::SCALING_ACTIVITIES;
        let answer = self.gate.call(Feed::Tasks, operation, ask.send()).await?;
        let raw = answer.scaling_activities().iter();
        let read = raw.filter_map(convert::activity);
        Ok(read.filter(|one| one.at >= since).collect())
    }

    /// Who called what. The first refusal ends it: whoever may not look up one call may look up
    /// none.
    async fn trail_events(&self, at: Timestamp) -> Aspect<Vec<TrailEvent>> {
        let mut found = Vec::new();
        for name in CALLS {
            match self.calls_of(name, at - BACK).await {
                Ok(calls) => found.extend(calls),
                Err(problem) => {
                    return Aspect {
                        news: (!found.is_empty()).then_some(found),
                        problem: Some(problem),
                        at: Some(at),
                    };
                }
            }
        }
        found.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.call.cmp(&b.call)));
        Aspect::of(at, Ok(found))
    }

    async fn calls_of(&self, name: &str, since: Timestamp) -> Result<Vec<TrailEvent>, Problem> {
        let attribute = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::EventName)
            .attribute_value(name)
            .build();
        let attribute = attribute.map_err(|_| self.unreadable(Feed::Tasks, &gate::TRAIL))?;
        let ask = self.clients.trail.lookup_events();
        let ask = ask
            .lookup_attributes(attribute)
            .start_time(DateTime::from_secs(since.as_second()))
            .max_results(50)
            .send();
        let answer = self.gate.call(Feed::Tasks, &gate::TRAIL, ask).await?;
        let raw = answer.events().iter();
        Ok(raw.filter_map(convert::trail_event).collect())
    }
}
