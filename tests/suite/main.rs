//! Every integration test, in one binary: each binary of tests links the whole SDK once more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on stops; the rest of these rules are about the program"
)]
#![allow(
    clippy::missing_panics_doc,
    reason = "nobody reads a test's documentation"
)]

mod architecture;
mod changes;
mod commands;
mod console;
mod contract;
mod endpoints;
mod logs;
mod opened;
mod permitted;
mod staging;
mod terminal;
