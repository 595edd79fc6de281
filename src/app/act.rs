//! What each action does. Movement and text are their own files; here is the rest.

use crate::estate::closely::Wish;
use crate::estate::id::{EnvironmentName, ServiceArn};

use super::action::Action;
use super::effect::Effect;
use super::guide;
use super::keys;
use super::meant;
use super::model::Model;
use super::movement;
use super::msg::Tone;
use super::screen::Overlay;
use super::screen::alarms;
use super::screen::arming;
use super::screen::board::{Pane, Selected};
use super::screen::chart;
use super::screen::chronicle::{Chronicle, Sight};
use super::screen::dialog;
use super::screen::entering::{self, Asked};
use super::screen::follow;
use super::screen::handoff;
use super::screen::help::Help;
use super::screen::palette;
use super::screen::policy;
use super::screen::record;
use super::screen::service::{ServicePage, Tab};
use super::screen::sessions;
use super::screen::staging;
use super::screen::tasks;
use super::screen::wish;
use super::signing;

/// Does `action`, if it does anything here.
#[expect(clippy::too_many_lines, reason = "one line an action")]
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    use Action as A;
    if !model.offers(action) {
        if let Some(missing) = guide::missing(model, action).cloned() {
            let verb = action.name();
            model.say(
                Tone::Bad,
                format!("you may not {verb}: {missing} is missing"),
            );
        } else if let Some(why) = guide::refusal(model, action) {
            model.say(Tone::Info, why);
        }
        return Vec::new();
    }
    if keys::edit(model, action) {
        return Vec::new();
    }
    if let Some(effects) = super::reading::act(model, action) {
        model.touch(true);
        return effects;
    }
    if chart::act(model, action) {
        model.touch(true);
        return Vec::new();
    }
    model.board.chosen |= chooses(action) && model.board.selected.is_some();
    match action {
        A::Quit => return quit(model),
        A::Suspend => return leave(model, Effect::Suspend),
        A::Refresh => return vec![Effect::Refresh],
        A::SignIn => return signing::begin(model),
        A::Accept => return accept(model),
        A::Confirm if matches!(model.overlay, Some(Overlay::Parting)) => {
            return leave(model, Effect::Quit);
        }
        A::Confirm => return confirm(model),
        A::Help => model.overlay = Some(Overlay::Help(Help::default())),
        A::Palette => {
            model.overlay = None;
            model.overlay = Some(Overlay::Palette(palette::open(model)));
        }
        A::Filter if matches!(model.overlay, Some(Overlay::Help(_))) => sift(model, true),
        A::Filter => {
            model.board.pane = Pane::Services;
            model.overlay = Some(Overlay::Filter);
        }
        A::Back => back(model),
        A::Up | A::Down | A::PageUp | A::PageDown | A::Top | A::Bottom => {
            let moved = movement::go(model, movement::steps(model, action));
            model.touch(moved);
            return Vec::new();
        }
        A::NextPane => turn(model, 1),
        A::PreviousPane => turn(model, -1),
        A::FocusServices => focus(model, Pane::Services),
        A::FocusKpis => focus(model, Pane::Kpis),
        A::FocusEvents => focus(model, Pane::Events),
        A::FocusLogs => focus(model, Pane::Logs),
        A::Alarms => alarms::open(model),
        A::Charts if model.bells.is_some() => alarms::open_charts(model),
        A::Open if model.bells.is_some() => {
            if let Some(arn) = alarms::service(model) {
                model.bells = None;
                open(model, &arn);
            }
        }
        A::Open if model.board.pane == Pane::Kpis => chart::open(model),
        A::Open => open_selected(model),
        A::Charts => chart::open(model),
        A::ToggleHealthy => show_healthy(model, !model.board.show_healthy),
        A::ClearFilter if matches!(model.overlay, Some(Overlay::Help(_))) => {
            model.overlay = Some(Overlay::Help(Help::default()));
        }
        A::ClearFilter => clear_filter(model),
        A::ToggleTimes => model.display.clock_times = !model.display.clock_times,
        A::ToggleLocalTime => model.display.local = !model.display.local,
        A::PauseLogs => model.logs.toggle(),
        A::WhatChanged => what_changed(model),
        A::LastWords => tasks::last_words(model),
        A::ReadLogs
        | A::NarrowLog
        | A::DropCondition
        | A::ClearConditions
        | A::NextError
        | A::PreviousError
        | A::IncidentStart
        | A::ToggleWrap
        | A::TogglePatterns
        | A::ExpandLine
        | A::ToggleContext
        | A::Bookmark
        | A::GoToTime
        | A::EarlierBar
        | A::LaterBar
        | A::ToggleTraces
        | A::ToggleSteps
        | A::FoldTime
        | A::FoldService
        | A::FoldTask
        | A::FoldLevel
        | A::SelectLines
        | A::CopyLines
        | A::SaveShown
        | A::SaveHeld
        | A::SearchAws
        | A::ToggleLiveTail
        | A::NextBookmark
        | A::OneChart
        | A::Longer
        | A::Shorter
        | A::Compare
        | A::Earlier
        | A::Later
        | A::DropChart => {}
        A::Redeploy => return wish(model, Wish::Redeploy),
        A::Recycle => return wish(model, Wish::Recycle),
        A::Rollback => return wish(model, Wish::Rollback),
        A::StopTask => {
            let chosen = tasks::living(model).map(|task| task.id().into());
            return wish(model, Wish::StopTask(chosen));
        }
        A::Scale => palette::scale(model),
        A::Follow => model.overlay = Some(Overlay::Follow),
        A::Hold => return follow::hold(model),
        A::CallOff => return follow::call_off(model),
        A::Acknowledge => dialog::acknowledge(model),
        A::StopEnvironment | A::StartEnvironment => return staging::act(model, action),
        A::Arm => return arming::turn(model),
        A::BreakGlass => arming::break_glass(model),
        A::Policy => model.overlay = Some(Overlay::Page(policy::page(model))),
        A::Journal => return vec![record::turn(model)],
        A::Handoff => return handoff::wish(model),
        A::NextField if matches!(model.overlay, Some(Overlay::Arming(_))) => {
            return arming::confirm(model);
        }
        A::Shell => {
            if let Some(arn) = model.subject().cloned() {
                let chosen = tasks::living(model).map(|task| task.id().to_owned());
                let asked = Asked {
                    task: chosen,
                    ..Asked::shell()
                };
                entering::open(model, &arn, asked);
            }
        }
        A::Forward => palette::begin_forward(model),
        A::Sessions => sessions::open(model),
        A::EndSession => return sessions::end(model),
        A::OtherPlaces => entering::turn(model),
        A::NextField => dialog::turn(model, 1),
        A::PreviousField => dialog::turn(model, -1),
        A::NextEntry => palette::step(model, 1),
        A::PreviousEntry => palette::step(model, -1),
        A::Complete => palette::complete(model),
        A::EraseCharacter
        | A::EraseWord
        | A::EraseLine
        | A::CursorLeft
        | A::CursorRight
        | A::CursorStart
        | A::CursorEnd => return Vec::new(),
    }
    model.touch(true);
    Vec::new()
}

/// Whether whoever asks for `action` means the service that is selected.
const fn chooses(action: Action) -> bool {
    use Action as A;
    matches!(
        action,
        A::Up
            | A::Down
            | A::PageUp
            | A::PageDown
            | A::Top
            | A::Bottom
            | A::Open
            | A::FocusLogs
            | A::PauseLogs
            | A::ToggleHealthy
            | A::Redeploy
            | A::Recycle
            | A::Rollback
            | A::StopTask
            | A::Scale
            | A::Shell
            | A::Forward
    )
}

/// Leaves; with something open, only after it was said that this ends it.
fn quit(model: &mut Model) -> Vec<Effect> {
    if model.sessions.is_empty() {
        return leave(model, Effect::Quit);
    }
    model.overlay = Some(Overlay::Parting);
    model.touch(true);
    Vec::new()
}

/// Looks closely at the service in focus, to do to it what is wished.
fn wish(model: &mut Model, wanted: Wish) -> Vec<Effect> {
    let Some(arn) = model.subject().cloned() else {
        return Vec::new();
    };
    wish::wish(model, &arn, wanted, ("", ""))
}

/// Leaves, for good or for a while, but not from a change on its road: its outcome must reach
/// the journal.
fn leave(model: &mut Model, effect: Effect) -> Vec<Effect> {
    let Some(busy) = &model.carrying else {
        return vec![effect];
    };
    let words = format!("wait for the outcome of {} first", busy.name());
    model.say(Tone::Bad, words);
    Vec::new()
}

/// One step back: out of what lies on top.
fn back(model: &mut Model) {
    let overlay = model.overlay.take();
    if matches!(
        overlay,
        Some(Overlay::Picker | Overlay::Dialog(_) | Overlay::Arming(_))
    ) {
        model.entering = None;
    }
    match overlay {
        Some(Overlay::Filter) => return clear_filter(model),
        Some(Overlay::Dialog(dialog)) => return staging::close(model, dialog),
        Some(Overlay::Help(help)) if help.typing => {
            model.overlay = Some(Overlay::Help(Help::default()));
            return;
        }
        Some(_) => return,
        None => {}
    }
    if model.bells.take().is_some() {
        return;
    }
    if model.service.take().is_some() || model.chronicle.take().is_some() {
        return;
    }
    if !model.board.filter.is_empty() {
        return clear_filter(model);
    }
    model.board.pane = Pane::Services;
}

/// Types a filter of the help, or keeps it as it is.
fn sift(model: &mut Model, typing: bool) {
    if let Some(Overlay::Help(help)) = &mut model.overlay {
        help.typing = typing;
    }
}

fn clear_filter(model: &mut Model) {
    model.board.filter = super::input::Input::default();
    model.arrange();
}

fn accept(model: &mut Model) -> Vec<Effect> {
    model.touch(true);
    match model.overlay {
        Some(Overlay::Palette(_)) => palette::accept(model),
        Some(Overlay::Filter) => {
            model.overlay = None;
            model.board.pane = Pane::Services;
            Vec::new()
        }
        Some(Overlay::Picker) => entering::accept(model),
        Some(Overlay::Sessions(_)) => sessions::enter(model),
        Some(Overlay::Help(_)) => {
            sift(model, false);
            Vec::new()
        }
        Some(
            Overlay::Condition
            | Overlay::Dialog(_)
            | Overlay::Parting
            | Overlay::Arming(_)
            | Overlay::Page(_)
            | Overlay::Follow,
        )
        | None => Vec::new(),
    }
}

fn confirm(model: &mut Model) -> Vec<Effect> {
    match &model.overlay {
        Some(Overlay::Arming(_)) => arming::confirm(model),
        _ => dialog::confirm(model),
    }
}

fn turn(model: &mut Model, steps: isize) {
    match &mut model.service {
        Some(page) => page.turn(steps),
        None => model.board.turn(steps),
    }
}

fn focus(model: &mut Model, pane: Pane) {
    match (&mut model.service, pane) {
        (Some(opened), Pane::Logs) => opened.show(Tab::Logs),
        (Some(opened), Pane::Events) => opened.show(Tab::Events),
        (Some(_), Pane::Services | Pane::Kpis) => {}
        (None, pane) => model.board.pane = pane,
    }
}

/// Opens what is selected: a service's page, or the fold of healthy services.
pub(super) fn open_selected(model: &mut Model) {
    match model.board.selected.clone() {
        Some(Selected::Service(arn)) => open(model, &arn),
        Some(Selected::Healthy) => show_healthy(model, true),
        None => {}
    }
}

/// Opens the page of a service the board knows.
pub(super) fn open(model: &mut Model, arn: &ServiceArn) {
    let Some(row) = model.look.row(arn) else {
        return;
    };
    let environment = row.environment.clone();
    let selected = Some(Selected::Service(arn.clone()));
    model.board.chosen = true;
    model.board.select(selected, model.now);
    model.chronicle = None;
    model.service = Some(ServicePage::new(arn.clone(), environment));
    model.logs.follow(Some(arn.clone()));
    model.arrange();
}

/// What changed before it broke: of the opened service, or of the environment in focus. Pressed
/// again it shows everything that happened.
fn what_changed(model: &mut Model) {
    if let Some(page) = &mut model.service {
        if page.tab == Tab::Timeline {
            page.sight.toggle();
        } else {
            page.show(Tab::Timeline);
            page.sight.before = true;
        }
    } else if let Some(chronicle) = &mut model.chronicle {
        chronicle.sight.toggle();
    } else if let Some(environment) = meant::environment_meant(model) {
        let sight = Sight {
            before: true,
            top: 0,
        };
        model.chronicle = Some(Chronicle { environment, sight });
    }
}

/// Shows everything that happened to a service, or to the environment in focus.
pub(super) fn show_timeline(model: &mut Model, service: Option<&ServiceArn>) {
    if let Some(arn) = service {
        open(model, arn);
    } else if model.service.is_none()
        && let Some(environment) = meant::environment_meant(model)
    {
        show_chronicle(model, environment);
    }
    if let Some(page) = &mut model.service {
        page.show(Tab::Timeline);
    }
    model.touch(true);
}

/// Shows the timeline of an environment.
pub(super) fn show_chronicle(model: &mut Model, environment: EnvironmentName) {
    model.service = None;
    model.chronicle = Some(Chronicle {
        environment,
        sight: Sight::default(),
    });
    model.touch(true);
}

fn show_healthy(model: &mut Model, show: bool) {
    model.board.show_healthy = show;
    model.arrange();
}
