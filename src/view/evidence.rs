//! Everything that is known of the selected service's state, and what people do about it.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::kpis;
use super::layout::TWO_ABREAST;
use super::services::Voice;
use super::theme::Tone;
use crate::app::Model;
use crate::app::screen::board::Selected;
use crate::estate::board::{Row, kpis_of};
use crate::estate::cut::wrap;
use crate::estate::id::ServiceArn;

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
    let lines = usize::from(area.height);
    let mut parts: Vec<(&str, &str)> = wrap(&said, room)
        .into_iter()
        .map(|part| ("", part))
        .collect();
    let hints = hints(model, row);
    // The numbers are worth more than a third thing to do.
    for hint in hints.iter().take(if lines > 2 { 2 } else { 1 }) {
        if parts.len() < lines {
            parts.push(("→ ", hint));
        }
    }
    for (down, (mark, part)) in parts.iter().take(lines).enumerate() {
        let tone = if mark.is_empty() {
            voice.plain
        } else {
            Tone::Text
        };
        let mut pen = canvas.pen(line(area, down));
        pen.gap(1).put("▌", Tone::Faint).gap(3);
        pen.put(mark, Tone::Accent).rest(part, tone);
    }
    let used = u16::try_from(parts.len()).unwrap_or(area.height);
    draw_numbers(canvas, area, used.min(area.height), &row.arn);
}

/// Draws the numbers of the selected service in the lines that are left, where they are several.
fn draw_numbers(canvas: &mut Canvas<'_>, area: Rect, used: u16, service: &ServiceArn) {
    let left = area.height - used;
    let model = canvas.model;
    let numbers = kpis_of(&model.look.snapshot, service, model.now).len();
    if left < 2 || numbers == 0 {
        return;
    }
    let abreast = if area.width - 4 >= TWO_ABREAST { 2 } else { 1 };
    let height = u16::try_from(numbers.div_ceil(abreast)).unwrap_or(left);
    let place = Rect {
        x: area.x + 4,
        y: area.y + used,
        width: area.width - 4,
        height: left.min(height),
    };
    for down in 0..place.height {
        canvas
            .pen(line(area, usize::from(used + down)))
            .gap(1)
            .put("▌", Tone::Faint);
    }
    kpis::draw_of(canvas, place, service);
}

/// What to do about a service that is not well, and whom to call; about one that is nothing is
/// said.
fn hints(model: &Model, row: &Row) -> Vec<String> {
    let advice = model.advice(&row.arn).into_iter();
    let told = advice.map(|one| match &one.owner {
        Some(owner) => format!("{} (owner: {owner})", one.said()),
        None => one.said(),
    });
    told.collect()
}
