//! The room under test, alone.

#[path = "../src/session/mod.rs"]
pub mod session;
