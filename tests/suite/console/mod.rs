//! Keys in, screen out: the whole console but its terminal, over the simulated AWS, with a clock
//! that stands still until a test moves it. Nothing here waits in real time.

mod accounts;
mod arming;
mod handoff;
mod harness;
mod incidents;
mod measuring;
mod memory;
mod outage;
mod page;
mod redeploy;
mod scenarios;
mod second;
mod sharing;
mod staging;
mod start;
mod verbs;
mod watching;
