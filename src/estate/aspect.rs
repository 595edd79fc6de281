//! Something that is read on its own and may be missing on its own.

use super::Timestamp;
use super::problem::Problem;

/// What one read brought, and why it brought no more. Unlike a [`Feed`](super::problem::Feed)
/// nothing depends on it: a page that misses an aspect says so there and stays a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Aspect<T> {
    /// The newest that could be read; `None` until something was.
    pub news: Option<T>,
    /// Why the last attempt brought nothing, or not everything.
    pub problem: Option<Problem>,
    /// When AWS was last asked; `None` until it was.
    pub at: Option<Timestamp>,
}

impl<T> Default for Aspect<T> {
    fn default() -> Self {
        Self {
            news: None,
            problem: None,
            at: None,
        }
    }
}

impl<T> Aspect<T> {
    /// What `answer` brought at `at`.
    pub fn of(at: Timestamp, answer: Result<T, Problem>) -> Self {
        let at = Some(at);
        match answer {
            Ok(news) => Self {
                news: Some(news),
                problem: None,
                at,
            },
            Err(problem) => Self {
                news: None,
                problem: Some(problem),
                at,
            },
        }
    }

    /// Takes in a newer attempt: what it did not bring stays as it was known before.
    pub fn absorb(&mut self, newer: Self) {
        if newer.news.is_some() {
            self.news = newer.news;
        }
        self.problem = newer.problem;
        self.at = newer.at;
    }

    /// Whether AWS was asked at all.
    pub const fn asked(&self) -> bool {
        self.at.is_some()
    }
}

impl<T> Aspect<Vec<T>> {
    /// What is known; nothing when nothing is.
    pub fn all(&self) -> &[T] {
        self.news.as_deref().unwrap_or_default()
    }
}
