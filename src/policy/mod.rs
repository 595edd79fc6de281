//! May this happen? `decide(&Change, &Facts) -> Decision`; the first matching rule wins.
//!
//! May not: do I/O; be asked anywhere but on the one road.
//!
//! Why: guards at call sites get forgotten. Only this room can make an `Approved`.
