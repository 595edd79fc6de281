//! The only place that writes to standard output.

use std::collections::BTreeSet;
use std::io::{self, ErrorKind, IsTerminal as _, Write};

use super::manner;
use crate::estate::id::EnvironmentName;
use crate::estate::problem::Problem;

/// Prints `words` and a line break. A reader that went away (`firstline status | head`) is not
/// an error.
///
/// # Errors
/// When standard output takes no more for another reason.
pub(super) fn line(words: &str) -> io::Result<()> {
    is_heard(words).map(|_| ())
}

/// The same, and says whether the reader is still there: who prints for ever may stop.
///
/// # Errors
/// When standard output takes no more for another reason.
pub(super) fn is_heard(words: &str) -> io::Result<bool> {
    if manner::is_quiet() {
        return Ok(true);
    }
    match writeln!(io::stdout().lock(), "{words}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true),
    }
}

/// Prints what a command is there for, with `--quiet` too: a word that was given and is not shown
/// would be lost.
///
/// # Errors
/// When standard output takes no more.
pub(super) fn product(words: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{words}")
}

/// Hands `text` to the terminal's clipboard (OSC 52); a terminal that knows no such thing drops it.
///
/// # Errors
/// When standard output is no terminal, or takes no more.
pub(super) fn clipboard(text: &str) -> io::Result<()> {
    use base64::Engine as _;
    if !io::stdout().is_terminal() {
        let words = "standard output is no terminal: there is no clipboard behind it";
        return Err(io::Error::other(words));
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    let mut out = io::stdout().lock();
    write!(out, "\x1b]52;c;{encoded}\x07")?;
    out.flush()
}

/// Prints rows as aligned columns; the last column is as wide as it likes.
///
/// # Errors
/// When standard output takes no more.
pub(super) fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> io::Result<()> {
    let width = |column: usize| {
        rows.iter()
            .map(|row| unicode_width::UnicodeWidthStr::width(&*row[column]))
            .max()
    };
    let widths: Vec<usize> = (0..COLUMNS)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    for row in rows {
        let mut words = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let missing = width - unicode_width::UnicodeWidthStr::width(&**cell);
            words.push_str(cell);
            words.extend(std::iter::repeat_n(' ', missing + 2));
        }
        line(words.trim_end())?;
    }
    Ok(())
}

/// Prints `words` on standard error: what a person should see and a pipe should not.
pub(super) fn aside(words: &str) -> io::Result<()> {
    if manner::is_quiet() {
        return Ok(());
    }
    writeln!(io::stderr(), "{words}")
}

/// Says on standard error what could not be read, each thing once.
pub(super) fn problems<'a>(all: impl IntoIterator<Item = (&'a EnvironmentName, &'a Problem)>) {
    let mut said = BTreeSet::new();
    for (environment, told) in all {
        let words = format!("{environment}: {}", told.sentence);
        if !said.contains(&words) {
            problem(&words);
            said.insert(words);
        }
    }
}

/// Says on standard error what is wrong.
pub(super) fn problem(words: &str) {
    // With nobody listening on standard error there is nobody left to tell.
    let _ = writeln!(io::stderr(), "firstline: {words}");
}
