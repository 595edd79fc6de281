//! When lines came: the histogram above the log, and going from bar to bar.

use crate::estate::Timestamp;
use crate::estate::log::Key;
use crate::estate::log::held::Second;

use super::Reader;

/// The time that is held, cut into equal parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    first: i64,
    span: usize,
    /// Lines and errors of each part.
    pub counts: Vec<Second>,
}

impl Bars {
    /// The part a moment is in, if it is in any.
    pub fn place(&self, at: Timestamp) -> Option<usize> {
        let offset = usize::try_from(at.as_second() - self.first).ok()?;
        (offset < self.span).then(|| offset * self.counts.len() / self.span)
    }

    /// The first second after a part.
    fn end(&self, place: usize) -> Option<Timestamp> {
        // A part of less than a second ends with it.
        let offset = ((place + 1) * self.span).div_ceil(self.counts.len());
        Timestamp::from_second(self.first + i64::try_from(offset).ok()?).ok()
    }
}

impl Reader {
    /// The histogram, so many bars wide; none where no line is held.
    pub fn bars(&self, width: usize) -> Option<Bars> {
        let (first, _) = self.lines.seconds().next()?;
        let (last, _) = self.lines.seconds().next_back()?;
        let span = usize::try_from(last - first).ok()? + 1;
        let mut bars = Bars {
            first,
            span,
            counts: vec![Second::default(); width.max(1)],
        };
        for (at, second) in self.lines.seconds() {
            let offset = usize::try_from(at - first).unwrap_or(0);
            let place = offset * bars.counts.len() / span;
            if let Some(bar) = bars.counts.get_mut(place) {
                bar.lines += second.lines;
                bar.errors += second.errors;
            }
        }
        Some(bars)
    }

    /// Goes to the last line of the bar before the focus, or of the next one (`later`), past
    /// bars without lines. Says whether there is one.
    pub(in crate::app) fn step_bar(&mut self, later: bool, width: usize) -> bool {
        let (Some(bars), Some(focus)) = (self.bars(width), self.focus()) else {
            return false;
        };
        let Some(here) = bars.place(focus.at()) else {
            return false;
        };
        let has_lines = |place: &usize| bars.counts.get(*place).is_some_and(|bar| bar.lines > 0);
        let found = if later {
            (here + 1..bars.counts.len()).find(has_lines)
        } else {
            (0..here).rev().find(has_lines)
        };
        let Some(end) = found.and_then(|place| bars.end(place)) else {
            return false;
        };
        let place = self.lines.first_from(Key::of(end));
        let last = place.checked_sub(1).and_then(|last| self.lines.get(last));
        self.at = last.map(|line| line.key).or(self.at);
        true
    }
}
