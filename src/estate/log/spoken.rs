//! A log line as people read it: what the columns beside it already say is left out.

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::KeysOf;

/// Keys under which loggers put what they want to say (bunyan, pino, zap, logback, slog, …).
const MESSAGES: [&str; 5] = ["msg", "message", "log", "event", "error"];
/// Keys that say what the columns beside the line say: time, level and service.
const COLUMNS: [&str; 14] = [
    "time",
    "timestamp",
    "@timestamp",
    "ts",
    "level",
    "log.level",
    "levelname",
    "lvl",
    "severity",
    "service",
    "service.name",
    "v",
    "pid",
    "hostname",
];

/// `raw` without its own time and level, which stand under `keys` or where they are guessed. A JSON
/// line becomes its message and then its other fields as `key=value`; a line that is no JSON
/// object loses a leading date and level word. The result says nothing the raw line does not say.
pub(super) fn spoken_under<'a>(raw: &'a str, keys: &KeysOf) -> Cow<'a, str> {
    if raw.starts_with('{')
        && let Ok(Value::Object(fields)) = serde_json::from_str(raw)
    {
        return Cow::Owned(of_fields(&fields, keys));
    }
    let mut rest = raw.trim_start();
    loop {
        let word = rest.split(' ').next().unwrap_or_default();
        if !(is_time(word) || is_level(word)) || word.len() == rest.len() {
            return Cow::Borrowed(rest);
        }
        rest = rest[word.len()..].trim_start();
    }
}

fn of_fields(fields: &Map<String, Value>, keys: &KeysOf) -> String {
    let own = keys.message.iter().map(String::as_str);
    let message = own.chain(MESSAGES).find(|key| fields.contains_key(*key));
    let column = |key: &String| {
        let own = keys.level.contains(key) || keys.time.contains(key);
        own || COLUMNS.contains(&key.as_str())
    };
    let mut words = message.map_or_else(String::new, |key| scalar(&fields[key]));
    for (key, value) in fields {
        if Some(key.as_str()) == message || column(key) || value.is_null() {
            continue;
        }
        if !words.is_empty() {
            words.push_str("  ");
        }
        // Writing to a string cannot fail.
        let _ = write!(words, "{key}={}", scalar(value));
    }
    // What JSON had escaped must not come to life on a terminal.
    super::Text::clean(&words).as_str().to_owned()
}

/// A string as it is, anything else as JSON.
fn scalar(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A date, a time of day, or both: digits with the signs that stand between them.
fn is_time(word: &str) -> bool {
    let word = word.trim_matches(['[', ']']);
    word.len() >= 8
        && word.starts_with(|first: char| first.is_ascii_digit())
        && word.contains([':', '-', '/'])
        && word
            .chars()
            .all(|one| one.is_ascii_digit() || "-:/.,TZ+".contains(one))
}

fn is_level(word: &str) -> bool {
    const LEVELS: [&str; 9] = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL",
    ];
    LEVELS.contains(&word.trim_matches(['[', ']', ':']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spoken(raw: &str) -> Cow<'_, str> {
        spoken_under(raw, &KeysOf::default())
    }

    #[test]
    fn what_the_columns_say_is_left_out() {
        let cases = [
            (
                r#"{"time":"2026-11-21T10:46:09.507Z","level":"warn","service":"orders","request_id":"b0","msg":"heap low"}"#,
                "heap low  request_id=b0",
            ),
            (
                r#"{"message":"paid","amount":12.5,"user":null}"#,
                "paid  amount=12.5",
            ),
            (r#"{"a":1}"#, "a=1"),
            (
                "2026-11-21 10:46:09,507 ERROR [main] pool timeout",
                "[main] pool timeout",
            ),
            ("[2026-11-21T10:46:09Z] [WARN] retry 2/3", "retry 2/3"),
            ("ERROR", "ERROR"),
            ("GET /health 200", "GET /health 200"),
            ("{not json", "{not json"),
            ("12:00:01.5", "12:00:01.5"),
        ];
        for (raw, expected) in cases {
            assert_eq!(spoken(raw), expected, "{raw}");
        }
    }

    #[test]
    fn an_escape_that_json_hid_stays_harmless() {
        let raw = "{\"msg\":\"a\\u001b[31mb\"}";
        assert!(!spoken(raw).contains('\u{1b}'));
    }

    proptest! {
        #[test]
        fn any_line_can_be_read(raw in "\\PC{0,200}") {
            let _ = spoken(&raw);
        }
    }
}
