//! A log on the whole screen.

use insta::assert_snapshot;

use super::estate::{ago, lines, service_arn};
use super::rows::incident;
use super::shown;
use crate::app::Model;
use crate::app::{Msg, update};
use crate::estate::log::{LiveTail, LogLevel, LogLine, TailNews, TailState};

/// The incident's log, with lines of JSON, a stack trace and one that came late.
fn reading(columns: u16, rows: u16) -> Model {
    let mut model = incident(columns, rows);
    press(&mut model, "L");
    let line = |seconds, level, message: &str, late| LogLine {
        id: message.into(),
        at: ago(0, seconds),
        level,
        late,
        message: message.into(),
        ..lines()[0].clone()
    };
    let json = r#"{"level":"error","msg":"pay failed","status":503,"path":"/pay","user":{"id":42,"plan":"pro"}}"#;
    let mut more: Vec<LogLine> = (0..40)
        .map(|n| {
            line(
                120 - n,
                LogLevel::Info,
                &format!("GET /items/{n} 200 in {n} ms"),
                false,
            )
        })
        .collect();
    more.push(line(4, LogLevel::Error, json, false));
    more.push(line(70, LogLevel::Warn, "a line that came late", true));
    tell(&mut model, more, TailState::Live);
    model
}

fn tell(model: &mut Model, lines: Vec<LogLine>, state: TailState) {
    let at = model.now;
    update(
        model,
        Msg::Tail(TailNews {
            service: service_arn("orders"),
            lines,
            state,
            gap: None,
            live: LiveTail::default(),
            done: false,
            at,
        }),
    );
}

fn press(model: &mut Model, keys: &str) {
    for key in keys.split_whitespace() {
        update(model, Msg::Key(key.parse().unwrap()));
    }
}

fn filter(model: &mut Model, written: &str) {
    press(model, "/");
    update(model, Msg::Paste(written.to_owned()));
    press(model, "enter");
}

#[test]
fn the_log_on_the_whole_screen() {
    assert_snapshot!("reader-120x40", shown(&reading(120, 40)));
    assert_snapshot!("reader-80x24", shown(&reading(80, 24)));
}

#[test]
fn conditions_stack_and_what_passes_is_counted() {
    let mut model = reading(120, 24);
    filter(&mut model, "level>=warn");
    filter(&mut model, "-retry");
    assert_snapshot!("reader-filtered-120x24", shown(&model));
    filter(&mut model, "nobody-says-this");
    let hidden = shown(&model);
    assert!(hidden.contains("the filter hides all 47 lines"), "{hidden}");
    press(&mut model, "x x x");
    assert!(model.reader.as_ref().unwrap().filter.is_empty());
}

#[test]
fn a_line_field_by_field_and_what_stands_around_it() {
    let mut model = reading(120, 30);
    filter(&mut model, "status>=500");
    press(&mut model, "space enter");
    assert_snapshot!("reader-fields-120x30", shown(&model));
    press(&mut model, "esc o");
    assert_snapshot!("reader-context-120x30", shown(&model));
    press(&mut model, "o");
    assert_eq!(
        model.reader.as_ref().unwrap().filter.to_string(),
        "status>=500"
    );
}

#[test]
fn what_similar_lines_have_in_common() {
    let mut model = reading(120, 24);
    press(&mut model, "v");
    assert_snapshot!("reader-patterns-120x24", shown(&model));
}

#[test]
fn every_badge_says_what_is_true() {
    let states = [
        (TailState::Live, "live"),
        (
            TailState::CatchingUp { seconds: 40 },
            "catching up, 40 s behind",
        ),
        (TailState::Throttled, "throttled, slower"),
        (TailState::GroupMissing, "group missing"),
        (
            TailState::Denied {
                action: "logs:FilterLogEvents".into(),
            },
            "denied",
        ),
        (
            TailState::Elsewhere {
                driver: "splunk".into(),
            },
            "in splunk",
        ),
        (TailState::NoLogs, "no logs"),
        (
            TailState::Failed {
                sentence: "nobody answered".into(),
            },
            "failed",
        ),
    ];
    for (state, words) in states {
        let mut model = reading(120, 24);
        tell(&mut model, Vec::new(), state);
        let heading = shown(&model).lines().nth(2).unwrap().to_owned();
        assert!(heading.ends_with(words), "{heading}");
    }
    let mut model = reading(120, 24);
    model
        .reader
        .as_mut()
        .unwrap()
        .gaps
        .push((ago(9, 0), ago(5, 0)));
    assert!(
        shown(&model).contains("gap 13:54:22–13:58:22"),
        "{}",
        shown(&model)
    );
    press(&mut model, "k k k");
    let more = lines();
    tell(&mut model, more, TailState::Live);
    assert!(
        shown(&model).contains("paused, 5 newer"),
        "{}",
        shown(&model)
    );
}
