//! The small pieces all screens are made of.

pub(super) mod field;
pub(super) mod panel;
pub(super) mod pen;
pub(super) mod sheet;
pub(super) mod sparkline;
pub(super) mod window;
