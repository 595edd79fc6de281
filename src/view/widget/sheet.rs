//! A page of lines, each made of pieces, of which a window is in sight.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::view::canvas::{Canvas, line};
use crate::view::theme::Tone;
use crate::view::widget::window;

/// One piece of a line.
enum Piece {
    Put(String, Tone),
    Cell(String, u16, Tone),
    Right(String, u16, Tone),
    Gap(u16),
    Rest(String, Tone),
    Fill(&'static str, Tone),
    Bar(u16, u32, u32, Tone),
}

/// One line.
#[derive(Default)]
pub(in crate::view) struct Line(Vec<Piece>);

impl Line {
    /// A line that starts `columns` from the left.
    pub(in crate::view) fn at(columns: u16) -> Self {
        Self(vec![Piece::Gap(columns)])
    }

    /// Words as long as they are.
    pub(in crate::view) fn put(mut self, words: impl Into<String>, tone: Tone) -> Self {
        self.0.push(Piece::Put(words.into(), tone));
        self
    }

    /// Words in exactly so many columns.
    pub(in crate::view) fn cell(
        mut self,
        words: impl Into<String>,
        width: u16,
        tone: Tone,
    ) -> Self {
        self.0.push(Piece::Cell(words.into(), width, tone));
        self
    }

    /// Words that end at the last of so many columns.
    pub(in crate::view) fn right(
        mut self,
        words: impl Into<String>,
        width: u16,
        tone: Tone,
    ) -> Self {
        self.0.push(Piece::Right(words.into(), width, tone));
        self
    }

    /// Empty columns.
    pub(in crate::view) fn gap(mut self, columns: u16) -> Self {
        self.0.push(Piece::Gap(columns));
        self
    }

    /// Words in all that is left, cut at a word.
    pub(in crate::view) fn rest(mut self, words: impl Into<String>, tone: Tone) -> Self {
        self.0.push(Piece::Rest(words.into(), tone));
        self
    }

    /// All that is left, full of `mark`.
    pub(in crate::view) fn fill(mut self, mark: &'static str, tone: Tone) -> Self {
        self.0.push(Piece::Fill(mark, tone));
        self
    }

    /// What another line says goes on here.
    pub(in crate::view) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// `part` of `whole` over so many columns.
    pub(in crate::view) fn bar(
        mut self,
        width: u16,
        (part, whole): (u32, u32),
        tone: Tone,
    ) -> Self {
        self.0.push(Piece::Bar(width, part, whole, tone));
        self
    }
}

/// Lines from top to bottom.
#[derive(Default)]
pub(in crate::view) struct Sheet {
    lines: Vec<Line>,
    chosen: Option<usize>,
    below: usize,
}

impl Sheet {
    /// Adds a line.
    pub(in crate::view) fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// The line added last is the selected one.
    pub(in crate::view) fn choose(&mut self) {
        self.chosen = self.lines.len().checked_sub(1);
    }

    /// The `count` lines added last belong to the selected one.
    pub(in crate::view) fn belongs(&mut self, count: usize) {
        self.below = count;
    }

    /// The selected line, and how many below it belong to it.
    pub(in crate::view) fn chosen(&self) -> Option<(usize, usize)> {
        Some((self.chosen?, self.below))
    }

    /// Adds a quiet line in capitals, with an empty one before it unless it is the first.
    pub(in crate::view) fn title(&mut self, words: &str) {
        if !self.lines.is_empty() {
            self.add(Line::default());
        }
        self.add(Line::at(3).rest(words, Tone::Muted));
    }

    /// Adds a plain sentence.
    pub(in crate::view) fn say(&mut self, words: impl Into<String>, tone: Tone) {
        self.add(Line::at(3).rest(words, tone));
    }

    /// How many lines there are.
    pub(in crate::view) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Draws what is in sight from the line `top` on, and where that is: at the end of the line above,
    /// where there is room for it.
    pub(in crate::view) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, top: usize) {
        let window = window::from(top, self.len(), usize::from(area.height));
        let position = window::position(&window, self.len());
        for (down, index) in window.enumerate() {
            let place = line(area, down);
            let chosen = self.chosen == Some(index);
            if chosen {
                canvas.pen(place).gap(1).put("▌", Tone::Accent);
            }
            draw_line(canvas, place, &self.lines[index]);
            if chosen {
                canvas.theme.select(canvas.buffer, place);
            }
        }
        if let Some(position) = position {
            let width = u16::try_from(position.chars().count() + 2).unwrap_or(0);
            let width = width.min(area.width);
            let place = Rect {
                x: area.right() - width,
                y: area.y.saturating_sub(1),
                width,
                height: 1,
            };
            canvas.pen(place).flush_right(&position, Tone::Accent);
        }
    }
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, line: &Line) {
    let mut pen = canvas.pen(area);
    for piece in &line.0 {
        match piece {
            // What does not fit is the last thing that is said.
            Piece::Put(words, tone) if words.width() > pen.room() => pen.rest(words, *tone),
            Piece::Put(words, tone) => pen.put(words, *tone),
            Piece::Fill(mark, tone) => {
                pen.fill(mark, *tone);
                &mut pen
            }
            Piece::Cell(words, width, tone) => pen.cell(words, *width, *tone),
            Piece::Right(words, width, tone) => pen.right(words, *width, *tone),
            Piece::Gap(columns) => pen.gap(*columns),
            Piece::Rest(words, tone) => pen.rest(words, *tone),
            Piece::Bar(width, part, whole, tone) => {
                let share = u64::from(*width) * u64::from(*part.min(whole));
                let full = share / u64::from((*whole).max(1));
                let full = usize::try_from(full)
                    .unwrap_or(0)
                    .max(usize::from(*part > 0));
                let full = full.min(usize::from(*width));
                pen.put(&"█".repeat(full), *tone);
                pen.put(&"░".repeat(usize::from(*width) - full), Tone::Faint)
            }
        };
    }
}
