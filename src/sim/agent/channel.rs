//! One session: an ordered, acknowledged, resent stream each way, over sockets that come and go.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::Socket;
use super::frame::{self, Frame, kind};
use super::greeting::{self, Greeting};
use super::line::{Line, Way};
use super::program::{Keys, Program, Said};

/// How often the oldest unacknowledged message is looked at.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// Looks after which it is sent again.
const PATIENCE: u32 = 2;
/// Looks without an acknowledgement after which a program that ended waits no longer: ten seconds.
const FAREWELL: u32 = 100;
/// Unacknowledged messages before the program has to wait.
const WINDOW: usize = 256;
/// Looks for which a paused agent is away.
const AWAY: u32 = 5;
/// Messages sent again at once on a new socket.
const AGAIN: usize = 16;
/// Messages kept that came before their turn.
const EARLY: usize = 10_000;
/// Bytes of a frame no client takes.
const OVERSIZE: usize = 4 * 1024 * 1024;
/// Bytes of output in one message.
const CUT: usize = 1024;

/// What a session needs to begin.
pub(super) struct Work {
    /// What the agent asks first, if it asks anything.
    pub(super) greeting: Option<Greeting>,
    pub(super) line: Line,
    /// Starts what is behind the session.
    pub(super) start: Box<dyn FnOnce() -> Program + Send>,
    pub(super) dice: fastrand::Rng,
    pub(super) session_id: String,
}

/// A message sent and not acknowledged.
struct Sent {
    sequence: i64,
    bytes: Vec<u8>,
    waited: u32,
}

pub(super) struct Channel {
    pub(super) session_id: String,
    line: Line,
    pub(super) dice: fastrand::Rng,
    pub(super) socket: Option<Socket>,
    /// Of an encrypted session, once they are agreed on.
    pub(super) keys: Option<greeting::Keys>,
    /// Looks left until a paused agent is back.
    away: u32,
    /// Frames that went either way over this socket.
    frames: u32,
    out: Way,
    expected: i64,
    early: BTreeMap<i64, Frame>,
    next: i64,
    unacknowledged: VecDeque<Sent>,
}

/// Runs a session until its program ends or the gateway drops it.
pub(super) async fn run(work: Work, mut sockets: mpsc::UnboundedReceiver<Socket>) {
    let mut channel = Channel {
        session_id: work.session_id,
        line: work.line,
        dice: work.dice,
        socket: None,
        keys: None,
        away: 0,
        frames: 0,
        out: Way::default(),
        expected: 0,
        early: BTreeMap::new(),
        next: 0,
        unacknowledged: VecDeque::new(),
    };
    // The program starts with the first client, as AWS's does.
    match sockets.recv().await {
        Some(socket) => channel.plug(socket).await,
        None => return,
    }
    if let Some(greeting) = &work.greeting
        && let Err(why) = channel.greet(greeting, &mut sockets).await
    {
        let words = format!("\n----------ERROR-------\nSetting up data channel: {why}\n");
        return channel.close(&words).await;
    }
    let mut program = (work.start)();
    let ended = channel.converse(&mut program, &mut sockets).await;
    drop(program);
    if ended {
        channel.drain(&mut sockets).await;
    }
    channel.close("").await;
}

impl Channel {
    /// Carries both ways; `true` when the program ended, `false` when the session was ended.
    async fn converse(
        &mut self,
        program: &mut Program,
        sockets: &mut mpsc::UnboundedReceiver<Socket>,
    ) -> bool {
        let mut tick = tokio::time::interval(self.line.tick.unwrap_or(TICK));
        loop {
            let room =
                self.unacknowledged.len() < WINDOW && self.socket.is_some() && self.away == 0;
            tokio::select! {
                biased;
                socket = sockets.recv() => match socket {
                    Some(socket) => self.plug(socket).await,
                    None => return false,
                },
                message = heard(&mut self.socket) => match message {
                    Some(Ok(message)) => {
                        for frame in self.take(message).await {
                            if self.process(&frame, program) {
                                return false;
                            }
                        }
                    }
                    Some(Err(_)) | None => self.socket = None,
                },
                words = program.words.recv(), if room => match words {
                    Some(Said::Bytes(words)) => self.say(&words).await,
                    Some(Said::Flag(flag)) => {
                        self.message(kind::FLAG, flag.to_be_bytes().to_vec()).await;
                    }
                    None => return true,
                },
                _ = tick.tick() => self.pass_time().await,
            }
        }
    }

    /// The program is gone: what it said last still has to arrive.
    async fn drain(&mut self, sockets: &mut mpsc::UnboundedReceiver<Socket>) {
        let mut tick = tokio::time::interval(self.line.tick.unwrap_or(TICK));
        let (mut looks, mut left) = (0, self.unacknowledged.len());
        while !self.unacknowledged.is_empty() && looks < FAREWELL {
            if self.unacknowledged.len() < left {
                (looks, left) = (0, self.unacknowledged.len());
            }
            tokio::select! {
                socket = sockets.recv() => match socket {
                    Some(socket) => self.plug(socket).await,
                    None => return,
                },
                message = heard(&mut self.socket) => match message {
                    Some(Ok(message)) => {
                        self.take(message).await;
                    }
                    Some(Err(_)) | None => self.socket = None,
                },
                _ = tick.tick() => {
                    looks += 1;
                    self.pass_time().await;
                }
            }
        }
    }

    pub(super) async fn plug(&mut self, socket: Socket) {
        self.socket = Some(socket);
        self.frames = 0;
        self.out = Way::default();
        self.away = 0;
        // What went into the torn socket is sent again soon, a few at once so that their
        // acknowledgements come before the next tear: one by one would take minutes.
        let lost = self.unacknowledged.iter().take(AGAIN);
        let lost: Vec<Vec<u8>> = lost.map(|sent| sent.bytes.clone()).collect();
        for bytes in lost {
            self.send(bytes).await;
        }
        if std::mem::take(&mut self.line.oversize) {
            self.put(Message::Binary(Bytes::from(vec![0; OVERSIZE])))
                .await;
        }
        if self.line.malformed {
            for rubbish in [&b""[..], &b"\0\0\0\x74"[..], &[0xff; 200][..]] {
                self.put(Message::Binary(Bytes::copy_from_slice(rubbish)))
                    .await;
            }
        }
    }

    /// Takes one message of the client: the frames whose turn has come with it.
    pub(super) async fn take(&mut self, message: Message) -> Vec<Frame> {
        let Message::Binary(bytes) = message else {
            return Vec::new();
        };
        self.count().await;
        // What is lost on the way here, and what nobody hears because the agent is away.
        if self.away > 0 || self.dice.f64() < self.line.drop {
            return Vec::new();
        }
        let Some(frame) = frame::read(&bytes) else {
            return Vec::new();
        };
        match frame.name.as_str() {
            "acknowledge" => self.acknowledged(&frame),
            "input_stream_data" => return self.input(frame).await,
            _ => {}
        }
        Vec::new()
    }

    fn acknowledged(&mut self, frame: &Frame) {
        /// What is read of an acknowledgement.
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Acknowledgement {
            acknowledged_message_sequence_number: i64,
        }
        if let Ok(read) = serde_json::from_slice::<Acknowledgement>(&frame.payload) {
            let number = read.acknowledged_message_sequence_number;
            self.unacknowledged.retain(|sent| sent.sequence != number);
        }
    }

    async fn input(&mut self, frame: Frame) -> Vec<Frame> {
        let mut turn = Vec::new();
        if frame.sequence > self.expected && self.early.len() >= EARLY {
            return turn;
        }
        self.acknowledge(&frame).await;
        if frame.sequence < self.expected {
            return turn;
        }
        self.early.insert(frame.sequence, frame);
        while let Some(frame) = self.early.remove(&self.expected) {
            self.expected += 1;
            turn.push(frame);
        }
        turn
    }

    async fn acknowledge(&mut self, frame: &Frame) {
        if self.dice.f64() < self.line.lost_acks {
            return;
        }
        let payload = format!(
            "{{\"AcknowledgedMessageType\":\"{}\",\"AcknowledgedMessageId\":\"{}\",\"AcknowledgedMessageSequenceNumber\":{},\"IsSequentialMessage\":true}}",
            frame.name,
            frame::hyphenated(frame.id),
            frame.sequence
        );
        let frame = self.frame("acknowledge", 3, 0, payload.into_bytes());
        self.send(frame::write(&frame)).await;
    }

    /// Sends what the program said, in order and until it is acknowledged.
    async fn say(&mut self, words: &[u8]) {
        for part in words.chunks(CUT) {
            let part = match &mut self.keys {
                Some(keys) => keys.seal(part).unwrap_or_default(),
                None => part.to_vec(),
            };
            self.message(kind::OUTPUT, part).await;
        }
    }

    pub(super) async fn message(&mut self, kind: u32, payload: Vec<u8>) {
        let sequence = self.next;
        self.next += 1;
        let mut frame = self.frame(
            "output_stream_data",
            u64::from(sequence == 0),
            kind,
            payload,
        );
        frame.sequence = sequence;
        let bytes = frame::write(&frame);
        self.unacknowledged.push_back(Sent {
            sequence,
            bytes: bytes.clone(),
            waited: 0,
        });
        self.send(bytes).await;
    }

    fn frame(&mut self, name: &str, flags: u64, kind: u32, payload: Vec<u8>) -> Frame {
        Frame {
            name: name.to_owned(),
            sequence: 0,
            flags,
            id: self.dice.u128(..),
            created: 1_763_683_200_000,
            kind,
            payload,
        }
    }

    /// A look passes: what is due is sent again, and a paused agent comes back.
    pub(super) async fn pass_time(&mut self) {
        if self.away > 0 {
            self.away -= 1;
            if self.away == 0 {
                self.notice("start_publication").await;
            }
        } else {
            self.resend().await;
        }
    }

    /// A message of the service's own.
    async fn notice(&mut self, name: &str) {
        let frame = self.frame(name, 0, 0, b"{}".to_vec());
        self.put(Message::Binary(frame::write(&frame).into())).await;
    }

    /// Sends the oldest message again when nobody acknowledged it: only the oldest, as AWS's
    /// agent does.
    async fn resend(&mut self) {
        let Some(oldest) = self.unacknowledged.front_mut() else {
            return;
        };
        oldest.waited += 1;
        if oldest.waited >= PATIENCE {
            oldest.waited = 0;
            let bytes = oldest.bytes.clone();
            self.send(bytes).await;
        }
    }

    async fn send(&mut self, bytes: Vec<u8>) {
        for bytes in self.out.pass(bytes, &self.line, &mut self.dice) {
            self.put(Message::Binary(bytes.into())).await;
            self.count().await;
        }
    }

    async fn put(&mut self, message: Message) {
        if let Some(socket) = &mut self.socket
            && socket.send(message).await.is_err()
        {
            self.socket = None;
        }
    }

    /// Counts a frame, and cuts the line when it is time to.
    async fn count(&mut self) {
        self.frames += 1;
        if self.line.pause == Some(self.frames) {
            self.away = AWAY;
            self.notice("pause_publication").await;
        }
        if self.line.cut.is_some_and(|cut| self.frames >= cut) {
            self.socket = None;
        } else if self.line.bye.is_some_and(|bye| self.frames >= bye) {
            self.farewell().await;
        }
    }

    async fn farewell(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            let frame = CloseFrame {
                code: 1000.into(),
                reason: "Bye".into(),
            };
            let _ = socket.close(Some(frame)).await;
        }
    }

    /// Hands one message to the program; `true` when it ends the session.
    fn process(&self, frame: &Frame, program: &Program) -> bool {
        /// The terminal's size.
        #[derive(serde::Deserialize)]
        struct Size {
            cols: u16,
            rows: u16,
        }
        let keys = match frame.kind {
            kind::OUTPUT => {
                let opened = match &self.keys {
                    Some(keys) => keys.open(&frame.payload),
                    None => Some(frame.payload.clone()),
                };
                // Bytes that our key does not open are nobody's.
                opened.map(Keys::Bytes)
            }
            kind::SIZE => {
                let size = serde_json::from_slice::<Size>(&frame.payload).ok();
                size.map(|size| Keys::Size(size.cols, size.rows))
            }
            kind::FLAG if frame.payload == frame::flag::TERMINATE.to_be_bytes() => return true,
            kind::FLAG => {
                let disconnect = frame.payload == frame::flag::DISCONNECT.to_be_bytes();
                disconnect.then_some(Keys::Hangup)
            }
            _ => None,
        };
        if let Some(keys) = keys {
            let _ = program.keys.send(keys);
        }
        false
    }

    /// Tells the client that the session is over.
    async fn close(&mut self, words: &str) {
        let payload = serde_json::json!({
            "MessageId": frame::hyphenated(self.dice.u128(..)),
            "CreatedDate": "2025-11-21T00:00:00.000Z",
            "DestinationId": self.session_id,
            "SessionId": self.session_id,
            "MessageType": "channel_closed",
            "SchemaVersion": 1,
            "Output": words,
        });
        let frame = self.frame("channel_closed", 0, 0, payload.to_string().into_bytes());
        self.put(Message::Binary(frame::write(&frame).into())).await;
        self.farewell().await;
    }
}

/// The next message of the socket; without one it waits for ever.
pub(super) async fn heard(
    socket: &mut Option<Socket>,
) -> Option<Result<Message, tokio_tungstenite::tungstenite::Error>> {
    match socket {
        Some(socket) => socket.next().await,
        None => std::future::pending().await,
    }
}
