//! What the actions do in a log on the whole screen.

use super::action::Action;
use super::command::Logs;
use super::model::Model;
use super::msg::Tone;
use super::screen::Overlay;
use super::screen::reader::{Reader, Shown};
use crate::estate::Timestamp;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::log::TailNews;
use crate::estate::log::filter::Filter;

/// Whether `action`, one of the reader's own, does anything now.
pub(super) fn offers(model: &Model, action: Action) -> bool {
    use Action as A;
    let Some(reader) = &model.reader else {
        return false;
    };
    let lines = reader.shown == Shown::Lines;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are offered wherever the log is read"
    )]
    match action {
        A::DropCondition | A::ClearConditions => !reader.filter.is_empty(),
        A::ToggleContext => lines && (!reader.filter.is_empty() || reader.aside.is_some()),
        A::NextBookmark => lines && !reader.bookmarks.is_empty(),
        A::NextError => lines && reader.at.is_some(),
        A::PreviousError | A::ToggleWrap | A::ExpandLine | A::Bookmark => lines,
        A::IncidentStart => lines && began(model).is_some(),
        _ => true,
    }
}

/// Does `action` if it is the reader's. Says whether it was.
#[expect(clippy::too_many_lines, reason = "one line an action")]
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    use Action as A;
    if action == A::ReadLogs {
        open_subject(model);
        return true;
    }
    let began = began(model);
    let condition = matches!(model.overlay, Some(Overlay::Condition));
    let Some(reader) = &mut model.reader else {
        return false;
    };
    let mut missing = None;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions are not the reader's"
    )]
    match action {
        A::Accept if condition => {
            if reader.accept() {
                model.overlay = None;
            }
        }
        A::Back if condition => {
            reader.typed = super::input::Input::default();
            reader.complaint = None;
            model.overlay = None;
        }
        A::Back if model.overlay.is_some() => return false,
        A::Back => {
            if reader.expanded {
                reader.expanded = false;
            } else if reader.shown == Shown::Patterns {
                reader.shown = Shown::Lines;
            } else {
                model.reader = None;
            }
        }
        A::NarrowLog => model.overlay = Some(Overlay::Condition),
        A::DropCondition => reader.drop_condition(),
        A::ClearConditions => reader.clear(),
        A::PauseLogs => reader.toggle(),
        A::NextError if !reader.error(true) => missing = Some("no later error"),
        A::PreviousError if !reader.error(false) => missing = Some("no earlier error is held"),
        A::NextError | A::PreviousError => {}
        A::IncidentStart => {
            if !began.is_some_and(|began| reader.jump(began)) {
                missing = Some("no line of that time is held");
            }
        }
        A::ToggleWrap => reader.wrap = !reader.wrap,
        A::TogglePatterns => {
            reader.top = 0;
            reader.shown = match reader.shown {
                Shown::Lines => Shown::Patterns,
                Shown::Patterns => Shown::Lines,
            };
        }
        A::ExpandLine => reader.expanded = !reader.expanded,
        A::ToggleContext => reader.toggle_context(),
        A::Bookmark => reader.bookmark(),
        A::NextBookmark => {
            reader.next_bookmark();
        }
        _ => return false,
    }
    if let Some(words) = missing {
        model.say(Tone::Info, words);
    }
    true
}

/// Since when the sickest of the services read is sick.
fn began(model: &Model) -> Option<Timestamp> {
    let services = model.reader.iter().flat_map(|reader| &reader.services);
    let rows = services.filter_map(|(_, arn)| model.look.row(arn));
    let sick = rows.filter(|row| !super::screen::board::is_healthy(row));
    sick.filter_map(|row| row.verdict.since).min()
}

/// Opens the log of the service in focus, with what its pane already holds.
fn open_subject(model: &mut Model) {
    let Some(arn) = model.subject().cloned() else {
        return;
    };
    let Some(environment) = model.look.row(&arn).map(|row| row.environment.clone()) else {
        return;
    };
    open(model, vec![(environment, arn)]);
}

fn open(model: &mut Model, services: Vec<(EnvironmentName, ServiceArn)>) {
    let mut reader = Reader::new(services, model.hold);
    let logs = &model.logs;
    if let Some(service) = logs.service.clone().filter(|service| reader.has(service)) {
        // Its tail goes on where it is; what it brought is here.
        reader.lines = logs.lines.clone();
        reader.absorb(&TailNews {
            service,
            lines: Vec::new(),
            state: logs.state.clone(),
            gap: None,
            done: false,
            at: model.now,
        });
    }
    model.reader = Some(Box::new(reader));
}

/// `logs TARGET… [--filter] [--level]`, typed into the palette.
pub(super) fn open_line(model: &mut Model, asked: &Logs) -> Result<(), String> {
    let printed = asked.json || asked.raw || asked.from.is_some() || asked.to.is_some();
    if printed {
        return Err("the console follows; spans and formats belong on a command line".to_owned());
    }
    let mut filter = Filter::parse(asked.filter.as_deref().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    if let Some(level) = &asked.level {
        let level = Filter::parse(&format!("level>={level}")).map_err(|error| error.to_string())?;
        filter.stack(level);
    }
    let mut services: Vec<(EnvironmentName, ServiceArn)> = Vec::new();
    for target in &asked.targets {
        let of = model.look.rows.iter();
        let of = of.filter(|row| *row.environment.as_str() == **target);
        let mut meant: Vec<_> = of.collect();
        if meant.is_empty() {
            meant.push(model.look.find_service(target)?);
        }
        for row in meant {
            let one = (row.environment.clone(), row.arn.clone());
            if !services.contains(&one) {
                services.push(one);
            }
        }
    }
    model.overlay = None;
    open(model, services);
    if let Some(reader) = &mut model.reader {
        reader.narrow(filter);
        if asked.patterns {
            reader.shown = Shown::Patterns;
        }
    }
    Ok(())
}
