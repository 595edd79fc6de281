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
//! | `sessions`, `port`, `loan` | shells, forwarded ports and shells of AWS's own client, from approval to written end |
//! | `sharing` | the journal on its way to the group a team shares |
//! | `saving` | lines of a log into a file of the person's |
//! | `keyboard` | the terminal's events, read on a thread that ends when it should |
//! | `input` | those events as messages |
//! | `sign_in` | credentials that ran out, brought back without leaving |
//! | `lent` | what is said before the terminal is lent to a shell |
//! | `terminal` | takes the terminal and gives it back whatever happens |
//! | `signals`, `clock`, `log` | what their names say |

mod carry;
pub mod clock;
mod console;
mod engine;
mod input;
mod keyboard;
mod lent;
mod loan;
pub mod log;
mod pages;
mod port;
mod saving;
mod second;
mod sessions;
mod sharing;
mod sign_in;
mod signals;
mod terminal;
mod work;

pub use clock::Clock;
pub use console::{Console, run};
pub use engine::{Engine, Flow};
