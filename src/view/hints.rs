//! The last line: what works here and now, and nothing else.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::field::field;
use super::widget::panel::panel;
use crate::app::Action;
use crate::app::guide::{Hint, following, hints};
use crate::app::screen::Overlay;
use crate::app::screen::board::Entry;
use crate::app::screen::reader::Purpose;

/// Columns between two hints.
const GAP: u16 = 3;

/// Draws the hints; while a filter is typed, the filter line.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let mut pen = canvas.pen(area);
    pen.gap(1);
    if matches!(model.overlay, Some(Overlay::Filter)) {
        let half = area.width / 3;
        pen.put("/ ", Tone::Accent);
        field(&mut pen, &model.board.filter, half, true);
        pen.gap(2);
    }
    if let Some(Overlay::Help(help)) = &model.overlay
        && help.typing
    {
        pen.put("/ ", Tone::Accent);
        field(&mut pen, &help.sieve, area.width / 3, true);
        pen.gap(2);
    }
    if let (Some(Overlay::Condition), Some(reader)) = (&model.overlay, &model.reader) {
        let half = area.width / 2;
        let label = match reader.purpose {
            Purpose::Condition => "/ ",
            Purpose::Moment => "to the time ",
            Purpose::Search => "search back ",
            Purpose::Shown | Purpose::Held => "save to ",
        };
        pen.put(label, Tone::Accent);
        field(&mut pen, &reader.typed, half, true);
        pen.gap(2);
    }
    for hint in fitting(&hints(model), pen.room()) {
        pen.put(&hint.keys, Tone::Accent).gap(1);
        pen.put(hint.words, Tone::Muted).gap(GAP);
    }
}

/// The hints that fit whole into `room` columns; what comes first is most useful. The help is
/// always among them: it tells the rest.
pub(super) fn fitting(hints: &[Hint], room: usize) -> Vec<&Hint> {
    let is_help = |hint: &&Hint| hint.action == Action::Help;
    let reserved: usize = hints.iter().filter(is_help).map(width).sum();
    let (mut used, mut full) = (reserved, false);
    hints
        .iter()
        .filter(|hint| {
            if !is_help(hint) && !full {
                used += width(hint);
                full = used > room;
            }
            is_help(hint) || !full
        })
        .collect()
}

/// Columns of one hint, without the gap after it.
pub(super) fn width(hint: &Hint) -> usize {
    hint.keys.width() + 1 + hint.words.width() + usize::from(GAP)
}

/// Draws what may follow the keys of an unfinished sequence, above the hints at the right.
pub(super) fn draw_following(canvas: &mut Canvas<'_>, body: Rect) {
    let next = following(canvas.model);
    if next.is_empty() {
        return;
    }
    let keys: Vec<String> = canvas
        .model
        .pending
        .iter()
        .map(ToString::to_string)
        .collect();
    let widest = next
        .iter()
        .map(|(key, help)| key.width() + help.width() + 9);
    let width = widest
        .max()
        .and_then(|one| u16::try_from(one).ok())
        .unwrap_or(0);
    let height = u16::try_from(next.len() + 2)
        .unwrap_or(u16::MAX)
        .min(body.height);
    let width = width.min(body.width);
    let area = Rect {
        x: body.right() - width,
        y: body.bottom() - height,
        width,
        height,
    };
    let inside = panel(canvas, area, &keys.join(" "), Tone::Accent);
    for (index, (key, help)) in next.iter().enumerate() {
        let mut pen = canvas.pen(line(inside, index));
        pen.cell(key, 4, Tone::Accent).rest(help, Tone::Text);
    }
}

/// How many services are in sight, of how many: `3 of 24`.
pub(super) fn matches(canvas: &Canvas<'_>) -> Option<String> {
    let board = &canvas.model.board;
    let typed = board.filter.text();
    if typed.trim().is_empty() {
        return None;
    }
    let rows = board
        .entries
        .iter()
        .filter(|one| matches!(one, Entry::Row(_)));
    let (shown, all) = (rows.count(), canvas.model.look.rows.len());
    Some(format!("filter “{typed}”: {shown} of {all}"))
}
