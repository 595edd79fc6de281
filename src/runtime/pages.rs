//! The journal as a page of text.

use crate::app::screen::page::{Line, Page, Voice};
use crate::journal::{Journal, Tone, told};

/// The newest entry first, with what is wrong with the journal on top.
pub(super) fn journal(journal: &Journal) -> Page {
    let mut lines = Vec::new();
    match journal.verify() {
        Ok(good) => {
            let words = format!("{good} lines, every seal is good");
            lines.push(Line::new(words, Voice::Good));
        }
        Err(error) => lines.push(Line::new(error.to_string(), Voice::Bad)),
    }
    let path = journal.path().display().to_string();
    lines.push(Line::new(path, Voice::Quiet));
    lines.push(Line::new("", Voice::Plain));
    match journal.entries() {
        Ok(reading) => {
            if let Some(torn) = &reading.torn {
                let words = format!("torn, healed by the next line: {torn}");
                lines.push(Line::new(words, Voice::Warn));
            }
            if reading.entries.is_empty() {
                let words = "nothing was done or refused from here yet";
                lines.push(Line::new(words, Voice::Plain));
            }
            lines.extend(told(&reading.entries).into_iter().rev().map(|one| {
                let voice = match one.tone {
                    Tone::Plain => Voice::Plain,
                    Tone::Good => Voice::Good,
                    Tone::Bad => Voice::Bad,
                    Tone::Quiet => Voice::Quiet,
                };
                Line::new(one.line(), voice)
            }));
        }
        Err(error) => lines.push(Line::new(error.to_string(), Voice::Bad)),
    }
    Page {
        title: "the journal, newest first".to_owned(),
        lines,
        top: 0,
    }
}
