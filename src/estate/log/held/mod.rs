//! The lines a console holds: a ring bounded by bytes, in order of time, found by place.
//!
//! Lines lie in chunks of some hundred; a chunk is one text and a row of 32 bytes for each line.
//! So a line costs its bytes and little more, a late one goes to its place by moving a few hundred
//! rows, and the oldest go a chunk at a time. What many lines share (stream and service) is
//! written once.

mod chunk;

use std::collections::{BTreeMap, HashMap, VecDeque};

use chunk::{Chunk, Row};

use super::{LogLevel, LogLine};
use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::text::Text;

/// How many bytes of lines are held unless the settings say otherwise.
pub const HOLD: usize = 64 * 1024 * 1024;

/// Lines in order of their time, the oldest of which make room.
#[derive(Clone, Debug)]
pub struct Held {
    chunks: VecDeque<Chunk>,
    origins: Vec<Origin>,
    known: HashMap<Origin, u32>,
    seconds: BTreeMap<i64, Second>,
    limit: usize,
    bytes: usize,
    len: usize,
    dropped: u64,
    next: u64,
}

/// Where lines come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Origin {
    service: ServiceArn,
    stream: Text,
}

/// How many lines one second has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// All of them.
    pub lines: u32,
    /// Those that say they are errors.
    pub errors: u32,
}

/// A line that is held.
#[derive(Clone, Copy, Debug)]
pub struct HeldLine<'a> {
    /// Where it stands among all others: by time, then by arrival.
    pub key: Key,
    /// When CloudWatch took it in.
    pub ingested_at: Option<Timestamp>,
    /// The stream it came in.
    pub stream: &'a Text,
    /// The service it belongs to.
    pub service: &'a ServiceArn,
    /// How bad it is.
    pub level: LogLevel,
    /// Whether lines after it were shown before it came.
    pub late: bool,
    /// The line.
    pub message: &'a str,
}

/// The place of a line for as long as it is held, whatever comes before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Milliseconds since 1970.
    pub at: i64,
    /// How many lines came before it.
    pub number: u64,
}

impl HeldLine<'_> {
    /// When the program says it happened.
    pub fn at(&self) -> Timestamp {
        self.key.time()
    }
}

impl Key {
    /// Before every line of that time.
    pub fn of(at: Timestamp) -> Self {
        Self {
            at: at.as_millisecond(),
            number: 0,
        }
    }

    /// Its time.
    pub fn time(self) -> Timestamp {
        Timestamp::from_millisecond(self.at).unwrap_or_default()
    }
}

impl Default for Held {
    fn default() -> Self {
        Self::new(HOLD)
    }
}

impl Held {
    /// Holds at most `limit` bytes of lines, and always the newest few hundred.
    pub fn new(limit: usize) -> Self {
        Self {
            chunks: VecDeque::new(),
            origins: Vec::new(),
            known: HashMap::new(),
            seconds: BTreeMap::new(),
            limit,
            bytes: 0,
            len: 0,
            dropped: 0,
            next: 0,
        }
    }

    /// How many lines are held.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of the lines held.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many lines made room for newer ones.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets all lines, and that there were any.
    pub fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    /// Takes in a line at its time. Says where it is and how many lines stand after it.
    pub fn push(&mut self, line: &LogLine) -> (Key, usize) {
        let key = Key {
            at: line.at.as_millisecond(),
            number: self.next,
        };
        self.next += 1;
        let origin = self.origin(line);
        let second = self.seconds.entry(key.at.div_euclid(1000)).or_default();
        second.lines += 1;
        second.errors += u32::from(line.level == LogLevel::Error);
        let place = self.place_for(key);
        let row = Row::new(key, line, origin);
        let before = self.chunks[place].push(row, &line.message);
        let mut after = self.chunks[place].len() - before - 1;
        after += self.after(place);
        self.bytes += line.message.len();
        self.len += 1;
        self.make_room();
        (key, after)
    }

    /// The line at a place, the oldest first.
    pub fn get(&self, index: usize) -> Option<HeldLine<'_>> {
        let (chunk, row) = self.find(index)?;
        self.chunks[chunk].row(row).map(|row| self.line(chunk, row))
    }

    /// The line with this key, if it is still held.
    pub fn by_key(&self, key: Key) -> Option<HeldLine<'_>> {
        let line = self.get(self.first_from(key))?;
        (line.key == key).then_some(line)
    }

    /// The place of the first line that is not before `key`.
    pub fn first_from(&self, key: Key) -> usize {
        let chunk = self.chunks.partition_point(|chunk| chunk.last() < key);
        let before: usize = self.chunks.iter().take(chunk).map(Chunk::len).sum();
        let within = self.chunks.get(chunk).map_or(0, |one| one.first_from(key));
        before + within
    }

    /// The lines from a place on, the oldest first.
    pub fn from(&self, index: usize) -> impl Iterator<Item = HeldLine<'_>> {
        let (first, skip) = self.find(index).unwrap_or((self.chunks.len(), 0));
        (first..self.chunks.len()).flat_map(move |chunk| {
            let skip = if chunk == first { skip } else { 0 };
            let rows = self.chunks[chunk].rows().iter().skip(skip);
            rows.map(move |row| self.line(chunk, row))
        })
    }

    /// The lines before a place, the newest first.
    pub fn back_from(&self, index: usize) -> impl Iterator<Item = HeldLine<'_>> {
        let (last, end) = self.find(index).unwrap_or((self.chunks.len(), 0));
        (0..self.chunks.len().min(last + 1))
            .rev()
            .flat_map(move |chunk| {
                let rows = self.chunks[chunk].rows();
                let end = if chunk == last { end } else { rows.len() };
                rows[..end.min(rows.len())]
                    .iter()
                    .rev()
                    .map(move |row| self.line(chunk, row))
            })
    }

    /// All lines, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = HeldLine<'_>> {
        self.from(0)
    }

    /// How many lines each second has that has any, the oldest first.
    pub fn seconds(&self) -> impl DoubleEndedIterator<Item = (i64, Second)> {
        self.seconds.iter().map(|(at, second)| (*at, *second))
    }

    fn line<'a>(&'a self, chunk: usize, row: &'a Row) -> HeldLine<'a> {
        let origin = &self.origins[row.origin()];
        HeldLine {
            key: row.key(),
            ingested_at: row.ingested_at(),
            stream: &origin.stream,
            service: &origin.service,
            level: row.level(),
            late: row.late(),
            message: self.chunks[chunk].text(row),
        }
    }

    fn find(&self, index: usize) -> Option<(usize, usize)> {
        // Most who ask look near the end.
        if index >= self.len {
            return None;
        }
        let mut left = self.len;
        for (place, chunk) in self.chunks.iter().enumerate().rev() {
            left -= chunk.len();
            if index >= left {
                return Some((place, index - left));
            }
        }
        None
    }

    fn after(&self, place: usize) -> usize {
        let chunks = self.chunks.iter().rev();
        chunks
            .take(self.chunks.len() - place - 1)
            .map(Chunk::len)
            .sum()
    }

    fn origin(&mut self, line: &LogLine) -> u32 {
        let origin = Origin {
            service: line.service.clone(),
            stream: line.stream.clone(),
        };
        if let Some(known) = self.known.get(&origin) {
            return *known;
        }
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.push(origin.clone());
        self.known.insert(origin, number);
        number
    }

    /// The chunk a line goes into; one that is full is split or followed by a new one.
    fn place_for(&mut self, key: Key) -> usize {
        let after = self.chunks.partition_point(|chunk| chunk.first() <= key);
        let place = after.saturating_sub(1);
        let last = place + 1 >= self.chunks.len();
        match self.chunks.get_mut(place) {
            None => self.chunks.push_back(Chunk::default()),
            Some(chunk) if !chunk.is_full() => {}
            Some(chunk) if last && chunk.last() < key => {
                chunk.seal();
                self.chunks.push_back(Chunk::default());
                return place + 1;
            }
            Some(chunk) => {
                let rest = chunk.split();
                let behind = rest.first() <= key;
                self.chunks.insert(place + 1, rest);
                return place + usize::from(behind);
            }
        }
        place
    }

    fn make_room(&mut self) {
        while self.bytes > self.limit && self.chunks.len() > 1 {
            let Some(oldest) = self.chunks.pop_front() else {
                return;
            };
            self.len -= oldest.len();
            self.dropped += u64::try_from(oldest.len()).unwrap_or(u64::MAX);
            self.bytes -= oldest.bytes();
            for row in oldest.rows() {
                self.uncount(row);
            }
        }
    }

    fn uncount(&mut self, row: &Row) {
        let at = row.key().at.div_euclid(1000);
        if let Some(second) = self.seconds.get_mut(&at) {
            second.lines = second.lines.saturating_sub(1);
            let error = u32::from(row.level() == LogLevel::Error);
            second.errors = second.errors.saturating_sub(error);
            if second.lines == 0 {
                self.seconds.remove(&at);
            }
        }
    }
}

impl FromIterator<LogLine> for Held {
    fn from_iter<Lines: IntoIterator<Item = LogLine>>(lines: Lines) -> Self {
        let mut held = Self::default();
        for line in lines {
            held.push(&line);
        }
        held
    }
}

#[cfg(test)]
mod tests;
