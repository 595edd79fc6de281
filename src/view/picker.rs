//! The containers and nodes somebody may enter: each with what stands in the way, the healthiest
//! container selected.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::nodes;
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use super::widget::window;
use crate::app::screen::entering::Entering;
use crate::estate::cut::wrap;
use crate::estate::doctor::{Check, Finding, examine, obstacle};
use crate::estate::session::Purpose;
use crate::estate::standing::Way;

/// Columns of the list, where there are so many.
const WIDTH: u16 = 104;
/// Containers in sight at once, at most.
const ROWS: u16 = 10;
/// Lines for what the doctor says of the selected one.
const DOCTOR: u16 = 8;
/// Columns of a prerequisite's name.
const ABOUT: u16 = 16;

/// Draws the list over `area`; its size does not follow what is in it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let Some(entering) = &canvas.model.entering else {
        return;
    };
    let place = middle(area, WIDTH, ROWS + DOCTOR + 5);
    let inside = panel(canvas, place, &title(entering), Tone::Accent);
    let words = match &entering.nodes {
        Some(_) => nodes::HEAD,
        None => "TASK      CONTAINER      HEALTH      ZONE  STARTED   EXEC  A SESSION",
    };
    canvas.pen(inside).gap(2).rest(words, Tone::Muted);
    let rows = ROWS.min(inside.height.saturating_sub(DOCTOR + 2));
    let table = Rect {
        y: inside.y + 1.min(inside.height),
        height: rows,
        ..inside
    };
    let told = Rect {
        y: table.bottom() + 1,
        height: inside.bottom().saturating_sub(table.bottom() + 1),
        ..inside
    };
    if let Some(list) = &entering.nodes {
        return nodes::draw(canvas, (table, told), list);
    }
    if let Some((words, tone)) = instead(entering) {
        canvas.pen(table).gap(2).rest(&words, tone);
    } else {
        draw_ways(canvas, table, entering);
    }
    match entering
        .index()
        .and_then(|index| entering.ways().get(index))
    {
        Some(way) => draw_doctor(canvas, told, way),
        None if !entering.ways().is_empty() => {
            let words =
                "several programs share its tasks, or none is meant by that name: select one";
            canvas.pen(told).gap(2).rest(words, Tone::Text);
        }
        None => {}
    }
}

/// What is said where there is nothing to pick from.
fn instead(entering: &Entering) -> Option<(String, Tone)> {
    match &entering.ways {
        None => Some(("looking at its tasks …".to_owned(), Tone::Muted)),
        Some(Err(why)) => Some((why.to_string(), Tone::Down)),
        Some(Ok(ways)) if ways.is_empty() => {
            let words = "no task of it runs, so there is nothing to enter";
            Some((words.to_owned(), Tone::Degraded))
        }
        Some(Ok(_)) => None,
    }
}

fn title(entering: &Entering) -> String {
    let service = entering
        .service
        .as_ref()
        .filter(|_| entering.nodes.is_none());
    match (&entering.asked.purpose, service) {
        (Purpose::Shell | Purpose::Command(_), Some((place, service))) => {
            let name = service.name();
            format!("a shell in {name} in {place}: in which container?")
        }
        (Purpose::Forward { host, port }, Some((place, service))) => {
            let (name, host) = (service.name(), host.as_deref().unwrap_or("the task"));
            format!("port {port} of {host}, through which container of {name} in {place}?")
        }
        (Purpose::Shell | Purpose::Command(_), None) => {
            "a shell on a node of Session Manager: on which?".to_owned()
        }
        (Purpose::Forward { host, port }, None) => {
            let host = host.as_deref().unwrap_or("the node");
            format!("port {port} of {host}, through which node of Session Manager?")
        }
    }
}

fn draw_ways(canvas: &mut Canvas<'_>, area: Rect, entering: &Entering) {
    let ways = entering.ways();
    let selected = entering.index();
    let height = usize::from(area.height);
    let window = window::around(selected.unwrap_or(0), ways.len(), height);
    let position = window::position(&window, ways.len());
    for (down, index) in window.enumerate() {
        let place = line(area, down);
        draw_way(canvas, place, &ways[index], selected == Some(index));
    }
    if let Some(position) = position {
        let last = line(area, height.saturating_sub(1));
        canvas.pen(last).flush_right(&position, Tone::Accent);
    }
}

fn draw_way(canvas: &mut Canvas<'_>, area: Rect, way: &Way, chosen: bool) {
    let started = way.task.started_at.map(|at| canvas.when(at));
    let (mark, health, tone) = match &*way.task.health {
        "HEALTHY" => ("✔ ", "healthy", Tone::Ok),
        "UNHEALTHY" => ("✖ ", "unhealthy", Tone::Down),
        "UNKNOWN" => ("  ", "unchecked", Tone::Muted),
        other => ("? ", other, Tone::Unknown),
    };
    let zone = way.task.zone.as_deref().unwrap_or_default();
    let zone = zone.rsplit('-').next().unwrap_or_default();
    let (exec, known) = if way.patient.exec_enabled {
        ("on", Tone::Text)
    } else {
        ("off", Tone::Down)
    };
    let obstacle = way.obstacle();
    let mut pen = canvas.pen(area);
    pen.put(if chosen { "▌ " } else { "  " }, Tone::Accent);
    pen.cell(way.task.arn.short(), 8, Tone::Text).gap(2);
    pen.cell(&way.patient.container, 14, Tone::Text).gap(1);
    pen.put(mark, tone).cell(health, 9, tone).gap(1);
    pen.cell(zone, 5, Tone::Muted).gap(1);
    pen.right(&started.unwrap_or_default(), 8, Tone::Muted)
        .gap(2);
    pen.cell(exec, 4, known).gap(2);
    match &obstacle {
        None => pen.rest("should work", Tone::Ok),
        Some(check) => pen.rest(&format!("cannot work: {}", check.about), Tone::Down),
    };
    if chosen {
        canvas.theme.select(canvas.buffer, area);
    }
}

/// What stands in the way first, then what is worth knowing; each with its mend.
fn draw_doctor(canvas: &mut Canvas<'_>, area: Rect, way: &Way) {
    let unseen = "not looked at: the task role's policies, and the way to ssmmessages";
    draw_checks(canvas, area, (examine(&way.patient), unseen));
}

/// The same of any place; `unseen` is said where nothing stands in the way.
pub(super) fn draw_checks(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (mut checks, unseen): (Vec<Check>, &str),
) {
    let open = obstacle(&checks).is_none();
    checks.retain(|check| check.finding != Finding::Good || check.about == "recording");
    checks.sort_by_key(|check| std::cmp::Reverse(check.finding));
    let mut at = 0;
    for check in &checks {
        at = draw_check(canvas, area, at, check);
    }
    if open {
        canvas.pen(line(area, at)).gap(2).rest(unseen, Tone::Muted);
    }
}

/// Draws one from line `at` on; gives the line after it.
fn draw_check(canvas: &mut Canvas<'_>, area: Rect, at: usize, check: &Check) -> usize {
    let (mark, tone) = match check.finding {
        Finding::Good => ("✔ ", Tone::Ok),
        Finding::Careful => ("▲ ", Tone::Degraded),
        Finding::Unknown => ("? ", Tone::Unknown),
        Finding::Bad => ("✖ ", Tone::Down),
    };
    let mut at = at;
    let mut pen = canvas.pen(line(area, at));
    pen.put(mark, tone)
        .cell(check.about, ABOUT - 2, Tone::Muted);
    let said = if check.finding == Finding::Bad {
        Tone::Strong
    } else {
        Tone::Text
    };
    let mend = (check.finding == Finding::Bad).then(|| format!("mend: {}", check.mend));
    let told = [
        (check.words.as_str(), said),
        (mend.as_deref().unwrap_or_default(), Tone::Text),
    ];
    for (words, tone) in told {
        for part in wrap(words, usize::from(area.width.saturating_sub(ABOUT))) {
            canvas.pen(line(area, at)).gap(ABOUT).put(part, tone);
            at += 1;
        }
    }
    at
}
