//! The board, in good times and bad.

use insta::assert_snapshot;

use super::estate::{PRODUCTION, problem};
use super::rows::{after, arrange, incident, unread};
use super::{COLOURS, PLAIN, characters, picture, shown, styles};
use crate::app::input::Input;
use crate::app::model::Notice;
use crate::app::msg::Tone;
use crate::app::screen::Overlay;
use crate::app::screen::board::{Entry, Pane, Selected};
use crate::estate::environment::Tier;
use crate::estate::part::{News, Part};
use crate::estate::problem::ProblemKind;
use crate::estate::verdict::Health;
use crate::policy::Mode;

#[test]
fn an_incident() {
    assert_snapshot!("incident-80x24", shown(&incident(80, 24)));
    assert_snapshot!("incident-120x40", shown(&incident(120, 40)));
    assert_snapshot!("incident-200x60", shown(&incident(200, 60)));
    assert_snapshot!("incident-250x80", shown(&incident(250, 80)));
    assert_snapshot!("incident-styles", styles(&incident(120, 40), COLOURS));
}

#[test]
fn an_incident_without_colours_and_in_seven_bits() {
    let picture = picture(&incident(120, 40), PLAIN);
    assert!(characters(&picture).is_ascii());
    assert_snapshot!("incident-ascii", characters(&picture));
    assert_snapshot!("incident-ascii-styles", styles(&incident(80, 24), PLAIN));
}

#[test]
fn keys_that_may_follow_stand_in_a_box() {
    let mut model = incident(80, 24);
    model.pending = vec!["g".parse().unwrap()];
    let shown = shown(&model);
    assert!(shown.contains("to the first line"), "{shown}");
    assert!(shown.contains("move to alarms and events"), "{shown}");
}

#[test]
fn a_log_that_says_nothing_says_why() {
    use crate::estate::log::TailState;
    let states = [
        (TailState::Starting, "asking for the log"),
        (TailState::Live, "no line in the last minutes"),
        (TailState::CatchingUp { seconds: 40 }, "reading on"),
        (TailState::Throttled, "less often"),
        (TailState::GroupMissing, "does not exist"),
        (
            TailState::Denied {
                action: "logs:FilterLogEvents".into(),
            },
            "lacks logs:FilterLogEvents",
        ),
        (
            TailState::Elsewhere {
                driver: "splunk".into(),
            },
            "go to splunk",
        ),
        (TailState::NoLogs, "no log configuration"),
        (
            TailState::Failed {
                sentence: "the stars were wrong".into(),
            },
            "the stars were wrong",
        ),
    ];
    for (state, words) in states {
        let mut model = incident(120, 40);
        model.logs.lines.clear();
        model.logs.state = state;
        let shown = shown(&model);
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn nothing_read_yet() {
    assert_snapshot!("loading-80x24", shown(&unread(80, 24)));
    assert_snapshot!("loading-120x40", shown(&unread(120, 40)));
    assert_snapshot!("loading-200x60", shown(&unread(200, 60)));
}

#[test]
fn data_that_is_too_old_is_grey_and_says_so() {
    let stale = |columns, rows| {
        let mut model = incident(columns, rows);
        let sentence = "nobody answers at ecs.eu-central-1.amazonaws.com: check the network";
        for one in &mut model.look.snapshot.environments {
            for seen in one.services.values_mut() {
                seen.seen_at = super::estate::ago(4, 10);
            }
            for feed in one.feeds.values_mut() {
                feed.good_at = Some(super::estate::ago(4, 10));
                feed.problems = vec![problem(ProblemKind::Unreachable, sentence)];
            }
        }
        for row in &mut model.look.rows {
            row.stale = true;
            row.verdict.health = Health::Unknown;
            row.verdict.evidence = "not seen for 4 min".into();
        }
        arrange(&mut model);
        model
    };
    assert_snapshot!("stale-80x24", shown(&stale(80, 24)));
    assert_snapshot!("stale-120x40", shown(&stale(120, 40)));
    assert_snapshot!("stale-200x60", shown(&stale(200, 60)));
    assert_snapshot!("stale-styles", styles(&stale(80, 24), COLOURS));
    assert!(!shown(&stale(120, 40)).contains('✔'));
}

#[test]
fn nothing_there() {
    let empty = |columns, rows| {
        let services = || super::estate::part(PRODUCTION, News::Services(Vec::new()));
        let inventory = News::Inventory {
            clusters: Vec::new(),
            services: Vec::new(),
            unlisted: Vec::new(),
        };
        let parts = vec![super::estate::part(PRODUCTION, inventory), services()];
        let mut model = after(parts, columns, rows);
        model.only = Some(PRODUCTION.into());
        model
    };
    assert_snapshot!("empty-80x24", shown(&empty(80, 24)));
    assert_snapshot!("empty-120x40", shown(&empty(120, 40)));
    assert_snapshot!("empty-200x60", shown(&empty(200, 60)));
}

#[test]
fn nothing_may_be_read() {
    let denied = Part {
        problems: vec![problem(
            ProblemKind::Denied {
                action: "ecs:ListClusters".into(),
            },
            "alice@ops lacks ecs:ListClusters: ask for it, or use another profile",
        )],
        ..super::estate::part(PRODUCTION, News::Services(Vec::new()))
    };
    assert_snapshot!("denied-80x24", shown(&after(vec![denied], 80, 24)));
}

#[test]
fn all_is_well() {
    let calm = |columns, rows| {
        let mut model = incident(columns, rows);
        model
            .look
            .rows
            .retain(|row| row.verdict.health == Health::Healthy);
        for one in &mut model.look.snapshot.environments {
            one.alarms.clear();
        }
        arrange(&mut model);
        model
    };
    assert_snapshot!("healthy-80x24", shown(&calm(80, 24)));
    assert_snapshot!("healthy-120x40", shown(&calm(120, 40)));
    assert_snapshot!("healthy-200x60", shown(&calm(200, 60)));
}

#[test]
fn a_filter_being_typed() {
    let filtered = |typed: &str, places: &[usize], columns, rows| {
        let mut model = incident(columns, rows);
        model.board.filter = Input::holding(typed);
        model.board.entries = places.iter().map(|&at| Entry::Row(at)).collect();
        model.overlay = Some(Overlay::Filter);
        model
    };
    assert_snapshot!("filter-80x24", shown(&filtered("ea", &[3, 5], 80, 24)));
    assert_snapshot!("filter-120x40", shown(&filtered("ea", &[3, 5], 120, 40)));
    assert_snapshot!("filter-200x60", shown(&filtered("ea", &[3, 5], 200, 60)));
    assert_snapshot!("filter-nothing-80x24", shown(&filtered("zzz", &[], 80, 24)));
}

#[test]
fn panes_are_tabs_on_a_small_screen() {
    let mut model = incident(80, 24);
    model.board.pane = Pane::Events;
    assert_snapshot!("events-80x24", shown(&model));
    model.board.pane = Pane::Kpis;
    assert_snapshot!("kpis-80x24", shown(&model));
    model.board.pane = Pane::Logs;
    assert_snapshot!("logs-80x24", shown(&model));
}

#[test]
fn a_terminal_too_small_still_counts() {
    assert_snapshot!("small-40x8", shown(&incident(40, 8)));
}

/// The first line, and the line below it.
fn head(model: &crate::app::Model) -> (String, String) {
    let picture = shown(model);
    let mut lines = picture.lines();
    (
        lines.next().unwrap().to_owned(),
        lines.next().unwrap().to_owned(),
    )
}

#[test]
fn production_does_not_look_like_staging() {
    let mut model = incident(120, 40);
    let (first, rule) = head(&model);
    assert!(first.starts_with(" PRODUCTION  observe"), "{first}");
    assert!(rule.starts_with('━'));
    let elsewhere = model.look.rows.iter();
    let mut elsewhere = elsewhere.filter(|row| row.environment.as_str() != PRODUCTION);
    let arn = elsewhere.next().unwrap().arn.clone();
    model.board.selected = Some(Selected::Service(arn));
    let (first, rule) = head(&model);
    assert!(first.starts_with(" staging  observe"), "{first}");
    assert!(rule.starts_with('─'));
    model.look.snapshot.environments[1].environment.tier = Tier::Production;
    assert!(head(&model).0.starts_with(" PRODUCTION "));
    model.mode = Mode::ReadOnly;
    assert!(head(&model).0.starts_with(" PRODUCTION  read-only"));
}

#[test]
fn a_growing_number_moves_nothing() {
    let before = shown(&incident(120, 40));
    let mut model = incident(120, 40);
    model.usage.calls_per_minute = 9_999;
    for row in &mut model.look.rows {
        row.running += 10;
        row.desired += 100;
    }
    let after = shown(&model);
    let columns = |picture: &str| -> Vec<usize> {
        let words = [
            "14:03:22",
            "VERDICT",
            "WHY",
            "last stop",
            "healthy  ",
            "KPIS",
            "LOG",
        ];
        let find = |word: &str| picture.lines().find_map(|line| line.find(word));
        words.iter().filter_map(|word| find(word)).collect()
    };
    assert_eq!(columns(&before), columns(&after));
    assert_eq!(before.lines().count(), after.lines().count());
}

#[test]
fn what_just_happened_is_said_above_the_hints() {
    let mut model = incident(80, 24);
    model.notice = Some(Notice {
        tone: Tone::Good,
        words: "redeploy of orders is under way, journal entry 0192-4".into(),
        since: model.now,
    });
    let picture = shown(&model);
    let line = picture.lines().nth(22).unwrap();
    assert!(
        line.starts_with("── ✔ redeploy of orders is under way"),
        "{line}"
    );
    model.carrying = Some(super::estate::service_arn("orders"));
    assert!(shown(&model).contains("a change of orders is on its way"));
}
