//! What every key does.

/// The help's state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// First line shown.
    pub top: usize,
}
