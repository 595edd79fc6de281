//! Deployments as bars: how much of the old and of the new revision runs.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::theme::Tone;
use super::widget::pen::Pen;
use super::widget::window;
use crate::app::screen::service::ServicePage;
use crate::estate::service::{Deployment, DeploymentStatus, Rollout, Service};

/// Draws the current deployment and the ones it replaces, as many as there are lines.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, service: &Service) {
    for (down, deployment) in service.deployments.iter().enumerate() {
        if down < usize::from(area.height) {
            draw_bar(canvas, line(area, down), deployment, service.desired);
        }
    }
}

/// Draws all of them with AWS's own reason below each.
pub(super) fn draw_all(
    canvas: &mut Canvas<'_>,
    area: Rect,
    opened: &ServicePage,
    service: &Service,
) {
    let lines = usize::from(area.height) / 2;
    let window = window::from(opened.top, service.deployments.len(), lines);
    for (place, deployment) in service.deployments[window].iter().enumerate() {
        let bar = line(area, place * 2);
        draw_bar(canvas, bar, deployment, service.desired);
        let began = deployment.created_at.map(|at| canvas.when(at));
        let mut pen = canvas.pen(line(area, place * 2 + 1));
        pen.gap(15).put(deployment.id.as_str(), Tone::Muted);
        if let Some(began) = began {
            pen.put(", began ", Tone::Muted).put(&began, Tone::Muted);
            let ago = if began.contains(':') { "" } else { " ago" };
            pen.put(ago, Tone::Muted);
        }
        pen.gap(2).rest(&deployment.reason, Tone::Text);
    }
    if service.deployments.is_empty() {
        canvas
            .pen(below(area))
            .gap(3)
            .rest("AWS tells of no deployment", Tone::Muted);
    }
}

fn draw_bar(canvas: &mut Canvas<'_>, area: Rect, deployment: &Deployment, wanted: u32) {
    let began = deployment.created_at.map(|at| canvas.when(at));
    let (place, tone) = match &deployment.status {
        DeploymentStatus::Primary => ("new", Tone::Text),
        DeploymentStatus::Active => ("old", Tone::Muted),
        DeploymentStatus::Inactive => ("gone", Tone::Muted),
        DeploymentStatus::Unknown(word) => (word.as_str(), Tone::Unknown),
    };
    let (word, moving) = rollout(&deployment.rollout);
    let length = (area.width / 5).min(40);
    let mut pen = canvas.pen(area);
    pen.gap(3).cell(place, 5, Tone::Muted);
    pen.cell(deployment.task_definition.label(), 20, tone)
        .gap(1);
    bar(
        &mut pen,
        length,
        deployment.running,
        wanted.max(deployment.desired),
        moving,
    );
    pen.right(
        &format!("{}/{}", deployment.running, deployment.desired),
        8,
        tone,
    );
    if deployment.pending > 0 {
        pen.put(&format!(" +{}", deployment.pending), Tone::Muted);
    }
    pen.gap(2).put(word, moving);
    if deployment.failed > 0 {
        pen.put(
            &format!(", {} failed in a row", deployment.failed),
            Tone::Down,
        );
    }
    if let Some(began) = began {
        pen.gap(2).put(&began, Tone::Muted);
    }
}

/// Draws `part` of `whole` over `length` columns; any part is at least one column.
fn bar(pen: &mut Pen<'_>, length: u16, part: u32, whole: u32, tone: Tone) {
    let share = u64::from(length) * u64::from(part.min(whole)) / u64::from(whole.max(1));
    let full = u16::try_from(share)
        .unwrap_or(length)
        .max(u16::from(part > 0));
    for column in 0..length {
        if column < full {
            pen.put("█", tone);
        } else {
            pen.put("░", Tone::Faint);
        }
    }
}

const fn rollout(rollout: &Rollout) -> (&str, Tone) {
    match rollout {
        Rollout::InProgress => ("in progress", Tone::Moving),
        Rollout::Completed => ("completed", Tone::Muted),
        Rollout::Failed => ("failed", Tone::Down),
        Rollout::Absent => ("", Tone::Muted),
        Rollout::Unknown(_) => ("in a state nobody knows", Tone::Unknown),
    }
}
