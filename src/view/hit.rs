//! What stands under the mouse.

use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator as _;

use super::board::word;
use super::layout::{self, Panes};
use super::{folded, hints, service, services};
use crate::app::Model;
use crate::app::guide;
use crate::app::msg::Hit;
use crate::app::screen::board::{Entry, Pane};

/// What the cell at `column`, `row` of a screen of the model's size shows. Nothing while
/// something lies over the screen.
pub fn hit(model: &Model, column: u16, row: u16) -> Option<Hit> {
    let area = Rect::new(0, 0, model.size.columns, model.size.rows);
    let at = Position::new(column, row);
    if layout::too_small(area) || !area.contains(at) || model.overlay.is_some() {
        return None;
    }
    let strips = layout::frame(area);
    if strips.hints.contains(at) {
        return hint(model, column, strips.hints);
    }
    if model.chart.is_some() || model.bells.is_some() {
        return Some(Hit::Pane(Pane::Kpis));
    }
    if model.service.is_some() {
        let page = layout::page(strips.body, service::log_follows(model));
        return service::tab_at(page.tabs, at).map(Hit::Tab);
    }
    board(model, strips.body, at)
}

fn hint(model: &Model, column: u16, area: Rect) -> Option<Hit> {
    let mut x = usize::from(area.x) + 1;
    let all = guide::hints(model);
    let shown = hints::fitting(&all, usize::from(area.width) - 1);
    for hint in shown {
        let end = x + hints::width(hint);
        if (x..end).contains(&usize::from(column)) {
            return Some(Hit::Hint(hint.action));
        }
        x = end;
    }
    None
}

fn board(model: &Model, body: Rect, at: Position) -> Option<Hit> {
    let panes = layout::panes(body, model.board.pane);
    if panes.services.contains(at) {
        return Some(entry(model, panes.services, at).unwrap_or(Hit::Pane(Pane::Services)));
    }
    if panes.tabs.contains(at) {
        return tab(at, panes.tabs);
    }
    let Panes {
        kpis, events, logs, ..
    } = panes;
    let others = [
        (kpis, Pane::Kpis),
        (events, Pane::Events),
        (logs, Pane::Logs),
    ];
    let found = others.into_iter().find(|(area, _)| area.contains(at));
    found.map(|(_, pane)| Hit::Pane(pane))
}

fn entry(model: &Model, area: Rect, at: Position) -> Option<Hit> {
    let down = usize::from(at.y.checked_sub(area.y + 1)?);
    let in_sight = services::in_sight(model, area);
    let mut folded = folded::places(model, area, in_sight.len()).into_iter();
    if let Some((row, _)) = folded.find(|(_, place)| place.contains(at)) {
        return Some(Hit::Service(row.arn.clone()));
    }
    let index = { in_sight }.nth(down)?;
    match model.board.entries.get(index)? {
        Entry::Row(place) => {
            let row = model.look.rows.get(*place)?;
            Some(Hit::Service(row.arn.clone()))
        }
        Entry::Healthy(_) => Some(Hit::Healthy),
    }
}

fn tab(at: Position, area: Rect) -> Option<Hit> {
    let mut x = area.x + 1;
    for pane in Pane::iter() {
        let end = x + 1 + u16::try_from(word(pane).len()).unwrap_or(0);
        if (x..end).contains(&at.x) {
            return Some(Hit::Pane(pane));
        }
        x = end + 3;
    }
    None
}
