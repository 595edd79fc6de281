//! Writes one line from left to right and never over its end.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use crate::estate::cut::cut;
use crate::view::theme::{Theme, Tone};

/// A place on one line of the picture.
pub(in crate::view) struct Pen<'a> {
    buffer: &'a mut Buffer,
    theme: &'a Theme,
    x: u16,
    y: u16,
    end: u16,
}

impl<'a> Pen<'a> {
    /// A pen at the start of the first line of `area`; a line outside the picture takes nothing.
    pub(in crate::view) fn new(buffer: &'a mut Buffer, theme: &'a Theme, area: Rect) -> Self {
        let area = area.intersection(buffer.area);
        let end = if area.height == 0 {
            area.x
        } else {
            area.right()
        };
        Self {
            buffer,
            theme,
            x: area.x,
            y: area.y,
            end,
        }
    }

    /// Columns left on the line.
    pub(in crate::view) fn room(&self) -> usize {
        usize::from(self.end - self.x)
    }

    /// The column of the picture the pen stands at.
    pub(in crate::view) fn column(&self) -> u16 {
        self.x
    }

    /// Lets `draw` write, but not beyond the next `width` columns.
    pub(in crate::view) fn within(&mut self, width: u16, draw: impl FnOnce(&mut Self)) {
        let stop = self.x.saturating_add(width).min(self.end);
        let end = std::mem::replace(&mut self.end, stop);
        draw(self);
        self.end = end;
    }

    /// Writes `text` as far as it fits.
    pub(in crate::view) fn put(&mut self, text: &str, tone: Tone) -> &mut Self {
        let room = self.room();
        if room > 0 {
            let style = self.theme.style(tone);
            (self.x, _) = self.buffer.set_stringn(self.x, self.y, text, room, style);
        }
        self
    }

    /// Leaves `columns` empty.
    pub(in crate::view) fn gap(&mut self, columns: u16) -> &mut Self {
        self.x = self.x.saturating_add(columns).min(self.end);
        self
    }

    /// Goes on at `column` of the picture; never backwards.
    pub(in crate::view) fn to(&mut self, column: u16) -> &mut Self {
        self.x = self.x.max(column.min(self.end));
        self
    }

    /// Writes `text` into exactly `width` columns, cut at a word.
    pub(in crate::view) fn cell(&mut self, text: &str, width: u16, tone: Tone) -> &mut Self {
        let stop = self.x.saturating_add(width).min(self.end);
        self.within(width, |pen| {
            pen.text(text, tone);
        });
        self.x = stop;
        self
    }

    /// Writes `text` into a column of a table, the last cell of which stays empty; a column
    /// without width is not there.
    pub(in crate::view) fn column_of(&mut self, text: &str, width: u16, tone: Tone) -> &mut Self {
        if width > 0 {
            self.cell(text, width - 1, tone).gap(1);
        }
        self
    }

    /// Writes `text` cut at a word, and stops right after it.
    pub(in crate::view) fn text(&mut self, text: &str, tone: Tone) -> &mut Self {
        let (head, shorter) = cut(text, self.room());
        self.put(head, tone);
        if shorter {
            self.put("…", tone);
        }
        self
    }

    /// Writes `text` into exactly `width` columns, ending at the last of them.
    pub(in crate::view) fn right(&mut self, text: &str, width: u16, tone: Tone) -> &mut Self {
        let columns = u16::try_from(text.width()).unwrap_or(u16::MAX);
        let before = width.saturating_sub(columns);
        self.gap(before).cell(text, width - before, tone)
    }

    /// Writes `text` into all that is left of the line, cut at a word.
    pub(in crate::view) fn rest(&mut self, text: &str, tone: Tone) -> &mut Self {
        let width = self.end - self.x;
        self.cell(text, width, tone)
    }

    /// Writes `text` so that it ends at the end of the line, if it fits after what is there.
    pub(in crate::view) fn flush_right(&mut self, text: &str, tone: Tone) -> &mut Self {
        if text.width() <= self.room() {
            let width = self.end - self.x;
            self.right(text, width, tone);
        }
        self
    }

    /// Fills the rest of the line with `mark`.
    pub(in crate::view) fn fill(&mut self, mark: &str, tone: Tone) {
        let style = self.theme.style(tone);
        for x in self.x..self.end {
            self.buffer[(x, self.y)].set_symbol(mark).set_style(style);
        }
        self.x = self.end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_columns_whatever_is_in_them() {
        let theme = Theme::default();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        let area = buffer.area;
        Pen::new(&mut buffer, &theme, area)
            .cell("漢字漢字漢字", 6, Tone::Text)
            .put("|", Tone::Text)
            .right("12345678", 4, Tone::Text)
            .put("|", Tone::Text)
            .right("7", 4, Tone::Text)
            .put("|", Tone::Text)
            .rest("one two three", Tone::Text);
        let line: String = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(line, "漢 字 … |123…|   7|one tw…");
    }
}
