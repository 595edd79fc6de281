//! Pictures: `draw(&Model, &Theme, &mut Frame)`, one file per screen.
//!
//! May not: decide, mutate, wait; name a colour outside `theme`.
//!
//! Why: what is drawn is a function of the model, so a snapshot test is a screenshot.

pub mod theme;
mod widget;
