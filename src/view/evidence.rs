//! Everything that is known of the selected service's state, and what people do about it.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::services::Voice;
use super::theme::Tone;
use crate::app::Model;
use crate::app::screen::board::Selected;
use crate::estate::board::Row;
use crate::estate::cut::wrap;

/// Draws everything that is known of the selected service's state: its row may be too short for
/// that. Below it, when there is a line left, what people do about it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let selected = match &model.board.selected {
        Some(Selected::Service(arn)) => model.look.row(arn),
        Some(Selected::Healthy) | None => None,
    };
    let Some(row) = selected else {
        return;
    };
    let voice = Voice::of(row);
    let room = usize::from(area.width.saturating_sub(6));
    let mut said = row.verdict.evidence.to_string();
    let revision = row.rollout.split(' ').next().unwrap_or_default();
    if !revision.is_empty() && !said.contains(revision) {
        said = format!("{said}  ·  {}", row.rollout);
    }
    let parts = wrap(&said, room);
    for (down, part) in parts.iter().take(usize::from(area.height)).enumerate() {
        let mut pen = canvas.pen(line(area, down));
        pen.gap(1).put("▌", Tone::Faint).gap(3);
        pen.put(part, voice.plain);
    }
    if let Some(hint) = hint(model, row).filter(|_| parts.len() < usize::from(area.height)) {
        let mut pen = canvas.pen(line(area, parts.len()));
        pen.gap(1).put("▌", Tone::Faint).gap(3);
        pen.put("→ ", Tone::Accent).rest(&hint, Tone::Text);
    }
}

/// What to do about a service that is not well, and whom to call; about one that is nothing is
/// said.
fn hint(model: &Model, row: &Row) -> Option<String> {
    let advice = model.advice(&row.arn).into_iter().next()?;
    Some(match &advice.owner {
        Some(owner) => format!("{}; call {owner}", advice.said()),
        None => advice.said(),
    })
}
