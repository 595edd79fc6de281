//! From the SDK's types to the words of the house. Pure; nothing here can fail: what AWS left
//! out stays out, what this version does not know stays visible as `Unknown`.

mod alarm;
mod definition;
mod deployment;
mod history;
mod scaling;
mod service;
mod target;
mod task;

pub(super) use alarm::{composite_alarm, log_alarm, metric_alarm};
pub(super) use definition::definition;
pub(super) use deployment::{brief, revision, service_deployment};
pub(super) use history::{alarm_change, trail_event};
pub(super) use scaling::{activity, scaling};
pub(super) use service::{progress, service};
pub(super) use target::target;
pub(super) use task::task;

use aws_smithy_types::DateTime;

use crate::estate::Timestamp;
use crate::estate::text::Text;

/// A point in time; one beyond the calendar is none.
pub(super) fn time(raw: &DateTime) -> Option<Timestamp> {
    Timestamp::new(raw.secs(), i32::try_from(raw.subsec_nanos()).ok()?).ok()
}

/// Milliseconds since 1970, as CloudWatch Logs tells time.
pub(super) fn milliseconds(raw: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(raw).ok()
}

/// A count; AWS never counts below zero, and if it did we would not.
fn count(raw: i32) -> u32 {
    u32::try_from(raw).unwrap_or(0)
}

/// A string that may be missing; an empty one is.
fn text(raw: Option<&str>) -> Option<Text> {
    raw.filter(|raw| !raw.is_empty()).map(Text::clean)
}

/// A string whose absence is nothing.
fn text_or_empty(raw: Option<&str>) -> Text {
    text(raw).unwrap_or_default()
}

/// Passes through the times that are there and can be read.
fn time_of(raw: Option<&DateTime>) -> Option<Timestamp> {
    raw.and_then(time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_time_is_too_strange(seconds in any::<i64>(), nanos in 0u32..1_000_000_000) {
            let raw = DateTime::from_secs_and_nanos(seconds, nanos);
            if let Some(time) = time(&raw) {
                prop_assert_eq!(time.as_nanosecond(), raw.as_nanos());
            }
            if let Some(time) = milliseconds(seconds) {
                prop_assert_eq!(time.as_millisecond(), seconds);
            }
        }

        #[test]
        fn counts_are_never_negative(raw in any::<i32>()) {
            prop_assert_eq!(i64::from(count(raw)), i64::from(raw).max(0));
        }
    }
}
