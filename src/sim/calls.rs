//! The log of calls: who asked what, when, and in which order calls and answers came.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::wire::{Envelope, Service};

/// How many calls are kept; the oldest goes first.
pub(super) const KEPT: usize = 10_000;

/// One call that reached the simulated AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service asked.
    pub service: Service,
    /// The operation asked for, as sent.
    pub operation: String,
    /// The caller's account, twelve digits.
    pub account: String,
    /// When, on the simulator's clock.
    pub at: Timestamp,
    /// Its place in the order of all arrivals and answers.
    pub arrived: u64,
    /// The place of its answer in the same order; `None` while it is under way.
    pub answered: Option<u64>,
}

impl Call {
    /// The IAM action it takes (`ecs:ListServices`).
    pub fn action(&self) -> String {
        format!("{}:{}", self.service.action_prefix(), self.operation)
    }

    /// A call that arrives; its place in the order is given by the log.
    pub(super) fn new(envelope: &Envelope, account: &str, at: Timestamp) -> Self {
        Self {
            service: envelope.service,
            operation: envelope.operation.clone(),
            account: account.to_owned(),
            at,
            arrived: 0,
            answered: None,
        }
    }
}

/// How many of the calls had to wait for one another: the longest chain in which each call
/// arrived after the answer to the one before it. Under latency this is the number of
/// sequential round trips.
pub fn round_trips(calls: &[Call]) -> usize {
    let mut spans: Vec<(u64, u64)> = calls
        .iter()
        .map(|call| (call.answered.unwrap_or(u64::MAX), call.arrived))
        .collect();
    // Earliest answer first, the greedy choice that makes the longest chain.
    spans.sort_unstable();
    let mut last_answer = None;
    let mut trips = 0;
    for (answered, arrived) in spans {
        if last_answer.is_none_or(|last| arrived > last) {
            last_answer = Some(answered);
            trips += 1;
        }
    }
    trips
}

/// The bounded log.
#[derive(Debug, Default)]
pub(super) struct CallLog {
    calls: VecDeque<Call>,
    order: u64,
}

impl CallLog {
    /// Notes an arrival and returns its place in the order, which names the call.
    pub(super) fn arrived(&mut self, call: Call) -> u64 {
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        let arrived = self.unheard();
        self.calls.push_back(Call { arrived, ..call });
        arrived
    }

    /// A place in the order for a request that belongs to no service or account.
    pub(super) fn unheard(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    /// Notes the answer to the call that arrived at `arrived`, if it is still kept.
    pub(super) fn answered(&mut self, arrived: u64) {
        self.order += 1;
        if let Ok(index) = self
            .calls
            .binary_search_by_key(&arrived, |call| call.arrived)
        {
            self.calls[index].answered = Some(self.order);
        }
    }

    /// The calls kept, oldest first.
    pub(super) fn list(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    /// Forgets all calls; the order goes on.
    pub(super) fn clear(&mut self) {
        self.calls.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Call {
        Call {
            service: Service::Ecs,
            operation: "ListServices".to_owned(),
            account: "123456789012".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            arrived: 0,
            answered: None,
        }
    }

    #[test]
    fn calls_under_way_together_are_one_round_trip() {
        let mut log = CallLog::default();
        let (first, second) = (log.arrived(call()), log.arrived(call()));
        log.answered(first);
        let third = log.arrived(call());
        log.answered(second);
        log.answered(third);
        assert_eq!(
            round_trips(&log.list()),
            2,
            "the third waited for the first"
        );
    }

    #[test]
    fn an_unanswered_call_still_counts() {
        let mut log = CallLog::default();
        let first = log.arrived(call());
        log.answered(first);
        log.arrived(call());
        assert_eq!(round_trips(&log.list()), 2);
        assert_eq!(round_trips(&[]), 0);
    }

    #[test]
    fn the_log_is_bounded_and_late_answers_to_forgotten_calls_do_no_harm() {
        let mut log = CallLog::default();
        let first = log.arrived(call());
        for _ in 0..KEPT {
            log.arrived(call());
        }
        log.answered(first);
        assert_eq!(log.list().len(), KEPT);
    }
}
