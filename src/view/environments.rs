//! The environments and how their services are, in one line.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, below, clock, line};
use super::theme::{Tone, health_mark};
use super::widget::pen::Pen;
use crate::estate::board::{Counts, counts};
use crate::estate::problem::Feed;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::staging::{RESTORE_TAG, Record};
use crate::estate::verdict::Health;
use crate::estate::words;

/// Draws every environment that is watched with its counts by verdict.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let tallies = tallies(canvas);
    let needed: usize = tallies.iter().map(|one| one.width() + 4).sum();
    let wordy = needed <= usize::from(area.width);
    let mut pen = canvas.pen(area);
    for tally in &tallies {
        pen.gap(1);
        tally.draw(&mut pen, wordy);
        pen.gap(3);
    }
}

/// Draws what is left of the board when the terminal is too small for it: the counts.
pub(super) fn draw_alone(canvas: &mut Canvas<'_>, area: Rect) {
    let size = format!(
        "{}x{} is too small, 60x15 is enough",
        area.width, area.height
    );
    canvas.pen(area).rest(&size, Tone::Muted);
    let rest = below(area);
    for (index, tally) in tallies(canvas).iter().enumerate() {
        tally.draw(&mut canvas.pen(line(rest, index)), false);
    }
}

/// One environment's numbers.
struct Tally<'a> {
    name: &'a str,
    counts: Counts,
    read: bool,
    stopped: Option<Stopped>,
}

/// What the records on the services tell of an environment that was stopped.
struct Stopped {
    words: String,
    back: usize,
}

/// Who stopped the environment and when, and how many services came back since; `None` where no
/// service carries a record.
fn stopped(canvas: &Canvas<'_>, one: &EnvironmentSnapshot) -> Option<Stopped> {
    let services = one.services.values().map(|seen| &seen.service);
    let records: Vec<(bool, Record)> = services
        .filter_map(|service| {
            let tags = &mut service.tags.iter();
            let tag = tags.find(|(key, _)| &**key == RESTORE_TAG)?;
            let record = tag.1.parse::<Record>().ok()?;
            (record.desired > 0).then_some((service.desired > 0, record))
        })
        .collect();
    let newest = records
        .iter()
        .map(|(_, record)| record)
        .max_by_key(|record| record.at)?;
    let back = records.iter().filter(|(back, _)| *back).count();
    let down = words::counted(records.len() - back, "service");
    let when = if canvas.model.display.clock_times {
        format!(" at {}", clock(newest.at))
    } else {
        format!(" {} ago", canvas.when(newest.at))
    };
    Some(Stopped {
        words: format!("{down} stopped by {}{when}", newest.by),
        back,
    })
}

fn tallies<'a>(canvas: &Canvas<'a>) -> Vec<Tally<'a>> {
    let model = canvas.model;
    let watched = model.look.snapshot.environments.iter();
    watched
        .filter(|one| {
            let name = &one.environment.name;
            model.only.as_ref().is_none_or(|only| only == name)
        })
        .map(|one| Tally {
            name: one.environment.name.as_str(),
            counts: counts(&model.look.rows, Some(&one.environment.name)),
            read: was_read(one),
            stopped: stopped(canvas, one),
        })
        .collect()
}

/// Whether the services were ever read, so that none can mean none.
pub(super) fn was_read(one: &EnvironmentSnapshot) -> bool {
    !one.services.is_empty()
        || one
            .feed(Feed::Services)
            .is_some_and(|feed| feed.good_at.is_some())
}

impl Tally<'_> {
    /// What is wrong, worst first; every class but those that are fine.
    fn sick(&self) -> impl Iterator<Item = (Health, usize)> {
        self.counts.iter().filter(|(health, count)| {
            *count > 0 && !matches!(health, Health::Healthy | Health::HealthyUnverified)
        })
    }

    /// What works, and what seems to: nobody checks it.
    fn fine(&self) -> impl Iterator<Item = (Health, usize)> {
        let classes = [Health::Healthy, Health::HealthyUnverified];
        let counted = classes.map(|health| (health, self.counts.of(health)));
        counted.into_iter().filter(|(_, count)| *count > 0)
    }

    fn width(&self) -> usize {
        let sick: usize = self
            .sick()
            .map(|(health, count)| 5 + count.to_string().len() + health.word().width())
            .sum();
        let fine = self.fine().map(|(_, count)| 4 + count.to_string().len());
        self.name.width() + sick + 1 + fine.sum::<usize>()
    }

    fn draw(&self, pen: &mut Pen<'_>, wordy: bool) {
        pen.put(self.name, Tone::Strong);
        if !self.read {
            pen.gap(2).put("asking …", Tone::Unknown);
            return;
        }
        for (health, count) in self.sick() {
            let tone = Tone::of_health(health);
            pen.gap(2).put(health_mark(health), tone).gap(1);
            pen.put(&count.to_string(), tone);
            if wordy {
                pen.gap(1).put(health.word(), tone);
            }
        }
        self.draw_healthy(pen);
        if let Some(stopped) = self.stopped.as_ref().filter(|_| wordy) {
            if stopped.back > 0 {
                let back = format!("▲ {} came back", stopped.back);
                pen.gap(2).put(&back, Tone::Degraded);
            }
            pen.gap(2).text(&stopped.words, Tone::Muted);
        }
    }

    fn draw_healthy(&self, pen: &mut Pen<'_>) {
        if self.counts.total() == 0 {
            pen.gap(2).put("no services", Tone::Muted);
        }
        for (health, count) in self.fine() {
            pen.gap(2)
                .put(health_mark(health), Tone::of_health(health))
                .gap(1);
            pen.put(&count.to_string(), Tone::Muted);
        }
    }
}
