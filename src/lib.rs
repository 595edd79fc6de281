//! # Firstline
//!
//! The terminal console that first-level operations keep open for services on AWS ECS: is it
//! healthy, what changed, and what may I safely do about it?
//!
//! ## The map of the house
//!
//! | room | is |
//! |---|---|
//! | [`estate`] | the words: plain data and pure rules (services, verdicts, KPIs, alarms, changes) |
//! | [`policy`] | may this happen? The only maker of [`policy::Approved`] |
//! | [`app`] | the core: model, messages, update, keymap, command grammar; pure |
//! | [`view`] | pictures of the model |
//! | [`cloud`] | the one door to AWS |
//! | [`journal`] | the append-only record of what was done |
//! | [`road`] | the one road of a change: intent on disk, call, outcome on disk |
//! | [`session`] | the Session Manager data channel: shells, forwarded ports, recordings |
//! | [`passage`] | the person's terminal, lent to a session |
//! | [`sim`] | a simulated AWS on the wire: the demo estate and the tests' estate |
//! | [`runtime`] | the only loop, the only clock, the terminal guard |
//! | [`cli`] | the other face: tables, JSON, exit codes |
//! | [`config`] | settings: flag over environment over file over embedded default |
//!
//! ## The arrows
//!
//! `estate <- policy <- app <- view <- runtime <- main`. `cloud` and `journal` stand on `estate`
//! and `policy`; `road` on those three; `session` stands alone, `sim` on its `wire`, `passage` on its `channel`; `cli` uses `app::command` and never the model or the
//! view. Nobody but `cloud` (and `sim`, which plugs in beneath it) names the SDK. Nobody but
//! `runtime` and `main` reads the clock. `tests/suite/architecture` reads the sources and keeps it so.
//!
//! ## The way of the data
//!
//! [`cloud`] reads AWS and hands out parts; a part is absorbed into the snapshot; the pure rules
//! of [`estate`] judge the snapshot; [`view`] draws the judgement. A key becomes an action,
//! an action may become a change, a change asks [`policy`], and only what policy approved goes
//! down the [`road`].

/// The version, and in a release the commit it was built from.
pub const VERSION: &str = env!("FIRSTLINE_VERSION");

pub mod app;
pub mod cli;
pub mod cloud;
pub mod config;
pub mod estate;
pub mod journal;
pub mod passage;
pub mod policy;
pub mod road;
pub mod runtime;
pub mod session;
pub mod sim;
pub mod view;
