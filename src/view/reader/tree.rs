//! A line field by field.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, line};
use super::super::theme::Tone;
use crate::app::screen::reader::Reader;
use crate::estate::cut::wrap;
use crate::estate::text::Text;

/// Columns of a field's name, with what stands before and behind it.
const NAME: u16 = 24;
const BEFORE: u16 = 3;
const BEHIND: u16 = 1;

/// The line in focus, field by field, from the first that is to be shown.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    canvas.rule(line(area, 0), "─", Tone::Faint);
    let body = below(area);
    let room = usize::from(body.height);
    let width = body.width.saturating_sub(BEFORE + NAME + BEHIND + 1).into();
    let fields = reader.fields();
    let (mut down, mut shown) = (0, reader.field);
    for (key, value) in fields.iter().skip(reader.field) {
        if down >= room {
            break;
        }
        let (key, value) = (Text::clean(key), Text::clean(value));
        let mut lines = wrap(&value, width);
        if lines.is_empty() {
            lines.push("");
        }
        for (index, words) in lines.iter().take(room - down).enumerate() {
            let mut pen = canvas.pen(line(body, down + index));
            let name = if index == 0 { &*key } else { "" };
            pen.gap(BEFORE)
                .cell(name, NAME, Tone::Muted)
                .gap(BEHIND)
                .put(words, Tone::Text);
        }
        down += lines.len();
        shown += usize::from(down <= room);
    }
    let all = fields.len();
    if reader.field > 0 || shown < all {
        let more = if shown < all {
            ", page down for more"
        } else {
            ""
        };
        let words = format!(" fields {} to {shown} of {all}{more} ", reader.field + 1);
        canvas
            .pen(line(area, 0))
            .gap(BEFORE)
            .put(&words, Tone::Muted);
    }
}
