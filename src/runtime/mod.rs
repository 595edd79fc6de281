//! The imperative shell: the only loop, the tasks, the clock and the terminal guard.
//!
//! May not: hold domain rules.
//!
//! Why: everything that waits lives here, so that nothing else has to.
//!
//! | file | holds |
//! |---|---|
//! | `console` | the loop: messages in, frames out |
//! | `engine` | the model with its work; knows no terminal, so a test can drive it |
//! | `work` | polls and tails, started and dropped as the model wants them |
//! | `carry` | an approved change sent down the road |
//! | `pages` | the journal as a page of text |
//! | `input` | the terminal's events as messages |
//! | `terminal` | takes the terminal and gives it back whatever happens |
//! | `signals`, `clock`, `log` | what their names say |

mod carry;
pub mod clock;
mod console;
mod engine;
mod input;
pub mod log;
mod pages;
mod signals;
mod terminal;
mod work;

pub use clock::Clock;
pub use console::{Console, Lend, run};
pub use engine::{Engine, Flow};
