//! How a service stood before it was stopped, as the text of a tag.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::sight::{Scaling, Suspended};
use crate::estate::Timestamp;
use crate::estate::text::Text;

/// The tag that carries the record.
pub const RESTORE_TAG: &str = "firstline:restore";

/// How long a name may be in a tag, so that the whole stays far below AWS's 256 characters.
const LONGEST_NAME: usize = 64;

/// How a service stood: enough to put it back exactly.
///
/// Its text form is version 1, within what ECS allows in a tag (256 characters, letters, digits,
/// space and `+ - = . _ : / @`; aws.md 5.1):
///
/// ```
/// use firstline::estate::staging::Record;
///
/// let text = "v1 d=3 min=2 max=10 s=000 at=2026-07-01T18:02Z by=alice";
/// let record: Record = text.parse().unwrap();
/// assert_eq!((record.desired, record.scaling.unwrap().max), (3, 10));
/// assert_eq!(record.to_string(), text);
/// assert!("v2 d=3".parse::<Record>().unwrap_err().to_string().contains("v2"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Tasks wanted.
    pub desired: u32,
    /// Its scalable target; `None` when it had none.
    pub scaling: Option<Scaling>,
    /// When it was saved, to the minute.
    pub at: Timestamp,
    /// Who saved it.
    pub by: Text,
}

/// Why a tag is not a record. Such a tag is never overwritten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Another version of this program wrote it.
    #[error("the restore record is of version {0}, this console knows v1")]
    Version(Text),
    /// Somebody changed it, or it was never one.
    #[error("the restore record cannot be read: {0}")]
    Unreadable(&'static str),
}

impl Record {
    /// A record saved at `at` (kept to the minute) by `by` (kept to what a tag may say).
    pub fn new(desired: u32, scaling: Option<Scaling>, at: Timestamp, by: &str) -> Self {
        let minute = at.as_second().div_euclid(60) * 60;
        Self {
            desired,
            scaling,
            at: Timestamp::from_second(minute).unwrap_or(at),
            by: tag_word(by).as_str().into(),
        }
    }
}

/// `word` in the characters a tag may hold, without spaces; never empty.
pub(super) fn tag_word(word: &str) -> String {
    let allowed = |one: char| one.is_ascii_alphanumeric() || "+-=._:/@".contains(one);
    let word: String = word
        .chars()
        .take(LONGEST_NAME)
        .map(|one| if allowed(one) { one } else { '-' })
        .collect();
    if word.is_empty() {
        "unknown".to_owned()
    } else {
        word
    }
}

/// The fields `key=value` behind the version of a tag's text, each key once.
pub(super) struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    /// Splits `words`; `None` when one has no `=` or a key comes twice.
    pub(super) fn of(words: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut fields: Vec<(&str, &str)> = Vec::new();
        for word in words {
            let (key, value) = word.split_once('=')?;
            if fields.iter().any(|(known, _)| *known == key) {
                return None;
            }
            fields.push((key, value));
        }
        Some(Self(fields))
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a str> {
        let index = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.swap_remove(index).1)
    }

    /// Whether nothing is left that nobody asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "v1 d={}", self.desired)?;
        if let Some(scaling) = &self.scaling {
            let Scaling {
                min,
                max,
                suspended,
            } = scaling;
            write!(formatter, " min={min} max={max} s={suspended}")?;
        }
        let at = self.at.strftime("%Y-%m-%dT%H:%MZ");
        write!(formatter, " at={at} by={}", self.by)
    }
}

impl FromStr for Record {
    type Err = RecordError;

    fn from_str(text: &str) -> Result<Self, RecordError> {
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        match words.next() {
            Some("v1") => {}
            Some(version) if version.starts_with('v') => {
                return Err(RecordError::Version(version.into()));
            }
            _ => return Err(RecordError::Unreadable("it does not begin with v1")),
        }
        let mut fields =
            Fields::of(words).ok_or(RecordError::Unreadable("a field is torn or comes twice"))?;
        let desired = number(fields.take("d")).ok_or(RecordError::Unreadable("d= is no count"))?;
        let scaling = match (fields.take("min"), fields.take("max"), fields.take("s")) {
            (None, None, None) => None,
            (min, max, flags) => Some(
                scaling(min, max, flags)
                    .ok_or(RecordError::Unreadable("min=, max= and s= do not fit"))?,
            ),
        };
        let at = fields
            .take("at")
            .filter(|at| at.is_ascii())
            .and_then(|at| at.parse().ok())
            .ok_or(RecordError::Unreadable("at= is no time"))?;
        let by = fields.take("by").filter(|by| !by.is_empty());
        let by = by.ok_or(RecordError::Unreadable("by= is missing"))?;
        if !fields.is_empty() {
            return Err(RecordError::Unreadable("it has a field v1 does not have"));
        }
        Ok(Self::new(desired, scaling, at, by))
    }
}

fn scaling(min: Option<&str>, max: Option<&str>, flags: Option<&str>) -> Option<Scaling> {
    let (min, max) = (number(min)?, number(max)?);
    let suspended = Suspended::read(flags?)?;
    (min <= max).then_some(Scaling {
        min,
        max,
        suspended,
    })
}

/// Digits and nothing else: no sign, no space.
fn number(text: Option<&str>) -> Option<u32> {
    let text = text?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
