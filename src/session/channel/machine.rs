//! The data channel as a pure state machine: events in, effects out, the time an argument.
//!
//! It knows no socket, so loss, duplication, reordering and cuts can be tried a thousand times a
//! second.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::wire::{
    Acknowledgement, ChannelClosed, Flag, HandshakeComplete, KmsRequest, Message, MessageId,
    MessageType, PayloadType, Size, exit_code,
};
use super::cipher::{Cipher, DataKey};
use super::event::{Ended, Event};
use super::inbound::{Inbound, Taken};
use super::outbound::Outbound;

/// The most bytes of input in one message, as the official client has it.
pub(super) const CHUNK: usize = 1024;
/// Messages of input kept back at most.
const BACKLOG: usize = 256;
/// A session that says nothing this long has no handshake: it waits for our input.
pub(super) const SILENCE: Duration = Duration::from_secs(2);
/// A forwarded port always has one, within 15 s.
const NO_GREETING: Duration = Duration::from_secs(30);
/// The official client gives up after about as long.
const UNANSWERED: Duration = Duration::from_mins(5);

/// What kind of session was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A shell or a command: often without a handshake.
    #[default]
    Shell,
    /// A forwarded port: always with one.
    Port,
}

/// What happens to a channel.
pub(super) enum Happening {
    /// A connection is there, and its open frame is sent.
    Connected,
    /// It is gone.
    Disconnected,
    /// A binary frame came.
    Frame(Vec<u8>),
    /// Bytes to send.
    Input(Vec<u8>),
    /// A flag to send after them.
    Flag(Flag),
    /// The terminal's size.
    Resize(Size),
    /// The key asked for, and where its nonces begin; or why there is none.
    Key(Result<(DataKey, [u8; 12]), String>),
    /// Time passes.
    Tick,
}

/// What a channel wants done.
#[derive(Debug)]
pub(super) enum Effect {
    /// Send a binary frame.
    Send(Vec<u8>),
    /// Tell the holder.
    Tell(Event),
    /// Ask KMS, and answer with [`Happening::Key`].
    AskKey(KmsRequest),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was heard. Input waits: the agent throws away what comes in its handshake.
    Silent {
        /// Since the first connection.
        since: Option<Duration>,
    },
    /// The handshake is under way.
    Greeting,
    /// Bytes flow.
    Open,
    /// Nothing happens any more.
    Over,
}

enum Item {
    Bytes(Vec<u8>),
    Flag(Flag),
}

/// One session.
pub(super) struct Machine {
    kind: Kind,
    epoch: u64,
    dice: fastrand::Rng,
    phase: Phase,
    connected: bool,
    away: bool,
    outbound: Outbound,
    inbound: Inbound,
    pub(super) cipher: Option<Cipher>,
    pub(super) greeting: Option<super::greeting::Greeting>,
    backlog: VecDeque<Item>,
    size: Option<Size>,
    size_due: bool,
    effects: VecDeque<Effect>,
}

impl Machine {
    /// `epoch` is the time at `now` 0, in milliseconds since 1970; `dice` make the messages' ids.
    pub(super) fn new(kind: Kind, epoch: u64, dice: fastrand::Rng) -> Self {
        Self {
            kind,
            epoch,
            dice,
            phase: Phase::Silent { since: None },
            connected: false,
            away: false,
            outbound: Outbound::default(),
            inbound: Inbound::default(),
            cipher: None,
            greeting: None,
            backlog: VecDeque::new(),
            size: None,
            size_due: false,
            effects: VecDeque::new(),
        }
    }

    /// Takes in what happened at `now`, counted from the channel's beginning.
    pub(super) fn handle(&mut self, happening: Happening, now: Duration) {
        if self.phase == Phase::Over {
            return;
        }
        match happening {
            Happening::Connected => {
                self.connected = true;
                if self.phase == (Phase::Silent { since: None }) {
                    self.phase = Phase::Silent { since: Some(now) };
                }
                self.outbound.reconnected(now);
            }
            Happening::Disconnected => self.connected = false,
            Happening::Frame(bytes) => match Message::decode(&bytes) {
                Ok(message) => self.receive(message, now),
                // Not acknowledged, so whatever it should have been comes again.
                Err(error) => tracing::debug!(%error, "a frame was not understood"),
            },
            Happening::Input(bytes) => self.keep(&bytes),
            Happening::Flag(flag) => self.backlog.push_back(Item::Flag(flag)),
            Happening::Resize(size) => {
                self.size_due |= self.size != Some(size);
                self.size = Some(size);
            }
            Happening::Key(key) => self.keyed(key, now),
            Happening::Tick => {}
        }
        self.pass_time(now);
        self.flush(now);
    }

    /// What to do next.
    pub(super) fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// Whether input should be given to it now; else it keeps more and more.
    pub(super) fn accepts_input(&self) -> bool {
        self.backlog.len() < BACKLOG && self.phase != Phase::Over
    }

    /// Whether it is over: nothing more comes of it.
    pub(super) fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// Whether all input is sent and acknowledged.
    pub(super) fn is_idle(&self) -> bool {
        self.backlog.is_empty() && self.outbound.is_empty()
    }

    /// When it needs a [`Happening::Tick`] at the latest.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let resend = self.outbound.due().filter(|_| self.connected);
        let silence = match (self.phase, self.kind) {
            (Phase::Silent { since }, Kind::Shell) => since.map(|since| since + SILENCE),
            (Phase::Silent { since }, Kind::Port) => since.map(|since| since + NO_GREETING),
            (Phase::Greeting | Phase::Open, _) => None,
            (Phase::Over, _) => return None,
        };
        resend.into_iter().chain(silence).min()
    }

    fn keep(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        if let Some(Item::Bytes(last)) = self.backlog.back_mut() {
            let (now, later) = rest.split_at(rest.len().min(CHUNK - last.len()));
            last.extend(now);
            rest = later;
        }
        let pieces = rest.chunks(CHUNK).map(<[u8]>::to_vec);
        self.backlog.extend(pieces.map(Item::Bytes));
    }

    fn pass_time(&mut self, now: Duration) {
        if let Phase::Silent { since: Some(since) } = self.phase {
            match self.kind {
                Kind::Shell if now >= since + SILENCE => self.open(),
                Kind::Port if now >= since + NO_GREETING => self.end(Ended::NotGreeted),
                Kind::Shell | Kind::Port => {}
            }
        }
        let oldest = self.outbound.waiting_since().filter(|_| self.connected);
        if oldest.is_some_and(|since| now >= since + UNANSWERED) {
            self.end(Ended::Unanswered);
        }
    }

    /// Sends what is due.
    fn flush(&mut self, now: Duration) {
        if !self.connected || self.phase == Phase::Over {
            return;
        }
        for bytes in self.outbound.resend(now) {
            self.effects.push_back(Effect::Send(bytes));
        }
        // While the other end is away one message is enough to learn that it is back.
        while self.phase == Phase::Open
            && self.outbound.has_room()
            && (!self.away || self.outbound.is_empty())
        {
            if let Some(size) = self.size.filter(|_| self.size_due) {
                self.size_due = false;
                self.send(PayloadType::Size, size.encode(), now);
                continue;
            }
            match self.backlog.pop_front() {
                Some(Item::Bytes(bytes)) => self.send_bytes(bytes, now),
                Some(Item::Flag(flag)) => self.send(PayloadType::Flag, flag.encode(), now),
                None => break,
            }
        }
    }

    fn send_bytes(&mut self, bytes: Vec<u8>, now: Duration) {
        let sealed = match &mut self.cipher {
            Some(cipher) => cipher.seal(&bytes),
            None => Ok(bytes),
        };
        match sealed {
            Ok(sealed) => self.send(PayloadType::Output, sealed, now),
            Err(_) => self.end(Ended::Undecipherable),
        }
    }

    /// Sends a new message of our stream.
    pub(super) fn send(&mut self, payload_type: PayloadType, payload: Vec<u8>, now: Duration) {
        let number = self.outbound.next();
        let message = Message::stream(MessageType::Input, number, payload_type, payload);
        match self.stamped(message, now).encode() {
            Ok(bytes) => {
                self.outbound.remember(bytes.clone(), now);
                self.effects.push_back(Effect::Send(bytes));
            }
            Err(error) => tracing::warn!(%error, "a message could not be sent"),
        }
    }

    fn stamped(&mut self, message: Message, now: Duration) -> Message {
        let passed = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let id = MessageId::random(self.dice.u128(..).to_be_bytes());
        message.stamped(id, self.epoch.saturating_add(passed).max(1))
    }

    fn receive(&mut self, message: Message, now: Duration) {
        match message.kind {
            MessageType::Output => self.receive_stream(message, now),
            MessageType::Acknowledge => match Acknowledgement::decode(&message.payload) {
                Ok(heard) => {
                    let sequence = heard.acknowledged_message_sequence_number;
                    self.outbound.acknowledge(sequence, now);
                    self.back();
                }
                Err(error) => tracing::debug!(%error, "an acknowledgement was not understood"),
            },
            MessageType::ChannelClosed => {
                // An end is an end, whatever it says.
                let closed = ChannelClosed::decode(&message.payload).unwrap_or_default();
                self.end(Ended::Remote {
                    output: closed.output,
                });
            }
            MessageType::Pause if !self.away => {
                self.away = true;
                self.tell(Event::Away);
            }
            MessageType::Start => self.back(),
            MessageType::Pause => {}
            MessageType::Input | MessageType::Other(_) => {
                let kind = message.kind.name();
                tracing::debug!(kind, "a message of a type that is not for us");
            }
        }
    }

    fn back(&mut self) {
        if std::mem::take(&mut self.away) {
            self.tell(Event::Back);
        }
    }

    fn receive_stream(&mut self, message: Message, now: Duration) {
        self.back();
        let heard = Message::acknowledging(&message);
        let next = match self.inbound.take(message) {
            Taken::Full => return,
            Taken::Again => Vec::new(),
            Taken::Next(next) => next,
        };
        if self.connected
            && let Ok(bytes) = self.stamped(heard, now).encode()
        {
            self.effects.push_back(Effect::Send(bytes));
        }
        for message in next {
            if self.phase != Phase::Over {
                self.deliver(message, now);
            }
        }
    }

    fn deliver(&mut self, message: Message, now: Duration) {
        match message.payload_type {
            PayloadType::HandshakeRequest => {
                self.phase = Phase::Greeting;
                self.greeted(&message.payload, now);
            }
            PayloadType::HandshakeComplete => {
                let complete = HandshakeComplete::decode(&message.payload).unwrap_or_default();
                if !complete.customer_message.is_empty() {
                    self.tell(Event::Message(complete.customer_message));
                }
                self.size_due = self.size.is_some();
                self.open();
            }
            PayloadType::ChallengeRequest => self.challenged(&message.payload, now),
            PayloadType::Output | PayloadType::StdErr | PayloadType::ExitCode => {
                self.deliver_bytes(message);
            }
            PayloadType::Flag => {
                let flag = Flag::decode(&message.payload);
                self.tell_known(flag.map(Event::Flag));
            }
            PayloadType::None
            | PayloadType::Size
            | PayloadType::HandshakeResponse
            | PayloadType::ChallengeResponse
            | PayloadType::Other(_) => {
                let payload_type = u32::from(message.payload_type);
                tracing::debug!(payload_type, "a payload that is not for us");
            }
        }
    }

    fn deliver_bytes(&mut self, message: Message) {
        let bytes = match &self.cipher {
            Some(cipher) => match cipher.open(&message.payload) {
                Ok(bytes) => bytes,
                Err(_) => return self.end(Ended::Undecipherable),
            },
            None => message.payload,
        };
        if matches!(self.phase, Phase::Silent { .. }) {
            self.open();
        }
        if message.payload_type == PayloadType::StdErr {
            self.tell(Event::ErrorOutput(bytes));
        } else if message.payload_type == PayloadType::ExitCode {
            self.tell_known(exit_code(&bytes).map(Event::ExitCode));
        } else {
            self.tell(Event::Output(bytes));
        }
    }

    fn tell_known(&mut self, event: Option<Event>) {
        let Some(event) = event else {
            return tracing::debug!("a flag or an exit code that is not known");
        };
        self.tell(event);
    }

    fn open(&mut self) {
        if self.phase != Phase::Open {
            self.phase = Phase::Open;
            self.tell(Event::Ready);
        }
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.effects.push_back(Effect::Tell(event));
    }

    pub(super) fn ask_key(&mut self, request: KmsRequest) {
        self.effects.push_back(Effect::AskKey(request));
    }

    /// It is over, and says so once.
    pub(super) fn end(&mut self, ended: Ended) {
        if self.phase != Phase::Over {
            self.phase = Phase::Over;
            self.tell(Event::Closed(ended));
        }
    }
}
