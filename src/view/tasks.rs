//! The tasks of the opened service by zone, and below them what stopped lately and why.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::theme::Tone;
use super::widget::sheet::{Line, Sheet};
use super::widget::window;
use crate::app::screen::service::ServicePage;
use crate::app::screen::tasks::{self, Chosen};
use crate::estate::explain::{Explanation, Stopped, TaskLine, Zone};

/// Draws the tab from the page's top line on.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, opened: &ServicePage) {
    let Some(explained) = &canvas.model.look.explained else {
        return;
    };
    let mut sheet = Sheet::default();
    zones(explained, &mut sheet);
    tasks(canvas, explained, &mut sheet);
    stops(canvas, explained, opened, &mut sheet);
    let top = top(&sheet, opened, usize::from(area.height));
    sheet.draw(canvas, area, top);
}

/// The first line in sight: the selected task is, and below it as many of its last lines as there
/// is room for, where they are shown; from there on they are scrolled.
fn top(sheet: &Sheet, opened: &ServicePage, height: usize) -> usize {
    let Some((line, below)) = sheet.chosen() else {
        return 0;
    };
    if opened.last_words.is_some() {
        return (line + 1 + below).saturating_sub(height).min(line) + opened.top;
    }
    window::around(line, sheet.len(), height).start
}

/// One line a zone, when there are several; the failure of one is said first.
fn zones(explained: &Explanation, sheet: &mut Sheet) {
    if let Some(words) = &explained.zone_trouble {
        sheet.add(
            Line::at(1)
                .put("▲ ", Tone::Degraded)
                .rest(words, Tone::Degraded),
        );
    }
    if explained.zones.len() < 2 {
        return;
    }
    let mut line = Line::at(3);
    for zone in &explained.zones {
        let name = short(&zone.name);
        line = line.put(format!("{name} "), Tone::Muted);
        let tone = if is_sick(zone) {
            Tone::Degraded
        } else {
            Tone::Text
        };
        line = line.put(zone_words(zone), tone).gap(4);
    }
    sheet.add(line);
}

const fn is_sick(zone: &Zone) -> bool {
    zone.unhealthy > 0 || zone.targets_unhealthy > 0
}

/// `2 running, 1 target unhealthy, 3 stops`.
fn zone_words(zone: &Zone) -> String {
    let mut words = format!("{} running", zone.running);
    let more = [
        (zone.pending, "pending"),
        (zone.unhealthy, "unhealthy"),
        (zone.targets_unhealthy, "unhealthy for the load balancer"),
        (zone.stops, if zone.stops == 1 { "stop" } else { "stops" }),
    ];
    for (count, what) in more {
        if count > 0 {
            words = format!("{words}, {count} {what}");
        }
    }
    words
}

/// `b` of `eu-central-1b`.
fn short(zone: &str) -> &str {
    if zone.is_empty() {
        return "?";
    }
    zone.rsplit('-').next().unwrap_or(zone)
}

fn tasks(canvas: &Canvas<'_>, explained: &Explanation, sheet: &mut Sheet) {
    sheet.add(Line::at(3).rest(
        "TASK      ZONE  STATUS         HEALTH      TARGET      STARTED  REVISION",
        Tone::Muted,
    ));
    if explained.tasks.is_empty() {
        let words = if explained.tasks_known {
            "no task runs"
        } else {
            "asking for its tasks …"
        };
        sheet.say(words, Tone::Text);
    }
    let chosen = tasks::chosen(canvas.model).map(Chosen::task);
    for task in &explained.tasks {
        sheet.add(living(canvas, task));
        if chosen == Some(&task.task) {
            sheet.choose();
        }
    }
}

fn living(canvas: &Canvas<'_>, task: &TaskLine) -> Line {
    let started = task.started.map(|at| canvas.when(at)).unwrap_or_default();
    let status = if &*task.status == "RUNNING" {
        Tone::Text
    } else {
        Tone::Moving
    };
    let (mark, health, tone) = match &*task.health {
        "HEALTHY" => ("✔ ", "healthy", Tone::Ok),
        "UNHEALTHY" => ("✖ ", "unhealthy", Tone::Down),
        "UNKNOWN" => ("  ", "unchecked", Tone::Muted),
        other => ("? ", other, Tone::Unknown),
    };
    let line = Line::at(3)
        .cell(task.task.short(), 8, Tone::Text)
        .gap(2)
        .cell(
            short(task.zone.as_deref().unwrap_or_default()),
            5,
            Tone::Muted,
        )
        .gap(1)
        .cell(task.status.to_lowercase(), 14, status)
        .gap(1)
        .put(mark, tone)
        .cell(health, 10, tone);
    let (target, tone) = match task.target.as_deref() {
        None => ("–", Tone::Muted),
        Some("healthy") => ("healthy", Tone::Ok),
        Some(state) if task.target_unhealthy => (state, Tone::Down),
        Some(state) => (state, Tone::Moving),
    };
    let line = line
        .cell(target, 11, tone)
        .gap(1)
        .right(started, 7, Tone::Muted)
        .gap(2)
        .put(task.label.as_str(), Tone::Text);
    match &task.target_words {
        Some(words) if task.target_unhealthy => line.gap(2).rest(words, Tone::Text),
        _ => line,
    }
}

fn stops(canvas: &Canvas<'_>, explained: &Explanation, opened: &ServicePage, sheet: &mut Sheet) {
    if explained.stops.is_empty() {
        sheet.title("NO TASK STOPPED IN THE TIME AWS REMEMBERS");
        return;
    }
    sheet.title("STOPPED   ZONE     WHEN    WHY");
    let chosen = tasks::chosen(canvas.model).map(Chosen::task);
    let mut before: Option<(&str, &str)> = None;
    for stop in &explained.stops {
        let this = (stop.label.as_str(), stop.words.as_str());
        sheet.add(stopped(canvas, stop, before == Some(this)));
        if chosen == Some(&stop.task) {
            sheet.choose();
        }
        before = Some(this);
        if opened.last_words.as_ref() == Some(&stop.task) {
            let first = sheet.len();
            last_words(canvas, opened, sheet);
            sheet.belongs(sheet.len() - first);
        }
    }
}

fn stopped(canvas: &Canvas<'_>, stop: &Stopped, again: bool) -> Line {
    let when = stop.at.map(|at| canvas.when(at)).unwrap_or_default();
    let tone = if stop.abnormal && !again {
        Tone::Degraded
    } else {
        Tone::Muted
    };
    let hint = if again { "" } else { stop.hint };
    Line::at(3)
        .cell(stop.task.short(), 8, Tone::Muted)
        .gap(2)
        .cell(
            short(stop.zone.as_deref().unwrap_or_default()),
            4,
            Tone::Muted,
        )
        .right(when, 8, Tone::Muted)
        .gap(2)
        .put(if stop.abnormal { "▲ " } else { "  " }, tone)
        .put(stop.words.as_str(), tone)
        .gap(2)
        .cell(stop.label.as_str(), 20, Tone::Muted)
        .gap(1)
        .rest(hint, Tone::Text)
}

/// The last lines of a task that died, below it.
fn last_words(canvas: &Canvas<'_>, opened: &ServicePage, sheet: &mut Sheet) {
    let snapshot = &canvas.model.look.snapshot;
    let dossier = snapshot.service(&opened.arn);
    let dossier = dossier.and_then(|(place, _)| place.dossier(&opened.arn));
    let read = dossier.and_then(|one| {
        let task = opened.last_words.as_ref()?;
        one.last_words.as_ref().filter(|read| read.task == *task)
    });
    let Some(read) = read else {
        return sheet.add(Line::at(7).rest("asking for its last lines …", Tone::Muted));
    };
    if let Some(problem) = &read.lines.problem {
        sheet.add(Line::at(7).rest(problem.sentence.as_str(), Tone::Unknown));
    } else if read.lines.all().is_empty() {
        sheet.add(Line::at(7).rest("it left no line in its log", Tone::Muted));
    }
    for (at, words) in read.lines.all() {
        sheet.add(
            Line::at(5)
                .put("│ ", Tone::Faint)
                .cell(super::canvas::clock(canvas.model, *at), 8, Tone::Muted)
                .gap(1)
                .rest(words.as_str(), Tone::Text),
        );
    }
}
