//! One press of a key, as people write it: `g`, `G`, `?`, `ctrl-c`, `shift-tab`, `f5`.

use std::fmt;
use std::str::FromStr;

/// A key on the keyboard, without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A key that types this character.
    Char(char),
    /// F1 to F24.
    Function(u8),
    /// Any other key.
    Named(Named),
}

/// A key that has a name instead of a character.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "lowercase")]
#[expect(missing_docs, reason = "the keys' own names")]
pub enum Named {
    Enter,
    Esc,
    Tab,
    Space,
    Backspace,
    Delete,
    Insert,
    Home,
    End,
    PageUp,
    PageDown,
    Up,
    Down,
    Left,
    Right,
}

/// A key with its modifiers, in one normal form: Shift is part of a character (`G`, `?`) and
/// only kept for keys that have none (`shift-tab`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    key: Key,
    ctrl: bool,
    alt: bool,
    shift: bool,
}

/// A chord nobody can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a key; write for example g, G, ?, ctrl-c, alt-x, shift-tab, enter or f5")]
pub struct ChordError(pub String);

impl Chord {
    /// `key` without modifiers.
    pub const fn of(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// The character `character`.
    pub const fn char(character: char) -> Self {
        if character == ' ' {
            return Self::of(Key::Named(Named::Space));
        }
        Self::of(Key::Char(character))
    }

    /// The named key `named`.
    pub const fn named(named: Named) -> Self {
        Self::of(Key::Named(named))
    }

    /// The same with Control. Terminals do not tell `ctrl-a` from `ctrl-A`.
    #[must_use]
    pub fn with_ctrl(mut self) -> Self {
        self.ctrl = true;
        if let Key::Char(character) = self.key {
            self.key = Key::Char(single(character.to_lowercase()).unwrap_or(character));
        }
        self
    }

    /// The same with Alt.
    #[must_use]
    pub const fn with_alt(mut self) -> Self {
        self.alt = true;
        self
    }

    /// The same with Shift: a letter becomes a capital, a named key remembers it.
    #[must_use]
    pub fn with_shift(mut self) -> Self {
        match self.key {
            Key::Char(character) if !self.ctrl => {
                self.key = Key::Char(single(character.to_uppercase()).unwrap_or(character));
            }
            Key::Char(_) => {}
            Key::Function(_) | Key::Named(_) => self.shift = true,
        }
        self
    }

    /// Whether Control, Alt or Shift is held, apart from what a character needs.
    pub const fn is_modified(&self) -> bool {
        self.ctrl || self.alt || self.shift
    }

    /// The character it types into a text field, when it types one.
    pub const fn typed(&self) -> Option<char> {
        if self.ctrl || self.alt {
            return None;
        }
        match self.key {
            Key::Char(character) => Some(character),
            Key::Named(Named::Space) => Some(' '),
            Key::Function(_) | Key::Named(_) => None,
        }
    }
}

/// The only item of an iterator that has exactly one.
fn single(mut characters: impl Iterator<Item = char>) -> Option<char> {
    let first = characters.next()?;
    characters.next().is_none().then_some(first)
}

impl fmt::Display for Chord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = String::new();
        if self.ctrl {
            words.push_str("ctrl-");
        }
        if self.alt {
            words.push_str("alt-");
        }
        if self.shift {
            words.push_str("shift-");
        }
        match self.key {
            Key::Char(character) => words.push(character),
            Key::Function(number) => words.extend(["f", &number.to_string()]),
            Key::Named(named) => words.push_str(named.into()),
        }
        formatter.pad(&words)
    }
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(written: &str) -> Result<Self, ChordError> {
        let wrong = || ChordError(written.to_owned());
        let (mut rest, mut ctrl, mut alt, mut shift) = (written, false, false, false);
        while let Some((modifier, after)) = rest.split_once('-') {
            if after.is_empty() || modifier.is_empty() {
                break;
            }
            let held = match modifier.to_ascii_lowercase().as_str() {
                "ctrl" => &mut ctrl,
                "alt" => &mut alt,
                "shift" => &mut shift,
                _ => return Err(wrong()),
            };
            if std::mem::replace(held, true) {
                return Err(wrong());
            }
            rest = after;
        }
        let mut chord = Self::of(key(rest).ok_or_else(wrong)?);
        if ctrl {
            chord = chord.with_ctrl();
        }
        if alt {
            chord = chord.with_alt();
        }
        if shift {
            chord = chord.with_shift();
        }
        Ok(chord)
    }
}

fn key(name: &str) -> Option<Key> {
    if let Some(character) = single(name.chars()) {
        let printable = !character.is_control() && !character.is_whitespace();
        return printable.then_some(Key::Char(character));
    }
    let lower = name.to_ascii_lowercase();
    if let Ok(named) = lower.parse() {
        return Some(Key::Named(named));
    }
    let number = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&number).then_some(Key::Function(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::IntoEnumIterator;

    use super::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let printable = any::<char>()
            .prop_filter("printable", |one| !one.is_control() && !one.is_whitespace())
            .prop_map(Key::Char);
        let named = prop::sample::select(Named::iter().collect::<Vec<_>>()).prop_map(Key::Named);
        prop_oneof![printable, named, (1..=24_u8).prop_map(Key::Function)]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(
            key in any_key(), ctrl: bool, alt: bool, shift: bool
        ) {
            let mut chord = Chord::of(key);
            if ctrl { chord = chord.with_ctrl(); }
            if alt { chord = chord.with_alt(); }
            if shift { chord = chord.with_shift(); }
            prop_assert_eq!(chord.to_string().parse(), Ok(chord));
        }

        #[test]
        fn nothing_written_makes_it_panic(written in any::<String>()) {
            let _ = written.parse::<Chord>();
        }
    }

    #[test]
    fn spellings_of_one_key_are_one_key() {
        let parse = |written: &str| written.parse::<Chord>().unwrap();
        assert_eq!(parse("shift-g"), parse("G"));
        assert_eq!(parse("Ctrl-C"), parse("ctrl-c"));
        assert_eq!(parse("ctrl--").to_string(), "ctrl--");
        assert_eq!(parse("-"), Chord::char('-'));
        assert_eq!(parse("space"), Chord::char(' '));
        for wrong in [
            "",
            "gg",
            "hyper-x",
            "ctrl-ctrl-a",
            "f0",
            "f25",
            "ctrl-",
            " ",
        ] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong:?}");
        }
    }
}
