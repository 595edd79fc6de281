//! What every key does, from the keymap itself.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use super::widget::window;
use crate::app::manual::{Printed, Sheet};
use crate::app::screen::help::Help;

/// Draws the help over `area`, in as many columns as there is room for.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, help: &Help) {
    let sheet = Sheet::of(canvas.model);
    let (lines, columns) = (&sheet.lines, sheet.columns);
    let per_column = sheet.height();
    let height = u16::try_from(per_column + 2).unwrap_or(u16::MAX);
    let place = middle(area, columns * sheet.width + 4, height);
    let title = match help.sieve.text() {
        typed if typed.is_empty() => "what every key does".to_owned(),
        typed if lines.is_empty() => format!("no key has “{typed}”"),
        typed => format!("what every key does: “{typed}”"),
    };
    let inside = panel(canvas, place, &title, Tone::Accent);
    let rows = usize::from(inside.height);
    let window = window::from(help.top, per_column, rows);
    for column in 0..columns {
        let part = Rect {
            x: inside.x + column * sheet.width,
            width: sheet.width.min(inside.width) - 1,
            ..inside
        };
        let first = usize::from(column) * per_column + window.start;
        for (down, one) in lines.iter().skip(first).take(window.len()).enumerate() {
            draw_line(canvas, line(part, down), one, sheet.keys);
        }
    }
    if let Some(position) = window::position(&window, per_column) {
        let last = Rect {
            y: place.bottom().saturating_sub(1),
            height: 1,
            width: place.width.saturating_sub(2),
            ..place
        };
        canvas
            .pen(last)
            .flush_right(&format!(" {position} "), Tone::Accent);
    }
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, one: &Printed, keys: u16) {
    let mut pen = canvas.pen(area);
    match one {
        Printed::Chapter(name, here) => {
            pen.put(name, if *here { Tone::Strong } else { Tone::Muted });
        }
        Printed::Key(said, words) => {
            let start = pen.column() + keys;
            pen.put(said, Tone::Accent).gap(2);
            let at = pen.column().max(start);
            pen.to(at).rest(words, Tone::Text);
        }
        Printed::Air => {}
    }
}
