//! When lines came, and when deployments began, above a log.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, clock};
use super::super::theme::Tone;
use crate::app::histogram_width;
use crate::app::screen::reader::Reader;
use crate::estate::Timestamp;
use crate::estate::event::EventKind;

/// Lines and errors of the time that is held, one bar a column, deployments beneath.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let width = histogram_width(canvas.model);
    let Some(bars) = reader.bars(width) else {
        return;
    };
    if area.height == 0 {
        return;
    }
    let column = |at: i64| bars.place(Timestamp::from_second(at).ok()?);
    let focus = reader.at.and(reader.focus()).map(|line| line.at());
    let focus = focus.and_then(|at| bars.place(at));
    let most = bars
        .counts
        .iter()
        .map(|bar| bar.lines)
        .max()
        .unwrap_or(1)
        .max(1);
    let mut pen = canvas.pen(area);
    pen.gap(1);
    for (place, bar) in bars.counts.iter().enumerate() {
        let height = usize::try_from(u64::from(bar.lines) * 7 / u64::from(most)).unwrap_or(0);
        let tone = if focus == Some(place) {
            Tone::Accent
        } else if bar.errors > 0 {
            Tone::Down
        } else {
            Tone::Muted
        };
        let mark = if focus == Some(place) && bar.lines == 0 {
            "│"
        } else if bar.lines == 0 {
            " "
        } else {
            BARS[height.min(7)]
        };
        pen.put(mark, tone);
    }
    draw_deploys(canvas, below(area), reader, &column);
}

/// When deployments of the services shown began, at their places beneath the histogram.
fn draw_deploys(
    canvas: &mut Canvas<'_>,
    area: Rect,
    reader: &Reader,
    column: &dyn Fn(i64) -> Option<usize>,
) {
    let model = canvas.model;
    let (first, last) = (reader.lines.get(0), reader.lines.len().checked_sub(1));
    let mut marks: Vec<(usize, Timestamp)> = model
        .events()
        .filter(|event| event.kind == EventKind::Deploy)
        .filter(|event| event.service.as_ref().is_some_and(|arn| reader.has(arn)))
        .filter_map(|event| Some((column(event.at.as_second())?, event.at)))
        .collect();
    marks.sort_unstable();
    let mut pen = canvas.pen(area);
    let start = pen.column() + 1;
    if let Some(first) = first {
        pen.gap(1).put(&clock(model, first.at()), Tone::Muted);
    }
    for (place, at) in marks {
        let place = start + u16::try_from(place).unwrap_or(u16::MAX);
        if pen.column() <= place {
            pen.to(place)
                .put("^ deploy ", Tone::Accent)
                .put(&clock(model, at), Tone::Muted);
        }
    }
    if let Some(last) = last.and_then(|last| reader.lines.get(last)) {
        pen.flush_right(&format!("{} ", clock(model, last.at())), Tone::Muted);
    }
}
