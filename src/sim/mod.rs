//! A simulated AWS on the wire: request bytes in, response bytes out.
//!
//! May not: be known by anything but `cli`, `main` and tests.
//!
//! Why: the wire is swapped, not the road; the demo runs the same SDK clients as production.

pub mod scenario;
pub(in crate::sim) mod step;
pub mod world;
