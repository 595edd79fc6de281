//! The services, worst first; healthy ones folded into a line.

use std::ops::Range;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::environments::was_read;
use super::theme::{Tone, health_mark};
use super::widget::pen::Pen;
use super::widget::window;
use super::{folded, hints, identity};
use crate::app::screen::board::{Entry, Pane};
use crate::app::{Action, Model, guide};
use crate::estate::board::Row;
use crate::estate::problem::Feed;
use crate::estate::verdict::Health;
use crate::estate::words;

/// The widths of the columns: they follow from the terminal's width and from the settings, never
/// from what stands in them.
struct Columns {
    environment: u16,
    name: u16,
    since: u16,
    rollout: u16,
    cluster: u16,
}

const VERDICT: u16 = 10;
const TASKS: u16 = 6;
const PENDING: u16 = 4;

impl Columns {
    /// Columns for `width`; the environment has one only where there are several, and times of
    /// day need more room than ages.
    const fn of(width: u16, several: bool, clock_times: bool) -> Self {
        let since = if clock_times { 10 } else { 6 };
        Self {
            environment: if several && width >= 100 { 11 } else { 0 },
            name: match width {
                0..100 => 17,
                100..140 => 19,
                _ => 28,
            },
            since: if width >= 90 { since } else { 0 },
            rollout: match width {
                0..200 => 0,
                _ => 44,
            },
            cluster: if width >= 220 { 14 } else { 0 },
        }
    }
}

/// The entries in sight in an area with a title line.
pub(super) fn in_sight(model: &Model, area: Rect) -> Range<usize> {
    let height = usize::from(below(area).height);
    let selected = model.board.selected_index(&model.look.rows).unwrap_or(0);
    window::around(selected, model.board.entries.len(), height)
}

/// Draws the pane.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let several = model.only.is_none() && model.look.snapshot.environments.len() > 1;
    let columns = Columns::of(area.width, several, model.display.clock_times);
    let window = in_sight(model, area);
    draw_header(canvas, area, &columns, &window);
    let body = below(area);
    if model.board.entries.is_empty() {
        draw_nothing(canvas, body);
        return;
    }
    let selected = model.board.selected_index(&model.look.rows);
    let keys = unfolding_keys(model);
    let drawn = window.len();
    for (down, index) in window.enumerate() {
        let place = line(body, down);
        let chosen = selected == Some(index);
        let mut pen = canvas.pen(place);
        pen.gap(1)
            .put(if chosen { "▌ " } else { "  " }, Tone::Accent);
        match model.board.entries[index] {
            Entry::Row(at) => {
                if let Some(row) = model.look.rows.get(at) {
                    draw_row(canvas, place, &columns, row);
                }
            }
            Entry::Healthy(count) => draw_healthy(&mut pen, &folded::words(model, count), &keys),
        }
        if chosen {
            canvas.theme.select(canvas.buffer, place);
        }
    }
    folded::draw(canvas, area, drawn);
}

fn draw_header(canvas: &mut Canvas<'_>, area: Rect, columns: &Columns, window: &Range<usize>) {
    let model = canvas.model;
    let focused = model.board.pane == Pane::Services;
    let tone = if focused { Tone::Accent } else { Tone::Muted };
    let filter = hints::matches(canvas);
    let place = window::position(window, model.board.entries.len());
    let mut pen = canvas.pen(area);
    pen.gap(5);
    pen.cell("SERVICE", columns.name, tone);
    pen.column_of("IN", columns.environment, Tone::Muted);
    pen.cell("VERDICT", VERDICT, Tone::Muted);
    pen.right("TASKS", TASKS, Tone::Muted).gap(PENDING);
    let since = if columns.since > 0 { "SINCE" } else { "" };
    pen.right(since, columns.since, Tone::Muted);
    pen.gap(2);
    pen.column_of("ROLLOUT", columns.rollout, Tone::Muted);
    pen.column_of("CLUSTER", columns.cluster, Tone::Muted);
    pen.put("WHY", Tone::Muted).gap(2);
    if let Some(words) = filter.or(place) {
        pen.flush_right(&words, Tone::Accent);
    }
}

/// How a row sounds: its mark, its verdict and everything else.
pub(super) struct Voice {
    mark: Tone,
    verdict: Tone,
    name: Tone,
    pub(super) plain: Tone,
}

impl Voice {
    /// Old rows are grey, fine ones quiet; what is wrong speaks.
    pub(super) const fn of(row: &Row) -> Self {
        let mark = Tone::of_health(row.verdict.health);
        let (mark, verdict, name, plain) = match (row.stale, is_quiet(row)) {
            (true, _) => (Tone::Stale, Tone::Stale, Tone::Stale, Tone::Stale),
            (false, true) => (mark, Tone::Muted, Tone::Muted, Tone::Muted),
            (false, false) => (mark, mark, Tone::Strong, Tone::Text),
        };
        Self {
            mark,
            verdict,
            name,
            plain,
        }
    }
}

const fn is_quiet(row: &Row) -> bool {
    matches!(
        row.verdict.health,
        Health::Healthy | Health::HealthyUnverified | Health::Stopped
    )
}

fn draw_row(canvas: &mut Canvas<'_>, area: Rect, columns: &Columns, row: &Row) {
    let health = row.verdict.health;
    let voice = Voice::of(row);
    let since = match row.verdict.since {
        Some(since) if columns.since > 0 && !is_quiet(row) => canvas.when(since),
        _ => String::new(),
    };
    let elsewhere = columns.environment == 0 && is_elsewhere(canvas.model, row);
    let mut pen = canvas.pen(area);
    pen.gap(3).put(health_mark(health), voice.mark);
    pen.to(area.x + 5);
    pen.within(columns.name - 1, |pen| {
        pen.text(&row.name, voice.name);
        if elsewhere {
            pen.gap(1).rest(row.environment.as_str(), Tone::Muted);
        }
    });
    pen.to(area.x + 5 + columns.name);
    pen.column_of(row.environment.as_str(), columns.environment, Tone::Muted);
    pen.cell(health.word(), VERDICT, voice.verdict);
    pen.right(
        &format!("{}/{}", row.running, row.desired),
        TASKS,
        voice.plain,
    );
    let pending = match row.pending {
        0 => String::new(),
        some => format!(" +{some}"),
    };
    pen.cell(&pending, PENDING, Tone::Muted);
    pen.right(&since, columns.since, voice.plain).gap(2);
    pen.column_of(&row.rollout, columns.rollout, Tone::Muted);
    pen.column_of(row.cluster.name(), columns.cluster, Tone::Muted);
    pen.rest(beyond_tasks(row), voice.plain);
}

/// The evidence without what the column of the tasks says already.
fn beyond_tasks(row: &Row) -> &str {
    let evidence = row.verdict.evidence.as_str();
    let counts = format!("{}/{} running, ", row.running, row.desired);
    evidence.strip_prefix(&counts).unwrap_or(evidence)
}

/// Whether a row is of another environment than the first, where that has no column to say so.
pub(super) fn is_elsewhere(model: &Model, row: &Row) -> bool {
    let first = model.look.snapshot.environments.first();
    model.only.is_none() && first.is_some_and(|one| one.environment.name != row.environment)
}

/// The keys that show the folded services, as the keymap has them.
fn unfolding_keys(model: &Model) -> String {
    let mut hints = guide::hints(model).into_iter();
    let unfolds = hints.find(|hint| hint.action == Action::ToggleHealthy);
    unfolds.map_or_else(String::new, |hint| format!("{} shows them", hint.keys))
}

fn draw_healthy(pen: &mut Pen<'_>, words: &str, keys: &str) {
    pen.put(health_mark(Health::Healthy), Tone::Ok).gap(1);
    pen.put(words, Tone::Muted).gap(3).put(keys, Tone::Muted);
}

/// Says why there is no line: not read yet, nothing there, or nothing that matches.
fn draw_nothing(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let typed = model.board.filter.text();
    let (first, second) =
        if let (true, false) = (typed.trim().is_empty(), model.look.rows.is_empty()) {
            (
                "no service is in this environment".to_owned(),
                String::new(),
            )
        } else if !typed.trim().is_empty() && !model.look.rows.is_empty() {
            (
                format!("no service matches “{typed}”"),
                "it looks at name, cluster, environment and verdict".to_owned(),
            )
        } else {
            nothing_read(model)
        };
    canvas.pen(line(area, 1)).gap(5).rest(&first, Tone::Text);
    canvas.pen(line(area, 2)).gap(5).rest(&second, Tone::Muted);
}

/// What can be said while no service is known.
fn nothing_read(model: &Model) -> (String, String) {
    let Some(here) = identity::place(model) else {
        return ("no environment is set up".to_owned(), String::new());
    };
    let region = &here.environment.region;
    let failed = here.feeds.values().any(|feed| !feed.problems.is_empty());
    let listed = here
        .feed(Feed::Inventory)
        .is_some_and(|feed| feed.good_at.is_some());
    match (was_read(here), failed) {
        (false, false) => (
            format!("asking {region} …"),
            "services appear as soon as AWS names them".to_owned(),
        ),
        (false, true) => (
            format!("nothing could be read from {region} yet"),
            "the line above says why; the console goes on trying".to_owned(),
        ),
        (true, _) if listed && here.clusters.is_empty() => (
            format!("there is no ECS cluster in {region} of this account"),
            "another region or profile: firstline --region R --profile P".to_owned(),
        ),
        (true, _) => (
            format!(
                "{} in {region}, and no service in it",
                words::counted(here.clusters.len(), "cluster")
            ),
            String::new(),
        ),
    }
}
