//! What a person does in a log on the whole screen beside reading on: going to a time or a bar,
//! folding, copying, saving, searching AWS and paying for a stream.

use super::reader::{focus, line, narrow, news, reading};
use super::*;
use crate::app::screen::Overlay;
use crate::app::screen::reader::{Column, Reader};
use crate::app::subscription::{Subscription, subscriptions};
use crate::estate::log::{LiveState, LiveTail, LogLevel, LogLine, TailNews, TailState};

fn reader(desktop: &Desktop) -> &Reader {
    desktop.model.reader.as_ref().unwrap()
}

fn notice(desktop: &Desktop) -> String {
    let notice = desktop.model.notice.as_ref();
    notice
        .map(|notice| notice.words.to_string())
        .unwrap_or_default()
}

/// The time of day so many seconds after the tests' noon.
fn clock(second: i64) -> String {
    let at = later(second).to_string();
    at[11..19].to_owned()
}

#[test]
fn a_time_is_gone_to_and_what_is_not_held_is_said() {
    let mut desktop = reading(100);
    desktop.press("t").text(&clock(42)).press("enter");
    assert_eq!(focus(&desktop), "line 42 status=42");
    assert!(desktop.model.overlay.is_none());
    desktop.press("t").text(&clock(-60)).press("enter");
    assert_eq!(focus(&desktop), "line 0 status=0");
    assert!(
        notice(&desktop).contains("A searches AWS"),
        "{}",
        notice(&desktop)
    );
    desktop.press("t").text("half past").press("enter");
    assert!(
        reader(&desktop)
            .complaint
            .as_ref()
            .unwrap()
            .contains("write 14:03")
    );
    desktop.press("esc");
    assert!(desktop.model.overlay.is_none() && reader(&desktop).complaint.is_none());
}

#[test]
fn this_machines_time_is_typed_where_it_is_shown() {
    let mut desktop = reading(100);
    desktop.model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    let there = later(42) + crate::estate::SignedDuration::from_hours(2);
    desktop
        .press("z t")
        .text(&there.to_string()[11..19])
        .press("enter");
    assert_eq!(focus(&desktop), "line 42 status=42");
}

#[test]
fn bars_of_the_histogram_are_gone_to_and_empty_ones_passed() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop.wait(300).press("L");
    let at = |second| line("a", second, LogLevel::Info, &format!("at {second}"));
    let lines = [0, 1, 600, 601, 1_000].map(at);
    desktop.tell(news("a", lines.to_vec()));
    desktop.press("left");
    assert_eq!(focus(&desktop), "at 601");
    desktop.press("left");
    assert_eq!(focus(&desktop), "at 1");
    desktop.press("left");
    assert_eq!(notice(&desktop), "no earlier bar");
    desktop.press("right right");
    assert_eq!(focus(&desktop), "at 1000");
}

#[test]
fn a_trace_is_folded_under_its_first_line() {
    let mut desktop = Desktop::over(&[("a", 0)]);
    desktop.wait(300).press("L");
    let mut lines = vec![
        line("a", 1, LogLevel::Error, "it broke"),
        line("a", 2, LogLevel::None, "    at first"),
        line("a", 3, LogLevel::None, "    at second"),
        line("a", 5, LogLevel::Info, "on it goes"),
    ];
    let mut other = line("a", 2, LogLevel::Info, "meanwhile elsewhere");
    other.stream = "t".into();
    lines.push(other);
    desktop.tell(news("a", lines));
    let shown = |desktop: &Desktop| -> Vec<String> {
        let lines = reader(desktop).back();
        lines.map(|line| line.message.trim().to_owned()).collect()
    };
    assert_eq!(
        shown(&desktop),
        ["on it goes", "meanwhile elsewhere", "it broke"]
    );
    desktop.press("k k");
    let head = reader(&desktop).focus().unwrap();
    assert_eq!(head.message, "it broke");
    assert_eq!(reader(&desktop).follow_ups(head).count(), 2);
    desktop.press("j j f");
    assert_eq!(shown(&desktop).len(), 5);
    desktop.press("f");
    narrow(&mut desktop, "second");
    assert_eq!(
        shown(&desktop),
        ["at second"],
        "what a filter finds has its row"
    );
}

#[test]
fn columns_are_folded_and_shown_again() {
    let mut desktop = reading(3);
    desktop.press("1 3 4");
    let looks = reader(&desktop).looks.clone();
    let shown = [Column::Time, Column::Service, Column::Task, Column::Level];
    assert_eq!(
        shown.map(|one| looks.shows(one)),
        [false, true, false, false]
    );
    desktop.press("1 3 4");
    assert!(shown.iter().all(|one| reader(&desktop).looks.shows(*one)));
}

#[test]
fn lines_are_selected_and_copied() {
    let mut desktop = reading(100);
    desktop.press("y");
    desktop.press("k k V k k y");
    let copied: Vec<&String> = desktop
        .effects
        .iter()
        .filter_map(|effect| {
            let Effect::Copy(text) = effect else {
                return None;
            };
            Some(text)
        })
        .collect();
    assert_eq!(copied[0], "line 99 status=99");
    assert_eq!(
        copied[1],
        "line 95 status=95\nline 96 status=96\nline 97 status=97"
    );
    desktop.press("V");
    let at = reader(&desktop).at.unwrap();
    assert!(reader(&desktop).is_selected(at));
    desktop.press("esc");
    assert!(
        !reader(&desktop).is_selected(at),
        "the selection is given up"
    );
    assert!(desktop.model.reader.is_some());
}

#[test]
fn what_passes_or_what_is_held_is_saved_as_text_or_as_json() {
    let mut desktop = reading(100);
    narrow(&mut desktop, "level=error");
    let saved = |desktop: &Desktop| match desktop.effects.last() {
        Some(Effect::Save(saved)) => (saved.file.clone(), saved.text.clone(), saved.lines),
        other => panic!("{other:?}"),
    };
    desktop.press("s enter");
    let (file, text, lines) = saved(&desktop);
    assert!(
        file.starts_with("firstline-a-20") && file.contains(".log"),
        "{file}"
    );
    assert_eq!((lines, text.lines().count()), (10, 10));
    assert!(
        text.lines()
            .next()
            .unwrap()
            .ends_with("a s line 0 status=0"),
        "{text}"
    );
    desktop.press("S ctrl-u").text("all.jsonl").press("enter");
    let (file, text, lines) = saved(&desktop);
    assert_eq!((file.as_str(), lines), ("all.jsonl", 100));
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["message"], "line 0 status=0");
    desktop.press("s ctrl-u enter");
    assert_eq!(
        reader(&desktop).complaint.as_deref(),
        Some("write a file's name")
    );
}

#[test]
fn around_a_line_of_all_streams_then_of_its_own() {
    let mut desktop = reading(20);
    let mut other = line("a", 10, LogLevel::Info, "of another task");
    other.stream = "u".into();
    desktop.tell(news("a", vec![other]));
    narrow(&mut desktop, "status=15");
    let count = |desktop: &Desktop| reader(desktop).count();
    assert_eq!(count(&desktop), 1);
    desktop.press("o");
    assert_eq!(
        (count(&desktop), focus(&desktop)),
        (21, "line 15 status=15".to_owned())
    );
    desktop.press("o");
    assert_eq!(
        (count(&desktop), focus(&desktop)),
        (20, "line 15 status=15".to_owned())
    );
    desktop.press("o");
    assert_eq!(count(&desktop), 1);
}

fn searches(desktop: &Desktop) -> Vec<Subscription> {
    let all = subscriptions(&desktop.model).into_iter();
    all.filter(|one| matches!(one, Subscription::Search { .. }))
        .collect()
}

#[test]
fn aws_is_searched_for_what_is_not_held_and_left_again() {
    let mut desktop = reading(100);
    narrow(&mut desktop, "timeout");
    desktop.press("A ctrl-u").text("2h").press("enter");
    let wanted = searches(&desktop);
    let two_hours = crate::estate::SignedDuration::from_hours(2);
    let expected = Subscription::Search {
        environment: "production".into(),
        service: arn("a"),
        from: later(0) - two_hours,
        until: later(0),
        pattern: Some("%[Tt][Ii][Mm][Ee][Oo][Uu][Tt]%".to_owned()),
    };
    assert_eq!(wanted, [expected]);
    let of = |lines: Vec<LogLine>, done| {
        Msg::Found(TailNews {
            service: arn("a"),
            lines,
            state: TailState::Live,
            gap: None,
            live: LiveTail::default(),
            done,
            at: now(),
        })
    };
    let old = |second, words: &str| line("a", second, LogLevel::Warn, words);
    desktop.tell(of(
        vec![old(-3_000, "pool timeout"), old(-2_000, "TIMEOUTS")],
        false,
    ));
    desktop.tell(news(
        "a",
        vec![line("a", 200, LogLevel::Info, "came live, timeout")],
    ));
    desktop.tell(of(vec![old(-1_000, "no such word")], true));
    assert_eq!(
        (reader(&desktop).count(), focus(&desktop)),
        (2, "TIMEOUTS".to_owned())
    );
    assert!(searches(&desktop).is_empty(), "it was read once");
    desktop.press("esc");
    assert_eq!(focus(&desktop), "came live, timeout");
    assert_eq!(reader(&desktop).lines.len(), 101);
}

#[test]
fn a_search_says_what_it_takes_before_it_begins() {
    let mut desktop = reading(100);
    desktop.wait(100_000);
    let back = crate::estate::SignedDuration::from_hours(1_000);
    let estimate = reader(&desktop).estimate(back, later(100));
    // A line a second, ten thousand a page.
    assert_eq!((estimate.calls, estimate.pattern), (360, None));
    desktop.press("A");
    assert!(matches!(desktop.model.overlay, Some(Overlay::Condition)));
    assert!(
        searches(&desktop).is_empty(),
        "nothing is asked before enter"
    );
}

fn live(desktop: &Desktop) -> usize {
    let all = subscriptions(&desktop.model);
    all.iter()
        .filter(|one| matches!(one, Subscription::LiveTail { .. }))
        .count()
}

/// Nobody pays unasked, nor for a stream that nobody looks at.
#[test]
fn live_tail_is_asked_for_told_the_price_of_and_closed_when_hidden() {
    let mut desktop = reading(10);
    assert_eq!(live(&desktop), 0);
    desktop.press("T");
    assert_eq!(live(&desktop), 1);
    assert!(
        notice(&desktop).contains("$0.60 an hour"),
        "{}",
        notice(&desktop)
    );
    desktop.press("T");
    assert_eq!(live(&desktop), 0);
    desktop.press("T");
    desktop.wait(16 * 60_000);
    assert_eq!(live(&desktop), 0, "nobody is here");
    desktop.press("k");
    assert_eq!(live(&desktop), 1);
    desktop.press("esc");
    assert_eq!(live(&desktop), 0, "the log is not on the screen");
    assert!(desktop.model.reader.is_none());
    desktop
        .press(":")
        .text("logs a --follow --live-tail")
        .press("enter");
    assert_eq!(live(&desktop), 1);
}

#[test]
fn what_a_live_tail_does_is_known() {
    let mut desktop = reading(10);
    let mut open = LiveTail::default().with(1, now());
    open.state = LiveState::Open { sampled: true };
    desktop.tell(Msg::Tail(TailNews {
        service: arn("a"),
        lines: Vec::new(),
        state: TailState::Live,
        gap: None,
        live: open,
        done: false,
        at: now(),
    }));
    let known = &reader(&desktop).live_tails[&arn("a")];
    assert_eq!(known.state, LiveState::Open { sampled: true });
}
