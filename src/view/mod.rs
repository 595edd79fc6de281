//! Pictures: `draw(&Model, &Theme, &mut Frame)`, one file per screen.
//!
//! May not: decide, mutate, wait; name a colour outside `theme`.
//!
//! Why: what is drawn is a function of the model, so a snapshot test is a screenshot.

pub mod theme;
mod widget;

/// stub
pub fn draw(_: &crate::app::Model, _: &theme::Theme, _: &mut ratatui::Frame) {}
/// stub
pub fn hit(_: &crate::app::Model, _: u16, _: u16) -> Option<crate::app::msg::Hit> {
    None
}
pub use theme::Theme;
