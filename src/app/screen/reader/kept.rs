//! What leaves the log: lines for the clipboard and for a file. Secrets were masked on their way
//! in, so what leaves has none either.

use serde_json::json;

use crate::estate::log::{HeldLine, Key};

use super::Reader;

/// Lines copied at most: terminals take no more than some hundred kilobytes from us.
const COPIED: usize = 500;

/// In which form lines are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line of text each: time, service, task, line.
    Text,
    /// A JSON object each.
    JsonLines,
}

impl Form {
    /// The form a file's name asks for.
    pub fn of_file(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let json = [".json", ".jsonl", ".ndjson"].iter();
        if json.into_iter().any(|end| name.ends_with(end)) {
            Self::JsonLines
        } else {
            Self::Text
        }
    }
}

impl Reader {
    /// Begins to select lines at the focus, or gives the selection up.
    pub(in crate::app) fn select(&mut self) {
        let focus = self.focus().map(|line| line.key);
        self.at = self.at.or(focus);
        self.anchor = if self.anchor.is_some() { None } else { focus };
    }

    /// Says whether lines were selected; they are no more.
    pub(in crate::app) fn gives_up_selection(&mut self) -> bool {
        self.anchor.take().is_some()
    }

    /// Whether a line is among the selected ones.
    pub fn is_selected(&self, key: Key) -> bool {
        let Some((anchor, focus)) = self.anchor.zip(self.at) else {
            return false;
        };
        anchor.min(focus) <= key && key <= anchor.max(focus)
    }

    /// The lines to be copied, one below the other, and how many: those selected, or the one in
    /// focus.
    pub(in crate::app) fn copied(&mut self) -> Option<(String, usize)> {
        let focus = self.focus()?.key;
        let anchor = self.anchor.take().unwrap_or(focus);
        let (first, last) = (anchor.min(focus), anchor.max(focus));
        let from = self.lines.from(self.lines.first_from(first));
        let lines = from.take_while(|line| line.key <= last);
        let passing = lines.filter(|line| self.filter.passes(*line));
        let words: Vec<&str> = passing.take(COPIED).map(|line| line.message).collect();
        Some((words.join("\n"), words.len()))
    }

    /// What is shown, or everything held, as a file holds it; and how many lines.
    pub(in crate::app) fn saved(&self, form: Form, held: bool) -> (String, usize) {
        let lines = self.lines.iter();
        let passing = lines.filter(|line| held || self.filter.passes(*line));
        let mut saved = String::new();
        let mut count = 0;
        for line in passing {
            count += 1;
            match form {
                Form::Text => saved.push_str(&as_text(line)),
                Form::JsonLines => saved.push_str(&as_json(line)),
            }
            saved.push('\n');
        }
        (saved, count)
    }
}

fn as_text(line: HeldLine<'_>) -> String {
    let task = line.stream.rsplit('/').next().unwrap_or_default();
    let service = line.service.name();
    format!("{:.3} {service} {task} {}", line.at(), line.message)
}

fn as_json(line: HeldLine<'_>) -> String {
    let written = json!({
        "at": format!("{:.3}", line.at()),
        "ingested_at": line.ingested_at.map(|at| format!("{at:.3}")),
        "service": line.service.name(),
        "stream": line.stream,
        "level": line.level,
        "late": line.late,
        "message": line.message,
    });
    written.to_string()
}
