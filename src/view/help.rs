//! What every key does, from the keymap itself.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use super::widget::window;
use crate::app::manual::{HelpLine, manual_columns, sifted};
use crate::app::screen::help::Help;

/// One line of the help.
enum Line {
    Chapter(String, bool),
    Key(HelpLine),
    Air,
}

/// Draws the help over `area`; where there is room, in two columns.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, help: &Help) {
    let lines = lines(canvas);
    let columns = manual_columns(canvas.model);
    let per_column = lines.len().div_ceil(usize::from(columns));
    let height = u16::try_from(per_column + 2).unwrap_or(u16::MAX);
    let place = middle(area, columns * 58 + 4, height);
    let title = match help.sieve.text() {
        typed if typed.is_empty() => "what every key does".to_owned(),
        typed if lines.is_empty() => format!("no key has “{typed}”"),
        typed => format!("what every key does: “{typed}”"),
    };
    let inside = panel(canvas, place, &title, Tone::Accent);
    let rows = usize::from(inside.height);
    let window = window::from(help.top, per_column, rows);
    for column in 0..columns {
        let width = inside.width / columns;
        let part = Rect {
            x: inside.x + column * width,
            width: width.saturating_sub(2),
            ..inside
        };
        let first = usize::from(column) * per_column + window.start;
        for (down, one) in lines.iter().skip(first).take(window.len()).enumerate() {
            draw_line(canvas, line(part, down), one);
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

fn lines(canvas: &Canvas<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for chapter in sifted(canvas.model) {
        if !lines.is_empty() {
            lines.push(Line::Air);
        }
        let name = chapter.chapter.to_string().to_uppercase();
        lines.push(Line::Chapter(name, chapter.here));
        lines.extend(chapter.lines.into_iter().map(Line::Key));
    }
    lines
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, one: &Line) {
    let mut pen = canvas.pen(area);
    match one {
        Line::Chapter(name, here) => {
            pen.put(name, if *here { Tone::Strong } else { Tone::Muted });
        }
        Line::Key(key) => {
            pen.cell(&key.keys.join("  "), 18, Tone::Accent).gap(1);
            pen.rest(key.action.help(), Tone::Text);
        }
        Line::Air => {}
    }
}
