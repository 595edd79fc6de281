//! What the settings say about stopping and starting an environment.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::estate::Timestamp;
use crate::estate::text::Text;

/// What the settings say about stopping and starting one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Tiers of services in the order of a start: each a list of names, `*` at the end stands
    /// for anything. What no tier names starts last and stops first.
    pub order: Vec<Vec<Text>>,
    /// Whether `--yes` stands for the typed name, for schedulers.
    pub allow_unattended: bool,
    /// Databases (instances or Aurora clusters, by identifier) that stop and start with it.
    pub databases: Vec<Text>,
    /// Alarms that are muted while it is stopped, by name; `*` at the end stands for anything.
    pub mute_alarms: Vec<Text>,
    /// When it is meant to run; `None` is always.
    pub hours: Option<Hours>,
    /// What Fargate costs there; `None` takes the built-in estimate of its region.
    pub price: Option<Price>,
}

impl Orders {
    /// The tier of a service: zero starts first; services no tier names come after the last.
    pub fn tier(&self, name: &str) -> usize {
        let named = |tier: &Vec<Text>| tier.iter().any(|pattern| fits(pattern, name));
        let found = self.order.iter().position(named);
        found.unwrap_or(self.order.len())
    }

    /// Whether an alarm is muted while the environment is stopped.
    pub fn mutes(&self, alarm: &str) -> bool {
        let mut patterns = self.mute_alarms.iter();
        patterns.any(|pattern| fits(pattern, alarm))
    }

    /// What Fargate costs in `region`, if anybody knows.
    pub fn price_in(&self, region: &str) -> Option<Price> {
        self.price.clone().or_else(|| Price::estimated(region))
    }
}

/// Whether `name` is what `pattern` says, `*` at its end standing for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// What Fargate costs: Linux on x86, on demand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Price {
    /// The region it holds for.
    pub region: String,
    /// Millionths of a dollar for a virtual CPU and hour.
    pub vcpu_hour: u32,
    /// Millionths of a dollar for a GiB of memory and hour.
    pub gib_hour: u32,
    /// Where it comes from, with its date.
    pub source: String,
}

/// AWS's list prices for Fargate on Linux and x86, in millionths of a dollar, as of January 2025: an estimate,
/// for regions in which it was looked up; the settings' `price` table wins.
const LIST_PRICES: [(&str, u32, u32); 4] = [
    ("us-east-1", 40_480, 4_445),
    ("us-west-2", 40_480, 4_445),
    ("eu-west-1", 40_480, 4_445),
    ("eu-central-1", 46_560, 5_110),
];

impl Price {
    /// The built-in estimate; `None` for a region nobody looked up.
    pub fn estimated(region: &str) -> Option<Self> {
        let found = LIST_PRICES.iter().find(|(known, ..)| *known == region);
        found.map(|&(_, vcpu_hour, gib_hour)| Self {
            region: region.to_owned(),
            vcpu_hour,
            gib_hour,
            source: "estimate, Fargate list price 2025-01".to_owned(),
        })
    }
}

/// Days of the week, Monday first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weekdays(pub [bool; 7]);

/// The names of the days, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Weekdays {
    /// Reads `mon-fri`, `sat,sun`, `mon`; a range may wrap (`fri-mon`).
    pub fn read(text: &str) -> Option<Self> {
        let mut days = Self::default();
        for part in text.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (mut day, last) = (index(first)?, index(last)?);
            loop {
                days.0[day] = true;
                if day == last {
                    break;
                }
                day = (day + 1) % 7;
            }
        }
        Some(days)
    }

    /// Whether `day` is among them.
    pub fn has(self, day: Weekday) -> bool {
        let index = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
        self.0.get(index).copied().unwrap_or(false)
    }

    /// The days' short names, Monday first.
    pub fn names(self) -> Vec<&'static str> {
        let marked = DAYS.iter().zip(self.0);
        marked
            .filter(|(_, on)| *on)
            .map(|(name, _)| *name)
            .collect()
    }
}

fn index(day: &str) -> Option<usize> {
    let day = day.trim().to_ascii_lowercase();
    DAYS.iter().position(|known| *known == day)
}

/// When an environment is meant to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// From.
    pub from: Time,
    /// To; before `from` it ends the next morning.
    pub to: Time,
    /// On these days.
    pub days: Weekdays,
    /// In this time zone.
    pub zone: TimeZone,
    /// As the settings say it.
    pub words: Text,
}

impl Hours {
    /// Reads `mon-fri 07:00-19:00 Europe/Berlin`; without a zone it is UTC.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let days = Weekdays::read(words.next()?)?;
        let (from, to) = words.next()?.split_once('-')?;
        let zone = match words.next() {
            Some(name) => TimeZone::get(name).ok()?,
            None => TimeZone::UTC,
        };
        let hours = Self {
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            days,
            zone,
            words: text.into(),
        };
        words.next().is_none().then_some(hours)
    }

    /// Whether `at` lies within.
    pub fn hold(&self, at: Timestamp) -> bool {
        let local = at.to_zoned(self.zone.clone());
        let (day, time) = (local.weekday(), local.time());
        if self.from <= self.to {
            return self.days.has(day) && self.from <= time && time < self.to;
        }
        // Over midnight: the evening belongs to its own day, the morning to the day before.
        (self.days.has(day) && self.from <= time)
            || (self.days.has(day.previous()) && time < self.to)
    }
}
