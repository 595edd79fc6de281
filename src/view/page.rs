//! A page of text over the screen.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::panel;
use super::widget::window;
use crate::app::screen::page::{Page, Voice};

/// Draws the page over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, page: &Page) {
    let inside = panel(canvas, area, &page.title, Tone::Accent);
    let lines = page.printed(area.width);
    let window = window::from(page.top, lines.len(), usize::from(inside.height));
    let shown = lines[window.clone()].iter().enumerate();
    for (down, (words, voice)) in shown {
        let mut pen = canvas.pen(line(inside, down));
        pen.rest(words, tone(*voice));
    }
    if let Some(position) = window::position(&window, lines.len()) {
        let last = Rect {
            y: area.bottom().saturating_sub(1),
            height: 1,
            width: area.width.saturating_sub(2),
            ..area
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
