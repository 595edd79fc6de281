//! The board in every theme.

use insta::assert_snapshot;
use ratatui::style::Color;
use strum::IntoEnumIterator as _;

use super::pages::page;
use super::rows::incident;
use super::{COLOURS, picture, styles};
use crate::app::Model;
use crate::app::screen::service::Tab;
use crate::app::theme::{Colour, Looks, Name, Role};
use crate::view::theme::{Depth, Glyphs, Theme, Tone};

fn worn(mut model: Model, name: Name) -> Model {
    model.looks = Looks {
        name,
        ..Looks::default()
    };
    model
}

#[test]
fn an_incident_in_every_theme() {
    for name in Name::iter() {
        let model = worn(incident(80, 24), name);
        assert_snapshot!(format!("theme-{name}"), styles(&model, COLOURS));
    }
}

#[test]
fn a_theme_moves_no_letter() {
    let plain = super::shown(&incident(120, 40));
    for name in Name::iter() {
        let model = worn(incident(120, 40), name);
        assert_eq!(super::shown(&model), plain, "{name}");
    }
}

const DEPTHS: [Depth; 4] = [
    Depth::Monochrome,
    Depth::Sixteen,
    Depth::Indexed,
    Depth::True,
];

/// `NO_COLOR` and `mono`: nothing but the terminal's own.
#[test]
fn mono_has_no_colour_and_no_colour_wins_over_every_theme() {
    for name in Name::iter() {
        for depth in DEPTHS {
            let plain = name == Name::Mono || depth == Depth::Monochrome;
            let theme = Theme::new(depth, Glyphs::Unicode);
            let drawn = picture(&worn(incident(80, 24), name), theme);
            let coloured =
                |cell: &&ratatui::buffer::Cell| (cell.fg, cell.bg) != (Color::Reset, Color::Reset);
            let some = drawn.content.iter().any(|cell| coloured(&cell));
            assert_eq!(some, !plain, "{name} {depth:?}");
        }
    }
}

/// A theme that paints its ground leaves no cell to the terminal.
#[test]
fn a_painted_ground_has_no_holes() {
    for name in [Name::Light, Name::HighContrast] {
        for depth in &DEPTHS[1..] {
            let theme = Theme::new(*depth, Glyphs::Unicode);
            let drawn = picture(&worn(page("orders", Tab::Tasks, 120, 40), name), theme);
            let bare =
                |cell: &ratatui::buffer::Cell| cell.fg == Color::Reset || cell.bg == Color::Reset;
            assert!(!drawn.content.iter().any(bare), "{name} {depth:?}");
        }
    }
}

/// The colour of lines is too faint to be read.
#[test]
fn no_letter_has_the_colour_of_lines() {
    let faint = COLOURS.style(Tone::Faint).fg.unwrap();
    let stage = crate::app::screen::dialog::Stage::Asking(super::pages::challenge());
    let models = vec![
        incident(120, 40),
        incident(200, 60),
        page("orders", Tab::Tasks, 120, 40),
        page("orders", Tab::Capacity, 120, 40),
        super::reader::reading(120, 40),
        super::charts::told(120, 40),
        super::pages::dialog(stage, 120, 40),
    ];
    for model in models {
        let drawn = picture(&model, COLOURS);
        let cells = drawn.content.iter().filter(|cell| cell.fg == faint);
        let letters: String = cells
            .flat_map(|cell| cell.symbol().chars())
            .filter(|one| one.is_alphanumeric())
            .collect();
        assert_eq!(letters, "");
    }
}

#[test]
fn own_colours_reach_the_screen() {
    let mut looks = Looks::default();
    looks.own.1 = vec![
        (Role::Down, Colour::Rgb([1, 2, 3])),
        (Role::Danger, Colour::Rgb([255, 255, 255])),
        (Role::Text, Colour::Named(2)),
    ];
    let theme = Theme::new(Depth::True, Glyphs::Unicode).wearing(&looks);
    assert_eq!(theme.style(Tone::Down).fg, Some(Color::Rgb(1, 2, 3)));
    let danger = theme.style(Tone::Danger);
    assert_eq!(danger.fg, Some(Color::Indexed(16)));
    let mut model = incident(80, 24);
    model.looks = looks;
    let drawn = picture(&model, Theme::new(Depth::Sixteen, Glyphs::Unicode));
    assert!(drawn.content.iter().any(|cell| cell.fg == Color::Green));
    assert!(drawn.content.iter().all(|cell| cell.fg != Color::Reset));
}
