//! What can be done here and now, and by which keys: the one source of hint bar, palette and the
//! box that tells what may follow a key. `manual` tells what every key does, wherever one is.

use super::action::{Action, Chapter};
use super::bound::Bound;
use super::meant::{asks, crashed, environment_meant};
use super::model::Model;
use super::screen::Overlay;
use super::screen::alarms;
use super::screen::board::Pane;
use super::screen::chart;
use super::screen::dialog::{self, Stage};
use super::screen::entering::Entering;
use super::screen::record;
use super::screen::service::Tab;
use super::screen::staging;
use super::screen::tasks;
use super::screen::wish;
use super::signing;
use crate::estate::text::Text;
use crate::policy::{Mode, may_be_stopped};

/// One entry of the hint bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys, as printed (`ctrl-c`, `g g`).
    pub keys: String,
    /// What they do, in a word or two.
    pub words: &'static str,
    /// The action.
    pub action: Action,
}

/// The keys that sign in again, while somebody has to.
pub fn sign_in_keys(model: &Model) -> Option<String> {
    let wanted = offers(model, Action::SignIn);
    wanted.then(|| Bound::here(model).keys(Action::SignIn))?
}

/// What the hint bar shows, most useful first; a narrow screen shows as many as fit.
pub fn hints(model: &Model) -> Vec<Hint> {
    let bound = Bound::here(model);
    let wanted = super::hints::worth_showing(model).iter().copied();
    wanted
        .filter(|action| offers(model, *action))
        .filter_map(|action| {
            Some(Hint {
                keys: bound.keys(action)?,
                words: super::hints::words(model, action),
                action,
            })
        })
        .collect()
}

/// One thing that may be done next about the opened service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The keys, as printed.
    pub keys: String,
    /// What they do, in a word or two.
    pub words: &'static str,
    /// Why it would be refused now, if it would.
    pub refused: Option<Text>,
}

/// What may be done about the opened service, and why another thing may not: an action that is
/// refused is not hidden, because a person would look for it.
pub fn next_steps(model: &Model) -> Vec<NextStep> {
    let bound = Bound::here(model);
    let subject = model.subject();
    let steps = [
        Action::LastWords,
        Action::WhatChanged,
        Action::Redeploy,
        Action::Shell,
    ];
    steps
        .into_iter()
        .filter(|action| offers(model, *action))
        .filter_map(|action| {
            let refused = match (action, subject) {
                (Action::Redeploy, Some(arn)) => wish::refused(model, arn),
                (_, _) => None,
            };
            Some(NextStep {
                keys: bound.keys(action)?,
                words: super::hints::words(model, action),
                refused,
            })
        })
        .collect()
}

/// Why `action` does nothing here, for somebody who pressed its key; `None` where nobody would
/// wonder.
pub(super) fn refusal(model: &Model, action: Action) -> Option<&'static str> {
    use Action as A;
    let open = model.overlay.is_none();
    let unread = model.look.rows.is_empty();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the others do what they do wherever their keys count"
    )]
    match action {
        A::Confirm if asks(model) => Some("type the reason and the name first"),
        A::Open
        | A::Filter
        | A::Redeploy
        | A::Recycle
        | A::Rollback
        | A::StopTask
        | A::Scale
        | A::Shell
        | A::Forward
        | A::ToggleHealthy
            if open && unread =>
        {
            Some("no service is known yet")
        }
        A::StopTask | A::Shell | A::Forward if open && tasks::is_over(model) => {
            Some("the selected task has stopped: select one that runs")
        }
        A::Redeploy | A::Recycle | A::Rollback | A::StopTask | A::Scale | A::Shell | A::Forward
            if open =>
        {
            Some("this line is several services: enter shows them")
        }
        A::SignIn if open => Some("nobody has to sign in"),
        A::Follow if open => Some("no change is on its way"),
        A::ToggleHealthy if open => Some("no healthy service is folded away"),
        A::StopEnvironment | A::StartEnvironment if open && model.carrying.is_some() => {
            Some("wait for the change that is on its way")
        }
        A::StopEnvironment | A::StartEnvironment if open => match staging::meant(model) {
            Some(_) => Some("production has no such verb"),
            None => Some("select a service of the environment first, or type : stop NAME"),
        },
        A::Sessions if open => Some("nothing is open: s opens a shell"),
        A::ClearFilter if open => Some("nothing is filtered"),
        A::PauseLogs if open => Some("no log is followed yet"),
        A::LastWords if open => Some("no task of it crashed in the time AWS remembers"),
        A::WhatChanged if open => Some("no service is known yet"),
        A::Arm | A::BreakGlass if open && model.mode == Mode::ReadOnly => {
            Some("this console is read-only: it cannot be armed")
        }
        _ => None,
    }
}

/// What may follow the keys pressed so far (key, what it does); empty outside a sequence.
pub fn following(model: &Model) -> Vec<(String, &'static str)> {
    if model.pending.is_empty() {
        return Vec::new();
    }
    let next = model.keymap.after(chapters(model), &model.pending);
    next.into_iter()
        .map(|(chord, actions)| {
            let help = match actions.as_slice() {
                [only] => only.help(),
                _ => "…",
            };
            (chord.to_string(), help)
        })
        .collect()
}

/// The chapters that give keys their meaning now, the first wins.
pub(super) fn chapters(model: &Model) -> &'static [Chapter] {
    match &model.overlay {
        Some(Overlay::Help(help)) if help.typing => {
            &[Chapter::Filter, Chapter::Input, Chapter::Global]
        }
        Some(Overlay::Help(_) | Overlay::Page(_)) => &[Chapter::Help, Chapter::Global],
        Some(Overlay::Palette(_)) => &[Chapter::Palette, Chapter::Input, Chapter::Global],
        Some(Overlay::Filter) => &[Chapter::Filter, Chapter::Input, Chapter::Global],
        Some(Overlay::Condition) => &[Chapter::Condition, Chapter::Input, Chapter::Global],
        Some(Overlay::Dialog(_) | Overlay::Arming(_)) => {
            &[Chapter::Dialog, Chapter::Input, Chapter::Global]
        }
        Some(Overlay::Picker | Overlay::Sessions(_)) => &[Chapter::Sessions, Chapter::Global],
        Some(Overlay::Parting) => &[Chapter::Dialog, Chapter::Global],
        Some(Overlay::Follow) => &[Chapter::Follow, Chapter::Global],
        None => beneath(model),
    }
}

/// The chapters of the screen under the overlays.
pub(super) fn beneath(model: &Model) -> &'static [Chapter] {
    if model.reader.is_some() {
        return &[Chapter::Reader, Chapter::Global];
    }
    if model.chart.is_some() {
        return &[Chapter::Charts, Chapter::Global];
    }
    if model.bells.is_some() {
        return &[Chapter::Alarms, Chapter::Global];
    }
    match &model.service {
        Some(page) if page.tab == Tab::Logs => &[Chapter::Logs, Chapter::Service, Chapter::Global],
        Some(_) => &[Chapter::Service, Chapter::Global],
        None if model.chronicle.is_some() => &[Chapter::Timeline, Chapter::Global],
        None if model.board.pane == Pane::Logs => &[Chapter::Logs, Chapter::Board, Chapter::Global],
        None => &[Chapter::Board, Chapter::Global],
    }
}

/// Whether typed characters go into a text field now.
pub(super) const fn takes_text(model: &Model) -> bool {
    if let Some(Overlay::Help(help)) = &model.overlay {
        return help.typing;
    }
    matches!(
        model.overlay,
        Some(
            Overlay::Palette(_)
                | Overlay::Filter
                | Overlay::Condition
                | Overlay::Dialog(_)
                | Overlay::Arming(_)
        )
    )
}

/// Whether `action` does anything in `model`.
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn offers(model: &Model, action: Action) -> bool {
    use Action as A;
    let dialog = match &model.overlay {
        Some(Overlay::Dialog(dialog)) => Some(dialog),
        _ => None,
    };
    let asking = dialog.is_some_and(|dialog| matches!(dialog.stage, Stage::Asking(_)));
    let arming = matches!(model.overlay, Some(Overlay::Arming(_)));
    let glass = model.arm.as_ref().is_some_and(|arm| arm.glass);
    let palette = matches!(model.overlay, Some(Overlay::Palette(_)));
    let help = match &model.overlay {
        Some(Overlay::Help(help)) => Some(help),
        _ => None,
    };
    let sifts = help.is_some_and(|help| help.typing);
    let filter = sifts || matches!(model.overlay, Some(Overlay::Filter));
    let condition = matches!(model.overlay, Some(Overlay::Condition));
    let reading = model.overlay.is_none() && model.reader.is_some();
    let picker = matches!(model.overlay, Some(Overlay::Picker));
    let sessions = matches!(model.overlay, Some(Overlay::Sessions(_)));
    let list = picker || sessions;
    let parting = matches!(model.overlay, Some(Overlay::Parting));
    let charts = model.overlay.is_none() && !reading && model.chart.is_some();
    let bells = model.overlay.is_none() && !reading && !charts && model.bells.is_some();
    let open = model.overlay.is_none() && !reading && !charts && !bells;
    let board = open && model.service.is_none() && model.chronicle.is_none();
    let pages = open || reading || charts || bells;
    match action {
        A::Quit | A::Suspend | A::Refresh | A::ToggleTimes => true,
        // A page names commands, so they can be typed on top of it.
        A::Palette => pages || matches!(model.overlay, Some(Overlay::Page(_))),
        A::Help | A::ToggleLocalTime => pages,
        A::SignIn => pages && signing::wanted(model),
        A::NextPane
        | A::PreviousPane
        | A::FocusEvents
        | A::FocusLogs
        | A::Policy
        | A::Handoff
        | A::Alarms => open,
        A::Journal => open || record::turns(model),
        A::Back => !board || !model.board.filter.is_empty() || model.board.pane != Pane::Services,
        A::PageUp | A::PageDown if staging::planned(model) => true,
        A::Up | A::Down | A::PageUp | A::PageDown | A::Top | A::Bottom => {
            let text = matches!(model.overlay, Some(Overlay::Help(_) | Overlay::Page(_)));
            pages || filter || list || text
        }
        A::Charts | A::Open if bells => alarms::offers(model, action),
        A::Charts | A::WhatChanged => {
            open && (model.service.is_some() || environment_meant(model).is_some())
        }
        A::OneChart
        | A::Longer
        | A::Shorter
        | A::Compare
        | A::Earlier
        | A::Later
        | A::DropChart => charts && chart::offers(model, action),
        A::FocusServices | A::FocusKpis => board,
        A::Filter => help.is_some() || (board && !model.look.rows.is_empty()),
        A::ToggleHealthy => board && (model.board.show_healthy || model.board.folds()),
        A::Open => board && (model.board.selected.is_some() || model.board.pane == Pane::Kpis),
        A::ClearFilter => {
            let sifted = help.is_some_and(|help| !help.sieve.is_empty());
            sifted || (board && !model.board.filter.is_empty())
        }
        A::LastWords => {
            let any = crashed(model).is_some() || tasks::chosen(model).is_some();
            open && model.service.is_some() && any
        }
        A::PauseLogs => reading || (open && model.logs.service.is_some()),
        A::NarrowLog
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
        | A::NextBookmark => model.overlay.is_none() && super::reading::offers(model, action),
        A::ReadLogs => open && model.subject().is_some(),
        A::Shell | A::Forward => open && model.subject().is_some() && !tasks::is_over(model),
        A::StopTask if tasks::is_over(model) => false,
        A::Sessions => open && !model.sessions.is_empty(),
        A::OtherPlaces => {
            let entering = model.entering.as_ref().filter(|_| picker);
            entering.is_some_and(|entering| entering.service.is_some())
        }
        A::EndSession => sessions && !model.sessions.is_empty(),
        A::Redeploy | A::Recycle | A::StopTask | A::Scale => {
            open && model.subject().is_some() && missing(model, action).is_none()
        }
        A::Rollback => {
            let here = open || matches!(model.overlay, Some(Overlay::Follow));
            here && model.subject().is_some() && missing(model, action).is_none()
        }
        A::Follow => open && model.pursuits.any(),
        A::Hold | A::CallOff => model.pursuits.recycle.is_some(),
        A::Acknowledge => dialog.is_some_and(|dialog| dialog::has_unread_warnings(dialog)),
        A::StopEnvironment | A::StartEnvironment => {
            open && staging::meant(model).is_some_and(may_be_stopped)
        }
        A::NextField => asking || arming,
        A::PreviousField => asking,
        A::Confirm => parting || arming || dialog.is_some_and(|dialog| dialog.ready),
        A::Arm => open && model.mode != Mode::ReadOnly,
        A::BreakGlass => open && model.mode != Mode::ReadOnly && !glass,
        A::Accept => palette || filter || condition || picks(model),
        A::Complete | A::NextEntry | A::PreviousEntry => palette,
        A::EraseCharacter
        | A::EraseWord
        | A::EraseLine
        | A::CursorLeft
        | A::CursorRight
        | A::CursorStart
        | A::CursorEnd => palette || filter || condition || asking || arming,
    }
}

/// Whether the list that lies on top has something to take.
fn picks(model: &Model) -> bool {
    match &model.overlay {
        Some(Overlay::Picker) => {
            let entering = model.entering.as_ref();
            entering.is_some_and(Entering::is_chosen)
        }
        Some(Overlay::Sessions(list)) => {
            let chosen = list.chosen(&model.sessions);
            chosen.is_some_and(|one| one.port.is_none())
        }
        _ => false,
    }
}

/// The IAM action whose absence AWS answered to this verb before, in the environment of the
/// service in focus.
pub(super) fn missing(model: &Model, action: Action) -> Option<&Text> {
    let (place, _) = model.look.snapshot.service(model.subject()?)?;
    let verb = (place.environment.name.clone(), action.name());
    model.denied.get(&verb)
}
