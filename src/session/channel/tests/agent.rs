//! The agent's side, as the agent behaves: it resends its oldest message only, acknowledges what
//! it had before, and throws away what comes while it shakes hands.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a script answers what it is about"
)]

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::super::super::wire::{
    Acknowledgement, ChannelClosed, HandshakeComplete, HandshakeResponse, Message, MessageId,
    MessageType, PayloadType,
};

const EPOCH: u64 = 1_700_000_000_000;

/// The scripted agent.
#[derive(Default)]
pub(super) struct Agent {
    expected: i64,
    held: BTreeMap<i64, Message>,
    next: i64,
    unacknowledged: VecDeque<(i64, Vec<u8>, Duration)>,
    ids: u128,
    shaking: bool,
    away: bool,
    /// Frames to the client.
    pub(super) out: Vec<Vec<u8>>,
    /// Bytes of input.
    pub(super) input: Vec<u8>,
    /// Payloads of input that are no bytes, in order.
    pub(super) others: Vec<(PayloadType, Vec<u8>)>,
    /// Sequence numbers of what was acknowledged twice.
    pub(super) acknowledged: Vec<i64>,
}

impl Agent {
    fn stamp(&mut self, message: Message, now: Duration) -> Vec<u8> {
        self.ids += 1;
        let created = EPOCH + u64::try_from(now.as_millis()).unwrap();
        let id = MessageId(self.ids.to_be_bytes());
        message.stamped(id, created).encode().unwrap()
    }

    pub(super) fn send(&mut self, payload_type: PayloadType, payload: &[u8], now: Duration) {
        let message = Message::stream(
            MessageType::Output,
            self.next,
            payload_type,
            payload.to_vec(),
        );
        let bytes = self.stamp(message, now);
        self.unacknowledged
            .push_back((self.next, bytes.clone(), now));
        self.next += 1;
        if !self.away {
            self.out.push(bytes);
        }
    }

    pub(super) fn output(&mut self, bytes: &[u8], now: Duration) {
        for chunk in bytes.chunks(1024) {
            self.send(PayloadType::Output, chunk, now);
        }
    }

    pub(super) fn shake(&mut self, request: &str, now: Duration) {
        self.shaking = true;
        self.send(PayloadType::HandshakeRequest, request.as_bytes(), now);
    }

    pub(super) fn close(&mut self, output: &str, now: Duration) {
        let payload = ChannelClosed::of("s", output).encode();
        let message = Message::stream(MessageType::ChannelClosed, 0, PayloadType::None, payload);
        let bytes = self.stamp(message, now);
        self.out.push(bytes);
    }

    pub(super) fn publication(&mut self, start: bool) {
        let kind = if start {
            MessageType::Start
        } else {
            MessageType::Pause
        };
        let message = Message::stream(kind, 0, PayloadType::None, vec![]);
        self.out.push(message.encode().unwrap());
    }

    /// The service tells the agent that the client is away, or back.
    pub(super) fn client_is(&mut self, away: bool) {
        self.away = away;
    }

    pub(super) fn in_flight(&self) -> usize {
        self.unacknowledged.len()
    }

    pub(super) fn waits_for(&self, sequence: i64) -> bool {
        self.unacknowledged.iter().any(|sent| sent.0 == sequence)
    }

    /// Every 100 ms: the oldest alone.
    pub(super) fn tick(&mut self, now: Duration) {
        if let Some((_, bytes, sent)) = self.unacknowledged.front_mut()
            && !self.away
            && now >= *sent + Duration::from_millis(250)
        {
            *sent = now;
            self.out.push(bytes.clone());
        }
    }

    pub(super) fn frame(&mut self, bytes: &[u8], now: Duration) {
        let message = Message::decode(bytes).unwrap();
        self.away = false;
        match message.kind {
            MessageType::Acknowledge => {
                let heard = Acknowledgement::decode(&message.payload).unwrap();
                let sequence = heard.acknowledged_message_sequence_number;
                self.acknowledged.push(sequence);
                self.unacknowledged.retain(|sent| sent.0 != sequence);
            }
            MessageType::Input => {
                let heard = Message::acknowledging(&message);
                let heard = self.stamp(heard, now);
                self.out.push(heard);
                if message.sequence >= self.expected {
                    self.held.insert(message.sequence, message);
                }
                while let Some(message) = self.held.remove(&self.expected) {
                    self.expected += 1;
                    self.take(message, now);
                }
            }
            other => panic!("a client never sends {other:?}"),
        }
    }

    fn take(&mut self, message: Message, now: Duration) {
        match message.payload_type {
            PayloadType::HandshakeResponse => {
                let response = HandshakeResponse::decode(&message.payload).unwrap();
                let actions = &response.processed_client_actions;
                if actions.iter().all(|action| action.action_status == 1) {
                    self.shaking = false;
                    let complete = HandshakeComplete::default().encode();
                    self.send(PayloadType::HandshakeComplete, &complete, now);
                } else {
                    self.close("handshake failed", now);
                }
            }
            // Acknowledged, and thrown away.
            _ if self.shaking => return,
            PayloadType::Output => self.input.extend(&message.payload),
            _ => {}
        }
        if message.payload_type != PayloadType::Output {
            self.others.push((message.payload_type, message.payload));
        }
    }
}
