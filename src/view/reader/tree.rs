//! A line field by field.

use ratatui::layout::Rect;
use serde_json::Value;

use super::super::canvas::{Canvas, below, line};
use super::super::theme::Tone;
use crate::app::screen::reader::Reader;
use crate::estate::log::Fields;
use crate::estate::text::Text;

/// The line in focus, field by field.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reader: &Reader) {
    let Some(one) = reader.focus() else {
        return;
    };
    let mut rows = vec![
        ("at".to_owned(), format!("{:.3}", one.at())),
        ("service".to_owned(), one.service.name().to_owned()),
        ("stream".to_owned(), one.stream.to_string()),
    ];
    if let Some(taken) = one.ingested_at {
        rows.insert(1, ("taken in".to_owned(), format!("{taken:.3}")));
    }
    match Fields::of(one.message) {
        Fields::Json(fields) => {
            for (key, value) in &fields {
                branch(key, value, 0, &mut rows);
            }
        }
        Fields::Logfmt(pairs) => rows.extend(pairs),
        Fields::None => rows.push(("line".to_owned(), one.message.to_owned())),
    }
    canvas.rule(line(area, 0), "─", Tone::Faint);
    let body = below(area);
    for (down, (key, value)) in rows.iter().take(usize::from(body.height)).enumerate() {
        let mut pen = canvas.pen(line(body, down));
        let clean = Text::clean(value);
        pen.gap(3)
            .cell(key, 24, Tone::Muted)
            .gap(1)
            .rest(&clean, Tone::Text);
    }
}

/// A value and what is in it, each with how deep it stands.
fn branch(key: &str, value: &Value, depth: usize, rows: &mut Vec<(String, String)>) {
    let key = format!("{}{}", "  ".repeat(depth), Text::clean(key));
    match value {
        Value::Object(fields) if depth < 8 => {
            rows.push((key, String::new()));
            for (key, value) in fields {
                branch(key, value, depth + 1, rows);
            }
        }
        Value::Array(items) if depth < 8 => {
            rows.push((key, String::new()));
            for (index, value) in items.iter().enumerate() {
                branch(&index.to_string(), value, depth + 1, rows);
            }
        }
        Value::String(text) => rows.push((key, text.clone())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            rows.push((key, value.to_string()));
        }
    }
}
