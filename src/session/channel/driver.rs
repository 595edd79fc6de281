//! The task that holds the socket: it moves frames and time, and decides nothing else.

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::super::wire::{Flag, KmsRequest, MessageId};
use super::calls::{Calls, ResumeError};
use super::cipher::DataKey;
use super::dial::{Line, Socket};
use super::event::{Ended, Event};
use super::machine::{Effect, Happening, Machine};
use super::queue::Queue;
use super::{Control, Input};

/// A ping with this body, at once and then as often as [`PING`].
const KEEP_ALIVE: &[u8] = b"keepalive";
const PING: Duration = Duration::from_secs(30);
/// A connection that says nothing this long, not even a pong, is lost.
const DEAF: Duration = Duration::from_secs(75);
/// Frames on their way to the socket, at most. What does not fit is lost, and sent again.
const OUTGOING: usize = 4096;
/// Between two attempts to connect again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// For the flag that ends a forward to be sent, and for AWS to hear of the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// One channel's task.
pub(super) struct Driver {
    pub(super) machine: Machine,
    pub(super) line: Arc<Line>,
    pub(super) calls: Arc<dyn Calls>,
    pub(super) dice: fastrand::Rng,
    /// How long to try to connect again.
    pub(super) patience: Duration,
    pub(super) began: Instant,
    pub(super) input: mpsc::Receiver<Input>,
    pub(super) control: mpsc::UnboundedReceiver<Control>,
    pub(super) events: mpsc::Sender<Event>,
    pub(super) unfetched: Queue,
    /// The flag that ends a forward, if it is one.
    pub(super) farewell: Option<Flag>,
}

/// A connection: frames are read here and written by a task of their own, so that neither
/// direction can hold up the other.
struct Connection {
    reading: SplitStream<Socket>,
    outgoing: mpsc::Sender<Frame>,
    writing: JoinHandle<()>,
    heard: Instant,
    ping: Instant,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.writing.abort();
    }
}

/// What woke the task.
enum Woken {
    Frame(Option<Result<Frame, String>>),
    Input(Input),
    Control(Control),
    Key(Result<DataKey, String>),
    Fetched,
    Time,
}

impl Driver {
    /// Runs until the session is over or the holder lets go.
    pub(super) async fn run(mut self, socket: Socket) {
        let mut connection = self.connected(socket);
        let ended = loop {
            match self.hold(&mut connection).await {
                Ok(()) => break None,
                Err(Parted::LetGo) => break Some(Ended::Here),
                Err(Parted::Lost(why)) => {
                    drop(connection);
                    self.happened(Happening::Disconnected);
                    self.unfetched.push(Event::Lost { why });
                    match Box::pin(self.reconnect()).await {
                        Ok(socket) => {
                            connection = self.connected(socket);
                            self.unfetched.push(Event::Resumed);
                        }
                        Err(ended) => break Some(ended),
                    }
                }
            }
        };
        if let Some(ended) = ended {
            let remote_knows = matches!(ended, Ended::TimedOut);
            self.machine.end(ended);
            self.collect_events();
            if !remote_knows {
                self.terminate().await;
            }
        }
        self.give_all().await;
    }

    /// `TerminateSession`, so that nothing stays open behind us.
    async fn terminate(&self) {
        match tokio::time::timeout(FAREWELL, self.calls.terminate()).await {
            Ok(Ok(())) => {}
            Ok(Err(why)) => tracing::warn!(why, "the session could not be ended at AWS"),
            Err(_) => tracing::warn!("AWS did not answer that the session is ended"),
        }
    }

    async fn give_all(&mut self) {
        while let Some(event) = self.unfetched.pop() {
            if self.events.send(event).await.is_err() {
                return;
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the socket waits in the runtime's own time, which a test may pause"
    )]
    fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.began)
    }

    fn happened(&mut self, happening: Happening) {
        let now = self.now();
        self.machine.handle(happening, now);
    }

    fn connected(&mut self, socket: Socket) -> Connection {
        let (sink, reading) = socket.split();
        let (outgoing, frames) = mpsc::channel(OUTGOING);
        let now = self.began + self.now();
        self.happened(Happening::Connected);
        Connection {
            reading,
            outgoing,
            writing: tokio::spawn(write(sink, frames)),
            heard: now,
            ping: now,
        }
    }

    /// Holds one connection until it is over (`Ok`) or parted with.
    async fn hold(&mut self, connection: &mut Connection) -> Result<(), Parted> {
        let calls = Arc::clone(&self.calls);
        let mut key = futures::future::OptionFuture::default();
        loop {
            if let Some(request) = self.carry_out(connection) {
                key = Some(calls.data_key(request)).into();
            }
            if self.machine.is_over() {
                return Ok(());
            }
            self.keep_alive(connection)?;
            let woken = self.wake(connection, &mut key).await;
            match woken {
                Woken::Frame(frame) => self.frame(connection, frame)?,
                Woken::Input(Input::Bytes(bytes)) => self.happened(Happening::Input(bytes)),
                Woken::Input(Input::Flag(flag)) => self.happened(Happening::Flag(flag)),
                Woken::Control(Control::Resize(size)) => self.happened(Happening::Resize(size)),
                Woken::Control(Control::Terminate) => {
                    self.say_farewell(connection).await;
                    return Err(Parted::LetGo);
                }
                Woken::Key(made) => {
                    key = None.into();
                    let made = made.and_then(|key| Ok((key, nonce()?)));
                    self.happened(Happening::Key(made));
                }
                Woken::Fetched => {}
                Woken::Time => self.happened(Happening::Tick),
            }
        }
    }

    async fn wake(
        &mut self,
        connection: &mut Connection,
        key: &mut futures::future::OptionFuture<KeyCall<'_>>,
    ) -> Woken {
        let soonest = [connection.ping, connection.heard + DEAF];
        let machine = self.machine.deadline().map(|after| self.began + after);
        let deadline = soonest.into_iter().chain(machine).min();
        let takes_input = self.machine.accepts_input();
        let reads = !self.unfetched.is_full();
        tokio::select! {
            biased;
            control = self.control.recv() => Woken::Control(control.unwrap_or(Control::Terminate)),
            permit = self.events.reserve(), if !self.unfetched.is_empty() => {
                match permit {
                    Ok(permit) => {
                        if let Some(event) = self.unfetched.pop() {
                            permit.send(event);
                        }
                        Woken::Fetched
                    }
                    Err(_) => Woken::Control(Control::Terminate),
                }
            }
            Some(made) = &mut *key => Woken::Key(made),
            frame = connection.reading.next(), if reads => {
                Woken::Frame(frame.map(|frame| frame.map_err(|error| error.to_string())))
            }
            Some(input) = self.input.recv(), if takes_input => Woken::Input(input),
            () = tokio::time::sleep_until(deadline.unwrap_or(self.began)) => Woken::Time,
        }
    }

    /// Does what the machine wants; a key it wants is handed back.
    fn carry_out(&mut self, connection: &Connection) -> Option<KmsRequest> {
        let mut wanted = None;
        while let Some(effect) = self.machine.next_effect() {
            match effect {
                Effect::Send(bytes) => {
                    // When there is no room it is as lost as on the wire, and sent again.
                    let _ = connection.outgoing.try_send(Frame::Binary(bytes.into()));
                }
                Effect::Tell(event) => self.unfetched.push(event),
                Effect::AskKey(request) => wanted = Some(request),
            }
        }
        wanted
    }

    /// What is left to tell when there is no connection.
    fn collect_events(&mut self) {
        while let Some(effect) = self.machine.next_effect() {
            if let Effect::Tell(event) = effect {
                self.unfetched.push(event);
            }
        }
    }

    fn keep_alive(&self, connection: &mut Connection) -> Result<(), Parted> {
        let now = self.began + self.now();
        if self.unfetched.is_full() {
            // We are the ones who do not listen.
            connection.heard = now;
        }
        if now >= connection.heard + DEAF {
            let seconds = DEAF.as_secs();
            return Err(Parted::Lost(format!("nothing heard for {seconds} s")));
        }
        if now >= connection.ping {
            let _ = connection.outgoing.try_send(Frame::Ping(KEEP_ALIVE.into()));
            connection.ping = now + PING;
        }
        Ok(())
    }

    fn frame(
        &mut self,
        connection: &mut Connection,
        frame: Option<Result<Frame, String>>,
    ) -> Result<(), Parted> {
        connection.heard = self.began + self.now();
        match frame {
            Some(Ok(Frame::Binary(bytes))) => self.happened(Happening::Frame(bytes.into())),
            // Whatever its code: only `channel_closed` is the end of a session.
            Some(Ok(Frame::Close(close))) => {
                let code = close.map_or(1005, |close| u16::from(close.code));
                return Err(Parted::Lost(format!("closed with code {code}")));
            }
            Some(Ok(_)) => {}
            Some(Err(why)) => return Err(Parted::Lost(why)),
            None => return Err(Parted::Lost("closed".to_owned())),
        }
        Ok(())
    }

    /// The agent of a forward is told that this is the end, if there is time.
    async fn say_farewell(&mut self, connection: &mut Connection) {
        let Some(flag) = self.farewell.take() else {
            return;
        };
        self.happened(Happening::Flag(flag));
        let goodbye = async {
            while !self.machine.is_idle() && !self.machine.is_over() {
                self.carry_out(connection);
                self.unfetched.clear();
                let deadline = self.began + self.machine.deadline().unwrap_or_default();
                let happening = tokio::select! {
                    frame = connection.reading.next() => match frame {
                        Some(Ok(Frame::Binary(bytes))) => Happening::Frame(bytes.into()),
                        Some(Ok(_)) => continue,
                        Some(Err(_)) | None => return,
                    },
                    () = tokio::time::sleep_until(deadline) => Happening::Tick,
                };
                self.happened(happening);
            }
        };
        let _ = tokio::time::timeout(FAREWELL, goodbye).await;
    }

    /// A new token and a new connection to the first address.
    async fn reconnect(&mut self) -> Result<Socket, Ended> {
        let given_up = self.began + self.now() + self.patience;
        let mut pause = FIRST_PAUSE;
        let mut why = String::new();
        loop {
            let jitter = pause.mul_f64(self.dice.f64());
            let next = self.began + self.now() + pause + jitter;
            if next > given_up {
                return Err(Ended::Unreachable { why });
            }
            self.meanwhile(tokio::time::sleep_until(next)).await?;
            let request = MessageId::random(self.dice.u128(..).to_be_bytes());
            let resuming = resume(Arc::clone(&self.calls), Arc::clone(&self.line), request);
            match Box::pin(self.meanwhile(resuming)).await? {
                Ok(socket) => return Ok(socket),
                Err(Retry::Over(ended)) => return Err(ended),
                Err(Retry::Again(said)) => why = said,
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits for `work` without a connection: events are fetched, sizes noted, and letting go is
    /// heard.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Ended> {
        tokio::pin!(work);
        loop {
            let size = tokio::select! {
                biased;
                control = self.control.recv() => match control {
                    Some(Control::Resize(size)) => size,
                    Some(Control::Terminate) | None => return Err(Ended::Here),
                },
                permit = self.events.reserve(), if !self.unfetched.is_empty() => {
                    match (permit, self.unfetched.pop()) {
                        (Ok(permit), Some(event)) => permit.send(event),
                        _ => return Err(Ended::Here),
                    }
                    continue;
                }
                done = &mut work => return Ok(done),
            };
            self.happened(Happening::Resize(size));
        }
    }
}

async fn resume(
    calls: Arc<dyn Calls>,
    line: Arc<Line>,
    request: MessageId,
) -> Result<Socket, Retry> {
    let token = match calls.resume().await {
        Ok(Some(token)) => token,
        Ok(None) => return Err(Retry::Over(Ended::TimedOut)),
        Err(ResumeError::Refused(why)) => return Err(Retry::Over(Ended::NotResumed { why })),
        Err(ResumeError::Unanswered(why)) => return Err(Retry::Again(why)),
    };
    let dialling = line.dial(&*calls, &token, request);
    dialling.await.map_err(Retry::Again)
}

type KeyCall<'a> = futures::future::BoxFuture<'a, Result<DataKey, String>>;

/// Why a connection is no longer held.
enum Parted {
    LetGo,
    Lost(String),
}

enum Retry {
    Again(String),
    Over(Ended),
}

/// Where the nonces of one session begin.
fn nonce() -> Result<[u8; 12], String> {
    let mut start = [0; 12];
    aws_lc_rs::rand::fill(&mut start).map_err(|_| "there is no randomness".to_owned())?;
    Ok(start)
}

/// Writes what there is at once, then flushes once.
async fn write(mut sink: SplitSink<Socket, Frame>, mut frames: mpsc::Receiver<Frame>) {
    let mut ready = Vec::new();
    while frames.recv_many(&mut ready, 256).await > 0 {
        for frame in ready.drain(..) {
            if sink.feed(frame).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
}
