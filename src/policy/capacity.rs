//! What a rolling deployment may stop and start at once (aws.md 4.2).

use crate::estate::service::{Scheduling, Service};

/// The room a rolling deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Tasks wanted.
    pub(super) desired: u64,
    /// `minimumHealthyPercent`.
    pub(super) minimum: u32,
    /// `maximumPercent`.
    pub(super) maximum: u32,
}

impl Room {
    /// The room of `service`; `None` where AWS did not tell both limits, or where they mean
    /// something else than for a replica service.
    pub(super) fn of(service: &Service) -> Option<Self> {
        (service.scheduling == Scheduling::Replica).then_some(())?;
        Some(Self {
            desired: service.desired.into(),
            minimum: service.rolling.minimum_healthy_percent?,
            maximum: service.rolling.maximum_percent?,
        })
    }

    /// Tasks that must stay: `ceil(D·min/100)`.
    pub(super) fn floor(self) -> u64 {
        (self.desired * u64::from(self.minimum)).div_ceil(100)
    }

    /// Tasks that may be stopped before new ones serve.
    pub(super) fn can_stop(self) -> u64 {
        self.desired.saturating_sub(self.floor())
    }

    /// Tasks that may be started beside the old ones.
    pub(super) fn can_start(self) -> u64 {
        (self.desired * u64::from(self.maximum) / 100).saturating_sub(self.desired)
    }

    /// Nothing may be stopped and nothing started: the deployment would hang for ever. Where no
    /// task is wanted, nothing has to be.
    pub(super) fn is_deadlock(self) -> bool {
        self.desired > 0 && self.can_stop() == 0 && self.can_start() == 0
    }

    /// No old task has to stay until a new one serves: an outage is allowed. With one task that
    /// is a minimum of zero, since any other minimum rounds up to one.
    pub(super) fn is_outage(self) -> bool {
        self.floor() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_aws_md_4_2() {
        let room = |desired, minimum, maximum| Room {
            desired,
            minimum,
            maximum,
        };
        assert!(room(1, 0, 100).is_outage());
        assert!(room(1, 50, 100).is_deadlock());
        assert!(room(1, 100, 150).is_deadlock());
        assert!(room(1, 100, 100).is_deadlock());
        assert!(
            !room(0, 100, 200).is_deadlock(),
            "nothing hangs where nothing is wanted"
        );
        let usual = room(1, 100, 200);
        assert!(!usual.is_deadlock() && !usual.is_outage());
        let one_by_one = room(2, 50, 100);
        assert_eq!((one_by_one.can_stop(), one_by_one.can_start()), (1, 0));
        assert_eq!(room(4, 100, 200).can_start(), 4);
    }
}
