//! A data channel: bytes both ways, in order and complete, over a connection that may be lost.
//!
//! ```no_run
//! # async fn shell(calls: std::sync::Arc<dyn firstline::session::channel::Calls>, url: String,
//! #     token: firstline::session::Token) -> Result<(), firstline::session::channel::OpenError> {
//! use firstline::session::channel::{Channel, Event, Options, StreamTarget};
//!
//! let target = StreamTarget { url, token };
//! let mut channel = Channel::open(target, Options::at(1_700_000_000_000), calls).await?;
//! let (writer, remote) = (channel.writer(), channel.remote());
//! remote.resize(120, 40);
//! writer.write(b"uptime\r".to_vec()).await.ok();
//! while let Some(event) = channel.next().await {
//!     match event {
//!         Event::Output(bytes) => drop(bytes), // to the terminal, as they are
//!         Event::Closed(ended) => println!("{ended}"),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Dropping the [`Channel`] ends the session at AWS too. To leave it running in the background,
//! keep it and go on fetching its events.

mod calls;
mod cipher;
mod dial;
mod driver;
mod event;
mod greeting;
mod host;
mod inbound;
mod machine;
mod outbound;
mod queue;
#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::token::Token;
use super::wire::{Flag, MessageId, Size};
use driver::Driver;
use machine::Machine;
use queue::Queue;

pub use calls::{Calls, ResumeError};
pub use cipher::DataKey;
pub use event::{Ended, Event};
pub use host::RefusedAddress;
pub use machine::Kind;

/// What `StartSession` or `ExecuteCommand` answered.
#[derive(Clone, Debug)]
pub struct StreamTarget {
    /// `streamUrl`, as it is.
    pub url: String,
    /// `tokenValue`.
    pub token: Token,
}

/// How to hold a channel.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The time, in milliseconds since 1970.
    pub now: u64,
    /// What was asked for.
    pub kind: Kind,
    /// Allows an address on this machine, for tests and the simulator.
    pub loopback: bool,
    /// How long to try to connect again after a loss.
    pub patience: Duration,
}

impl Options {
    /// A shell at AWS, opened at `now`, in milliseconds since 1970.
    pub fn at(now: u64) -> Self {
        Self {
            now,
            kind: Kind::Shell,
            loopback: false,
            patience: Duration::from_mins(15),
        }
    }
}

/// Why a channel could not be opened. The official client may be worth a try.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The address is not AWS's.
    #[error(transparent)]
    Refused(#[from] RefusedAddress),
    /// No connection.
    #[error("the data channel could not be opened: {0}")]
    Unreachable(String),
}

/// The session is over, and nothing can be sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session is over")]
pub struct Over;

#[derive(Debug)]
enum Input {
    Bytes(Vec<u8>),
    Flag(Flag),
}

#[derive(Debug)]
enum Control {
    Resize(Size),
    Terminate,
}

/// Sends bytes. As many as wanted; each byte arrives once, those of one writer in order.
#[derive(Clone, Debug)]
pub struct Writer(mpsc::Sender<Input>);

impl Writer {
    /// Sends `bytes` as they are (a terminal's Enter is CR). Waits while too much is on the way.
    ///
    /// # Errors
    /// [`Over`]: they were not sent.
    pub async fn write(&self, bytes: Vec<u8>) -> Result<(), Over> {
        self.send(Input::Bytes(bytes)).await
    }

    /// Sends a flag after all bytes so far; forwards need it.
    ///
    /// # Errors
    /// [`Over`].
    pub async fn flag(&self, flag: Flag) -> Result<(), Over> {
        self.send(Input::Flag(flag)).await
    }

    async fn send(&self, input: Input) -> Result<(), Over> {
        self.0.send(input).await.map_err(|_| Over)
    }
}

/// Commands that overtake the bytes. It does not keep a session alive.
#[derive(Clone, Debug)]
pub struct Remote(mpsc::WeakUnboundedSender<Control>);

impl Remote {
    /// The terminal has another size. The last one is kept and sent again when it has to be.
    pub fn resize(&self, cols: u16, rows: u16) {
        self.command(Control::Resize(Size { cols, rows }));
    }

    /// Ends the session, here and at AWS. [`Event::Closed`] follows.
    pub fn terminate(&self) {
        self.command(Control::Terminate);
    }

    fn command(&self, command: Control) {
        if let Some(control) = self.0.upgrade() {
            // A session that is over obeys nothing.
            let _ = control.send(command);
        }
    }
}

/// A session. Dropping it ends the session here and at AWS.
#[derive(Debug)]
pub struct Channel {
    input: mpsc::Sender<Input>,
    control: mpsc::UnboundedSender<Control>,
    events: mpsc::Receiver<Event>,
}

impl Channel {
    /// Connects, and hands the connection to a task of its own.
    ///
    /// # Errors
    /// [`OpenError`], before which no token is told to anybody but AWS.
    pub async fn open(
        target: StreamTarget,
        options: Options,
        calls: Arc<dyn Calls>,
    ) -> Result<Self, OpenError> {
        let address = host::check(&target.url, options.loopback)?;
        let mut dice = fastrand::Rng::new();
        let mut id = || MessageId::random(dice.u128(..).to_be_bytes());
        let (client, request) = (id(), id());
        let line = dial::Line {
            url: target.url,
            address,
            client,
        };
        let dialling = line.dial(&*calls, &target.token, request);
        let socket = dialling.await.map_err(OpenError::Unreachable)?;
        let (input_sender, input) = mpsc::channel(64);
        let (control_sender, control) = mpsc::unbounded_channel();
        let (events_sender, events) = mpsc::channel(256);
        let driver = Driver {
            machine: Machine::new(options.kind, options.now, dice.fork()),
            line: Arc::new(line),
            calls,
            dice,
            patience: options.patience,
            began: now(),
            input,
            control,
            events: events_sender,
            unfetched: Queue::default(),
            farewell: (options.kind == Kind::Port).then_some(Flag::TerminateSession),
        };
        tokio::spawn(driver.run(socket));
        Ok(Self {
            input: input_sender,
            control: control_sender,
            events,
        })
    }

    /// The next event; `None` after [`Event::Closed`]. While nobody fetches them the agent is
    /// slowed down. May be dropped and asked again.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Something to write with.
    pub fn writer(&self) -> Writer {
        Writer(self.input.clone())
    }

    /// Something to command with.
    pub fn remote(&self) -> Remote {
        Remote(self.control.downgrade())
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the socket waits in the runtime's own time, which a test may pause"
)]
fn now() -> Instant {
    Instant::now()
}
