//! What is done to a line before it is one of ours.

use serde_json::Value;

/// A longer line is cut; CloudWatch takes up to 1 MB.
const LONGEST_LINE: usize = 64 * 1024;

/// The line inside `FireLens`'s JSON.
pub(super) fn unwrapped(raw: &str) -> Option<String> {
    match serde_json::from_str(raw) {
        Ok(Value::Object(mut fields)) => match fields.remove("log") {
            Some(Value::String(line)) => Some(line),
            _ => None,
        },
        _ => None,
    }
}

/// The beginning of a giant line.
pub(super) fn cut(line: &str) -> String {
    if line.len() <= LONGEST_LINE {
        return line.to_owned();
    }
    let end = (0..=LONGEST_LINE)
        .rev()
        .find(|&index| line.is_char_boundary(index));
    format!("{}…", &line[..end.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_giant_line_is_cut_between_characters() {
        let giant = "ä".repeat(LONGEST_LINE);
        let cut = cut(&giant);
        assert!(cut.len() <= LONGEST_LINE + 3 && cut.ends_with("ä…"));
        assert_eq!(super::cut("short"), "short");
    }

    #[test]
    fn firelens_lines_come_out_of_their_wrapping() {
        assert_eq!(
            unwrapped(r#"{"log":"WARN x","container_id":"1"}"#).as_deref(),
            Some("WARN x")
        );
        assert_eq!(unwrapped(r#"{"log":{"a":1}}"#), None);
        assert_eq!(unwrapped("plain"), None);
    }
}
