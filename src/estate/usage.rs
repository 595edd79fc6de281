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
}

impl Usage {
    /// US dollars an hour for metrics, at $0.01 for 1,000 metrics requested (aws.md 2.3).
    pub fn dollars_per_hour(&self) -> f64 {
        f64::from(self.metrics_per_hour) * 0.01 / 1000.0
    }
}
