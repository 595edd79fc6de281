//! Screens as images: the cells of the real picture, written as SVG.
//!
//! `UPDATE_PICTURES=1 cargo test --lib view::tests::svg` draws `docs/board.svg`,
//! `docs/light.svg`, `docs/service.svg` and the others anew.

use std::fmt::Write as _;
use std::path::Path;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr as _;

use super::pages::page;
use super::picture;
use super::rows::incident;
use crate::app::Model;
use crate::app::screen::dialog::Stage;
use crate::app::screen::service::Tab;
use crate::app::theme::Name;
use crate::view::theme::{Depth, Glyphs, Theme};

/// Width and height of a cell, in pixels.
const CELL: (f32, f32) = (8.4, 19.0);
const GROUND: &str = "#15181d";
const TEXT: &str = "#d5d9e0";

#[test]
fn the_image_of_the_board_is_the_board() {
    keep("board", &incident(120, 40));
}

#[test]
fn the_image_of_the_light_theme_is_that_theme() {
    let mut model = incident(120, 40);
    model.looks.name = Name::Light;
    keep("light", &model);
}

#[test]
fn the_image_of_the_page_is_the_page() {
    keep("service", &page("orders", Tab::Tasks, 120, 40));
}

#[test]
fn the_image_of_the_log_is_the_log() {
    keep("logs", &super::reader::reading(120, 40));
}

#[test]
fn the_image_of_the_dialog_is_the_dialog() {
    let stage = Stage::Asking(super::pages::challenge());
    keep("dialog", &super::pages::dialog(stage, 120, 40));
}

#[test]
fn the_image_of_the_staging_plan_is_the_plan() {
    let asking = super::staging::asking;
    keep("staging", &super::staging::dialog(120, 40, asking));
}

#[test]
fn the_image_of_the_charts_is_the_charts() {
    keep("charts", &super::charts::told(120, 40));
}

/// Whether `docs/NAME.svg` is what `model` looks like.
#[expect(
    clippy::disallowed_methods,
    reason = "the images belong to the documentation, and a test keeps them true"
)]
fn keep(name: &str, model: &Model) {
    let drawn = svg(&picture(model, Theme::new(Depth::True, Glyphs::Unicode)));
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/{name}.svg"));
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&file, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(
        kept == drawn,
        "docs/{name}.svg is not what it looks like; UPDATE_PICTURES=1 draws it anew"
    );
}

fn svg(buffer: &Buffer) -> String {
    let size = (
        f32::from(buffer.area.width) * CELL.0 + 16.0,
        f32::from(buffer.area.height) * CELL.1 + 16.0,
    );
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" \
         font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{GROUND}\"/>\n",
        size.0, size.1
    );
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            x = run(&mut text, buffer, x, y);
        }
    }
    text.push_str("</svg>\n");
    text
}

/// Writes the cells from `x` on that look alike; gives the column after them.
fn run(text: &mut String, buffer: &Buffer, x: u16, y: u16) -> u16 {
    let first = &buffer[(x, y)];
    let alike = |at: &u16| buffer[(*at, y)].style() == first.style();
    let end = (x..buffer.area.width).take_while(alike).last().unwrap_or(x) + 1;
    let words: String = (x..end).map(|at| buffer[(at, y)].symbol()).collect();
    let (left, top) = (8.0 + f32::from(x) * CELL.0, 8.0 + f32::from(y) * CELL.1);
    let width = f32::from(end - x) * CELL.0;
    if let Some(ground) = hex(first.bg) {
        let height = CELL.1;
        let _ = writeln!(
            text,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{ground}\"/>"
        );
    }
    if !words.trim().is_empty() {
        let indent = words.width() - words.trim_start().width();
        let left = left + CELL.0 * f32::from(u16::try_from(indent).unwrap());
        let shown = words.trim();
        let length = CELL.0 * f32::from(u16::try_from(shown.width()).unwrap());
        let _ = writeln!(
            text,
            "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" fill=\"{}\"{} xml:space=\"preserve\">{}</text>",
            top + 14.0,
            hex(first.fg).unwrap_or_else(|| TEXT.to_owned()),
            weight(first),
            shown
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;"),
        );
    }
    end
}

fn weight(cell: &Cell) -> &'static str {
    if cell.modifier.contains(Modifier::BOLD) {
        " font-weight=\"700\""
    } else {
        ""
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the picture is drawn in true colours"
)]
fn hex(colour: Color) -> Option<String> {
    match colour {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Indexed(16) => Some("#000000".to_owned()),
        _ => None,
    }
}
