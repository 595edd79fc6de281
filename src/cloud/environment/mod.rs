//! Whole environments: what a plan is made from, and the calls that carry one out.
//!
//! | file | holds |
//! |---|---|
//! | `survey` | one whole look at an environment |
//! | `detail` | what only some services need: sizes, who brought them back, earlier counts |
//! | `look` | one service and the caller, right before it is altered |
//! | `ready` | whether started tasks serve, why stopped ones stay |
//! | `databases` | its databases, as they stand |
//! | `mute` | alarms muted meanwhile |
//! | `asleep` | a stopped environment between two plans |
//! | `step` | the calls that alter, each covered by an approved plan |

mod asleep;
mod databases;
mod detail;
mod look;
mod mute;
mod ready;
mod step;
mod survey;

pub(super) use detail::Traits;
pub use look::Look;
