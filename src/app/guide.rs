//! What can be done here and now, and by which keys: the one source of hint bar, help, palette
//! and the box that tells what may follow a key.

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

use super::action::{Action, Chapter};
use super::bound::Bound;
use super::keymap::spelled;
use super::meant::{asks, crashed, environment_meant};
use super::model::Model;
use super::screen::Overlay;
use super::screen::alarms;
use super::screen::board::Pane;
use super::screen::chart;
use super::screen::dialog::{self, Stage};
use super::screen::entering::Entering;
use super::screen::service::Tab;
use super::screen::staging;
use super::screen::wish;
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

/// One chapter of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpChapter {
    /// The chapter's name.
    pub chapter: Chapter,
    /// Whether its keys work on the screen beneath the help.
    pub here: bool,
    /// Its actions with all their keys.
    pub lines: Vec<HelpLine>,
}

/// One line of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// All keys, each as printed; empty when only the palette reaches it.
    pub keys: Vec<String>,
    /// The action; its [`Action::help`] is the text.
    pub action: Action,
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

/// The whole help: the chapters that count here first.
pub fn manual(model: &Model) -> Vec<HelpChapter> {
    let here = beneath(model);
    let elsewhere = Chapter::iter().filter(|chapter| !here.contains(chapter));
    let order = here.iter().copied().chain(elsewhere);
    order
        .map(|chapter| HelpChapter {
            chapter,
            here: here.contains(&chapter),
            lines: help_lines(model, chapter),
        })
        .chain(unbound(model))
        .filter(|chapter| !chapter.lines.is_empty())
        .collect()
}

/// From this width on the help stands in two columns.
const MANUAL_ABREAST: u16 = 110;

/// In how many columns the help stands.
pub const fn manual_columns(model: &Model) -> u16 {
    if model.size.columns >= MANUAL_ABREAST {
        2
    } else {
        1
    }
}

/// How many places the help can be scrolled to: a title and a blank line for each chapter, over
/// its columns, less what is in sight between its borders.
pub(super) fn manual_places(model: &Model) -> usize {
    let lines = |chapter: &HelpChapter| chapter.lines.len() + 2;
    let all: usize = manual(model).iter().map(lines).sum();
    let column = all.saturating_sub(1);
    let column = column.div_ceil(usize::from(manual_columns(model)));
    column.saturating_sub(usize::from(model.size.rows.saturating_sub(2))) + 1
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
        A::Redeploy | A::Recycle | A::Rollback | A::StopTask | A::Scale | A::Shell | A::Forward
            if open =>
        {
            Some("this line is several services: enter shows them")
        }
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
fn beneath(model: &Model) -> &'static [Chapter] {
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
    let filter = matches!(model.overlay, Some(Overlay::Filter));
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
        A::Help | A::Palette => pages,
        A::NextPane
        | A::PreviousPane
        | A::FocusEvents
        | A::FocusLogs
        | A::Policy
        | A::Journal
        | A::Handoff => open,
        A::Back => !board || !model.board.filter.is_empty() || model.board.pane != Pane::Services,
        A::PageUp | A::PageDown if staging::planned(model) => true,
        A::Up | A::Down | A::PageUp | A::PageDown | A::Top | A::Bottom => {
            let text = matches!(model.overlay, Some(Overlay::Help(_) | Overlay::Page(_)));
            pages || filter || list || text
        }
        A::Alarms => open,
        A::Charts | A::Open if bells => alarms::offers(model, action),
        A::Charts => open && (model.service.is_some() || environment_meant(model).is_some()),
        A::OneChart
        | A::Longer
        | A::Shorter
        | A::Compare
        | A::Earlier
        | A::Later
        | A::DropChart => charts && chart::offers(model, action),
        A::FocusServices | A::FocusKpis => board,
        A::Filter => board && !model.look.rows.is_empty(),
        A::ToggleHealthy => board && (model.board.show_healthy || model.board.folds()),
        A::Open => board && (model.board.selected.is_some() || model.board.pane == Pane::Kpis),
        A::ClearFilter => board && !model.board.filter.is_empty(),
        A::WhatChanged => open && (model.service.is_some() || environment_meant(model).is_some()),
        A::LastWords => open && model.service.is_some() && crashed(model).is_some(),
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
        | A::ToggleLocalTime
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
        A::ReadLogs | A::Shell | A::Forward => open && model.subject().is_some(),
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

fn help_lines(model: &Model, chapter: Chapter) -> Vec<HelpLine> {
    let bound = model.keymap.lines(chapter);
    let keys = |action: Action| {
        let mine = bound.iter().filter(|(_, other)| *other == action);
        mine.map(|(chords, _)| spelled(chords)).collect()
    };
    Action::iter()
        .map(|action| HelpLine {
            keys: keys(action),
            action,
        })
        .filter(|line| !line.keys.is_empty() && exists(model, line.action))
        .collect()
}

/// Whether there is such a verb here at all: where every environment is production, nothing can
/// be stopped, and no help speaks of it.
fn exists(model: &Model, action: Action) -> bool {
    let mut environments = model.look.snapshot.environments.iter();
    !matches!(action, Action::StopEnvironment | Action::StartEnvironment)
        || environments.any(|one| may_be_stopped(&one.environment))
}

/// The actions a person unbound everywhere: they still have a name for the palette.
fn unbound(model: &Model) -> Option<HelpChapter> {
    let bound: BTreeSet<Action> = Chapter::iter()
        .flat_map(|chapter| model.keymap.lines(chapter))
        .map(|(_, action)| action)
        .collect();
    let lines: Vec<HelpLine> = Action::iter()
        .filter(|action| !bound.contains(action) && exists(model, *action))
        .map(|action| HelpLine {
            keys: Vec::new(),
            action,
        })
        .collect();
    (!lines.is_empty()).then_some(HelpChapter {
        chapter: Chapter::Palette,
        here: false,
        lines,
    })
}
