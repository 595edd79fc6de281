//! The state machine against a scripted agent over a line with faults, in time of its own; the task
//! against an agent behind a socket.

use super::super as session;

mod agent;
mod faults;
pub(in super::super) mod loopback;
mod rules;
mod socket;
mod world;

pub(in super::super) use faults::over_the_worst_line;
pub(in super::super) use socket::Counted;
