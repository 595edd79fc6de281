//! The one clock: tells the time, and waits.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::estate::{SignedDuration, Timestamp};

/// Longest stretch a fast clock runs ahead, about thirty years: beyond it time stands still
/// rather than leave the calendar.
const FARTHEST: f64 = 1e9;

/// Tells the time and waits; handed to whoever needs it, so that a test can hand out another.
#[derive(Clone)]
pub struct Clock {
    read: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    speed: f64,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::of(Arc::new(now))
    }

    /// A clock that starts now and runs `speed` times as fast as the machine's, for a simulated
    /// estate. A speed that is no positive number counts as 1.
    pub fn fast(speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 {
            speed
        } else {
            1.0
        };
        let start = now();
        let read = move || {
            let passed = now().duration_since(start).as_secs_f64() * speed;
            let ahead = SignedDuration::from_secs_f64(passed.clamp(0.0, FARTHEST));
            start.checked_add(ahead).unwrap_or(start)
        };
        Self {
            read: Arc::new(read),
            speed,
        }
    }

    /// A clock that tells what `read` says and waits in real (or a test's paused) time.
    pub fn of(read: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        Self { read, speed: 1.0 }
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.read)()
    }

    /// The clock as a plain function, for rooms that only read it.
    pub fn reader(&self) -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
        Arc::clone(&self.read)
    }

    /// Waits until `length` has passed on this clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the runtime is where things wait"
    )]
    pub(super) async fn pause(&self, length: SignedDuration) {
        let length = Duration::try_from(length).unwrap_or_default();
        tokio::time::sleep(length.div_f64(self.speed)).await;
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Clock")
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn now() -> Timestamp {
    Timestamp::now()
}
