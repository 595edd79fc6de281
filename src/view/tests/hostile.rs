//! Whatever the names and lines are, and however small the window is: no panic, no broken line.

use proptest::prelude::*;
use ratatui::layout::Position;

use super::rows::incident;
use super::{COLOURS, PLAIN, picture};
use crate::app::input::Input;
use crate::app::screen::Overlay;
use crate::app::screen::board::{Pane, Selected};
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::app::screen::help::Help;
use crate::app::screen::palette::Palette;
use crate::app::screen::service::{ServicePage, Tab};
use crate::estate::change::{Change, Target};
use crate::estate::log::LogLine;
use crate::estate::text::Text;
use crate::policy::{Line, Mark, Reason};

/// Escapes, wide characters, letters from right to left, marks that combine, and a very long word.
const HOSTILE: [&str; 6] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "שלום עולם שלום עולם",
    "a\u{301}\u{302}\u{303}e\u{301}\u{301}\u{301}\u{301}o\u{20dd}",
    "👩‍👩‍👧‍👦🇩🇪👍🏽❤️",
    "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
];

fn hostile(columns: u16, rows: u16, seed: usize) -> crate::app::Model {
    let mut model = incident(columns, rows);
    let word = |place: usize| Text::clean(HOSTILE[(place + seed) % HOSTILE.len()]);
    for (place, row) in model.look.rows.iter_mut().enumerate() {
        row.name = word(place);
        row.verdict.evidence = word(place + 1);
        row.rollout = word(place + 2);
        row.running = u32::MAX;
        row.desired = u32::MAX;
        row.pending = u32::MAX;
    }
    for (place, event) in model.look.feed.iter_mut().enumerate() {
        event.words = word(place);
    }
    let lines = super::estate::lines().into_iter().enumerate();
    let said = lines.map(|(place, line)| LogLine {
        message: word(place),
        ..line
    });
    model.logs.lines = said.collect();
    for one in &mut model.look.snapshot.environments {
        one.environment.alias = Some(word(0));
        one.environment.region = word(1).as_str().into();
        for kpi in &mut one.kpis {
            kpi.resource = word(2);
            for point in &mut kpi.series.points {
                point.value = [f64::NAN, f64::INFINITY, -1.0, 1e300][seed % 4];
            }
        }
        for alarm in &mut one.alarms {
            alarm.name = word(3);
        }
    }
    model
}

/// The same, on one of the screens.
fn on_screen(columns: u16, rows: u16, seed: usize) -> crate::app::Model {
    let mut model = hostile(columns, rows, seed);
    let arn = model.look.rows[seed % model.look.rows.len()].arn.clone();
    model.board.selected = Some(Selected::Service(arn.clone()));
    let environment = model.look.snapshot.environments[0].environment.name.clone();
    let opened = |tab| {
        let mut page = ServicePage::new(arn.clone(), environment.clone());
        (page.tab, page.top) = (tab, seed);
        Some(page)
    };
    match seed % 12 {
        0 => model.board.pane = Pane::Services,
        1 => model.board.pane = Pane::Kpis,
        2 => model.board.pane = Pane::Events,
        3 => model.board.pane = Pane::Logs,
        4 => model.service = opened(Tab::Tasks),
        5 => model.service = opened(Tab::Deployments),
        6 => model.service = opened(Tab::Events),
        7 => {
            model.overlay = Some(Overlay::Help(Help {
                top: seed,
                ..Help::default()
            }));
        }
        8 => {
            let mut palette = Palette::default();
            palette.input = Input::holding(HOSTILE[seed % HOSTILE.len()]);
            palette.complaint = Some(Text::clean(HOSTILE[1]).to_string());
            model.overlay = Some(Overlay::Palette(palette));
        }
        9 | 10 => model.overlay = dialog(&model, seed),
        _ => {
            model.board.filter = Input::holding(HOSTILE[1]);
            model.overlay = Some(Overlay::Filter);
        }
    }
    model.board.kpi_top = seed;
    model.board.event_top = seed;
    model.logs.back = seed;
    model
}

/// The dialog of a change of the selected service, full of hostile words.
fn dialog(model: &crate::app::Model, seed: usize) -> Option<Overlay> {
    let (home, sighting) = model.look.snapshot.service(model.subject()?)?;
    let words = || Text::clean(HOSTILE[seed % HOSTILE.len()]);
    let facts = ["will replace", "data"].map(|label| Line {
        label,
        words: words(),
        mark: Mark::Warn,
    });
    let stage = if seed.is_multiple_of(2) {
        Stage::Denied(Reason {
            rule: "would-exhaust",
            sentence: words(),
            alternative: "wait",
        })
    } else {
        Stage::Failed { words: words() }
    };
    Some(Overlay::Dialog(Box::new(Dialog {
        change: Change::Redeploy(Target::of(&sighting.service, &home.environment.name)?),
        opened_at: model.now,
        stage,
        lines: facts.into(),
        counts: Input::default(),
        miscounted: None,
        top: 0,
        ready: false,
        reason: Input::holding(HOSTILE[1]),
        name: Input::holding(HOSTILE[2]),
        field: Field::Name,
        acknowledged: vec![],
        second: crate::app::screen::second::Second::default(),
    })))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]
    #[test]
    fn no_size_and_no_text_breaks_a_screen(columns in 1_u16..=250, rows in 1_u16..=80, seed in 0_usize..200) {
        let model = on_screen(columns, rows, seed);
        for theme in [COLOURS, PLAIN] {
            let picture = picture(&model, theme);
            let controls = |symbol: &str| symbol.chars().any(char::is_control);
            prop_assert!(!picture.content.iter().any(|cell| controls(cell.symbol())));
        }
        let at = Position::new(columns / 2, rows / 2);
        let _ = crate::view::hit(&model, at.x, at.y);
    }
}

#[test]
fn a_hostile_name_moves_no_column() {
    let calm = picture(&incident(120, 40), COLOURS);
    for seed in 0..HOSTILE.len() {
        let wild = picture(&hostile(120, 40, seed), COLOURS);
        for y in 5..9 {
            let word = |picture: &ratatui::buffer::Buffer| -> String {
                (24 + 12..24 + 12 + 8)
                    .map(|x| picture[(x, y)].symbol())
                    .collect()
            };
            assert_eq!(word(&calm), word(&wild), "row {y}, seed {seed}");
        }
    }
}
