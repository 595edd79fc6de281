//! What the actions do in a log on the whole screen.

use super::action::Action;
use super::effect::{Effect, Saved};
use super::model::Model;
use super::msg::Tone;
use super::screen::Overlay;
use super::screen::reader::{Column, Form, Jump, Purpose, Reader, Shown};
use super::tailing::moment;
use super::whose;
use crate::estate::usage::LIVE_TAIL_MINUTE;
use crate::estate::{SignedDuration, Timestamp};

/// How far back AWS is searched unless something else is typed.
const SEARCHED: &str = "6h";

/// Whether `action`, one of the reader's own, does anything now.
pub(super) fn offers(model: &Model, action: Action) -> bool {
    use Action as A;
    let Some(reader) = &model.reader else {
        return false;
    };
    let lines = reader.shown == Shown::Lines;
    let any = lines && reader.focus().is_some();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others are offered wherever the log is read"
    )]
    match action {
        A::DropCondition | A::ClearConditions => !reader.filter.is_empty(),
        A::ToggleContext => lines && (!reader.filter.is_empty() || reader.aside.is_some()),
        A::NextBookmark => lines && !reader.bookmarks.is_empty(),
        A::NextError => lines && reader.at.is_some(),
        A::SearchAws => reader.search.is_none(),
        A::FoldService => lines && reader.services.len() > 1,
        A::CopyLines | A::SelectLines | A::EarlierBar | A::LaterBar | A::GoToTime => any,
        A::SaveShown | A::SaveHeld => !reader.lines.is_empty(),
        A::PreviousError
        | A::ToggleWrap
        | A::ToggleTraces
        | A::ToggleSteps
        | A::FoldTime
        | A::FoldTask
        | A::FoldLevel
        | A::ExpandLine
        | A::Bookmark => lines,
        A::IncidentStart => lines && began(model).is_some(),
        _ => true,
    }
}

/// Does `action` if it is the reader's; `None` says that it was not.
pub(super) fn act(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    if action == Action::ReadLogs {
        whose::open_subject(model);
        return Some(Vec::new());
    }
    model.reader.as_ref()?;
    let typing = matches!(model.overlay, Some(Overlay::Condition));
    if typing && action == Action::Accept {
        return Some(accept(model));
    }
    let done = if action == Action::Back {
        back(model, typing)
    } else {
        look(model, action) || go(model, action) || narrow(model, action)
    };
    if done {
        return Some(Vec::new());
    }
    leave(model, action)
}

/// Closes the innermost of what is open. Says whether that was the reader's.
fn back(model: &mut Model, typing: bool) -> bool {
    if model.overlay.is_some() && !typing {
        return false;
    }
    let Some(reader) = &mut model.reader else {
        return false;
    };
    if typing {
        reader.ask(Purpose::Condition, "");
        model.overlay = None;
    } else if reader.gives_up_selection() {
    } else if reader.expanded {
        reader.expanded = false;
    } else if reader.shown == Shown::Patterns {
        reader.shown = Shown::Lines;
    } else if !reader.end_search() {
        model.reader = None;
    }
    true
}

/// The actions that show the same lines otherwise.
fn look(model: &mut Model, action: Action) -> bool {
    use Action as A;
    let open = model.overlay.is_none();
    let Some(reader) = &mut model.reader else {
        return false;
    };
    let looks = &mut reader.looks;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions do something else"
    )]
    match action {
        A::ToggleWrap => looks.wrap = !looks.wrap,
        A::ToggleTraces => looks.unfolded = !looks.unfolded,
        A::ToggleSteps => looks.steps = !looks.steps,
        A::FoldTime => looks.fold(Column::Time),
        A::FoldService => looks.fold(Column::Service),
        A::FoldTask => looks.fold(Column::Task),
        A::FoldLevel => looks.fold(Column::Level),
        A::ExpandLine => {
            reader.field = 0;
            reader.expanded = !reader.expanded;
        }
        A::PageUp | A::PageDown if open && reader.reads_fields() => {
            reader.turn(action == A::PageDown);
        }
        A::TogglePatterns => {
            reader.top = 0;
            reader.shown = match reader.shown {
                Shown::Lines => Shown::Patterns,
                Shown::Patterns => Shown::Lines,
            };
        }
        _ => return false,
    }
    true
}

/// The actions that go to a line.
fn go(model: &mut Model, action: Action) -> bool {
    use Action as A;
    let began = began(model);
    let width = histogram_width(model);
    let Some(reader) = &mut model.reader else {
        return false;
    };
    let mut missing = None;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions do something else"
    )]
    match action {
        A::PauseLogs => reader.toggle(),
        A::NextError if !reader.error(true) => missing = Some("no later error"),
        A::PreviousError if !reader.error(false) => missing = Some("no earlier error is held"),
        A::IncidentStart => missing = began.and_then(|began| words(reader.jump(began))),
        A::EarlierBar if !reader.step_bar(false, width) => missing = Some("no earlier bar"),
        A::LaterBar if !reader.step_bar(true, width) => missing = Some("no later bar"),
        A::NextError | A::PreviousError | A::EarlierBar | A::LaterBar => {}
        A::Bookmark => reader.bookmark(),
        A::NextBookmark => {
            reader.next_bookmark();
        }
        A::SelectLines => reader.select(),
        A::GoToTime => {
            reader.ask(Purpose::Moment, "");
            model.overlay = Some(Overlay::Condition);
        }
        _ => return false,
    }
    if let Some(words) = missing {
        model.say(Tone::Info, words);
    }
    true
}

/// The actions that change what is shown at all.
fn narrow(model: &mut Model, action: Action) -> bool {
    use Action as A;
    let Some(reader) = &mut model.reader else {
        return false;
    };
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions do something else"
    )]
    match action {
        A::NarrowLog => {
            reader.ask(Purpose::Condition, "");
            model.overlay = Some(Overlay::Condition);
        }
        A::DropCondition => reader.drop_condition(),
        A::ClearConditions => reader.clear(),
        A::ToggleContext => reader.toggle_context(),
        A::SearchAws => {
            reader.ask(Purpose::Search, SEARCHED);
            model.overlay = Some(Overlay::Condition);
        }
        A::ToggleLiveTail => {
            reader.live = !reader.live;
            let words = if reader.live {
                format!(
                    "Live Tail: about ${:.2} an hour for each log group, after 1,800 free minutes \
                     a month; it ends when you leave",
                    LIVE_TAIL_MINUTE * 60.0
                )
            } else {
                "Live Tail ended; polling goes on".to_owned()
            };
            model.say(Tone::Info, &*words);
        }
        _ => return false,
    }
    true
}

/// The actions by which lines leave the log.
fn leave(model: &mut Model, action: Action) -> Option<Vec<Effect>> {
    let now = model.now;
    let reader = model.reader.as_mut()?;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other actions are not the reader's"
    )]
    let purpose = match action {
        Action::SaveShown => Purpose::Shown,
        Action::SaveHeld => Purpose::Held,
        Action::CopyLines => {
            let (text, count) = reader.copied()?;
            let lines = if count == 1 { "line" } else { "lines" };
            let words = format!("{count} {lines} given to the terminal's clipboard");
            model.say(Tone::Good, &*words);
            return Some(vec![Effect::Copy(text)]);
        }
        _ => return None,
    };
    let name = reader.services.first().map_or("log", |(_, arn)| arn.name());
    let at: String = format!("{now:.0}").replace([':', '-'], "");
    let suggested = format!("firstline-{name}-{at}.log");
    reader.ask(purpose, &suggested);
    model.overlay = Some(Overlay::Condition);
    Some(Vec::new())
}

/// Takes what is typed for what it was asked for.
fn accept(model: &mut Model) -> Vec<Effect> {
    let (now, zone) = (model.now, model.told_in().clone());
    let Some(reader) = &mut model.reader else {
        return Vec::new();
    };
    let typed = reader.typed.text();
    let mut said = None;
    let mut effects = Vec::new();
    let taken = match reader.purpose {
        Purpose::Condition => reader.accept(),
        Purpose::Moment => match moment(typed.trim(), now, &zone) {
            Some(at) => {
                said = words(reader.jump(at)).map(str::to_owned);
                true
            }
            None => complain(reader, "write 14:03, 14:03:22 or 2026-11-21T14:03:22Z"),
        },
        Purpose::Search => match typed.trim().parse::<SignedDuration>() {
            Ok(back) if back.is_positive() => {
                let estimate = reader.estimate(back, now);
                reader.begin_search(estimate);
                true
            }
            _ => complain(reader, "write how far back, as in 6h or 2d"),
        },
        Purpose::Shown | Purpose::Held if typed.trim().is_empty() => {
            complain(reader, "write a file's name")
        }
        purpose @ (Purpose::Shown | Purpose::Held) => {
            let file = typed.trim().to_owned();
            let form = Form::of_file(&file);
            let (text, lines) = reader.saved(form, purpose == Purpose::Held);
            let saved = Saved { file, text, lines };
            effects.push(Effect::Save(Box::new(saved)));
            true
        }
    };
    if taken {
        model.overlay = None;
    }
    if let Some(words) = said {
        model.say(Tone::Info, &*words);
    }
    effects
}

fn complain(reader: &mut Reader, why: &str) -> bool {
    reader.complaint = Some(why.to_owned());
    false
}

/// What is to be said of a jump that did not lead where it should.
const fn words(jump: Jump) -> Option<&'static str> {
    match jump {
        Jump::There => None,
        Jump::Oldest => Some("older lines are not held: this is the oldest; A searches AWS"),
        Jump::Beyond => Some("no line of that time is held"),
    }
}

/// Columns of the histogram above the log.
pub fn histogram_width(model: &Model) -> usize {
    usize::from(model.size.columns.saturating_sub(2))
}

/// Since when the sickest of the services read is sick.
fn began(model: &Model) -> Option<Timestamp> {
    let services = model.reader.iter().flat_map(|reader| &reader.services);
    let rows = services.filter_map(|(_, arn)| model.look.row(arn));
    let sick = rows.filter(|row| !super::screen::board::is_healthy(row));
    sick.filter_map(|row| row.verdict.since).min()
}
