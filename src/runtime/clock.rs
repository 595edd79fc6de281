//! The one clock.

use std::sync::Arc;

use crate::estate::{SignedDuration, Timestamp};

/// Tells the time; handed to whoever needs it, so that a test can hand out another.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Longest stretch a fast clock runs ahead, about thirty years: beyond it time stands still
/// rather than leave the calendar.
const FARTHEST: f64 = 1e9;

/// The machine's clock.
pub fn system() -> Clock {
    Arc::new(now)
}

/// A clock that starts now and runs `speed` times as fast as the machine's.
pub fn fast(speed: f64) -> Clock {
    let start = now();
    Arc::new(move || {
        let passed = now().duration_since(start).as_secs_f64() * speed;
        let ahead = SignedDuration::from_secs_f64(passed.clamp(0.0, FARTHEST));
        start.checked_add(ahead).unwrap_or(start)
    })
}

#[expect(clippy::disallowed_methods, reason = "this is the one clock")]
fn now() -> Timestamp {
    Timestamp::now()
}
