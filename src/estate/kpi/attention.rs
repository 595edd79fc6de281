//! What somebody looks at.

use std::collections::BTreeSet;

use crate::estate::id::KpiId;

/// Which KPIs of an environment somebody looks at: they are worth asking for every minute
/// (aws.md 2.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attention {
    /// Those in sight, and those that are amber or red wherever they are.
    pub watched: BTreeSet<KpiId>,
    /// Nobody touched a key for a while: these may take their time like all others.
    pub idle: bool,
}
