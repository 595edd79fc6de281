//! The changes on their way: how far each is, what went wrong, what can be done about it.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use crate::estate::cut::wrap;
use crate::estate::follow::{End, Pursuit};

/// Columns, where there are so many.
const WIDTH: u16 = 96;
/// Cells of a bar.
const CELLS: usize = 20;

/// One line of the list.
struct Row {
    mark: &'static str,
    tone: Tone,
    words: String,
}

/// Draws the list over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let room = usize::from(WIDTH.min(area.width).saturating_sub(6));
    let rows = rows(canvas, room);
    let height = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let place = middle(area, WIDTH, height);
    let inside = panel(canvas, place, "changes on their way", Tone::Accent);
    for (index, row) in rows.iter().enumerate() {
        let mut pen = canvas.pen(line(inside, index));
        pen.put(row.mark, row.tone).rest(&row.words, row.tone);
    }
}

fn rows(canvas: &Canvas<'_>, room: usize) -> Vec<Row> {
    let pursuits = &canvas.model.pursuits;
    let mut rows = Vec::new();
    if let Some(recycle) = &pursuits.recycle {
        let percent = recycle.done * 100 / recycle.of.max(1);
        let held = if recycle.held { "HELD  " } else { "" };
        rows.push(Row {
            mark: "◌ ",
            tone: Tone::Moving,
            words: format!(
                "recycle {}  {}  {} of {} stopped  {held}{}",
                recycle.service.name(),
                bar(percent),
                recycle.done,
                recycle.of,
                recycle.words
            ),
        });
    }
    for pursuit in pursuits.all.values() {
        rows.extend(pursuit_rows(canvas, pursuit, room));
    }
    rows
}

fn bar(percent: usize) -> String {
    let full = CELLS * percent.min(100) / 100;
    format!("[{}{}]", "=".repeat(full), " ".repeat(CELLS - full))
}

fn pursuit_rows(canvas: &Canvas<'_>, pursuit: &Pursuit, room: usize) -> Vec<Row> {
    let (mark, tone) = match &pursuit.end {
        Some(End::Healthy) => ("✔ ", Tone::Ok),
        Some(End::Unhealthy(_)) => ("▲ ", Tone::Degraded),
        Some(End::Failed(_)) => ("✖ ", Tone::Down),
        None if pursuit.goes_wrong() => ("▲ ", Tone::Degraded),
        None => ("◌ ", Tone::Moving),
    };
    let followed = &pursuit.followed;
    let percent = usize::try_from(pursuit.percent()).unwrap_or(0);
    let head = format!(
        "{} {}  {}  {percent} %  {}",
        followed.verb,
        followed.service.name(),
        bar(percent),
        canvas.when(followed.began)
    );
    let mut rows = vec![Row {
        mark,
        tone,
        words: head,
    }];
    let words = pursuit.words(canvas.model.now);
    let said = wrap(&words, room).into_iter().map(str::to_owned);
    rows.extend(said.map(|words| Row {
        mark: "  ",
        tone: Tone::Text,
        words,
    }));
    rows.extend(pursuit.trouble().into_iter().map(|words| Row {
        mark: "  ",
        tone: Tone::Muted,
        words,
    }));
    if !followed.answered {
        rows.push(Row {
            mark: "  ",
            tone: Tone::Muted,
            words: "AWS's answer is not on record; what it shows decides".to_owned(),
        });
    }
    rows
}
