//! The board: the services worst first, and beside them the numbers, the news and the log.

use ratatui::layout::Rect;
use strum::IntoEnumIterator as _;

use super::canvas::Canvas;
use super::layout::{is_roomy, panes};
use super::theme::Tone;
use super::{evidence, feed, kpis, logs, services};
use crate::app::screen::board::Pane;

/// Draws the board into what the strips leave.
pub(super) fn draw(canvas: &mut Canvas<'_>, body: Rect) {
    let focus = canvas.model.board.pane;
    let panes = panes(body, focus);
    if !is_roomy(body) {
        draw_tabs(canvas, panes.tabs, focus);
        kpis::draw_as_of(canvas, panes.tabs);
    }
    services::draw(canvas, panes.services);
    evidence::draw(canvas, panes.evidence);
    kpis::draw(canvas, panes.kpis);
    feed::draw(canvas, panes.events);
    logs::draw(canvas, panes.logs, focus == Pane::Logs);
}

fn draw_tabs(canvas: &mut Canvas<'_>, area: Rect, focus: Pane) {
    let mut pen = canvas.pen(area);
    pen.gap(1);
    for pane in Pane::iter() {
        let (mark, tone) = if pane == focus {
            ("▌", Tone::Accent)
        } else {
            (" ", Tone::Muted)
        };
        pen.put(mark, tone).put(word(pane), tone).gap(3);
    }
}

/// What a pane is called.
pub(super) const fn word(pane: Pane) -> &'static str {
    match pane {
        Pane::Services => "SERVICES",
        Pane::Kpis => "KPIS",
        Pane::Events => "EVENTS",
        Pane::Logs => "LOG",
    }
}
