//! The core of the console: model, messages, `update`, subscriptions, actions, keymap, grammar.
//!
//! May not: name cloud, tokio, files, a clock or a frame.
//!
//! Why: a pure state machine can be tested by pressing keys and reading the screen.
