//! Searching AWS for what is not held any more: a look back over a span, with its own lines.

use std::collections::BTreeSet;

use crate::estate::id::ServiceArn;
use crate::estate::log::{Held, TailNews, TailState};
use crate::estate::{SignedDuration, Timestamp};

use super::Reader;

/// `FilterLogEvents` answers at most so many lines, and bytes, at a time (aws.md 7.2).
const PAGE_LINES: u64 = 10_000;
const PAGE_BYTES: u64 = 1024 * 1024;

/// A search, from when it began.
#[derive(Clone, Debug)]
pub struct Search {
    /// From here on.
    pub from: Timestamp,
    /// Up to here: what is held begins there.
    pub until: Timestamp,
    /// What AWS itself looks for, in `CloudWatch`'s words; the filter decides on what it finds.
    pub pattern: Option<String>,
    /// Whose logs are still being read.
    pub reading: BTreeSet<ServiceArn>,
    /// What went wrong, if something did.
    pub trouble: Option<String>,
    /// The lines that are held, put aside.
    kept: Held,
}

/// What a search would ask of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// From here on.
    pub from: Timestamp,
    /// Up to here.
    pub until: Timestamp,
    /// What AWS would look for; everything where none.
    pub pattern: Option<String>,
    /// Calls it takes if there was as much to say then as is held now. They cost nothing.
    pub calls: u64,
}

impl Reader {
    /// What searching so far back would take; none while nothing is held.
    pub fn estimate(&self, back: SignedDuration, now: Timestamp) -> Estimate {
        let until = self.lines.get(0).map_or(now, |first| first.at());
        let from = until - back;
        let held = now.duration_since(until).as_secs().max(1).unsigned_abs();
        let wanted = back.as_secs().unsigned_abs();
        let lines = u64::try_from(self.lines.len()).unwrap_or(u64::MAX);
        let bytes = u64::try_from(self.lines.bytes()).unwrap_or(u64::MAX);
        let of = |much: u64, page: u64| (much.saturating_mul(wanted) / held).div_ceil(page);
        let pages = of(lines, PAGE_LINES).max(of(bytes, PAGE_BYTES));
        let services = u64::try_from(self.services.len()).unwrap_or(1);
        Estimate {
            from,
            until,
            pattern: self.filter.pattern(),
            calls: pages.max(services),
        }
    }

    /// Searches: the screen turns to what is found.
    pub(in crate::app) fn begin_search(&mut self, asked: Estimate) {
        let kept = std::mem::replace(&mut self.lines, Held::new(self.hold));
        self.search = Some(Search {
            from: asked.from,
            until: asked.until,
            pattern: asked.pattern,
            reading: self.services.iter().map(|(_, arn)| arn.clone()).collect(),
            trouble: None,
            kept,
        });
        (self.at, self.anchor) = (None, None);
        self.refilter();
    }

    /// Back to the lines that are held. Says whether a search was shown.
    pub(in crate::app) fn end_search(&mut self) -> bool {
        let Some(search) = self.search.take() else {
            return false;
        };
        self.lines = search.kept;
        (self.at, self.anchor) = (None, None);
        self.refilter();
        true
    }

    /// Takes in what a search found. Says whether anything on the screen changed.
    pub(in crate::app) fn found(&mut self, news: &TailNews) -> bool {
        let Some(search) = &mut self.search else {
            return false;
        };
        // Being throttled passes; whatever else keeps the lines from us does not.
        let words = news.state.words();
        let vain = words.is_some() && news.state != TailState::Throttled;
        if news.done || vain {
            search.reading.remove(&news.service);
        }
        search.trouble = words.or_else(|| search.trouble.take());
        for line in &news.lines {
            let passes = self.filter.passes(line);
            let (key, _) = self.lines.push(line);
            self.sieve.came(key, passes);
            if passes {
                self.templates.came(key, line, &self.keys);
            }
        }
        self.forget();
        true
    }

    /// Where lines that come live go while a search is shown.
    pub(super) fn keep(&mut self, news: &TailNews) -> bool {
        let Some(search) = &mut self.search else {
            return false;
        };
        for line in &news.lines {
            search.kept.push(line);
        }
        true
    }
}
