//! Moving a selection or a view up and down, whatever has the focus.

use crate::estate::staging::Plan;

use super::action::Action;
use super::manual;
use super::model::Model;
use super::screen::Overlay;
use super::screen::alarms;
use super::screen::board::Pane;
use super::screen::service::{ServicePage, Tab};
use super::screen::{entering, sessions, tasks};

/// How far `action` moves, upwards when negative.
pub(super) fn steps(model: &Model, action: Action) -> isize {
    let page = isize::try_from(model.size.rows / 2).unwrap_or(1).max(1);
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions do not move"
    )]
    match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::Top => isize::MIN,
        Action::Bottom => isize::MAX,
        _ => 0,
    }
}

/// Moves what has the focus. Says whether it moved.
pub(super) fn go(model: &mut Model, steps: isize) -> bool {
    if let Some(Overlay::Help(_)) = model.overlay {
        let places = manual::manual_places(model);
        if let Some(Overlay::Help(help)) = &mut model.overlay {
            return slide(&mut help.top, steps, places);
        }
    }
    if let Some(Overlay::Dialog(dialog)) = &mut model.overlay {
        let rows = dialog.change.plan().map_or(0, Plan::rows);
        return slide(&mut dialog.top, steps, rows);
    }
    if let Some(Overlay::Page(page)) = &mut model.overlay {
        return page.scroll(steps, (model.size.columns, model.size.rows));
    }
    match model.overlay {
        Some(Overlay::Picker) => return entering::step(model, steps),
        Some(Overlay::Sessions(_)) => return sessions::step(model, steps),
        _ => {}
    }
    if let Some(reader) = &mut model.reader {
        return reader.go(steps);
    }
    if let Some(chart) = &mut model.chart {
        return slide(&mut chart.at, steps, chart.stack.len());
    }
    if model.bells.is_some() {
        return alarms::step(model, steps);
    }
    if let Some(page) = &model.service {
        let height = height(model, page);
        return match &mut model.service {
            Some(page) if page.tab == Tab::Logs => model.logs.scroll(steps),
            Some(page) if page.tab == Tab::Tasks => tasks::step(model, steps),
            Some(page) if page.tab == Tab::Timeline => slide(&mut page.sight.top, steps, height),
            Some(page) => slide(&mut page.top, steps, height),
            None => false,
        };
    }
    if let Some(chronicle) = &mut model.chronicle {
        let count = chronicle.sight.moments(&model.look.timeline).len();
        return slide(&mut chronicle.sight.top, steps, count);
    }
    match model.board.pane {
        Pane::Services => {
            let mut at = model.board.selected_index(&model.look.rows).unwrap_or(0);
            slide(&mut at, steps, model.board.entries.len());
            model.board.choose(at, &model.look.rows, model.now)
        }
        Pane::Kpis => {
            let count = model.headlines().len();
            slide(&mut model.board.kpi_top, steps, count)
        }
        Pane::Events => {
            let count = model.events().count();
            slide(&mut model.board.event_top, steps, count)
        }
        Pane::Logs => model.logs.scroll(steps),
    }
}

/// How many lines the shown tab has, titles and all.
fn height(model: &Model, page: &ServicePage) -> usize {
    let Some((_, seen)) = model.look.snapshot.service(&page.arn) else {
        return 0;
    };
    let Some(explained) = &model.look.explained else {
        return 0;
    };
    match page.tab {
        Tab::Deployments => {
            let change = explained.change.as_ref();
            let differences = change.map_or(0, |change| change.differences.len());
            explained.deployments.len() * 3 + explained.history.len() + differences + 6
        }
        Tab::Capacity => {
            let targets = explained
                .targets
                .iter()
                .map(|group| group.targets.len() + 1);
            let lists = [
                explained.troubles.len(),
                explained.activities.len(),
                explained.alarms.len(),
                targets.sum(),
            ];
            lists.iter().sum::<usize>() + 14
        }
        Tab::Timeline => page.sight.moments(&model.look.timeline).len(),
        Tab::Events => seen.service.events.len(),
        // They have a selection, or scroll by themselves.
        Tab::Tasks | Tab::Logs => 0,
    }
}

/// Moves `at` within `0..count`. Says whether it moved.
fn slide(at: &mut usize, steps: isize, count: usize) -> bool {
    let old = *at;
    *at = at.saturating_add_signed(steps).min(count.saturating_sub(1));
    old != *at
}
