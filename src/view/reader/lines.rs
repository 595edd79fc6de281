//! The lines themselves, from the one in focus up.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthChar as _;

use super::super::canvas::{Canvas, clock, line};
use super::super::theme::Tone;
use super::badge::silence;
use crate::app::screen::reader::{Column, Reader};
use crate::estate::Timestamp;
use crate::estate::log::{BREAK, HeldLine, LogKeys, LogLevel, first_line};

/// Columns of a service's name, where there are several.
const SERVICE: u16 = 12;
/// Characters of a task's id that tell it from its siblings.
const TASK: u16 = 5;
/// Rows of one line that is broken at the edge.
const MOST_PIECES: usize = 12;

/// What is drawn of one line.
struct Drawn<'a> {
    line: HeldLine<'a>,
    /// Its own words, without what the columns say.
    said: String,
    /// Lines folded under it.
    folded: usize,
    /// The line before it on the screen.
    before: Option<Timestamp>,
    focused: bool,
}

pub(super) fn draw_lines(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let height = usize::from(area.height);
    let shown: Vec<HeldLine<'_>> = reader.back().take(height.max(1) + 1).collect();
    if shown.is_empty() {
        let words = silence(canvas.model, reader);
        canvas.pen(area).gap(3).rest(&words, Tone::Muted);
        return;
    }
    let width = usize::from(area.width.saturating_sub(3)).max(1);
    let columns = usize::from(columns(reader));
    let keys = &canvas.model.log_keys;
    let mut free = height;
    for (index, one) in shown.iter().take(height).enumerate() {
        if free == 0 {
            return;
        }
        let before = shown.get(index + 1).map(HeldLine::at);
        let focused = index == 0 && reader.at.is_some();
        let drawn = drawn(reader, keys, *one, (before, focused));
        let below = rows_below(reader, &drawn, width, columns);
        let top = free.saturating_sub(below.len() + 1);
        draw_line(canvas, line(area, top), reader, &drawn);
        for (down, piece) in below.iter().enumerate() {
            let place = line(area, top + 1 + down);
            canvas.pen(place).gap(5).put(piece, Tone::Text);
        }
        free = top;
    }
}

fn drawn<'a>(
    reader: &'a Reader,
    keys: &LogKeys,
    one: HeldLine<'a>,
    (before, focused): (Option<Timestamp>, bool),
) -> Drawn<'a> {
    let said = keys.spoken(one.service.name(), one.message).into_owned();
    let within = first_line(&said).1;
    let beneath = reader.follow_ups(one).count();
    let folded = if reader.looks.unfolded {
        0
    } else {
        within + beneath
    };
    Drawn {
        line: one,
        said,
        folded,
        before,
        focused,
    }
}

/// What stands below a line's first row: its other lines where they are unfolded, and the rest of
/// one that is broken at the edge.
fn rows_below(reader: &Reader, drawn: &Drawn<'_>, width: usize, columns: usize) -> Vec<String> {
    let (first, others) = drawn.said.split_once(BREAK).unwrap_or((&drawn.said, ""));
    let mut rows = Vec::new();
    if reader.looks.wrap && !fits(first, width.saturating_sub(columns)) {
        rows.extend(pieces(first, width.saturating_sub(2)));
    }
    if reader.looks.unfolded && !others.is_empty() {
        rows.extend(others.split(BREAK).map(str::to_owned));
    }
    rows
}

/// Columns in front of a line's words.
fn columns(reader: &Reader) -> u16 {
    let of = |column: Column, width: u16| if reader.looks.shows(column) { width } else { 0 };
    let service = if reader.services.len() > 1 {
        SERVICE + 1
    } else {
        0
    };
    of(Column::Time, 9)
        + of(Column::Service, service)
        + of(Column::Task, TASK + 1)
        + of(Column::Level, 6)
}

fn width_of(said: &str) -> usize {
    said.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

fn fits(said: &str, width: usize) -> bool {
    width_of(said) <= width
}

/// A line broken at the edge.
fn pieces(said: &str, width: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for letter in said.chars() {
        let needs = letter.width().unwrap_or(0);
        if used + needs > width.max(2) {
            if pieces.len() == MOST_PIECES {
                break;
            }
            pieces.push(String::new());
            used = 0;
        }
        used += needs;
        if let Some(last) = pieces.last_mut() {
            last.push(letter);
        }
    }
    pieces
}

fn draw_line(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader, drawn: &Drawn<'_>) {
    let one = drawn.line;
    let looks = &reader.looks;
    let (word, tone, said_tone) = match one.level {
        LogLevel::None => ("", Tone::Muted, Tone::Text),
        LogLevel::Debug => ("DEBUG", Tone::Muted, Tone::Muted),
        LogLevel::Info => ("INFO", Tone::Muted, Tone::Text),
        LogLevel::Warn => ("WARN", Tone::Degraded, Tone::Text),
        LogLevel::Error => ("ERROR", Tone::Down, Tone::Strong),
    };
    let marked = reader.bookmarks.binary_search(&one.key).is_ok();
    let selected = reader.is_selected(one.key);
    let at = clock(canvas.model, one.at());
    let mut pen = canvas.pen(area);
    pen.put(
        if drawn.focused || selected {
            "▌"
        } else {
            " "
        },
        Tone::Accent,
    );
    pen.put(if marked { "◆" } else { " " }, Tone::Accent).gap(1);
    if looks.shows(Column::Time) {
        let time = match (looks.steps, drawn.before) {
            (true, Some(before)) => step(before, one.at()),
            (true, None) => String::new(),
            (false, _) => at,
        };
        pen.right(&time, 8, Tone::Muted).gap(1);
    }
    if reader.services.len() > 1 && looks.shows(Column::Service) {
        pen.cell(one.service.name(), SERVICE, Tone::Muted).gap(1);
    }
    if looks.shows(Column::Task) {
        let id = one.stream.rsplit('/').next().unwrap_or_default();
        let short: String = id.chars().take(usize::from(TASK)).collect();
        pen.cell(&short, TASK, Tone::Muted).gap(1);
    }
    if looks.shows(Column::Level) {
        pen.cell(word, 6, tone);
    }
    if one.late {
        pen.put("late ", Tone::Moving);
    }
    if drawn.folded > 0 {
        pen.put(&format!("+{} ", drawn.folded), Tone::Accent);
    }
    // Folded or not, other lines of the event have no place in the row of the first.
    let first = first_line(&drawn.said).0;
    let mut end = 0;
    for mark in reader.filter.marks(first) {
        pen.put(&first[end..mark.start], said_tone);
        pen.put(&first[mark.clone()], Tone::Accent);
        end = mark.end;
    }
    pen.rest(&first[end..], said_tone);
}

/// How long after the line before: `+0.012`, `+3.4 s`, `+12 m`.
fn step(before: Timestamp, at: Timestamp) -> String {
    let millis = at.duration_since(before).as_millis().max(0);
    match millis {
        0..1_000 => format!("+{millis} ms"),
        1_000..60_000 => format!("+{}.{} s", millis / 1_000, millis % 1_000 / 100),
        60_000..3_600_000 => format!("+{} m", millis / 60_000),
        _ => format!("+{} h", millis / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_in_the_unit_they_have() {
        let at = |millis| Timestamp::from_millisecond(millis).unwrap();
        let told: Vec<String> = [12, 3_450, 720_000, 7_200_000]
            .into_iter()
            .map(|millis| step(at(0), at(millis)))
            .collect();
        assert_eq!(told, ["+12 ms", "+3.4 s", "+12 m", "+2 h"]);
    }

    #[test]
    fn wide_letters_are_broken_where_they_end() {
        assert_eq!(pieces("日本語", 4), ["日本", "語"]);
        assert_eq!(pieces(&"x".repeat(1_000), 10).len(), MOST_PIECES);
    }
}
