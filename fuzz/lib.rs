//! The rooms and corners under test, alone: what others wrote is read here and nowhere else.

#[path = "../src/session/mod.rs"]
pub mod session;

/// The words of the house name no other room: log lines, filters and approvals are read there.
#[path = "../src/estate/mod.rs"]
pub mod estate;

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
