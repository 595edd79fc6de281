//! One chart: its sentence, its labels, its curve.

use ratatui::layout::Rect;

use super::dots::Dots;
use super::{Axis, LABEL, moment_words, scale};
use crate::app::Model;
use crate::estate::board::Headline;
use crate::estate::chart::{Drawn, Then};
use crate::estate::kpi::{Kpi, Level, Reading, in_unit, reached_by};
use crate::estate::series::Quality;
use crate::estate::{Timestamp, words};
use crate::view::canvas::{Canvas, below, line, moment};
use crate::view::theme::{Tone, level_mark};

/// Columns a gap must have for a word to stand in it.
const ROOM_FOR_WORDS: u16 = 14;

/// One chart.
pub(super) struct Panel<'a> {
    pub(super) headline: Headline<'a>,
    /// The values up to now; `None` until they are read.
    pub(super) now: Option<Drawn>,
    /// Those it is compared with.
    pub(super) before: Option<(Then, Option<Drawn>)>,
    pub(super) focused: bool,
}

impl Panel<'_> {
    /// The values are as of then.
    pub(super) fn as_of(&self) -> Option<Timestamp> {
        self.now.as_ref()?.series.as_of
    }

    /// Draws the chart; `cursor` is the moment that is read out.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        axis: &Axis,
        cursor: Option<Timestamp>,
    ) {
        self.draw_sentence(canvas, line(area, 0), cursor);
        let plot = below(area);
        if plot.height == 0 {
            return;
        }
        let highest = |drawn: &Drawn, back| {
            let (from, until) = (axis.from - back, axis.until - back);
            drawn.highest(from, until).unwrap_or_default()
        };
        let mut top = self
            .now
            .as_ref()
            .map_or(0.0, |one| highest(one, Then::Now.back()));
        if let Some((then, Some(before))) = &self.before {
            top = top.max(highest(before, then.back()));
        }
        let field = Field {
            kpi: self.headline.kpi,
            top: scale::top(self.headline.kpi, top),
            area: Rect {
                x: axis.left,
                width: axis.columns,
                ..plot
            },
            axis,
        };
        field.draw_labels(canvas, plot);
        field.draw_thresholds(canvas);
        if let Some((then, Some(before))) = &self.before {
            field.draw_before(canvas, before, *then);
        }
        match &self.now {
            Some(drawn) => field.draw_curve(canvas, drawn),
            None => field.say(canvas, "being read", Tone::Muted),
        }
    }

    fn draw_sentence(&self, canvas: &mut Canvas<'_>, area: Rect, cursor: Option<Timestamp>) {
        let one = &self.headline;
        let tone = Tone::of_level(one.level);
        let loud = if one.level == Level::Fine {
            Tone::Text
        } else {
            tone
        };
        let name = one.kpi.label.as_deref().unwrap_or(one.kpi.kind.words());
        let (bar, said) = if self.focused {
            ("▌", Tone::Accent)
        } else {
            (" ", Tone::Text)
        };
        let read_out = cursor.map(|at| self.read_out(canvas.model, at));
        let read_out = read_out.unwrap_or_default();
        let mut pen = canvas.pen(area);
        pen.put(bar, Tone::Accent)
            .put(level_mark(one.level), tone)
            .gap(1)
            .put(name, said)
            .gap(2)
            .put(&one.kpi.resource, Tone::Muted)
            .gap(2)
            .put(&one.words, loud);
        if let Some(trend) = &one.trend {
            pen.gap(2).put(trend, tone);
        }
        pen.gap(2);
        match cursor {
            Some(_) => pen.flush_right(&read_out, Tone::Accent),
            None => pen.flush_right(&limits(one.kpi), Tone::Muted),
        };
    }

    /// What was so at the cursor, and before.
    fn read_out(&self, model: &Model, at: Timestamp) -> String {
        let kpi = self.headline.kpi;
        let now = self.now.as_ref();
        let now = now.map_or_else(|| "–".to_owned(), |one| moment_words(kpi, one, at));
        let mut told = format!("{}  {now}", moment(model, at, "%H:%M"));
        if let Some((then, Some(before))) = &self.before {
            let words = moment_words(kpi, before, at - then.back());
            told = format!("{told}  ({} {words})", then.words());
        }
        told.push(' ');
        told
    }
}

/// The thresholds in words.
fn limits(kpi: &Kpi) -> String {
    let Some(thresholds) = kpi.thresholds else {
        return String::new();
    };
    let sign = if thresholds.red < thresholds.amber {
        "≤"
    } else {
        "≥"
    };
    let said = |value: f64| {
        if thresholds.share {
            words::percent(value)
        } else {
            in_unit(kpi.unit, value)
        }
    };
    let mut told = format!("▲ {sign} {}", said(thresholds.amber));
    if thresholds.red.is_finite() {
        told = format!("{told}  ✖ {sign} {}", said(thresholds.red));
    }
    told.push(' ');
    told
}

/// Where the curve of one KPI is drawn.
struct Field<'a> {
    kpi: &'a Kpi,
    /// The value at its top.
    top: f64,
    area: Rect,
    axis: &'a Axis,
}

impl Field<'_> {
    fn draw_labels(&self, canvas: &mut Canvas<'_>, plot: Rect) {
        let shares: &[f64] = match plot.height {
            0..2 => &[1.0],
            2..5 => &[1.0, 0.0],
            5..12 => &[1.0, 0.5, 0.0],
            _ => &[1.0, 0.75, 0.5, 0.25, 0.0],
        };
        for share in shares {
            let label = scale::label(self.kpi, self.top, *share);
            if let Some(y) = self.row(self.top * share) {
                let place = Rect {
                    y,
                    height: 1,
                    ..plot
                };
                canvas.pen(place).right(&label, LABEL, Tone::Muted);
            }
        }
    }

    /// The row a value lies in.
    fn row(&self, value: f64) -> Option<u16> {
        let share = value / self.top;
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        // The row of the dot that stands for it: four of them are a row.
        let last = f64::from(self.area.height * 4 - 1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a screen's rows"
        )]
        let down = (last - share * last).round() as u16 / 4;
        Some(self.area.y + down.min(self.area.height - 1))
    }

    fn draw_thresholds(&self, canvas: &mut Canvas<'_>) {
        let Some(thresholds) = self.kpi.thresholds else {
            return;
        };
        let value = |limit: f64| match (thresholds.share, self.kpi.ceiling) {
            (true, Some(ceiling)) => Some(ceiling.value * limit / 100.0),
            (true, None) => None,
            (false, _) => Some(limit),
        };
        for (limit, level) in [
            (thresholds.amber, Level::Amber),
            (thresholds.red, Level::Red),
        ] {
            let row = value(limit).and_then(|value| self.row(value));
            if let Some(y) = row {
                let across = Rect {
                    y,
                    height: 1,
                    ..self.area
                };
                canvas.pen(across).fill("╌", Tone::Faint);
                let beside = Rect {
                    x: self.area.right(),
                    width: 1,
                    ..across
                };
                canvas
                    .pen(beside)
                    .put(level_mark(level), Tone::of_level(level));
            }
        }
    }

    /// The curve of the time before, in hollow points, so that it is told apart without colour.
    fn draw_before(&self, canvas: &mut Canvas<'_>, before: &Drawn, then: Then) {
        let (from, until) = (self.axis.from - then.back(), self.axis.until - then.back());
        for (at, reading) in before.readings(from, until) {
            let value = match reading {
                Reading::Value(value) => value,
                Reading::Zero => 0.0,
                Reading::NoTraffic
                | Reading::NoTask
                | Reading::NotReplicating
                | Reading::Unknown => continue,
            };
            let column = self.axis.column(at + then.back());
            if let (Some(x), Some(y)) = (column, self.row(value)) {
                let place = Rect {
                    x,
                    y,
                    width: 1,
                    height: 1,
                };
                canvas.pen(place).put("∘", Tone::Muted);
            }
        }
    }

    fn draw_curve(&self, canvas: &mut Canvas<'_>, drawn: &Drawn) {
        let readings = drawn.readings(self.axis.from, self.axis.until);
        self.draw_gaps(canvas, &readings, drawn);
        let mut dots = Dots::new(self.area.width, self.area.height);
        let mut levels = vec![None::<Level>; usize::from(self.area.width)];
        let mut last = None;
        for (at, reading) in &readings {
            let value = match reading {
                Reading::Value(value) => *value,
                Reading::Zero => 0.0,
                Reading::NoTraffic
                | Reading::NoTask
                | Reading::NotReplicating
                | Reading::Unknown => {
                    last = None;
                    continue;
                }
            };
            let place = (self.axis.share(*at).max(0.0), value / self.top);
            match last {
                Some(before) => dots.line(before, place),
                None => dots.dot(place),
            }
            last = Some(place);
            if let Some(x) = self.axis.column(*at) {
                let level = &mut levels[usize::from(x - self.area.x)];
                *level = (*level).max(Some(self.level(value)));
            }
        }
        self.draw_dots(canvas, &dots, &levels);
    }

    fn draw_dots(&self, canvas: &mut Canvas<'_>, dots: &Dots, levels: &[Option<Level>]) {
        let mut level = Level::Fine;
        for column in 0..self.area.width {
            // A column between two values has the level of the one before.
            level = levels[usize::from(column)].unwrap_or(level);
            let tone = match level {
                Level::Unknown | Level::Fine => Tone::Text,
                Level::Amber | Level::Red => Tone::of_level(level),
            };
            let style = canvas.theme.style(tone);
            for row in 0..self.area.height {
                let at = (self.area.x + column, self.area.y + row);
                if let Some(symbol) = dots.symbol(column, row)
                    && let Some(cell) = canvas.buffer.cell_mut(at)
                {
                    cell.reset();
                    cell.set_char(symbol).set_style(style);
                }
            }
        }
    }

    fn level(&self, value: f64) -> Level {
        let thresholds = self.kpi.thresholds.as_ref();
        let level = thresholds.and_then(|one| reached_by(self.kpi, value, one));
        level.unwrap_or(Level::Fine)
    }

    /// What is missing is said, where there is room for the words; otherwise it is a faint dot.
    /// What is only late stays empty.
    fn draw_gaps(&self, canvas: &mut Canvas<'_>, readings: &[(Timestamp, Reading)], drawn: &Drawn) {
        match drawn.series.quality {
            Quality::Forbidden => return self.say(canvas, "denied", Tone::Unknown),
            Quality::Failed => return self.say(canvas, "AWS could not compute it", Tone::Unknown),
            Quality::Partial => self.say(canvas, "AWS has not told all yet", Tone::Unknown),
            Quality::Complete => {}
        }
        let ground = self.area.bottom() - 1;
        let mut rest = readings;
        while let Some(((_, first), _)) = rest.split_first() {
            let same = |(_, one): &&(Timestamp, Reading)| match (one, first) {
                (Reading::Value(_) | Reading::Zero, Reading::Value(_) | Reading::Zero) => true,
                (one, first) => one == first,
            };
            let length = rest.iter().take_while(same).count().max(1);
            let (run, after) = rest.split_at(length);
            rest = after;
            let (Some((from, reading)), Some((last, _))) = (run.first(), run.last()) else {
                return;
            };
            let Some(gap) = Gap::of(*reading, after.is_empty()) else {
                continue;
            };
            let left = self.axis.column((*from).max(self.axis.from));
            let right = self.axis.column(*last);
            let (Some(left), Some(right)) = (left, right) else {
                continue;
            };
            let place = Rect {
                x: left,
                y: ground,
                width: right - left + 1,
                height: 1,
            };
            gap.draw(canvas, place);
        }
    }

    /// A word in the middle of the field.
    fn say(&self, canvas: &mut Canvas<'_>, said: &str, tone: Tone) {
        let place = line(self.area, usize::from(self.area.height / 2));
        canvas.pen(place).gap(2).rest(said, tone);
    }
}

/// What stands where there is no value.
struct Gap {
    mark: &'static str,
    words: &'static str,
    tone: Tone,
}

impl Gap {
    fn of(reading: Reading, newest: bool) -> Option<Self> {
        let gap = |mark, words, tone| Some(Self { mark, words, tone });
        match reading {
            Reading::Value(_) | Reading::Zero => None,
            Reading::NoTraffic => gap("·", "no traffic", Tone::Muted),
            Reading::NoTask => gap("■", "no task ran", Tone::Muted),
            Reading::NotReplicating => gap("✖", "not replicating", Tone::Down),
            Reading::Unknown if newest => None,
            Reading::Unknown => gap("·", "no value", Tone::Muted),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, place: Rect) {
        canvas.pen(place).fill(self.mark, self.tone);
        if place.width >= ROOM_FOR_WORDS.max(width(self.words) + 2) {
            let words = format!(" {} ", self.words);
            let at = Rect {
                x: place.x + (place.width - width(&words)) / 2,
                width: width(&words),
                ..place
            };
            canvas.pen(at).put(&words, self.tone);
        }
    }
}

fn width(words: &str) -> u16 {
    u16::try_from(words.len()).unwrap_or(u16::MAX)
}
