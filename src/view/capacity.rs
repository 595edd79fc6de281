//! What surrounds a service: placement, scaling, targets and alarms; and what may be done next.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, line};
use super::theme::Tone;
use super::widget::sheet::{Line, Sheet};
use crate::app::guide;
use crate::app::screen::service::{ServicePage, Tab};
use crate::estate::advice::Advice;
use crate::estate::cut::wrap;
use crate::estate::explain::Explanation;
use crate::estate::words;

/// Pieces of advice in the column beside a tab.
const BESIDE: usize = 2;

/// Draws the tab from the page's top line on.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, opened: &ServicePage) {
    let Some(explained) = &canvas.model.look.explained else {
        return;
    };
    let mut sheet = Sheet::default();
    missing(explained, &mut sheet);
    troubles(canvas, explained, &mut sheet);
    scaling(canvas, explained, &mut sheet);
    targets(explained, &mut sheet);
    alarms(canvas, explained, &mut sheet);
    advised(explained, (area.width, usize::MAX), &mut sheet);
    sheet.draw(canvas, area, opened.top);
}

/// Draws the column beside a tab, where there is room for one: what the other tabs hold.
pub(super) fn draw_side(canvas: &mut Canvas<'_>, area: Rect) {
    let Some(explained) = &canvas.model.look.explained else {
        return;
    };
    if area.width == 0 {
        return;
    }
    let tab = canvas.model.service.as_ref().map(|page| page.tab);
    let mut sheet = Sheet::default();
    if tab != Some(Tab::Capacity) {
        missing(explained, &mut sheet);
        advised(explained, (area.width, BESIDE), &mut sheet);
    }
    if tab != Some(Tab::Deployments)
        && let Some(change) = &explained.change
    {
        sheet.title(&format!("{} CHANGED", change.to));
        for one in &change.differences {
            let (old, new) = (one.old.as_str(), one.new.as_str());
            let last = |words: &str| words.rsplit('/').next().unwrap_or(words).to_owned();
            sheet.add(
                Line::at(3)
                    .cell(one.what.as_str(), 21, Tone::Text)
                    .gap(1)
                    .put(last(old), Tone::Muted)
                    .put(" → ", Tone::Faint)
                    .rest(last(new), Tone::Strong),
            );
        }
    }
    if tab != Some(Tab::Capacity) {
        troubles(canvas, explained, &mut sheet);
        scaling(canvas, explained, &mut sheet);
        targets(explained, &mut sheet);
        alarms(canvas, explained, &mut sheet);
    }
    sheet.draw(canvas, area, 0);
}

/// What is advised, with its warning and whom to call; below, where there is room, what may be
/// done by which keys, and why another thing may not.
pub(super) fn draw_next(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let roomy = area.height > 2;
    let first = usize::from(roomy);
    let advice = model.look.explained.as_ref();
    if let Some(advice) = advice.and_then(|one| one.advice.first()) {
        let mut pen = canvas.pen(line(area, first));
        pen.gap(1).put("→ ", Tone::Accent);
        pen.text(&advice.said(), Tone::Strong);
        if roomy {
            pen.put("  because ", Tone::Muted)
                .rest(advice.reason, Tone::Muted);
        }
        draw_warning(canvas, line(area, first + 1), advice);
    }
    if roomy {
        draw_steps(canvas, area);
    }
}

/// What would make it worse; whom to call and what to read stand at the end of the line, whole.
fn draw_warning(canvas: &mut Canvas<'_>, area: Rect, advice: &Advice) {
    let owner = advice.owner.as_ref().map(|owner| format!("  call {owner}"));
    let runbook = advice
        .runbook
        .as_ref()
        .map(|runbook| format!("  read {runbook}"));
    let calls = [owner, runbook].into_iter().flatten().collect::<String>();
    let width = u16::try_from(calls.width() + 1).unwrap_or(area.width);
    let width = width.min(area.width / 2);
    let mut pen = canvas.pen(area);
    pen.within(area.width - width, |pen| {
        pen.gap(1)
            .put("▲ ", Tone::Degraded)
            .rest(advice.warning, Tone::Text);
    });
    pen.to(area.right() - width).text(&calls, Tone::Accent);
}

/// What may be done next, by which keys.
fn draw_steps(canvas: &mut Canvas<'_>, area: Rect) {
    let steps = guide::next_steps(canvas.model);
    let mut pen = canvas.pen(line(area, usize::from(area.height) - 1));
    pen.gap(3).put("NEXT  ", Tone::Muted);
    for (place, step) in steps.iter().enumerate() {
        if place > 0 {
            pen.gap(3);
        }
        pen.put(&step.keys, Tone::Accent).gap(1);
        match &step.refused {
            None => pen.put(step.words, Tone::Text),
            Some(why) => pen
                .put(step.words, Tone::Muted)
                .put(": ", Tone::Faint)
                .put(why, Tone::Muted),
        };
    }
}

/// Everything that is advised, each with its reason and its warning: the line below the tab has
/// room for the first of them only.
fn advised(explained: &Explanation, (width, most): (u16, usize), sheet: &mut Sheet) {
    if explained.advice.is_empty() {
        return;
    }
    sheet.title("WHAT TO DO");
    let room = usize::from(width.saturating_sub(4));
    for advice in explained.advice.iter().take(most) {
        let owner = advice.owner.as_ref();
        let owner = owner.map_or_else(String::new, |owner| format!("; call {owner}"));
        let runbook = advice.runbook.as_ref();
        let runbook = runbook.map_or_else(String::new, |runbook| format!("; read {runbook}"));
        let said = [
            (
                "→",
                Tone::Accent,
                format!("{}{owner}{runbook}", advice.said()),
            ),
            (" ", Tone::Muted, format!("because {}", advice.reason)),
            ("▲", Tone::Degraded, advice.warning.to_owned()),
        ];
        for (mark, tone, words) in said {
            for (place, part) in wrap(&words, room).into_iter().enumerate() {
                let mark = if place == 0 { mark } else { " " };
                let text = if tone == Tone::Accent {
                    Tone::Text
                } else {
                    Tone::Muted
                };
                sheet.add(Line::at(1).put(mark, tone).gap(1).put(part, text));
            }
        }
    }
}

fn troubles(canvas: &Canvas<'_>, explained: &Explanation, sheet: &mut Sheet) {
    sheet.title("PLACEMENT AND CAPACITY");
    if explained.troubles.is_empty() {
        sheet.say("ECS tells of no trouble that is still open", Tone::Muted);
    }
    for one in &explained.troubles {
        sheet.add(
            Line::at(1)
                .put("▲ ", Tone::Degraded)
                .right(canvas.when(one.at), 8, Tone::Muted)
                .gap(2)
                .rest(one.words.as_str(), Tone::Text),
        );
    }
}

fn scaling(canvas: &Canvas<'_>, explained: &Explanation, sheet: &mut Sheet) {
    sheet.title("SCALING");
    match &explained.scaling {
        None if explained.scaling_known => sheet.say("no auto scaling", Tone::Muted),
        None => sheet.say("not known", Tone::Muted),
        Some(limits) => {
            let mut line = Line::at(3)
                .put(
                    format!("{} to {} tasks", limits.min, limits.max),
                    Tone::Text,
                )
                .put(format!(", {} wanted now", explained.desired), Tone::Muted);
            if let Some(what) = limits.suspended {
                line = line.gap(2).put(format!("{what} SUSPENDED"), Tone::Degraded);
            }
            sheet.add(line);
            if let Some(limit) = limits.limit {
                sheet.add(
                    Line::at(1)
                        .put("▲ ", Tone::Degraded)
                        .rest(limit, Tone::Text),
                );
            }
        }
    }
    for one in explained.activities.iter().take(6) {
        let tone = match (one.failed(), one.not_scaled.is_empty()) {
            (true, _) => Tone::Down,
            (false, false) => Tone::Degraded,
            (false, true) => Tone::Text,
        };
        sheet.add(
            Line::at(3)
                .right(canvas.when(one.at), 8, Tone::Muted)
                .gap(2)
                .rest(one.words(), tone),
        );
    }
}

fn targets(explained: &Explanation, sheet: &mut Sheet) {
    sheet.title("TARGETS");
    if explained.targets.is_empty() {
        sheet.say("no target group, or not known", Tone::Muted);
    }
    for group in &explained.targets {
        let healthy = group.healthy();
        let all = group.targets.len();
        let tone = if healthy == all {
            Tone::Text
        } else {
            Tone::Degraded
        };
        let mut line = Line::at(3)
            .put(group.arn.name(), Tone::Text)
            .put(format!("  {healthy} of {all} healthy"), tone);
        if group.fails_open() {
            let words = "  no healthy target: requests go to all of them";
            line = line.put(words, Tone::Down);
        }
        sheet.add(line);
        for target in group.targets.iter().filter(|one| !one.is_healthy()) {
            let tone = if target.is_unhealthy() {
                Tone::Down
            } else {
                Tone::Moving
            };
            let zone = target.zone.as_deref().unwrap_or_default();
            sheet.add(
                Line::at(5)
                    .cell(target.id.as_str(), 16, Tone::Muted)
                    .cell(zone.rsplit('-').next().unwrap_or_default(), 4, Tone::Muted)
                    .rest(target.words(), tone),
            );
        }
    }
}

fn alarms(canvas: &Canvas<'_>, explained: &Explanation, sheet: &mut Sheet) {
    sheet.title("ALARMS");
    if explained.alarms.is_empty() {
        sheet.say("no alarm watches this service alone", Tone::Muted);
    }
    for one in &explained.alarms {
        let tone = if one.firing { Tone::Down } else { Tone::Muted };
        let since = one.since.map(|at| canvas.when(at)).unwrap_or_default();
        let untold = if one.notifies { "" } else { "  nobody is told" };
        let mut line = Line::at(1)
            .put(if one.firing { "✖ " } else { "  " }, tone)
            .put(one.name.as_str(), Tone::Text)
            .gap(2)
            .put(one.state.as_str(), tone)
            .put(format!(" {since}"), Tone::Muted)
            .put(untold, Tone::Degraded);
        if one.firing {
            line = line.gap(2).rest(one.cause.as_str(), Tone::Text);
        }
        sheet.add(line);
    }
}

/// What could not be read: a person must not take silence for none.
fn missing(explained: &Explanation, sheet: &mut Sheet) {
    if explained.missing.is_empty() {
        return;
    }
    let count = words::counted(explained.missing.len(), "thing");
    sheet.title(&format!("{count} NOT AVAILABLE").to_uppercase());
    for words in &explained.missing {
        sheet.add(
            Line::at(1)
                .put("? ", Tone::Unknown)
                .rest(words.as_str(), Tone::Text),
        );
    }
}
