//! The KPI strip: one line a number, with its last minutes, its level and where it is heading.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::layout::TWO_ABREAST;
use super::theme::{Tone, level_mark};
use super::title;
use super::widget::pen::Pen;
use super::widget::sparkline::sparkline;
use super::widget::window;
use crate::app::screen::board::Pane;
use crate::estate::board::{Headline, kpi_strip};
use crate::estate::id::ServiceArn;
use crate::estate::kpi::{Kpi, KpiKind, Level, level, trend_words, value_words};

/// One number, ready to be drawn.
struct Number<'a> {
    kpi: &'a Kpi,
    level: Level,
    words: String,
    trend: Option<String>,
}

impl<'a> From<Headline<'a>> for Number<'a> {
    fn from(headline: Headline<'a>) -> Self {
        Self {
            kpi: headline.kpi,
            level: headline.level,
            words: headline.words,
            trend: headline.trend,
        }
    }
}

/// Draws the board's numbers; in a single line only the worst.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let strip = kpi_strip(&model.look.snapshot, model.only.as_ref(), model.now);
    let mut numbers: Vec<Number<'_>> = strip.into_iter().map(Number::from).collect();
    if area.height == 1 {
        numbers.sort_by_key(|one| std::cmp::Reverse(one.level));
        draw_numbers(canvas, area, &numbers, 0);
        return;
    }
    title(canvas, area, "KPIS", model.board.pane == Pane::Kpis);
    draw_numbers(canvas, below(area), &numbers, model.board.kpi_top);
}

/// Draws the numbers that belong to one service, the worst first.
pub(super) fn draw_of(canvas: &mut Canvas<'_>, area: Rect, service: &ServiceArn) {
    let model = canvas.model;
    let Some((place, _)) = model.look.snapshot.service(service) else {
        return;
    };
    let own = place
        .kpis
        .iter()
        .filter(|kpi| kpi.services.contains(service));
    let mut numbers: Vec<Number<'_>> = own
        .map(|kpi| Number {
            kpi,
            level: level(kpi, model.now),
            words: value_words(kpi),
            trend: trend_words(kpi, model.now),
        })
        .collect();
    numbers.sort_by_key(|one| (std::cmp::Reverse(one.level), one.kpi.kind));
    draw_numbers(canvas, area, &numbers, 0);
}

fn draw_numbers(canvas: &mut Canvas<'_>, area: Rect, numbers: &[Number<'_>], top: usize) {
    if numbers.is_empty() {
        canvas
            .pen(area)
            .gap(3)
            .rest("no metrics read yet", Tone::Muted);
        return;
    }
    let abreast = if area.width >= TWO_ABREAST { 2 } else { 1 };
    let height = usize::from(area.height);
    let window = window::from(top * abreast, numbers.len(), height * abreast);
    let width = area.width / if abreast == 2 { 2 } else { 1 };
    for (place, number) in numbers[window].iter().enumerate() {
        let mut cell = line(area, place / abreast);
        if place % abreast == 1 {
            cell.x += width;
        }
        cell.width = width;
        draw_number(&mut canvas.pen(cell), number, width);
    }
}

fn draw_number(pen: &mut Pen<'_>, number: &Number<'_>, width: u16) {
    let tone = Tone::of_level(number.level);
    let (resource, minutes) = if width >= 100 { (16, 20) } else { (13, 12) };
    pen.gap(3).put(level_mark(number.level), tone).gap(1);
    pen.cell(word(number.kpi.kind), 15, Tone::Text).gap(1);
    pen.cell(&number.kpi.resource, resource, Tone::Muted).gap(1);
    sparkline(pen, number.kpi, minutes);
    let loud = if number.level == Level::Fine {
        Tone::Text
    } else {
        tone
    };
    pen.gap(2).right(&number.words, 17, loud).gap(2);
    if let Some(trend) = &number.trend {
        pen.rest(trend, tone);
    }
}

/// What a KPI is called.
const fn word(kind: KpiKind) -> &'static str {
    match kind {
        KpiKind::DatabaseConnections => "DB connections",
        KpiKind::DatabaseCpu => "DB CPU",
        KpiKind::LoadBalancer5xx => "5xx by ALB",
        KpiKind::Target5xx => "5xx by target",
        KpiKind::Requests => "requests",
        KpiKind::LatencyP99 => "latency p99",
        KpiKind::HealthyTargets => "healthy targets",
        KpiKind::UnhealthyTargets => "sick targets",
        KpiKind::ServiceCpu => "CPU",
        KpiKind::ServiceMemory => "memory",
        KpiKind::CacheHitRate => "cache hits",
        KpiKind::CacheEvictions => "evictions",
    }
}
