//! What part of a log to ask for next. Pure.
//!
//! `FilterLogEvents` filters by the time a program says, not by the time AWS took a line in: so
//! every look begins where the one before began, less an overlap, and finds what came late
//! (aws.md 7.3). Of a log with few lines one look is one call. Of one with many, looking back over
//! the overlap takes many calls: then a *head* reads what is new every other call, and a *sweep*
//! goes back over the overlap in the calls between.
//!
//! Why nothing is lost: let a line be of time `t` and be taken in at `t + d`, with `d` at most the
//! overlap. The first sweep that begins after `t + d` and ends after `t` begins its reading at
//! `covered - overlap`, and `covered` is not after the beginning and end of the sweep before it,
//! one of which was before `t + d` or `t`. So it reads `t`. What a look could not finish is asked
//! again from its beginning.

use crate::estate::{SignedDuration, Timestamp};

/// How far the first look goes back.
const BACKLOG: SignedDuration = SignedDuration::from_mins(10);
/// How late a line may come in and still be found (aws.md 7.3: 60 to 120 s).
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_secs(90);
/// How far the head looks back over what it has read.
const BRINK: SignedDuration = SignedDuration::from_secs(3);
/// After a longer silence of AWS the rest is not caught up with, and said to be missing.
const FURTHEST: SignedDuration = SignedDuration::from_hours(1);
/// As often as this in a row a token may come back before nobody believes it any more.
const CIRCLES: u32 = 8;
/// A look of more pages than this makes the log one with many lines.
const MANY_PAGES: u32 = 3;

/// Where a log was read up to.
#[derive(Debug)]
pub(super) struct Window {
    /// No line before it is wanted.
    floor: Option<Timestamp>,
    /// Only the newest lines are wanted at first.
    newest_first: bool,
    /// No line from here on is wanted.
    until: Option<Timestamp>,
    /// Everything taken in and of a time before it has been read.
    covered: Option<Timestamp>,
    /// The time of the newest line.
    newest: Option<Timestamp>,
    sweep: Option<Paging>,
    head: Option<Paging>,
    many: bool,
    turn: u32,
    gap: Option<(Timestamp, Timestamp)>,
}

/// A look that takes more than one page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Paging {
    look: Look,
    began: Timestamp,
    pages: u32,
    /// How often in a row the token sent was the token that came.
    circles: u32,
}

/// What to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) start: Timestamp,
    pub(super) end: Option<Timestamp>,
    pub(super) token: Option<String>,
    pub(super) kind: Kind,
}

/// Which look it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The very first: the newest lines only, newest first.
    First,
    /// From the overlap's beginning on.
    Sweep,
    /// What is new in a log with many lines.
    Head,
}

impl Window {
    /// The newest lines first, then what comes.
    pub(super) const fn newest() -> Self {
        Self::new(None, None, true)
    }

    /// Every line from `start` on, up to `until` if that is given.
    pub(super) const fn from(start: Timestamp, until: Option<Timestamp>) -> Self {
        Self::new(Some(start), until, false)
    }

    const fn new(floor: Option<Timestamp>, until: Option<Timestamp>, newest_first: bool) -> Self {
        Self {
            floor,
            newest_first,
            until,
            covered: None,
            newest: None,
            sweep: None,
            head: None,
            many: false,
            turn: 0,
            gap: None,
        }
    }

    /// What to ask at `now`.
    pub(super) fn look(&mut self, now: Timestamp) -> Look {
        if self.newest_first && self.covered.is_none() {
            return self.begin(Kind::First, now - BACKLOG, now);
        }
        self.give_up_what_is_far(now);
        let head = self.many && !self.is_sweeps_turn() && self.newest.is_some();
        let going = if head { &self.head } else { &self.sweep };
        if let Some(paging) = going {
            return paging.look.clone();
        }
        if head {
            let newest = self.newest.unwrap_or(now);
            return self.begin(Kind::Head, newest - BRINK, now);
        }
        let start = match (self.covered, self.floor) {
            (Some(covered), Some(floor)) => (covered - OVERLAP).max(floor),
            (Some(covered), None) => covered - OVERLAP,
            (None, floor) => floor.unwrap_or(now - BACKLOG),
        };
        self.begin(Kind::Sweep, start, now)
    }

    fn begin(&mut self, kind: Kind, start: Timestamp, now: Timestamp) -> Look {
        let bound = match kind {
            // What the head has not reached is the next sweep's.
            Kind::Sweep if self.many => self.newest.map(|newest| newest + BRINK),
            Kind::First | Kind::Sweep | Kind::Head => None,
        };
        let end = [bound, self.until].into_iter().flatten().min();
        let look = Look {
            start,
            end,
            token: None,
            kind,
        };
        let paging = Paging {
            look: look.clone(),
            began: now,
            pages: 0,
            circles: 0,
        };
        match kind {
            Kind::Head => self.head = Some(paging),
            Kind::First | Kind::Sweep => self.sweep = Some(paging),
        }
        look
    }

    /// AWS was silent for so long that catching up would take longer than anybody reads.
    fn give_up_what_is_far(&mut self, now: Timestamp) {
        let Some(covered) = self.covered.filter(|_| self.until.is_none()) else {
            return;
        };
        let oldest = now - FURTHEST;
        if covered < oldest {
            self.gap = Some((covered, oldest));
            self.covered = Some(oldest);
            self.floor = Some(oldest);
            self.newest = self.newest.max(Some(oldest));
            (self.sweep, self.head) = (None, None);
        }
    }

    /// What could not be read any more, once.
    pub(super) fn take_gap(&mut self) -> Option<(Timestamp, Timestamp)> {
        self.gap.take()
    }

    /// A line of this time was read.
    pub(super) fn saw(&mut self, at: Timestamp) {
        self.newest = self.newest.max(Some(at));
    }

    /// Takes note of an answer to `look`, with the time of its oldest line.
    pub(super) fn answered(&mut self, look: &Look, next: Option<&str>, oldest: Option<Timestamp>) {
        let next = next.filter(|next| !next.is_empty() && look.kind != Kind::First);
        let going = match look.kind {
            Kind::Head => &mut self.head,
            Kind::First | Kind::Sweep => &mut self.sweep,
        };
        let Some(paging) = going else {
            return;
        };
        paging.pages += 1;
        let same = next.is_some() && look.token.as_deref() == next;
        paging.circles = if same { paging.circles + 1 } else { 0 };
        // An empty page may come with the token that was sent; for ever is going round in circles.
        let next = next.filter(|_| paging.circles < CIRCLES);
        if let Some(next) = next {
            paging.look.token = Some(next.to_owned());
            self.turn = self.turn.wrapping_add(1);
            return;
        }
        let (began, pages) = (paging.began, paging.pages);
        *going = None;
        match look.kind {
            // Older lines than the newest few were not asked for.
            Kind::First => {
                self.floor = oldest.or(Some(look.start));
                self.covered = Some(began);
            }
            Kind::Sweep => {
                let reached = look.end.map_or(began, |end| end.min(began));
                self.covered = Some(reached);
                self.many = pages > MANY_PAGES && self.until.is_none();
                if !self.many {
                    self.head = None;
                }
            }
            Kind::Head => {}
        }
        self.turn = self.turn.wrapping_add(1);
    }

    /// Every other call is the sweep's; while the head is far behind, few are.
    fn is_sweeps_turn(&self) -> bool {
        let far = self
            .head
            .as_ref()
            .is_some_and(|head| head.pages > MANY_PAGES);
        self.turn.is_multiple_of(if far { 8 } else { 2 })
    }

    /// A page could not be read, and its token may be what is wrong: the look begins anew.
    pub(super) fn failed(&mut self) {
        (self.sweep, self.head) = (None, None);
    }

    /// Whether pages with new lines wait. A sweep over a log with many lines never ends and is no
    /// sign of it.
    pub(super) fn is_behind(&self) -> bool {
        if self.many {
            self.head.is_some()
        } else {
            self.sweep.is_some()
        }
    }

    /// Whether there is something to ask at once.
    pub(super) const fn is_reading(&self) -> bool {
        self.many || self.sweep.is_some() || self.head.is_some()
    }

    /// Whether a line of this time is wanted at all.
    pub(super) fn wants(&self, at: Timestamp) -> bool {
        self.floor.is_none_or(|floor| floor <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Whether it is known from when on lines are wanted: the newest have been asked for.
    pub(super) const fn has_begun(&self) -> bool {
        self.covered.is_some() || !self.newest_first
    }

    /// Whether everything up to now was read, and the overlap gone back over.
    pub(super) const fn is_between_sweeps(&self) -> bool {
        self.sweep.is_none() && self.covered.is_some()
    }

    /// Whether everything up to `until` was read once.
    pub(super) fn is_done(&self) -> bool {
        self.until.is_some() && self.covered.is_some()
    }

    /// The time of the newest line.
    pub(super) const fn newest_line(&self) -> Option<Timestamp> {
        self.newest
    }

    /// No look will ask for a line before this again.
    pub(super) fn oldest_asked(&self) -> Option<Timestamp> {
        let going = self.sweep.as_ref().map(|paging| paging.look.start);
        let next = self.covered.map(|covered| covered - OVERLAP);
        let head = self.newest.filter(|_| self.many);
        let oldest = going.into_iter().chain(next).chain(head).min()?;
        Some(oldest - BRINK)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_first_look_brings_the_newest_and_the_next_goes_on_from_its_beginning() {
        let mut window = Window::newest();
        let first = window.look(at(10_000));
        assert_eq!((first.start, first.kind), (at(9_400), Kind::First));
        window.answered(&first, Some("older"), Some(at(9_950)));
        assert!(!window.is_behind());
        let second = window.look(at(10_002));
        assert_eq!((second.start, second.kind), (at(9_950), Kind::Sweep));
        window.answered(&second, None, None);
        assert_eq!(window.look(at(10_100)).start, at(9_950));
    }

    #[test]
    fn pages_are_followed_and_the_next_look_counts_from_where_the_first_page_was_asked() {
        let mut window = Window::from(at(0), None);
        let look = window.look(at(1_000));
        window.answered(&look, Some("two"), None);
        assert!(window.is_behind());
        let second = window.look(at(1_050));
        assert_eq!(
            (second.token.as_deref(), second.start),
            (Some("two"), at(0))
        );
        for _ in 1..CIRCLES {
            window.answered(&second, Some("two"), None);
            assert!(window.is_behind(), "an empty page is no end");
        }
        window.answered(&second, Some("two"), None);
        assert!(!window.is_behind(), "going round in circles is");
        assert_eq!(window.look(at(1_060)).start, at(910));
    }

    #[test]
    fn an_outage_is_caught_up_with_and_a_very_long_one_is_said() {
        let mut window = Window::from(at(0), None);
        let look = window.look(at(100));
        window.answered(&look, None, None);
        assert_eq!(window.look(at(100 + 1_800)).start, at(10));
        window.failed();
        let late = window.look(at(100 + 7_200));
        assert_eq!(window.take_gap(), Some((at(100), at(3_700))));
        assert_eq!((late.start, window.take_gap()), (at(3_700), None));
    }

    #[test]
    fn a_range_is_done_when_its_last_page_is_read() {
        let mut window = Window::from(at(0), Some(at(500)));
        for page in 0..9 {
            let look = window.look(at(1_000 + page));
            assert_eq!((look.end, window.is_done()), (Some(at(500)), false));
            let more = page.to_string();
            window.answered(&look, (page < 8).then_some(&more), None);
        }
        assert!(window.is_done());
    }

    proptest! {
        /// A log of a line a second, each up to 90 s late, read by pages of so many lines, one a
        /// second, with calls that fail: every line is read.
        #[test]
        fn every_line_is_read(
            delays in prop::collection::vec(0i64..=90, 300),
            page in 3usize..80,
            fails in prop::collection::vec(prop::bool::weighted(0.2), 64),
        ) {
            let lines: Vec<(i64, i64)> =
                (0i64..).zip(&delays).map(|(at, late)| (at, at + late)).collect();
            let mut window = Window::from(at(0), None);
            let mut read = std::collections::HashSet::new();
            for now in 0i64..2_500 {
                let look = window.look(at(now));
                if now < 600 && fails[usize::try_from(now % 64).unwrap()] {
                    if now % 2 == 0 { window.failed(); }
                    continue;
                }
                let from = look.start.as_second().max(0);
                let after = look.token.as_deref().map_or(-1, |token| token.parse::<i64>().unwrap());
                let found: Vec<i64> = lines.iter()
                    .filter(|(at, taken)| *at >= from && *taken <= now && *at > after)
                    .filter(|(one, _)| look.end.is_none_or(|end| at(*one) < end))
                    .map(|(at, _)| *at).take(page + 1).collect();
                let more = found.len() > page;
                let found = &found[..found.len().min(page)];
                for one in found { read.insert(*one); window.saw(at(*one)); }
                let token = found.last().filter(|_| more).map(ToString::to_string);
                window.answered(&look, token.as_deref(), None);
            }
            prop_assert_eq!(read.len(), lines.len());
        }
    }
}
