//! The KPIs and alarms as `firstline kpis --json` and `firstline alarms --json` print them.

use serde::Serialize;

use super::alarm::Alarm;
use super::board::{Headline, kpi_strip, kpis_of};
use super::id::{AlarmArn, EnvironmentName, KpiId, ServiceArn};
use super::kpi::{Budget, Level, Suspect, Unit, budget, suspects};
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::text::Text;
use super::{SignedDuration, Timestamp};

/// One KPI, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Its environment.
    pub environment: EnvironmentName,
    /// The same KPI keeps its id from look to look.
    pub id: KpiId,
    /// `database-connections`.
    pub kind: String,
    /// What the settings call it.
    pub label: Option<Text>,
    /// What it is measured of.
    pub resource: Text,
    /// The services it provably belongs to; empty: the environment's.
    pub services: Vec<ServiceArn>,
    /// `count`, `per-minute`, `seconds`, `percent` or `bytes`.
    pub unit: &'static str,
    /// `fine`, `amber`, `red` or `unknown`.
    pub level: &'static str,
    /// The newest value, in its unit.
    pub value: Option<f64>,
    /// What stands on the board: the value with its share, or why there is none.
    pub words: String,
    /// What 100 % is.
    pub ceiling: Option<f64>,
    /// Whether AWS says so itself; a formula only guesses.
    pub ceiling_exact: Option<bool>,
    /// Amber and red from here, in the unit or in percent of the ceiling.
    pub thresholds: Option<[f64; 2]>,
    /// `full in ~4 min`.
    pub trend: Option<String>,
    /// What all services of a database could open at worst, where that is more than it takes.
    pub budget: Option<String>,
    /// The values are as of then.
    pub as_of: Option<Timestamp>,
    /// Who may be behind it, where it is amber or red and shared.
    pub suspects: Vec<Suspect>,
    /// The values since the time that was asked for, oldest first.
    pub points: Vec<(Timestamp, f64)>,
}

/// The KPIs of everything, of one environment or of one service, in the order they matter; with
/// their values of the last `since`.
pub fn figures(
    snapshot: &Snapshot,
    environment: Option<&EnvironmentName>,
    service: Option<&ServiceArn>,
    (now, since): (Timestamp, SignedDuration),
) -> Vec<Figure> {
    let found = match service {
        Some(service) => kpis_of(snapshot, service, now),
        None => kpi_strip(snapshot, environment, now),
    };
    let found = found.into_iter().filter_map(|one| {
        let place = snapshot.environment(one.environment)?;
        Some(figure(place, one, now, since))
    });
    found.collect()
}

fn figure(
    place: &EnvironmentSnapshot,
    one: Headline<'_>,
    now: Timestamp,
    since: SignedDuration,
) -> Figure {
    let kpi = one.kpi;
    let points = kpi.series.points.iter();
    let points = points.filter(|point| now.duration_since(point.at()) <= since);
    let loud = one.level >= Level::Amber;
    Figure {
        environment: one.environment.clone(),
        id: kpi.id.clone(),
        kind: kpi.kind.to_string(),
        label: kpi.label.clone(),
        resource: kpi.resource.clone(),
        services: kpi.services.clone(),
        unit: unit(kpi.unit),
        level: level(one.level),
        value: kpi.series.last().map(|point| point.value),
        words: one.words,
        ceiling: kpi.ceiling.map(|ceiling| ceiling.value),
        ceiling_exact: kpi.ceiling.map(|ceiling| ceiling.exact),
        thresholds: kpi.thresholds.map(|own| [own.amber, own.red]),
        trend: one.trend,
        budget: budget(place, kpi)
            .filter(Budget::is_over)
            .map(|one| one.words),
        as_of: kpi.series.as_of,
        suspects: if loud {
            suspects(place, kpi, now)
        } else {
            Vec::new()
        },
        points: points.map(|point| (point.at(), point.value)).collect(),
    }
}

/// The word for a level.
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::Unknown => "unknown",
        Level::Fine => "fine",
        Level::Amber => "amber",
        Level::Red => "red",
    }
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "count",
        Unit::PerMinute => "per-minute",
        Unit::Seconds => "seconds",
        Unit::Percent => "percent",
        Unit::Bytes => "bytes",
    }
}

/// One alarm of any state, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bell {
    /// Its environment.
    pub environment: EnvironmentName,
    /// Its ARN.
    pub arn: AlarmArn,
    /// Its name.
    pub name: Text,
    /// `ALARM`, `INSUFFICIENT_DATA`, `OK`.
    pub state: String,
    /// When it really changed.
    pub since: Option<Timestamp>,
    /// Why it is so.
    pub cause: String,
    /// What it watches and how it judges.
    pub watches: String,
    /// Whether anybody is told.
    pub notifies: bool,
    /// Why nobody is: switched off, without action, suppressed, muted by a rule.
    pub silence: Vec<String>,
    /// Why it cannot say whether all is well.
    pub no_verdict: Option<String>,
    /// The services it watches and nothing wider.
    pub services: Vec<ServiceArn>,
}

/// Every alarm: those in ALARM, those without data, the others; each by the time of its real
/// change, newest first.
pub fn bells(snapshot: &Snapshot) -> Vec<Bell> {
    let all = ordered(snapshot).into_iter();
    all.map(|(place, alarm)| bell(place, alarm)).collect()
}

/// The same, as they were read; without those that only steer auto scaling.
pub fn ordered(snapshot: &Snapshot) -> Vec<(&EnvironmentSnapshot, &Alarm)> {
    let places = snapshot.environments.iter();
    let mut found: Vec<(&EnvironmentSnapshot, &Alarm)> = places
        .flat_map(|place| place.alarms.iter().map(move |alarm| (place, alarm)))
        .filter(|(_, alarm)| !alarm.steers_scaling())
        .collect();
    found.sort_by(|(_, one), (_, other)| {
        order(one)
            .cmp(&order(other))
            .then_with(|| other.since.cmp(&one.since))
            .then_with(|| one.arn.cmp(&other.arn))
    });
    found
}

fn order(alarm: &Alarm) -> u8 {
    use super::alarm::AlarmState;
    match alarm.state {
        AlarmState::Alarm => 0,
        AlarmState::Unknown(_) => 1,
        AlarmState::InsufficientData => 2,
        AlarmState::Ok => 3,
    }
}

fn bell(place: &EnvironmentSnapshot, alarm: &Alarm) -> Bell {
    let watched = place.services.values();
    let watched = watched.filter(|seen| alarm.watches(&seen.service));
    Bell {
        environment: place.environment.name.clone(),
        arn: alarm.arn.clone(),
        name: alarm.name.clone(),
        state: alarm.state.word().to_owned(),
        since: alarm.since,
        cause: alarm.cause(),
        watches: alarm.rule.words(alarm.threshold),
        notifies: alarm.notifies,
        silence: alarm.silence(place.history.mutes.all()),
        no_verdict: alarm.ignorance(),
        services: watched.map(|seen| seen.service.arn.clone()).collect(),
    }
}
