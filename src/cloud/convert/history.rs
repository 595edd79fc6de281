//! `DescribeAlarmHistory` and `LookupEvents`: what AWS remembers in JSON within strings.

use aws_sdk_cloudtrail::types as trail;
use aws_sdk_cloudwatch::types as alarms;
use serde_json::Value;

use super::alarm::state_of;
use super::{text, time_of};
use crate::estate::history::{AlarmChange, TrailEvent};
use crate::estate::identity;
use crate::estate::text::Text;

/// A transition of an alarm; `None` for what is none or cannot be read.
pub(in crate::cloud) fn alarm_change(raw: &alarms::AlarmHistoryItem) -> Option<AlarmChange> {
    let data: Value = serde_json::from_str(raw.history_data()?).ok()?;
    let state = |side: &str| data.get(side)?.get("stateValue")?.as_str();
    let reason = data.get("newState").and_then(|new| new.get("stateReason"));
    Some(AlarmChange {
        name: text(raw.alarm_name())?,
        at: time_of(raw.timestamp())?,
        from: state_of(state("oldState")?),
        to: state_of(state("newState")?),
        reason: reason.and_then(Value::as_str).unwrap_or_default().into(),
    })
}

/// A call of somebody; `None` when nobody can tell what or when.
pub(in crate::cloud) fn trail_event(raw: &trail::Event) -> Option<TrailEvent> {
    let record: Value = raw
        .cloud_trail_event()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    let asked = record.get("requestParameters").unwrap_or(&Value::Null);
    let caller = record.pointer("/userIdentity/arn").and_then(Value::as_str);
    let by = caller.map(identity::short);
    let resource = word(asked, "resourceId");
    let mut resource = resource.iter().flat_map(|id| id.split('/')).skip(1);
    let (of_cluster, of_service) = (resource.next(), resource.next());
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).into();
    Some(TrailEvent {
        at: time_of(raw.event_time())?,
        call: text(raw.event_name())?,
        by: by
            .or_else(|| raw.username().map(str::to_owned))
            .unwrap_or_else(|| "somebody".into())
            .into(),
        words: asked_words(asked).into(),
        service: word(asked, "service")
            .map(last)
            .or(of_service.map(Text::from)),
        cluster: word(asked, "cluster")
            .map(last)
            .or(of_cluster.map(Text::from)),
        error: record
            .get("errorCode")
            .and_then(Value::as_str)
            .map(Text::from),
    })
}

fn word<'a>(asked: &'a Value, member: &str) -> Option<&'a str> {
    asked.get(member)?.as_str()
}

/// What the call asked for, in a few words. Only members that hold no secret are read.
fn asked_words(asked: &Value) -> String {
    let number = |member: &str| asked.get(member).and_then(Value::as_i64);
    let mut said = Vec::new();
    if let Some(definition) = word(asked, "taskDefinition") {
        said.push(
            definition
                .rsplit('/')
                .next()
                .unwrap_or(definition)
                .to_owned(),
        );
    }
    let numbers = [
        ("desiredCount", "desired"),
        ("minCapacity", "min"),
        ("maxCapacity", "max"),
    ];
    for (member, word) in numbers {
        said.extend(number(member).map(|count| format!("{word} {count}")));
    }
    if asked.get("forceNewDeployment").and_then(Value::as_bool) == Some(true) {
        said.push("force new deployment".to_owned());
    }
    if let Some(task) = word(asked, "task") {
        let id = task.rsplit('/').next().unwrap_or(task);
        said.push(format!("task {}", id.get(..8).unwrap_or(id)));
    }
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::alarm::AlarmState;

    fn event(record: &str) -> trail::Event {
        trail::Event::builder()
            .event_name("UpdateService")
            .event_time(aws_smithy_types::DateTime::from_secs(1_000))
            .username("ci")
            .cloud_trail_event(record)
            .build()
    }

    #[test]
    fn a_call_says_who_asked_for_what() {
        let record = r#"{"userIdentity":{"arn":"arn:aws:sts::1:assumed-role/ci-deploy/run-42"},
            "requestParameters":{"cluster":"arn:aws:ecs:x:1:cluster/prod","service":"orders",
            "taskDefinition":"arn:aws:ecs:x:1:task-definition/orders:58","desiredCount":4,
            "forceNewDeployment":true}}"#;
        let read = trail_event(&event(record)).unwrap();
        assert_eq!(&*read.by, "run-42@ci-deploy");
        assert_eq!(&*read.words, "orders:58, desired 4, force new deployment");
        assert_eq!(read.service.as_deref(), Some("orders"));
        assert_eq!(read.cluster.as_deref(), Some("prod"));
        let scaled = r#"{"requestParameters":{"resourceId":"service/prod/orders","maxCapacity":8},
            "errorCode":"AccessDenied"}"#;
        let read = trail_event(&event(scaled)).unwrap();
        assert_eq!((&*read.by, &*read.words), ("ci", "max 8"));
        assert_eq!(read.service.as_deref(), Some("orders"));
        assert_eq!(read.error.as_deref(), Some("AccessDenied"));
    }

    #[test]
    fn a_record_nobody_can_read_still_says_that_there_was_a_call() {
        for record in ["", "{", "[]", "null", r#"{"requestParameters":7}"#] {
            let read = trail_event(&event(record)).unwrap();
            assert_eq!((&*read.by, &*read.words), ("ci", ""), "{record}");
        }
        assert!(trail_event(&trail::Event::builder().build()).is_none());
    }

    #[test]
    fn a_transition_has_both_its_states() {
        let item = |data: &str| {
            let raw = alarms::AlarmHistoryItem::builder()
                .alarm_name("a")
                .timestamp(aws_smithy_types::DateTime::from_secs(1))
                .history_data(data)
                .build();
            alarm_change(&raw)
        };
        let data = r#"{"oldState":{"stateValue":"OK"},"newState":{"stateValue":"ALARM","stateReason":"x"}}"#;
        let read = item(data).unwrap();
        assert_eq!((read.from, read.to), (AlarmState::Ok, AlarmState::Alarm));
        assert_eq!(item("{}"), None);
        assert_eq!(item("no json"), None);
    }
}
