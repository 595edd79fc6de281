//! What fires, and what happened: alarms in ALARM first, then events, newest first.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::theme::Tone;
use super::title;
use super::widget::window;
use crate::app::Model;
use crate::app::screen::board::Pane;
use crate::estate::alarm::{Alarm, AlarmState};
use crate::estate::event::Event;
use crate::estate::problem::Feed;

/// Columns of the time: an age or a time of day.
const WHEN: u16 = 8;

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let firing = firing(model);
    let heading = if firing.is_empty() {
        alarm_words(model)
    } else {
        format!("{} IN ALARM · EVENTS", firing.len())
    };
    title(canvas, area, &heading, model.board.pane == Pane::Events);
    let body = below(area);
    let most = usize::from(body.height) / 2;
    for (down, alarm) in firing.iter().take(most).enumerate() {
        draw_alarm(canvas, line(body, down), alarm);
    }
    let used = firing.len().min(most);
    let taken = u16::try_from(used).unwrap_or(body.height);
    let rest = Rect {
        y: body.y + taken,
        height: body.height - taken,
        ..body
    };
    draw_events(canvas, rest);
}

/// The alarms in ALARM, newest first.
fn firing(model: &Model) -> Vec<&Alarm> {
    let watched = model.look.snapshot.environments.iter().filter(|one| {
        let name = &one.environment.name;
        model.only.as_ref().is_none_or(|only| only == name)
    });
    let mut firing: Vec<&Alarm> = watched
        .flat_map(|one| &one.alarms)
        .filter(|alarm| alarm.state == AlarmState::Alarm)
        .collect();
    firing.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.name.cmp(&b.name)));
    firing
}

/// What can be said when no alarm is known to fire; silence is not health.
fn alarm_words(model: &Model) -> String {
    let watched = |name| model.only.as_ref().is_none_or(|only| only == name);
    let mut environments = model.look.snapshot.environments.iter();
    let known = environments.all(|one| {
        !watched(&one.environment.name)
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
    pen.cell("✖ ALARM", 9, Tone::Down);
    let half = u16::try_from(pen.room() / 2).unwrap_or(0);
    pen.cell(&alarm.name, half.max(24), Tone::Strong).gap(1);
    if alarm.notifies {
        pen.rest(&alarm.reason, Tone::Muted);
    } else {
        pen.rest("nobody is told", Tone::Degraded);
    }
}

fn draw_events(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let here = |event: &&Event| {
        model
            .only
            .as_ref()
            .is_none_or(|only| *only == event.environment)
    };
    let events: Vec<&Event> = model.look.feed.iter().filter(here).collect();
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
    for (down, event) in events[window].iter().enumerate() {
        draw_event(canvas, line(area, down), event);
    }
}

fn draw_event(canvas: &mut Canvas<'_>, area: Rect, event: &Event) {
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
        .rest(&event.words, said);
}
