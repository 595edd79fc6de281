//! Which held lines pass a filter: found a slice at a time, from the newest back, so that the first
//! screen is there at once however many lines are held.

use std::collections::VecDeque;

use crate::estate::log::filter::Filter;
use crate::estate::log::{Held, Key};

/// Lines looked at before the screen is drawn again.
const SLICE: usize = 20_000;

/// The keys of the lines that pass, oldest first, as far as has been looked.
#[derive(Clone, Debug, Default)]
pub(super) struct Sieve {
    keys: VecDeque<Key>,
    /// Everything from here on was looked at; `None` before anything was.
    from: Option<Key>,
    done: bool,
}

impl Sieve {
    /// Looks at the next slice. Says whether lines were found.
    pub(super) fn search(&mut self, lines: &Held, filter: &Filter) -> bool {
        if self.done {
            return false;
        }
        let end = self.from.map_or(lines.len(), |from| lines.first_from(from));
        let before = self.keys.len();
        for line in lines.back_from(end).take(SLICE) {
            if filter.passes(line) {
                self.keys.push_front(line.key);
            }
            self.from = Some(line.key);
        }
        self.done = end <= SLICE;
        self.keys.len() > before
    }

    pub(super) const fn is_searching(&self) -> bool {
        !self.done
    }

    /// A line came in; one before what was looked at is looked at in its turn.
    pub(super) fn came(&mut self, key: Key, passes: bool) {
        if passes && (self.done || self.from.is_none_or(|from| from < key)) {
            let place = self.keys.partition_point(|other| *other < key);
            self.keys.insert(place, key);
        }
        self.from = self.from.or(Some(key));
    }

    /// Lines before `first` are not held any more.
    pub(super) fn forget_before(&mut self, first: Key) {
        while self.keys.front().is_some_and(|key| *key < first) {
            self.keys.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn oldest(&self) -> Option<Key> {
        self.keys.front().copied()
    }

    pub(super) fn newest(&self) -> Option<Key> {
        self.keys.back().copied()
    }

    /// The keys up to `at`, the newest first.
    pub(super) fn back(&self, at: Option<Key>) -> impl Iterator<Item = Key> {
        let end = at.map_or(self.keys.len(), |at| {
            self.keys.partition_point(|key| *key <= at)
        });
        self.keys.range(..end).rev().copied()
    }

    /// The key after `at` and so many more.
    pub(super) fn nth_after(&self, at: Key, skipped: usize) -> Option<Key> {
        let place = self.keys.partition_point(|key| *key <= at);
        self.keys.get(place.saturating_add(skipped)).copied()
    }
}
