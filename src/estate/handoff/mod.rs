//! The report for the next level: how it is, what happened, what was done and what was refused,
//! and what nobody knows yet.
//!
//! | file | holds |
//! |---|---|
//! | `pattern` | error lines that say the same thing, counted |
//! | `markdown` | the report as people read and paste it |

mod markdown;
mod pattern;

use serde::Serialize;

use super::alarm::AlarmState;
use super::board::Row;
use super::id::EnvironmentName;
use super::kpi::{KpiKind, Level, level, value_words};
use super::log::{LogKeys, Masks};
use super::series::Series;
use super::snapshot::EnvironmentSnapshot;
use super::text::Text;
use super::timeline::{Incident, Moment, Scope, Sources, timeline};
use super::verdict::Health;
use super::{SignedDuration, Timestamp};

pub use pattern::{Pattern, Said};

/// How far a handoff looks back unless somebody says otherwise.
pub const SINCE: SignedDuration = SignedDuration::from_hours(2);

/// The report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handoff {
    /// When it was put together.
    pub taken_at: Timestamp,
    /// From when on it tells.
    pub since: Timestamp,
    /// What it is about: a service, an environment, or everything.
    pub about: Text,
    /// What the writer adds; empty when nothing.
    pub note: Text,
    /// The services concerned, worst first.
    pub services: Vec<ServiceState>,
    /// Services that are well, by number: their names help nobody.
    pub healthy: usize,
    /// When the present trouble began, and how that shows.
    pub incident: Option<Incident>,
    /// What had changed in the half hour before it.
    pub changed_before: Vec<Moment>,
    /// What happened, newest first.
    pub timeline: Vec<Moment>,
    /// The numbers, worst first.
    pub kpis: Vec<Number>,
    /// Alarms in ALARM, newest first.
    pub alarms: Vec<Ringing>,
    /// Error lines by pattern, most frequent first.
    pub patterns: Vec<Pattern>,
    /// What was done from here.
    pub actions: Vec<Act>,
    /// What policy refused.
    pub refused: Vec<Act>,
    /// What nobody knows yet.
    pub questions: Vec<Text>,
}

/// How a service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceState {
    /// Its name.
    pub name: Text,
    /// Its environment.
    pub environment: EnvironmentName,
    /// The verdict.
    pub verdict: Health,
    /// Since when, as far as known.
    pub since: Option<Timestamp>,
    /// Why, in a sentence.
    pub evidence: Text,
    /// Tasks running.
    pub running: u32,
    /// Tasks wanted.
    pub desired: u32,
    /// Whether the data is too old to be believed.
    pub stale: bool,
}

/// A number over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Number {
    /// What it measures.
    pub name: &'static str,
    /// Of what.
    pub resource: Text,
    /// The newest value, with its unit.
    pub value: String,
    /// `red`, `amber`, `fine` or `unknown`.
    pub level: &'static str,
    /// The last half hour, a block for each minute; a gap where nothing was published.
    pub chart: String,
}

/// An alarm in ALARM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ringing {
    /// Its name.
    pub name: Text,
    /// Its environment.
    pub environment: EnvironmentName,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, in a few words.
    pub cause: Text,
}

/// Something that was done or refused, from the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Act {
    /// The journal's entry.
    pub entry: Text,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Text,
    /// Where, if it was about an environment.
    pub environment: Option<EnvironmentName>,
    /// The service's ARN, if it was about one.
    pub service: Option<Text>,
    /// What was asked.
    pub what: Text,
    /// Why, as typed.
    pub reason: Text,
    /// How it ended.
    pub ended: Text,
    /// Whether policy refused it.
    pub refused: bool,
    /// Whether nobody knows how it ended.
    pub open: bool,
}

/// What a handoff is made of.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was read, judged and done.
    pub sources: Sources<'a>,
    /// What it is about.
    pub scope: Scope<'a>,
    /// From when on.
    pub since: Timestamp,
    /// The time.
    pub now: Timestamp,
    /// What the journal tells.
    pub acts: &'a [Act],
    /// What hides secrets.
    pub masks: &'a Masks,
    /// Under which keys lines say what.
    pub keys: &'a LogKeys,
    /// What the writer adds.
    pub note: &'a str,
}

/// Puts the report together; `lines` are the log lines at hand, whatever their level.
pub fn handoff<'a>(asked: &Asked<'a>, lines: impl Iterator<Item = Said<'a>>) -> Handoff {
    let timeline = timeline(&asked.sources, asked.scope, asked.since);
    let rows: Vec<&Row> = asked
        .sources
        .rows
        .iter()
        .filter(|row| is_about(asked, row))
        .collect();
    let single = matches!(asked.scope, Scope::Service(_));
    let told = |row: &&&Row| single || !is_well(row.verdict.health);
    let services: Vec<ServiceState> = rows
        .iter()
        .filter(told)
        .map(|row| state(row, asked))
        .collect();
    let acts: Vec<Act> = asked
        .acts
        .iter()
        .filter(|one| concerns(asked, one))
        .map(|one| masked(one, asked))
        .collect();
    let (refused, actions): (Vec<Act>, Vec<Act>) = acts.into_iter().partition(|one| one.refused);
    let lines = lines
        .filter(|line| line.at >= asked.since && rows.iter().any(|row| row.arn == *line.service));
    let mut report = Handoff {
        taken_at: asked.now,
        since: asked.since,
        about: about(asked),
        note: mask(asked, asked.note.trim()),
        healthy: rows.len() - services.len(),
        services,
        changed_before: timeline.changes_before().cloned().collect(),
        kpis: numbers(asked, &rows),
        alarms: ringing(asked),
        patterns: pattern::patterns(lines, asked.masks, asked.keys),
        actions,
        refused,
        questions: Vec::new(),
        incident: timeline.incident,
        timeline: timeline.moments,
    };
    report.questions = questions(&report, &timeline.missing);
    report
}

impl Handoff {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        markdown::written(self)
    }
}

const fn is_well(health: Health) -> bool {
    matches!(health, Health::Healthy | Health::HealthyUnverified)
}

fn mask(asked: &Asked<'_>, words: &str) -> Text {
    Text::from(asked.masks.apply(words).as_ref())
}

fn about(asked: &Asked<'_>) -> Text {
    match asked.scope {
        Scope::Estate => "everything".into(),
        Scope::Environment(name) => name.as_str().into(),
        Scope::Service(arn) => arn.name().into(),
    }
}

fn is_about(asked: &Asked<'_>, row: &Row) -> bool {
    match asked.scope {
        Scope::Estate => true,
        Scope::Environment(name) => row.environment == *name,
        Scope::Service(arn) => row.arn == *arn,
    }
}

fn places<'a>(asked: &Asked<'a>) -> impl Iterator<Item = &'a EnvironmentSnapshot> {
    let scope = asked.scope;
    let all = asked.sources.snapshot.environments.iter();
    all.filter(move |place| match scope {
        Scope::Estate => true,
        Scope::Environment(name) => place.environment.name == *name,
        Scope::Service(arn) => place.services.contains_key(arn),
    })
}

fn state(row: &Row, asked: &Asked<'_>) -> ServiceState {
    ServiceState {
        name: row.name.clone(),
        environment: row.environment.clone(),
        verdict: row.verdict.health,
        since: row.verdict.since,
        evidence: mask(asked, &row.verdict.evidence),
        running: row.running,
        desired: row.desired,
        stale: row.stale,
    }
}

/// An act without a place is about the console, and so about everything.
fn concerns(asked: &Asked<'_>, act: &Act) -> bool {
    act.at >= asked.since
        && match (asked.scope, &act.environment, &act.service) {
            (Scope::Estate, ..) | (_, None, _) => true,
            (Scope::Environment(name), Some(place), _) => place == name,
            (Scope::Service(arn), _, Some(service)) => **service == *arn.as_str(),
            (Scope::Service(_), _, None) => false,
        }
}

fn masked(act: &Act, asked: &Asked<'_>) -> Act {
    Act {
        reason: mask(asked, &act.reason),
        what: mask(asked, &act.what),
        ended: mask(asked, &act.ended),
        ..act.clone()
    }
}

/// The numbers of the services concerned, and those of the environment that are not fine.
fn numbers(asked: &Asked<'_>, rows: &[&Row]) -> Vec<Number> {
    let mut found: Vec<(Level, Number)> = Vec::new();
    for place in places(asked) {
        for kpi in &place.kpis {
            let level = level(kpi, asked.now);
            let mine = rows.iter().any(|row| {
                let told = matches!(asked.scope, Scope::Service(_)) || !is_well(row.verdict.health);
                told && kpi.services.contains(&row.arn)
            });
            let bad = level >= Level::Amber;
            let plain = !mine && !bad;
            if plain || kpi.series.points.is_empty() || hidden(kpi.kind, bad) {
                continue;
            }
            let number = Number {
                name: kpi.kind.words(),
                resource: kpi.resource.clone(),
                value: value_words(kpi),
                level: match level {
                    Level::Unknown => "unknown",
                    Level::Fine => "fine",
                    Level::Amber => "amber",
                    Level::Red => "red",
                },
                chart: chart(&kpi.series),
            };
            found.push((level, number));
        }
    }
    found.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.name.cmp(other.name)));
    found.into_iter().map(|(_, number)| number).collect()
}

/// What nobody misses while it is fine.
const fn hidden(kind: KpiKind, bad: bool) -> bool {
    !bad && matches!(kind, KpiKind::CacheEvictions | KpiKind::UnhealthyTargets)
}

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The last thirty periods, scaled between the smallest and the largest value.
fn chart(series: &Series) -> String {
    let slots = series.slots(30);
    let values = || slots.iter().flatten().copied();
    let (low, high) = (
        values().fold(f64::MAX, f64::min),
        values().fold(f64::MIN, f64::max),
    );
    let span = if high > low { high - low } else { 1.0 };
    slots
        .iter()
        .map(|slot| {
            let Some(value) = slot else {
                return ' ';
            };
            let share = (value - low) / span;
            let block = BLOCKS.iter().enumerate().rev().find(|(step, _)| {
                u32::try_from(*step).is_ok_and(|step| share * 8.0 >= f64::from(step))
            });
            block.map_or('▁', |(_, block)| *block)
        })
        .collect()
}

fn ringing(asked: &Asked<'_>) -> Vec<Ringing> {
    let mut ringing: Vec<Ringing> = Vec::new();
    for place in places(asked) {
        let mine = |alarm: &super::alarm::Alarm| match asked.scope {
            Scope::Service(arn) => {
                let seen = place.services.get(arn);
                seen.is_some_and(|seen| alarm.watches(&seen.service))
            }
            Scope::Estate | Scope::Environment(_) => !alarm.steers_scaling(),
        };
        let firing = place.alarms.iter();
        let firing = firing.filter(|alarm| alarm.state == AlarmState::Alarm && mine(alarm));
        ringing.extend(firing.map(|alarm| Ringing {
            name: alarm.name.clone(),
            environment: place.environment.name.clone(),
            since: alarm.since,
            cause: alarm.cause().into(),
        }));
    }
    ringing.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.name.cmp(&b.name)));
    ringing
}

/// What nobody knows yet; the next level begins here.
fn questions(report: &Handoff, missing: &[Text]) -> Vec<Text> {
    let mut questions: Vec<String> = Vec::new();
    for one in &report.services {
        if one.verdict == Health::Unknown || one.stale {
            questions.push(format!("How is {} really? {}", one.name, one.evidence));
        }
    }
    let open = report.actions.iter().filter(|one| one.open);
    questions.extend(open.map(|one| {
        format!(
            "Did “{}” happen? Journal entry {}: {}",
            one.what, one.entry, one.ended
        )
    }));
    if let Some(incident) = &report.incident
        && report.changed_before.is_empty()
    {
        let at = markdown::clock(incident.since);
        questions.push(format!(
            "What set it off? No change is known in the half hour before {at}."
        ));
    }
    questions.extend(
        missing
            .iter()
            .map(|one| format!("Could not be read: {one}")),
    );
    questions.into_iter().map(Text::from).collect()
}

#[cfg(test)]
mod tests;
