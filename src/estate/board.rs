//! The board: one row a service, counts, ages and headline numbers.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use strum::IntoEnumIterator;

use super::id::{ClusterArn, EnvironmentName, ServiceArn};
use super::kpi::{self, Kpi, KpiKind, Level};
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::text::Text;
use super::verdict::{Health, Verdict};
use super::{SignedDuration, Timestamp};

/// One service as the board shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it lives.
    pub environment: EnvironmentName,
    /// The service; what a selection holds on to.
    pub arn: ServiceArn,
    /// Its name.
    pub name: Text,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// What is believed of it.
    pub verdict: Verdict,
    /// Tasks running when it was last seen.
    pub running: u32,
    /// Tasks wanted when it was last seen.
    pub desired: u32,
    /// Tasks on their way when it was last seen.
    pub pending: u32,
    /// `orders:58 2/4 new, 3 old · breaker on`.
    pub rollout: Text,
    /// When AWS was asked.
    pub seen_at: Timestamp,
    /// Whether what was seen is too old to be believed.
    pub stale: bool,
}

/// How many services there are of each verdict. In JSON: every class by its name, worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Health::CLASSES]);

impl Counts {
    /// How many services are `health`.
    pub fn of(&self, health: Health) -> usize {
        self.0[usize::from(health.rank())]
    }

    /// Every service that works, whether or not anybody checks it.
    pub fn healthy(&self) -> usize {
        self.of(Health::Healthy) + self.of(Health::HealthyUnverified)
    }

    /// All services.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Every class with its count, worst first, zeros included.
    pub fn iter(&self) -> impl Iterator<Item = (Health, usize)> + '_ {
        let mut classes: Vec<Health> = Health::iter().collect();
        classes.sort_by_key(|health| health.rank());
        classes.into_iter().map(|health| (health, self.of(health)))
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Health::CLASSES))?;
        for (health, count) in self.iter() {
            map.serialize_entry(&health, &count)?;
        }
        map.end()
    }
}

/// Counts the rows of one environment, or of all of them.
pub fn counts(rows: &[Row], environment: Option<&EnvironmentName>) -> Counts {
    let mut counts = Counts::default();
    for row in rows {
        if environment.is_none_or(|only| *only == row.environment) {
            counts.0[usize::from(row.verdict.health.rank())] += 1;
        }
    }
    counts
}

/// How old what is shown of an environment's services is: the age of the one seen longest ago.
/// `None` until one was seen.
pub fn age(environment: &EnvironmentSnapshot, now: Timestamp) -> Option<SignedDuration> {
    let seen = environment.services.values().map(|one| one.seen_at);
    seen.min().map(|oldest| now.duration_since(oldest))
}

/// One number of the KPI strip, ready to be drawn beside its sparkline.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline<'a> {
    /// Where it was measured.
    pub environment: &'a EnvironmentName,
    /// The KPI.
    pub kpi: &'a Kpi,
    /// How bad it is.
    pub level: Level,
    /// The newest value in words (`405 / ≈415  97 %`), `0/min`, `no traffic` or `–`.
    pub words: String,
    /// `full in ~4 min`, when the data says so.
    pub trend: Option<String>,
}

/// The headline numbers of one environment, or of all of them, in the order they matter: what is
/// amber or red, the worst first; then the calm ones, one of each kind before the second of any
/// (database connections, 5xx of load balancers, 5xx of targets, p99 latency, caches), so that a
/// strip of a few lines says something of everything.
pub fn kpi_strip<'a>(
    snapshot: &'a Snapshot,
    environment: Option<&EnvironmentName>,
    now: Timestamp,
) -> Vec<Headline<'a>> {
    let mut strip: Vec<Headline<'a>> = snapshot
        .environments
        .iter()
        .filter(|one| environment.is_none_or(|only| *only == one.environment.name))
        .flat_map(|one| {
            let requests = one.kpis.iter().filter(|kpi| kpi.kind == KpiKind::Requests);
            let requests: HashMap<_, &Kpi> = requests
                .map(|kpi| ((&kpi.resource, &kpi.services), kpi))
                .collect();
            let headlines = one.kpis.iter();
            let headlines = headlines.filter(|kpi| kpi.pinned || kpi.kind.place().is_some());
            headlines.map(move |kpi| {
                let requests = requests.get(&(&kpi.resource, &kpi.services)).copied();
                headline(&one.environment.name, kpi, requests, now)
            })
        })
        .collect();
    strip.sort_by(|a, b| {
        (Reverse(a.level), a.kpi.kind.place())
            .cmp(&(Reverse(b.level), b.kpi.kind.place()))
            .then_with(|| fullness(b.kpi).cmp(&fullness(a.kpi)))
            .then_with(|| a.kpi.resource.cmp(&b.kpi.resource))
            .then_with(|| a.kpi.id.cmp(&b.kpi.id))
    });
    let mut rounds: HashMap<KpiKind, usize> = HashMap::new();
    let mut turns: Vec<(_, Headline<'a>)> = strip
        .into_iter()
        .map(|one| {
            let turn = (one.level < Level::Amber).then(|| {
                let round = rounds.entry(one.kpi.kind).or_default();
                *round += 1;
                (*round, one.kpi.kind.place())
            });
            (turn, one)
        })
        .collect();
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, one)| one).collect()
}

/// The share of its ceiling a KPI has reached, in whole tenths so that two that are nearly alike
/// do not change places with every minute; 0 without a ceiling.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest whole number it has"
)]
fn fullness(kpi: &Kpi) -> u32 {
    let share = kpi.ceiling.zip(kpi.series.last());
    share.map_or(0, |(ceiling, last)| {
        (last.value / ceiling.value * 10.0) as u32
    })
}

/// The numbers that belong to one service, the worst first.
pub fn kpis_of<'a>(
    snapshot: &'a Snapshot,
    service: &ServiceArn,
    now: Timestamp,
) -> Vec<Headline<'a>> {
    let Some((place, seen)) = snapshot.service(service) else {
        return Vec::new();
    };
    let own = || {
        place
            .kpis
            .iter()
            .filter(|kpi| kpi.services.contains(service))
    };
    let requests = own().filter(|kpi| kpi.kind == KpiKind::Requests);
    let requests: HashMap<&Text, &Kpi> = requests.map(|kpi| (&kpi.resource, kpi)).collect();
    let mut numbers: Vec<Headline<'a>> = own()
        .map(|kpi| {
            let requests = requests.get(&kpi.resource).copied();
            let headline = headline(&place.environment.name, kpi, requests, now);
            beside(headline, requests, seen.service.running, now)
        })
        .collect();
    numbers.sort_by_key(|one| (Reverse(one.level), one.kpi.kind));
    numbers
}

/// One KPI of `place`, ready to be drawn.
pub fn headline_of<'a>(
    place: &'a EnvironmentSnapshot,
    kpi: &'a Kpi,
    now: Timestamp,
) -> Headline<'a> {
    let requests = place.requests_of(kpi);
    let headline = headline(&place.environment.name, kpi, requests, now);
    let [only] = kpi.services.as_slice() else {
        return headline;
    };
    match place.services.get(only) {
        Some(seen) => beside(headline, requests, seen.service.running, now),
        None => headline,
    }
}

/// What an absent value means once the running tasks are known.
fn beside<'a>(
    headline: Headline<'a>,
    requests: Option<&Kpi>,
    running: u32,
    now: Timestamp,
) -> Headline<'a> {
    let reading = kpi::reading(headline.kpi, requests, now);
    match kpi::beside_tasks(headline.kpi, reading, running) {
        explained if explained != reading => Headline {
            words: kpi::reading_words(headline.kpi, explained),
            ..headline
        },
        _ => headline,
    }
}

fn headline<'a>(
    environment: &'a EnvironmentName,
    kpi: &'a Kpi,
    requests: Option<&Kpi>,
    now: Timestamp,
) -> Headline<'a> {
    let words = kpi::reading_words(kpi, kpi::reading(kpi, requests, now));
    Headline {
        environment,
        kpi,
        level: kpi::level_of(kpi, requests, now),
        words,
        trend: kpi::trend_words(kpi, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, environment, kpi, service, thresholds};
    use crate::estate::kpi::Unit;
    use crate::estate::verdict::Judge;

    #[test]
    fn counts_are_by_class_and_environment() {
        let down = {
            let mut one = service("down");
            one.running = 0;
            one
        };
        let mut production = environment(vec![service("a"), service("b"), down]);
        production
            .kpis
            .retain(|kpi| !kpi.id.as_str().ends_with(" b"));
        let mut staging = environment(vec![service("c")]);
        staging.environment.name = "staging".into();
        let snapshot = Snapshot {
            environments: vec![production, staging],
        };
        let rows = Judge::default().look(&snapshot, ago(0));
        let all = counts(&rows, None);
        assert_eq!(
            (all.of(Health::Healthy), all.healthy(), all.total()),
            (2, 3, 4)
        );
        let mine = counts(&rows, Some(&"production".into()));
        assert_eq!(
            (mine.of(Health::Down), mine.healthy(), mine.total()),
            (1, 2, 3)
        );
        assert_eq!(mine.iter().next(), Some((Health::Down, 1)));
    }

    #[test]
    fn every_class_has_a_place_of_its_own() {
        let mut ranks: Vec<u8> = Health::iter().map(Health::rank).collect();
        ranks.sort_unstable();
        let places: Vec<u8> = (0..10).collect();
        assert_eq!((ranks, Health::CLASSES), (places, 10));
    }

    #[test]
    fn the_age_is_that_of_the_service_seen_longest_ago() {
        let mut estate = environment(vec![service("a"), service("b")]);
        assert_eq!(age(&estate, ago(0)), Some(SignedDuration::from_secs(5)));
        if let Some(mut first) = estate.services.first_entry() {
            first.get_mut().seen_at = ago(40);
        }
        assert_eq!(age(&estate, ago(0)), Some(SignedDuration::from_secs(40)));
        assert_eq!(age(&environment(Vec::new()), ago(0)), None);
    }

    #[test]
    fn the_strip_shows_trouble_first_and_then_one_of_each_kind() {
        let mut estate = environment(Vec::new());
        let mut add = |kind, unit, resource: &str, value: f64| {
            let mut one = kpi(kind, unit, &[value; 5]);
            one.resource = resource.into();
            one.id = format!("{kind} {resource}").as_str().into();
            one.thresholds = thresholds(80.0, 90.0, false);
            estate.kpis.push(one);
        };
        add(KpiKind::CacheHitRate, Unit::Percent, "cache", 70.0);
        add(KpiKind::Requests, Unit::PerMinute, "alb", 600.0);
        add(KpiKind::Target5xx, Unit::PerMinute, "alb", 24.0);
        add(KpiKind::DatabaseConnections, Unit::Count, "a-db", 12.0);
        add(KpiKind::DatabaseConnections, Unit::Count, "b-db", 13.0);
        add(KpiKind::DatabaseConnections, Unit::Count, "z-db", 95.0);
        for resource in ["alb", "unused-alb"] {
            let mut silent = kpi(KpiKind::LoadBalancer5xx, Unit::PerMinute, &[]);
            silent.resource = resource.into();
            estate.kpis.push(silent);
        }
        let snapshot = Snapshot {
            environments: vec![estate],
        };
        let strip = kpi_strip(&snapshot, None, ago(0));
        let told: Vec<(&str, &str, Level)> = strip
            .iter()
            .map(|one| (&*one.kpi.resource, one.words.as_str(), one.level))
            .collect();
        assert_eq!(
            told,
            [
                ("z-db", "95", Level::Red),
                ("a-db", "12", Level::Fine),
                ("alb", "0/min", Level::Fine),
                ("alb", "0.4/s", Level::Fine),
                ("cache", "70 %", Level::Fine),
                ("b-db", "13", Level::Fine),
                ("unused-alb", "–", Level::Unknown),
            ]
        );
        assert!(kpi_strip(&snapshot, Some(&"staging".into()), ago(0)).is_empty());
    }
}
