//! The time box and the silence.

use std::time::Duration;

use tokio::time::Instant;

/// Before the end of the time box a warning comes, this long before.
const WARNINGS: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(1)];
/// Before AWS ends a session nobody uses it is said, this long before.
const NOTICE: Duration = Duration::from_mins(2);

/// What the time says.
#[derive(Debug, PartialEq, Eq)]
pub enum Passed {
    /// Nothing.
    Quiet,
    /// The end is near, and of what.
    Warn(String),
    /// The time box is over.
    Over,
}

/// The time box and the silence, in the runtime's own time.
pub struct Clock {
    ends: Instant,
    used: Instant,
    warned: usize,
    /// After so long without a byte AWS ends it.
    silence: Duration,
    idle: bool,
}

impl Clock {
    /// From now on: a time box of `open`, and a session AWS ends after `silence` without a byte.
    pub fn start(open: Duration, silence: Duration) -> Self {
        let begin = now();
        // A box shorter than a warning needs no such warning.
        let warned = WARNINGS.iter().filter(|&&before| before >= open).count();
        Self {
            ends: begin + open,
            used: begin,
            warned,
            silence,
            idle: false,
        }
    }

    /// Something went through.
    pub fn used(&mut self) {
        self.used = now();
        self.idle = false;
    }

    /// When it was last used.
    pub const fn used_at(&self) -> Instant {
        self.used
    }

    /// When the time box ends.
    pub const fn ends_at(&self) -> Instant {
        self.ends
    }

    /// What is to be said now; each warning once.
    pub fn passed(&mut self) -> Passed {
        let now = now();
        let left = self.ends.saturating_duration_since(now);
        if left.is_zero() {
            return Passed::Over;
        }
        let due = WARNINGS.iter().filter(|&&before| left <= before).count();
        if due > self.warned {
            self.warned = due;
            let minutes = left.as_secs().div_ceil(60);
            return Passed::Warn(format!("the time box ends in {minutes} min"));
        }
        if !self.idle && now.duration_since(self.used) + NOTICE >= self.silence {
            self.idle = true;
            let after = self.silence.as_secs() / 60;
            let unused = self.silence.saturating_sub(NOTICE).as_secs() / 60;
            let words = format!("nobody used this for {unused} min; AWS ends it after {after}");
            return Passed::Warn(words);
        }
        Passed::Quiet
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time box runs in the runtime's own time, which a test may pause"
)]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_mins(20);

    #[tokio::test(start_paused = true)]
    async fn the_time_box_warns_twice_and_ends() {
        let mut clock = Clock::start(Duration::from_mins(10), SILENCE);
        assert_eq!(clock.passed(), Passed::Quiet);
        tokio::time::advance(Duration::from_mins(5)).await;
        assert_eq!(
            clock.passed(),
            Passed::Warn("the time box ends in 5 min".into())
        );
        assert_eq!(clock.passed(), Passed::Quiet);
        tokio::time::advance(Duration::from_mins(4)).await;
        assert_eq!(
            clock.passed(),
            Passed::Warn("the time box ends in 1 min".into())
        );
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(clock.passed(), Passed::Over);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_once() {
        let mut clock = Clock::start(Duration::from_hours(8), SILENCE);
        tokio::time::advance(Duration::from_mins(18)).await;
        assert!(matches!(clock.passed(), Passed::Warn(words) if words.contains("18 min")));
        assert_eq!(clock.passed(), Passed::Quiet);
        clock.used();
        tokio::time::advance(Duration::from_mins(18)).await;
        assert!(matches!(clock.passed(), Passed::Warn(_)));
    }
}
