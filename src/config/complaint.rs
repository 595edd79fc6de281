//! What is wrong in a file, drawn with its line and a caret.

use std::ops::Range;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::estate::text::Text;

/// One thing that cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// The bytes of the document it is about.
    pub(super) span: Range<usize>,
    /// What is wrong.
    pub(super) what: String,
    /// What to do about it.
    pub(super) advice: String,
}

impl Complaint {
    pub(super) fn new(
        span: Range<usize>,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            span,
            what: what.into(),
            advice: advice.into(),
        }
    }

    /// Draws it in the manner of the Rust compiler.
    pub(super) fn draw(&self, document: &str, path: &Path) -> String {
        let before = document.get(..self.span.start).unwrap_or(document);
        let number = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = document.get(start..).unwrap_or_default();
        let line = line.lines().next().unwrap_or_default();
        let lead = before.get(start..).unwrap_or_default();
        let marked = document.get(self.span.clone()).unwrap_or_default();
        let marked = marked.lines().next().unwrap_or_default();
        let clean = |part: &str| Text::clean(part);
        let carets = "^".repeat(clean(marked).width().max(1));
        let gutter = " ".repeat(number.to_string().len());
        let drawn = format!(
            "error: {}\n{gutter}--> {}:{number}:{}\n{gutter} |\n{number} | {}\n{gutter} | {}{carets} {}",
            self.what,
            path.display(),
            lead.chars().count() + 1,
            clean(line),
            " ".repeat(clean(lead).width()),
            self.advice,
        );
        format!("{}\n", drawn.trim_end())
    }
}

/// Which of `known` was probably meant by `word`: at most a third of its letters may differ.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|&one| (distance(word, one), one))
        .filter(|(away, one)| *away <= one.chars().count().div_ceil(3))
        .min()
        .map(|(_, one)| one)
}

/// Letters to insert, drop, replace or swap with their neighbour to make `right` of `left`.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.iter().enumerate() {
        let mut next = vec![line + 1];
        for (column, other) in right.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let mut least = (at(&row, column + 1) + 1)
                .min(at(&next, column) + 1)
                .min(at(&row, column) + usize::from(letter != other));
            let swapped = line > 0
                && column > 0
                && left.get(line - 1) == Some(other)
                && right.get(column - 1) == Some(letter);
            if swapped {
                least = least.min(at(&before, column - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_find_their_word() {
        let keys = ["name", "tier", "account", "clusters"];
        assert_eq!(nearest("teir", &keys), Some("tier"));
        assert_eq!(nearest("cluster", &keys), Some("clusters"));
        assert_eq!(nearest("acount", &keys), Some("account"));
        assert_eq!(nearest("profile", &keys), None);
        assert_eq!((distance("", "ab"), distance("ab", "")), (2, 2));
    }
}
