//! What a channel tells those who hold it.

use super::super::wire::{Flag, SessionTypeRequest};

/// What a channel tells, in the order it happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Bytes of the terminal or the connection, as they came: a letter may be cut in two.
    Output(Vec<u8>),
    /// Bytes of a command's other output.
    ErrorOutput(Vec<u8>),
    /// The agent said what it is and which session this is. Not every session has a handshake.
    Greeted {
        /// Such as `3.3.2746.0`.
        agent_version: String,
        /// The kind of session, with the properties of a forwarded port.
        session: Option<SessionTypeRequest>,
        /// Whether the bytes are encrypted with a key of KMS, too.
        encrypted: bool,
    },
    /// Input is being sent from now on.
    Ready,
    /// Words of the account's administrators, to be shown.
    Message(String),
    /// A command ended with this code. Shells and ECS Exec never say.
    ExitCode(i32),
    /// The agent could not reach the port, or wants something else of a forward.
    Flag(Flag),
    /// The service says the other end is away for a while.
    Away,
    /// The other end is back.
    Back,
    /// The connection is lost; it is being made again, and nothing was lost with it.
    Lost {
        /// Why, in a few words.
        why: String,
    },
    /// The connection is there again.
    Resumed,
    /// It is over; nothing follows.
    Closed(Ended),
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    /// The service closed it, as after `exit`. With words when something went wrong.
    #[error("the session is over{}", words(.output))]
    Remote {
        /// To be shown when not empty.
        output: String,
    },
    /// We let go.
    #[error("the session was ended here")]
    Here,
    /// AWS gives no new token: the session timed out while the connection was lost.
    #[error("the session timed out while the connection was lost")]
    TimedOut,
    /// AWS will not give a new token.
    #[error("the connection was lost and the session could not be resumed: {why}")]
    NotResumed {
        /// What AWS said.
        why: String,
    },
    /// The connection could not be made again within the time allowed.
    #[error("the connection was lost and could not be made again: {why}")]
    Unreachable {
        /// The last reason.
        why: String,
    },
    /// The agent has not acknowledged what we sent for minutes.
    #[error("the agent has stopped answering")]
    Unanswered,
    /// The agent of a forwarded port never began.
    #[error("the agent did not begin the session; is it running, and is its version known to it?")]
    NotGreeted,
    /// A payload that our key does not open.
    #[error("the session's bytes could not be decrypted; nothing of them was shown")]
    Undecipherable,
}

fn words(output: &str) -> String {
    let output = output.trim();
    if output.is_empty() {
        String::new()
    } else {
        format!(": {output}")
    }
}
