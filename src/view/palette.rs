//! The command palette: what is typed, and what matches it.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::field::field;
use super::widget::panel::{middle, panel};
use super::widget::window;
use crate::app::screen::palette::Palette;

/// Entries shown at once.
const ENTRIES: u16 = 12;
/// Columns of an entry's keys.
const KEYS: u16 = 10;

/// Draws the palette over `area`; its size does not follow its matches.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, palette: &Palette) {
    let place = middle(area, 76, ENTRIES + 4);
    let inside = panel(canvas, place, "command", Tone::Accent);
    let mut pen = canvas.pen(inside);
    pen.put(": ", Tone::Accent);
    field(
        &mut pen,
        &palette.input,
        inside.width.saturating_sub(2),
        true,
    );
    if let Some(complaint) = &palette.complaint {
        canvas
            .pen(line(inside, 1))
            .gap(2)
            .rest(complaint, Tone::Degraded);
    }
    let height = usize::from(inside.height.saturating_sub(2));
    let window = window::around(palette.selected, palette.entries.len(), height);
    for (down, index) in window.enumerate() {
        let entry = &palette.entries[index];
        let chosen = index == palette.selected;
        let place = line(inside, down + 2);
        let mut pen = canvas.pen(place);
        pen.put(if chosen { "▌ " } else { "  " }, Tone::Accent);
        let keys = entry.keys.as_deref().unwrap_or_default();
        pen.cell(&entry.text, 22, Tone::Text).gap(1);
        let help = inside.width.saturating_sub(22 + 3 + KEYS);
        pen.cell(&entry.help, help, Tone::Muted)
            .right(keys, KEYS, Tone::Accent);
        if chosen {
            canvas.theme.select(canvas.buffer, place);
        }
    }
    if palette.entries.is_empty() && palette.complaint.is_none() {
        canvas
            .pen(line(inside, 2))
            .gap(2)
            .rest("nothing matches", Tone::Muted);
    }
}
