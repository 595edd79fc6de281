//! What a frame costs with 500 services, or with a page of 60 tasks, on 200 by 60 cells: `cargo bench --bench board`.
//!
//! A draw has to stay under 2 ms (median): it may happen every 16 ms, and a key that was pressed
//! waits for it.
#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark that cannot go on stops; nobody calls it"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use firstline::app::keymap::Keymap;
use firstline::app::model::{Display, Size, Start};
use firstline::app::screen::service::ServicePage;
use firstline::app::{Model, Msg, update};
use firstline::estate::SignedDuration;
use firstline::estate::Timestamp;
use firstline::policy::Mode;
use firstline::view::draw;
use firstline::view::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

mod estate;

const SERVICES: usize = 500;
const TASKS: usize = 60;
const SIZE: Size = Size {
    columns: 200,
    rows: 60,
};
const NOW: Timestamp = Timestamp::constant(1_795_269_802, 0);

fn console() -> Model {
    Model::new(Start {
        now: NOW,
        size: SIZE,
        mode: Mode::Observe,
        display: Display::default(),
        environments: vec![estate::environment()],
        only: None,
        keymap: Keymap::load(&[]).expect("the embedded keys are right"),
        orders: Vec::new(),
        contacts: firstline::estate::advice::Contacts::default(),
        hold: firstline::estate::log::held::HOLD,
        idle_after: SignedDuration::from_mins(15),
        terms: firstline::policy::Terms::default(),
        services: firstline::estate::catalogue::Catalogue::default(),
    })
}

fn board() -> Model {
    let mut model = console();
    for part in estate::parts(SERVICES, NOW) {
        update(&mut model, Msg::Part(part));
    }
    assert_eq!(model.look.rows.len(), SERVICES);
    model
}

/// The page of a service with sixty tasks and everything known of it.
fn page() -> Model {
    let mut model = board();
    let arn = model.look.rows[0].arn.clone();
    let environment = model.look.rows[0].environment.clone();
    for part in estate::closely(&arn, TASKS, NOW) {
        update(&mut model, Msg::Part(part));
    }
    model.service = Some(ServicePage::new(arn, environment));
    update(&mut model, Msg::Focus(true));
    let explained = model.look.explained.as_ref().expect("an explanation");
    assert_eq!((explained.tasks.len(), explained.zones.len()), (TASKS, 3));
    model
}

fn measure(criterion: &mut Criterion) {
    let mut model = board();
    let theme = Theme::default();
    let mut terminal =
        Terminal::new(TestBackend::new(SIZE.columns, SIZE.rows)).expect("a backend in memory");
    criterion.bench_function("draw the board", |bencher| {
        bencher.iter(|| {
            terminal
                .draw(|frame| draw(black_box(&model), &theme, frame))
                .map(|_| ())
        });
    });
    let opened = page();
    criterion.bench_function("draw the page of a service of 60 tasks", |bencher| {
        bencher.iter(|| {
            terminal
                .draw(|frame| draw(black_box(&opened), &theme, frame))
                .map(|_| ())
        });
    });
    criterion.bench_function("take in a look at every service", |bencher| {
        bencher.iter_batched(
            || estate::parts(SERVICES, NOW),
            |parts| {
                for part in parts {
                    update(&mut model, Msg::Part(part));
                }
            },
            criterion::BatchSize::LargeInput,
        );
    });
}

criterion_group!(benches, measure);
criterion_main!(benches);
