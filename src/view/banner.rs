//! What is wrong with the console's own sight, and what just happened.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::theme::Tone;
use crate::app::guide::sign_in_keys;
use crate::app::{Model, msg};
use crate::estate::problem::ProblemKind;
use crate::policy::JournalState;

/// Draws the worst problem there is with AWS or the journal; an empty line when there is none.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let mut problems: Vec<_> = model
        .look
        .snapshot
        .problems()
        .filter(|(name, _)| model.only.as_ref().is_none_or(|only| only == *name))
        .collect();
    problems.sort_by_key(|(_, problem)| urgency(&problem.kind));
    if let Some((environment, problem)) = problems.first() {
        let others = problems
            .iter()
            .filter(|(_, other)| other.sentence != problem.sentence)
            .count();
        let more = if others > 0 {
            format!("  and {others} more")
        } else {
            String::new()
        };
        let here = match sign_in_keys(model) {
            Some(keys) if problem.kind.is_signed_out() => format!("  {keys} signs in here"),
            _ => String::new(),
        };
        warn(
            canvas,
            area,
            &format!("{environment}: {}{here}{more}", problem.sentence),
        );
    } else if let Some(JournalState::Unwritable(why)) = &model.journal {
        let said = format!("the journal cannot be written, so no change is possible: {why}");
        warn(canvas, area, &said);
    } else if let Some(said) = lag(model) {
        warn(canvas, area, &said);
    }
}

/// What the team does not have of the journal, where somebody should know.
fn lag(model: &Model) -> Option<String> {
    let sharing = model.sharing.as_ref().filter(|one| one.lags(model.now))?;
    let (group, lag) = (&sharing.group, sharing.lag(model.now)?);
    let why = sharing.problem.as_ref();
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    Some(format!("the shared journal {group}, {lag}{why}"))
}

fn warn(canvas: &mut Canvas<'_>, area: Rect, said: &str) {
    canvas
        .pen(area)
        .gap(1)
        .put("▲ ", Tone::Degraded)
        .rest(said, Tone::Degraded);
}

/// What a person must mend comes before what mends itself.
const fn urgency(kind: &ProblemKind) -> u8 {
    match kind {
        ProblemKind::Expired | ProblemKind::NoCredentials | ProblemKind::NoRegion => 0,
        ProblemKind::ClockSkew | ProblemKind::Unreachable => 1,
        ProblemKind::Denied { .. } => 2,
        ProblemKind::Throttled | ProblemKind::Unreadable | ProblemKind::Other => 3,
        ProblemKind::NotFound => 4,
    }
}

/// Draws the line above the hints, and on it what just happened and what is under way.
pub(super) fn draw_status(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    canvas.rule(area, "─", Tone::Faint);
    let mut pen = canvas.pen(area);
    pen.gap(2);
    if let (Some(run), true) = (&model.run, model.carrying.is_some()) {
        let (over, all) = run.progress.counts();
        let (verb, name) = (run.progress.goal.word(), &run.environment);
        let words = format!(" ◌ {verb} {name}: {over} of {all} ");
        pen.put(&words, Tone::Carrying).gap(2);
    } else if let Some(service) = &model.carrying {
        pen.put(" ◌ a change of ", Tone::Carrying);
        pen.put(service.name(), Tone::Carrying);
        pen.put(" is on its way ", Tone::Carrying).gap(2);
    }
    if let Some(notice) = &model.notice {
        let (mark, tone) = match notice.tone {
            msg::Tone::Info => (" ", Tone::Text),
            msg::Tone::Good => (" ✔ ", Tone::Ok),
            msg::Tone::Bad => (" ✖ ", Tone::Down),
        };
        let room = u16::try_from(pen.room()).unwrap_or_default();
        pen.put(mark, tone);
        pen.within(room.saturating_sub(6), |pen| {
            pen.text(&notice.words, tone);
        });
        pen.put(" ", tone);
    }
}
