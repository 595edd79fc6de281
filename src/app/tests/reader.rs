//! A log on the whole screen: keys in, lines out.

use super::*;
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::log::{Filter, LiveTail, LogLevel, LogLine, SavedQuery, TailNews, TailState};

pub(super) fn line(name: &str, second: i64, level: LogLevel, message: &str) -> LogLine {
    LogLine {
        id: message.into(),
        at: later(second),
        ingested_at: None,
        stream: "s".into(),
        service: arn(name),
        level,
        late: false,
        message: message.into(),
    }
}

pub(super) fn news(name: &str, lines: Vec<LogLine>) -> Msg {
    Msg::Tail(TailNews {
        service: arn(name),
        lines,
        state: TailState::Live,
        gap: None,
        live: LiveTail::default(),
        done: false,
        at: now(),
    })
}

/// A log of so many lines, every tenth an error.
pub(super) fn reading(count: i64) -> Desktop {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0)]);
    desktop.wait(300).press("L");
    let level = |n: i64| {
        if n % 10 == 0 {
            LogLevel::Error
        } else {
            LogLevel::Info
        }
    };
    let lines = (0..count).map(|n| line("a", n, level(n), &format!("line {n} status={n}")));
    desktop.tell(news("a", lines.collect()));
    desktop
}

pub(super) fn focus(desktop: &Desktop) -> String {
    let reader = desktop.model.reader.as_ref().unwrap();
    reader.focus().unwrap().message.to_owned()
}

pub(super) fn narrow(desktop: &mut Desktop, filter: &str) {
    desktop.press("/").text(filter).press("enter");
}

#[test]
fn it_follows_holds_and_counts_what_comes_meanwhile() {
    let mut desktop = reading(100);
    assert_eq!(focus(&desktop), "line 99 status=99");
    desktop.press("k k");
    assert_eq!(focus(&desktop), "line 97 status=97");
    desktop.tell(news("a", vec![line("a", 200, LogLevel::Info, "new")]));
    assert_eq!(focus(&desktop), "line 97 status=97");
    assert_eq!(desktop.model.reader.as_ref().unwrap().newer, 1);
    desktop.press("home");
    assert_eq!(focus(&desktop), "line 0 status=0");
    desktop.press("end");
    assert_eq!(focus(&desktop), "new");
    assert!(desktop.model.reader.as_ref().unwrap().at.is_none());
    desktop.press("esc");
    assert!(desktop.model.reader.is_none());
}

#[test]
fn errors_and_bookmarks_are_gone_to() {
    let mut desktop = reading(100);
    desktop.press("N N");
    assert_eq!(focus(&desktop), "line 80 status=80");
    desktop.press("m n");
    assert_eq!(focus(&desktop), "line 90 status=90");
    desktop.press("'");
    assert_eq!(focus(&desktop), "line 80 status=80");
}

#[test]
fn conditions_apply_to_what_is_held_and_to_what_comes() {
    let mut desktop = reading(100);
    narrow(&mut desktop, "status>=50");
    narrow(&mut desktop, "-9");
    let count = |desktop: &Desktop| desktop.model.reader.as_ref().unwrap().count();
    assert_eq!(count(&desktop), 36);
    assert_eq!(focus(&desktop), "line 88 status=88");
    desktop.tell(news(
        "a",
        vec![
            line("a", 300, LogLevel::Info, "line status=88"),
            line("a", 301, LogLevel::Info, "line status=99"),
        ],
    ));
    assert_eq!(count(&desktop), 37);
    desktop.press("x");
    assert_eq!(count(&desktop), 52);
    desktop.press("/").text("/a(/").press("enter");
    let reader = desktop.model.reader.as_ref().unwrap();
    assert!(
        reader
            .complaint
            .as_ref()
            .unwrap()
            .contains("unclosed group")
    );
    desktop.press("esc c");
    assert_eq!(count(&desktop), 102);
}

/// A filter is answered from the newest on, a slice at a time; what comes meanwhile is there too.
#[test]
fn many_lines_are_searched_slice_by_slice() {
    let mut desktop = reading(60_000);
    narrow(&mut desktop, "level=error");
    let searching = |desktop: &Desktop| desktop.model.reader.as_ref().unwrap().is_searching();
    let count = |desktop: &Desktop| desktop.model.reader.as_ref().unwrap().count();
    assert_eq!((count(&desktop), searching(&desktop)), (2_000, true));
    assert_eq!(focus(&desktop), "line 59990 status=59990");
    desktop.tell(news(
        "a",
        vec![
            line("a", -5, LogLevel::Error, "older than all"),
            line("a", 59_995, LogLevel::Error, "among the newest"),
        ],
    ));
    desktop.wait(250).wait(250).wait(250);
    assert_eq!((count(&desktop), searching(&desktop)), (6_002, false));
    let reader = desktop.model.reader.as_ref().unwrap();
    let keys: Vec<_> = reader.back().map(|line| line.key).collect();
    assert!(keys.iter().rev().is_sorted() && keys.len() == 6_002);
}

#[test]
fn a_line_of_the_palette_reads_several_services() {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0)]);
    desktop
        .press(":")
        .text("logs a b --level warn")
        .press("enter");
    let reader = desktop.model.reader.as_ref().unwrap();
    assert_eq!(reader.filter.to_string(), "level>=warn");
    let tails = subscriptions(&desktop.model);
    let tails = tails
        .iter()
        .filter(|one| matches!(one, Subscription::Tail { .. }));
    assert_eq!(tails.count(), 2);
    desktop.tell(news("b", vec![line("b", 1, LogLevel::Error, "of b")]));
    assert_eq!(focus(&desktop), "of b");
}

#[test]
fn a_line_of_the_palette_reads_a_log_group() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop
        .press(":")
        .text("logs /aws/lambda/resize a")
        .press("enter");
    let mut tails = Vec::new();
    for one in subscriptions(&desktop.model) {
        if let Subscription::Tail { service, .. } = one {
            tails.push(service.name().to_owned());
        }
    }
    assert!(
        tails.contains(&"/aws/lambda/resize".to_owned()),
        "{tails:?}"
    );
    assert!(tails.contains(&"a".to_owned()), "{tails:?}");
}

fn saved(text: &str) -> SavedQuery {
    SavedQuery {
        name: "shop/pool".into(),
        text: text.to_owned(),
        groups: vec!["/ecs/a".into(), "/ecs/b".into()],
    }
}

#[test]
fn a_saved_query_is_found_and_its_groups_are_read() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop
        .press(":")
        .text("logs 'saved:shop/pool' --level warn")
        .press("enter");
    let mut asked = None;
    for effect in &desktop.effects {
        if let Effect::FindQuery(name, more) = effect {
            asked = Some((name.as_str(), more.to_string()));
        }
    }
    assert_eq!(asked, Some(("shop/pool", "level>=warn".to_owned())));
    let more = Filter::parse("level>=warn").unwrap();
    let environment = desktop.model.look.rows[0].environment.clone();
    let query = saved("filter @message like /pool/ | sort @timestamp desc");
    desktop.tell(Msg::Query(Ok((environment.clone(), query)), more.clone()));
    let reader = desktop.model.reader.as_ref().unwrap();
    assert_eq!(reader.filter.to_string(), "/pool/ level>=warn");
    let names: Vec<&str> = reader.services.iter().map(|(_, one)| one.name()).collect();
    assert_eq!(names, ["/ecs/a", "/ecs/b"]);
    desktop.press("esc");
    desktop.tell(Msg::Query(Ok((environment, saved("stats count(*)"))), more));
    assert!(desktop.model.reader.is_none());
    let said = desktop.model.notice.as_ref().unwrap().words.to_string();
    assert!(said.contains("a tail has no `stats`"), "{said}");
}
