//! How long a tail rests between two looks. Pure.

use std::time::Duration;

/// Between two looks at a log that speaks (aws.md 7.3).
const BUSY: Duration = Duration::from_secs(2);
/// Between two looks at a log that is silent.
const QUIET: Duration = Duration::from_secs(6);
/// Between two looks that only make sure that Live Tail said everything: less than half the
/// overlap, so that one that fails can be taken again.
const MAKING_SURE: Duration = Duration::from_secs(30);
/// After AWS said: slower.
const THROTTLED: Duration = Duration::from_secs(4);
/// After any other failure.
const FAILED: Duration = Duration::from_secs(5);
/// The longest rest.
const LONGEST: Duration = Duration::from_mins(1);

/// The rests of one tail.
#[derive(Debug, Default)]
pub(super) struct Pace {
    rest: Duration,
    failures: u32,
}

/// How a look went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Went {
    /// There were lines.
    Lines,
    /// There was nothing new.
    Nothing,
    /// Live Tail says everything; this look made sure.
    Sure,
    /// More waits to be read: the budget alone slows that.
    More,
    /// AWS said: slower.
    Throttled,
    /// Anything else.
    Failed,
}

impl Pace {
    /// How long to rest after a look that went so. Failures in a row double it.
    pub(super) fn rest(&mut self, went: Went) -> Duration {
        let doubled = |first: Duration, failures: u32| {
            first.saturating_mul(1 << failures.min(6)).min(LONGEST)
        };
        self.rest = match went {
            Went::More => Duration::ZERO,
            Went::Lines => BUSY,
            Went::Sure => MAKING_SURE,
            Went::Nothing => (self.rest.clamp(BUSY, QUIET) + BUSY / 4).min(QUIET),
            Went::Throttled => doubled(THROTTLED, self.failures),
            Went::Failed => doubled(FAILED, self.failures),
        };
        self.failures = match went {
            Went::Throttled | Went::Failed => self.failures.saturating_add(1),
            Went::Lines | Went::Nothing | Went::Sure | Went::More => 0,
        };
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_slows_and_lines_hasten() {
        let mut pace = Pace::default();
        let quiet: Vec<u128> = (0..12)
            .map(|_| pace.rest(Went::Nothing).as_millis())
            .collect();
        assert_eq!((quiet[0], quiet[11]), (2_500, 6_000));
        assert!(quiet.is_sorted());
        assert_eq!(pace.rest(Went::Lines), BUSY);
        assert_eq!(pace.rest(Went::More), Duration::ZERO);
    }

    #[test]
    fn failures_double_the_rest_up_to_a_minute_and_one_success_ends_that() {
        let mut pace = Pace::default();
        let rests: Vec<u64> = (0..6)
            .map(|_| pace.rest(Went::Throttled).as_secs())
            .collect();
        assert_eq!(rests, [4, 8, 16, 32, 60, 60]);
        pace.rest(Went::Lines);
        assert_eq!(pace.rest(Went::Failed), FAILED);
    }
}
