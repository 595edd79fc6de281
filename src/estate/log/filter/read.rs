//! From what was written to conditions.

use regex::{Regex, RegexBuilder};

use super::{Compare, Is, Term, Test};
use crate::estate::log::LogLevel;

/// The largest program a pattern may become, in bytes: a pattern is typed by a person.
const LARGEST: usize = 1 << 20;

/// What cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A quotation or a pattern has no end.
    #[error("{0} is not closed")]
    Open(String),
    /// No regular expression.
    #[error("{pattern} is no regular expression: {why}")]
    Pattern {
        /// What was written.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
    /// No level.
    #[error("{0:?} is no level; there are debug, info, warn and error")]
    Level(String),
    /// `level`, `service` and `task` cannot be compared so.
    #[error("{0} cannot be compared with {1}")]
    Comparison(String, &'static str),
    /// Nothing follows.
    #[error("{0} lacks what to look for")]
    Nothing(String),
}

/// The signs between a name and a value, the longer first.
const SIGNS: [&str; 8] = ["!~", "!=", ">=", "<=", "~", "=", ">", "<"];

pub(super) fn terms(written: &str) -> Result<Vec<Term>, FilterError> {
    let mut terms = Vec::new();
    let mut rest = written.trim_start();
    while !rest.is_empty() {
        let (term, after) = term(rest)?;
        terms.push(term);
        rest = after.trim_start();
    }
    Ok(terms)
}

fn term(text: &str) -> Result<(Term, &str), FilterError> {
    let excludes = text.starts_with('-') && text.len() > 1;
    let bare = if excludes { &text[1..] } else { text };
    let name = bare.find(|sign: char| !is_name(sign)).unwrap_or(bare.len());
    let sign = SIGNS
        .into_iter()
        .find(|sign| bare[name..].starts_with(sign));
    let named =
        bare[..name].starts_with(|first: char| first.is_alphabetic() || "@_".contains(first));
    let (condition, after) = if let Some(sign) = sign.filter(|_| named) {
        let (value, after) = word(&bare[name + sign.len()..])?;
        (condition(&bare[..name], sign, &value)?, after)
    } else {
        let (value, after) = word(bare)?;
        (Test::Matches(value.regex()?), after)
    };
    let end = text.len() - after.len();
    let written = text[..end].to_owned();
    let term = Term {
        written,
        excludes,
        test: condition,
    };
    Ok((term, after))
}

fn is_name(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '.' | '@')
}

/// What is looked for.
enum Word {
    Text(String),
    Pattern(String),
}

impl Word {
    /// Text stands for itself, in any case.
    fn regex(&self) -> Result<Regex, FilterError> {
        match self {
            Self::Text(text) if text.is_empty() => {
                Err(FilterError::Nothing("the filter".to_owned()))
            }
            Self::Text(text) => build(&regex::escape(text), true),
            Self::Pattern(pattern) => build(pattern, false),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Pattern(text) => text,
        }
    }
}

fn build(pattern: &str, any_case: bool) -> Result<Regex, FilterError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(any_case).size_limit(LARGEST);
    builder.build().map_err(|error| FilterError::Pattern {
        pattern: pattern.to_owned(),
        why: error
            .to_string()
            .lines()
            .last()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned(),
    })
}

/// One word: in quotes, between slashes, or up to a space.
fn word(text: &str) -> Result<(Word, &str), FilterError> {
    for (quote, pattern) in [('"', false), ('\'', false), ('/', true)] {
        let Some(rest) = text.strip_prefix(quote) else {
            continue;
        };
        // A path such as /pay is a word, a pattern ends with a slash before a space.
        let Some(end) = end_of(rest, quote, pattern) else {
            if pattern {
                break;
            }
            return Err(FilterError::Open(text.to_owned()));
        };
        let inside = rest[..end].replace(&format!("\\{quote}"), &quote.to_string());
        let word = if pattern {
            Word::Pattern(inside)
        } else {
            Word::Text(inside)
        };
        return Ok((word, &rest[end + 1..]));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    Ok((Word::Text(text[..end].to_owned()), &text[end..]))
}

fn end_of(rest: &str, quote: char, at_a_words_end: bool) -> Option<usize> {
    let (mut escaped, mut met) = (false, false);
    for (at, sign) in rest.char_indices() {
        let after = &rest[at + sign.len_utf8()..];
        let ends = after.is_empty() || after.starts_with(char::is_whitespace);
        if sign == quote && !escaped && at > 0 && (ends || !at_a_words_end) {
            return Some(at);
        }
        if at_a_words_end && sign.is_whitespace() && met {
            return None;
        }
        met |= sign == quote && !escaped;
        escaped = sign == '\\' && !escaped;
    }
    None
}

fn condition(name: &str, sign: &'static str, value: &Word) -> Result<Test, FilterError> {
    if value.text().is_empty() {
        return Err(FilterError::Nothing(format!("{name}{sign}")));
    }
    let compare = match sign {
        "=" => Some(Compare::Equal),
        "!=" => Some(Compare::NotEqual),
        "<" => Some(Compare::Less),
        "<=" => Some(Compare::AtMost),
        ">" => Some(Compare::More),
        ">=" => Some(Compare::AtLeast),
        _ => None,
    };
    let wrong = || FilterError::Comparison(name.to_owned(), sign);
    match (name, compare) {
        ("level", Some(compare)) => Ok(Test::Level(compare, level(value.text())?)),
        ("service", Some(Compare::Equal)) => Ok(Test::Service(value.text().to_owned())),
        ("task", Some(Compare::Equal)) => Ok(Test::Task(value.text().to_owned())),
        ("level" | "service" | "task", _) => Err(wrong()),
        (_, Some(compare)) => Ok(field(name, Is::Compared(compare, value.text().to_owned()))),
        (_, None) => {
            let regex = build(value.text(), false)?;
            let is = match sign {
                "~" => Is::Matching(regex),
                _ => Is::NotMatching(regex),
            };
            Ok(field(name, is))
        }
    }
}

fn field(name: &str, is: Is) -> Test {
    let name = name.to_owned();
    Test::Field { name, is }
}

/// A level by its name, as people write it.
pub(super) fn level(written: &str) -> Result<LogLevel, FilterError> {
    match written.to_lowercase().as_str() {
        "debug" | "trace" => Ok(LogLevel::Debug),
        "info" => Ok(LogLevel::Info),
        "warn" | "warning" => Ok(LogLevel::Warn),
        "error" | "fatal" => Ok(LogLevel::Error),
        _ => Err(FilterError::Level(written.to_owned())),
    }
}
