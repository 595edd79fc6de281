//! The KPI strip: one line a number, with its last minutes, its level and where it is heading.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line, moment};
use super::layout::TWO_ABREAST;
use super::theme::{Tone, level_mark};
use super::title;
use super::widget::pen::Pen;
use super::widget::sparkline::sparkline;
use super::widget::window;
use crate::app::screen::board::Pane;
use crate::estate::board::{Headline, kpis_of};
use crate::estate::id::ServiceArn;
use crate::estate::kpi::{Kpi, Level};

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

/// Headlines that may be in sight at once.
const IN_SIGHT: usize = 12;
/// Lines in which only the numbers that matter most stand, without a title.
const FEW: u16 = 2;

/// Draws the board's numbers, in the order they matter.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let model = canvas.model;
    let numbers: Vec<Number<'_>> = model.headlines().into_iter().map(Number::from).collect();
    if area.height <= FEW {
        draw_numbers(canvas, area, &numbers, 0);
        return;
    }
    title(canvas, area, "KPIS", model.board.pane == Pane::Kpis);
    draw_as_of(canvas, area);
    draw_numbers(canvas, below(area), &numbers, model.board.kpi_top);
}

/// Says at the end of a line of which minute the numbers are: they are always some minutes late.
pub(super) fn draw_as_of(canvas: &mut Canvas<'_>, area: Rect) {
    let headlines = canvas.model.headlines();
    let in_sight = headlines.iter().take(IN_SIGHT);
    let oldest = in_sight.filter_map(|one| one.kpi.series.as_of).min();
    if let Some(oldest) = oldest {
        let words = format!("KPIs as of {} ", moment(canvas.model, oldest, "%H:%M %Z"));
        let width = u16::try_from(words.len()).unwrap_or(0).min(area.width);
        let end = Rect {
            x: area.right() - width,
            width,
            ..area
        };
        canvas.pen(end).put(&words, Tone::Muted);
    }
}

/// Draws the numbers that belong to one service, the worst first.
pub(super) fn draw_of(canvas: &mut Canvas<'_>, area: Rect, service: &ServiceArn) {
    let model = canvas.model;
    let numbers: Vec<Number<'_>> = kpis_of(&model.look.snapshot, service, model.now)
        .into_iter()
        .map(Number::from)
        .collect();
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
    let shown: Vec<&Number<'_>> = numbers[window].iter().collect();
    // Room for when something is full is kept only where something can be.
    let fills = numbers.iter().any(|number| number.kpi.ceiling.is_some());
    if abreast == 1 {
        for (down, number) in shown.into_iter().enumerate() {
            draw_number(&mut canvas.pen(line(area, down)), number, fills);
        }
        return;
    }
    // What runs full says when, so it stands in the wider column.
    let left = if area.width < 170 {
        area.width / 12 * 7
    } else {
        area.width / 2
    };
    for (place, number) in abreast_in(shown).into_iter().enumerate() {
        let mut cell = line(area, place / 2);
        if place % 2 == 1 {
            cell.x += left;
            cell.width -= left;
        } else {
            cell.width = left;
        }
        if let Some(number) = number {
            draw_number(&mut canvas.pen(cell), number, fills);
        }
    }
}

/// Two columns, line by line: what has a ceiling goes left while there is room, the others fill
/// the places that are free.
fn abreast_in<'a, 'b>(numbers: Vec<&'a Number<'b>>) -> Vec<Option<&'a Number<'b>>> {
    let lines = numbers.len().div_ceil(2);
    let mut places = vec![None; lines * 2];
    let (mut full, mut others): (Vec<_>, Vec<_>) = numbers
        .into_iter()
        .partition(|number| number.kpi.ceiling.is_some());
    if full.len() > lines {
        others.splice(0..0, full.drain(lines..));
    }
    for (down, number) in full.into_iter().enumerate() {
        places[down * 2] = Some(number);
    }
    let mut others = others.into_iter();
    for place in places.iter_mut().filter(|place| place.is_none()) {
        *place = others.next();
    }
    places
}

/// Columns of what is measured.
const NAME: u16 = 15;
/// Columns of a value with its ceiling, and of where it goes.
const SHARE: u16 = 16;
const TREND: u16 = 16;
/// Columns of a value alone.
const VALUE: u16 = 11;

fn draw_number(pen: &mut Pen<'_>, number: &Number<'_>, fills: bool) {
    let width = u16::try_from(pen.room()).unwrap_or(u16::MAX);
    let resource = if width >= 80 { 18 } else { 12 };
    let room = width.saturating_sub(3 + NAME + resource + 1);
    let (value, trend) = match (room >= SHARE + TREND + 3, number.kpi.ceiling.is_some()) {
        (true, _) if fills => (SHARE, TREND),
        (_, true) => (SHARE, 0),
        (_, false) => (VALUE, 0),
    };
    let tone = Tone::of_level(number.level);
    let (said, loud) = if number.level == Level::Fine {
        (Tone::Muted, Tone::Text)
    } else {
        (Tone::Text, tone)
    };
    pen.gap(1).put(level_mark(number.level), tone).gap(1);
    pen.cell(name(number.kpi), NAME - 1, said).gap(1);
    pen.cell(&number.kpi.resource, resource - 1, Tone::Muted);
    pen.gap(1);
    sparkline(pen, number.kpi, room.saturating_sub(value + trend).min(30));
    pen.gap(1).right(&number.words, value, loud);
    if let Some(trend) = &number.trend {
        pen.gap(2).rest(trend, tone);
    }
}

/// What a KPI is called in a narrow column.
fn name(kpi: &Kpi) -> &str {
    kpi.label.as_deref().unwrap_or(kpi.kind.short())
}
