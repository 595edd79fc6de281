//! Which actions a hint bar names, on which screen.

use super::action::Action;
use super::model::Model;
use super::screen::Overlay;
use super::screen::board::Pane;

/// The actions a hint bar names, most useful first.
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn worth_showing(model: &Model) -> &'static [Action] {
    use Action as A;
    match &model.overlay {
        Some(Overlay::Help(_)) => &[A::Back, A::Down, A::Up],
        Some(Overlay::Palette(_)) => &[A::Accept, A::Complete, A::NextEntry, A::Back],
        Some(Overlay::Filter | Overlay::Condition) => &[A::Accept, A::Back],
        Some(Overlay::Dialog(_)) => &[A::Confirm, A::NextField, A::PageDown, A::Back],
        None if model.reader.is_some() => &[
            A::Back,
            A::NarrowLog,
            A::PauseLogs,
            A::PreviousError,
            A::TogglePatterns,
            A::ExpandLine,
            A::DropCondition,
            A::ToggleContext,
            A::IncidentStart,
            A::Help,
            A::Quit,
        ],
        Some(Overlay::Picker) => &[A::Accept, A::Down, A::Up, A::Back],
        Some(Overlay::Sessions(_)) => &[A::Accept, A::EndSession, A::Down, A::Up, A::Back],
        Some(Overlay::Parting) => &[A::Confirm, A::Back],
        None if model.service.is_some() => &[
            A::Back,
            A::NextPane,
            A::WhatChanged,
            A::LastWords,
            A::PauseLogs,
            A::Redeploy,
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
            A::Open,
            A::FocusLogs,
            A::WhatChanged,
            A::PauseLogs,
            A::Redeploy,
            A::Shell,
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
