//! Is it healthy? The verdict, its evidence, and since when.

use serde::Serialize;

use super::Timestamp;
use super::snapshot::{EnvironmentSnapshot, Sighting};
use super::text::Text;

mod case;
mod down;
mod ended;
mod healthy;
mod judge;
mod moving;
mod sets;
mod stages;
mod trouble;
mod unreadable;

#[cfg(test)]
mod tests;

use case::{Case, Evidence, Past};

pub use judge::Judge;
pub use moving::rollout_words;
pub use stages::{stage_words, strategy_word};
pub use unreadable::is_stale;

/// The verdict's class, in the order of aws.md 1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// No data, old data, or data nobody can read. Never green.
    Unknown,
    /// DRAINING or INACTIVE.
    Deleting,
    /// Nothing wanted, nothing running, and it is known why.
    Stopped,
    /// Nothing wanted, nothing running, and nobody knows why.
    StoppedUnexplained,
    /// Nothing wanted, but tasks still run.
    Stopping,
    /// Wanted, and nothing serves.
    Down,
    /// Serving, but worse than wanted.
    Degraded,
    /// On its way to another revision or count, and fine so far.
    Deploying,
    /// Everything wanted runs, but nobody checks whether it works.
    HealthyUnverified,
    /// Everything wanted runs and passes its checks.
    Healthy,
}

impl Health {
    /// How many classes there are.
    pub const CLASSES: usize = 10;

    /// The word on the screen and in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deleting => "deleting",
            Self::Stopped | Self::StoppedUnexplained => "stopped",
            Self::Stopping => "stopping",
            Self::Down => "down",
            Self::Degraded => "degraded",
            Self::Deploying => "deploying",
            Self::HealthyUnverified => "unverified",
            Self::Healthy => "healthy",
        }
    }

    /// Where it stands in a list that shows the worst first; lower is worse.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Down => 0,
            Self::Degraded => 1,
            Self::Unknown => 2,
            Self::StoppedUnexplained => 3,
            Self::Stopping => 4,
            Self::Deploying => 5,
            Self::Deleting => 6,
            Self::Stopped => 7,
            Self::HealthyUnverified => 8,
            Self::Healthy => 9,
        }
    }
}

/// What is believed about one service, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The class.
    pub health: Health,
    /// Since when, as far as known.
    pub since: Option<Timestamp>,
    /// One sentence as an operator would say it.
    pub evidence: Text,
    /// The API operation that said it (`DescribeServices`), or `journal`, our own record.
    pub source: &'static str,
}

/// Judges one service as it was seen, without memory: the table of aws.md 1.5, top-down, the
/// first row that matches.
pub fn judge(environment: &EnvironmentSnapshot, sighting: &Sighting, now: Timestamp) -> Verdict {
    let evidence = Evidence::of(environment, now);
    decide(&Case::new(&evidence, sighting, Past::default()))
}

/// The first row that matches.
fn decide(case: &Case<'_>) -> Verdict {
    ROWS.iter()
        .find_map(|row| row(case))
        .unwrap_or_else(|| trouble::unexplained(case))
}

/// One row of the table: the verdict if its condition holds.
type Row = fn(&Case<'_>) -> Option<Verdict>;

/// The rows in the order in which they are asked. Values nobody can read are asked after the
/// bad news, which they must not hide, and before everything good.
const ROWS: [Row; 22] = [
    unreadable::stale,
    unreadable::silent_agents,
    unreadable::health_unknown,
    ended::deleting,
    ended::nothing_wanted,
    down::nothing_runs,
    sets::primary_is_empty,
    down::no_healthy_target,
    trouble::failed_rollout,
    stages::ended,
    trouble::crash_loop,
    trouble::short,
    trouble::unhealthy,
    trouble::event,
    trouble::stuck,
    trouble::alarm,
    trouble::kpi,
    unreadable::unknown_value,
    stages::moving,
    sets::moving,
    moving::moving,
    healthy::healthy,
];
