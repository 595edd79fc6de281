//! The mouse: everything it can do, a key can do too.

use super::act;
use super::effect::Effect;
use super::model::Model;
use super::movement;
use super::msg::{Hit, Mouse};
use super::screen::Overlay;
use super::screen::board::{Pane, Selected};
use super::screen::{dialog, palette};

/// Lines a turn of the wheel moves.
const WHEEL: isize = 3;

/// The mouse did something over `hit`. Under an overlay nothing can be reached.
pub(super) fn point(model: &mut Model, mouse: Mouse, hit: Hit) -> Vec<Effect> {
    if dialog::just_opened(model) {
        return Vec::new();
    }
    if (model.reader.is_some() || model.chart.is_some() || model.bells.is_some())
        && !matches!(hit, Hit::Hint(_) | Hit::Entry(_))
    {
        // Board and page lie beneath.
        let steps = match mouse {
            Mouse::Click => 0,
            Mouse::ScrollUp => -WHEEL,
            Mouse::ScrollDown => WHEEL,
        };
        let moved = model.overlay.is_none() && movement::go(model, steps);
        model.touch(moved);
        return Vec::new();
    }
    match mouse {
        Mouse::Click => return click(model, hit),
        Mouse::ScrollUp => scroll(model, &hit, -WHEEL),
        Mouse::ScrollDown => scroll(model, &hit, WHEEL),
    }
    Vec::new()
}

fn scroll(model: &mut Model, hit: &Hit, steps: isize) {
    let mut turned = false;
    match (&model.overlay, pane(hit)) {
        (None, Some(pane)) if model.service.is_none() => {
            turned = model.board.pane != pane;
            model.board.pane = pane;
        }
        (
            None
            | Some(
                Overlay::Help(_)
                | Overlay::Dialog(_)
                | Overlay::Picker
                | Overlay::Sessions(_)
                | Overlay::Page(_),
            ),
            _,
        ) => {}
        (
            Some(
                Overlay::Palette(_)
                | Overlay::Filter
                | Overlay::Condition
                | Overlay::Parting
                | Overlay::Arming(_)
                | Overlay::Follow,
            ),
            _,
        ) => return,
    }
    let moved = movement::go(model, steps);
    model.touch(turned || moved);
}

fn click(model: &mut Model, hit: Hit) -> Vec<Effect> {
    match hit {
        Hit::Hint(action) => return act::act(model, action),
        Hit::Entry(index) => return palette::pick(model, index),
        _ if model.overlay.is_some() => return Vec::new(),
        Hit::Service(arn) => select(model, Selected::Service(arn)),
        Hit::Healthy => select(model, Selected::Healthy),
        Hit::Pane(pane) => model.board.pane = pane,
        Hit::Tab(tab) => {
            if let Some(page) = &mut model.service {
                page.show(tab);
            }
        }
    }
    model.touch(true);
    Vec::new()
}

/// Selects; what is selected already is opened.
fn select(model: &mut Model, selected: Selected) {
    model.board.pane = Pane::Services;
    model.board.chosen = true;
    if model.board.select(Some(selected), model.now) {
        // A folded service gets a line of its own.
        model.arrange();
    } else {
        act::open_selected(model);
    }
}

const fn pane(hit: &Hit) -> Option<Pane> {
    match hit {
        Hit::Service(_) | Hit::Healthy => Some(Pane::Services),
        Hit::Pane(pane) => Some(*pane),
        Hit::Tab(_) | Hit::Hint(_) | Hit::Entry(_) => None,
    }
}
