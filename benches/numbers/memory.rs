//! What the console holds with 500 services and 100,000 log lines. The estate is in a process of
//! its own, so this one holds nothing but the console.

use std::fs;

use firstline::app::Msg;
use firstline::estate::log::{LogLevel, LogLine, TailNews, TailState};
use firstline::runtime::Clock;
use firstline::view::draw;
use firstline::view::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::{endpoint, watch};

const SERVICES: usize = 500;
const PAGE: usize = 1000;
const LINES: usize = 100_000;

pub(crate) fn measure() {
    tell("before anything");
    let aws = endpoint::Elsewhere::start(SERVICES);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(hold(&aws.url));
}

async fn hold(url: &str) {
    let mut engine = watch::open(url, None).await;
    watch::until(&mut engine, "board", |model| {
        watch::is_complete(model, SERVICES)
    })
    .await;
    let before = tell("500 services, complete board");
    let service = engine.model().look.rows[0].arn.clone();
    let clock = Clock::system();
    while engine.model().logs.service.as_ref() != Some(&service) {
        engine.tick();
        tokio::task::yield_now().await;
    }
    for page in 0..LINES / PAGE {
        let lines = (0..PAGE).map(|line| LogLine {
            id: format!("{:056}", page * PAGE + line).into(),
            at: clock.now(),
            ingested_at: Some(clock.now()),
            stream: "orders/orders/3f9c1c5566b04cc8a9b5e4d3c2b1a098".into(),
            service: service.clone(),
            level: LogLevel::Info,
            late: false,
            message: format!("GET /orders/{page}-{line:04} 200 in 23 ms, customer 12345678, trace 1-5759e988-bd862e3fe1be46a994272793").into(),
        });
        engine.handle(Msg::Tail(TailNews {
            service: service.clone(),
            lines: lines.collect(),
            state: TailState::Live,
            gap: None,
            live: firstline::estate::log::LiveTail::default(),
            done: false,
            at: clock.now(),
        }));
    }
    assert_eq!(engine.model().logs.lines.len(), LINES);
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).expect("a backend in memory");
    terminal
        .draw(|frame| draw(engine.model(), &Theme::default(), frame))
        .expect("a backend in memory");
    let after = tell("and 100,000 log lines of 100 characters, drawn at 200x60");
    let raw = megabytes(engine.model().logs.lines.bytes());
    let allowed = raw * 1.4 + megabytes(LINES * 64);
    let took = after - before;
    println!(
        "  the lines' own bytes: {raw:.1} MB; they took {took:.1} MB of {allowed:.1} MB allowed"
    );
}

/// As Linux counts it; elsewhere there is nothing to tell. The program's own pages are those of its
/// file that were touched.
fn tell(what: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kibibytes: Option<f64> = line
            .and_then(|line| line.split_whitespace().nth(1))
            .and_then(|count| count.parse().ok());
        kibibytes.map_or(f64::NAN, |count| count * 1024.0 / 1e6)
    };
    let resident = megabytes("VmRSS");
    let program = megabytes("RssFile");
    println!("  {what}: {resident:.1} MB resident, {program:.1} MB of it the program's own pages");
    resident
}

fn megabytes(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).expect("less than 4 GB")) / 1e6
}
