//! A forwarded port: connections to an address of this machine come out behind the agent.
//!
//! ```no_run
//! # async fn forward(channel: firstline::session::channel::Channel)
//! #     -> Result<(), firstline::session::forward::ForwardError> {
//! use firstline::session::forward::{Forward, ForwardEvent, Listen};
//!
//! // `channel` was opened with `Kind::Port`.
//! let mut forward = Forward::listen(channel, Listen::default()).await?;
//! println!("listening on {}", forward.address());
//! while let Some(event) = forward.next().await {
//!     if let ForwardEvent::Closed(ended) = event {
//!         println!("{ended}; {} bytes came", forward.counters().down);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Bytes are never altered. A connection has no half close: when the local side ends its sending,
//! the stream is closed both ways, as the protocol has it. One connection whose local side does not
//! read holds up the others once its queue is full: the protocol has no window of its own.

mod basic;
mod counters;
mod many;
mod mux;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::channel::{Channel, Ended, Event};
use super::wire::Flag;
use counters::Tally;
use mux::Mode;

pub use counters::Counters;

/// Where to listen.
#[derive(Clone, Copy, Debug)]
pub struct Listen {
    /// The address; port 0 takes a free one.
    pub address: SocketAddr,
    /// Allows an address that other machines can reach. They need no credentials to use it.
    pub beyond_loopback: bool,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            beyond_loopback: false,
        }
    }
}

/// Why a forward cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    /// Other machines could use it.
    #[error(
        "{0} can be reached from other machines, and whoever reaches it uses your session; \
         listen on 127.0.0.1, or say that this is wanted"
    )]
    BeyondLoopback(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The session ended before it began.
    #[error("the session ended before it began: {0}")]
    Ended(Ended),
}

/// What happens to a forward.
#[derive(Clone, Debug, PartialEq)]
pub enum ForwardEvent {
    /// Somebody connected.
    Connected {
        /// Counted from 1.
        connection: u64,
        /// Who.
        peer: SocketAddr,
    },
    /// A connection ended.
    Disconnected {
        /// Which.
        connection: u64,
        /// What went wrong, if something did.
        error: Option<String>,
    },
    /// The agent cannot reach the port; the connection that wanted it is closed.
    Unreachable,
    /// Words of the account's administrators, to be shown.
    Message(String),
    /// The session's connection is lost; it is being made again.
    Lost(String),
    /// It is there again.
    Resumed,
    /// It is over.
    Closed(Ended),
}

/// A forwarded port. Dropping it closes all connections and ends the session.
#[derive(Debug)]
pub struct Forward {
    address: SocketAddr,
    tally: Arc<Tally>,
    events: mpsc::UnboundedReceiver<ForwardEvent>,
    task: JoinHandle<()>,
}

impl Forward {
    /// Listens at once, waits for the agent's handshake, and then lets connections in.
    ///
    /// # Errors
    /// [`ForwardError`]; the channel is dropped, so its session ends.
    pub async fn listen(mut channel: Channel, listen: Listen) -> Result<Self, ForwardError> {
        let address = listen.address;
        if !address.ip().is_loopback() && !listen.beyond_loopback {
            return Err(ForwardError::BeyondLoopback(address));
        }
        let bind = |source| ForwardError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let (told, events) = mpsc::unbounded_channel();
        let mode = greeting(&mut channel, &told).await?;
        let tally = Arc::new(Tally::default());
        let desk = Desk {
            listener,
            tally: Arc::clone(&tally),
            told,
        };
        let task = match mode {
            Mode::Smux { nops } => tokio::spawn(many::run(channel, desk, nops)),
            Mode::Basic => tokio::spawn(basic::run(channel, desk)),
        };
        Ok(Self {
            address,
            tally,
            events,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What went through so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// The next event; `None` after [`ForwardEvent::Closed`].
    pub async fn next(&mut self) -> Option<ForwardEvent> {
        self.events.recv().await
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What both modes work with.
struct Desk {
    listener: TcpListener,
    tally: Arc<Tally>,
    told: mpsc::UnboundedSender<ForwardEvent>,
}

impl Desk {
    fn tell(&self, event: ForwardEvent) {
        // Nobody listens to a forward that is being dropped.
        let _ = self.told.send(event);
    }
}

/// Waits for the handshake.
async fn greeting(
    channel: &mut Channel,
    told: &mpsc::UnboundedSender<ForwardEvent>,
) -> Result<Mode, ForwardError> {
    let mut mode = Mode::Basic;
    loop {
        match channel.next().await {
            Some(Event::Greeted {
                agent_version,
                session,
                ..
            }) => mode = Mode::of(&agent_version, session.as_ref()),
            Some(Event::Ready) => return Ok(mode),
            Some(Event::Closed(ended)) => return Err(ForwardError::Ended(ended)),
            None => return Err(ForwardError::Ended(Ended::Here)),
            Some(other) => {
                if let Some(event) = session_event(other) {
                    let _ = told.send(event);
                }
            }
        }
    }
}

/// What concerns the session and not a connection.
fn session_event(event: Event) -> Option<ForwardEvent> {
    match event {
        Event::Message(words) => Some(ForwardEvent::Message(words)),
        Event::Lost { why } => Some(ForwardEvent::Lost(why)),
        Event::Resumed => Some(ForwardEvent::Resumed),
        Event::Flag(Flag::ConnectToPortError) => Some(ForwardEvent::Unreachable),
        Event::Closed(ended) => Some(ForwardEvent::Closed(ended)),
        Event::Output(_)
        | Event::ErrorOutput(_)
        | Event::Greeted { .. }
        | Event::Ready
        | Event::ExitCode(_)
        | Event::Flag(_)
        | Event::Away
        | Event::Back => None,
    }
}
