//! The nodes of Session Manager somebody may enter: each with how its agent answers.

use ratatui::layout::Rect;

use super::canvas::{Canvas, line};
use super::picker::draw_checks;
use super::theme::Tone;
use super::widget::window;
use crate::app::screen::nodes::Nodes;
use crate::estate::doctor::obstacle;
use crate::estate::id::EnvironmentName;
use crate::estate::node::{Node, Ping};

/// The names of the columns.
pub(super) const HEAD: &str =
    "NODE                 NAME          PING              ENVIRONMENT  A SESSION";

/// Draws the list, and below it what the doctor says of the selected one.
pub(super) fn draw(canvas: &mut Canvas<'_>, (table, beneath): (Rect, Rect), list: &Nodes) {
    let there = list.there();
    let selected = list.index();
    let instead = match (there.is_empty(), list.is_waiting()) {
        (true, true) => Some("asking Session Manager …"),
        (true, false) if list.problems().next().is_none() => Some(
            "Session Manager manages no node here: an instance needs its agent and an instance profile",
        ),
        _ => None,
    };
    if let Some(words) = instead {
        canvas.pen(table).gap(2).rest(words, Tone::Muted);
    }
    let height = usize::from(table.height);
    let window = window::around(selected.unwrap_or(0), there.len(), height);
    let position = window::position(&window, there.len());
    for (down, index) in window.enumerate() {
        if let Some((environment, node)) = there.get(index) {
            let chosen = selected == Some(index);
            draw_node(canvas, line(table, down), (environment, node), chosen);
        }
    }
    if let Some(position) = position {
        let bottom = line(table, height.saturating_sub(1));
        canvas.pen(bottom).flush_right(&position, Tone::Accent);
    }
    let chosen = selected.and_then(|index| there.get(index));
    let mut at = beneath;
    for (environment, problem) in list.problems() {
        let words = format!("{environment}: {problem}");
        canvas.pen(line(at, 0)).gap(2).rest(&words, Tone::Down);
        at.y += 1.min(at.height);
        at.height = at.height.saturating_sub(1);
    }
    if let Some((_, node)) = chosen {
        let unseen = "not looked at: Session Manager's preferences, and your own rights";
        draw_checks(canvas, at, (node.examine(), unseen));
    } else if let Some(why) = list.unsure() {
        canvas.pen(at).gap(2).rest(&why, Tone::Text);
    }
}

fn draw_node(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (environment, node): (&EnvironmentName, &Node),
    chosen: bool,
) {
    let (mark, tone) = match node.ping {
        Ping::Online => ("✔ ", Tone::Ok),
        Ping::Lost | Ping::Inactive => ("✖ ", Tone::Down),
        Ping::Unknown(_) => ("? ", Tone::Unknown),
    };
    let mut pen = canvas.pen(area);
    pen.put(if chosen { "▌ " } else { "  " }, Tone::Accent);
    pen.cell(node.id.as_str(), 20, Tone::Text).gap(1);
    pen.cell(&node.name, 13, Tone::Strong).gap(1);
    pen.put(mark, tone).cell(node.ping.words(), 15, tone).gap(1);
    pen.cell(environment.as_str(), 11, Tone::Text).gap(2);
    match obstacle(&node.examine()) {
        None => pen.rest("should work", Tone::Ok),
        Some(check) => pen.rest(&format!("cannot work: {}", check.about), Tone::Down),
    };
    if chosen {
        canvas.theme.select(canvas.buffer, area);
    }
}
