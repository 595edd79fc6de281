//! Finding what somebody typed among many strings, as helix does it.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is looked for, ready to be compared with many strings. Every word of it must be found;
/// capitals count only when typed.
pub(super) struct Sought {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Sought {
    /// Letters of a word may stand apart: for a list that is ranked.
    pub(super) fn fuzzy(words: &str) -> Self {
        Self::new(words, AtomKind::Fuzzy)
    }

    /// Words are found as they are: for a list that is narrowed, where a stray match is noise.
    pub(super) fn exact(words: &str) -> Self {
        Self::new(words, AtomKind::Substring)
    }

    fn new(words: &str, kind: AtomKind) -> Self {
        let (case, normal) = (CaseMatching::Smart, Normalization::Smart);
        Self {
            pattern: Pattern::new(words, case, normal, kind),
            matcher: Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
        }
    }

    /// How well `text` fits; `None` when it does not.
    pub(super) fn score(&mut self, text: &str) -> Option<u32> {
        let haystack = Utf32Str::new(text, &mut self.buffer);
        self.pattern.score(haystack, &mut self.matcher)
    }

    /// Whether `text` fits at all.
    pub(super) fn matches(&mut self, text: &str) -> bool {
        self.score(text).is_some()
    }
}
