//! The state machine against a scripted agent over a line with faults, in time of its own.

mod agent;
mod faults;
mod rules;
mod socket;
mod world;
