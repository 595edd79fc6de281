//! The tasks of the opened service, and below them what stopped lately and why.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::window;
use crate::app::Model;
use crate::app::screen::service::ServicePage;
use crate::estate::stops::stop;
use crate::estate::task::Task;

/// One line of the table.
enum Line<'a> {
    Title(&'static str),
    Nothing(&'static str),
    Running(&'a Task),
    /// A stopped task, and whether the line above says the same of another.
    Stopped(&'a Task, bool),
    Air,
}

/// Draws the table from the page's top line on.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, opened: &ServicePage) {
    let lines = lines(canvas.model, opened);
    let window = window::from(opened.top, lines.len(), usize::from(area.height));
    let position = window::position(&window, lines.len());
    for (down, one) in lines[window].iter().enumerate() {
        let place = line(area, down);
        match one {
            Line::Title(words) => {
                canvas.pen(place).gap(3).rest(words, Tone::Muted);
            }
            Line::Nothing(words) => {
                canvas.pen(place).gap(3).rest(words, Tone::Text);
            }
            Line::Running(task) => draw_running(canvas, place, task),
            Line::Stopped(task, again) => draw_stopped(canvas, place, task, *again),
            Line::Air => {}
        }
    }
    if let Some(position) = position {
        let width = area.width.min(16);
        let corner = Rect {
            x: area.right() - width,
            width,
            ..area
        };
        canvas.pen(corner).flush_right(&position, Tone::Accent);
    }
}

fn lines<'a>(model: &'a Model, opened: &ServicePage) -> Vec<Line<'a>> {
    let Some((place, seen)) = model.look.snapshot.service(&opened.arn) else {
        return Vec::new();
    };
    let mut lines = vec![Line::Title(
        "TASK      STATUS         HEALTH     ZONE  STARTED   REVISION",
    )];
    let known = place.tasks.get(&opened.arn);
    let alive = known.iter().flat_map(|one| &one.tasks);
    let before = lines.len();
    lines.extend(alive.filter(|task| !is_stopped(task)).map(Line::Running));
    if lines.len() == before {
        let words = if known.is_some() {
            "no task runs"
        } else {
            "asking for its tasks …"
        };
        lines.push(Line::Nothing(words));
    }
    let cluster = &seen.service.cluster;
    let remembered = place.stops.iter();
    let stopped: Vec<&Task> = remembered
        .filter(|task| task.belongs_to(&opened.arn, cluster))
        .collect();
    lines.push(Line::Air);
    if stopped.is_empty() {
        lines.push(Line::Title("NO TASK STOPPED IN THE TIME AWS REMEMBERS"));
    } else {
        lines.push(Line::Title("STOPPED   WHEN      WHY"));
        let told = |task: &Task| (task.task_definition.clone(), stop(task).words);
        let mut before = None;
        for task in stopped {
            let this = Some(told(task));
            lines.push(Line::Stopped(task, before == this));
            before = this;
        }
    }
    lines
}

fn is_stopped(task: &Task) -> bool {
    &*task.last_status == "STOPPED"
}

fn draw_running(canvas: &mut Canvas<'_>, area: Rect, task: &Task) {
    let started = task
        .started_at
        .map(|at| canvas.when(at))
        .unwrap_or_default();
    let status = if &*task.last_status == "RUNNING" {
        Tone::Text
    } else {
        Tone::Moving
    };
    let (mark, health, tone) = match &*task.health {
        "HEALTHY" => ("✔ ", "healthy", Tone::Ok),
        "UNHEALTHY" => ("✖ ", "unhealthy", Tone::Down),
        "UNKNOWN" => ("  ", "unchecked", Tone::Muted),
        other => ("? ", other, Tone::Unknown),
    };
    let zone = task.zone.as_deref().unwrap_or_default();
    let mut pen = canvas.pen(area);
    pen.gap(3).cell(task.arn.short(), 8, Tone::Text).gap(2);
    pen.cell(&task.last_status.to_lowercase(), 14, status)
        .gap(1);
    pen.put(mark, tone).cell(health, 9, tone);
    pen.cell(zone.rsplit('-').next().unwrap_or_default(), 5, Tone::Muted)
        .gap(1);
    pen.right(&started, 8, Tone::Muted).gap(2);
    pen.rest(task.task_definition.label(), Tone::Text);
}

fn draw_stopped(canvas: &mut Canvas<'_>, area: Rect, task: &Task, again: bool) {
    let when = task
        .stopped_at
        .map(|at| canvas.when(at))
        .unwrap_or_default();
    let why = stop(task);
    let tone = if why.abnormal && !again {
        Tone::Degraded
    } else {
        Tone::Muted
    };
    let mut pen = canvas.pen(area);
    pen.gap(3).cell(task.arn.short(), 8, Tone::Muted).gap(1);
    pen.right(&when, 8, Tone::Muted).gap(2);
    pen.put(if why.abnormal { "▲ " } else { "  " }, tone);
    pen.put(&why.words, tone).gap(2);
    let hint = if again { "" } else { why.hint };
    pen.cell(task.task_definition.label(), 20, Tone::Muted)
        .gap(1);
    pen.rest(hint, Tone::Text);
}
