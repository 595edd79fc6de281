//! When lines came, and when deployments began, above a log.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, clock};
use super::super::theme::Tone;
use crate::app::screen::reader::Reader;
use crate::estate::Timestamp;
use crate::estate::event::EventKind;
use crate::estate::log::held::Second;

/// Lines and errors of the time that is held, one bar a column, deployments beneath.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    let width = usize::from(area.width.saturating_sub(2));
    let first = reader.lines.seconds().next().map(|(at, _)| at);
    let last = reader.lines.seconds().next_back().map(|(at, _)| at);
    let (Some(first), Some(last)) = (first, last) else {
        return;
    };
    if width == 0 || area.height == 0 {
        return;
    }
    let span = usize::try_from(last - first).unwrap_or(0) + 1;
    let column = |at: i64| {
        let offset = usize::try_from(at - first)
            .ok()
            .filter(|offset| *offset < span)?;
        Some(offset * width / span)
    };
    let mut bars = vec![Second::default(); width];
    for (at, second) in reader.lines.seconds() {
        if let Some(bar) = column(at).and_then(|column| bars.get_mut(column)) {
            bar.lines += second.lines;
            bar.errors += second.errors;
        }
    }
    let most = bars.iter().map(|bar| bar.lines).max().unwrap_or(1).max(1);
    let mut pen = canvas.pen(area);
    pen.gap(1);
    for bar in &bars {
        let height = usize::try_from(u64::from(bar.lines) * 7 / u64::from(most)).unwrap_or(0);
        let tone = if bar.errors > 0 {
            Tone::Down
        } else {
            Tone::Muted
        };
        let mark = if bar.lines == 0 {
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
        pen.gap(1).put(&clock(first.at()), Tone::Faint);
    }
    for (place, at) in marks {
        let place = start + u16::try_from(place).unwrap_or(u16::MAX);
        if pen.column() <= place {
            pen.to(place)
                .put("^ deploy ", Tone::Accent)
                .put(&clock(at), Tone::Muted);
        }
    }
    if let Some(last) = last.and_then(|last| reader.lines.get(last)) {
        pen.flush_right(&format!("{} ", clock(last.at())), Tone::Faint);
    }
}
