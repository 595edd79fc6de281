//! Everything that is known of the selected service's state, and what people do about it.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::services::Voice;
use super::theme::Tone;
use super::widget::cut::wrap;
use crate::app::Model;
use crate::app::screen::board::Selected;
use crate::estate::board::Row;
use crate::estate::stops::stop;
use crate::estate::verdict::Health;

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
        pen.put("→ ", Tone::Accent).rest(hint, Tone::Text);
    }
}

/// What first-level operations do about the newest abnormal stop of a service that is not well.
fn hint(model: &Model, row: &Row) -> Option<&'static str> {
    let sick = matches!(row.verdict.health, Health::Down | Health::Degraded);
    let (place, seen) = model.look.snapshot.service(&row.arn)?;
    let cluster = &seen.service.cluster;
    let mut own = place.stops.iter();
    let newest = own.find(|task| task.belongs_to(&row.arn, cluster) && stop(task).abnormal)?;
    sick.then(|| stop(newest).hint)
}
