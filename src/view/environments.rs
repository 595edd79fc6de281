//! The environments and how their services are, in one line.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, below, clock, line};
use super::theme::{Tone, health_mark};
use super::widget::pen::Pen;
use crate::estate::board::{Counts, counts};
use crate::estate::problem::Feed;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::staging::{Goal, Saving, Sleep, overtime};
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
    remarks: Vec<Remark>,
}

/// Something to say about an environment behind its counts.
struct Remark {
    words: String,
    /// The same where there is less room: a sentence that is cut says nothing.
    short: String,
    tone: Tone,
}

impl Remark {
    /// Something that wants to be looked at.
    fn mark(words: &str, short: &str) -> Self {
        Self {
            words: format!("▲ {words}"),
            short: format!("▲ {short}"),
            tone: Tone::Degraded,
        }
    }

    /// As much of it as fits.
    fn draw(&self, pen: &mut Pen<'_>) {
        let room = pen.room();
        let both = [&self.words, &self.short];
        if let Some(words) = both.into_iter().find(|words| words.width() + 2 <= room) {
            pen.gap(2).put(words, self.tone);
        }
    }
}

/// What is said of an environment: that it is on its way, who stopped it, what came back, what
/// will come back, that it was left running.
fn remarks(canvas: &Canvas<'_>, one: &EnvironmentSnapshot) -> Vec<Remark> {
    let model = canvas.model;
    let name = &one.environment.name;
    let run = model.run.as_ref().filter(|run| run.environment == *name);
    if let Some(run) = run.filter(|_| model.carrying.is_some()) {
        let (over, all) = run.progress.counts();
        let verb = match run.progress.goal {
            Goal::Stop => "stopping",
            Goal::Start => "starting",
        };
        let words = format!("◌ {verb} {over} of {all}");
        return vec![Remark {
            short: words.clone(),
            words,
            tone: Tone::Moving,
        }];
    }
    let orders = model.orders(name);
    let services = || one.services.values().map(|seen| &seen.service);
    let region = one.environment.region.as_str();
    let sleep = Sleep::of(
        services(),
        one.asleep.as_ref(),
        (&orders, region),
        model.now,
    );
    let mut remarks = Vec::new();
    if let Some(sleep) = &sleep {
        remarks.extend(came_back(sleep));
        for id in &sleep.restarted {
            remarks.push(Remark::mark(
                &format!("{id} runs again: RDS starts it after seven days"),
                &format!("{id} runs again"),
            ));
        }
        for (id, at) in &sleep.restarts {
            let left = words::duration(at.duration_since(model.now));
            let words = format!("RDS starts {id} in {left}");
            remarks.push(Remark::mark(&words, &words));
        }
    }
    if let Some(hours) = overtime(services(), &orders, model.now) {
        let words = format!("left running outside {hours}");
        remarks.push(Remark::mark(&words, "left running"));
    }
    remarks.extend(sleep.map(|sleep| stopped(canvas, &sleep)));
    remarks
}

fn came_back(sleep: &Sleep) -> Option<Remark> {
    let (name, who) = sleep.back.first()?;
    let who = who
        .as_ref()
        .map_or_else(String::new, |who| format!(": {who}"));
    let more = match sleep.back.len() {
        1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    Some(Remark::mark(
        &format!("{name} came back{who}{more}"),
        &format!("{name} came back{more}"),
    ))
}

/// `stopped by alice 2 h ago, 9 services, saves about $4.30 a night`.
fn stopped(canvas: &Canvas<'_>, sleep: &Sleep) -> Remark {
    let when = if canvas.model.display.clock_times {
        clock(canvas.model, sleep.at)
    } else {
        format!("{} ago", canvas.when(sleep.at))
    };
    let down = words::counted(sleep.down, "service");
    let saving = sleep.saving.as_ref().map(Saving::brief);
    let saving = saving.map_or_else(String::new, |saving| format!(", {saving}"));
    let short = format!("stopped by {} {when}", sleep.by);
    Remark {
        words: format!("{short}, {down}{saving}"),
        short,
        tone: Tone::Muted,
    }
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
            remarks: remarks(canvas, one),
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
        for remark in self.remarks.iter().filter(|_| wordy) {
            remark.draw(pen);
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
