//! KPIs over time, one below the other on one axis.
//!
//! | file | draws |
//! |---|---|
//! | `panel` | one chart: its sentence, its labels, its curve |
//! | `lane` | what happened meanwhile, and the axis of time |
//! | `dots`, `scale` | nothing; where dots and labels go |

mod dots;
mod lane;
mod panel;
mod scale;

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line, moment};
use super::layout::Strips;
use super::theme::Tone;
use super::widget::window;
use crate::app::screen::chart::{Chart, plot_columns};
use crate::estate::board::headline_of;
use crate::estate::chart::{Drawn, Then, drawn};
use crate::estate::id::ServiceArn;
use crate::estate::kpi::{Budget, Level, budget, suspects};
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::timeline::Moment;
use crate::estate::{Timestamp, words};
use panel::Panel;

/// Columns of the labels left of the charts.
const LABEL: u16 = 8;
/// Lines below the charts: what happened, the axis, what is said of a moment.
const BELOW: u16 = 3;
/// Fewest lines of a chart with its sentence, on a small and on a large screen.
const LOW: u16 = 4;
const TALL: u16 = 6;
/// A body of so many lines is a large one.
const LARGE: u16 = 24;

/// What all charts of a page have in common.
pub(super) struct Axis {
    /// The window in sight.
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// The first column of the charts, and how many there are.
    pub(super) left: u16,
    pub(super) columns: u16,
}

impl Axis {
    /// How far right `at` is, as a share of the chart.
    pub(super) fn share(&self, at: Timestamp) -> f64 {
        let whole = self.until.duration_since(self.from).as_secs_f64();
        at.duration_since(self.from).as_secs_f64() / whole.max(1.0)
    }

    /// The column of the picture `at` lies in; `None` outside the window.
    pub(super) fn column(&self, at: Timestamp) -> Option<u16> {
        let share = self.share(at);
        if !(0.0..1.0).contains(&share) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a screen's columns"
        )]
        let column = (share * f64::from(self.columns)) as u16;
        Some(self.left + column)
    }
}

/// Draws the page.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips, chart: &Chart) {
    let model = canvas.model;
    let Some(place) = model.look.snapshot.environment(&chart.environment) else {
        return;
    };
    let body = strips.body;
    let above = Rect {
        height: body.height.saturating_sub(BELOW),
        ..body
    };
    let (from, until) = chart.window(model.now);
    let axis = Axis {
        from,
        until,
        left: body.x + LABEL + 1,
        columns: plot_columns(body.width),
    };
    let panels = panels(place, chart, above.height, model.now);
    draw_headline(canvas, strips.headline, chart, &panels);
    if panels.is_empty() {
        let words = "no metrics read yet";
        canvas.pen(above).gap(3).rest(words, Tone::Muted);
        return;
    }
    let marks = model.look.timeline.moments.iter();
    let marks: Vec<&Moment> = marks.filter(|moment| lane::is_marked(moment)).collect();
    let count = u16::try_from(panels.len()).unwrap_or(1).max(1);
    let height = above.height / count;
    for (place, panel) in (0..).zip(&panels) {
        let area = Rect {
            y: above.y + height * place,
            height,
            ..above
        };
        panel.draw(canvas, area, &axis, chart.cursor);
        lane::draw_lines(canvas, below(area), &axis, &marks);
        lane::draw_cursor(canvas, below(area), &axis, chart.cursor);
    }
    let ground = above.y + height * count;
    let rest = Rect {
        y: ground,
        height: body.bottom().saturating_sub(ground),
        ..body
    };
    lane::draw(canvas, line(rest, 0), &axis, &marks);
    lane::draw_axis(canvas, line(rest, 1), &axis, chart.span);
    let told = told(canvas, place, chart, &marks);
    canvas.pen(line(rest, 2)).gap(1).rest(&told.0, told.1);
}

/// The charts in sight.
fn panels<'a>(
    place: &'a EnvironmentSnapshot,
    chart: &Chart,
    height: u16,
    now: Timestamp,
) -> Vec<Panel<'a>> {
    let lowest = if height + BELOW >= LARGE { TALL } else { LOW };
    let fit = if chart.alone {
        1
    } else {
        usize::from((height / lowest).max(1))
    };
    let shown = window::around(chart.at, chart.stack.len(), fit.min(chart.stack.len()));
    let mut panels = Vec::new();
    for at in shown {
        let Some(kpi) = place.kpis.iter().find(|kpi| kpi.id == chart.stack[at]) else {
            continue;
        };
        let requests = place.requests_of(kpi);
        let of = |then| drawn(&place.curves, kpi, requests, (chart.span, then));
        panels.push(Panel {
            headline: headline_of(place, kpi, now),
            now: of(Then::Now),
            before: (chart.then != Then::Now).then(|| (chart.then, of(chart.then))),
            focused: at == chart.at,
        });
    }
    panels
}

fn draw_headline(canvas: &mut Canvas<'_>, area: Rect, chart: &Chart, panels: &[Panel<'_>]) {
    let of = chart.of.as_ref().map(ServiceArn::name);
    let period = words::duration(chart.span.period(Then::Now));
    let as_of = panels.iter().filter_map(Panel::as_of).min();
    let as_of = as_of.map(|at| format!("as of {} ", moment(canvas.model, at, "%H:%M %Z")));
    let mut pen = canvas.pen(area);
    pen.gap(1)
        .put(of.unwrap_or(chart.environment.as_str()), Tone::Strong)
        .put("  charts of the last ", Tone::Muted)
        .put(chart.span.words(), Tone::Accent)
        .put(&format!(" in steps of {period}"), Tone::Muted);
    if chart.then != Then::Now {
        pen.put(", compared with ", Tone::Muted)
            .put(chart.then.words(), Tone::Accent)
            .put(" ∘", Tone::Muted);
    }
    let shown = panels.len();
    if shown < chart.stack.len() {
        let count = format!("  {} of {}", chart.at + 1, chart.stack.len());
        pen.put(&count, Tone::Muted);
    }
    pen.gap(2)
        .flush_right(&as_of.unwrap_or_default(), Tone::Text);
}

/// What is said below the axis: what could not be read, what happened at the cursor, who may be
/// behind the chart in focus, or what the marks mean.
fn told(
    canvas: &Canvas<'_>,
    place: &EnvironmentSnapshot,
    chart: &Chart,
    marks: &[&Moment],
) -> (String, Tone) {
    if let Some(problem) = &place.curves.problem {
        return (format!("? {}", problem.sentence), Tone::Unknown);
    }
    if let Some(cursor) = chart.cursor {
        return lane::told(canvas.model, chart, cursor, marks);
    }
    let now = canvas.model.now;
    let kpi = chart.stack.get(chart.at);
    let kpi = kpi.and_then(|id| place.kpis.iter().find(|kpi| kpi.id == *id));
    let over = kpi
        .and_then(|kpi| budget(place, kpi))
        .filter(Budget::is_over);
    if let Some(over) = over {
        return (format!("▲ {}", over.words), Tone::Degraded);
    }
    let loud = kpi.filter(|kpi| headline_of(place, kpi, now).level >= Level::Amber);
    let behind: Vec<String> = loud
        .map(|kpi| suspects(place, kpi, now))
        .unwrap_or_default()
        .into_iter()
        .map(|one| format!("{} ({})", one.service.name(), one.why))
        .collect();
    if behind.is_empty() {
        (lane::LEGEND.to_owned(), Tone::Muted)
    } else {
        (format!("suspects: {}", behind.join(", ")), Tone::Text)
    }
}

/// What was so at a moment, in words, for one curve.
fn moment_words(kpi: &crate::estate::kpi::Kpi, drawn: &Drawn, at: Timestamp) -> String {
    use crate::estate::kpi::{Reading, in_unit, reading_words};
    match drawn.at(at) {
        Reading::Value(value) => in_unit(kpi.unit, value),
        Reading::Unknown if drawn.series.as_of.is_some_and(|as_of| at >= as_of) => {
            "not published yet".to_owned()
        }
        Reading::Unknown => "no value".to_owned(),
        other
        @ (Reading::Zero | Reading::NoTraffic | Reading::NoTask | Reading::NotReplicating) => {
            reading_words(kpi, other)
        }
    }
}
