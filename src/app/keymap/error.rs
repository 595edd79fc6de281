//! What is wrong with a keymap file, where, and what was probably meant.

use std::fmt;

/// A mistake in a keymap file. A keymap with a mistake is refused, never read in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// The line's text.
    pub text: String,
    /// What is wrong, in a sentence.
    pub what: String,
    /// What was probably meant, or what to do.
    pub hint: String,
}

impl std::error::Error for KeymapError {}

impl fmt::Display for KeymapError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            text,
            what,
            hint,
            length,
        } = self;
        let margin = line.to_string().len();
        writeln!(formatter, "{file}:{line}:{column}: {what}")?;
        writeln!(formatter, " {line} | {text}")?;
        let before: String = text
            .chars()
            .take(column.saturating_sub(1))
            .map(|one| if one == '\t' { '\t' } else { ' ' })
            .collect();
        let carets = "^".repeat((*length).max(1));
        write!(formatter, " {:margin$} | {before}{carets} {hint}", "")
    }
}
