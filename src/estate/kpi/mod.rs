//! The numbers that matter, with their thresholds.

use super::id::{KpiId, ServiceArn};
use super::series::Series;
use super::text::Text;

mod attention;
mod budget;
mod kind;
mod level;
mod suspect;
mod trend;
mod wanted;

pub use attention::Attention;
pub use budget::{Budget, Pool, budget};
pub use kind::KpiKind;
pub use level::{
    Reading, beside_tasks, in_unit, level, level_of, reached_by, reading, reading_words,
    value_words,
};
pub use suspect::{Suspect, suspects};
pub use trend::trend_words;
pub use wanted::{Rule, Wanted, WantedMetric};

/// What a KPI's values count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Things in each minute.
    PerMinute,
    /// Seconds.
    Seconds,
    /// Percent, 0 to 100 and sometimes more.
    Percent,
    /// Bytes.
    Bytes,
}

/// How bad a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is known: no recent point, or nobody may read it.
    #[default]
    Unknown,
    /// Below every threshold.
    Fine,
    /// Over the amber threshold.
    Amber,
    /// Over the red threshold.
    Red,
}

/// The value that is 100 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// In the KPI's unit.
    pub value: f64,
    /// False when it is computed by a formula over nominal memory: print `≈` (aws.md 3.3).
    pub exact: bool,
}

/// When a KPI turns amber and red.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Amber from here.
    pub amber: f64,
    /// Red from here.
    pub red: f64,
    /// True when the thresholds are percent of the ceiling rather than the KPI's unit.
    pub share: bool,
    /// How many of the newest points must agree …
    pub points: u8,
    /// … and out of how many (M of N); never less than `points`.
    pub of: u8,
}

/// One number over time, of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Kpi {
    /// The same KPI keeps its id from look to look.
    pub id: KpiId,
    /// What it measures.
    pub kind: KpiKind,
    /// The resource as people call it (`orders-db`, `public-alb`).
    pub resource: Text,
    /// What the settings call it; `None` is its kind's own name.
    pub label: Option<Text>,
    /// The load balancer in front of it, for what a target group has.
    pub balancer: Option<Text>,
    /// The services it provably belongs to (by dimension, target group or settings); empty: the
    /// environment's.
    pub services: Vec<ServiceArn>,
    /// Whether the settings want it always in sight.
    pub pinned: bool,
    /// Its values.
    pub series: Series,
    /// What they count.
    pub unit: Unit,
    /// What 100 % is, where there is such a thing.
    pub ceiling: Option<Ceiling>,
    /// When to worry, where there is a number for it.
    pub thresholds: Option<Thresholds>,
    /// Who may open how many of a database's connections, as far as the settings say.
    pub pools: Vec<Pool>,
}

#[cfg(test)]
mod tests;
