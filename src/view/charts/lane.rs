//! What happened meanwhile, and the axis of time.

use ratatui::layout::Rect;

use super::{Axis, LABEL, scale};
use crate::app::Model;
use crate::app::screen::chart::Chart;
use crate::estate::Timestamp;
use crate::estate::chart::Span;
use crate::estate::event::EventKind;
use crate::estate::id::ServiceArn;
use crate::estate::timeline::Moment;
use crate::view::canvas::{Canvas, moment, zone};
use crate::view::theme::Tone;

/// What the marks mean.
pub(super) const LEGEND: &str =
    "d deployment  a done here  s scaling  c call  ! alarm  x stop  · no value";

/// Whether a moment has a mark.
pub(super) const fn is_marked(moment: &Moment) -> bool {
    mark(moment.kind).is_some()
}

const fn mark(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Deploy => Some("d"),
        EventKind::Action => Some("a"),
        EventKind::Scaling => Some("s"),
        EventKind::Call => Some("c"),
        EventKind::Alarm => Some("!"),
        EventKind::Stop => Some("x"),
        EventKind::Event => None,
    }
}

/// Draws a line through a chart wherever somebody or something altered the estate.
pub(super) fn draw_lines(canvas: &mut Canvas<'_>, area: Rect, axis: &Axis, marks: &[&Moment]) {
    for moment in marks {
        if !matches!(moment.kind, EventKind::Deploy | EventKind::Action) {
            continue;
        }
        if let Some(x) = axis.column(moment.at) {
            upright(canvas, x, area, Tone::Faint);
        }
    }
}

/// Draws the line of the cursor through a chart.
pub(super) fn draw_cursor(
    canvas: &mut Canvas<'_>,
    area: Rect,
    axis: &Axis,
    cursor: Option<Timestamp>,
) {
    if let Some(x) = cursor.and_then(|at| axis.column(at)) {
        upright(canvas, x, area, Tone::Accent);
    }
}

/// A line down `area` that goes behind everything that is there.
fn upright(canvas: &mut Canvas<'_>, x: u16, area: Rect, tone: Tone) {
    let style = canvas.theme.style(tone);
    for y in area.y..area.bottom() {
        if let Some(cell) = canvas.buffer.cell_mut((x, y))
            && matches!(cell.symbol(), " " | "╌" | "│")
        {
            cell.set_symbol("│").set_style(style);
        }
    }
}

/// Draws the marks of what happened; where several fall together, what altered the estate.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, axis: &Axis, marks: &[&Moment]) {
    if area.height == 0 {
        return;
    }
    canvas.pen(area).right("events", LABEL, Tone::Muted);
    let mut ordered: Vec<&&Moment> = marks.iter().collect();
    ordered.sort_by_key(|moment| moment.kind.is_change());
    for moment in ordered {
        let (Some(x), Some(letter)) = (axis.column(moment.at), mark(moment.kind)) else {
            continue;
        };
        let tone = match (moment.trouble, moment.kind.is_change()) {
            (true, _) => Tone::Degraded,
            (false, true) => Tone::Accent,
            (false, false) => Tone::Muted,
        };
        let at = Rect {
            x,
            width: 1,
            ..area
        };
        canvas.pen(at).put(letter, tone);
    }
}

/// Draws the times.
pub(super) fn draw_axis(canvas: &mut Canvas<'_>, area: Rect, axis: &Axis, span: Span) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let zone = zone(model, axis.until);
    canvas.pen(area).right(&zone, LABEL, Tone::Muted);
    let window = (axis.from, axis.until);
    for (at, words) in scale::ticks(span, window, axis.columns, model.told_in()) {
        let Some(x) = axis.column(at) else {
            continue;
        };
        let width = u16::try_from(words.len()).unwrap_or(0);
        let start = x.saturating_sub(width / 2).max(axis.left);
        let end = (axis.left + axis.columns).min(area.right());
        if start + width <= end {
            let place = Rect {
                x: start,
                width,
                ..area
            };
            canvas.pen(place).put(&words, Tone::Muted);
        }
    }
}

/// What happened within a column of the cursor.
pub(super) fn told(
    model: &Model,
    chart: &Chart,
    cursor: Timestamp,
    marks: &[&Moment],
) -> (String, Tone) {
    let near = chart.span.length() / 60;
    let mut near: Vec<&&Moment> = marks
        .iter()
        .filter(|moment| moment.at.duration_since(cursor).abs() <= near)
        .collect();
    near.sort_by_key(|moment| {
        let away = moment.at.duration_since(cursor).abs();
        (!moment.kind.is_change(), away)
    });
    let words = near.into_iter().take(4);
    let words: Vec<String> = words.map(|one| sentence(model, one)).collect();
    let at = moment(model, cursor, "%a %H:%M");
    if words.is_empty() {
        (format!("{at}  nothing happened about then"), Tone::Muted)
    } else {
        (format!("{at}  {}", words.join(" · ")), Tone::Text)
    }
}

fn sentence(model: &Model, one: &Moment) -> String {
    let name = one.service.as_ref().map(ServiceArn::name);
    let named = name.filter(|name| !one.words.starts_with(*name));
    let named = named.map(|name| format!("{name} ")).unwrap_or_default();
    let at = moment(model, one.at, "%H:%M");
    format!("{at} {} {named}{}", one.kind, one.sentence())
}
