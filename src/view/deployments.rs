//! Deployments: the current ones as bars, the last ones as history, and what the last changed.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::theme::Tone;
use super::widget::sheet::{Line, Sheet};
use crate::app::screen::service::ServicePage;
use crate::estate::explain::{Change, Explanation, Past, Rolling};
use crate::estate::{SignedDuration, words};

/// Draws the current deployment and the ones it replaces, as many as there are lines.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let Some(explained) = &canvas.model.look.explained else {
        return;
    };
    let mut sheet = Sheet::default();
    let lines = usize::from(area.height);
    for one in explained.deployments.iter().take(lines) {
        sheet.add(bar(canvas, one, explained, area.width));
    }
    sheet.draw(canvas, area, 0);
}

/// Draws all there is to say of deployments.
pub(super) fn draw_all(canvas: &mut Canvas<'_>, area: Rect, opened: &ServicePage) {
    let Some(explained) = &canvas.model.look.explained else {
        return;
    };
    let mut sheet = Sheet::default();
    if explained.deployments.is_empty() {
        sheet.say("AWS tells of no deployment", Tone::Muted);
    }
    for one in &explained.deployments {
        sheet.add(bar(canvas, one, explained, area.width));
        details(canvas, one, &mut sheet);
    }
    if let Some(change) = &explained.change {
        differences(change, &mut sheet);
    }
    history(canvas, explained, &mut sheet);
    sheet.draw(canvas, area, opened.top);
}

fn bar(canvas: &Canvas<'_>, one: &Rolling, explained: &Explanation, width: u16) -> Line {
    let tone = match one.place.as_str() {
        "new" | "live" | "next" => Tone::Text,
        "old" | "gone" => Tone::Muted,
        _ => Tone::Unknown,
    };
    let (word, moving) = match one.rollout.as_str() {
        "in progress" => ("in progress", Tone::Moving),
        "completed" => ("completed", Tone::Muted),
        "failed" => ("failed", Tone::Down),
        "" => ("", Tone::Muted),
        _ => ("in a state nobody knows", Tone::Unknown),
    };
    let whole = explained.desired.max(one.desired);
    let mut line = Line::at(3)
        .cell(one.place.as_str(), 5, Tone::Muted)
        .cell(one.label.as_str(), 20, tone)
        .gap(1)
        .bar((width / 8).min(24), (one.running, whole), moving)
        .right(format!("{}/{}", one.running, one.desired), 8, tone);
    if one.pending > 0 {
        line = line.put(format!(" +{}", one.pending), Tone::Muted);
    }
    line = line.gap(2).put(word, moving);
    if !one.stage.is_empty() {
        // What stands in parentheses is on the deployments' own tab.
        let stage = one.stage.split(" (").next().unwrap_or_default();
        line = line.put(format!(", {stage}"), Tone::Moving);
    }
    if one.failed > 0 {
        line = line.put(format!(", {} failed in a row", one.failed), Tone::Down);
    }
    if let Some(forecast) = &one.forecast {
        let tone = if forecast.left_seconds > 0 {
            Tone::Moving
        } else {
            Tone::Degraded
        };
        line = line.put(", ", Tone::Muted).put(forecast.words(), tone);
    }
    if let Some(began) = one.began {
        line = line.gap(2).put(canvas.when(began), Tone::Muted);
    }
    if let Some(by) = &one.by {
        line = line.put(format!(" by {by}"), Tone::Muted);
    }
    line
}

/// Below a bar: image with digest, circuit breaker, and AWS's own reason.
fn details(canvas: &Canvas<'_>, one: &Rolling, sheet: &mut Sheet) {
    if one.stage.contains(" (") {
        sheet.add(Line::at(8).rest(one.stage.as_str(), Tone::Moving));
    }
    for image in &one.images {
        let name = image.name.rsplit('/').next().unwrap_or(&image.name);
        let mut line = Line::at(8).put("image ", Tone::Muted).put(name, Tone::Text);
        if let Some(digest) = &image.digest {
            let digest: String = digest.chars().take(19).collect();
            line = line.gap(2).put(format!("{digest}…"), Tone::Muted);
        }
        sheet.add(line);
    }
    let mut line = Line::at(8).put(one.id.as_str(), Tone::Muted);
    if let Some(began) = one.began {
        let began = canvas.when(began);
        let ago = if began.contains(':') { "" } else { " ago" };
        let comma = if one.id.is_empty() { "" } else { ", " };
        line = line.put(format!("{comma}began {began}{ago}"), Tone::Muted);
    }
    if let Some(breaker) = &one.breaker {
        let tone = match breaker.status.as_str() {
            "TRIGGERED" => Tone::Down,
            _ if breaker.failures > 0 => Tone::Degraded,
            _ => Tone::Muted,
        };
        line = line.gap(2).put(breaker.words(), tone);
    }
    sheet.add(line.gap(2).rest(one.reason.as_str(), Tone::Text));
}

fn differences(change: &Change, sheet: &mut Sheet) {
    sheet.title(&format!("WHAT {} CHANGED FROM {}", change.to, change.from));
    if change.differences.is_empty() {
        sheet.say("nothing a task definition says", Tone::Text);
    }
    for one in &change.differences {
        let (old, new) = apart(&one.old, &one.new);
        let or_none = |words: &str| if words.is_empty() { "–" } else { words }.to_owned();
        sheet.add(
            Line::at(3)
                .cell(one.what.as_str(), 26, Tone::Text)
                .gap(1)
                .put(or_none(old), Tone::Muted)
                .put(" → ", Tone::Faint)
                .rest(or_none(new), Tone::Strong),
        );
    }
}

/// Two values without the path they share: what differs must be in sight.
fn apart<'a>(old: &'a str, new: &'a str) -> (&'a str, &'a str) {
    let path = |words: &'a str| words.rfind('/').map_or("", |end| &words[..=end]);
    let shared = path(old).len();
    if shared > 0 && path(old) == path(new) {
        (&old[shared..], &new[shared..])
    } else {
        (old, new)
    }
}

fn history(canvas: &Canvas<'_>, explained: &Explanation, sheet: &mut Sheet) {
    if explained.history.is_empty() {
        let missing = explained.missing.iter();
        let mut missing = missing.filter(|words| words.starts_with("deployments"));
        let words = match missing.next() {
            Some(words) => words.to_string(),
            None => "asking for the last deployments …".to_owned(),
        };
        sheet.title("LAST DEPLOYMENTS");
        return sheet.say(words, Tone::Muted);
    }
    sheet.title("LAST DEPLOYMENTS      STATUS         BEGAN     TOOK      BY");
    for one in &explained.history {
        sheet.add(past(canvas, one));
    }
}

fn past(canvas: &Canvas<'_>, one: &Past) -> Line {
    let tone = match (one.trouble, one.over) {
        (true, _) => Tone::Degraded,
        (false, false) => Tone::Moving,
        (false, true) => Tone::Muted,
    };
    let began = one.began.map(|at| canvas.when(at)).unwrap_or_default();
    let took = one.took_seconds.map(SignedDuration::from_secs);
    let took = took.map_or(String::new(), |took| {
        if took.as_secs() < 60 {
            words::duration(took)
        } else {
            words::duration(SignedDuration::from_mins((took.as_secs() + 30) / 60))
        }
    });
    let by = one.by.as_deref().unwrap_or("–");
    Line::at(3)
        .cell(one.label.as_str(), 21, Tone::Text)
        .gap(1)
        .cell(one.status.as_str(), 14, tone)
        .right(began, 6, Tone::Muted)
        .right(took, 10, Tone::Muted)
        .gap(4)
        .cell(by, 20, Tone::Muted)
        .gap(1)
        .rest(one.reason.as_str(), Tone::Text)
}
