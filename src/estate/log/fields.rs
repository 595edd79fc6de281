//! The fields of a line: JSON or logfmt. Pure.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// A longer line is not read as JSON.
const LONGEST_JSON: usize = 64 * 1024;
/// How deep fields are taken apart; what is deeper is shown as the JSON it is.
const DEEPEST: usize = 8;

/// The fields of a line, as far as it has any.
#[derive(Clone, Debug, PartialEq)]
pub enum Fields {
    /// A JSON object.
    Json(Map<String, Value>),
    /// `key=value` words.
    Logfmt(Vec<(String, String)>),
    /// Neither.
    None,
}

impl Fields {
    /// Reads a line. JSON may stand after a prefix without braces, as in `2026-11-21 INFO {…}`.
    pub fn of(line: &str) -> Self {
        if line.len() <= LONGEST_JSON
            && let Some(start) = line.find('{')
            && let Ok(Value::Object(fields)) = serde_json::from_str(line[start..].trim_end())
        {
            return Self::Json(fields);
        }
        let pairs = logfmt(line);
        if pairs.is_empty() {
            Self::None
        } else {
            Self::Logfmt(pairs)
        }
    }

    /// A field's value as text. A dot goes into an object, unless a key is written with it.
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Json(fields) => within(fields, name).map(as_text),
            Self::Logfmt(pairs) => {
                let mut same = pairs.iter().filter(|(key, _)| key == name);
                same.next().map(|(_, value)| Cow::Borrowed(value.as_str()))
            }
            Self::None => None,
        }
    }

    /// Every field with its value as text; what stands within an object or a list is indented below
    /// its name, as deep as [`DEEPEST`].
    pub fn rows(&self) -> Vec<(String, String)> {
        match self {
            Self::Json(fields) => {
                let mut rows = Vec::new();
                for (key, value) in fields {
                    branch(key, value, 0, &mut rows);
                }
                rows
            }
            Self::Logfmt(pairs) => pairs.clone(),
            Self::None => Vec::new(),
        }
    }
}

/// A value and what is in it.
fn branch(key: &str, value: &Value, depth: usize, rows: &mut Vec<(String, String)>) {
    let row = "  ".repeat(depth) + key;
    match value {
        Value::Object(fields) if depth < DEEPEST && !fields.is_empty() => {
            rows.push((row, String::new()));
            for (key, value) in fields {
                branch(key, value, depth + 1, rows);
            }
        }
        Value::Array(items) if depth < DEEPEST && !items.is_empty() => {
            rows.push((row, String::new()));
            for (index, value) in items.iter().enumerate() {
                branch(&index.to_string(), value, depth + 1, rows);
            }
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => rows.push((row, as_text(value).into_owned())),
    }
}

fn within<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = fields.get(name) {
        return Some(value);
    }
    name.match_indices('.').find_map(|(at, _)| {
        let inner = fields.get(&name[..at])?.as_object()?;
        within(inner, &name[at + 1..])
    })
}

fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Cow::Owned(value.to_string())
        }
    }
}

/// The `key=value` words of a line; a value in quotes may hold spaces.
fn logfmt(line: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = line;
    while let Some(equals) = rest.find('=') {
        let before = &rest[..equals];
        let key = before.rsplit(|sign: char| !is_key(sign)).next();
        let key = key.unwrap_or_default();
        let after = &rest[equals + 1..];
        let (value, left) = if let Some(quoted) = after.strip_prefix('"') {
            let end = closing(quoted).unwrap_or(quoted.len());
            (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
        } else {
            let end = after.find([' ', '\t', ',']).unwrap_or(after.len());
            after.split_at(end)
        };
        let begins = key.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if begins && !before[..before.len() - key.len()].ends_with(['/', '?', '&']) {
            pairs.push((key.to_owned(), value.replace("\\\"", "\"")));
        }
        rest = left;
    }
    pairs
}

fn is_key(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | '@')
}

/// Where a quotation ends.
fn closing(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    quoted.char_indices().find_map(|(at, sign)| {
        let ends = sign == '"' && !escaped;
        escaped = sign == '\\' && !escaped;
        ends.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_of_json_and_logfmt() {
        let json = r#"{"level":"warn","http":{"status":503,"path":"/pay"},"a.b":1,"ok":true}"#;
        let cases = [
            (json, "http.status", Some("503")),
            (json, "http.path", Some("/pay")),
            (json, "a.b", Some("1")),
            (json, "ok", Some("true")),
            (json, "none", None),
            (r#"12:00 INFO {"a":1}"#, "a", Some("1")),
            (
                r#"level=info msg="two \"words\"" status=200"#,
                "msg",
                Some("two \"words\""),
            ),
            ("level=info status=200", "status", Some("200")),
            ("GET /x?a=1&b=2", "b", None),
            ("no fields", "no", None),
        ];
        for (line, name, expected) in cases {
            assert_eq!(
                Fields::of(line).get(name).as_deref(),
                expected,
                "{name} of {line}"
            );
        }
    }

    #[test]
    fn deep_json_is_no_trouble() {
        let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
        assert!(
            !matches!(Fields::of(&deep), Fields::Json(_)),
            "deeper than anybody nests"
        );
    }

    proptest! {
        #[test]
        fn any_line_has_fields_or_none(line in "\\PC{0,200}", name in "\\PC{0,10}") {
            let _ = Fields::of(&line).get(&name);
        }
    }
}
