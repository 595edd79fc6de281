//! Whole environments: what a plan is made from, and the calls that carry one out.
//!
//! | file | holds |
//! |---|---|
//! | `survey` | one whole look at an environment |
//! | `detail` | what only some services need: sizes, who brought them back, earlier counts |
//! | `look` | one service and the caller, right before it is altered |
//! | `step` | the calls that alter, each covered by an approved plan |

mod detail;
mod look;
mod step;
mod survey;

pub use look::Look;
