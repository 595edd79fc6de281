//! What every part of a picture needs: the model, the looks, and the cells to fill.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Theme, Tone};
use super::widget::pen::Pen;
use crate::app::Model;
use crate::estate::{Timestamp, words};

/// A picture being drawn.
pub(super) struct Canvas<'a> {
    pub(super) model: &'a Model,
    pub(super) theme: &'a Theme,
    pub(super) buffer: &'a mut Buffer,
}

impl Canvas<'_> {
    /// A pen at the start of the first line of `area`.
    pub(super) fn pen(&mut self, area: Rect) -> Pen<'_> {
        Pen::new(self.buffer, self.theme, area)
    }

    /// A line across `area`.
    pub(super) fn rule(&mut self, area: Rect, mark: &str, tone: Tone) {
        self.pen(area).fill(mark, tone);
    }

    /// When something happened, as the person wants it: its age, or its time of day. At most
    /// eight columns.
    pub(super) fn when(&self, at: Timestamp) -> String {
        if self.model.display.clock_times {
            clock(self.model, at)
        } else {
            words::age(self.model.now.duration_since(at))
        }
    }
}

/// The time of day in the zone the person wants; in UTC, which AWS speaks, unless they say so:
/// `14:03:22`.
pub(super) fn clock(model: &Model, at: Timestamp) -> String {
    if model.display.local {
        return moment(model, at, "%H:%M:%S");
    }
    let second = at.as_second().rem_euclid(86_400);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{hour:02}:{minute:02}:{:02}", second % 60)
}

/// A moment in that zone, as `format` has it (`%a %H:%M`).
pub(super) fn moment(model: &Model, at: Timestamp, format: &str) -> String {
    let there = at.to_zoned(model.told_in().clone());
    there.strftime(format).to_string()
}

/// What that zone is called then: `UTC`, `CEST`.
pub(super) fn zone(model: &Model, at: Timestamp) -> String {
    moment(model, at, "%Z")
}

/// One line of `area`, counted from its top; empty when it has fewer.
pub(super) fn line(area: Rect, index: usize) -> Rect {
    let down = u16::try_from(index).unwrap_or(u16::MAX);
    Rect {
        y: area.y.saturating_add(down),
        height: u16::from(down < area.height),
        ..area
    }
}

/// `area` without its first line.
pub(super) fn below(area: Rect) -> Rect {
    let taken = area.height.min(1);
    Rect {
        y: area.y + taken,
        height: area.height - taken,
        ..area
    }
}
