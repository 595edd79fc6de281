//! The line in focus, field by field.

use super::{Reader, Shown};
use crate::estate::log::Fields;

/// Fields turned at once: fewer than fit the smallest terminal.
const AT_ONCE: usize = 4;
/// A value of more bytes may be more than one row.
const LONG: usize = 50;

impl Reader {
    /// What is known of the line in focus and what it says, each with its name; what stands within
    /// something else is indented. Not cleaned: a value is the line's own.
    pub fn fields(&self) -> Vec<(String, String)> {
        let Some(line) = self.focus() else {
            return Vec::new();
        };
        let mut rows = vec![("at".to_owned(), format!("{:.3}", line.at()))];
        if let Some(taken) = line.ingested_at {
            rows.push(("taken in".to_owned(), format!("{taken:.3}")));
        }
        rows.push(("service".to_owned(), line.service.name().to_owned()));
        rows.push(("stream".to_owned(), line.stream.to_string()));
        let own = Fields::of(line.message).rows();
        if own.is_empty() {
            rows.push(("line".to_owned(), line.message.to_owned()));
        }
        rows.extend(own);
        rows
    }

    /// Whether the fields are what is read.
    pub(in crate::app) fn reads_fields(&self) -> bool {
        self.expanded && self.shown == Shown::Lines
    }

    /// Turns to later or earlier fields: some at once, and never past a long one, which may need
    /// the whole place.
    pub(in crate::app) fn turn(&mut self, later: bool) {
        let fields = self.fields();
        let at = self.field.min(fields.len());
        let is_short = |(_, value): &&(String, String)| value.len() <= LONG;
        if later {
            let next = fields[at..].iter().take(AT_ONCE).take_while(is_short);
            let last = fields.len().saturating_sub(1);
            self.field = (at + next.count().max(1)).min(last);
        } else {
            let before = fields[..at].iter().rev().take(AT_ONCE);
            let before = before.take_while(is_short).count().max(1);
            self.field = at.saturating_sub(before);
        }
    }
}
