//! A page of text over the screen.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::panel;
use super::widget::window;
use crate::app::screen::page::{Page, Voice};

/// Draws the page over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, page: &Page) {
    let place = Rect {
        // Under the strip that says whether the console is armed, and over the one with the keys.
        y: area.y + 2,
        height: area.height.saturating_sub(4),
        ..area
    };
    let inside = panel(canvas, place, &page.title, Tone::Accent);
    let window = window::from(page.top, page.lines.len(), usize::from(inside.height));
    for (down, one) in page
        .lines
        .iter()
        .skip(window.start)
        .take(window.len())
        .enumerate()
    {
        let mut pen = canvas.pen(line(inside, down));
        pen.rest(&one.words, tone(one.voice));
    }
    if let Some(position) = window::position(&window, page.lines.len()) {
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

const fn tone(voice: Voice) -> Tone {
    match voice {
        Voice::Plain => Tone::Text,
        Voice::Head => Tone::Strong,
        Voice::Quiet => Tone::Muted,
        Voice::Good => Tone::Ok,
        Voice::Warn => Tone::Degraded,
        Voice::Bad => Tone::Down,
    }
}
