//! The log of the selected service, with what its tail can honestly say about itself.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, clock, line};
use super::theme::Tone;
use super::title;
use crate::app::logs::Logs;
use crate::estate::log::{HeldLine, LogLevel, TailState};

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, focused: bool) {
    if area.height == 0 {
        return;
    }
    let logs = &canvas.model.logs;
    let name = logs.service.as_ref().map_or("", |service| service.name());
    let heading = format!("LOG  {name}");
    title(canvas, area, &heading, focused);
    let (badge, tone) = badge(logs);
    let after = u16::try_from(heading.chars().count()).unwrap_or(0) + 5;
    canvas.pen(area).gap(after).flush_right(&badge, tone);
    let body = below(area);
    if logs.lines.is_empty() {
        canvas.pen(body).gap(3).rest(&silence(logs), Tone::Muted);
        return;
    }
    let height = usize::from(body.height);
    let end = logs.lines.len().saturating_sub(logs.back).max(1);
    let start = end.saturating_sub(height);
    let shown = || logs.lines.from(start).take(end - start);
    let several = shown()
        .zip(shown().skip(1))
        .any(|(a, b)| a.stream != b.stream);
    let tasks = several && area.width >= TASKS_FROM;
    for (down, one) in shown().enumerate() {
        draw_line(canvas, line(body, down), one, tasks);
    }
}

/// From this width on lines of several streams say which task they are of.
const TASKS_FROM: u16 = 58;
/// Characters of a task's id that tell it from its siblings.
const TASK: u16 = 5;

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, one: HeldLine<'_>, task: bool) {
    let (word, tone, said) = match one.level {
        LogLevel::None => ("", Tone::Muted, Tone::Text),
        LogLevel::Debug => ("DEBUG", Tone::Muted, Tone::Muted),
        LogLevel::Info => ("INFO", Tone::Muted, Tone::Text),
        LogLevel::Warn => ("WARN", Tone::Degraded, Tone::Text),
        LogLevel::Error => ("ERROR", Tone::Down, Tone::Strong),
    };
    let at = clock(canvas.model, one.at());
    let keys = &canvas.model.log_keys;
    let words = keys.spoken(one.service.name(), one.message);
    let mut pen = canvas.pen(area);
    pen.gap(3).put(&at, Tone::Muted).gap(1);
    if task {
        let id = one.stream.rsplit('/').next().unwrap_or_default();
        let end = id.char_indices().nth(usize::from(TASK));
        let short = end.map_or(id, |(end, _)| &id[..end]);
        pen.cell(short, TASK, Tone::Muted).gap(1);
    }
    pen.cell(word, 6, tone).rest(&words, said);
}

/// `live`, `paused, 12 newer`, or what stands between us and the lines.
fn badge(logs: &Logs) -> (String, Tone) {
    if logs.service.is_none() {
        return (String::new(), Tone::Muted);
    }
    if logs.paused || logs.back > 0 {
        return (format!("held, {} newer", logs.back), Tone::Moving);
    }
    let (words, tone) = match &logs.state {
        TailState::Starting => ("asking …", Tone::Moving),
        TailState::Live => ("live", Tone::Ok),
        TailState::CatchingUp { .. } => ("catching up", Tone::Moving),
        TailState::Throttled => ("throttled, slower", Tone::Degraded),
        TailState::GroupMissing => ("no log group", Tone::Degraded),
        TailState::Denied { .. } => ("denied", Tone::Degraded),
        TailState::Elsewhere { .. } => ("elsewhere", Tone::Unknown),
        TailState::NoLogs => ("no logs", Tone::Unknown),
        TailState::Failed { .. } => ("failed", Tone::Degraded),
    };
    (words.to_owned(), tone)
}

/// Why there is no line.
fn silence(logs: &Logs) -> String {
    if logs.service.is_none() {
        return "the log of the selected service appears here".to_owned();
    }
    let words = match &logs.state {
        TailState::Starting => "asking for the log …",
        TailState::CatchingUp { .. } => "reading on …",
        TailState::Live
        | TailState::Throttled
        | TailState::GroupMissing
        | TailState::Denied { .. }
        | TailState::Elsewhere { .. }
        | TailState::NoLogs
        | TailState::Failed { .. } => "no line in the last minutes",
    };
    logs.state.words().unwrap_or_else(|| words.to_owned())
}
