use std::collections::BTreeSet;

use super::*;
use crate::app::msg::{Hit, Mouse, Tone};
use crate::app::screen::board::Pane;
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::log::{LiveTail, LogLevel, LogLine, TailNews, TailState};
use crate::estate::part::Read;

fn tails(desktop: &Desktop) -> Vec<Subscription> {
    let wanted = subscriptions(&desktop.model);
    let is_tail = |one: &Subscription| matches!(one, Subscription::Tail { .. });
    wanted.into_iter().filter(is_tail).collect()
}

fn tail(name: &str) -> Subscription {
    Subscription::Tail {
        environment: "production".into(),
        service: arn(name),
    }
}

fn lines(from: usize, count: usize) -> Msg {
    let line = |number: usize| LogLine {
        id: number.to_string().into(),
        at: now(),
        ingested_at: None,
        stream: "s".into(),
        service: arn("a"),
        level: LogLevel::None,
        late: false,
        message: number.to_string().into(),
    };
    Msg::Tail(TailNews {
        service: arn("a"),
        lines: (from..from + count).map(line).collect(),
        state: TailState::Live,
        gap: None,
        live: LiveTail::default(),
        done: false,
        at: now(),
    })
}

#[test]
fn what_is_polled_follows_from_what_is_shown() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let polls = |desktop: &Desktop| -> BTreeSet<(String, Read)> {
        let of = |one| match one {
            Subscription::Poll {
                environment, read, ..
            } => Some((environment.to_string(), read)),
            Subscription::Attend { .. }
            | Subscription::Tail { .. }
            | Subscription::LiveTail { .. }
            | Subscription::Search { .. }
            | Subscription::Ways { .. }
            | Subscription::Nodes { .. } => None,
        };
        subscriptions(&desktop.model)
            .into_iter()
            .filter_map(of)
            .collect()
    };
    assert_eq!(polls(&desktop).len(), 12);
    desktop.press("enter");
    assert!(polls(&desktop).contains(&("production".into(), Read::Tasks(arn("a")))));
    desktop.press("esc");
    assert_eq!(polls(&desktop).len(), 12);
    desktop.model.only = Some("staging".into());
    assert!(polls(&desktop).iter().all(|(name, _)| name == "staging"));
    assert_eq!(polls(&desktop).len(), 6);
}

#[test]
fn only_a_selection_that_rests_is_tailed() {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0), ("c", 0)]);
    desktop.wait(299);
    assert!(tails(&desktop).is_empty());
    desktop.wait(1);
    assert_eq!(tails(&desktop), [tail("a")]);
    desktop.press("j").wait(200).press("j").wait(200);
    assert_eq!(tails(&desktop), [tail("a")]);
    desktop.wait(100);
    assert_eq!(tails(&desktop), [tail("c")]);
    desktop.press("k enter");
    assert_eq!(tails(&desktop), [tail("b")]);
}

#[test]
fn a_held_log_stays_where_it_is_while_lines_come() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop.wait(300).tell(lines(0, 50)).press("l space");
    desktop.tell(lines(50, 7));
    assert_eq!(
        (desktop.model.logs.back, desktop.model.logs.lines.len()),
        (7, 57)
    );
    desktop.press("k");
    assert_eq!(desktop.model.logs.back, 8);
    desktop.press("space");
    assert_eq!(desktop.model.logs.back, 0);
}

#[test]
fn a_line_that_comes_late_stands_at_its_time() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    let at = |seconds: &[i64]| {
        let mut msg = lines(0, seconds.len());
        if let Msg::Tail(news) = &mut msg {
            for (line, second) in news.lines.iter_mut().zip(seconds) {
                line.at = later(*second);
            }
        }
        msg
    };
    desktop.wait(300).tell(at(&[1, 4, 9])).press("l k");
    assert_eq!(desktop.model.logs.back, 1);
    desktop.tell(at(&[2, 3, 8]));
    let times = desktop.model.logs.lines.iter().map(|line| line.at());
    assert!(times.is_sorted());
    assert_eq!(
        desktop.model.logs.back, 2,
        "the line of second 4 is still the last shown"
    );
}

#[test]
fn news_of_a_log_nobody_looks_at_any_more_are_dropped() {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0)]);
    desktop.wait(300).press("j").wait(300);
    desktop.model.take_dirty();
    desktop.tell(lines(0, 3));
    assert!(desktop.model.logs.lines.is_empty());
    assert!(!desktop.model.changed());
}

/// The picture is taken again exactly when it would be another one.
#[test]
fn nothing_is_drawn_while_nothing_changes() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop.wait(1_000).tell(lines(0, 1));
    let mut drawn = |msg: Msg| {
        desktop.model.take_dirty();
        desktop.tell(msg);
        desktop.model.take_dirty()
    };
    let then = later(1);
    let quiet = [
        Msg::Tick(then),
        Msg::Tick(then + SignedDuration::from_millis(250)),
        Msg::Tick(then + SignedDuration::from_millis(999)),
        Msg::Key("f9".parse().unwrap()),
        Msg::Key("k".parse().unwrap()),
        Msg::Mouse(Mouse::Click, None),
        Msg::Paste("x".into()),
        Msg::Usage(crate::estate::usage::Usage::default()),
        Msg::Resize(Size {
            columns: 120,
            rows: 40,
        }),
        Msg::Focus(true),
        Msg::Journal(JournalState::Writable),
        lines(1, 0),
        Msg::Part(Part {
            environment: "elsewhere".into(),
            at: now(),
            news: News::Services(vec![]),
            problems: vec![],
        }),
    ];
    for msg in quiet {
        let said = format!("{msg:?}");
        assert!(!drawn(msg), "{said} changes nothing");
    }
    let loud = [
        Msg::Tick(later(2)),
        Msg::Resize(Size {
            columns: 80,
            rows: 24,
        }),
        Msg::Notice(Tone::Info, "hello".into()),
        Msg::Key("g".parse().unwrap()),
        Msg::Key("f9".parse().unwrap()),
        Msg::Key("?".parse().unwrap()),
        Msg::Resumed,
        lines(1, 1),
    ];
    for msg in loud {
        let said = format!("{msg:?}");
        assert!(drawn(msg), "{said} changes something");
    }
}

#[test]
fn good_news_go_sooner_than_bad_ones() {
    let mut desktop = Desktop::unread(Mode::Observe);
    desktop
        .tell(Msg::Notice(Tone::Good, "done".into()))
        .wait(9_999);
    assert!(desktop.model.notice.is_some());
    assert!(desktop.wait(1).model.notice.is_none());
    desktop
        .tell(Msg::Notice(Tone::Bad, "not done".into()))
        .wait(29_999);
    assert!(desktop.model.notice.is_some());
    assert!(desktop.wait(1).model.notice.is_none());
}

#[test]
fn a_click_selects_a_second_opens_and_the_wheel_moves() {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0), ("c", 0), ("d", 0)]);
    let hit = || Some(Hit::Service(arn("c")));
    desktop.tell(Msg::Mouse(Mouse::Click, hit()));
    assert_eq!(desktop.subject(), Some("c"));
    assert!(desktop.model.service.is_none());
    desktop.tell(Msg::Mouse(Mouse::Click, hit()));
    assert!(desktop.model.service.is_some());
    desktop.press("esc");
    desktop.tell(Msg::Mouse(Mouse::ScrollUp, hit()));
    assert_eq!(desktop.subject(), Some("a"));
    desktop.tell(Msg::Mouse(Mouse::Click, Some(Hit::Pane(Pane::Logs))));
    assert_eq!(desktop.model.board.pane, Pane::Logs);
    desktop.press("?");
    desktop.tell(Msg::Mouse(Mouse::Click, Some(Hit::Pane(Pane::Kpis))));
    assert_eq!(desktop.model.board.pane, Pane::Logs);
}

#[test]
fn quit_suspend_and_refresh_are_effects() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop.press("ctrl-z f5 q");
    assert!(matches!(
        desktop.effects.as_slice(),
        [Effect::Suspend, Effect::Refresh, Effect::Quit]
    ));
}
