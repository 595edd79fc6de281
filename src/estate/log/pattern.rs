//! Similar lines as one: what is read in place of ten thousand lines.
//!
//! A small Drain (He et al., 2017): words with digits in them, and what stands in quotes or
//! brackets, vary; lines of as many words that begin alike and share most of their words are one
//! pattern, and words in which they differ vary from then on.

use std::collections::HashMap;

use super::{Key, LogLevel};
use crate::estate::Timestamp;

/// What stands for a word that varies.
const VARIES: &str = "<*>";
/// More words of a line are not looked at.
const WORDS: usize = 48;
/// Patterns told apart; further lines go into the last, said as such.
const MOST: usize = 2_000;
/// Patterns told apart of lines of as many words that begin alike: each line is held against all.
const MOST_ALIKE: usize = 100;
/// The part of its words a line must share with a pattern, in percent.
const ALIKE: usize = 60;

/// Patterns in the order they were first seen.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    all: Vec<Pattern>,
    by_shape: HashMap<(usize, String), Vec<usize>>,
    /// Lines beyond [`MOST`] patterns, or beyond [`MOST_ALIKE`] that begin as they do.
    untold: u64,
    /// Lines from before what counts as recent.
    older: u64,
}

/// Lines that say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    words: Vec<String>,
    /// How many lines.
    pub count: u64,
    /// How many of them are recent.
    pub recent: u64,
    /// The worst level of a line.
    pub level: LogLevel,
    /// Its first line.
    pub first: Key,
    /// Its last line.
    pub last: Key,
}

impl Pattern {
    /// The words, those that vary as `<*>`.
    pub fn template(&self) -> String {
        self.words.join(" ")
    }

    /// Whether nobody had said this before `deploy`.
    pub fn is_new_since(&self, deploy: Timestamp) -> bool {
        self.first.at >= deploy.as_millisecond()
    }
}

/// From this part of its lines on, in a thousand, a pattern with recent ones rises.
const RISING: u64 = 300;

impl Patterns {
    /// The patterns of what lines say ([`LogKeys::spoken`](super::LogKeys::spoken)); those from
    /// `recent` on count as recent.
    pub fn of<S: AsRef<str>>(
        lines: impl Iterator<Item = (Key, LogLevel, S)>,
        recent: Timestamp,
    ) -> Self {
        let mut patterns = Self::default();
        for (key, level, said) in lines {
            patterns.take(key, level, said.as_ref(), recent);
        }
        patterns
    }

    /// Whether much of a pattern is recent. Where all lines are, nothing rises above anything.
    pub fn rises(&self, one: &Pattern) -> bool {
        self.older > 0 && one.recent * 1_000 / one.count.max(1) > RISING
    }

    /// Takes in what one line says; one from `recent` on counts as such.
    pub fn take(&mut self, key: Key, level: LogLevel, said: &str, recent: Timestamp) {
        let words: Vec<&str> = said
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(WORDS)
            .map(|word| if varies(word) { VARIES } else { word })
            .collect();
        let first = words.iter().find(|word| **word != VARIES);
        let shape = (words.len(), (*first.unwrap_or(&"")).to_owned());
        let candidates = self.by_shape.get(&shape).map(Vec::as_slice);
        let crowded = candidates.is_some_and(|all| all.len() >= MOST_ALIKE);
        let near = candidates
            .unwrap_or_default()
            .iter()
            .copied()
            .find(|&one| alike(&self.all[one].words, &words));
        let recent = u64::from(key.at >= recent.as_millisecond());
        self.older += 1 - recent;
        if let Some(near) = near {
            let pattern = &mut self.all[near];
            for (word, said) in pattern.words.iter_mut().zip(&words) {
                if word != said {
                    VARIES.clone_into(word);
                }
            }
            pattern.count += 1;
            pattern.recent += recent;
            pattern.level = pattern.level.max(level);
            pattern.first = pattern.first.min(key);
            pattern.last = pattern.last.max(key);
        } else if self.all.len() >= MOST || crowded {
            self.untold += 1;
        } else {
            self.by_shape.entry(shape).or_default().push(self.all.len());
            self.all.push(Pattern {
                words: words.into_iter().map(str::to_owned).collect(),
                count: 1,
                recent,
                level,
                first: key,
                last: key,
            });
        }
    }

    /// Lines that went into no pattern because there were too many.
    pub const fn untold(&self) -> u64 {
        self.untold
    }

    /// The patterns, those new since `deploy` first, then those that rise (most of their lines are
    /// recent), then the most frequent.
    pub fn ranked(&self, deploy: Option<Timestamp>) -> Vec<&Pattern> {
        let mut ranked: Vec<&Pattern> = self.all.iter().collect();
        let new = |one: &Pattern| deploy.is_some_and(|deploy| one.is_new_since(deploy));
        ranked.sort_by(|a, b| {
            let key = |one: &Pattern| (new(one), self.rises(one), one.count);
            key(b).cmp(&key(a)).then_with(|| b.last.cmp(&a.last))
        });
        ranked
    }
}

/// Ids, numbers, times and everything else with a digit vary; so does what is quoted.
fn varies(word: &str) -> bool {
    let bare = word.trim_matches(|sign: char| sign.is_ascii_punctuation());
    bare.bytes().any(|byte| byte.is_ascii_digit())
        || (word.len() > 2 && word.starts_with(['"', '\'']) && word.ends_with(['"', '\'']))
}

fn alike(pattern: &[String], words: &[&str]) -> bool {
    let same = pattern.iter().zip(words).filter(|(a, b)| a == *b);
    let (same, all) = (same.count(), pattern.len().max(1));
    pattern.len() == words.len() && same * 100 >= all * ALIKE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patterns(lines: &[&str]) -> Patterns {
        let keyed = lines.iter().enumerate().map(|(number, line)| {
            let at = i64::try_from(number).unwrap();
            let number = at.unsigned_abs();
            (Key { at, number }, LogLevel::Error, *line)
        });
        Patterns::of(keyed, Timestamp::from_millisecond(8).unwrap())
    }

    #[test]
    fn lines_that_say_the_same_are_one_pattern() {
        let found = patterns(&[
            "pool timeout after 5000 ms req=8f2",
            "pool timeout after 3 ms req=9aa1",
            "connection to db-1 refused",
            "retry one of three",
            "retry two of three",
            "connection to db-2 refused",
        ]);
        let told: Vec<(String, u64)> = found
            .ranked(None)
            .iter()
            .map(|one| (one.template(), one.count))
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.contains(&("pool timeout after <*> ms <*>".to_owned(), 2)));
        assert!(told.contains(&("connection to <*> refused".to_owned(), 2)));
        assert!(told.contains(&("retry <*> of three".to_owned(), 2)));
    }

    #[test]
    fn what_is_new_since_a_deploy_comes_first_then_what_rises() {
        let mut lines = vec!["always said"; 6];
        lines.extend([
            "brand new trouble",
            "rising now",
            "rising now",
            "rising now",
        ]);
        lines[1] = "rising now";
        let found = patterns(&lines);
        let deploy = Timestamp::from_millisecond(6).unwrap();
        let order = |deploy| -> Vec<String> {
            found
                .ranked(deploy)
                .iter()
                .map(|one| one.template())
                .collect()
        };
        assert_eq!(order(Some(deploy))[0], "brand new trouble");
        assert_eq!(order(None)[0], "rising now");
    }

    proptest! {
        #[test]
        fn every_line_is_counted_once(lines in prop::collection::vec("[a-c0-9 ]{0,12}", 0..200)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let found = patterns(&lines);
            let counted: u64 = found.ranked(None).iter().map(|one| one.count).sum();
            prop_assert_eq!(counted + found.untold(), lines.len() as u64);
        }
    }
}
