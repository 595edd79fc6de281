//! The whole policy as a page: the table a reviewer reads, with what holds right now on top.

use super::page::{Line, Page, Voice};
use crate::app::model::Model;
use crate::estate::words;
use crate::policy::{Mode, Row, role_of, table};

/// The page as it is now.
pub(in crate::app) fn page(model: &Model) -> Page {
    let mut lines = now(model);
    lines.push(Line::new("", Voice::Plain));
    let head = "the first rule that matches decides; ◇ is passed by a broken glass";
    lines.push(Line::new(head, Voice::Quiet));
    lines.push(Line::new("", Voice::Plain));
    for row in table(&model.terms) {
        lines.extend(told(&row));
    }
    Page {
        title: "the policy".to_owned(),
        lines,
        ..Page::default()
    }
}

fn told(row: &Row) -> Vec<Line> {
    let voice = match row.decision {
        "deny" => Voice::Plain,
        "allow" | "ask" => Voice::Good,
        _ => Voice::Quiet,
    };
    let mark = if row.glass { "◇" } else { " " };
    let head = format!("{:<24} {:<6} {mark} {}", row.rule, row.decision, row.when);
    let mut lines = vec![Line::new(head, voice)];
    if !row.alternative.is_empty() {
        let words = format!("{:<33} instead: {}", "", row.alternative);
        lines.push(Line::new(words, Voice::Quiet));
    }
    lines
}

fn now(model: &Model) -> Vec<Line> {
    let mut lines = Vec::new();
    let mode = match (&model.arm, model.mode) {
        (_, Mode::ReadOnly) => ("read-only: nothing can be altered".to_owned(), Voice::Good),
        (Some(arm), _) => {
            let left = arm.left(model.now).unwrap_or_default();
            let kind = if arm.glass { "glass broken" } else { "armed" };
            let words = format!("{kind}, {} left: {}", words::age(left), arm.reason);
            (words, Voice::Bad)
        }
        (None, _) => (
            "observing: production needs it armed".to_owned(),
            Voice::Good,
        ),
    };
    lines.push(Line::new(format!("now          {}", mode.0), mode.1));
    for one in &model.look.snapshot.environments {
        let Some(caller) = &one.identity else {
            continue;
        };
        let role = role_of(&model.terms.callers, &caller.arn);
        let name = &one.environment.name;
        let words = format!("{name:<12} {} is {}", caller.short(), role.word());
        lines.push(Line::new(words, Voice::Plain));
        if let Some(calendar) = &one.calendar {
            let state = match calendar.open {
                Some(true) => ("change calendar OPEN", Voice::Good),
                Some(false) => ("change calendar CLOSED", Voice::Bad),
                None => ("change calendar unknown", Voice::Warn),
            };
            let next = calendar.next.as_deref().unwrap_or("nobody knows when");
            let words = format!("{:<12} {}, next {next}", "", state.0);
            lines.push(Line::new(words, state.1));
        }
    }
    lines
}
