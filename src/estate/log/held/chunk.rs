//! Some hundred lines in one piece of memory.

use super::super::{LogLevel, LogLine};
use super::Key;
use crate::estate::Timestamp;

/// Lines a chunk has at most.
const LINES: usize = 512;
/// Bytes from which on a chunk takes no line at its end.
const BYTES: usize = 64 * 1024;

/// Lines in order of their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    text: String,
    rows: Vec<Row>,
}

/// What is known of a line beside its text: 32 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    key: Key,
    origin: u32,
    offset: u32,
    len: u32,
    /// Milliseconds from the line's time to when it was taken in (unknown beyond three days);
    /// the level in three bits and whether it is late in one.
    rest: u32,
}

/// The delay is kept in 28 bits; all of them set stand for "not known".
const UNKNOWN: u32 = (1 << 28) - 1;
const LATE: u32 = 1 << 28;
const LEVEL: u32 = 29;

impl Row {
    pub(super) fn new(key: Key, line: &LogLine, origin: u32) -> Self {
        let delay = line.ingested_at.map_or(UNKNOWN, |taken| {
            let delay = taken.as_millisecond().saturating_sub(key.at);
            u32::try_from(delay.max(0)).map_or(UNKNOWN, |delay| delay.min(UNKNOWN))
        });
        let level = match line.level {
            LogLevel::None => 0,
            LogLevel::Debug => 1,
            LogLevel::Info => 2,
            LogLevel::Warn => 3,
            LogLevel::Error => 4,
        };
        Self {
            key,
            origin,
            offset: 0,
            len: 0,
            rest: delay | if line.late { LATE } else { 0 } | level << LEVEL,
        }
    }

    pub(super) const fn key(&self) -> Key {
        self.key
    }

    pub(super) const fn origin(&self) -> usize {
        self.origin as usize
    }

    pub(super) const fn late(&self) -> bool {
        self.rest & LATE != 0
    }

    pub(super) const fn level(&self) -> LogLevel {
        match self.rest >> LEVEL {
            1 => LogLevel::Debug,
            2 => LogLevel::Info,
            3 => LogLevel::Warn,
            4 => LogLevel::Error,
            _ => LogLevel::None,
        }
    }

    pub(super) fn ingested_at(&self) -> Option<Timestamp> {
        let delay = self.rest & UNKNOWN;
        let known = (delay != UNKNOWN).then_some(i64::from(delay))?;
        Timestamp::from_millisecond(self.key.at + known).ok()
    }
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.len as usize).sum()
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn row(&self, index: usize) -> Option<&Row> {
        self.rows.get(index)
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= LINES || self.text.len() >= BYTES
    }

    pub(super) fn first(&self) -> Key {
        self.rows.first().map_or(EARLIEST, |row| row.key)
    }

    pub(super) fn last(&self) -> Key {
        self.rows.last().map_or(EARLIEST, |row| row.key)
    }

    pub(super) fn first_from(&self, key: Key) -> usize {
        self.rows.partition_point(|row| row.key < key)
    }

    pub(super) fn text(&self, row: &Row) -> &str {
        let start = row.offset as usize;
        let text = self.text.get(start..start + row.len as usize);
        text.unwrap_or_default()
    }

    /// Takes in a line at its place, and says which that is. A text beyond 4 GiB, which no line of
    /// CloudWatch reaches, would be kept empty.
    pub(super) fn push(&mut self, mut row: Row, text: &str) -> usize {
        if let (Ok(offset), Ok(len)) = (u32::try_from(self.text.len()), u32::try_from(text.len())) {
            (row.offset, row.len) = (offset, len);
            if self.text.capacity() - self.text.len() < text.len() {
                // Doubling would hold twice what was said.
                let more = text.len().max(self.text.len() / 4).max(256);
                self.text.reserve_exact(more);
            }
            self.text.push_str(text);
        }
        let place = self.rows.partition_point(|other| other.key <= row.key);
        if self.rows.len() == self.rows.capacity() {
            self.rows.reserve_exact((self.rows.len() / 2).max(16));
        }
        self.rows.insert(place, row);
        place
    }

    /// No more lines are to come at the end: gives back what was kept ready for them.
    pub(super) fn seal(&mut self) {
        self.text.shrink_to_fit();
        self.rows.shrink_to_fit();
    }

    /// Keeps the older half and gives away the newer.
    pub(super) fn split(&mut self) -> Self {
        let whole = std::mem::take(self);
        let middle = whole.rows.len() / 2;
        let half = |rows: &[Row]| {
            let mut half = Self::default();
            half.rows.reserve_exact(rows.len());
            half.text
                .reserve_exact(rows.iter().map(|row| row.len as usize).sum());
            for row in rows {
                half.push(*row, whole.text(row));
            }
            half
        };
        let (older, newer) = whole.rows.split_at(middle);
        *self = half(older);
        half(newer)
    }
}

/// Before every line.
const EARLIEST: Key = Key {
    at: i64::MIN,
    number: 0,
};
