//! Charts: how far back, compared with when, and what each moment of a KPI meant.
//!
//! | file | holds |
//! |---|---|
//! | `span` | how far back a chart goes, with the period CloudWatch keeps for it |
//! | `curve` | the values of one KPI over that time, and what an absent one means |

mod curve;
mod span;

pub use curve::{Curve, CurveKey, Curves, Drawn, drawn};
pub use span::{Span, Then};

use std::collections::BTreeSet;

use super::id::KpiId;

/// What a chart asks for beyond what the board keeps anyway.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Charted {
    /// The KPIs.
    pub kpis: BTreeSet<KpiId>,
    /// How far back.
    pub span: Span,
    /// Up to now, or as long before.
    pub then: Then,
}

#[cfg(test)]
mod tests;
