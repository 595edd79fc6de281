//! A line being typed, with its cursor.

use unicode_width::UnicodeWidthChar;

use super::pen::Pen;
use crate::app::input::Input;
use crate::view::theme::Tone;

/// Draws `input` into exactly `width` columns. What does not fit is left out at the start, so
/// that the cursor is always seen; a field without the focus has none.
pub(in crate::view) fn field(pen: &mut Pen<'_>, input: &Input, width: u16, focused: bool) {
    let stop = pen.column().saturating_add(width);
    let room = usize::from(width.saturating_sub(1));
    pen.within(width, |pen| {
        pen.put(tail(input.before(), room), Tone::Text);
        if focused {
            let mut after = input.after().chars();
            let under = after.next();
            let mut shown = [0; 4];
            let under = under.map_or(" ", |one| one.encode_utf8(&mut shown));
            pen.put(under, Tone::Cursor).put(after.as_str(), Tone::Text);
        } else {
            pen.put(input.after(), Tone::Text);
        }
    });
    pen.to(stop);
}

/// The end of `text` that fits into `width` columns.
fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (place, character) in text.char_indices().rev() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        start = place;
    }
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_is_typed_stays_in_sight() {
        assert_eq!(tail("orders", 10), "orders");
        assert_eq!(tail("a long reason", 6), "reason");
        assert_eq!(tail("漢字漢字", 5), "漢字");
        assert_eq!(tail("x", 0), "");
    }
}
