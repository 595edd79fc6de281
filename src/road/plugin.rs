//! How a shell that AWS's own client carried came to its end.

use std::io::{self, ErrorKind};

use crate::passage::program::Done;
use crate::session::plugin::PROGRAM;

/// What is suggested where the program's own channel found no way.
pub const SUGGESTION: &str =
    "AWS's own client may find a way: set client = \"plugin\" under [shell] in the settings";

/// Why it did not start, and what to do about it.
pub fn not_started(error: &io::Error) -> String {
    if error.kind() == ErrorKind::NotFound {
        let mend = "install it, or set client = \"native\" under [shell]";
        return format!("{PROGRAM} is not on the path: {mend}");
    }
    format!("{PROGRAM}: {error}")
}

/// The end in a few words, and whether it came against everybody's will.
pub fn outcome(ended: Result<Done, String>) -> (String, bool) {
    match ended {
        Ok(Done::Ended(status)) if status.success() => (format!("{PROGRAM} ended"), false),
        Ok(Done::Ended(status)) => (format!("{PROGRAM} ended: {status}"), true),
        Ok(Done::TimeBox) => ("the time box ended".to_owned(), false),
        Ok(Done::Told) => ("the terminal or the process ended".to_owned(), false),
        Err(words) => (words, true),
    }
}
