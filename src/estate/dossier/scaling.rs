//! How many tasks auto scaling may run.

use serde::Serialize;

/// The scalable target of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scaling {
    /// The least it may run.
    pub min: u32,
    /// The most it may run.
    pub max: u32,
    /// `DynamicScalingInSuspended`.
    pub in_suspended: bool,
    /// `DynamicScalingOutSuspended`.
    pub out_suspended: bool,
    /// `ScheduledScalingSuspended`.
    pub schedule_suspended: bool,
}

impl Scaling {
    /// What is suspended: `scaling in and out`; `None` when nothing is.
    pub const fn suspended(&self) -> Option<&'static str> {
        match (
            self.in_suspended,
            self.out_suspended,
            self.schedule_suspended,
        ) {
            (false, false, false) => None,
            (true, true, true) => Some("all scaling"),
            (true, true, false) => Some("scaling in and out"),
            (true, false, false) => Some("scaling in"),
            (false, true, false) => Some("scaling out"),
            (false, false, true) => Some("the schedule"),
            (true, false, true) => Some("scaling in and the schedule"),
            (false, true, true) => Some("scaling out and the schedule"),
        }
    }

    /// What follows from the limits for a service that wants `desired` tasks, when it follows
    /// anything: it can grow no more, or runs outside of them.
    pub fn limit(&self, desired: u32) -> Option<&'static str> {
        if desired > self.max || desired < self.min {
            Some("it runs outside these limits: auto scaling will force it back")
        } else if desired == self.max && self.max > self.min {
            Some("it is at its maximum and cannot grow")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_matter_are_said() {
        let scaling = Scaling {
            min: 2,
            max: 6,
            in_suspended: true,
            out_suspended: false,
            schedule_suspended: false,
        };
        assert_eq!(scaling.suspended(), Some("scaling in"));
        assert_eq!(scaling.limit(4), None);
        assert!(scaling.limit(6).unwrap().contains("maximum"));
        assert!(scaling.limit(0).unwrap().contains("outside"));
        let fixed = Scaling { max: 2, ..scaling };
        assert_eq!(fixed.limit(2), None);
    }
}
