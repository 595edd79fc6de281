//! Watching for minutes: the selection, and the log beside it.

use std::collections::HashSet;

use firstline::app::screen::board::Selected;
use firstline::estate::id::ServiceArn;
use firstline::estate::log::{HeldLine, TailState};

use super::harness::{Desk, Opening};

fn selected(desk: &Desk) -> Option<String> {
    match &desk.model().board.selected {
        Some(Selected::Service(arn)) => Some(arn.as_str().to_owned()),
        Some(Selected::Healthy) | None => None,
    }
}

#[tokio::test(start_paused = true)]
async fn the_selection_stays_on_its_service_while_rows_move() {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(5).await;
    desk.press("g g down down");
    let chosen = selected(&desk).unwrap();
    assert!(chosen.ends_with("service/prod/search"), "{chosen}");
    let mut orders = HashSet::new();
    for _ in 0..12 {
        desk.wait(30).await;
        assert_eq!(selected(&desk).as_deref(), Some(chosen.as_str()));
        let lines = desk.screen(120, 40);
        let marked = lines.lines().find(|line| line.contains('▌')).unwrap();
        assert!(marked.contains("search"), "{lines}");
        let rows = desk.model().look.rows.iter();
        orders.insert(rows.map(|row| row.arn.clone()).collect::<Vec<_>>());
    }
    assert!(orders.len() > 1, "the rows did move");
}

#[tokio::test(start_paused = true)]
async fn the_log_follows_the_selection_and_tells_each_line_once() {
    let mut desk = Opening::of("steady").open().await;
    desk.wait(5).await;
    for name in ["catalog", "billing"] {
        desk.press("/ ctrl-u");
        desk.write(&format!("{name} production"));
        desk.press("enter");
        desk.wait(120).await;
        let logs = &desk.model().logs;
        assert_eq!(logs.state, TailState::Live);
        assert_eq!(logs.service.as_ref().map(ServiceArn::name), Some(name));
        let said = |line: HeldLine<'_>| (line.at(), line.stream.clone(), line.message.to_owned());
        let lines: HashSet<_> = logs.lines.iter().map(said).collect();
        assert_eq!(lines.len(), logs.lines.len(), "no line twice");
        assert!(lines.len() > 50, "{} lines in two minutes", lines.len());
        assert!(logs.lines.iter().all(|line| line.stream.contains(name)));
        let times: Vec<_> = logs.lines.iter().map(|line| line.at()).collect();
        assert!(times.is_sorted(), "in time order");
        let screen = desk.screen(140, 44);
        assert!(screen.contains(&format!("LOG  {name}")), "{screen}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_of_a_service_shows_its_tasks_and_goes_back() {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(5).await;
    desk.press("g g enter");
    desk.wait(20).await;
    let page = desk.screen(120, 40);
    for words in ["orders", "OutOfMemory", "esc back"] {
        assert!(page.contains(words), "{words} is missing:\n{page}");
    }
    desk.press("esc");
    let board = desk.screen(120, 40);
    assert!(board.contains("▌ ✖ orders"), "{board}");
}

#[tokio::test(start_paused = true)]
async fn every_size_can_be_drawn_at_every_moment() {
    let mut desk = Opening::of("demo").open().await;
    for _ in 0..4 {
        for (columns, rows) in [(80, 24), (250, 80), (60, 15), (20, 5), (1, 1), (120, 30)] {
            desk.screen(columns, rows);
        }
        desk.wait(1).await;
    }
    let small = desk.screen(80, 24);
    assert!(
        small.contains("✖ orders") && small.contains("OutOfMemory"),
        "{small}"
    );
}
