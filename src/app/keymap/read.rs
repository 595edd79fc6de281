//! Reads one keymap file, strictly.

use std::collections::BTreeMap;
use std::ops::Range;

use strum::IntoEnumIterator as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::KeymapError;
use super::suggest::nearest;
use crate::app::action::{Action, Chapter};
use crate::app::chord::Chord;

/// What takes a binding away.
const NONE: &str = "none";

/// One binding of a file.
pub(super) struct Line {
    pub(super) chapter: Chapter,
    pub(super) chords: Vec<Chord>,
    /// `None` takes the binding away.
    pub(super) action: Option<Action>,
}

/// The bindings of `text`, or what is wrong with it.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Line>, KeymapError> {
    let source = Source { file, text };
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().unwrap_or(0..0);
        source.wrong(place, error.message().to_owned(), String::new())
    })?;
    let mut lines = Vec::new();
    for (name, keys) in table.get_ref() {
        let chapter = source.chapter(name.span(), name.get_ref())?;
        let DeValue::Table(keys) = keys.get_ref() else {
            let hint = format!("write a chapter: [{chapter}]");
            return Err(source.wrong(name.span(), "keys stand in a chapter".to_owned(), hint));
        };
        lines.extend(source.keys(chapter, keys)?);
    }
    Ok(lines)
}

struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn chapter(&self, place: Range<usize>, name: &str) -> Result<Chapter, KeymapError> {
        name.parse().map_err(|_| {
            let known: Vec<&str> = Chapter::iter().map(Into::into).collect();
            let hint = nearest(name, known.iter().copied()).map_or_else(
                || format!("chapters are {}", known.join(", ")),
                |near| format!("did you mean {near}?"),
            );
            self.wrong(place, format!("there is no chapter \"{name}\""), hint)
        })
    }

    fn keys(&self, chapter: Chapter, keys: &DeTable<'_>) -> Result<Vec<Line>, KeymapError> {
        let mut seen: BTreeMap<Vec<Chord>, Range<usize>> = BTreeMap::new();
        let mut lines = Vec::new();
        let mut in_order: Vec<_> = keys.iter().collect();
        in_order.sort_by_key(|(written, _)| written.span().start);
        for (written, action) in in_order {
            let place = written.span();
            let chords = self.chords(place.clone(), written.get_ref())?;
            let action = self.action(action)?;
            if action.is_some() {
                self.unhidden(&place, &chords, &seen)?;
                seen.insert(chords.clone(), place);
            }
            lines.push(Line {
                chapter,
                chords,
                action,
            });
        }
        Ok(lines)
    }

    fn chords(&self, place: Range<usize>, written: &str) -> Result<Vec<Chord>, KeymapError> {
        let chords: Result<Vec<Chord>, _> = written
            .split_whitespace()
            .map(str::parse::<Chord>)
            .collect();
        match chords {
            Ok(chords) if !chords.is_empty() => Ok(chords),
            Ok(_) => Err(self.wrong(
                place,
                "no key is named here".to_owned(),
                "the space bar is written space".to_owned(),
            )),
            Err(error) => Err(self.wrong(place, error.to_string(), String::new())),
        }
    }

    fn action(&self, value: &Spanned<DeValue<'_>>) -> Result<Option<Action>, KeymapError> {
        let DeValue::String(name) = value.get_ref() else {
            return Err(self.wrong(
                value.span(),
                "an action's name is expected here".to_owned(),
                "for example \"open\"".to_owned(),
            ));
        };
        if name == NONE {
            return Ok(None);
        }
        name.parse().map(Some).map_err(|_| {
            let hint = nearest(name, Action::iter().map(Action::name)).map_or_else(
                || "help lists all actions".to_owned(),
                |near| format!("did you mean {near}?"),
            );
            self.wrong(value.span(), format!("there is no action \"{name}\""), hint)
        })
    }

    /// Within one file no binding may hide another: neither the same keys in another spelling
    /// nor a key that begins a sequence.
    fn unhidden(
        &self,
        place: &Range<usize>,
        chords: &[Chord],
        seen: &BTreeMap<Vec<Chord>, Range<usize>>,
    ) -> Result<(), KeymapError> {
        let rival = seen
            .iter()
            .find(|(other, _)| other.starts_with(chords) || chords.starts_with(other));
        let Some((other, first)) = rival else {
            return Ok(());
        };
        let what = if other == chords {
            "this key is bound twice in the chapter"
        } else {
            "one key cannot both act and begin a sequence"
        };
        let hint = format!("see line {}", self.line(first.start).0);
        Err(self.wrong(place.clone(), what.to_owned(), hint))
    }

    /// The line of a byte: its number from 1 and where it begins.
    fn line(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (before.matches('\n').count() + 1, start)
    }

    fn wrong(&self, place: Range<usize>, what: String, hint: String) -> KeymapError {
        let (line, start) = self.line(place.start);
        let count = |from: usize, to: usize| {
            self.text
                .get(from..to)
                .map_or(0, |text| text.chars().count())
        };
        let text = self.text.get(start..).unwrap_or_default();
        let text = text.lines().next().unwrap_or_default().to_owned();
        let column = count(start, place.start) + 1;
        let rest = (text.chars().count() + 1).saturating_sub(column).max(1);
        KeymapError {
            file: self.file.to_owned(),
            line,
            column,
            length: count(place.start, place.end).clamp(1, rest),
            text,
            what,
            hint,
        }
    }
}
