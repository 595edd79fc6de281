//! Reads one table of a TOML document and notes everything wrong with it.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::complaint::{Complaint, nearest};

/// One table. Ask for each key it may hold, then [`Section::finish`] complains about the rest.
pub(super) struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    known: Vec<&'static str>,
    complaints: Vec<Complaint>,
}

impl<'a, 'i> Section<'a, 'i> {
    pub(super) fn new(table: &'a DeTable<'i>) -> Self {
        Self {
            table,
            known: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// Whether a key was left out altogether.
    pub(super) fn lacks(&self, key: &str) -> bool {
        !self.table.contains_key(key)
    }

    /// Notes something wrong.
    pub(super) fn complain(&mut self, complaint: Complaint) {
        self.complaints.push(complaint);
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'i>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn mistyped(&mut self, key: &str, found: &Spanned<DeValue<'_>>, wanted: &str) {
        let is = found.get_ref().type_str();
        let what = format!("`{key}` must be {wanted}, this is of type {is}");
        let value = found.get_ref();
        let advice = match (wanted, value.as_integer(), value.as_str()) {
            (TEXT, Some(number), _) => format!("put it in quotes: \"{}\"", number.as_str()),
            (FLAG, _, Some("true" | "false")) => "without the quotes".to_owned(),
            (TEXTS, _, Some(word)) => format!("in brackets: [\"{word}\"]"),
            _ => String::new(),
        };
        self.complain(Complaint::new(found.span(), what, advice));
    }

    /// A piece of text, and where it stands.
    pub(super) fn text(&mut self, key: &'static str) -> Option<(&'a str, Range<usize>)> {
        let value = self.value(key)?;
        match value.get_ref().as_str() {
            Some("") => {
                let what = format!("`{key}` is empty");
                self.complain(Complaint::new(
                    value.span(),
                    what,
                    "say something or drop it",
                ));
                None
            }
            Some(text) => Some((text, value.span())),
            None => {
                self.mistyped(key, value, TEXT);
                None
            }
        }
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(key, value, FLAG);
        }
        flag
    }

    /// A number that is not negative, and where it stands.
    pub(super) fn number(&mut self, key: &'static str) -> Option<(f64, Range<usize>)> {
        let value = self.value(key)?;
        let text = match (value.get_ref().as_integer(), value.get_ref().as_float()) {
            (Some(whole), _) => whole.as_str(),
            (None, Some(number)) => number.as_str(),
            (None, None) => {
                self.mistyped(key, value, NUMBER);
                return None;
            }
        };
        let number: Option<f64> = text.replace('_', "").parse().ok();
        let found = number.filter(|number| number.is_finite() && *number >= 0.0);
        if found.is_none() {
            let what = format!("`{key}` must be zero or more");
            self.complain(Complaint::new(value.span(), what, ""));
        }
        found.map(|number| (number, value.span()))
    }

    /// A whole number between `least` and `most`.
    pub(super) fn count<T>(&mut self, key: &'static str, least: T, most: T) -> Option<T>
    where
        T: std::str::FromStr + PartialOrd + std::fmt::Display + Copy,
    {
        let (number, span) = self.number(key)?;
        let whole: Option<T> = number.to_string().parse().ok();
        let found = whole.filter(|whole| (least..=most).contains(whole));
        if found.is_none() {
            let what = format!("`{key}` must be a whole number from {least} to {most}");
            self.complain(Complaint::new(span, what, ""));
        }
        found
    }

    /// A table of names and texts, `{ Name = "value" }`, in the order they are written.
    pub(super) fn pairs(&mut self, key: &'static str) -> Vec<(&'a str, &'a str)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(table) = value.get_ref().as_table() else {
            self.mistyped(key, value, "a table");
            return Vec::new();
        };
        let mut written: Vec<_> = table.iter().collect();
        written.sort_by_key(|(name, _)| name.span().start);
        let mut pairs = Vec::new();
        for (name, value) in written {
            match value.get_ref().as_str() {
                Some(text) => pairs.push((name.get_ref().as_ref(), text)),
                None => self.mistyped(name.get_ref(), value, TEXT),
            }
        }
        pairs
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let (text, span) = self.text(key)?;
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let what = format!("`{key}` cannot be {text:?}");
            let advice =
                suggestion(text, &words).unwrap_or_else(|| format!("one of {}", words.join(", ")));
            self.complain(Complaint::new(span, what, advice));
        }
        found.map(|(_, value)| *value)
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, key: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(key)?;
        let Some(written) = value.get_ref().as_integer() else {
            self.mistyped(key, value, "a whole number");
            return None;
        };
        let number = i64::from_str_radix(written.as_str(), written.radix()).ok();
        let number = number.filter(|number| bounds.contains(number));
        if number.is_none() {
            let what = format!("`{key}` cannot be {}", written.as_str());
            let advice = format!("from {} to {}", bounds.start(), bounds.end());
            self.complain(Complaint::new(value.span(), what, advice));
        }
        number
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<&'a str>> {
        let texts = self.texts_with_places(key)?.into_iter();
        Some(texts.map(|(text, _)| text).collect())
    }

    /// A list of texts, and where each stands.
    pub(super) fn texts_with_places(
        &mut self,
        key: &'static str,
    ) -> Option<Vec<(&'a str, Range<usize>)>> {
        let value = self.value(key)?;
        let Some(array) = value.get_ref().as_array() else {
            self.mistyped(key, value, TEXTS);
            return None;
        };
        let mut texts = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text, item.span())),
                None => self.mistyped(key, item, TEXTS),
            }
        }
        Some(texts)
    }

    /// A table of its own, `[key]`.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Section<'a, 'i>> {
        let value = self.value(key)?;
        let table = value.get_ref().as_table().map(Section::new);
        if table.is_none() {
            self.mistyped(key, value, "a table");
        }
        table
    }

    /// Repeated tables, `[[key]]`, each with where it begins.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<(Section<'a, 'i>, Range<usize>)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            let what = format!("`{key}` must be repeated tables");
            let advice = format!("write [[{key}]]");
            self.complain(Complaint::new(value.span(), what, advice));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => tables.push((Section::new(table), item.span())),
                None => self.mistyped(key, item, "a table"),
            }
        }
        tables
    }

    /// Takes over what a section inside this one found wrong.
    pub(super) fn absorb(&mut self, inner: Self) {
        self.complaints.extend(inner.finish());
    }

    /// Everything wrong, with each key nobody asked for.
    pub(super) fn finish(mut self) -> Vec<Complaint> {
        for key in self.table.keys() {
            let word = key.get_ref();
            if !self.known.iter().any(|known| *known == word.as_ref()) {
                let what = format!("unknown key `{word}`");
                let advice = suggestion(word, &self.known)
                    .unwrap_or_else(|| format!("one of {}", self.known.join(", ")));
                self.complaints
                    .push(Complaint::new(key.span(), what, advice));
            }
        }
        self.complaints
    }
}

const TEXT: &str = "text";
const NUMBER: &str = "a number";
const FLAG: &str = "true or false";
const TEXTS: &str = "a list of texts";

fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    nearest(word, known).map(|one| format!("did you mean `{one}`?"))
}
