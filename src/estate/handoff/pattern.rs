//! Error lines that say the same thing, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::log::{LogKeys, LogLevel, Masks};
use crate::estate::text::Text;
use crate::estate::words::shortened;

/// Columns of a sample line; longer ones are cut.
const SAMPLE: usize = 240;
/// The most patterns told: what comes after them is noise.
const TOLD: usize = 8;

/// A line of a log, as far as patterns look at one.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// When.
    pub at: Timestamp,
    /// Who said it.
    pub service: &'a ServiceArn,
    /// How loud.
    pub level: LogLevel,
    /// What.
    pub message: &'a str,
}

/// Error lines that differ in numbers and ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pattern {
    /// Who says it.
    pub service: Text,
    /// How often since the handoff begins.
    pub count: usize,
    /// When first.
    pub first_at: Timestamp,
    /// When last.
    pub last_at: Timestamp,
    /// One of the lines, its secrets masked.
    pub sample: Text,
}

/// The patterns of `lines`, most frequent first.
pub(super) fn patterns<'a>(
    lines: impl Iterator<Item = Said<'a>>,
    masks: &Masks,
    keys: &LogKeys,
) -> Vec<Pattern> {
    let mut found: BTreeMap<(&ServiceArn, String), Pattern> = BTreeMap::new();
    for line in lines.filter(|line| line.level == LogLevel::Error) {
        let message = keys.spoken(line.service.name(), line.message);
        let sample = masks.apply(&message).into_owned();
        let entry = found.entry((line.service, shape(&sample)));
        let pattern = entry.or_insert_with(|| Pattern {
            service: line.service.name().into(),
            count: 0,
            first_at: line.at,
            last_at: line.at,
            sample: shortened(&sample, SAMPLE).into(),
        });
        pattern.count += 1;
        pattern.first_at = pattern.first_at.min(line.at);
        pattern.last_at = pattern.last_at.max(line.at);
    }
    let mut patterns: Vec<Pattern> = found.into_values().collect();
    patterns.sort_by(|a, b| b.count.cmp(&a.count).then(b.last_at.cmp(&a.last_at)));
    patterns.truncate(TOLD);
    patterns
}

/// The line without what differs from one to the next: words that hold a digit.
fn shape(line: &str) -> String {
    let split = |one: char| !one.is_alphanumeric() && one != '_';
    let mut shape = String::with_capacity(line.len());
    for part in line.split_inclusive(split) {
        let word = part.trim_end_matches(split);
        if word.chars().any(|one| one.is_ascii_digit()) {
            shape.push('#');
            shape.push_str(part.get(word.len()..).unwrap_or_default());
        } else {
            shape.push_str(part);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::log::KeysOf;

    #[test]
    fn lines_that_differ_in_numbers_are_one_pattern() {
        let service = ServiceArn::new("arn:aws:ecs:eu-central-1:1:service/main/orders");
        let line = |second, level, message| Said {
            at: Timestamp::from_second(second).unwrap(),
            service: &service,
            level,
            message,
        };
        let lines = [
            line(
                1,
                LogLevel::Error,
                "pool timeout after 5000 ms req=8f2 password=hunter2",
            ),
            line(2, LogLevel::Info, "all is well"),
            line(
                3,
                LogLevel::Error,
                "pool timeout after 4999 ms req=9a1 password=swordfish",
            ),
            line(4, LogLevel::Error, "no route to host"),
        ];
        let masks = Masks::with(&[]).unwrap();
        let found = patterns(lines.into_iter(), &masks, &LogKeys::default());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!((found[0].count, found[0].first_at.as_second()), (2, 1));
        assert!(!found[0].sample.contains("hunter2"), "{}", found[0].sample);
    }

    #[test]
    fn what_is_said_under_keys_of_its_own_is_what_is_told() {
        let service = ServiceArn::new("arn:aws:ecs:eu-central-1:1:service/main/orders");
        let line = |second, message| Said {
            at: Timestamp::from_second(second).unwrap(),
            service: &service,
            level: LogLevel::Error,
            message,
        };
        let lines = [
            line(
                1,
                r#"{"when":"2026-07-01","prio":"error","what":"no route"}"#,
            ),
            line(
                2,
                r#"{"when":"yesterday","prio":"fatal","what":"no route"}"#,
            ),
        ];
        let keys = LogKeys::new(vec![KeysOf {
            services: Vec::new(),
            level: vec!["prio".to_owned()],
            time: vec!["when".to_owned()],
            message: vec!["what".to_owned()],
        }]);
        let found = patterns(lines.into_iter(), &Masks::default(), &keys);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].count, &*found[0].sample), (2, "no route"));
    }
}
