//! The timeline of an environment as a screen, of a service as a tab.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below};
use super::layout::Strips;
use super::theme::Tone;
use super::widget::sheet::{Line, Sheet};
use crate::app::screen::chronicle::Sight;
use crate::estate::event::EventKind;
use crate::estate::id::ServiceArn;
use crate::estate::timeline::{BEFORE, Moment, Timeline};
use crate::estate::words;

/// Draws the timeline of the environment that is opened.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips) {
    let model = canvas.model;
    let Some(opened) = &model.chronicle else {
        return;
    };
    let mut pen = canvas.pen(strips.headline);
    pen.gap(1).put(opened.environment.as_str(), Tone::Strong);
    pen.rest("  what happened, newest first", Tone::Muted);
    draw_sight(canvas, strips.body, &opened.sight, true);
}

/// Draws the timeline of the opened service.
pub(super) fn draw_tab(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight) {
    draw_sight(canvas, area, sight, false);
}

fn draw_sight(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight, named: bool) {
    let model = canvas.model;
    let timeline = &model.look.timeline;
    let heading = heading(canvas, timeline, sight);
    let mut head = Sheet::default();
    head.add(heading);
    head.draw(
        canvas,
        Rect {
            height: area.height.min(1),
            ..area
        },
        0,
    );
    let mut sheet = Sheet::default();
    let moments = sight.moments(timeline);
    let mut began = sight.before;
    for moment in &moments {
        if let Some(incident) = &timeline.incident
            && !began
            && moment.at < incident.since
        {
            sheet.add(start(canvas, timeline));
            began = true;
        }
        sheet.add(told(canvas, moment, named));
    }
    if moments.is_empty() {
        sheet.say(nothing(timeline, sight), Tone::Text);
        if let Some(last) = timeline.last_change().filter(|_| sight.before) {
            sheet.say("the last change before it:", Tone::Muted);
            sheet.add(told(canvas, last, named));
        }
    }
    for words in &timeline.missing {
        sheet.add(
            Line::at(1)
                .put("? ", Tone::Unknown)
                .rest(words.as_str(), Tone::Muted),
        );
    }
    sheet.draw(canvas, below(area), sight.top);
}

/// What is shown, in a sentence.
fn heading(canvas: &Canvas<'_>, timeline: &Timeline, sight: &Sight) -> Line {
    let line = Line::at(3);
    let Some(incident) = &timeline.incident else {
        return line.rest("no trouble now; everything that happened", Tone::Muted);
    };
    let when = canvas.when(incident.since);
    let ago = if when.contains(':') { "" } else { " ago" };
    let name = incident.service.name();
    if sight.before {
        let minutes = words::duration(BEFORE);
        line.put(
            format!("what changed in the {minutes} before {name} broke"),
            Tone::Strong,
        )
        .put(format!(" ({when}{ago}: {})", incident.words), Tone::Muted)
    } else {
        line.put(format!("{name} broke {when}{ago}"), Tone::Strong)
            .put(format!(": {}", incident.words), Tone::Muted)
    }
}

fn nothing(timeline: &Timeline, sight: &Sight) -> &'static str {
    match (sight.before, &timeline.incident) {
        (true, None) => "no trouble now, so nothing came before it",
        (true, Some(_)) => "nothing changed in that time, as far as anybody can tell",
        (false, _) => "nothing happened in the last hours, as far as anybody can tell",
    }
}

/// The line between before and since.
fn start(canvas: &Canvas<'_>, timeline: &Timeline) -> Line {
    let since = timeline.incident.as_ref().map(|one| canvas.when(one.since));
    let since = since.unwrap_or_default();
    let ago = if since.contains(':') { "" } else { " ago" };
    let words = format!("── the trouble began {since}{ago} ");
    Line::at(1)
        .put(words, Tone::Degraded)
        .fill("─", Tone::Degraded)
}

fn told(canvas: &Canvas<'_>, moment: &Moment, named: bool) -> Line {
    let tone = match (moment.trouble, moment.kind.is_change()) {
        (true, _) => Tone::Degraded,
        (false, true) => Tone::Accent,
        (false, false) => Tone::Muted,
    };
    let mut line = Line::at(1)
        .right(canvas.when(moment.at), 8, Tone::Muted)
        .gap(2)
        .put(if moment.trouble { "▲ " } else { "  " }, tone)
        .cell(moment.kind.to_string(), 8, tone);
    let name = moment.service.as_ref().map(ServiceArn::name);
    let says = |name: &&str| moment.words.starts_with(*name);
    if let Some(name) = name.filter(|name| named && !says(name)) {
        line = line.put(name, Tone::Strong).gap(1);
    }
    let said = if moment.kind == EventKind::Event && !moment.trouble {
        Tone::Muted
    } else {
        Tone::Text
    };
    line.rest(moment.sentence(), said)
}
