//! Strings from outside, made safe for a terminal before anybody can print them.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A string that may be printed: no C0 or C1 control, no escape, no bidirectional override.
///
/// Everything AWS says passes through [`Text::clean`] on its way in; names and log lines are
/// hostile input (PRODUCT.md). Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// Cleans `raw`: a tab becomes a space, a line break ` ⏎ `, any other control or invisible
    /// direction character `�`.
    pub fn clean(raw: &str) -> Self {
        if raw.chars().all(is_printable) {
            return Self(raw.into());
        }
        let mut clean = String::with_capacity(raw.len());
        for character in raw.trim_end_matches(['\n', '\r']).chars() {
            match character {
                '\t' => clean.push(' '),
                '\n' => clean.push_str(" ⏎ "),
                '\r' => {}
                other if is_printable(other) => clean.push(other),
                _ => clean.push('\u{FFFD}'),
            }
        }
        Self(clean.into())
    }

    /// The cleaned characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Controls (C0, C1, DEL) move cursors; the direction marks and overrides make text lie.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(
            character,
            '\u{061C}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{FEFF}'
                | '\u{FFF9}'..='\u{FFFB}'
        )
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::clean(raw)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::clean(&raw)
    }
}

impl Default for Text {
    fn default() -> Self {
        Self("".into())
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_escape_sequence_is_disarmed() {
        assert_eq!(
            Text::clean("\u{1b}]0;owned\u{7}ok").as_str(),
            "\u{FFFD}]0;owned\u{FFFD}ok"
        );
        assert_eq!(Text::clean("a\tb\r\nc\n").as_str(), "a b ⏎ c");
        assert_eq!(
            Text::clean("\u{9b}31m\u{202e}txt").as_str(),
            "\u{FFFD}31m\u{FFFD}txt"
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_in_nothing_unprintable_goes_out(raw in any::<String>()) {
            let text = Text::clean(&raw);
            prop_assert!(text.chars().all(is_printable));
            prop_assert_eq!(Text::clean(&text), text.clone());
        }
    }
}
