//! How bad a log line says it is. Pure.
//!
//! Every line that comes passes here, so nothing is built: of a JSON line only the keys are read
//! that may name a level.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};

use super::LogLevel;

/// A level stands near the beginning of a line or nowhere.
const NEAR: usize = 160;
/// A longer line is not parsed as JSON, only looked at.
const LONGEST_JSON: usize = 64 * 1024;
/// Keys under which loggers put the level; where a line has several, the first of them counts.
const KEYS: [&str; 7] = [
    "level",
    "severity",
    "log.level",
    "levelname",
    "lvl",
    "Level",
    "Severity",
];

/// The level of a line: the `level` or `severity` of a JSON line, `level=warn` of logfmt, or a
/// level word in capitals or before a colon.
pub fn level(line: &str) -> LogLevel {
    level_under(line, &[])
}

/// The same where the level may stand under keys of its own, which come first.
pub fn level_under(line: &str, own: &[String]) -> LogLevel {
    let line = line.trim_start();
    if line.starts_with('{')
        && line.len() <= LONGEST_JSON
        && let Ok(level) = of_json(line, own)
    {
        return level;
    }
    let end = if line.len() <= NEAR {
        line.len()
    } else {
        let mut near = line.char_indices();
        near.nth(NEAR).map_or(line.len(), |(index, _)| index)
    };
    let start = &line[..end];
    of_logfmt(start, own)
        .or_else(|| of_words(start))
        .unwrap_or_default()
}

/// The level of one JSON object and nothing after it.
fn of_json(line: &str, own: &[String]) -> Result<LogLevel, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(line);
    let level = reader.deserialize_map(Levels(own))?;
    reader.end()?;
    Ok(level)
}

/// Reads the level out of an object; these keys come before [`KEYS`].
struct Levels<'a>(&'a [String]);

impl<'de> Visitor<'de> for Levels<'_> {
    type Value = LogLevel;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<Map: MapAccess<'de>>(self, mut map: Map) -> Result<LogLevel, Map::Error> {
        let mut found: Option<(usize, LogLevel)> = None;
        while let Some(key) = map.next_key_seed(Rank(self.0))? {
            // Of a key that stands there twice the last counts, as everywhere in JSON.
            match key {
                Some(rank) if found.is_none_or(|(known, _)| rank <= known) => {
                    let Said(level) = map.next_value()?;
                    found = Some((rank, level));
                }
                Some(_) | None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found.map_or(LogLevel::None, |(_, level)| level))
    }
}

/// Reads a key: which of those of the settings, and then of [`KEYS`], it is.
struct Rank<'a>(&'a [String]);

impl<'de> DeserializeSeed<'de> for Rank<'_> {
    type Value = Option<usize>;

    fn deserialize<From: Deserializer<'de>>(self, from: From) -> Result<Self::Value, From::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Rank<'_> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<Problem: Error>(self, key: &str) -> Result<Option<usize>, Problem> {
        let mut own = self.0.iter();
        let guessed = || KEYS.iter().position(|one| *one == key);
        let rank = own.position(|one| one == key);
        Ok(rank.or_else(|| Some(self.0.len() + guessed()?)))
    }
}

/// A level as a word or a number; of anything else, none.
struct Said(LogLevel);

impl<'de> Deserialize<'de> for Said {
    fn deserialize<From: Deserializer<'de>>(from: From) -> Result<Self, From::Error> {
        from.deserialize_any(Value).map(Self)
    }
}

struct Value;

impl<'de> Visitor<'de> for Value {
    type Value = LogLevel;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a level")
    }

    fn visit_str<Problem: Error>(self, word: &str) -> Result<LogLevel, Problem> {
        Ok(of_word(word).unwrap_or_default())
    }

    /// pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal.
    fn visit_u64<Problem: Error>(self, number: u64) -> Result<LogLevel, Problem> {
        Ok(match number {
            0 => LogLevel::None,
            1..=20 => LogLevel::Debug,
            21..=30 => LogLevel::Info,
            31..=40 => LogLevel::Warn,
            41.. => LogLevel::Error,
        })
    }

    fn visit_i64<Problem: Error>(self, _: i64) -> Result<LogLevel, Problem> {
        Ok(LogLevel::None)
    }

    fn visit_f64<Problem: Error>(self, _: f64) -> Result<LogLevel, Problem> {
        Ok(LogLevel::None)
    }

    fn visit_bool<Problem: Error>(self, _: bool) -> Result<LogLevel, Problem> {
        Ok(LogLevel::None)
    }

    fn visit_unit<Problem: Error>(self) -> Result<LogLevel, Problem> {
        Ok(LogLevel::None)
    }

    fn visit_seq<Items: serde::de::SeqAccess<'de>>(
        self,
        mut items: Items,
    ) -> Result<LogLevel, Items::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(LogLevel::None)
    }

    fn visit_map<Map: MapAccess<'de>>(self, mut map: Map) -> Result<LogLevel, Map::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(LogLevel::None)
    }
}

/// The words of each level, as loggers write them.
const WORDS: [(LogLevel, &[&str]); 4] = [
    (
        LogLevel::Debug,
        &["TRACE", "DEBUG", "DBG", "FINE", "VERBOSE"],
    ),
    (LogLevel::Info, &["INFO", "INFORMATION", "NOTICE"]),
    (LogLevel::Warn, &["WARN", "WARNING"]),
    (
        LogLevel::Error,
        &[
            "ERROR",
            "ERR",
            "FATAL",
            "CRITICAL",
            "CRIT",
            "PANIC",
            "SEVERE",
            "ALERT",
            "EMERGENCY",
        ],
    ),
];

fn of_word(word: &str) -> Option<LogLevel> {
    let word = word.trim();
    // No level's word is shorter than `ERR` or longer than `INFORMATION`.
    if !(3..=11).contains(&word.len()) {
        return None;
    }
    let said = |one: &&str| one.eq_ignore_ascii_case(word);
    let mut levels = WORDS.iter();
    levels
        .find(|(_, words)| words.iter().any(&said))
        .map(|(level, _)| *level)
}

/// The keys of a level that are not words of prose.
const LOGFMT: [&str; 3] = ["level", "lvl", "severity"];

fn of_logfmt(line: &str, own: &[String]) -> Option<LogLevel> {
    if !line.contains('=') {
        return None;
    }
    let mut keys = own.iter().map(String::as_str).chain(LOGFMT);
    let value = keys.find_map(|key| {
        let mut places = line.match_indices(key);
        places.find_map(|(at, _)| {
            let begins = at == 0 || line[..at].ends_with(' ');
            let value = line[at + key.len()..].strip_prefix('=')?;
            begins.then_some(value)
        })
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
        let shouted = || word.bytes().all(|letter| letter.is_ascii_uppercase());
        if (labelled || shouted())
            && let Some(level) = of_word(word)
        {
            return Some(level);
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
            (r#"{"severity":"INFO","level":"error"}"#, Error),
            (r#"{"level":{"a":[1,{}]},"lvl":"warn"}"#, None),
            (r#"{"lvl":"warn","level":null}"#, None),
            (r#"{"level":-5}"#, None),
            (r#"{"level":"warn"} and more"#, None),
            (r#"{"lev\u0065l":"warn"}"#, Warn),
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
