//! One whole look at the estate: every part with its own age, partial failures inside.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::alarm::{Alarm, AlarmState};
use super::calendar::CalendarState;
use super::census::{Census, Member};
use super::chart::Curves;
use super::closely::Examination;
use super::dossier::Dossier;
use super::environment::Environment;
use super::history::{Deed, History};
use super::id::{ClusterArn, EnvironmentName, KpiId, ServiceArn, TaskArn};
use super::identity::Identity;
use super::kpi::{Kpi, KpiKind};
use super::part::{News, Part};
use super::problem::{Feed, Problem};
use super::service::Service;
use super::staging::Asleep;
use super::task::Task;
use super::{SignedDuration, Timestamp};

/// How long a stop is remembered; AWS forgets it after about an hour (aws.md 1.1).
pub const KEEP_STOPS: SignedDuration = SignedDuration::from_hours(24);

/// Stops kept of one environment, the newest: a service that crashes four times a minute has as
/// many in half a day.
const MOST_STOPS: usize = 3000;

/// Everything known about the estate.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// In the settings' order.
    pub environments: Vec<EnvironmentSnapshot>,
}

/// Everything known about one environment.
#[derive(Clone, Debug)]
pub struct EnvironmentSnapshot {
    /// The environment.
    pub environment: Environment,
    /// Who is asking, once AWS said so.
    pub identity: Option<Identity>,
    /// Its clusters.
    pub clusters: Vec<ClusterArn>,
    /// Its services, with when each was last seen. A service that is listed but was never
    /// described has no entry yet.
    pub services: BTreeMap<ServiceArn, Sighting>,
    /// Tasks that stopped, newest first.
    pub stops: Vec<Task>,
    /// Tasks of the services that were opened.
    pub tasks: BTreeMap<ServiceArn, Tasks>,
    /// What else is known of the services that were opened.
    pub dossiers: BTreeMap<ServiceArn, Dossier>,
    /// What AWS remembers of the environment, once somebody asked.
    pub history: History,
    /// What the running tasks of its services say of themselves, as far as it was asked.
    pub census: BTreeMap<Member, Census>,
    /// Services somebody looked at closely, for a change.
    pub closely: BTreeMap<ServiceArn, Examination>,
    /// Its alarms.
    pub alarms: Vec<Alarm>,
    /// Its KPIs.
    pub kpis: Vec<Kpi>,
    /// What charts asked for beyond that.
    pub curves: Curves,
    /// What it is beside its services while it is stopped; `None` until that was read.
    pub asleep: Option<Asleep>,
    /// Its change calendars, where the settings name some and AWS was asked.
    pub calendar: Option<CalendarState>,
    /// How each feed is doing.
    pub feeds: BTreeMap<Feed, FeedState>,
}

/// A service and the moment it was seen so.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The service.
    pub service: Service,
    /// When AWS was asked.
    pub seen_at: Timestamp,
}

/// The tasks of one opened service.
#[derive(Clone, Debug)]
pub struct Tasks {
    /// Running and stopped, as AWS listed them.
    pub tasks: Vec<Task>,
    /// When AWS was asked.
    pub seen_at: Timestamp,
}

/// How a feed is doing.
#[derive(Clone, Debug, Default)]
pub struct FeedState {
    /// When it last succeeded without a problem.
    pub good_at: Option<Timestamp>,
    /// When it was last asked.
    pub asked_at: Option<Timestamp>,
    /// Problems of the last attempt.
    pub problems: Vec<Problem>,
}

impl Snapshot {
    /// A look at `environments` before anything was read.
    pub fn unread(environments: Vec<Environment>) -> Self {
        Self {
            environments: environments
                .into_iter()
                .map(EnvironmentSnapshot::unread)
                .collect(),
        }
    }

    /// Takes in a part. A part of an environment nobody knows is dropped.
    pub fn absorb(&mut self, part: Part) {
        let owner = self
            .environments
            .iter_mut()
            .find(|one| one.environment.name == part.environment);
        if let Some(owner) = owner {
            owner.absorb(part);
        }
    }

    /// Takes in what the journal says was done, oldest first, each where it was done.
    pub fn remember(&mut self, deeds: &[Deed]) {
        for place in &mut self.environments {
            let here = deeds.iter();
            let here = here.filter(|deed| deed.environment == place.environment.name);
            place.history.deeds = here.cloned().collect();
        }
    }

    /// The environment called `name`.
    pub fn environment(&self, name: &EnvironmentName) -> Option<&EnvironmentSnapshot> {
        self.environments
            .iter()
            .find(|one| one.environment.name == *name)
    }

    /// Where a service lives and how it was last seen.
    pub fn service(&self, arn: &ServiceArn) -> Option<(&EnvironmentSnapshot, &Sighting)> {
        self.environments
            .iter()
            .find_map(|one| one.services.get(arn).map(|seen| (one, seen)))
    }

    /// Every problem of every feed, by environment.
    pub fn problems(&self) -> impl Iterator<Item = (&EnvironmentName, &Problem)> {
        self.environments.iter().flat_map(|one| {
            let problems = one.feeds.values().flat_map(|feed| &feed.problems);
            problems.map(move |problem| (&one.environment.name, problem))
        })
    }
}

impl EnvironmentSnapshot {
    fn unread(environment: Environment) -> Self {
        Self {
            environment,
            identity: None,
            clusters: Vec::new(),
            services: BTreeMap::new(),
            stops: Vec::new(),
            tasks: BTreeMap::new(),
            closely: BTreeMap::new(),
            dossiers: BTreeMap::new(),
            history: History::default(),
            census: BTreeMap::new(),
            alarms: Vec::new(),
            kpis: Vec::new(),
            curves: Curves::default(),
            asleep: None,
            calendar: None,
            feeds: BTreeMap::new(),
        }
    }

    /// The state of a feed; a feed never asked is empty.
    pub fn feed(&self, feed: Feed) -> Option<&FeedState> {
        self.feeds.get(&feed)
    }

    /// The request count of the resource `kpi` is measured of, which explains its absent values.
    pub fn requests_of(&self, kpi: &Kpi) -> Option<&Kpi> {
        let mut counts = self.kpis.iter().filter(|one| one.kind == KpiKind::Requests);
        counts.find(|one| one.resource == kpi.resource && one.services == kpi.services)
    }

    /// What else is known of a service; nothing until it was opened.
    pub fn dossier(&self, service: &ServiceArn) -> Option<&Dossier> {
        self.dossiers.get(service)
    }

    /// Whether AWS takes nothing from this console here until somebody signs in again.
    pub fn signed_out(&self) -> bool {
        let mut problems = self.feeds.values().flat_map(|feed| &feed.problems);
        problems.any(|problem| problem.kind.is_signed_out())
    }

    fn absorb(&mut self, part: Part) {
        if part.problems.iter().any(|one| one.kind.is_signed_out()) {
            self.run_out(part.at);
        }
        if let Some(feed) = part.news.feed() {
            let state = self.feeds.entry(feed).or_default();
            state.asked_at = Some(part.at);
            if part.problems.is_empty() {
                state.good_at = Some(part.at);
            }
            state.problems = part.problems;
        }
        match part.news {
            News::Identity(identity) => self.identity = identity.or(self.identity.take()),
            News::Inventory {
                clusters,
                services,
                unlisted,
            } => {
                self.services.retain(|arn, seen| {
                    services.contains(arn) || unlisted.contains(&seen.service.cluster)
                });
                self.census
                    .retain(|(cluster, _), _| clusters.contains(cluster));
                self.clusters = clusters;
            }
            News::Services(services) => {
                for service in services {
                    let seen = Sighting {
                        service,
                        seen_at: part.at,
                    };
                    self.services.insert(seen.service.arn.clone(), seen);
                }
            }
            News::Stops(stops) => self.absorb_stops(stops, part.at),
            News::Tasks { service, tasks } => {
                self.tasks.insert(
                    service,
                    Tasks {
                        tasks,
                        seen_at: part.at,
                    },
                );
            }
            News::Census(census) => self.census.extend(census),
            News::Closely {
                service,
                examination,
            } => {
                self.closely.insert(service, *examination);
            }
            News::Alarms { alarms, complete } => self.absorb_alarms(alarms, complete),
            News::Asleep(asleep) => self.asleep = Some(asleep),
            News::Curves(brought) => self.curves.absorb(brought),
            News::Kpis(kpis) => self.absorb_kpis(kpis, part.at),
            News::Leaf { service, leaf } => self.dossiers.entry(service).or_default().absorb(leaf),
            News::Memory(memory) => self.history.absorb(memory),
            News::Calendar(state) => self.calendar = Some(state),
        }
    }

    /// AWS takes the credentials no more, and knows it better than whoever gave them out.
    fn run_out(&mut self, at: Timestamp) {
        if let Some(identity) = &mut self.identity {
            let told = identity.expires_at.filter(|end| *end < at);
            identity.expires_at = told.or(Some(at));
        }
    }

    fn absorb_stops(&mut self, stops: Vec<Task>, at: Timestamp) {
        let fresh: HashSet<TaskArn> = stops.iter().map(|stop| stop.arn.clone()).collect();
        self.stops.retain(|known| {
            !fresh.contains(&known.arn)
                && known.stopped_at.is_none_or(|then| then >= at - KEEP_STOPS)
        });
        self.stops.extend(stops);
        self.stops
            .sort_by(|a, b| b.stopped_at.cmp(&a.stopped_at).then(a.arn.cmp(&b.arn)));
        self.stops.truncate(MOST_STOPS);
    }

    /// A list of those in ALARM says nothing about the others, except that an alarm which is
    /// not on it any more has left ALARM: it is then in a state nobody knows until the next
    /// complete list.
    fn absorb_alarms(&mut self, alarms: Vec<Alarm>, complete: bool) {
        if complete {
            self.alarms = alarms;
            return;
        }
        for known in &mut self.alarms {
            if known.state == AlarmState::Alarm && !alarms.iter().any(|one| one.arn == known.arn) {
                known.state = AlarmState::Unknown("no longer in ALARM".into());
                known.since = None;
            }
        }
        for alarm in alarms {
            self.alarms.retain(|known| known.arn != alarm.arn);
            self.alarms.push(alarm);
        }
    }

    fn absorb_kpis(&mut self, kpis: Vec<Kpi>, at: Timestamp) {
        let places = self.kpis.iter().map(|known| known.id.clone()).zip(0..);
        let mut places: HashMap<KpiId, usize> = places.collect();
        for mut kpi in kpis {
            let place = *places.entry(kpi.id.clone()).or_insert(self.kpis.len());
            match self.kpis.get_mut(place) {
                Some(known) => {
                    let mut series = std::mem::take(&mut known.series);
                    series.absorb(&kpi.series, at - kpi.kind.kept());
                    kpi.series = series;
                    *known = kpi;
                }
                None => self.kpis.push(kpi),
            }
        }
    }
}

#[cfg(test)]
mod tests;
