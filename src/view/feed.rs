//! What fires, and what happened: alarms in ALARM first, then events, newest first.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::theme::Tone;
use super::title;
use super::widget::window;
use crate::app::Model;
use crate::app::screen::board::Pane;
use crate::estate::alarm::Alarm;
use crate::estate::event::{Event, EventKind};
use crate::estate::id::ServiceArn;
use crate::estate::problem::Feed;

/// Columns of the time: an age or a time of day.
const WHEN: u16 = 8;

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let firing = model.firing();
    let heading = if firing.is_empty() {
        alarm_words(model)
    } else {
        format!("{} IN ALARM · EVENTS", firing.len())
    };
    title(canvas, area, &heading, model.board.pane == Pane::Events);
    let body = below(area);
    let most = usize::from(body.height) / 2;
    let shown = if firing.len() > most {
        most.saturating_sub(1)
    } else {
        firing.len()
    };
    for (down, alarm) in firing.iter().take(shown).enumerate() {
        draw_alarm(canvas, line(body, down), alarm);
    }
    let left = firing.len() - shown;
    if left > 0 {
        let words = format!("and {left} more in ALARM");
        let mut pen = canvas.pen(line(body, shown));
        pen.gap(1 + WHEN + 2).rest(&words, Tone::Down);
    }
    let used = shown + usize::from(left > 0);
    let taken = u16::try_from(used).unwrap_or(body.height).min(body.height);
    let rest = Rect {
        y: body.y + taken,
        height: body.height - taken,
        ..body
    };
    draw_events(canvas, rest);
}

/// What can be said when no alarm is known to fire; silence is not health.
fn alarm_words(model: &Model) -> String {
    let mut environments = model.look.snapshot.environments.iter();
    let known = environments.all(|one| {
        !model.shows(&one.environment.name)
            || one
                .feed(Feed::Alarms)
                .is_some_and(|feed| feed.good_at.is_some() && feed.problems.is_empty())
    });
    if known {
        "NO ALARM · EVENTS".to_owned()
    } else {
        "ALARMS NOT READ · EVENTS".to_owned()
    }
}

fn draw_alarm(canvas: &mut Canvas<'_>, area: Rect, alarm: &Alarm) {
    let when = alarm
        .since
        .map(|since| canvas.when(since))
        .unwrap_or_default();
    let mut pen = canvas.pen(area);
    pen.gap(1).right(&when, WHEN, Tone::Text).gap(2);
    pen.put("✖ ", Tone::Down).cell("ALARM", 7, Tone::Down);
    let untold = "  nobody is told";
    let room = u16::try_from(pen.room()).unwrap_or(0);
    let reserved = if alarm.notifies { 0 } else { 16 };
    pen.within(room.saturating_sub(reserved), |pen| {
        pen.text(&alarm.name, Tone::Strong).gap(2);
        pen.text(&alarm.cause(), Tone::Text);
    });
    if !alarm.notifies {
        pen.put(untold, Tone::Degraded);
    }
}

fn draw_events(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let events = runs(model.events());
    if events.is_empty() {
        canvas
            .pen(area)
            .gap(3)
            .rest("nothing happened yet", Tone::Muted);
    }
    let window = window::from(
        model.board.event_top,
        events.len(),
        usize::from(area.height),
    );
    for (down, (event, count)) in events[window].iter().enumerate() {
        draw_event(canvas, line(area, down), event, *count);
    }
}

/// Events with how many of the same follow each other: five tasks that stop for one reason are
/// one piece of news.
fn runs<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<(&'a Event, usize)> {
    let mut runs: Vec<(&Event, usize)> = Vec::new();
    for event in events {
        match runs.last_mut() {
            Some((first, count)) if is_same_stop(first, event) => *count += 1,
            _ => runs.push((event, 1)),
        }
    }
    runs
}

fn is_same_stop(a: &Event, b: &Event) -> bool {
    let why = |event: &Event| event.words.split_once(' ').map(|(_, why)| why.to_owned());
    let stops = a.kind == EventKind::Stop && b.kind == EventKind::Stop;
    stops && a.service.is_some() && a.service == b.service && why(a) == why(b)
}

fn draw_event(canvas: &mut Canvas<'_>, area: Rect, event: &Event, count: usize) {
    let when = canvas.when(event.at);
    let (kind, said) = if event.trouble {
        (Tone::Degraded, Tone::Text)
    } else {
        (Tone::Muted, Tone::Muted)
    };
    let mut pen = canvas.pen(area);
    pen.gap(1).right(&when, WHEN, Tone::Muted).gap(2);
    pen.put(if event.trouble { "▲ " } else { "  " }, kind);
    pen.cell(&event.kind.to_string(), 7, kind)
        .rest(&sentence(event, count), said);
}

/// What happened, with the service it happened to.
fn sentence(event: &Event, count: usize) -> Cow<'_, str> {
    let words = event.words.as_str();
    match event.service.as_ref().map(ServiceArn::name) {
        Some(name) if count > 1 => {
            let why = words.split_once(' ').map_or(words, |(_, why)| why);
            format!("{name} {count} × {why}").into()
        }
        Some(name) if event.kind == EventKind::Stop && !words.starts_with(name) => {
            format!("{name}/{words}").into()
        }
        Some(name) if !words.contains(name) => format!("{name} {}", with_short_ids(words)).into(),
        Some(_) | None => with_short_ids(words),
    }
}

/// `words` with ids of tasks as short as everywhere else.
fn with_short_ids(words: &str) -> Cow<'_, str> {
    let is_id = |word: &str| word.len() == 32 && word.bytes().all(|one| one.is_ascii_hexdigit());
    let mut parts = words.split_inclusive(|one: char| !one.is_ascii_alphanumeric());
    if !parts
        .clone()
        .any(|part| is_id(part.trim_end_matches(|one: char| !one.is_ascii_alphanumeric())))
    {
        return words.into();
    }
    let mut short = String::with_capacity(words.len());
    for part in &mut parts {
        let word = part.trim_end_matches(|one: char| !one.is_ascii_alphanumeric());
        let kept = if is_id(word) { 8 } else { word.len() };
        short.push_str(&word[..kept]);
        short.push_str(&part[word.len()..]);
    }
    short.into()
}
