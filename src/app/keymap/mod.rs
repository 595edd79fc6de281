//! What every key does: data, not code.

use std::collections::BTreeMap;

use super::action::{Action, Chapter};
use super::chord::Chord;

mod error;

pub use error::KeymapError;

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

impl Keymap {
    /// The embedded keys with `overlays` (file name, text) laid over them in order.
    pub fn load(overlays: &[(&str, &str)]) -> Result<Self, KeymapError> {
        let _ = overlays;
        Ok(Self::default())
    }
}
