//! The filter grammar: words, patterns and conditions on fields, all of which a line must meet.
//!
//! | written | a line passes that |
//! |---|---|
//! | `timeout` | contains it, in any case |
//! | `"pool timeout"` | contains exactly this text, in any case |
//! | `/time(out\|d)/` | matches the regular expression |
//! | `level>=warn` | says it is at least a warning |
//! | `status>=500` | has the field `status` (JSON or logfmt), a number from 500 on |
//! | `path~"^/pay"` `path!~…` | has a field that matches, or not |
//! | `user=42` `user!=42` | has a field with this value, or not |
//! | `service=orders` `task=3f9c` | comes from there (the name, or how it begins) |
//! | `-anything` | does not pass `anything` |

mod pushed;
mod read;

use std::fmt;

use regex::Regex;

use super::{Fields, HeldLine, LogLevel};

pub use read::FilterError;

/// Conditions, all of which a line must meet. Empty, it passes everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

/// One condition, as it was written.
#[derive(Clone, Debug)]
pub struct Term {
    written: String,
    excludes: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    /// The line itself.
    Matches(Regex),
    Level(Compare, LogLevel),
    Service(String),
    Task(String),
    Field {
        name: String,
        is: Is,
    },
}

#[derive(Clone, Debug)]
enum Is {
    Matching(Regex),
    NotMatching(Regex),
    Compared(Compare, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug)]
pub struct Looked<'a> {
    /// How bad the line is.
    pub level: LogLevel,
    /// The service's name.
    pub service: &'a str,
    /// The stream's name.
    pub stream: &'a str,
    /// The line.
    pub message: &'a str,
}

impl<'a> From<HeldLine<'a>> for Looked<'a> {
    fn from(line: HeldLine<'a>) -> Self {
        Self {
            level: line.level,
            service: line.service.name(),
            stream: line.stream,
            message: line.message,
        }
    }
}

impl<'a> From<&'a super::LogLine> for Looked<'a> {
    fn from(line: &'a super::LogLine) -> Self {
        Self {
            level: line.level,
            service: line.service.name(),
            stream: &line.stream,
            message: &line.message,
        }
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// When a term cannot be meant, in a sentence that names it.
    pub fn parse(written: &str) -> Result<Self, FilterError> {
        read::terms(written).map(|terms| Self { terms })
    }

    /// A filter that also passes nothing less bad than `level`.
    #[must_use]
    pub fn at_least(mut self, level: LogLevel) -> Self {
        self.terms.push(Term {
            written: format!("level>={}", word(level)),
            excludes: false,
            test: Test::Level(Compare::AtLeast, level),
        });
        self
    }

    /// The conditions, in the order they were stacked.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it passes everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Stacks the conditions of `other` on top.
    pub fn stack(&mut self, other: Self) {
        self.terms.extend(other.terms);
    }

    /// Takes the last condition away. Says whether there was one.
    pub fn pop(&mut self) -> bool {
        self.terms.pop().is_some()
    }

    /// Whether a line passes.
    pub fn passes<'a>(&self, line: impl Into<Looked<'a>>) -> bool {
        if self.terms.is_empty() {
            return true;
        }
        let line = line.into();
        let mut fields = None;
        self.terms
            .iter()
            .all(|term| term.passes(&line, &mut fields))
    }

    /// Where in `text` the words and patterns looked for stand, in order, without overlap.
    pub fn marks(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let wanted = self.terms.iter().filter(|term| !term.excludes);
        let mut found: Vec<_> = wanted
            .flat_map(|term| match &term.test {
                Test::Matches(regex) => regex.find_iter(text).map(|one| one.range()).collect(),
                Test::Level(..) | Test::Service(_) | Test::Task(_) | Test::Field { .. } => {
                    Vec::new()
                }
            })
            .filter(|range: &std::ops::Range<usize>| !range.is_empty())
            .collect();
        found.sort_by_key(|range| (range.start, range.end));
        let mut end = 0;
        found.retain(|range| {
            let free = range.start >= end;
            end = if free { range.end } else { end };
            free
        });
        found
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.terms.iter().map(Term::written).collect();
        formatter.write_str(&words.join(" "))
    }
}

impl Term {
    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    fn passes(&self, line: &Looked<'_>, fields: &mut Option<Fields>) -> bool {
        let met = match &self.test {
            Test::Matches(regex) => regex.is_match(line.message),
            Test::Level(compare, level) => compare.holds(line.level.cmp(level)),
            Test::Service(name) => line.service == name,
            Test::Task(id) => {
                let task = line.stream.rsplit(['/', '-']).next().unwrap_or_default();
                task.starts_with(id.as_str()) || line.stream.ends_with(id.as_str())
            }
            Test::Field { name, is } => {
                // A name that is nowhere in the line is no field of it.
                let last = name.rsplit('.').next().unwrap_or(name);
                if line.message.contains(last) {
                    let fields = fields.get_or_insert_with(|| Fields::of(line.message));
                    is.holds(fields.get(name).as_deref())
                } else {
                    is.holds(None)
                }
            }
        };
        met != self.excludes
    }
}

impl Is {
    /// A field that is not there has no value: it only differs from one.
    fn holds(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Matching(regex), Some(value)) => regex.is_match(value),
            (Self::NotMatching(regex), Some(value)) => !regex.is_match(value),
            (Self::Compared(compare, wanted), Some(value)) => compare.compares(value, wanted),
            (Self::NotMatching(_) | Self::Compared(Compare::NotEqual, _), None) => true,
            (Self::Matching(_) | Self::Compared(..), None) => false,
        }
    }
}

impl Compare {
    const fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// Numbers as numbers, anything else as text; a text is never more or less than a number.
    fn compares(self, value: &str, wanted: &str) -> bool {
        match (value.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(value), Ok(wanted)) => value
                .partial_cmp(&wanted)
                .is_some_and(|order| self.holds(order)),
            (Err(_), Ok(_)) if !matches!(self, Self::Equal | Self::NotEqual) => false,
            _ => self.holds(value.cmp(wanted)),
        }
    }
}

const fn word(level: LogLevel) -> &'static str {
    match level {
        LogLevel::None => "none",
        LogLevel::Debug => "debug",
        LogLevel::Info => "info",
        LogLevel::Warn => "warn",
        LogLevel::Error => "error",
    }
}

#[cfg(test)]
mod tests;
