//! Reads one table of a TOML document and notes everything wrong with it.

use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::complaint::{Complaint, nearest};
use crate::app::theme::colour::{Colour, DEFAULT, NAMES};

/// One table. Ask for each key it may hold, then [`Section::finish`] complains about the rest.
pub(super) struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    known: Vec<&'static str>,
    complaints: Vec<Complaint>,
    /// Whether unknown keys are no longer worth a word.
    silent: bool,
    /// What was asked for, where nothing is read and the readers only tell what they would take.
    described: Option<Vec<Field>>,
    /// The key it stands under in the section around it, and whether it may be repeated.
    key: (&'static str, bool),
}

/// A key that may be there, and what it takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) takes: Takes,
    pub(super) needed: bool,
}

/// What a key takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Takes {
    Text,
    /// Zero or more.
    Number,
    /// From the first to the second.
    Count(String, String),
    Flag,
    Texts,
    /// Names and texts.
    Pairs,
    Word(Vec<&'static str>),
    /// A name, a number of the 256, or `#rrggbb`.
    Colour,
    Table(Vec<Field>),
    Tables(Vec<Field>),
}

impl<'a, 'i> Section<'a, 'i> {
    pub(super) fn new(table: &'a DeTable<'i>) -> Self {
        Self {
            table,
            known: Vec::new(),
            complaints: Vec::new(),
            silent: false,
            described: None,
            key: ("", false),
        }
    }

    /// A section that reads nothing and keeps what it is asked for; `nothing` is empty.
    pub(super) fn describing(nothing: &'a DeTable<'i>) -> Self {
        Self {
            described: Some(Vec::new()),
            ..Self::new(nothing)
        }
    }

    /// Whether it only keeps what it is asked for: a reader then has to ask for everything.
    pub(super) fn describes(&self) -> bool {
        self.described.is_some()
    }

    /// Takes every key as known: what is wrong is said already.
    pub(super) fn say_no_more(&mut self) {
        self.known.clear();
        self.silent = true;
    }

    /// What it was asked for.
    pub(super) fn fields(self) -> Vec<Field> {
        self.described.unwrap_or_default()
    }

    /// Whether a key that has to be there was left out.
    pub(super) fn needs(&mut self, key: &str) -> bool {
        let asked = self.described.iter_mut().flatten();
        for field in asked.filter(|field| field.key == key) {
            field.needed = true;
        }
        self.lacks(key)
    }

    fn describe(&mut self, key: &'static str, takes: Takes) {
        if let Some(fields) = &mut self.described
            && !fields.iter().any(|field| field.key == key)
        {
            fields.push(Field {
                key,
                takes,
                needed: false,
            });
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
            (FLAG, _, Some("true" | "false")) => "without the quotes".to_owned(),
            (TEXT | TEXTS, Some(number), _) => {
                format!("put it in quotes: \"{}\"", number.as_str())
            }
            (PAIRS, ..) => "as in { Name = \"value\" }".to_owned(),
            (TEXTS, _, Some(word)) => format!("in brackets: [\"{word}\"]"),
            _ => String::new(),
        };
        self.complain(Complaint::new(found.span(), what, advice));
    }

    /// A piece of text, and where it stands.
    pub(super) fn text(&mut self, key: &'static str) -> Option<(&'a str, Range<usize>)> {
        self.describe(key, Takes::Text);
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
        self.describe(key, Takes::Flag);
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(key, value, FLAG);
        }
        flag
    }

    /// A number that is not negative, and where it stands.
    pub(super) fn number(&mut self, key: &'static str) -> Option<(f64, Range<usize>)> {
        self.describe(key, Takes::Number);
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
        self.describe(key, Takes::Count(least.to_string(), most.to_string()));
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
        self.describe(key, Takes::Pairs);
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(table) = value.get_ref().as_table() else {
            self.mistyped(key, value, PAIRS);
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
        let words = choices.iter().map(|(word, _)| *word).collect();
        self.describe(key, Takes::Word(words));
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

    /// A colour: a name, a number of the 256, or `#rrggbb`.
    pub(super) fn colour(&mut self, key: &'static str) -> Option<Colour> {
        self.describe(key, Takes::Colour);
        let value = self.value(key)?;
        let found = value.get_ref();
        let (written, read) = match (found.as_str(), found.as_integer()) {
            (Some(text), _) => (format!("{text:?}"), Colour::read(text)),
            (None, Some(number)) => {
                let index = u8::from_str_radix(number.as_str(), number.radix()).ok();
                (number.as_str().to_owned(), index.map(Colour::Indexed))
            }
            (None, None) => {
                self.mistyped(key, value, "a colour");
                return None;
            }
        };
        if read.is_none() {
            let known: Vec<&str> = NAMES.into_iter().chain([DEFAULT]).collect();
            let near = found.as_str().and_then(|text| suggestion(text, &known));
            let advice = near.unwrap_or_else(|| COLOUR.to_owned());
            let what = format!("`{key}` cannot be {written}");
            self.complain(Complaint::new(value.span(), what, advice));
        }
        read
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, key: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let (least, most) = (bounds.start().to_string(), bounds.end().to_string());
        self.describe(key, Takes::Count(least, most));
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
        self.describe(key, Takes::Texts);
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
        self.table_with_place(key).map(|(table, _)| table)
    }

    /// The same, and where it begins.
    pub(super) fn table_with_place(
        &mut self,
        key: &'static str,
    ) -> Option<(Section<'a, 'i>, Range<usize>)> {
        if self.describes() {
            return Some((self.inside(key, false), 0..0));
        }
        let value = self.value(key)?;
        let table = value.get_ref().as_table().map(Section::new);
        if table.is_none() {
            self.mistyped(key, value, "a table");
        }
        table.map(|table| (table, value.span()))
    }

    /// Repeated tables, `[[key]]`, each with where it begins.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<(Section<'a, 'i>, Range<usize>)> {
        if self.describes() {
            return vec![(self.inside(key, true), 0..0)];
        }
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
            if let Some(table) = item.get_ref().as_table() {
                tables.push((Section::new(table), item.span()));
            } else {
                let what = format!("`{key}` must be repeated tables");
                let advice = format!("write [[{key}]]");
                self.complain(Complaint::new(item.span(), what, advice));
            }
        }
        tables
    }

    fn inside(&self, key: &'static str, repeated: bool) -> Self {
        Self {
            key: (key, repeated),
            ..Self::describing(self.table)
        }
    }

    /// Takes over what a section inside this one found wrong, or was asked for.
    pub(super) fn absorb(&mut self, inner: Self) {
        if inner.describes() {
            let (key, repeated) = inner.key;
            let fields = inner.fields();
            let takes = if repeated {
                Takes::Tables(fields)
            } else {
                Takes::Table(fields)
            };
            self.describe(key, takes);
        } else {
            self.complaints.extend(inner.finish());
        }
    }

    /// Everything wrong, with each key nobody asked for.
    pub(super) fn finish(mut self) -> Vec<Complaint> {
        let keys = self.table.keys().filter(|_| !self.silent);
        for key in keys {
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

const COLOUR: &str =
    "a name such as red or bright-red, default, a number from 0 to 255, or \"#rrggbb\"";
const PAIRS: &str = "a table of names and texts";
const TEXT: &str = "text";
const NUMBER: &str = "a number";
const FLAG: &str = "true or false";
const TEXTS: &str = "a list of texts";

fn suggestion(word: &str, known: &[&str]) -> Option<String> {
    nearest(word, known).map(|one| format!("did you mean `{one}`?"))
}
