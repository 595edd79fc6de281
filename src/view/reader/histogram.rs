//! When lines came, and when deployments began, above a log.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, clock, line};
use super::super::theme::Tone;
use crate::app::histogram_width;
use crate::app::screen::reader::Reader;
use crate::estate::Timestamp;
use crate::estate::event::EventKind;

/// One character an eighth of a line.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Lines the histogram takes of a body so high: of bars, and one for what lies beneath.
pub(super) const fn height(body: u16) -> u16 {
    match body {
        0..2 => body,
        2..24 => 2,
        24..44 => 4,
        _ => 7,
    }
}

/// Lines and errors of the time that is held, one bar a column, deployments beneath.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
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
    let lines = area.height.saturating_sub(1).max(1);
    let most = bars.counts.iter().map(|bar| bar.lines).max();
    let most = most.unwrap_or(1).max(1);
    for down in 0..lines {
        let under = lines - 1 - down;
        let mut pen = canvas.pen(line(area, usize::from(down)));
        pen.gap(1);
        for (place, bar) in bars.counts.iter().enumerate() {
            let here = focus == Some(place);
            let filled = eighths(bar.lines, most, lines);
            let wrong = eighths(bar.errors, most, lines);
            let tone = if here {
                Tone::Accent
            } else if wrong > u32::from(under) * 8 {
                Tone::Down
            } else {
                Tone::Muted
            };
            let mark = match filled.saturating_sub(u32::from(under) * 8) {
                0 if here => "│",
                0 => " ",
                some => BARS[usize::try_from(some.min(8) - 1).unwrap_or(7)],
            };
            pen.put(mark, tone);
        }
    }
    draw_deploys(canvas, line(area, usize::from(lines)), reader, &column);
}

/// How many eighths of a line `count` fills where `most` fills so many lines; what is there at all
/// is seen.
fn eighths(count: u32, most: u32, lines: u16) -> u32 {
    let whole = u64::from(lines) * 8;
    let filled = u64::from(count) * whole / u64::from(most.max(1));
    u32::try_from(filled).unwrap_or(0).max(u32::from(count > 0))
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
