//! What a tail says of its Live Tail: the stream AWS charges for by the minute.

use serde::Serialize;

use crate::estate::text::Text;
use crate::estate::usage::LIVE_TAIL_MINUTE;
use crate::estate::{SignedDuration, Timestamp};

/// What a tail's Live Tail does, and what it has cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LiveTail {
    /// What it does.
    pub state: LiveState,
    /// Sessions open now, one for each log group.
    pub sessions: u32,
    /// Seconds paid for until `at`, of all sessions together.
    seconds: i64,
    at: Option<Timestamp>,
}

/// What a Live Tail does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum LiveState {
    /// Nobody wants one.
    #[default]
    Off,
    /// AWS was asked for one.
    Opening,
    /// Lines come as they are taken in.
    Open {
        /// More came than it says: the polling brings the rest.
        sampled: bool,
    },
    /// There is none now, and it is tried again; the polling goes on.
    Refused {
        /// Why.
        why: Text,
    },
    /// There is none any more, unless it is switched on again; the polling goes on.
    Ended {
        /// Why.
        why: Text,
    },
}

impl LiveTail {
    /// The same with so many sessions from `now` on.
    #[must_use]
    pub fn with(&self, sessions: u32, now: Timestamp) -> Self {
        Self {
            state: self.state.clone(),
            sessions,
            seconds: self.seconds_until(now),
            at: Some(now),
        }
    }

    fn seconds_until(&self, now: Timestamp) -> i64 {
        let since = |at: Timestamp| now.duration_since(at).max(SignedDuration::ZERO);
        let running = self.at.map_or(0, |at| since(at).as_secs());
        self.seconds + running * i64::from(self.sessions)
    }

    /// US dollars paid until `now`: by the minute, without the month's free ones (aws.md 2.3).
    pub fn dollars(&self, now: Timestamp) -> f64 {
        let minutes = (self.seconds_until(now).max(0) + 59) / 60;
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
        f64::from(minutes) * LIVE_TAIL_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_costs_by_the_minute_and_only_while_it_is_open() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let cents = |live: &LiveTail, second| (live.dollars(at(second)) * 100.0).round();
        let off = LiveTail::default();
        assert!(cents(&off, 9_999).abs() < f64::EPSILON);
        let open = off.with(2, at(0));
        assert!((cents(&open, 60) - 2.0).abs() < f64::EPSILON);
        assert!((cents(&open, 90) - 3.0).abs() < f64::EPSILON);
        let closed = open.with(0, at(90));
        assert!((cents(&closed, 9_999) - 3.0).abs() < f64::EPSILON);
    }
}
