//! The core of the console: model, messages, `update`, subscriptions, actions, keymap, grammar.
//!
//! May not: name cloud, tokio, files, a clock or a frame.
//!
//! Why: a pure state machine can be tested by pressing keys and reading the screen.
//!
//! | file | holds |
//! |---|---|
//! | `model` | everything the console knows and shows |
//! | `msg` | everything that can happen to it |
//! | `update` | the one function that changes it; only routes |
//! | `effect`, `subscription` | what should be done, and what should be running |
//! | `look` | the estate as last seen and judged |
//! | `action`, `chord`, `keymap` | verbs, keys, and which is which |
//! | `guide` | what can be done here and now, by which keys |
//! | `bound` | the bindings that count now |
//! | `hints` | which of it a hint bar names |
//! | `screen` | one file a screen, each with its state |
//! | `theme` | which colour a meaning has |
//! | `command` | the grammar that argv and the palette share |
//! | `account` | the same of what gives account: journal, policy, handoff |

mod account;
mod act;
pub mod action;
pub mod acts;
mod attention;
mod bound;
pub mod chord;
pub mod command;
pub mod effect;
mod entrance;
pub mod guide;
mod hints;
pub mod input;
pub mod keymap;
mod keys;
pub mod logs;
pub mod look;
pub mod manual;
mod meant;
mod measure;
pub mod model;
mod mouse;
mod movement;
pub mod msg;

mod reading;
pub mod screen;
mod setup;
mod signing;
mod sought;
pub mod subscription;
mod tailing;
pub mod theme;
pub mod update;
mod whose;

use crate::estate::SignedDuration;

pub use action::{Action, Chapter};
pub use effect::Effect;
pub use model::Model;
pub use msg::Msg;
pub use reading::histogram_width;
pub use subscription::{Subscription, subscriptions};
pub use update::update;

/// How often [`Msg::Tick`] comes. Finer than a second, because a selection must have rested for
/// a third of one; a tick that moves no visible clock draws nothing.
pub const TICK: SignedDuration = SignedDuration::from_millis(250);

#[cfg(test)]
mod tests;
