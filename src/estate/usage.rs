//! What the console itself costs.

/// Calls and money, as measured by the one door to AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// API calls in the last sixty seconds.
    pub calls_per_minute: u32,
    /// API calls since the start.
    pub calls: u64,
    /// Metrics requested from `GetMetricData` in the last hour, or extrapolated to one hour
    /// while the console is younger: AWS bills $0.01 for 1,000 (aws.md 2.3).
    pub metrics_per_hour: u32,
    /// US dollars an hour for them.
    pub dollars_per_hour: f64,
}

/// What metrics cost, and how much they may.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// US dollars for 1,000 metrics requested.
    pub per_thousand: f64,
    /// US dollars an hour at most; `None` is no limit.
    pub ceiling: Option<f64>,
}

impl Default for Prices {
    /// $0.01 for 1,000 metrics requested (aws.md 2.3), without a limit.
    fn default() -> Self {
        Self {
            per_thousand: 0.01,
            ceiling: None,
        }
    }
}

impl Prices {
    /// US dollars for so many metrics requested.
    pub fn dollars(&self, metrics: u32) -> f64 {
        f64::from(metrics) * self.per_thousand / 1000.0
    }
}
