//! What the hint bar names here, and what it calls it.

use super::action::Action;
use super::model::Model;
use super::screen::Overlay;
use super::screen::board::{Pane, Selected};
use super::screen::service::Tab;
use super::screen::tasks;

/// The actions a hint bar names, most useful first.
#[expect(clippy::too_many_lines, reason = "one list a screen")]
pub(super) fn worth_showing(model: &Model) -> &'static [Action] {
    use Action as A;
    match &model.overlay {
        Some(Overlay::Help(help)) if help.typing => &[A::Accept, A::Back],
        Some(Overlay::Help(_) | Overlay::Page(_)) => &[
            A::Back,
            A::Filter,
            A::ClearFilter,
            A::Palette,
            A::Down,
            A::Up,
        ],
        Some(Overlay::Palette(_)) => &[A::Accept, A::Complete, A::NextEntry, A::Back],
        Some(Overlay::Filter | Overlay::Condition) => &[A::Accept, A::Back],
        Some(Overlay::Dialog(_)) => &[
            A::Confirm,
            A::Acknowledge,
            A::NextField,
            A::PageDown,
            A::Back,
        ],
        Some(Overlay::Follow) => &[A::Rollback, A::Hold, A::CallOff, A::Back],
        None if model.reader.is_some() => &[
            A::Back,
            A::NarrowLog,
            A::PauseLogs,
            A::PreviousError,
            A::TogglePatterns,
            A::ExpandLine,
            A::DropCondition,
            A::CopyLines,
            A::GoToTime,
            A::ToggleContext,
            A::IncidentStart,
            A::SearchAws,
            A::SaveShown,
            A::ToggleLiveTail,
            A::Help,
            A::Quit,
        ],
        None if model.chart.is_some() => &[
            A::Back,
            A::Earlier,
            A::Later,
            A::Longer,
            A::Shorter,
            A::OneChart,
            A::Compare,
            A::Down,
            A::DropChart,
            A::Help,
            A::Quit,
        ],
        None if model.bells.is_some() => &[
            A::Back,
            A::Down,
            A::Up,
            A::Charts,
            A::Open,
            A::Palette,
            A::Help,
            A::Quit,
        ],
        Some(Overlay::Picker) => &[A::Accept, A::OtherPlaces, A::Down, A::Up, A::Back],
        Some(Overlay::Sessions(_)) => &[A::Accept, A::EndSession, A::Down, A::Up, A::Back],
        Some(Overlay::Parting | Overlay::Arming(_)) => &[A::Confirm, A::Back],
        None if tasks::chosen(model).is_some() => &[
            A::SignIn,
            A::Back,
            A::LastWords,
            A::Shell,
            A::StopTask,
            A::ReadLogs,
            A::Forward,
            A::NextPane,
            A::Follow,
            A::Sessions,
            A::Palette,
            A::Help,
            A::Quit,
        ],
        None if picks_tasks(model) => &[
            A::SignIn,
            A::Back,
            A::Down,
            A::LastWords,
            A::NextPane,
            A::WhatChanged,
            A::Charts,
            A::Follow,
            A::Redeploy,
            A::Recycle,
            A::Rollback,
            A::Shell,
            A::Sessions,
            A::Palette,
            A::Help,
            A::Quit,
        ],
        None if model.service.is_some() => &[
            A::SignIn,
            A::Back,
            A::NextPane,
            A::WhatChanged,
            A::Charts,
            A::LastWords,
            A::PauseLogs,
            A::Follow,
            A::Redeploy,
            A::Recycle,
            A::Rollback,
            A::Shell,
            A::Sessions,
            A::Palette,
            A::Help,
            A::Quit,
        ],
        None if model.chronicle.is_some() => {
            &[A::Back, A::WhatChanged, A::Palette, A::Help, A::Quit]
        }
        None if model.service.is_none() && model.board.pane == Pane::Logs => &[
            A::ReadLogs,
            A::PauseLogs,
            A::Open,
            A::Filter,
            A::Help,
            A::NextPane,
            A::Palette,
            A::Quit,
        ],
        None => &[
            A::SignIn,
            A::Open,
            A::FocusLogs,
            A::WhatChanged,
            A::Charts,
            A::Alarms,
            A::PauseLogs,
            A::Follow,
            A::Redeploy,
            A::Shell,
            A::Handoff,
            A::Help,
            A::Sessions,
            A::Filter,
            A::ClearFilter,
            A::ToggleHealthy,
            A::NextPane,
            A::StopEnvironment,
            A::StartEnvironment,
            A::Palette,
            A::Quit,
        ],
    }
}

/// What the hint bar calls an action where something lies on top that gives it a meaning of its own.
fn words_on_top(model: &Model, action: Action) -> Option<&'static str> {
    use Action as A;
    Some(match (model.overlay.as_ref()?, action) {
        (Overlay::Filter | Overlay::Help(_), A::Accept) => "keep it",
        (Overlay::Filter, A::Back) => "clear it",
        (Overlay::Help(help), A::Back) if help.typing => "clear it",
        (Overlay::Sessions(_), A::Accept) => "go back in",
        (Overlay::Picker, A::Accept) => "go on",
        (Overlay::Parting, A::Confirm) => "end them and quit",
        (Overlay::Parting, A::Back) => "stay",
        (Overlay::Arming(_), A::Confirm) => "arm",
        _ => return None,
    })
}

/// What the hint bar calls an action.
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn words(model: &Model, action: Action) -> &'static str {
    use Action as A;
    if let Some(words) = words_on_top(model, action) {
        return words;
    }
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "most actions are called by their name; a new one is too"
    )]
    match action {
        A::Open if model.board.selected == Some(Selected::Healthy) => "show",
        A::Open if model.bells.is_some() => "its service",
        A::Open if model.board.pane == Pane::Kpis => "charts",
        A::OneChart if model.chart.as_ref().is_some_and(|chart| chart.alone) => "all charts",
        A::OneChart => "this one alone",
        A::DropChart => "drop chart",
        A::FocusLogs => "logs",
        A::Palette => "command",
        A::SignIn => "sign in",
        A::OtherPlaces => match &model.entering {
            Some(entering) if entering.nodes.is_some() => "containers",
            _ => "nodes",
        },
        A::EndSession => "end it",
        A::Sessions => "sessions",
        A::WhatChanged if shows_changes(model) => "everything",
        A::WhatChanged => "what changed",
        A::LastWords if has_last_words(model) => "hide last lines",
        A::LastWords if tasks::living(model).is_some() => "its log",
        A::LastWords => "last lines",
        A::NextPane if model.service.is_some() => "next tab",
        A::NextPane => "next pane",
        A::NextField => "next field",
        A::PageDown => "more rows",
        A::NextEntry => "next",
        A::CallOff => "call it off",
        A::Hold => "hold or go on",
        A::Arm if model.arm.is_some() => "disarm",
        A::StopEnvironment => "stop all",
        A::StartEnvironment => "start all",
        A::ClearFilter => "clear filter",
        A::ToggleHealthy if model.board.show_healthy => "hide healthy",
        A::ToggleHealthy => "show healthy",
        A::PauseLogs
            if model
                .reader
                .as_ref()
                .is_some_and(|reader| reader.at.is_some()) =>
        {
            "follow"
        }
        A::ReadLogs => "read log",
        A::Shell if tasks::living(model).is_some() => "shell into it",
        A::StopTask if tasks::living(model).is_some() => "stop it",
        A::Down if picks_tasks(model) => "pick a task",
        A::NarrowLog => "filter",
        A::PreviousError => "error before",
        A::TogglePatterns => "patterns",
        A::ExpandLine => "fields",
        A::DropCondition => "drop condition",
        A::ToggleContext => "around it",
        A::IncidentStart => "incident start",
        A::GoToTime => "to a time",
        A::CopyLines => "copy",
        A::SaveShown => "save",
        A::SearchAws => "search AWS",
        A::ToggleLiveTail => "live tail",
        A::PauseLogs if model.logs.paused => "follow",
        A::PauseLogs => "pause",
        _ => action.name(),
    }
}

/// Whether the page shows tasks, and none is selected yet.
fn picks_tasks(model: &Model) -> bool {
    let shown = model
        .service
        .as_ref()
        .is_some_and(|page| page.tab == Tab::Tasks);
    model.overlay.is_none() && shown && tasks::any(model) && tasks::chosen(model).is_none()
}

/// Whether only what changed before the trouble is shown.
fn shows_changes(model: &Model) -> bool {
    match (&model.service, &model.chronicle) {
        (Some(page), _) => page.tab == Tab::Timeline && page.sight.before,
        (None, Some(chronicle)) => chronicle.sight.before,
        (None, None) => false,
    }
}

/// Whether the last lines of a task are shown.
fn has_last_words(model: &Model) -> bool {
    let page = model.service.as_ref();
    page.is_some_and(|page| page.last_words.is_some())
}
