//! What part of a log to ask for next, and which lines were seen. Pure.
//!
//! `FilterLogEvents` filters by the time a program says, not by the time AWS took a line in: so
//! each look overlaps the last one, and lines seen are known by their event id (aws.md 7.3).

use std::collections::{HashSet, VecDeque};

use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp};

/// How far the first look goes back.
const BACKLOG: SignedDuration = SignedDuration::from_mins(10);
/// How late a line may come in and still be found.
const OVERLAP: SignedDuration = SignedDuration::from_secs(90);
/// A quiet log is not searched further back than this.
const FURTHEST: SignedDuration = SignedDuration::from_mins(10);
/// How many lines are remembered.
const REMEMBERED: usize = 50_000;

/// Where a log was read up to.
#[derive(Debug, Default)]
pub(super) struct Window {
    asked_at: Option<Timestamp>,
    newest: Option<Timestamp>,
    /// The page to continue with, and the start it belongs to.
    page: Option<(String, Timestamp)>,
    seen: HashSet<Text>,
    order: VecDeque<Text>,
}

/// What to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) start: Timestamp,
    pub(super) token: Option<String>,
    /// The very first look: the newest lines only.
    pub(super) first: bool,
}

impl Window {
    /// What to ask at `now`.
    pub(super) fn look(&self, now: Timestamp) -> Look {
        if let Some((token, start)) = &self.page {
            return Look {
                start: *start,
                token: Some(token.clone()),
                first: false,
            };
        }
        let start = match self.asked_at {
            None => now - BACKLOG,
            Some(asked) => {
                let from = self.newest.map_or(asked, |newest| newest.min(asked)) - OVERLAP;
                from.max(asked - FURTHEST)
            }
        };
        Look {
            start,
            token: None,
            first: self.asked_at.is_none(),
        }
    }

    /// Takes note of an answer to `look`, asked at `now`. The first look wants only the newest
    /// lines, so it does not follow its pages.
    pub(super) fn answered(&mut self, look: &Look, now: Timestamp, next: Option<&str>) {
        let next = next.filter(|next| !next.is_empty() && !look.first);
        let next = next.filter(|&next| look.token.as_deref() != Some(next));
        self.page = next.map(|next| (next.to_owned(), look.start));
        if self.page.is_none() {
            self.asked_at = Some(now);
        }
    }

    /// A page could not be read: its token may be what is wrong.
    pub(super) fn failed(&mut self) {
        self.page = None;
    }

    /// Whether more pages wait.
    pub(super) fn is_behind(&self) -> bool {
        self.page.is_some()
    }

    /// Whether the line is new; it is known from then on.
    pub(super) fn is_new(&mut self, id: &Text, at: Timestamp) -> bool {
        if !self.seen.insert(id.clone()) {
            return false;
        }
        self.order.push_back(id.clone());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.newest = self.newest.max(Some(at));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn looks_overlap_and_never_search_the_distant_past() {
        let mut window = Window::default();
        let first = window.look(at(10_000));
        assert_eq!((first.start, first.first), (at(9_400), true));
        window.answered(&first, at(10_000), Some("older"));
        assert!(!window.is_behind());
        assert_eq!(window.look(at(10_002)).start, at(9_910));
        assert!(window.is_new(&"a".into(), at(9_950)));
        assert_eq!(window.look(at(10_002)).start, at(9_860));
        let quiet = window.look(at(10_002));
        window.answered(&quiet, at(20_000), None);
        assert_eq!(window.look(at(20_002)).start, at(19_400));
        assert!(window.is_new(&"b".into(), at(30_000)));
        assert_eq!(window.look(at(20_002)).start, at(19_910));
    }

    #[test]
    fn pages_are_followed_to_the_end_with_their_own_start() {
        let mut window = Window::default();
        window.answered(&window.look(at(1_000)), at(1_000), None);
        let look = window.look(at(1_002));
        window.answered(&look, at(1_002), Some("two"));
        assert!(window.is_behind());
        let second = window.look(at(1_004));
        assert_eq!(
            (second.token.as_deref(), second.start),
            (Some("two"), look.start)
        );
        window.answered(&second, at(1_004), Some("two"));
        assert!(!window.is_behind(), "the same token again is the end");
        assert_eq!(window.look(at(1_006)).token, None);
    }

    #[test]
    fn a_line_is_new_once() {
        let mut window = Window::default();
        assert!(window.is_new(&"a".into(), at(1)));
        assert!(!window.is_new(&"a".into(), at(1)));
        for index in 0..REMEMBERED {
            assert!(window.is_new(&format!("{index}").into(), at(2)));
        }
        assert_eq!(window.seen.len(), REMEMBERED);
        assert!(window.is_new(&"a".into(), at(1)), "forgotten at last");
    }
}
