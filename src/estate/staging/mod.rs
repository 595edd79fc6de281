//! Stopping an environment and putting everything back exactly: the words and the rules.
//!
//! May not: do I/O, know a clock. What is seen comes in, the next step goes out.
//!
//! Why: the record of how a service stood lives *on the service* (the tag [`RESTORE_TAG`]), so
//! that anybody on any machine can start what somebody else stopped; and what to do next follows
//! from what is seen alone, so that running it again from any point finishes the job (aws.md 5.2).
//!
//! | file | holds |
//! |---|---|
//! | `record` | how a service stood, as a tag's text |
//! | `lock` | who is at it, as a tag's text |
//! | `sight` | what is seen of services, scaling and databases |
//! | `orders` | what the settings say: tiers, hours, prices, who may skip the question |
//! | `plan` | now, saved, after: a row for each service |
//! | `planned` | one row: what will be done, and why not |
//! | `counts` | tasks somebody asked for where nothing is on record |
//! | `step` | one call that alters AWS, and whether a plan covers it |
//! | `protocol` | from what is seen to the next step |
//! | `progress` | how far each service is |
//! | `saving` | what a night costs |
//! | `mute` | alarms that are muted meanwhile |
//! | `asleep` | what is known while it is stopped: who, when, what came back |

mod asleep;
mod counts;
mod lock;
mod mute;
mod orders;
mod plan;
mod planned;
mod progress;
mod protocol;
mod record;
mod saving;
mod sight;
mod step;
#[cfg(test)]
mod tests;

pub use asleep::{Asleep, Sleep, Sleeper, overtime};
pub use counts::{Counts, CountsError};
pub use lock::{LOCK_TAG, Lock, LockError};
pub use mute::{Muting, PlannedMute};
pub use orders::{Hours, Orders, Price, Weekdays};
pub use plan::{Goal, Plan, Totals};
pub use planned::{Doing, PlannedDatabase, PlannedService};
pub use progress::{Event, Phase, Progress, ProgressRow, State};
pub use protocol::{Next, next_for_database, next_for_service};
pub use record::{RESTORE_TAG, Record, RecordError};
pub use saving::{Saving, Size};
pub use sight::{Database, DatabaseKind, DatabaseState, Scaling, Sight, Survey, Suspended};
pub use step::{Step, Subject};
