//! What the console itself costs.

/// US dollars for a minute of one Live Tail session, after 1,800 free ones a month and account
/// (aws.md 2.3).
pub const LIVE_TAIL_MINUTE: f64 = 0.01;

/// Calls and money, as measured by the one door to AWS.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// API calls in the last sixty seconds.
    pub calls_per_minute: u32,
    /// API calls since the start.
    pub calls: u64,
    /// Metrics requested from `GetMetricData` in the last hour.
    pub metrics: u32,
    /// The same, extrapolated to one hour while the console is younger: AWS bills $0.01 for 1,000 (aws.md 2.3).
    pub metrics_per_hour: u32,
    /// US dollars an hour for them and for the open Live Tail sessions.
    pub dollars_per_hour: f64,
    /// Live Tail sessions that are open.
    pub live_tails: u32,
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

/// What a month of looking costs (aws.md 2.4).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Estimate {
    /// Metrics asked for when everything is asked.
    pub metrics: u32,
    /// US dollars for thirty days round the clock: a dozen KPIs every minute, the rest every five.
    pub month: f64,
    /// The same for one shift, eight hours on twenty-two days.
    pub shift: f64,
    /// US dollars for thirty days in which everything is asked every minute.
    pub naive: f64,
}

impl Estimate {
    /// KPIs in sight, each about one metric.
    const IN_SIGHT: u32 = 12;

    /// The estimate for an estate of so many metrics.
    pub fn of(metrics: u32, prices: &Prices) -> Self {
        let watched = metrics.min(Self::IN_SIGHT);
        let hour = watched * 60 + (metrics - watched) * 12;
        let hours = |count: f64, each: u32| prices.dollars(each) * count;
        Self {
            metrics,
            month: hours(720.0, hour),
            shift: hours(176.0, hour),
            naive: hours(720.0, metrics * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// aws.md 2.4: fifty services have 412 metrics, $180 a month at 60 s and $36 at 300 s (of
    /// 730 hours).
    #[test]
    fn a_month_costs_what_the_table_says() {
        let of = Estimate::of(412, &Prices::default());
        assert!((of.naive - 178.0).abs() < 0.5, "{of:?}");
        assert!((of.month - 39.7).abs() < 0.5, "{of:?}");
        assert!((of.shift / of.month - 176.0 / 720.0).abs() < 1e-9);
        let none = Estimate::of(0, &Prices::default());
        assert!(none.month.abs() < f64::EPSILON);
    }
}
