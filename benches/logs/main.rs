//! What log lines cost: `cargo bench --bench logs`, or one chapter of it: `… -- frame`.
//!
//! | chapter | has to be |
//! |---|---|
//! | `prepare` | 500,000 plain and 200,000 JSON lines a second on one core: masked, told apart, held, filtered |
//! | `filter` | a new filter over a million held lines: a screen of them in under 100 ms |
//! | `frame` | a picture while 20,000 lines a second come, 200 by 60 cells: under 16 ms |
//! | `memory` | a million lines held: at most 1.4 times their bytes and 64 bytes a line; printed at the start |
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a benchmark that cannot go on stops; it asks Linux for its memory and prints it; nobody calls it"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group};
use firstline::estate::Timestamp;
use firstline::estate::log::filter::Filter;
use firstline::estate::log::{Held, LogKeys, LogLine, Masks, level};

mod frame;
mod memory;

/// Lines of one round.
const LINES: usize = 10_000;
/// Lines held while a filter changes.
const HELD: usize = 1_000_000;
/// Lines of a screen.
const SCREEN: usize = 60;

fn plain(number: usize) -> String {
    format!(
        "2026-11-21T14:03:22.{:03}Z INFO  [orders] GET /orders/{number} 200 in 23 ms req=8f2a4b1c",
        number % 1_000
    )
}

fn json(number: usize) -> String {
    format!(
        r#"{{"time":"2026-11-21T14:03:22.{:03}Z","level":"info","service":"orders","status":200,"path":"/orders/{number}","msg":"served"}}"#,
        number % 1_000
    )
}

/// A line as a tail makes it.
fn line(masks: &Masks, number: usize, raw: &str) -> LogLine {
    let message = masks.apply(raw);
    let at = i64::try_from(number).unwrap_or_default();
    LogLine {
        id: "".into(),
        at: Timestamp::from_millisecond(1_795_269_802_000 + at).unwrap_or_default(),
        ingested_at: None,
        stream: "orders/app/3f9c1c5566b04cc8a9b5e4d3c2b1a098".into(),
        service: "arn:aws:ecs:eu-central-1:1:service/main/orders".into(),
        level: level(&message),
        late: false,
        message: (&*message).into(),
    }
}

fn preparing(criterion: &mut Criterion) {
    let masks = Masks::default();
    let mut group = criterion.benchmark_group("prepare, hold and filter");
    group.throughput(Throughput::Elements(LINES as u64));
    for (name, of, filter) in [
        (
            "plain lines",
            plain as fn(usize) -> String,
            "level>=info -health",
        ),
        ("JSON lines", json, "level>=info status>=200"),
    ] {
        let raw: Vec<String> = (0..LINES).map(of).collect();
        let filter = Filter::parse(filter).expect("a filter");
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                Held::default,
                |mut held| {
                    let mut passed = 0_usize;
                    for (number, raw) in raw.iter().enumerate() {
                        let line = line(&masks, number, raw);
                        passed += usize::from(filter.passes(&line));
                        held.push(&line);
                    }
                    (held, black_box(passed))
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn filtering(criterion: &mut Criterion) {
    let masks = Masks::default();
    let mut held = Held::new(1 << 30);
    for number in 0..HELD {
        held.push(&line(&masks, number, &plain(number)));
    }
    let mut group = criterion.benchmark_group("a new filter over a million held lines");
    group.sample_size(20);
    for (name, filter) in [
        ("first screen, common", "GET"),
        ("first screen, one in a hundred", "/00 200/"),
        ("first screen, fields", "req=8f2a4b1c status!=500"),
        ("all of them, a word nobody says", "nobody-says-this"),
        ("all of them, a field nobody has", "latency>=500"),
    ] {
        let filter = Filter::parse(filter).expect("a filter");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let lines = held.back_from(held.len());
                let passing = lines.filter(|line| filter.passes(*line));
                passing.take(SCREEN).count()
            });
        });
    }
    group.finish();
    let mut scrolling = criterion.benchmark_group("a screen of lines");
    scrolling.bench_function("in the middle of a million", |bencher| {
        bencher.iter(|| {
            let keys = LogKeys::default();
            let lines = held.back_from(HELD / 2).take(SCREEN);
            lines
                .map(|line| keys.spoken(line.service.name(), line.message).len())
                .sum::<usize>()
        });
    });
    scrolling.finish();
}

criterion_group!(benches, preparing, filtering, frame::measure);

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let words = || asked.iter().filter(|word| !word.starts_with("--"));
    if words().count() == 0 || words().any(|word| "memory".starts_with(word.as_str())) {
        memory::measure();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
