//! Under which keys lines say their level, time and message: what the settings say beside what is
//! guessed. Pure.

use std::borrow::Cow;
use std::sync::Arc;

use super::spoken::spoken_under;

/// What the settings say, in the order they say it. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogKeys(Arc<[KeysOf]>);

/// The keys of some services' lines. They come before the guessed ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysOf {
    /// The services, or log groups, by name; of all where none is named.
    pub services: Vec<String>,
    /// Where the level stands.
    pub level: Vec<String>,
    /// Where the time stands: the column beside the line says it.
    pub time: Vec<String>,
    /// Where the message stands.
    pub message: Vec<String>,
}

/// Nothing but what is guessed.
static GUESSED: KeysOf = KeysOf {
    services: Vec::new(),
    level: Vec::new(),
    time: Vec::new(),
    message: Vec::new(),
};

impl LogKeys {
    /// Keys as they are written.
    pub fn new(written: Vec<KeysOf>) -> Self {
        Self(written.into())
    }

    /// The keys of a service or log group: the first that name it, else the first that name none.
    pub fn of(&self, service: &str) -> &KeysOf {
        let named = |keys: &&KeysOf| keys.services.iter().any(|one| one == service);
        let found = self.0.iter().find(named);
        let all = || self.0.iter().find(|keys| keys.services.is_empty());
        found.or_else(all).unwrap_or(&GUESSED)
    }

    /// A line of a service or log group as people read it; the one way to a line's words, on a
    /// screen, in a pattern and in a handoff.
    pub fn spoken<'a>(&self, service: &str, raw: &'a str) -> Cow<'a, str> {
        spoken_under(raw, self.of(service))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::log::{LogLevel, level_under};

    fn keys() -> LogKeys {
        let of = |services: &[&str], level: &str, message: &str| KeysOf {
            services: services.iter().map(|one| (*one).to_owned()).collect(),
            level: vec![level.to_owned()],
            time: vec!["when".to_owned()],
            message: vec![message.to_owned()],
        };
        LogKeys::new(vec![of(&[], "prio", "text"), of(&["pay"], "sev", "what")])
    }

    #[test]
    fn whoever_is_named_has_their_own_keys_and_the_others_the_common_ones() {
        let keys = keys();
        let line = r#"{"when":1,"prio":"warn","sev":"error","level":"info","text":"a","what":"b"}"#;
        let of = |service: &str| {
            let keys = keys.of(service);
            (level_under(line, &keys.level), spoken_under(line, keys))
        };
        assert_eq!(of("pay"), (LogLevel::Error, "b  prio=warn  text=a".into()));
        assert_eq!(of("web"), (LogLevel::Warn, "a  sev=error  what=b".into()));
        let plain = LogKeys::default();
        assert_eq!(level_under(line, &plain.of("pay").level), LogLevel::Info);
    }

    #[test]
    fn logfmt_has_keys_too_and_a_key_that_is_missing_hides_no_guess() {
        let keys = keys();
        let level = |line| level_under(line, &keys.of("web").level);
        assert_eq!(level("prio=warn text=x"), LogLevel::Warn);
        assert_eq!(level("level=error text=x"), LogLevel::Error);
        assert_eq!(level("noprio=warn"), LogLevel::None);
        assert_eq!(level(r#"{"level":"error"}"#), LogLevel::Error);
    }
}
