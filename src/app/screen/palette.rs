//! The command palette: subcommands and actions by name.

use super::super::action::Action;
use super::super::input::Input;

/// The palette's state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// What matches it, best first.
    pub entries: Vec<Entry>,
    /// The selected entry.
    pub selected: usize,
    /// What is wrong with what was typed.
    pub complaint: Option<String>,
}

/// One line of the palette's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What would be typed for it.
    pub text: String,
    /// What it does.
    pub help: String,
    /// The action it stands for; `None` for a command line.
    pub action: Option<Action>,
}
