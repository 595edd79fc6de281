//! The imperative shell: the only loop, the tasks, the clock and the terminal guard.
//!
//! May not: hold domain rules.
//!
//! Why: everything that waits lives here, so that nothing else has to.

pub mod clock;
pub mod log;
mod signals;
mod terminal;
