//! How bad a log line says it is. Pure.

use serde_json::Value;

use super::LogLevel;

/// A level stands near the beginning of a line or nowhere.
const NEAR: usize = 160;
/// A longer line is not parsed as JSON, only looked at.
const LONGEST_JSON: usize = 64 * 1024;

/// The level of a line: the `level` or `severity` of a JSON line, `level=warn` of logfmt, or a
/// level word in capitals or before a colon.
pub fn level(line: &str) -> LogLevel {
    let line = line.trim_start();
    if line.starts_with('{')
        && line.len() <= LONGEST_JSON
        && let Ok(Value::Object(fields)) = serde_json::from_str(line)
    {
        let keys = [
            "level",
            "severity",
            "log.level",
            "levelname",
            "lvl",
            "Level",
            "Severity",
        ];
        let found = keys.iter().find_map(|key| fields.get(*key));
        return found.map_or(LogLevel::None, of_value);
    }
    let end = line
        .char_indices()
        .nth(NEAR)
        .map_or(line.len(), |(index, _)| index);
    let start = &line[..end];
    of_logfmt(start)
        .or_else(|| of_words(start))
        .unwrap_or_default()
}

fn of_value(value: &Value) -> LogLevel {
    match value {
        Value::String(word) => of_word(word).unwrap_or_default(),
        // pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
        Value::Number(number) => match number.as_i64().unwrap_or_default() {
            1..=20 => LogLevel::Debug,
            21..=30 => LogLevel::Info,
            31..=40 => LogLevel::Warn,
            41.. => LogLevel::Error,
            _ => LogLevel::None,
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => LogLevel::None,
    }
}

fn of_word(word: &str) -> Option<LogLevel> {
    match word.trim().to_ascii_uppercase().as_str() {
        "TRACE" | "DEBUG" | "DBG" | "FINE" | "VERBOSE" => Some(LogLevel::Debug),
        "INFO" | "INFORMATION" | "NOTICE" => Some(LogLevel::Info),
        "WARN" | "WARNING" => Some(LogLevel::Warn),
        "ERROR" | "ERR" | "FATAL" | "CRITICAL" | "CRIT" | "PANIC" | "SEVERE" | "ALERT"
        | "EMERGENCY" => Some(LogLevel::Error),
        _ => None,
    }
}

fn of_logfmt(line: &str) -> Option<LogLevel> {
    let value = ["level=", "lvl=", "severity="].iter().find_map(|key| {
        let (before, after) = line.split_once(key)?;
        (before.is_empty() || before.ends_with(' ')).then_some(after)
    })?;
    of_word(value.trim_start_matches('"').split(['"', ' ']).next()?)
}

/// Lower-case words are prose ("no error today") unless a colon or bracket makes them a label.
fn of_words(line: &str) -> Option<LogLevel> {
    let mut place = 0;
    for word in line.split(|letter: char| !letter.is_ascii_alphabetic()) {
        let (start, end) = (place, place + word.len());
        place = line[end..]
            .chars()
            .next()
            .map_or(end, |next| end + next.len_utf8());
        let labelled = line[end..].starts_with([':', ']'])
            && line[..start]
                .chars()
                .next_back()
                .is_none_or(|last| last == '[' || last == ' ');
        let shouted = word.chars().all(|letter| letter.is_ascii_uppercase());
        let level = of_word(word).filter(|_| shouted || labelled);
        if level.is_some() {
            return level;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_of_common_loggers() {
        use LogLevel::{Debug, Error, Info, None, Warn};
        for (line, expected) in [
            (r#"{"level":"warn","msg":"ERROR in the text"}"#, Warn),
            (r#"{"severity":"CRITICAL"}"#, Error),
            (r#"{"level":30,"msg":"pino"}"#, Info),
            (r#"{"msg":"no level"}"#, None),
            ("time=12:00 level=error msg=x", Error),
            ("2026-01-01 12:00:00,000 INFO  c.e.App - up", Info),
            ("[warn] disk", Warn),
            ("error: cannot open", Error),
            ("Error: Connection refused", Error),
            ("DEBUG x", Debug),
            ("there was no error today", None),
            ("terror: not a level", None),
            ("multilevel=error", None),
            ("", None),
        ] {
            assert_eq!(level(line), expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_has_some_level(line in "\\PC{0,300}") {
            let _ = level(&line);
        }

        #[test]
        fn a_shouted_level_is_heard_wherever_it_stands_near_the_start(before in "[a-zäß ]{0,40}") {
            prop_assert_eq!(level(&format!("{before} FATAL x")), LogLevel::Error);
        }
    }
}
