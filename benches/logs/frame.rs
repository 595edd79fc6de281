//! A frame while 20,000 lines a second come: the lines of 16 ms taken in, a key, and the picture.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use firstline::app::keymap::Keymap;
use firstline::app::model::{Display, Size, Start};
use firstline::app::screen::reader::Reader;
use firstline::app::{Model, Msg, update};
use firstline::estate::environment::{Environment, Tier};
use firstline::estate::log::held::HOLD;
use firstline::estate::log::{LiveTail, LogKeys, LogLine, Masks, TailNews, TailState};
use firstline::estate::{SignedDuration, Timestamp};
use firstline::policy::Mode;
use firstline::view::draw;
use firstline::view::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::{json, line};

/// Lines that come between two pictures.
const FRESH: usize = 320;
/// Lines that are held before.
const BEFORE: usize = 300_000;
const SIZE: Size = Size {
    columns: 200,
    rows: 60,
};
const NOW: Timestamp = Timestamp::constant(1_795_270_102, 0);
const SERVICE: &str = "arn:aws:ecs:eu-central-1:1:service/main/orders";

fn console() -> Model {
    let environment = Environment {
        name: "production".into(),
        tier: Tier::Production,
        account: None,
        alias: None,
        region: "eu-central-1".into(),
        clusters: None,
    };
    let mut model = Model::new(Start {
        now: NOW,
        size: SIZE,
        mode: Mode::Observe,
        display: Display::default(),
        environments: vec![environment],
        only: None,
        keymap: Keymap::load(&[]).expect("the embedded keys are right"),
        orders: Vec::new(),
        contacts: firstline::estate::advice::Contacts::default(),
        hold: HOLD,
        idle_after: SignedDuration::from_mins(15),
        terms: firstline::policy::Terms::default(),
        services: firstline::estate::catalogue::Catalogue::default(),
    });
    let services = vec![("production".into(), SERVICE.into())];
    model.reader = Some(Box::new(Reader::new(services, HOLD, LogKeys::default())));
    model
}

fn news(lines: Vec<LogLine>) -> Msg {
    Msg::Tail(TailNews {
        service: SERVICE.into(),
        lines,
        state: TailState::Live,
        gap: None,
        live: LiveTail::default(),
        done: false,
        at: NOW,
    })
}

pub(crate) fn measure(criterion: &mut Criterion) {
    let masks = Masks::default();
    let fresh = |from: usize| {
        let lines = (from..from + FRESH).map(|number| line(&masks, number, &json(number)));
        news(lines.collect())
    };
    let mut group = criterion.benchmark_group("a frame while 20,000 lines a second come");
    for (name, filter, keys) in [
        ("lines", "", "k"),
        ("narrowed to one in a thousand", "path~\"7777\"", "k"),
        ("patterns", "", "v"),
    ] {
        let mut model = console();
        let before = (0..BEFORE).map(|number| line(&masks, number, &json(number)));
        update(&mut model, news(before.collect()));
        let press = |key: &str| Msg::Key(key.parse().expect("a key"));
        if !filter.is_empty() {
            update(&mut model, press("/"));
            update(&mut model, Msg::Paste(filter.to_owned()));
            update(&mut model, press("enter"));
        }
        update(&mut model, press(keys));
        let mut screen =
            Terminal::new(TestBackend::new(SIZE.columns, SIZE.rows)).expect("a backend in memory");
        let mut number = BEFORE;
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || {
                    number += FRESH;
                    fresh(number)
                },
                |fresh| {
                    update(&mut model, fresh);
                    update(&mut model, Msg::Tick(NOW));
                    if keys == "k" {
                        update(&mut model, press(keys));
                    }
                    screen
                        .draw(|frame| draw(black_box(&model), &Theme::default(), frame))
                        .map(|_| ())
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}
