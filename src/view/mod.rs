//! Pictures: `draw(&Model, &Theme, &mut Frame)`, one file per screen.
//!
//! May not: decide, mutate, wait; name a colour outside `theme`.
//!
//! Why: what is drawn is a function of the model, so a snapshot test is a screenshot.
//!
//! | file | draws |
//! |---|---|
//! | `theme` | nothing; says what every meaning looks like |
//! | `layout` | nothing; says what stands where, to the pen and to the mouse |
//! | `identity`, `environments`, `banner`, `hints` | the strips around every screen |
//! | `board`: `services`, `folded`, `evidence`, `kpis`, `feed`, `logs` | the board and its panes |
//! | `service`: `tasks`, `deployments`, `capacity` | the page of one service |
//! | `chronicle` | the timeline of an environment, and of a service |
//! | `alarms` | the alarms, and everything there is to say of one |
//! | `charts` | KPIs over time, one below the other on one axis |
//! | `reader` | a log on the whole screen |
//! | `help`, `palette`, `dialog`, `staging`, `picker`, `sessions`, `arming`, `page` | what lies over a screen |
//! | `widget` | the small pieces all of them are made of |

mod alarms;
mod arming;
mod banner;
mod board;
mod canvas;
mod capacity;
mod charts;
mod chronicle;
mod deployments;
mod dialog;
mod environments;
mod evidence;
mod feed;
mod folded;
mod follow;
mod help;
mod hints;
mod hit;
mod identity;
mod kpis;
mod layout;
mod logs;
mod nodes;
mod page;
mod palette;
mod picker;
mod reader;
mod service;
mod services;
mod sessions;
mod staging;
mod tasks;
pub mod theme;
mod widget;

#[cfg(test)]
mod tests;

pub use hit::hit;
pub use theme::Theme;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::Model;
use crate::app::screen::Overlay;

use canvas::Canvas;
use theme::Tone;

/// Draws the console as it is, in the colours the model wears, on a terminal that can do what
/// `theme` can.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let theme = &theme.wearing(&model.looks);
    let mut canvas = Canvas {
        model,
        theme,
        buffer: frame.buffer_mut(),
    };
    if layout::too_small(area) {
        environments::draw_alone(&mut canvas, area);
    } else {
        draw_screen(&mut canvas, area);
    }
    theme.finish(canvas.buffer);
}

fn draw_screen(canvas: &mut Canvas<'_>, area: Rect) {
    let frame = layout::frame(area);
    identity::draw(canvas, frame.identity);
    identity::draw_rule(canvas, frame.rule);
    if canvas.model.reader.is_none() {
        banner::draw(canvas, frame.banner);
    }
    banner::draw_status(canvas, frame.status);
    hints::draw(canvas, frame.hints);
    if let Some(reader) = &canvas.model.reader {
        reader::draw(canvas, &frame, reader);
    } else if let Some(chart) = &canvas.model.chart {
        charts::draw(canvas, &frame, chart);
    } else if canvas.model.bells.is_some() {
        alarms::draw(canvas, &frame);
    } else if canvas.model.service.is_some() {
        service::draw(canvas, &frame);
    } else if canvas.model.chronicle.is_some() {
        chronicle::draw(canvas, &frame);
    } else {
        environments::draw(canvas, frame.headline);
        board::draw(canvas, frame.body);
    }
    let over = layout::over(area);
    match &canvas.model.overlay {
        Some(Overlay::Help(help)) => help::draw(canvas, over, help),
        Some(Overlay::Palette(palette)) => palette::draw(canvas, over, palette),
        Some(Overlay::Dialog(dialog)) => dialog::draw(canvas, area, dialog),
        Some(Overlay::Arming(arming)) => arming::draw(canvas, over, arming),
        Some(Overlay::Page(page)) => page::draw(canvas, over, page),
        Some(Overlay::Follow) => follow::draw(canvas, over),
        Some(Overlay::Picker) => picker::draw(canvas, over),
        Some(Overlay::Sessions(list)) => sessions::draw(canvas, over, *list),
        Some(Overlay::Parting) => sessions::draw_parting(canvas, over),
        Some(Overlay::Filter | Overlay::Condition) | None => {}
    }
    arming::draw_frame(canvas, area, &frame);
    hints::draw_following(canvas, frame.body);
}

/// The title of a pane, in the accent when the movement keys are its.
fn title(canvas: &mut Canvas<'_>, area: Rect, words: &str, focused: bool) {
    let (mark, tone) = if focused {
        ("▌ ", Tone::Accent)
    } else {
        ("  ", Tone::Muted)
    };
    canvas.pen(area).gap(1).put(mark, tone).rest(words, tone);
}
