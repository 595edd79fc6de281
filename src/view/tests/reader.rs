//! A log on the whole screen.

use insta::assert_snapshot;

use super::estate::{ago, lines, service_arn};
use super::rows::incident;
use super::shown;
use crate::app::Model;
use crate::app::{Msg, update};
use crate::estate::log::{
    KeysOf, LiveState, LiveTail, LogKeys, LogLevel, LogLine, LogLinks, TailNews, TailState,
};

/// The incident's log, with lines of JSON, a stack trace and one that came late.
pub(super) fn reading(columns: u16, rows: u16) -> Model {
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
fn every_field_of_a_long_line_can_be_read() {
    let mut model = reading(80, 24);
    let long = "a word and another ".repeat(20);
    let fields: Vec<String> = (0..40).map(|one| format!("\"f{one}\":{one}")).collect();
    let message = format!(
        "{{\"level\":\"error\",\"a\":\"{long}the-end\",{},\"zz\":\"of-all\"}}",
        fields.join(",")
    );
    let mut line = lines()[0].clone();
    line.id = "long".into();
    line.message = message.as_str().into();
    tell(&mut model, vec![line], TailState::Live);
    filter(&mut model, "of-all");
    press(&mut model, "enter");
    let first = shown(&model);
    assert!(first.contains("fields 1 to"), "{first}");
    assert!(!first.contains("the-end"), "{first}");
    press(&mut model, "pagedown");
    let second = shown(&model);
    assert!(second.contains("the-end"), "all of it: {second}");
    for _ in 0..20 {
        press(&mut model, "pagedown");
    }
    let last = shown(&model);
    assert!(last.contains("fields 46 to 46 of 46"), "{last}");
    assert!(last.contains("zz                       of-all"), "{last}");
    for _ in 0..21 {
        press(&mut model, "pageup");
    }
    assert_eq!(shown(&model), first);
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
    let of_one = shown(&model);
    assert!(
        of_one.contains("around the line, of its stream alone"),
        "{of_one}"
    );
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
fn patterns_are_of_what_lines_say_under_keys_of_their_own() {
    let mut model = incident(120, 24);
    model.log_keys = LogKeys::new(vec![KeysOf {
        services: Vec::new(),
        level: vec!["prio".to_owned()],
        time: vec!["when".to_owned()],
        message: vec!["what".to_owned()],
    }]);
    press(&mut model, "L");
    let line = |seconds: i64, host: &str| {
        let message =
            format!(r#"{{"when":"{seconds}","prio":"error","what":"no route to {host}"}}"#);
        LogLine {
            id: message.as_str().into(),
            at: ago(0, seconds),
            message: message.as_str().into(),
            ..lines()[0].clone()
        }
    };
    tell(
        &mut model,
        vec![line(9, "db-1"), line(8, "db-2")],
        TailState::Live,
    );
    press(&mut model, "v");
    // One that comes while they are shown counts too.
    tell(&mut model, vec![line(2, "db-3")], TailState::Live);
    let picture = shown(&model);
    assert!(picture.contains("no route to <*>"), "{picture}");
    assert!(picture.contains("   3  "), "{picture}");
    assert!(!picture.contains("when="), "{picture}");
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

/// Traces folded and not, columns folded away, steps in place of times, a line broken at its edge.
#[test]
fn the_same_lines_otherwise() {
    let mut model = reading(80, 24);
    let mut more = vec![lines()[0].clone()];
    more[0].at = ago(0, 2);
    more[0].level = LogLevel::Error;
    more[0].message = "it broke\n    at one (/app/one.js:1:2)\n    at two (/app/two.js:3:4)".into();
    let mut cause = more[0].clone();
    cause.at = ago(0, 2) + crate::estate::SignedDuration::from_millis(12);
    cause.level = LogLevel::None;
    cause.message = "Caused by: a connection nobody answered".into();
    more.push(cause);
    let mut long = lines()[0].clone();
    long.at = ago(0, 1);
    long.message = format!("日本 {}", "very long ".repeat(12)).into();
    more.push(long);
    tell(&mut model, more, TailState::Live);
    assert_snapshot!("reader-folded-80x24", shown(&model));
    press(&mut model, "f w d 3");
    assert_snapshot!("reader-unfolded-80x24", shown(&model));
    press(&mut model, "d 1 4 z");
    model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(2));
    let bare = shown(&model);
    assert!(bare.contains("\n   it broke\n"), "{bare}");
    press(&mut model, "1");
    let local = shown(&model);
    assert!(local.contains("16:03:20 it broke"), "{local}");
    let heading = local.lines().next().unwrap();
    assert!(heading.trim_end().ends_with("16:03:22 +02"), "{heading}");
}

fn stream(state: LiveState) -> LiveTail {
    let began = ago(5, 0);
    let mut live = LiveTail::default().with(1, began);
    live.state = state;
    live
}

/// What a Live Tail does, and what it has cost by now.
#[test]
fn every_live_tail_says_what_it_does_and_costs() {
    let why = "all Live Tail sessions of the account are in use";
    let states = [
        (LiveState::Opening, "Live Tail opens … $0.05".to_owned()),
        (
            LiveState::Open { sampled: false },
            "Live Tail $0.05".to_owned(),
        ),
        (
            LiveState::Open { sampled: true },
            "Live Tail sampled, polling completes it $0.05".to_owned(),
        ),
        (
            LiveState::Refused { why: why.into() },
            format!("{why}; polling $0.05"),
        ),
        (
            LiveState::Ended {
                why: "Live Tail ended after three hours".into(),
            },
            "Live Tail ended after three hours; polling $0.05".to_owned(),
        ),
        (LiveState::Off, "Live Tail off $0.05".to_owned()),
    ];
    for (state, words) in states {
        let mut model = reading(120, 24);
        let at = model.now;
        update(
            &mut model,
            Msg::Tail(TailNews {
                service: service_arn("orders"),
                lines: Vec::new(),
                state: TailState::Live,
                gap: None,
                live: stream(state),
                done: false,
                at,
            }),
        );
        let heading = shown(&model).lines().nth(2).unwrap().to_owned();
        assert!(heading.contains(&words), "{heading}");
        assert!(heading.ends_with("live"), "{heading}");
    }
}

#[test]
fn no_line_is_never_just_empty() {
    let empty = |state: TailState| {
        let mut model = incident(120, 24);
        press(&mut model, "L");
        model.reader.as_mut().unwrap().lines.clear();
        tell(&mut model, Vec::new(), state);
        model
    };
    let mut model = empty(TailState::Elsewhere {
        driver: "awsfirelens (datadog)".into(),
    });
    let address = "https://dd/logs?query=service:{service}".to_owned();
    model.log_links = LogLinks::new([("datadog".to_owned(), address)]);
    let told = shown(&model);
    assert!(
        told.contains("not to CloudWatch: https://dd/logs?query=service:orders"),
        "{told}"
    );
    // None of its tasks runs, so nothing can have been said.
    let told = shown(&empty(TailState::Live));
    assert!(
        told.contains("no stream yet: none of its tasks runs"),
        "{told}"
    );
    assert!(
        told.lines().nth(2).unwrap().ends_with("no stream yet"),
        "{told}"
    );
    let told = shown(&empty(TailState::GroupMissing));
    assert!(told.contains("its log group does not exist"), "{told}");
    let mut model = reading(120, 24);
    filter(&mut model, "nobody-says-this");
    let told = shown(&model);
    assert!(
        told.lines().nth(2).unwrap().ends_with("filter hides all"),
        "{told}"
    );
}

/// Range, pattern and calls first; then what was found, and that it is not what is live.
#[test]
fn a_search_of_aws_from_the_question_to_the_answer() {
    let mut model = reading(120, 24);
    filter(&mut model, "timeout");
    press(&mut model, "A");
    assert_snapshot!("reader-search-120x24", shown(&model));
    press(&mut model, "enter");
    let told = shown(&model);
    assert!(
        told.lines().nth(2).unwrap().ends_with("searching AWS …"),
        "{told}"
    );
    let mut old = lines()[0].clone();
    old.at = ago(90, 0);
    old.message = "pool timeout, long ago".into();
    let at = model.now;
    update(
        &mut model,
        Msg::Found(TailNews {
            service: service_arn("orders"),
            lines: vec![old],
            state: TailState::Live,
            gap: None,
            live: LiveTail::default(),
            done: true,
            at,
        }),
    );
    assert_snapshot!("reader-found-120x24", shown(&model));
}

/// Every size of the house.
const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// Lines with the histogram above them, a line field by field, what stands around it, and patterns.
#[test]
fn every_view_at_every_size() {
    for (columns, rows) in SIZES {
        let size = format!("{columns}x{rows}");
        let mut model = reading(columns, rows);
        press(&mut model, "N");
        assert_snapshot!(format!("log-histogram-{size}"), shown(&model));
        filter(&mut model, "status>=500");
        press(&mut model, "space enter");
        assert_snapshot!(format!("log-fields-{size}"), shown(&model));
        press(&mut model, "esc o");
        assert_snapshot!(format!("log-context-{size}"), shown(&model));
        press(&mut model, "o o x v");
        assert_snapshot!(format!("log-patterns-{size}"), shown(&model));
    }
}

/// The heading, and in an empty log the words in place of lines.
fn told_of(what: &str, model: &Model) -> String {
    let picture = shown(model);
    let rows: Vec<&str> = picture.lines().collect();
    let body = rows[4..].iter().map(|row| row.trim());
    let mut said = body.filter(|row| row.starts_with(char::is_alphabetic));
    let words = said.next().filter(|_| what.starts_with("empty"));
    let words = words.map_or_else(String::new, |words| format!("   {words}\n"));
    format!("{what}\n  {}\n{words}", rows[2])
}

/// What polling says about itself, over lines and over none.
fn of_tails() -> Vec<String> {
    let denied = TailState::Denied {
        action: "logs:FilterLogEvents".into(),
    };
    let elsewhere = TailState::Elsewhere {
        driver: "splunk".into(),
    };
    let failed = TailState::Failed {
        sentence: "nobody answered".into(),
    };
    let states = [
        ("live", TailState::Live),
        ("catching up", TailState::CatchingUp { seconds: 40 }),
        ("throttled", TailState::Throttled),
        ("group missing", TailState::GroupMissing),
        ("denied", denied),
        ("driver elsewhere", elsewhere),
        ("no log configuration", TailState::NoLogs),
        ("any other failure", failed),
    ];
    let both = states.map(|(what, state)| {
        let mut model = reading(120, 24);
        tell(&mut model, Vec::new(), state);
        let over_lines = told_of(what, &model);
        model.reader.as_mut().unwrap().lines.clear();
        over_lines + &told_of(&format!("empty, {what}"), &model)
    });
    both.into()
}

/// Everything a log can say about itself.
#[test]
fn every_badge() {
    let mut told = of_tails();
    for (what, sampled) in [("Live Tail", false), ("sampled", true)] {
        let mut model = reading(120, 24);
        let at = model.now;
        let news = TailNews {
            service: service_arn("orders"),
            lines: Vec::new(),
            state: TailState::Live,
            gap: None,
            live: stream(LiveState::Open { sampled }),
            done: false,
            at,
        };
        update(&mut model, Msg::Tail(news));
        told.push(told_of(what, &model));
    }
    let mut model = reading(120, 24);
    let reader = model.reader.as_mut().unwrap();
    reader.gaps.push((ago(9, 0), ago(5, 0)));
    told.push(told_of("gap", &model));
    press(&mut model, "k k k");
    tell(&mut model, lines(), TailState::Live);
    told.push(told_of("paused", &model));
    let mut model = incident(120, 24);
    press(&mut model, "L");
    model.reader.as_mut().unwrap().lines.clear();
    tell(&mut model, Vec::new(), TailState::Live);
    told.push(told_of("empty, no stream yet", &model));
    let mut model = reading(120, 24);
    filter(&mut model, "nobody-says-this");
    told.push(told_of("empty, filter hides all", &model));
    assert_snapshot!("log-badges", told.concat());
    // A late line says so itself.
    assert!(shown(&reading(120, 40)).contains("late a line that came late"));
}
