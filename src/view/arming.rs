//! The box that arms the console, and the frame around a console that is armed: seen from across
//! the room, and without moving anything on the screen.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::layout::Strips;
use super::theme::Tone;
use super::widget::field::field;
use super::widget::panel::{middle, panel};
use crate::app::screen::arming::Arming;
use crate::estate::cut::wrap;
use crate::policy::Arm;

/// Columns and lines of the box.
const SIZE: (u16, u16) = (76, 11);
/// Columns of the label.
const LABEL: u16 = 9;

/// Draws the box over `area`.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, arming: &Arming) {
    let place = middle(area, SIZE.0, SIZE.1);
    let title = if arming.glass {
        "break the glass"
    } else {
        "arm this console"
    };
    let inside = panel(canvas, place, title, Tone::Danger);
    let mut at = 1;
    for words in facts(canvas, arming) {
        for part in wrap(&words, usize::from(inside.width)) {
            canvas.pen(line(inside, at)).put(part, Tone::Text);
            at += 1;
        }
    }
    let place = line(inside, at + 1);
    let mut pen = canvas.pen(place);
    pen.put("▌ ", Tone::Accent)
        .cell("reason", LABEL - 2, Tone::Accent);
    let width = inside.width.saturating_sub(LABEL);
    field(&mut pen, &arming.reason, width, true);
    if arming.reason.is_empty() {
        let asked = "a ticket, or why; it goes into the journal";
        canvas.pen(place).gap(LABEL + 1).rest(asked, Tone::Muted);
    }
    if let Some(complaint) = arming.complaint {
        let mut pen = canvas.pen(line(inside, at + 2));
        pen.gap(2).rest(complaint, Tone::Degraded);
    }
}

fn facts(canvas: &Canvas<'_>, arming: &Arming) -> Vec<String> {
    let terms = &canvas.model.terms;
    let minutes = terms.arming.as_mins();
    let mut facts = Vec::new();
    if let Some(then) = &arming.then {
        let (verb, name) = (then.change.verb(), then.change.confirmation());
        facts.push(format!(
            "{verb} {name} needs it: production, or not proven to be less."
        ));
    }
    if arming.glass {
        facts.push(format!(
            "For {minutes} minutes freeze, cooldown, protection and a running deployment do not stand against a change."
        ));
        let told = match terms.notify.first() {
            Some(program) => format!("It is written down, and {program} is told at once."),
            None => "It is written down; policy.notify names nobody to tell.".to_owned(),
        };
        facts.push(told);
    } else {
        facts.push(format!(
            "For {minutes} minutes production may be altered, each change by name and reason."
        ));
    }
    facts
}

/// Draws the frame of an armed console: red lines above and below, red bars at both sides where
/// nothing stands. Double where the glass is broken.
pub(super) fn draw_frame(canvas: &mut Canvas<'_>, area: Rect, strips: &Strips) {
    let model = canvas.model;
    let Some(arm) = model
        .arm
        .as_ref()
        .filter(|arm| arm.left(model.now).is_some())
    else {
        return;
    };
    let (across, down) = lines(arm);
    let style = canvas.theme.style(Tone::Down);
    canvas.rule(strips.rule, across, Tone::Down);
    for column in strips.status.left()..strips.status.right() {
        let cell = &mut canvas.buffer[(column, strips.status.y)];
        if cell.symbol() == "─" {
            cell.set_symbol(across).set_style(style);
        }
    }
    let sides = [area.left(), area.right().saturating_sub(1)];
    for row in strips.headline.y..strips.status.y {
        for column in sides {
            let cell = &mut canvas.buffer[(column, row)];
            if cell.symbol() == " " {
                cell.set_symbol(down).set_style(style);
            }
        }
    }
}

const fn lines(arm: &Arm) -> (&'static str, &'static str) {
    if arm.glass {
        ("═", "║")
    } else {
        ("━", "│")
    }
}
