//! What lies over a screen: one box, never a box in a box.

use ratatui::layout::Rect;
use ratatui::widgets::{Block, Clear, Widget as _};

use super::super::canvas::Canvas;
use crate::view::theme::Tone;

/// Clears `area`, draws a border with `title` on it, and gives what is inside, with a column of
/// air at each side.
pub(in crate::view) fn panel(canvas: &mut Canvas<'_>, area: Rect, title: &str, tone: Tone) -> Rect {
    let area = area.intersection(canvas.buffer.area);
    let block = Block::bordered().border_style(canvas.theme.style(Tone::Faint));
    let inner = block.inner(area);
    Clear.render(area, canvas.buffer);
    block.render(area, canvas.buffer);
    let head = Rect {
        x: area.x.saturating_add(2),
        width: area.width.saturating_sub(4),
        height: area.height.min(1),
        ..area
    };
    canvas
        .pen(head)
        .put(" ", tone)
        .put(title, tone)
        .put(" ", tone);
    Rect {
        x: inner.x.saturating_add(1),
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

/// The middle `columns` by `rows` of `area`, or all of it where that is smaller.
pub(in crate::view) fn middle(area: Rect, columns: u16, rows: u16) -> Rect {
    let (width, height) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}
