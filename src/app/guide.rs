//! What can be done here and now, and by which keys: the one source of hint bar, help, palette
//! and the box that tells what may follow a key.

use super::action::{Action, Chapter};
use super::model::Model;

/// One entry of the hint bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as printed (`ctrl-c`, `g g`).
    pub keys: String,
    /// What they do, in a word or two.
    pub words: &'static str,
    /// The action.
    pub action: Action,
}

/// One chapter of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpChapter {
    /// The chapter's name.
    pub chapter: Chapter,
    /// Whether its keys work on the screen beneath the help.
    pub here: bool,
    /// Its actions with all their keys.
    pub lines: Vec<HelpLine>,
}

/// One line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// All keys, each as printed; empty when only the palette reaches it.
    pub keys: Vec<String>,
    /// The action; its [`Action::help`] is the text.
    pub action: Action,
}

/// What the hint bar shows, most useful first; a narrow screen shows as many as fit.
pub fn hints(model: &Model) -> Vec<Hint> {
    let _ = model;
    Vec::new()
}

/// The whole help: the chapters that count here first.
pub fn manual(model: &Model) -> Vec<HelpChapter> {
    let _ = model;
    Vec::new()
}

/// What may follow the keys pressed so far (key, what it does); empty outside a sequence.
pub fn following(model: &Model) -> Vec<(String, &'static str)> {
    let _ = model;
    Vec::new()
}

/// Whether `action` does anything in `model`.
pub(super) fn offers(model: &Model, action: Action) -> bool {
    let _ = (model, action);
    true
}
