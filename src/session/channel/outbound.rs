//! What was sent and not yet acknowledged, and when to send it again.

use std::collections::BTreeMap;
use std::time::Duration;

/// Resent in one go at most, so that a lost connection does not become a flood.
const BURST: usize = 16;
/// Messages in flight at the start, at least and at most.
const WINDOW: std::ops::RangeInclusive<usize> = 8..=512;
const FIRST_WINDOW: usize = 64;
const LONGEST_TIMEOUT: Duration = Duration::from_secs(1);
const LEAST_VARIANCE: Duration = Duration::from_millis(10);

/// How long an acknowledgement takes: the reference's formula, without the samples of messages
/// sent more than once, which tell nothing.
#[derive(Debug)]
struct RoundTrip {
    smoothed: Duration,
    variance: Duration,
    timeout: Duration,
}

impl RoundTrip {
    fn learn(&mut self, sample: Duration) {
        let off = self.smoothed.abs_diff(sample);
        self.variance = (self.variance * 3 + off) / 4;
        self.smoothed = (self.smoothed * 7 + sample) / 8;
        let timeout = self.smoothed + LEAST_VARIANCE.max(self.variance * 4);
        self.timeout = timeout.min(LONGEST_TIMEOUT);
    }
}

#[derive(Debug)]
struct Sent {
    bytes: Vec<u8>,
    first: Duration,
    due: Duration,
    resends: u32,
}

/// The messages of our direction that are not yet acknowledged.
#[derive(Debug)]
pub(super) struct Outbound {
    next: i64,
    unacknowledged: BTreeMap<i64, Sent>,
    round_trip: RoundTrip,
    window: usize,
    shrunk: Duration,
    /// Nothing is due before. Perhaps nothing then either: what was due may be acknowledged.
    soonest: Duration,
}

impl Default for Outbound {
    fn default() -> Self {
        Self {
            next: 0,
            unacknowledged: BTreeMap::new(),
            round_trip: RoundTrip {
                smoothed: Duration::from_millis(100),
                variance: Duration::ZERO,
                timeout: Duration::from_millis(200),
            },
            window: FIRST_WINDOW,
            shrunk: Duration::ZERO,
            soonest: Duration::MAX,
        }
    }
}

impl Outbound {
    /// The number of the next new message.
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    /// Whether another new message may be in flight.
    pub(super) fn has_room(&self) -> bool {
        self.unacknowledged.len() < self.window
    }

    /// Whether all is acknowledged.
    pub(super) fn is_empty(&self) -> bool {
        self.unacknowledged.is_empty()
    }

    /// Remembers the message with the number [`Self::next`].
    pub(super) fn remember(&mut self, bytes: Vec<u8>, now: Duration) {
        let sent = Sent {
            bytes,
            first: now,
            due: now + self.round_trip.timeout,
            resends: 0,
        };
        self.soonest = self.soonest.min(sent.due);
        self.unacknowledged.insert(self.next, sent);
        self.next += 1;
    }

    /// The other end has it. Anything else it says is ignored.
    pub(super) fn acknowledge(&mut self, sequence: i64, now: Duration) {
        let Some(sent) = self.unacknowledged.remove(&sequence) else {
            return;
        };
        if sent.resends == 0 {
            self.round_trip.learn(now.saturating_sub(sent.first));
            self.window = (self.window + 1).min(*WINDOW.end());
        }
    }

    /// What to send again now, oldest first.
    pub(super) fn resend(&mut self, now: Duration) -> Vec<Vec<u8>> {
        let mut again = Vec::new();
        if now < self.soonest {
            return again;
        }
        for sent in self.unacknowledged.values_mut() {
            if sent.due > now {
                continue;
            }
            if again.len() == BURST {
                break;
            }
            sent.resends = sent.resends.saturating_add(1);
            let patience = self.round_trip.timeout * 2u32.pow(sent.resends.min(6));
            sent.due = now + patience.min(LONGEST_TIMEOUT);
            again.push(sent.bytes.clone());
        }
        let due = self.unacknowledged.values().map(|sent| sent.due);
        self.soonest = due.min().unwrap_or(Duration::MAX);
        // Once a round trip: several losses of one window are one sign of a full road.
        if !again.is_empty() && now >= self.shrunk + self.round_trip.timeout {
            self.window = (self.window / 2).max(*WINDOW.start());
            self.shrunk = now;
        }
        again
    }

    /// A new connection: all that was in flight is due again, and nobody is late.
    pub(super) fn reconnected(&mut self, now: Duration) {
        for sent in self.unacknowledged.values_mut() {
            sent.first = now;
            sent.due = now;
            sent.resends = sent.resends.max(1);
        }
        self.soonest = now;
    }

    /// When to ask [`Self::resend`] next.
    pub(super) fn due(&self) -> Option<Duration> {
        (!self.is_empty()).then_some(self.soonest)
    }

    /// Since when the oldest waits.
    pub(super) fn waiting_since(&self) -> Option<Duration> {
        let oldest = self.unacknowledged.first_key_value();
        oldest.map(|(_, sent)| sent.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    #[test]
    fn the_time_out_follows_the_round_trip() {
        let mut outbound = Outbound::default();
        outbound.remember(vec![1], ms(0));
        assert_eq!(outbound.due(), Some(ms(200)));
        outbound.acknowledge(0, ms(60));
        // RTTVAR = 40/4 = 10 ms, SRTT = 95 ms, RTO = 95 + 40.
        assert_eq!(outbound.round_trip.timeout, ms(135));
        outbound.remember(vec![2], ms(100));
        assert_eq!(outbound.resend(ms(234)), Vec::<Vec<u8>>::new());
        assert_eq!(outbound.resend(ms(235)), [vec![2]]);
        assert_eq!(
            outbound.resend(ms(236)),
            Vec::<Vec<u8>>::new(),
            "once a time-out"
        );
        outbound.acknowledge(1, ms(5000));
        assert_eq!(
            outbound.round_trip.timeout,
            ms(135),
            "a resend teaches nothing"
        );
    }

    #[test]
    fn a_lost_message_does_not_hold_back_the_others() {
        let mut outbound = Outbound::default();
        for number in 0..3 {
            outbound.remember(vec![number], ms(0));
        }
        outbound.acknowledge(1, ms(10));
        outbound.acknowledge(7, ms(10));
        assert_eq!(outbound.resend(ms(1200)), [vec![0], vec![2]]);
    }
}
