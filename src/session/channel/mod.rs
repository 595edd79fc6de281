//! The channel.

mod cipher;
mod event;
mod greeting;
mod inbound;
mod machine;
mod outbound;

pub use cipher::DataKey;
pub use event::{Ended, Event};
pub use machine::Kind;
