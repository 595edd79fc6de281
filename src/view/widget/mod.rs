//! The small pieces all screens are made of.

pub(super) mod age;
pub(super) mod cut;
pub(super) mod pen;
pub(super) mod sparkline;
