//! Which lines were handed over: each is, once. Pure.
//!
//! A line that was polled is known by CloudWatch's event id. Live Tail gives none, so across the two
//! a line is known by what it says and counted: of equal lines as many are handed over as either
//! way has brought.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::estate::Timestamp;

/// Lines handed over that may come again.
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: BTreeSet<(i64, u64)>,
    said: BTreeMap<(i64, u64), Brought>,
}

/// How often equal lines came.
#[derive(Clone, Copy, Debug, Default)]
struct Brought {
    polled: u32,
    live: u32,
}

/// A line as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) at: Timestamp,
    pub(super) stream: &'a str,
    pub(super) message: &'a str,
}

impl Line<'_> {
    fn key(&self) -> (i64, u64) {
        let said = (self.stream, self.message);
        (self.at.as_millisecond(), hash(&said))
    }
}

impl Seen {
    /// Whether a polled line is to be handed over; it is known from then on.
    pub(super) fn polled(&mut self, id: &str, line: &Line<'_>) -> bool {
        if !self.ids.insert((line.at.as_millisecond(), hash(&id))) {
            return false;
        }
        let brought = self.said.entry(line.key()).or_default();
        brought.polled += 1;
        brought.polled > brought.live
    }

    /// Whether a line of a Live Tail is to be handed over; it is known from then on.
    pub(super) fn live(&mut self, line: &Line<'_>) -> bool {
        let brought = self.said.entry(line.key()).or_default();
        brought.live += 1;
        brought.live > brought.polled
    }

    /// Forgets lines before `oldest`: nobody asks for them again.
    pub(super) fn forget(&mut self, oldest: Timestamp) {
        let first = (oldest.as_millisecond(), 0);
        self.ids = self.ids.split_off(&first);
        self.said = self.said.split_off(&first);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(second: i64, message: &str) -> Line<'_> {
        Line {
            at: Timestamp::from_second(second).unwrap(),
            stream: "s",
            message,
        }
    }

    #[test]
    fn a_polled_line_is_new_once_by_its_id() {
        let mut seen = Seen::default();
        assert!(seen.polled("a", &line(1, "x")));
        assert!(!seen.polled("a", &line(1, "x")));
        assert!(seen.polled("b", &line(1, "x")), "the program said it twice");
    }

    #[test]
    fn across_the_two_ways_as_many_as_either_brought() {
        let mut seen = Seen::default();
        assert!(seen.polled("a", &line(1, "x")));
        assert!(!seen.live(&line(1, "x")));
        assert!(seen.live(&line(1, "x")), "the second of two equal lines");
        assert!(!seen.polled("b", &line(1, "x")));
        assert!(seen.polled("c", &line(1, "x")));
    }

    #[test]
    fn what_nobody_asks_for_again_is_forgotten() {
        let mut seen = Seen::default();
        for second in 0..100 {
            assert!(seen.polled(&second.to_string(), &line(second, "x")));
        }
        seen.forget(Timestamp::from_second(90).unwrap());
        assert_eq!(seen.len(), 10);
        assert!(!seen.polled("95", &line(95, "x")));
    }
}
