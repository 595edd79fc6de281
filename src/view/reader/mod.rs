//! A log on the whole screen.

mod badge;
mod histogram;
mod lines;
mod tree;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, clock, line, moment};
use super::layout::Strips;
use super::theme::Tone;
use super::widget::pen::Pen;
use crate::app::Model;
use crate::app::screen::Overlay;
use crate::app::screen::reader::{Purpose, Reader, Shown};
use crate::estate::event::EventKind;
use crate::estate::log::LogLevel;
use crate::estate::{SignedDuration, Timestamp};
use badge::{badge, live_tail};
use lines::draw_lines;

/// Lines of the field-by-field view at most, of the body's three parts.
const TREE_PART: u16 = 2;

/// Draws the screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips, reader: &Reader) {
    draw_heading(canvas, strips.headline, reader);
    draw_filter(canvas, strips.banner, reader);
    let body = strips.body;
    let bars = Rect {
        height: histogram::height(body.height),
        ..body
    };
    histogram::draw(canvas, bars, reader);
    let rest = Rect {
        y: bars.bottom(),
        height: body.height - bars.height,
        ..body
    };
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
    let (badge, tone) = badge(canvas.model, reader);
    let live = live_tail(canvas.model, reader);
    let mut pen = canvas.pen(area);
    let title = if reader.search.is_some() {
        "AWS  "
    } else {
        "LOG  "
    };
    pen.gap(1).put(title, Tone::Muted);
    pen.text(&names.join(" + "), Tone::Strong);
    let count = reader.lines.len();
    let held = format!("  {count} {}", if count == 1 { "line" } else { "lines" });
    pen.put(&held, Tone::Muted);
    if reader.lines.dropped() > 0 {
        let dropped = format!(", {} older made room", reader.lines.dropped());
        pen.put(&dropped, Tone::Muted);
    }
    if let Some((words, tone)) = live {
        pen.put(&format!("  {words}"), tone);
    }
    pen.flush_right(&format!("{badge} "), tone);
}

fn draw_filter(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let typing = matches!(canvas.model.overlay, Some(Overlay::Condition));
    let model = canvas.model;
    let mut pen = canvas.pen(area);
    pen.gap(1);
    if let Some(why) = &reader.complaint {
        pen.rest(why, Tone::Degraded);
        return;
    }
    if typing && reader.purpose == Purpose::Search {
        draw_estimate(&mut pen, model, reader);
        return;
    }
    if reader.aside.is_some() {
        let words = if reader.is_one_stream() {
            "around the line, of its stream alone"
        } else {
            "around the line, whatever the filter says"
        };
        pen.put(words, Tone::Moving);
        return;
    }
    if let Some(search) = &reader.search {
        let span = span(model, search.from, search.until);
        pen.put(&span, Tone::Muted).gap(2);
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

/// What a search of AWS would be, before anybody pays or waits for it.
fn draw_estimate(pen: &mut Pen<'_>, model: &Model, reader: &Reader) {
    let Ok(back) = reader.typed.text().trim().parse::<SignedDuration>() else {
        pen.put("how far back before what is held, as in 6h", Tone::Muted);
        return;
    };
    let asked = reader.estimate(back, model.now);
    let pattern = asked.pattern.as_deref().unwrap_or("everything");
    let calls = if asked.calls == 1 { "call" } else { "calls" };
    let words = format!(
        "{}, {pattern}: about {} {calls} of FilterLogEvents, one a second, no charge",
        span(model, asked.from, asked.until),
        asked.calls
    );
    pen.rest(&words, Tone::Moving);
}

/// Two moments whose days may differ from today's, in the zone the person wants.
fn span(model: &Model, from: Timestamp, until: Timestamp) -> String {
    let from = moment(model, from, "%m-%d %H:%M");
    format!("{from} to {}", moment(model, until, "%m-%d %H:%M %Z"))
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
    let Some(patterns) = reader.patterns() else {
        return;
    };
    let ranked = patterns.ranked(deploy.as_ref().map(|(at, _)| *at));
    let mut pen = canvas.pen(area);
    pen.gap(3).put("   LINES  SINCE     ", Tone::Muted);
    let words = deploy.as_ref().map_or_else(
        || "PATTERN".to_owned(),
        |(at, words)| format!("PATTERN   last deploy {} {words}", clock(model, *at)),
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
        } else if patterns.rises(one) {
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
        pen.put(&clock(model, one.first.time()), Tone::Muted).gap(2);
        pen.put(mark, tone).rest(&one.template(), said);
    }
}
