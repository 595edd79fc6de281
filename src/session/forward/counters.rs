//! What went through a forward.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What went through a forward so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Connections since the beginning.
    pub connections: u64,
    /// Connections now.
    pub open: u64,
    /// Connections that ended with an error.
    pub errors: u64,
    /// Bytes to the agent.
    pub up: u64,
    /// Bytes from the agent.
    pub down: u64,
}

/// The counters while they count.
#[derive(Debug, Default)]
pub(super) struct Tally {
    connections: AtomicU64,
    ended: AtomicU64,
    errors: AtomicU64,
    up: AtomicU64,
    down: AtomicU64,
}

impl Tally {
    /// The number of a new connection.
    pub(super) fn connected(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed) + 1
    }

    pub(super) fn ended(&self, failed: bool) {
        self.ended.fetch_add(1, Relaxed);
        self.errors.fetch_add(u64::from(failed), Relaxed);
    }

    pub(super) fn up(&self, bytes: usize) {
        self.up
            .fetch_add(bytes.try_into().unwrap_or(u64::MAX), Relaxed);
    }

    pub(super) fn down(&self, bytes: usize) {
        self.down
            .fetch_add(bytes.try_into().unwrap_or(u64::MAX), Relaxed);
    }

    pub(super) fn read(&self) -> Counters {
        let connections = self.connections.load(Relaxed);
        Counters {
            connections,
            open: connections.saturating_sub(self.ended.load(Relaxed)),
            errors: self.errors.load(Relaxed),
            up: self.up.load(Relaxed),
            down: self.down.load(Relaxed),
        }
    }
}
