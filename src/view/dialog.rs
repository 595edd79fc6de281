//! The dialog of a change: the facts first, then the words to type, then how it goes.

use ratatui::layout::Rect;
use ratatui::widgets::{Clear, Widget as _};

use super::canvas::{Canvas, line};
use super::identity::grouped;
use super::staging;
use super::theme::Tone;
use super::widget::field::field;
use super::widget::panel::{middle, panel};
use crate::app::input::Input;
use crate::app::screen::dialog::{Dialog, Field, Stage};
use crate::app::screen::second::Second;
use crate::app::{Action, guide};
use crate::estate::change::Change;
use crate::estate::cut::wrap;
use crate::estate::environment::Tier;
use crate::estate::identity::short;
use crate::policy::{Challenge, Line, Mark, Reason, UNREAD};

/// Columns of the labels.
const LABEL: u16 = 15;
/// Columns of the dialog, where there are so many.
const WIDTH: u16 = 96;
/// Lines of the identity and the rule below it.
const HEAD: u16 = 2;

/// Draws the dialog over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog) {
    if let Some(plan) = dialog.change.plan() {
        return staging::draw(canvas, area, dialog, plan);
    }
    let rows = height(dialog, area.width);
    let place = middle(below_the_rule(area, rows), WIDTH, rows);
    let target = dialog.change.target();
    let title = format!(
        "{} {} in {}",
        dialog.change.verb(),
        target.service.name(),
        target.environment
    );
    let inside = panel(canvas, place, &title, tone(dialog));
    match &dialog.stage {
        Stage::Asking(challenge) => draw_asking(canvas, inside, dialog, challenge),
        Stage::Denied(reason) => draw_denied(canvas, inside, dialog, reason),
        Stage::Carrying { words } => {
            let said = ("◌ ", words.as_str(), Tone::Moving);
            draw_ending(
                canvas,
                inside,
                said,
                if is_session(dialog) {
                    "closing this stops nothing; o lists what is open"
                } else {
                    "closing this stops nothing; the board shows how it goes"
                },
            );
        }
        Stage::Done { words, journal } => {
            let entry = format!("journal entry {journal}; the board shows the rollout");
            draw_ending(canvas, inside, ("✔ ", words, Tone::Ok), &entry);
        }
        Stage::Failed { words } => {
            let said = ("✖ ", words.as_str(), Tone::Down);
            draw_ending(
                canvas,
                inside,
                said,
                "the journal says what was asked and what came back",
            );
        }
    }
}

/// A box that would fill the screen leaves the first lines alone: who and where one is, and the
/// rule of an armed console, which else would lie over the dialog's own account.
fn below_the_rule(area: Rect, rows: u16) -> Rect {
    if rows.saturating_add(2 * HEAD) <= area.height {
        return area;
    }
    Rect {
        y: area.y + HEAD.min(area.height),
        height: area.height.saturating_sub(HEAD),
        ..area
    }
}

fn is_session(dialog: &Dialog) -> bool {
    matches!(dialog.change, Change::Session(_))
}

/// The border of a change in production does not look like any other.
pub(super) fn tone(dialog: &Dialog) -> Tone {
    match &dialog.stage {
        Stage::Asking(challenge) => Tone::Tier(challenge.tier),
        Stage::Denied(_) | Stage::Failed { .. } => Tone::Danger,
        Stage::Carrying { .. } => Tone::Carrying,
        Stage::Done { .. } => Tone::Tier(Tier::Staging),
    }
}

/// Lines the dialog needs on a screen of `columns`.
fn height(dialog: &Dialog, columns: u16) -> u16 {
    let room = columns.min(WIDTH).saturating_sub(4);
    let facts: usize = dialog
        .lines
        .iter()
        .map(|fact| words(fact, room).len())
        .sum();
    let inside = match &dialog.stage {
        Stage::Asking(challenge) => facts + 8 + usize::from(challenge.second),
        Stage::Denied(_) => facts + 7,
        Stage::Carrying { .. } | Stage::Done { .. } | Stage::Failed { .. } => 6,
    };
    u16::try_from(inside + 2).unwrap_or(u16::MAX)
}

/// The lines a fact takes in a dialog with `room` columns inside.
fn words(fact: &Line, room: u16) -> Vec<&str> {
    wrap(&fact.words, usize::from(room.saturating_sub(LABEL)))
}

fn draw_asking(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog, challenge: &Challenge) {
    let place = format!(
        "{} {}",
        challenge.alias.as_deref().unwrap_or("account"),
        grouped(&challenge.account)
    );
    let mut pen = canvas.pen(area);
    let tier = Tone::Tier(challenge.tier);
    pen.put(" ", tier)
        .put(&challenge.tier.word().to_uppercase(), tier)
        .put(" ", tier);
    pen.gap(2).rest(&place, Tone::Strong);
    let facts = draw_facts(canvas, area, 2, &dialog.lines);
    let fields = 3 + usize::from(challenge.second);
    let below = usize::from(area.height)
        .saturating_sub(fields)
        .min(facts + 1);
    let down = u16::try_from(below).unwrap_or(area.height).min(area.height);
    let fields = Rect {
        y: area.y + down,
        height: area.height - down,
        ..area
    };
    Clear.render(fields, canvas.buffer);
    draw_fields(canvas, fields, dialog, challenge);
}

/// Draws what is to be typed, and what is still wrong with it.
pub(super) fn draw_fields(
    canvas: &mut Canvas<'_>,
    area: Rect,
    dialog: &Dialog,
    challenge: &Challenge,
) {
    let name = format!("type {} here to confirm", challenge.confirm);
    let proposal = dialog.proposal().map_or_else(
        || "name=tasks; what is not named is left alone".to_owned(),
        |proposal| format!("{proposal}  (→ takes it; left empty, they are left alone)"),
    );
    let fields = dialog.fields();
    for (index, which) in fields.iter().enumerate() {
        let (label, asked, input) = match which {
            Field::Counts => ("tasks", proposal.as_str(), &dialog.counts),
            Field::Reason => (
                "reason",
                "say why; it goes into the journal",
                &dialog.reason,
            ),
            Field::Name => ("name", name.as_str(), &dialog.name),
        };
        let place = line(area, index);
        let focused = dialog.field == *which;
        draw_field(canvas, place, (label, input), focused);
        if input.is_empty() {
            let mut pen = canvas.pen(place);
            pen.gap(LABEL + u16::from(focused)).rest(asked, Tone::Muted);
        }
    }
    let mut rows = fields.len();
    if challenge.second {
        draw_second(canvas, line(area, rows), &dialog.second);
        rows += 1;
    }
    let last = line(area, rows);
    if dialog.ready {
        let does = keys(canvas, Action::Confirm, " does it");
        let words = format!("✔ everything is typed; nothing has happened yet{does}");
        canvas.pen(last).rest(&words, Tone::Ok);
    } else if let Some(miscounted) = &dialog.miscounted {
        canvas.pen(last).gap(2).rest(miscounted, Tone::Degraded);
    } else if let Some(complaint) = challenge.complaint {
        let does = keys(canvas, Action::Acknowledge, " does it");
        let words = if complaint == UNREAD {
            format!("{complaint}{does}")
        } else {
            complaint.to_owned()
        };
        canvas.pen(last).gap(2).rest(&words, Tone::Degraded);
    }
}

/// `, ctrl-s does it`: the dialog may lie over the strip that names the keys.
fn keys(canvas: &Canvas<'_>, action: Action, words: &str) -> String {
    let mut hints = guide::hints(canvas.model).into_iter();
    let hint = hints.find(|hint| hint.action == action);
    hint.map_or_else(String::new, |hint| format!(", {}{words}", hint.keys))
}

/// Draws how it stands with the second person.
fn draw_second(canvas: &mut Canvas<'_>, area: Rect, second: &Second) {
    let mut pen = canvas.pen(area);
    pen.gap(2).cell("second", LABEL - 2, Tone::Muted);
    match &second.approver {
        _ if !second.words.is_empty() => pen.rest(&second.words, Tone::Degraded),
        Some(approver) => {
            let words = format!("{}: {}", short(&approver.caller), approver.reason);
            pen.rest(&words, Tone::Text)
        }
        None if second.code.is_some() => {
            pen.rest("paste here what `firstline approve` printed", Tone::Muted)
        }
        None => pen.rest("when all is typed, a code for another person", Tone::Muted),
    };
}

/// Draws the facts from line `first` on; gives the line after them.
fn draw_facts(canvas: &mut Canvas<'_>, area: Rect, first: usize, facts: &[Line]) -> usize {
    let mut at = first;
    for fact in facts {
        let (mark, tone) = match fact.mark {
            Mark::Note => ("  ", Tone::Text),
            Mark::Ok => ("✔ ", Tone::Ok),
            Mark::Warn => ("▲ ", Tone::Degraded),
            Mark::Bad => ("✖ ", Tone::Down),
        };
        let said = if fact.mark == Mark::Bad {
            Tone::Strong
        } else {
            Tone::Text
        };
        let mut pen = canvas.pen(line(area, at));
        pen.put(mark, tone)
            .cell(fact.label, LABEL - 3, Tone::Muted)
            .gap(1);
        for part in words(fact, area.width) {
            canvas.pen(line(area, at)).gap(LABEL).put(part, said);
            at += 1;
        }
    }
    at
}

fn draw_field(canvas: &mut Canvas<'_>, area: Rect, named: (&str, &Input), focused: bool) {
    let (label, input) = named;
    let tone = if focused { Tone::Accent } else { Tone::Muted };
    let mut pen = canvas.pen(area);
    pen.put(if focused { "▌ " } else { "  " }, tone);
    pen.cell(label, LABEL - 2, tone);
    field(&mut pen, input, area.width.saturating_sub(LABEL), focused);
}

fn draw_denied(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog, reason: &Reason) {
    let facts = draw_facts(canvas, area, 0, &dialog.lines);
    let spare = usize::from(area.height).saturating_sub(6);
    let first = (facts + 1).min(spare);
    let told = Rect {
        y: area.y + u16::try_from(first).unwrap_or(0),
        height: area.height - u16::try_from(first).unwrap_or(0),
        ..area
    };
    Clear.render(told, canvas.buffer);
    let next = draw_wrapped(canvas, told, 0, ("✖ ", &reason.sentence, Tone::Down));
    let next = draw_wrapped(canvas, told, next, ("  ", reason.alternative, Tone::Text));
    let target = dialog.change.target();
    let rule = format!(
        "rule {} · account {}",
        reason.rule,
        grouped(&target.account)
    );
    canvas
        .pen(line(told, next + 1))
        .gap(2)
        .rest(&rule, Tone::Muted);
}

fn draw_ending(canvas: &mut Canvas<'_>, area: Rect, said: (&str, &str, Tone), after: &str) {
    let next = draw_wrapped(canvas, area, 1, said);
    canvas
        .pen(line(area, next + 1))
        .gap(2)
        .rest(after, Tone::Muted);
}

/// Draws a sentence over as many lines as it takes, from `first` on; gives the line after it.
fn draw_wrapped(
    canvas: &mut Canvas<'_>,
    area: Rect,
    first: usize,
    (mark, sentence, tone): (&str, &str, Tone),
) -> usize {
    let width = usize::from(area.width.saturating_sub(2));
    let mut at = first;
    for part in wrap(sentence, width) {
        let mut pen = canvas.pen(line(area, at));
        pen.put(if at == first { mark } else { "  " }, tone)
            .put(part, tone);
        at += 1;
    }
    at
}
