//! What every key does: data, not code. `keymaps/default.toml` is embedded; other files are laid
//! over it and say only what differs. A file with a mistake is refused as a whole.

use std::collections::BTreeMap;

use super::action::{Action, Chapter};
use super::chord::Chord;

mod error;
mod read;
mod suggest;

pub use error::KeymapError;
pub(super) use suggest::nearest;

/// The embedded keymaps: name, file name and text. `default` lies under everything.
pub const EMBEDDED: [(&str, &str, &str); 3] = [
    (
        "default",
        "keymaps/default.toml",
        include_str!("../../../keymaps/default.toml"),
    ),
    (
        "vim",
        "keymaps/vim.toml",
        include_str!("../../../keymaps/vim.toml"),
    ),
    (
        "k9s",
        "keymaps/k9s.toml",
        include_str!("../../../keymaps/k9s.toml"),
    ),
];

/// Keys, by chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap {
    chapters: BTreeMap<Chapter, Keys>,
}

/// What may be pressed next.
pub type Keys = BTreeMap<Chord, Step>;

/// What a chord leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An action.
    Do(Action),
    /// More chords.
    More(Keys),
}

/// What a sequence of chords means so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// An action.
    Action(Action),
    /// The beginning of something.
    Beginning,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The embedded keys with `overlays` (file name, text) laid over them in order.
    pub fn load(overlays: &[(&str, &str)]) -> Result<Self, KeymapError> {
        let mut keymap = Self::default();
        let [(_, file, text), ..] = EMBEDDED;
        for (file, text) in std::iter::once(&(file, text)).chain(overlays) {
            for line in read::read(file, text)? {
                let keys = keymap.chapters.entry(line.chapter).or_default();
                lay(keys, &line.chords, line.action);
            }
        }
        Ok(keymap)
    }

    /// The embedded overlay called `name` (`vim`, `k9s`; `default` changes nothing), ready for
    /// [`Keymap::load`].
    pub fn embedded(name: &str) -> Option<(&'static str, &'static str)> {
        let known = EMBEDDED.iter().find(|(known, _, _)| *known == name);
        known.map(|(_, file, text)| (*file, *text))
    }

    /// What `typed` means; the first of `chapters` that knows it decides.
    pub fn find(&self, chapters: &[Chapter], typed: &[Chord]) -> Found {
        let steps = chapters
            .iter()
            .filter_map(|chapter| walk(self.chapters.get(chapter)?, typed));
        for step in steps {
            match step {
                Walked::Action(action) => return Found::Action(action),
                Walked::Keys(keys) if !keys.is_empty() => return Found::Beginning,
                Walked::Keys(_) => {}
            }
        }
        Found::Nothing
    }

    /// What may follow `typed`, in order of the keys.
    pub fn after(&self, chapters: &[Chapter], typed: &[Chord]) -> Vec<(Chord, Vec<Action>)> {
        let mut next: BTreeMap<Chord, Vec<Action>> = BTreeMap::new();
        for chapter in chapters.iter().rev() {
            let Some(Walked::Keys(keys)) = self
                .chapters
                .get(chapter)
                .and_then(|keys| walk(keys, typed))
            else {
                continue;
            };
            for (chord, step) in keys {
                let mut lines = Vec::new();
                collect(step, &mut vec![*chord], &mut lines);
                let actions = lines.into_iter().map(|(_, action)| action).collect();
                next.insert(*chord, actions);
            }
        }
        next.into_iter().collect()
    }

    /// Every binding of a chapter, in order of the keys.
    pub fn lines(&self, chapter: Chapter) -> Vec<(Vec<Chord>, Action)> {
        let mut lines = Vec::new();
        for (chord, step) in self.chapters.get(&chapter).into_iter().flatten() {
            collect(step, &mut vec![*chord], &mut lines);
        }
        lines
    }
}

/// A sequence of keys as a person writes it: `g g`.
pub fn spelled(chords: &[Chord]) -> String {
    let words: Vec<String> = chords.iter().map(Chord::to_string).collect();
    words.join(" ")
}

enum Walked<'a> {
    Action(Action),
    Keys(&'a Keys),
}

fn walk<'a>(keys: &'a Keys, typed: &[Chord]) -> Option<Walked<'a>> {
    let Some((first, rest)) = typed.split_first() else {
        return Some(Walked::Keys(keys));
    };
    match keys.get(first)? {
        Step::More(more) => walk(more, rest),
        Step::Do(action) => rest.is_empty().then_some(Walked::Action(*action)),
    }
}

fn collect(step: &Step, chords: &mut Vec<Chord>, into: &mut Vec<(Vec<Chord>, Action)>) {
    match step {
        Step::Do(action) => into.push((chords.clone(), *action)),
        Step::More(keys) => {
            for (chord, step) in keys {
                chords.push(*chord);
                collect(step, chords, into);
                chords.pop();
            }
        }
    }
}

/// Lays one binding over `keys`: what it hides goes away, `None` takes a binding away.
fn lay(keys: &mut Keys, chords: &[Chord], action: Option<Action>) {
    let Some((first, rest)) = chords.split_first() else {
        return;
    };
    if rest.is_empty() {
        match action {
            Some(action) => keys.insert(*first, Step::Do(action)),
            None => keys.remove(first),
        };
        return;
    }
    let step = keys
        .entry(*first)
        .or_insert_with(|| Step::More(Keys::new()));
    if let (Step::Do(_), Some(_)) = (&*step, action) {
        *step = Step::More(Keys::new());
    }
    if let Step::More(more) = step {
        lay(more, rest, action);
        if more.is_empty() {
            keys.remove(first);
        }
    }
}

#[cfg(test)]
mod tests;
