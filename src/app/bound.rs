//! The bindings that count now, and which of them to print.

use super::action::{Action, Chapter};
use super::chord::Chord;
use super::guide::chapters;
use super::keymap::{Found, Keymap, spelled};
use super::model::Model;

/// The bindings that count now.
pub(super) struct Bound<'a> {
    keymap: &'a Keymap,
    chapters: &'static [Chapter],
    lines: Vec<(Vec<Chord>, Action)>,
}

impl<'a> Bound<'a> {
    pub(super) fn here(model: &'a Model) -> Self {
        let chapters = chapters(model);
        let lines = chapters
            .iter()
            .flat_map(|chapter| model.keymap.lines(*chapter))
            .collect();
        Self {
            keymap: &model.keymap,
            chapters,
            lines,
        }
    }

    /// The keys for `action` that are pressed most easily: the shortest sequence, without
    /// modifiers where there is a choice. Keys that a chapter before hides do not count.
    pub(super) fn keys(&self, action: Action) -> Option<String> {
        let works =
            |chords: &[Chord]| self.keymap.find(self.chapters, chords) == Found::Action(action);
        self.lines
            .iter()
            .filter(|(chords, bound)| *bound == action && works(chords))
            .map(|(chords, _)| chords)
            .min_by_key(|chords| {
                // Everybody looks for that key first.
                let escape = spelled(chords) != "esc";
                (chords.len(), chords.iter().any(Chord::is_modified), escape)
            })
            .map(|chords| spelled(chords))
    }
}
