//! The dialog of a whole environment: one row a service with what it is now, what is on record and
//! what it will be; then the same rows with a mark for how far each is.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::dialog;
use super::identity::grouped;
use super::theme::Tone;
use super::widget::panel::{middle, panel};
use super::widget::pen::Pen;
use crate::app::screen::dialog::{Dialog, Stage};
use crate::estate::staging::{
    Doing, Goal, Phase, Plan, PlannedService, Progress, ProgressRow, State, Step,
};

/// Columns of the dialog, where there are so many.
const WIDTH: u16 = 108;
/// Columns of a service's name.
const NAME: u16 = 24;
/// Columns of a count.
const COUNT: u16 = 7;
/// Lines above the rows and lines of totals below them.
const ABOVE: u16 = 3;
const TOTALS: u16 = 3;
/// Lines in which the dialog asks, refuses or tells.
const BELOW: u16 = 4;

/// Draws the dialog of `plan` over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog, plan: &Plan) {
    let rows = plan.rows();
    let rows = u16::try_from(rows).unwrap_or(u16::MAX);
    let height = rows.saturating_add(ABOVE + TOTALS + BELOW + 2);
    let place = middle(area, WIDTH, height);
    let title = format!("{} {}", plan.goal.word(), plan.target.environment);
    let inside = panel(canvas, place, &title, dialog::tone(dialog));
    let run = canvas.model.run.as_ref();
    let run = run.filter(|run| run.environment == plan.target.environment);
    let progress = match dialog.stage {
        Stage::Asking(_) | Stage::Denied(_) => None,
        Stage::Carrying { .. } | Stage::Done { .. } | Stage::Failed { .. } => {
            run.map(|run| &run.progress)
        }
    };
    draw_head(canvas, inside, dialog, (plan, progress));
    let room = inside.height.saturating_sub(ABOVE + TOTALS + BELOW);
    let table = Rect {
        y: inside.y + ABOVE.min(inside.height),
        height: room,
        ..inside
    };
    draw_rows(canvas, table, (plan, progress), dialog.top);
    let after = Rect {
        y: table.bottom(),
        height: inside.bottom().saturating_sub(table.bottom()),
        ..inside
    };
    draw_totals(canvas, after, plan);
    let told = Rect {
        y: after.y + TOTALS.min(after.height),
        height: after.height.saturating_sub(TOTALS),
        ..after
    };
    draw_told(canvas, told, dialog);
}

/// Where it happens, or how far it is; and the titles of the columns.
fn draw_head(
    canvas: &mut Canvas<'_>,
    area: Rect,
    dialog: &Dialog,
    (plan, progress): (&Plan, Option<&Progress>),
) {
    let mut pen = canvas.pen(area);
    if let Stage::Asking(challenge) = &dialog.stage {
        let tier = Tone::Tier(challenge.tier);
        pen.put(" ", tier).put(challenge.tier.word(), tier);
        pen.put(" ", tier).gap(2);
    }
    pen.put(&grouped(&plan.target.account), Tone::Strong).gap(2);
    if let Some(progress) = progress {
        let (over, all) = progress.counts();
        let words = format!("{}, {over} of {all}", phase(&progress.phase));
        pen.rest(&words, Tone::Moving);
    } else if let Some((who, at)) = plan.stopped_by() {
        let at = canvas.when(at);
        let words = format!("on record since {at}, by {who}");
        canvas.pen(area).flush_right(&words, Tone::Muted);
    }
    let mut pen = canvas.pen(line(area, 2));
    pen.gap(2).cell("SERVICE", NAME, Tone::Muted);
    for title in ["NOW", "SAVED", "AFTER"] {
        pen.right(title, COUNT, Tone::Muted);
    }
    pen.gap(3).put("HOW", Tone::Muted);
}

fn phase(phase: &Phase) -> String {
    match phase {
        Phase::Planned => "not begun".to_owned(),
        Phase::Locking => "taking the lock".to_owned(),
        Phase::Databases => "databases".to_owned(),
        Phase::Alarms => "alarms".to_owned(),
        Phase::Tier(one, all) => format!("tier {one} of {all}"),
        Phase::Unlocking => "giving the lock back".to_owned(),
        Phase::Over => "over".to_owned(),
        Phase::Failed(why) => why.to_string(),
    }
}

/// How a row looks: its mark, and what is said of it.
struct Said {
    mark: &'static str,
    tone: Tone,
    words: String,
}

/// Draws the rows from `top` on, as many as fit, and says where in the list they are.
fn draw_rows(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (plan, progress): (&Plan, Option<&Progress>),
    top: usize,
) {
    let height = usize::from(area.height);
    let all = plan.rows();
    let fit = if all > height {
        height.saturating_sub(1)
    } else {
        all
    };
    let top = top.min(all - fit);
    for (place, index) in (top..top + fit).enumerate() {
        let row = progress.and_then(|progress| progress.rows.get(index));
        let mut pen = canvas.pen(line(area, place));
        if let Some(one) = plan.services.get(index) {
            let said = row.map_or_else(|| planned(one), moved);
            draw_row(&mut pen, &one.name, &counts(one, plan.goal, row), &said);
        } else if let Some(one) = plan.databases.get(index - plan.services.len()) {
            let notes = one.words(plan.goal);
            let said = row.map_or_else(|| intended(&one.doing, &notes), moved);
            draw_row(
                &mut pen,
                &one.database.id,
                &["", "", "db"].map(str::to_owned),
                &said,
            );
        } else if let Some(one) = &plan.mute {
            let notes = one.words(plan.goal);
            let said = row.map_or_else(|| intended(&one.doing, &notes), moved);
            draw_row(
                &mut pen,
                &one.muting.rule,
                &["", "", "alarms"].map(str::to_owned),
                &said,
            );
        }
    }
    if fit < all {
        let words = format!(
            "{}–{} of {all}; page up and page down show the others",
            top + 1,
            top + fit
        );
        canvas.pen(line(area, fit)).gap(2).rest(&words, Tone::Muted);
    }
}

fn draw_row(pen: &mut Pen<'_>, name: &str, counts: &[String; 3], said: &Said) {
    pen.put(said.mark, said.tone).gap(1);
    pen.cell(name, NAME - 1, Tone::Text).gap(1);
    for (column, count) in counts.iter().enumerate() {
        let tone = if column == 2 {
            Tone::Strong
        } else {
            Tone::Text
        };
        pen.right(count, COUNT, tone);
    }
    pen.gap(3).rest(&said.words, said.tone);
}

fn counts(one: &PlannedService, goal: Goal, row: Option<&ProgressRow>) -> [String; 3] {
    let saved = one.saved.as_ref();
    let now = match row.map(|row| &row.state) {
        Some(State::Settling { running, .. }) => *running,
        Some(State::Done) => one.after(goal),
        Some(
            State::Waiting
            | State::Asking { .. }
            | State::Nothing { .. }
            | State::Skipped { .. }
            | State::Failed { .. },
        )
        | None => one.belief.desired,
    };
    [
        now.to_string(),
        match (saved, goal) {
            (Some(record), _) => record.desired.to_string(),
            (None, Goal::Stop) if one.doing == Doing::Work => one.belief.desired.to_string(),
            (None, Goal::Stop | Goal::Start) => "–".to_owned(),
        },
        one.after(goal).to_string(),
    ]
}

/// What will be done with a service, and what to know of it.
fn planned(one: &PlannedService) -> Said {
    // What it scales by when it is up: asleep it has no minimum.
    let back = one.saved.as_ref().and_then(|record| record.scaling);
    let mut notes = Vec::new();
    notes.extend(one.resurrected.as_ref().map(ToString::to_string));
    notes.extend(
        back.or(one.scaling)
            .map(|scaling| format!("scales {} to {}", scaling.min, scaling.max)),
    );
    if !one.scheduled.is_empty() {
        notes.push(format!("{} scheduled actions", one.scheduled.len()));
    }
    let mut said = intended(&one.doing, &notes.join(", "));
    if one.resurrected.is_some() && one.doing == Doing::Work {
        said.tone = Tone::Degraded;
    }
    said
}

fn intended(doing: &Doing, notes: &str) -> Said {
    let (mark, tone, words) = match doing {
        Doing::Work => (" ", Tone::Muted, notes.to_owned()),
        Doing::Nothing(why) => ("✔", Tone::Muted, why.to_string()),
        Doing::Skipped(why) => ("–", Tone::Muted, format!("skipped: {why}")),
        Doing::Refused(why) => ("✖", Tone::Degraded, format!("not now: {why}")),
        Doing::Ask(why) => ("?", Tone::Unknown, why.to_string()),
    };
    Said { mark, tone, words }
}

fn moved(row: &ProgressRow) -> Said {
    let (mark, tone) = match row.state {
        State::Waiting => ("·", Tone::Muted),
        State::Asking { .. } | State::Settling { .. } => ("◌", Tone::Moving),
        State::Done => ("✔", Tone::Ok),
        State::Nothing { .. } => ("✔", Tone::Muted),
        State::Skipped { .. } => ("–", Tone::Muted),
        State::Failed { .. } => ("✖", Tone::Down),
    };
    let words = match &row.state {
        State::Asking { step } => asked(step),
        State::Waiting
        | State::Settling { .. }
        | State::Done
        | State::Nothing { .. }
        | State::Skipped { .. }
        | State::Failed { .. } => row.state.words(),
    };
    Said { mark, tone, words }
}

/// What AWS is asked, as people say it.
fn asked(step: &Step) -> String {
    match step {
        Step::Save { .. } => "putting its count on record".to_owned(),
        Step::Forget { .. } => "taking its record away".to_owned(),
        Step::Scale { .. } => "setting its auto scaling".to_owned(),
        Step::Desire { .. } => "setting its count".to_owned(),
        Step::Lock { .. }
        | Step::Unlock { .. }
        | Step::StopDatabase { .. }
        | Step::StartDatabase { .. }
        | Step::Mute { .. }
        | Step::Unmute { .. } => step.words(),
    }
}

fn draw_totals(canvas: &mut Canvas<'_>, area: Rect, plan: &Plan) {
    let totals = plan.totals();
    let mut pen = canvas.pen(area);
    let words = format!(
        "{} to {}, {} left out",
        totals.work,
        plan.goal.word(),
        totals.left_out
    );
    pen.gap(2).cell(&words, NAME, Tone::Strong);
    pen.right(&totals.now.to_string(), COUNT, Tone::Strong);
    pen.right("", COUNT, Tone::Text);
    pen.right(&totals.after.to_string(), COUNT, Tone::Strong);
    let saving = plan
        .saving(&canvas.model.orders(&plan.target.environment))
        .told(plan.goal);
    let mut pen = canvas.pen(line(area, 1));
    pen.gap(2).rest(&saving, Tone::Muted);
    if let Some(words) = plan.untouched() {
        canvas.pen(line(area, 2)).gap(2).rest(words, Tone::Muted);
    }
}

/// What the dialog asks, or how it ended.
fn draw_told(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog) {
    let (mark, words, tone) = match &dialog.stage {
        Stage::Asking(challenge) => {
            dialog::draw_fields(canvas, area, dialog, challenge);
            return;
        }
        Stage::Denied(reason) => {
            let words = format!("{}: {}", reason.rule, reason.alternative);
            canvas.pen(line(area, 1)).gap(2).rest(&words, Tone::Text);
            ("✖ ", reason.sentence.as_str(), Tone::Down)
        }
        Stage::Carrying { .. } => {
            let words = "closing this stops nothing; the same key shows it again";
            canvas.pen(line(area, 1)).gap(2).rest(words, Tone::Muted);
            ("◌ ", "on its way", Tone::Moving)
        }
        Stage::Done { words, .. } => ("✔ ", words.as_str(), Tone::Ok),
        Stage::Failed { words } => ("✖ ", words.as_str(), Tone::Down),
    };
    canvas.pen(area).put(mark, tone).rest(words, tone);
}
