//! What runs in a container behind a session: bytes in, bytes out.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// What reaches a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// What was typed.
    Bytes(Vec<u8>),
    /// The terminal's size: columns, rows.
    Size(u16, u16),
    /// The client closed the connection of a forwarded port that takes one at a time.
    Hangup,
}

/// What a program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Bytes it printed.
    Bytes(Vec<u8>),
    /// A flag of a forwarded port, as the protocol numbers them.
    Flag(u32),
}

impl From<Vec<u8>> for Said {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A running program. It is hung up on by dropping `keys`; it has ended when `words` closes.
#[derive(Debug)]
pub struct Program {
    /// What it reads.
    pub keys: mpsc::UnboundedSender<Keys>,
    /// What it says.
    pub words: mpsc::Receiver<Said>,
}

/// What a session was opened for, and where it leads.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The command to run.
    pub command: String,
    /// The container around it.
    pub place: Place,
    /// Whether it prints nothing until something is typed.
    pub silent: bool,
}

/// The container or node a session leads into, as it was when the session began.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whether it is a node of Session Manager.
    pub node: bool,
    /// The service's name, or the node's.
    pub service: String,
    /// The cluster's name.
    pub cluster: String,
    /// The task's id, or the node's.
    pub task: String,
    /// The container's name.
    pub container: String,
    /// The task's address.
    pub address: String,
    /// The port the program listens on.
    pub port: u16,
    /// Whether it answers requests well.
    pub healthy: bool,
    /// The task's memory in MiB.
    pub memory: u32,
    /// Its environment.
    pub environment: Vec<(String, String)>,
    /// The last lines of its log.
    pub log: Vec<String>,
    /// When the task reached RUNNING.
    pub since: Timestamp,
    /// The time.
    pub now: Timestamp,
}

/// Starts what a session asks for.
pub type Start = Arc<dyn Fn(&Opening) -> Program + Send + Sync>;

/// Connects to a port for a forwarded connection; `None` when nobody listens there.
pub type Dial = Arc<dyn Fn(&Place, &str, u16) -> Option<DuplexStream> + Send + Sync>;
