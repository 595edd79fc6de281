//! What every key does.

use crate::app::input::Input;

/// The help's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// First line shown.
    pub top: usize,
    /// What the lines have to have in them.
    pub sieve: Input,
    /// Whether that is being typed.
    pub typing: bool,
}
