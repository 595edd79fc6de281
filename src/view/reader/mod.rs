//! A log on the whole screen.

mod histogram;
mod tree;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, clock, line};
use super::layout::Strips;
use super::theme::Tone;
use crate::app::screen::reader::{Reader, Shown};
use crate::estate::SignedDuration;
use crate::estate::event::EventKind;
use crate::estate::log::{HeldLine, LogLevel, TailState, spoken};

/// Columns of a service's name, where there are several.
const SERVICE: u16 = 12;
/// Characters of a task's id that tell it from its siblings.
const TASK: u16 = 5;
/// Lines of the field-by-field view at most, of the body's three parts.
const TREE_PART: u16 = 2;
/// How far back patterns count as recent.
const RECENT: SignedDuration = SignedDuration::from_mins(5);

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips, reader: &Reader) {
    draw_heading(canvas, strips.headline, reader);
    draw_filter(canvas, strips.banner, reader);
    let body = strips.body;
    let bars = Rect {
        height: body.height.min(2),
        ..body
    };
    histogram::draw(canvas, bars, reader);
    let rest = below(below(body));
    match reader.shown {
        Shown::Patterns => draw_patterns(canvas, rest, reader),
        Shown::Lines if reader.expanded => {
            let height = rest.height * TREE_PART / 3;
            let tree = Rect {
                y: rest.bottom() - height,
                height,
                ..rest
            };
            let lines = Rect {
                height: rest.height - height,
                ..rest
            };
            draw_lines(canvas, lines, reader);
            tree::draw(canvas, tree, reader);
        }
        Shown::Lines => draw_lines(canvas, rest, reader),
    }
}

fn draw_heading(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let names: Vec<&str> = reader.services.iter().map(|(_, arn)| arn.name()).collect();
    let (badge, tone) = badge(reader);
    let mut pen = canvas.pen(area);
    pen.gap(1).put("LOG  ", Tone::Muted);
    pen.text(&names.join(" + "), Tone::Strong);
    let held = format!("  {} lines", reader.lines.len());
    pen.put(&held, Tone::Muted);
    if reader.lines.dropped() > 0 {
        let dropped = format!(", {} older made room", reader.lines.dropped());
        pen.put(&dropped, Tone::Muted);
    }
    pen.flush_right(&format!("{badge} "), tone);
}

/// What the tails together can honestly say; the worst of them speaks.
fn badge(reader: &Reader) -> (String, Tone) {
    if reader.at.is_some() {
        return (format!("paused, {} newer", reader.newer), Tone::Moving);
    }
    if let Some((from, to)) = reader.gaps.last() {
        return (
            format!("gap {}–{}", clock(*from), clock(*to)),
            Tone::Degraded,
        );
    }
    let worst = reader.states.iter().max_by_key(|(_, state)| rank(state));
    let Some((service, state)) = worst else {
        return ("asking …".to_owned(), Tone::Moving);
    };
    let of = if reader.services.len() > 1 && state.words().is_some() {
        format!("{}: ", service.name())
    } else {
        String::new()
    };
    let (words, tone) = match state {
        TailState::Starting => ("asking …".to_owned(), Tone::Moving),
        TailState::Live => ("live".to_owned(), Tone::Ok),
        TailState::CatchingUp { seconds } => {
            (format!("catching up, {seconds} s behind"), Tone::Moving)
        }
        TailState::Throttled => ("throttled, slower".to_owned(), Tone::Degraded),
        TailState::GroupMissing => ("group missing".to_owned(), Tone::Degraded),
        TailState::Denied { .. } => ("denied".to_owned(), Tone::Degraded),
        TailState::Elsewhere { driver } => (format!("in {driver}"), Tone::Unknown),
        TailState::NoLogs => ("no logs".to_owned(), Tone::Unknown),
        TailState::Failed { .. } => ("failed".to_owned(), Tone::Degraded),
    };
    (format!("{of}{words}"), tone)
}

const fn rank(state: &TailState) -> u8 {
    match state {
        TailState::Live => 0,
        TailState::CatchingUp { .. } => 1,
        TailState::Starting => 2,
        TailState::Elsewhere { .. } | TailState::NoLogs => 3,
        TailState::Throttled => 4,
        TailState::GroupMissing | TailState::Denied { .. } | TailState::Failed { .. } => 5,
    }
}

fn draw_filter(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let mut pen = canvas.pen(area);
    pen.gap(1);
    if let Some(why) = &reader.complaint {
        pen.rest(why, Tone::Degraded);
        return;
    }
    if reader.aside.is_some() {
        pen.put("around the line, whatever the filter says", Tone::Moving);
        return;
    }
    for term in reader.filter.terms() {
        pen.put("[", Tone::Faint);
        pen.put(term.written(), Tone::Accent).put("] ", Tone::Faint);
    }
    if !reader.filter.is_empty() {
        let more = if reader.is_searching() {
            "+, searching on"
        } else {
            ""
        };
        let words = format!("{}{more} pass", reader.count());
        pen.put(&words, Tone::Muted);
    }
}

fn draw_lines(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let height = usize::from(area.height);
    let shown: Vec<HeldLine<'_>> = reader.back().take(height.max(1)).collect();
    if shown.is_empty() {
        canvas.pen(area).gap(3).rest(&silence(reader), Tone::Muted);
        return;
    }
    let width = usize::from(area.width.saturating_sub(3)).max(1);
    let mut free = height;
    for (index, one) in shown.iter().enumerate() {
        let said = spoken(one.message);
        let needs = if reader.wrap {
            pieces(&said, width).len() + 1
        } else {
            1
        };
        let needs = if needs == 2 && fits(&said, width) {
            1
        } else {
            needs
        };
        if free == 0 {
            return;
        }
        let top = free.saturating_sub(needs);
        let focused = index == 0 && reader.at.is_some();
        draw_line(canvas, line(area, top), *one, (reader, focused));
        if needs > 1 {
            for (down, piece) in pieces(&said, width).iter().enumerate() {
                let place = line(area, top + 1 + down);
                canvas.pen(place).gap(3).put(piece, Tone::Text);
            }
        }
        free = top;
    }
}

/// Whether a line fits beside its columns.
fn fits(said: &str, width: usize) -> bool {
    said.chars().count() + 36 <= width
}

/// A line broken at the edge, some characters a piece.
fn pieces(said: &str, width: usize) -> Vec<String> {
    let letters: Vec<char> = said.chars().take(width * 12).collect();
    letters
        .chunks(width)
        .map(|piece| piece.iter().collect())
        .collect()
}

fn draw_line(
    canvas: &mut Canvas<'_>,
    area: Rect,
    one: HeldLine<'_>,
    (reader, focused): (&Reader, bool),
) {
    let (word, tone, said_tone) = match one.level {
        LogLevel::None => ("", Tone::Muted, Tone::Text),
        LogLevel::Debug => ("DEBUG", Tone::Muted, Tone::Muted),
        LogLevel::Info => ("INFO", Tone::Muted, Tone::Text),
        LogLevel::Warn => ("WARN", Tone::Degraded, Tone::Text),
        LogLevel::Error => ("ERROR", Tone::Down, Tone::Strong),
    };
    let marked = reader.bookmarks.binary_search(&one.key).is_ok();
    let mut pen = canvas.pen(area);
    pen.put(if focused { "▌" } else { " " }, Tone::Accent);
    pen.put(if marked { "◆" } else { " " }, Tone::Accent).gap(1);
    pen.put(&clock(one.at()), Tone::Muted).gap(1);
    if reader.services.len() > 1 {
        pen.cell(one.service.name(), SERVICE, Tone::Muted).gap(1);
    }
    let id = one.stream.rsplit('/').next().unwrap_or_default();
    let short: String = id.chars().take(usize::from(TASK)).collect();
    pen.cell(&short, TASK, Tone::Faint).gap(1);
    pen.cell(word, 6, tone);
    if one.late {
        pen.put("late ", Tone::Moving);
    }
    let said = spoken(one.message);
    let mut end = 0;
    for mark in reader.filter.marks(&said) {
        pen.put(&said[end..mark.start], said_tone);
        pen.put(&said[mark.clone()], Tone::Accent);
        end = mark.end;
    }
    pen.rest(&said[end..], said_tone);
}

/// Why there is no line.
fn silence(reader: &Reader) -> String {
    let worst = reader.states.values().max_by_key(|state| rank(state));
    if let Some(words) = worst.and_then(TailState::words) {
        return words;
    }
    if !reader.lines.is_empty() {
        let searching = if reader.is_searching() { " so far" } else { "" };
        return format!(
            "the filter hides all {} lines{searching}",
            reader.lines.len()
        );
    }
    match worst {
        Some(TailState::Live) => "no line in the last minutes".to_owned(),
        Some(TailState::CatchingUp { .. }) => "reading on …".to_owned(),
        _ => "asking for the log …".to_owned(),
    }
}

/// What similar lines have in common, those new since the last deployment first.
fn draw_patterns(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let model = canvas.model;
    let deploy = model
        .events()
        .find(|event| {
            event.kind == EventKind::Deploy
                && event.service.as_ref().is_some_and(|arn| reader.has(arn))
        })
        .map(|event| (event.at, event.words.to_string()));
    let patterns = reader.patterns(model.now - RECENT);
    let ranked = patterns.ranked(deploy.as_ref().map(|(at, _)| *at));
    let mut pen = canvas.pen(area);
    pen.gap(3).put("   LINES  SINCE     ", Tone::Muted);
    let words = deploy.as_ref().map_or_else(
        || "PATTERN".to_owned(),
        |(at, words)| format!("PATTERN   last deploy {} {words}", clock(*at)),
    );
    pen.rest(&words, Tone::Muted);
    let body = below(area);
    let shown = ranked
        .iter()
        .skip(reader.top.min(ranked.len().saturating_sub(1)));
    for (down, one) in shown.take(usize::from(body.height)).enumerate() {
        let new = deploy.as_ref().is_some_and(|(at, _)| one.is_new_since(*at));
        let (mark, tone) = if new {
            ("new since deploy  ", Tone::Down)
        } else if one.is_rising() {
            ("rising  ", Tone::Degraded)
        } else {
            ("", Tone::Muted)
        };
        let said = match one.level {
            LogLevel::Error => Tone::Strong,
            LogLevel::Warn | LogLevel::Info | LogLevel::None => Tone::Text,
            LogLevel::Debug => Tone::Muted,
        };
        let mut pen = canvas.pen(line(body, down));
        pen.gap(3)
            .right(&one.count.to_string(), 8, Tone::Text)
            .gap(2);
        pen.put(&clock(one.first.time()), Tone::Muted).gap(2);
        pen.put(mark, tone).rest(&one.template(), said);
    }
}
