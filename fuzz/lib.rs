//! The rooms and corners under test, alone: what others wrote is read here and nowhere else.

#[path = "../src/session/mod.rs"]
pub mod session;

/// The words a log line needs, out of the room that has all of them.
#[path = "."]
pub mod estate {
    pub use jiff::{SignedDuration, Timestamp};

    #[path = "../src/estate/id.rs"]
    pub mod id;
    #[path = "../src/estate/log/mod.rs"]
    pub mod log;
    #[path = "../src/estate/text.rs"]
    pub mod text;
    #[path = "../src/estate/usage.rs"]
    pub mod usage;
}

/// What is done to a line on its way in.
#[path = "."]
pub mod tail {
    #[path = "../src/cloud/tail/prepare.rs"]
    mod prepare;

    pub fn unwrapped(raw: &str) -> Option<String> {
        prepare::unwrapped(raw)
    }

    pub fn cut(line: &str) -> String {
        prepare::cut(line)
    }
}
