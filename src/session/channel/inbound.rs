//! What came, put back into order.

use std::collections::BTreeMap;

use super::super::wire::Message;

/// Messages that came too early, at most. The agent holds ten thousand of ours.
const HELD: usize = 10_000;
/// Their bytes, at most.
const HELD_BYTES: usize = 4 << 20;

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is ours now, and these are next in order. Acknowledge it.
    Next(Vec<Message>),
    /// We have had it. Acknowledge it again: the first acknowledgement was lost, and the agent
    /// sends nothing but its oldest message until it hears of it.
    Again,
    /// There is no room. Say nothing, and it comes again.
    Full,
}

/// The messages of the other direction.
#[derive(Debug, Default)]
pub(super) struct Inbound {
    expected: i64,
    held: BTreeMap<i64, Message>,
    bytes: usize,
}

impl Inbound {
    pub(super) fn take(&mut self, message: Message) -> Taken {
        if message.sequence < self.expected || self.held.contains_key(&message.sequence) {
            return Taken::Again;
        }
        if message.sequence > self.expected {
            let bytes = self.bytes + message.payload.len();
            if self.held.len() >= HELD || bytes > HELD_BYTES {
                return Taken::Full;
            }
            self.bytes = bytes;
            self.held.insert(message.sequence, message);
            return Taken::Next(Vec::new());
        }
        let mut next = vec![message];
        self.expected = self.expected.saturating_add(1);
        while let Some(message) = self.held.remove(&self.expected) {
            self.bytes -= message.payload.len();
            self.expected = self.expected.saturating_add(1);
            next.push(message);
        }
        Taken::Next(next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::wire::{MessageType, PayloadType};
    use super::*;

    fn message(sequence: i64, length: usize) -> Message {
        let payload = vec![0; length];
        Message::stream(MessageType::Output, sequence, PayloadType::Output, payload)
    }

    fn numbers(taken: Taken) -> Vec<i64> {
        match taken {
            Taken::Next(messages) => messages.iter().map(|message| message.sequence).collect(),
            Taken::Again | Taken::Full => panic!("not taken"),
        }
    }

    #[test]
    fn early_ones_wait_and_late_ones_are_told_again() {
        let mut inbound = Inbound::default();
        assert_eq!(numbers(inbound.take(message(2, 1))), Vec::<i64>::new());
        assert_eq!(numbers(inbound.take(message(0, 1))), [0]);
        assert_eq!(inbound.take(message(2, 1)), Taken::Again);
        assert_eq!(numbers(inbound.take(message(1, 1))), [1, 2]);
        assert_eq!(inbound.take(message(1, 1)), Taken::Again);
        assert_eq!(inbound.bytes, 0);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut inbound = Inbound::default();
        for sequence in 1..=4 {
            assert_eq!(
                numbers(inbound.take(message(sequence, 1 << 20))),
                Vec::<i64>::new()
            );
        }
        assert_eq!(inbound.take(message(5, 1)), Taken::Full);
        assert_eq!(numbers(inbound.take(message(0, 1))), [0, 1, 2, 3, 4]);
    }
}
