//! Lines that go on from the one above: stack traces and whatever else a program breaks over
//! several lines. Pure.

/// What stands where a program broke a line within one event; [`Text::clean`] puts it there.
///
/// [`Text::clean`]: crate::estate::text::Text::clean
pub const BREAK: &str = " ⏎ ";

/// How a line begins that goes on from the one above, wherever it stands.
const BEGINNINGS: [&str; 4] = [
    "Caused by:",
    "Suppressed:",
    "Traceback (most recent call last)",
    "... ",
];

/// Whether a line goes on from the one above it in its stream.
pub fn goes_on(line: &str) -> bool {
    line.starts_with([' ', '\t', '}', ')', ']'])
        || BEGINNINGS
            .iter()
            .any(|beginning| line.starts_with(beginning))
}

/// The first line of an event, and how many follow within it.
pub fn first_line(event: &str) -> (&str, usize) {
    let mut lines = event.split(BREAK);
    let first = lines.next().unwrap_or_default();
    (first, lines.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_go_on_and_lines_begin() {
        for line in [
            "    at handle (/app/x.js:20:17)",
            "\tat com.acme.Pay.charge(Pay.java:17)",
            "Caused by: java.net.ConnectException",
            "... 23 more",
            "Traceback (most recent call last):",
            "  File \"app.py\", line 3, in <module>",
            "}",
        ] {
            assert!(goes_on(line), "{line}");
        }
        for line in [
            "at noon all was well",
            "attempt 3",
            "ERROR x",
            "{\"a\":1}",
            "",
            "2026-11-21 at noon",
        ] {
            assert!(!goes_on(line), "{line}");
        }
        assert_eq!(first_line("one ⏎ two ⏎ three"), ("one", 2));
        assert_eq!(first_line("one"), ("one", 0));
    }
}
