//! The one road of a change: journal the intent, call AWS, journal the outcome.
//!
//! May not: be given anything but what policy approved.
//!
//! Why: the console and the command line must not have two ways of altering AWS; neither
//! `runtime` nor `cli` may know the other, so the road they share is a room of its own.
