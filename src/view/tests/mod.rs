//! Pictures of every screen.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::draw;
use super::theme::{Depth, Glyphs, Theme};
use crate::app::Model;

mod alarms;
mod boards;
mod charts;
mod dossier;
mod estate;
mod hostile;
mod pages;
mod reader;
mod rows;
mod sessions;
mod staging;
mod svg;
mod tasks;
mod themes;

/// The picture of `model` at its size.
fn picture(model: &Model, theme: Theme) -> Buffer {
    let backend = TestBackend::new(model.size.columns, model.size.rows);
    let mut terminal = Terminal::new(backend).unwrap();
    terminal.draw(|frame| draw(model, &theme, frame)).unwrap();
    terminal.backend().buffer().clone()
}

/// The characters of the picture, without what is empty at the ends of lines.
fn shown(model: &Model) -> String {
    characters(&picture(model, Theme::default()))
}

fn characters(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.rows() {
        let mut row = String::new();
        let mut skip = 0_usize;
        for at in y.positions() {
            let symbol = buffer[at].symbol();
            if skip == 0 {
                row.push_str(symbol);
            }
            let width = unicode_width::UnicodeWidthStr::width(symbol);
            skip = skip.max(width).saturating_sub(1);
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// The picture as runs of one style, one line of the screen a paragraph.
fn styles(model: &Model, theme: Theme) -> String {
    use std::fmt::Write as _;
    let buffer = picture(model, theme);
    let mut text = String::new();
    for (number, line) in buffer.area.rows().enumerate() {
        let mut runs: Vec<(ratatui::style::Style, String)> = Vec::new();
        for at in line.positions() {
            let cell = &buffer[at];
            match runs.last_mut() {
                Some((style, run)) if *style == cell.style() => run.push_str(cell.symbol()),
                _ => runs.push((cell.style(), cell.symbol().to_owned())),
            }
        }
        for (style, run) in runs.iter().filter(|(_, run)| !run.trim().is_empty()) {
            let (fore, back) = (style.fg, style.bg);
            let modifier = style.add_modifier;
            let words = run.trim_end();
            writeln!(text, "{number:>3} {fore:?} {back:?} {modifier:?} {words:?}").unwrap();
        }
    }
    text.replace("Some(", "").replace(") ", " ")
}

const COLOURS: Theme = Theme::new(Depth::Indexed, Glyphs::Unicode);
const PLAIN: Theme = Theme::new(Depth::Monochrome, Glyphs::Ascii);
