//! What similar lines have in common, found a slice at a time from the newest back: no picture
//! waits for it, and what comes meanwhile is counted as it comes.

use crate::estate::log::pattern::Patterns;
use crate::estate::log::{Key, LogKeys, LogLine};
use crate::estate::{SignedDuration, Timestamp};

use super::{Reader, Shown};

/// Patterns are made of so many of the newest lines, and of those that come.
const NEWEST: usize = 20_000;
/// Lines looked at before the screen is drawn again.
const SLICE: usize = 2_000;
/// How far back lines count as recent.
const RECENT: SignedDuration = SignedDuration::from_mins(5);
/// They are made anew so often: what is recent moves on.
const AGE: SignedDuration = SignedDuration::from_secs(30);

/// The patterns of the lines that pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Templates {
    /// Those of the last time that all were looked at.
    whole: Option<Patterns>,
    next: Option<Next>,
    began: Option<Timestamp>,
}

/// Patterns being made.
#[derive(Clone, Debug)]
struct Next {
    patterns: Patterns,
    /// Everything from here on was looked at.
    from: Option<Key>,
    looked: usize,
}

impl Templates {
    /// When lines begin to count as recent.
    fn recent(&self, now: Timestamp) -> Timestamp {
        self.began.unwrap_or(now) - RECENT
    }

    /// A line that passes came in.
    pub(super) fn came(&mut self, key: Key, line: &LogLine, keys: &LogKeys) {
        if self.whole.is_none() && self.next.is_none() {
            return;
        }
        let recent = self.recent(line.at);
        let said = keys.spoken(line.service.name(), &line.message);
        if let Some(whole) = &mut self.whole {
            whole.take(key, line.level, &said, recent);
        }
        // One before what was looked at is looked at in its turn.
        if let Some(next) = &mut self.next
            && next.from.is_none_or(|from| from < key)
        {
            next.patterns.take(key, line.level, &said, recent);
            next.from = next.from.or(Some(key));
        }
    }
}

impl Reader {
    /// The patterns, as far as has been looked the first time.
    pub fn patterns(&self) -> Option<&Patterns> {
        let templates = &self.templates;
        let so_far = || templates.next.as_ref().map(|next| &next.patterns);
        templates.whole.as_ref().or_else(so_far)
    }

    /// Begins with the patterns where they are to be shown and nothing was looked at.
    pub(in crate::app) fn begin_patterns(&mut self, now: Timestamp) {
        if self.shown == Shown::Patterns && self.templates.began.is_none() {
            self.look_for_patterns(now);
        }
    }

    /// Looks at the next lines, if it is time to. Says whether there is something new to be seen.
    pub(in crate::app) fn look_for_patterns(&mut self, now: Timestamp) -> bool {
        if self.shown != Shown::Patterns {
            self.templates = Templates::default();
            return false;
        }
        let templates = &mut self.templates;
        let old = |began| now.duration_since(began) >= AGE;
        let mut next = match templates.next.take() {
            Some(next) => next,
            None if templates.began.is_none_or(old) => {
                templates.began = Some(now);
                Next {
                    patterns: Patterns::default(),
                    from: None,
                    looked: 0,
                }
            }
            None => return false,
        };
        let recent = templates.recent(now);
        let end = next
            .from
            .map_or(self.lines.len(), |from| self.lines.first_from(from));
        for line in self.lines.back_from(end).take(SLICE) {
            if self.filter.passes(line) {
                let (key, level) = (line.key, line.level);
                let said = self.keys.spoken(line.service.name(), line.message);
                next.patterns.take(key, level, &said, recent);
            }
            next.from = Some(line.key);
        }
        next.looked += SLICE;
        if end <= SLICE || next.looked >= NEWEST {
            self.templates.whole = Some(next.patterns);
        } else {
            self.templates.next = Some(next);
        }
        true
    }
}
