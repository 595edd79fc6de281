//! The verbs on one service, over the simulator and without a screen.
//!
//! | file | holds |
//! |---|---|
//! | `bench` | a simulated production, and operators who look, decide, carry and follow |
//! | `crash` | an operator who dies at every step, and the one who starts next |
//! | `preflight` | the checklist, each check in each of its colours |
//! | `sharing` | the journal a team shares, killed and refused on its way |
//! | `exits` | how a command that waits says how it ended |

mod bench;
mod crash;
mod exits;
mod preflight;
mod sharing;
