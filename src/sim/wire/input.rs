//! Reads an operation's input whatever protocol it came in.
//!
//! Query sends everything as text and wraps lists in their member name, so numbers, flags and
//! times are read from text too.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names what it accepts; everything else is the wrong type"
)]

use jiff::Timestamp;

use super::error::Refusal;
use super::value::Value;

/// A record of input with readers that refuse a member of the wrong type as AWS does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'request>(pub(crate) &'request Value);

impl<'request> Input<'request> {
    /// The text called `name`, if sent.
    pub(crate) fn text(self, name: &str) -> Result<Option<&'request str>, Refusal> {
        self.read(name, "string", |value| match value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The text called `name`; `code` names the refusal when it is missing.
    pub(crate) fn required_text(self, name: &str, code: &str) -> Result<&'request str, Refusal> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Refusal::sender(code, format!("{name} can not be blank.")))
    }

    /// The whole number called `name`, if sent.
    pub(crate) fn integer(self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "integer", |value| match value {
            Value::Integer(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// The truth value called `name`; absent means false.
    pub(crate) fn flag(self, name: &str) -> Result<bool, Refusal> {
        let flag = self.read(name, "boolean", |value| match value {
            Value::Flag(flag) => Some(*flag),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        })?;
        Ok(flag.unwrap_or(false))
    }

    /// The moment called `name`, if sent.
    pub(crate) fn time(self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        self.read(name, "timestamp", |value| match value {
            Value::Time(time) => Some(*time),
            Value::Integer(seconds) => Timestamp::from_second(*seconds).ok(),
            Value::Float(seconds) => seconds_to_time(*seconds),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        })
    }

    /// The list called `name`; absent means empty.
    pub(crate) fn list(self, name: &str) -> Result<Vec<Input<'request>>, Refusal> {
        let list = self.read(name, "list", |value| match value {
            Value::List(items) => Some(items),
            Value::Record(members) => match members.as_slice() {
                [(_, Value::List(items))] => Some(items),
                _ => None,
            },
            _ => None,
        })?;
        Ok(list
            .map(|items| items.iter().map(Input).collect())
            .unwrap_or_default())
    }

    /// The list of texts called `name`; absent means empty.
    pub(crate) fn texts(self, name: &str) -> Result<Vec<&'request str>, Refusal> {
        self.list(name)?
            .into_iter()
            .map(|item| match item.0 {
                Value::Text(text) => Ok(text.as_str()),
                _ => Err(wrong_type(name, "list of strings")),
            })
            .collect()
    }

    /// The record called `name`, if sent.
    pub(crate) fn record(self, name: &str) -> Result<Option<Input<'request>>, Refusal> {
        self.read(name, "structure", |value| match value {
            Value::Record(_) => Some(Input(value)),
            _ => None,
        })
    }

    fn read<T>(
        self,
        name: &str,
        kind: &str,
        convert: impl FnOnce(&'request Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        self.0
            .member(name)
            .map(|value| convert(value).ok_or_else(|| wrong_type(name, kind)))
            .transpose()
    }
}

/// Epoch seconds with a fraction, to the millisecond; `None` outside the calendar.
pub(crate) fn seconds_to_time(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    // The calendar ends near 2.5e14 ms; within it every f64 whole number is an exact i64.
    if !milliseconds.is_finite() || milliseconds.abs() > 3e14 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

fn wrong_type(name: &str, kind: &str) -> Refusal {
    Refusal::malformed(format!("{name} must be of type {kind}"))
}
