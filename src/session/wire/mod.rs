//! The wire format: pure bytes to words and back. Strict, and never falls over.
//!
//! Source of every rule here: AWS's own open-source client and agent; the numbers in the tests
//! were made by the agent's serializer.
//!
//! ```
//! use firstline::session::wire::{Message, MessageId, MessageType, PayloadType};
//! let message = Message::stream(MessageType::Input, 0, PayloadType::Output, b"ls\r".to_vec())
//!     .stamped(MessageId([7; 16]), 1_700_000_000_000);
//! let bytes = message.encode()?;
//! assert_eq!(Message::decode(&bytes)?, message);
//! # Ok::<(), firstline::session::wire::WireError>(())
//! ```

mod handshake;
mod id;
mod message;
mod payload;
pub mod smux;

pub use handshake::{
    Action, ActionStatus, Challenge, HandshakeComplete, HandshakeRequest, HandshakeResponse,
    KmsRequest, KmsResult, ProcessedAction, SessionType, SessionTypeRequest,
};
pub use id::MessageId;
pub use message::{LARGEST_PAYLOAD, Message, MessageType, WireError};
pub use payload::{
    Acknowledgement, ChannelClosed, Flag, OpenFrame, PayloadType, Size, exit_code, exit_code_text,
    open_frame,
};

/// The version of the official client whose behaviour we show. The agent compares it: from
/// 1.1.70 it speaks smux, after 1.2.331.0 it sends no keep-alive inside smux, and 1.2.764.0 is the
/// first that signs the upgrade.
pub const CLIENT_VERSION: &str = "1.2.764.0";

#[cfg(test)]
mod tests;
