//! The Session Manager data channel: shells and forwarded ports without the official plugin.
//!
//! May not: name the SDK (a signature, a new token and a data key are handed in as closures); show
//! a screen; open a file (a recording is written to a writer it is given); say a token anywhere.
//!
//! Why a room of its own: the protocol is a rule book of somebody else's, it is the same for ECS
//! Exec, instances and forwarded ports, and it has to be tried against loss, duplication and
//! cuts without a socket. It therefore names no other room, and it compiles on its own, which is
//! how the fuzz targets take it.

pub mod channel;
pub mod forward;
pub mod plugin;
pub mod record;
mod token;
pub mod wire;

pub use token::Token;
