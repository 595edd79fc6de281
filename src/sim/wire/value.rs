//! The neutral tree every operation reads and writes; each protocol encodes it in its own way.

use jiff::Timestamp;

/// A value between the operation and the wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Absent; a record leaves such members out, as AWS does.
    Null,
    /// A truth value.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(String),
    /// A moment; epoch seconds in JSON, ISO 8601 in XML, tag 1 in CBOR.
    Time(Timestamp),
    /// A list.
    List(Vec<Value>),
    /// A structure or a map, in the order written.
    Record(Vec<(String, Value)>),
}

impl Value {
    /// The member called `name` of a record; `None` for absent and null members alike.
    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        let Self::Record(members) = self else {
            return None;
        };
        let value = members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)?;
        (*value != Self::Null).then_some(value)
    }

    /// The record with one more member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Self::Record(members) = &mut self {
            members.push((name.to_owned(), value.into()));
        }
        self
    }

    /// A list out of anything that makes values.
    pub(crate) fn list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

macro_rules! value_from {
    ($($from:ty => |$item:ident| $value:expr),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from($item: $from) -> Self { $value }
        })+
    };
}

value_from! {
    bool => |item| Self::Flag(item),
    i32 => |item| Self::Integer(item.into()),
    u16 => |item| Self::Integer(item.into()),
    u32 => |item| Self::Integer(item.into()),
    i64 => |item| Self::Integer(item),
    u64 => |item| Self::Integer(i64::try_from(item).unwrap_or(i64::MAX)),
    usize => |item| Self::Integer(i64::try_from(item).unwrap_or(i64::MAX)),
    f64 => |item| Self::Float(item),
    &str => |item| Self::Text(item.to_owned()),
    &String => |item| Self::Text(item.clone()),
    String => |item| Self::Text(item),
    Timestamp => |item| Self::Time(item),
    Vec<Value> => |item| Self::List(item),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(item: Option<T>) -> Self {
        item.map_or(Self::Null, Into::into)
    }
}

/// Writes a record as AWS's documentation does: `record! { "clusterName": name, … }`.
macro_rules! record {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::sim::wire::value::Value::Record(vec![
            $(($name.to_owned(), $crate::sim::wire::value::Value::from($value))),*
        ])
    };
}
pub(crate) use record;
