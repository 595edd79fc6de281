//! The services that need no line of their own, in few words, where nobody needs the room.

use ratatui::layout::Rect;

use super::canvas::{Canvas, below, line};
use super::services::is_elsewhere;
use super::theme::{Tone, health_mark};
use crate::app::Model;
use crate::app::screen::board::{Entry, is_healthy};
use crate::estate::board::Row;
use crate::estate::verdict::Health;

/// Draws them below the `used` lines of the services.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, used: usize) {
    let model = canvas.model;
    for (row, place) in places(model, area, used) {
        let tasks = format!("{}/{}", row.running, row.desired);
        let health = row.verdict.health;
        let tone = if row.stale {
            Tone::Stale
        } else {
            Tone::of_health(health)
        };
        let elsewhere = is_elsewhere(model, row);
        let mut pen = canvas.pen(place);
        pen.put(health_mark(health), tone).gap(1);
        pen.within(place.width - 9, |pen| {
            pen.text(&row.name, Tone::Muted);
            if elsewhere {
                pen.gap(1).text(row.environment.as_str(), Tone::Muted);
            }
        });
        pen.gap(1);
        pen.put(&tasks, Tone::Muted);
    }
}

/// Columns of a folded service.
const FOLDED: u16 = 28;

/// The folded services that fit into the lines nobody needs, in columns of one width, and where
/// each stands.
pub(super) fn places(model: &Model, area: Rect, used: usize) -> Vec<(&Row, Rect)> {
    let body = below(area);
    let Some(Entry::Healthy(count)) = model.board.entries.last() else {
        return Vec::new();
    };
    let abreast = usize::from((area.width.saturating_sub(5) / FOLDED).max(1));
    let spare = usize::from(body.height).saturating_sub(used);
    let here = |row: &&Row| {
        let only = model.only.as_ref();
        is_healthy(row)
            && only.is_none_or(|only| *only == row.environment)
            && !is_listed(model, row)
    };
    let rows = model.look.rows.iter().filter(here);
    let places = rows.take((*count).min(spare * abreast)).enumerate();
    places
        .map(|(place, row)| {
            let across = u16::try_from(place % abreast).unwrap_or(0) * FOLDED;
            let cell = Rect {
                x: area.x + 5 + across,
                width: FOLDED - 2,
                ..line(body, used + place / abreast)
            };
            (row, cell)
        })
        .collect()
}

/// Whether a row has a line of its own.
fn is_listed(model: &Model, row: &Row) -> bool {
    let mut entries = model.board.entries.iter();
    entries.any(|entry| {
        matches!(entry, Entry::Row(at)
            if model.look.rows.get(*at).is_some_and(|other| other.arn == row.arn))
    })
}

/// `13 more healthy, 4 unverified, 9 stopped`.
pub(super) fn words(model: &Model, count: usize) -> String {
    let rows = model.look.rows.iter();
    let folded = rows.filter(|row| model.shows(&row.environment) && !is_listed(model, row));
    let (mut unverified, mut stopped) = (0, 0);
    for row in folded {
        match row.verdict.health {
            Health::HealthyUnverified => unverified += 1,
            Health::Stopped => stopped += 1,
            Health::Unknown
            | Health::Deleting
            | Health::StoppedUnexplained
            | Health::Stopping
            | Health::Down
            | Health::Degraded
            | Health::Deploying
            | Health::Healthy => {}
        }
    }
    let healthy = count.saturating_sub(unverified + stopped);
    let parts = [
        (healthy, "healthy"),
        (unverified, "unverified"),
        (stopped, "stopped"),
    ];
    let mut words = String::new();
    for (count, word) in parts.into_iter().filter(|(count, _)| *count > 0) {
        words = match words.as_str() {
            "" => format!("{count} more {word}"),
            said => format!("{said}, {count} {word}"),
        };
    }
    words
}
