//! A log on the whole screen: lines of one or more services, narrowed, followed or read back.

mod bars;
mod fields;
mod found;
mod kept;
mod looks;
mod sieve;
mod templates;
mod traces;

pub use bars::Bars;
pub use found::{Estimate, Search};
pub use kept::Form;
pub use looks::{Column, Looks};

use std::collections::BTreeMap;

use crate::estate::Timestamp;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::log::filter::Filter;
use crate::estate::log::{Held, HeldLine, Key, LiveTail, LogKeys, LogLevel, TailNews, TailState};

use super::super::input::Input;
use sieve::Sieve;
use templates::Templates;

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// The lines.
    #[default]
    Lines,
    /// What similar lines have in common.
    Patterns,
}

/// Where a jump to a time led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Jump {
    /// To the first line from then on.
    There,
    /// Older lines are not held: to the oldest that is.
    Oldest,
    /// Nowhere: no line is that new.
    Beyond,
}

/// What is typed is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A condition of the filter.
    #[default]
    Condition,
    /// A time to go to.
    Moment,
    /// How far back AWS is to be searched.
    Search,
    /// The file what is shown goes to.
    Shown,
    /// The file everything held goes to.
    Held,
}

/// The state of the screen.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Whose lines, each with its environment.
    pub services: Vec<(EnvironmentName, ServiceArn)>,
    /// The lines.
    pub lines: Held,
    /// What each tail says about itself.
    pub states: BTreeMap<ServiceArn, TailState>,
    /// What each tail's Live Tail does.
    pub live_tails: BTreeMap<ServiceArn, LiveTail>,
    /// Whether Live Tails are wanted; they are closed while nobody looks.
    pub live: bool,
    /// What narrows the lines.
    pub filter: Filter,
    /// What is being typed.
    pub typed: Input,
    /// What that is for.
    pub purpose: Purpose,
    /// Why what is typed cannot be meant.
    pub complaint: Option<String>,
    /// The line in focus, the last on the screen; `None` follows the end.
    pub at: Option<Key>,
    /// Lines that came since the end is not followed.
    pub newer: usize,
    /// How the lines are shown.
    pub looks: Looks,
    /// Where the selection began.
    pub(super) anchor: Option<Key>,
    /// The line in focus is shown field by field.
    pub expanded: bool,
    /// First of its fields shown.
    pub field: usize,
    /// Lines or patterns.
    pub shown: Shown,
    /// First pattern shown.
    pub top: usize,
    /// Lines marked by the person, in order.
    pub bookmarks: Vec<Key>,
    /// What could not be read: from, to.
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// The filter put aside to see what stands around a line.
    pub aside: Option<Filter>,
    /// Only the stream of that line is shown.
    one_stream: bool,
    /// What AWS is searched for, while that is shown in place of what is held.
    pub search: Option<Search>,
    sieve: Sieve,
    templates: Templates,
    keys: LogKeys,
    hold: usize,
}

impl Reader {
    /// The log of these services, whose lines say things under `keys`; nothing is read yet.
    pub fn new(services: Vec<(EnvironmentName, ServiceArn)>, hold: usize, keys: LogKeys) -> Self {
        Self {
            keys,
            services,
            lines: Held::new(hold),
            states: BTreeMap::new(),
            live_tails: BTreeMap::new(),
            live: false,
            filter: Filter::default(),
            typed: Input::default(),
            purpose: Purpose::default(),
            complaint: None,
            at: None,
            newer: 0,
            looks: Looks::default(),
            anchor: None,
            expanded: false,
            field: 0,
            shown: Shown::default(),
            top: 0,
            bookmarks: Vec::new(),
            gaps: Vec::new(),
            aside: None,
            one_stream: false,
            search: None,
            sieve: Sieve::default(),
            templates: Templates::default(),
            hold,
        }
    }

    /// Whether it shows the log of `service`.
    pub fn has(&self, service: &ServiceArn) -> bool {
        self.services.iter().any(|(_, one)| one == service)
    }

    /// Takes in what a tail brought. Says whether anything on the screen changed.
    pub(in crate::app) fn absorb(&mut self, news: &TailNews) -> bool {
        if !self.has(&news.service) {
            return false;
        }
        let before = self.states.insert(news.service.clone(), news.state.clone());
        let mut changed = before.as_ref() != Some(&news.state) || news.gap.is_some();
        let live = self
            .live_tails
            .insert(news.service.clone(), news.live.clone());
        changed |= live.as_ref() != Some(&news.live);
        self.gaps.extend(news.gap);
        if self.keep(news) {
            return changed;
        }
        for line in &news.lines {
            let passes = self.filter.passes(line);
            let (key, _) = self.lines.push(line);
            self.sieve.came(key, passes);
            if passes {
                self.templates.came(key, line, &self.keys);
            }
            self.newer += usize::from(passes && self.at.is_some());
            changed |= passes;
        }
        self.forget();
        changed
    }

    /// Forgets what passed and is not held any more.
    fn forget(&mut self) {
        if let Some(first) = self.lines.get(0) {
            self.sieve.forget_before(first.key);
        }
    }

    /// Looks on for lines that pass, a slice at a time. Says whether there are more to be seen.
    pub(in crate::app) fn look_on(&mut self) -> bool {
        !self.filter.is_empty() && self.sieve.search(&self.lines, &self.filter)
    }

    /// Whether older lines have not been looked at yet.
    pub fn is_searching(&self) -> bool {
        !self.filter.is_empty() && self.sieve.is_searching()
    }

    /// How many lines pass, as far as has been looked.
    pub fn count(&self) -> usize {
        if self.filter.is_empty() {
            self.lines.len()
        } else {
            self.sieve.len()
        }
    }

    /// The lines that pass, from the one in focus back, the newest first.
    pub fn back(&self) -> Box<dyn Iterator<Item = HeldLine<'_>> + '_> {
        if self.filter.is_empty() {
            let end = self.at.map_or(self.lines.len(), |at| self.after(at));
            let lines = self.lines.back_from(end);
            return Box::new(lines.filter(|line| self.stands(line)));
        }
        let keys = self.sieve.back(self.at);
        Box::new(keys.filter_map(|key| self.lines.by_key(key)))
    }

    /// The place behind a line.
    fn after(&self, at: Key) -> usize {
        let next = Key {
            number: at.number + 1,
            ..at
        };
        self.lines.first_from(next)
    }

    /// The line in focus.
    pub fn focus(&self) -> Option<HeldLine<'_>> {
        self.back().next()
    }

    /// Moves the focus by so many lines that pass. Says whether it moved.
    pub(in crate::app) fn go(&mut self, steps: isize) -> bool {
        if self.shown == Shown::Patterns {
            let old = self.top;
            self.top = self.top.saturating_add_signed(steps).min(10_000);
            return old != self.top;
        }
        self.field = 0;
        let old = self.at;
        if steps < 0 {
            let count = steps.unsigned_abs();
            let last = if count > self.count() {
                self.oldest()
            } else {
                self.back()
                    .nth(count)
                    .map(|line| line.key)
                    .or_else(|| self.oldest())
            };
            self.at = last.or(self.at);
        } else if let Some(at) = self.at {
            self.at = self.nth_after(at, steps.unsigned_abs());
        }
        if self.at.is_none() {
            self.newer = 0;
        }
        old != self.at
    }

    fn oldest(&self) -> Option<Key> {
        if self.filter.is_empty() {
            self.lines.get(0).map(|line| line.key)
        } else {
            self.sieve.oldest()
        }
    }

    /// The line so many after `at`; at the end, none: it is followed again.
    fn nth_after(&self, at: Key, count: usize) -> Option<Key> {
        let skipped = count.saturating_sub(1);
        let key = if self.filter.is_empty() {
            let after = self.lines.from(self.after(at));
            let mut standing = after.filter(|line| self.stands(line));
            standing.nth(skipped).map(|line| line.key)
        } else {
            self.sieve.nth_after(at, skipped)
        };
        key.filter(|key| Some(*key) != self.newest())
    }

    fn newest(&self) -> Option<Key> {
        if self.filter.is_empty() {
            let mut all = self.lines.back_from(self.lines.len());
            all.find(|line| self.stands(line)).map(|line| line.key)
        } else {
            self.sieve.newest()
        }
    }

    /// Follows the end, or stays where it is.
    pub(in crate::app) fn toggle(&mut self) {
        self.at = if self.at.is_some() {
            None
        } else {
            self.newest()
        };
        self.newer = 0;
    }

    /// Goes to the next error before (`false`) or after the focus. Says whether there is one.
    pub(in crate::app) fn error(&mut self, after: bool) -> bool {
        let is_error =
            |line: &HeldLine<'_>| line.level == LogLevel::Error && self.filter.passes(*line);
        let found = if after {
            let Some(at) = self.at else {
                return false;
            };
            let lines = self.lines.from(self.after(at));
            let mut errors = lines.filter(is_error);
            errors.next().map(|line| line.key)
        } else {
            let end = self
                .at
                .map_or(self.lines.len(), |at| self.lines.first_from(at));
            let mut errors = self.lines.back_from(end).filter(is_error);
            errors.next().map(|line| line.key)
        };
        self.at = found.or(self.at);
        found.is_some()
    }

    /// Goes to the first line from a time on. Says whether there is one, and whether lines from
    /// that time on are all held.
    pub(in crate::app) fn jump(&mut self, time: Timestamp) -> Jump {
        let place = self.lines.first_from(Key::of(time));
        let Some(found) = self.lines.get(place).map(|line| line.key) else {
            return Jump::Beyond;
        };
        self.at = Some(found);
        let first = self.lines.get(0).map(|line| line.at());
        if first.is_some_and(|first| time < first) {
            Jump::Oldest
        } else {
            Jump::There
        }
    }

    /// Asks for something to be typed.
    pub(in crate::app) fn ask(&mut self, purpose: Purpose, suggested: &str) {
        self.typed = Input::holding(suggested);
        self.purpose = purpose;
        self.complaint = None;
    }

    /// Whether only the stream of the line in focus is shown.
    pub const fn is_one_stream(&self) -> bool {
        self.one_stream
    }

    /// Stacks what is typed on the filter.
    pub(in crate::app) fn accept(&mut self) -> bool {
        match Filter::parse(&self.typed.text()) {
            Ok(more) => {
                self.filter.stack(more);
                self.typed = Input::default();
                self.complaint = None;
                self.refilter();
                true
            }
            Err(error) => {
                self.complaint = Some(error.to_string());
                false
            }
        }
    }

    /// Takes the last condition away.
    pub(in crate::app) fn drop_condition(&mut self) {
        self.filter.pop();
        self.refilter();
    }

    /// Takes all conditions away.
    pub(in crate::app) fn clear(&mut self) {
        self.narrow(Filter::default());
    }

    /// Another filter in place of the one there is.
    pub(in crate::app) fn narrow(&mut self, filter: Filter) {
        self.filter = filter;
        self.aside = None;
        self.one_stream = false;
        self.refilter();
    }

    /// The lines around the one in focus, whatever the filter says: of all, then of its stream
    /// alone, then back.
    pub(in crate::app) fn toggle_context(&mut self) {
        let focus = self.focus();
        let task = focus.and_then(|line| line.stream.rsplit('/').next().map(str::to_owned));
        let key = focus.map(|line| line.key);
        self.at = self.at.or(key);
        match (self.aside.take(), self.one_stream) {
            (None, _) => self.aside = Some(std::mem::take(&mut self.filter)),
            (Some(filter), false) => {
                self.aside = Some(filter);
                self.one_stream = true;
                let written = task.map(|task| format!("task={task}")).unwrap_or_default();
                self.filter = Filter::parse(&written).unwrap_or_default();
            }
            (Some(filter), true) => {
                self.filter = filter;
                self.one_stream = false;
            }
        }
        self.refilter();
    }

    fn refilter(&mut self) {
        self.sieve = Sieve::default();
        self.templates = Templates::default();
        self.newer = 0;
        self.look_on();
    }

    /// Marks the line in focus, or takes its mark away.
    pub(in crate::app) fn bookmark(&mut self) {
        let Some(key) = self.focus().map(|line| line.key) else {
            return;
        };
        match self.bookmarks.binary_search(&key) {
            Ok(place) => {
                self.bookmarks.remove(place);
            }
            Err(place) => self.bookmarks.insert(place, key),
        }
    }

    /// Goes to the next bookmark before the focus, round and round.
    pub(in crate::app) fn next_bookmark(&mut self) -> bool {
        let at = self.focus().map(|line| line.key);
        let marks = || self.bookmarks.iter().rev().copied();
        let before = marks().find(|mark| Some(*mark) < at);
        let Some(mark) = before.or_else(|| marks().next()) else {
            return false;
        };
        self.at = Some(mark);
        true
    }
}
