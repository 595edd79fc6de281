//! Fuzzy matching, as helix does it.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is looked for, ready to be compared with many strings.
pub(super) struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Fuzzy {
    /// Looks for `words`: each must be found; capitals count only when typed.
    pub(super) fn new(words: &str) -> Self {
        Self {
            pattern: Pattern::parse(words, CaseMatching::Smart, Normalization::Smart),
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
