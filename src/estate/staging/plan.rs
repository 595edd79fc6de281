//! The plan: now, saved, after; one row for each service, in the order of the work.

use serde::Serialize;

use super::lock::Lock;
use super::orders::Orders;
use super::record::Record;
use super::saving::{Saving, Size};
use super::sight::{Database, DatabaseState, Scaling, Sight, Survey};
use crate::estate::Timestamp;
use crate::estate::change::{Belief, Target};
use crate::estate::environment::Environment;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::service::{Scheduling, ServiceStatus};
use crate::estate::text::Text;

/// The most tags a resource may have (aws.md 5.1).
const MOST_TAGS: usize = 50;

/// Where an environment is to be brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// No task runs, and how everything stood is on record.
    Stop,
    /// Everything as it was on record.
    Start,
}

impl Goal {
    /// The verb as typed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
        }
    }
}

/// What is to be done with an environment, and what was believed when it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Stop or start.
    pub goal: Goal,
    /// The environment, its account, region and the cluster that carries the lock. What it names
    /// as the service is that cluster: the environment as the journal knows it.
    pub target: Target,
    /// Every cluster of the environment.
    pub clusters: Vec<ClusterArn>,
    /// When it was looked at.
    pub taken_at: Timestamp,
    /// Who is at it already, in a sentence; such a plan is refused.
    pub held: Option<Text>,
    /// What could not be read; such a plan is refused.
    pub unread: Option<Text>,
    /// Services in the order of the work.
    pub services: Vec<PlannedService>,
    /// Databases that stop last and start first.
    pub databases: Vec<PlannedDatabase>,
}

/// One service of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedService {
    /// The service.
    pub service: ServiceArn,
    /// Its name.
    pub name: Text,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// Its tier: zero starts first and stops last.
    pub tier: usize,
    /// What was believed: tasks wanted, revision, deployments.
    pub belief: Belief,
    /// Tasks that ran.
    pub running: u32,
    /// Its scalable target.
    pub scaling: Option<Scaling>,
    /// Scheduled scaling actions on it.
    pub scheduled: Vec<Text>,
    /// The record on it.
    pub saved: Option<Record>,
    /// How many tasks somebody asked for, where nothing is on record.
    pub count: Option<u32>,
    /// What its last successful deployment ran, where nothing is on record.
    pub proposal: Option<u32>,
    /// CPU and memory of a task, where known.
    pub size: Option<Size>,
    /// It came back while it was stopped, and who did it.
    pub resurrected: Option<Text>,
    /// What will be done with it.
    pub doing: Doing,
}

/// What will be done with a service or database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "words", rename_all = "kebab-case")]
pub enum Doing {
    /// It is brought to the goal.
    Work,
    /// It is there already.
    Nothing(Text),
    /// It cannot be stopped and started; why.
    Skipped(Text),
    /// It could be, but not now; why. The others go on.
    Refused(Text),
    /// Nothing is on record: how many tasks?
    Ask(Text),
}

/// One database of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedDatabase {
    /// The database as seen.
    pub database: Database,
    /// What will be done with it.
    pub doing: Doing,
}

/// A plan in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Services that will be brought to the goal.
    pub work: usize,
    /// Services that are there already.
    pub nothing: usize,
    /// Services left out: skipped, refused, or without a record.
    pub left_out: usize,
    /// Tasks wanted now.
    pub now: u32,
    /// Tasks wanted afterwards.
    pub after: u32,
}

impl Plan {
    /// Plans from one look. `counts` are tasks somebody asked for by service name, for services
    /// without a record. `None` when the environment has no cluster to carry the lock.
    pub fn new(
        goal: Goal,
        (environment, orders): (&Environment, &Orders),
        survey: &Survey,
        counts: &[(Text, u32)],
        now: Timestamp,
    ) -> Option<Self> {
        let cluster = survey.clusters.first()?;
        let target = target(environment, survey, cluster)?;
        let mut services: Vec<PlannedService> = survey
            .services
            .iter()
            .map(|sight| {
                let tier = orders.tier(&sight.service.name);
                let count = counts.iter().find(|(name, _)| *name == sight.service.name);
                planned(goal, sight, tier, count.map(|(_, count)| *count))
            })
            .collect();
        services.sort_by(|one, other| {
            let tiers = match goal {
                Goal::Stop => other.tier.cmp(&one.tier),
                Goal::Start => one.tier.cmp(&other.tier),
            };
            tiers.then_with(|| one.service.cmp(&other.service))
        });
        Some(Self {
            goal,
            target,
            clusters: survey.clusters.clone(),
            taken_at: survey.taken_at,
            held: held(survey, now),
            unread: survey.problems.first().map(|one| one.sentence.clone()),
            services,
            databases: survey
                .databases
                .iter()
                .map(|one| planned_database(goal, one))
                .collect(),
        })
    }

    /// The row of a service.
    pub fn service(&self, arn: &ServiceArn) -> Option<&PlannedService> {
        self.services.iter().find(|one| one.service == *arn)
    }

    /// The cluster that carries the lock.
    pub const fn lock_cluster(&self) -> &ClusterArn {
        &self.target.cluster
    }

    /// Services to work on, tier by tier in the order of the work.
    pub fn tiers(&self) -> Vec<Vec<&PlannedService>> {
        let mut tiers: Vec<Vec<&PlannedService>> = Vec::new();
        for one in self.services.iter().filter(|one| one.doing == Doing::Work) {
            match tiers.last_mut() {
                Some(tier) if tier.first().is_some_and(|first| first.tier == one.tier) => {
                    tier.push(one);
                }
                _ => tiers.push(vec![one]),
            }
        }
        tiers
    }

    /// The plan in numbers.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for one in &self.services {
            match one.doing {
                Doing::Work => totals.work += 1,
                Doing::Nothing(_) => totals.nothing += 1,
                Doing::Skipped(_) | Doing::Refused(_) | Doing::Ask(_) => totals.left_out += 1,
            }
            totals.now += one.belief.desired;
            totals.after += one.after(self.goal);
        }
        totals
    }

    /// What it saves to have stopped (or would, or did) the tasks of this plan.
    pub fn saving(&self, orders: &Orders) -> Saving {
        let price = orders.price_in(self.target.region.as_str());
        let tasks = self.services.iter().map(|one| {
            let saved = one.saved.as_ref().map_or(0, |record| record.desired);
            (one.belief.desired.max(saved), one.size)
        });
        Saving::of(tasks, price.as_ref())
    }

    /// Who stopped the environment and when, by its records: the newest of them.
    pub fn stopped_by(&self) -> Option<(Text, Timestamp)> {
        let records = self.services.iter().filter_map(|one| one.saved.as_ref());
        let newest = records.max_by_key(|record| record.at)?;
        Some((newest.by.clone(), newest.at))
    }
}

impl PlannedService {
    /// Tasks wanted afterwards.
    pub fn after(&self, goal: Goal) -> u32 {
        if self.doing != Doing::Work {
            return self.belief.desired;
        }
        match (goal, &self.saved) {
            (Goal::Stop, _) => 0,
            (Goal::Start, Some(record)) => record.desired,
            (Goal::Start, None) => self.count.unwrap_or(self.belief.desired),
        }
    }
}

fn target(environment: &Environment, survey: &Survey, cluster: &ClusterArn) -> Option<Target> {
    let mut fields = cluster.as_str().split(':').skip(3);
    let (region, account) = (fields.next()?, fields.next()?);
    Some(Target {
        environment: environment.name.clone(),
        account: account.into(),
        region: region.into(),
        cluster: cluster.clone(),
        service: cluster.as_str().into(),
        belief: Belief {
            task_definition: "".into(),
            desired: survey.services.iter().map(|one| one.service.desired).sum(),
            deployments: Vec::new(),
        },
    })
}

/// A lock nobody here can read is somebody's.
fn held(survey: &Survey, now: Timestamp) -> Option<Text> {
    match survey.lock.as_ref()? {
        Ok(lock) => (!lock.is_stale(now)).then(|| Text::from(Lock::told(lock))),
        Err(error) => Some(error.to_string().into()),
    }
}

fn planned(goal: Goal, sight: &Sight, tier: usize, count: Option<u32>) -> PlannedService {
    let service = &sight.service;
    let record = sight.record();
    let saved = record.and_then(Result::ok);
    let resurrected = saved
        .as_ref()
        .filter(|record| record.desired > 0 && service.desired > 0)
        .filter(|_| {
            sight
                .scaling
                .is_none_or(|scaling| scaling == scaling.asleep())
        })
        .map(|_| {
            let actor = sight
                .actor
                .as_deref()
                .unwrap_or("somebody AWS does not name");
            Text::from(format!("came back: {actor}"))
        });
    let doing = match goal {
        Goal::Stop => doing_to_stop(sight),
        Goal::Start => doing_to_start(sight, count),
    };
    PlannedService {
        service: service.arn.clone(),
        name: service.name.clone(),
        cluster: service.cluster.clone(),
        tier,
        belief: Belief::of(service),
        running: service.running,
        scaling: sight.scaling,
        scheduled: sight.scheduled.clone(),
        saved,
        count,
        proposal: sight.last_count,
        size: sight.size,
        resurrected,
        doing,
    }
}

/// What stands in the way of both; `None` lets it through.
fn unfit(sight: &Sight) -> Option<Doing> {
    match &sight.service.scheduling {
        Scheduling::Replica => {}
        Scheduling::Daemon => {
            let words = "a DAEMON has no count; it goes with its instances";
            return Some(Doing::Skipped(words.into()));
        }
        Scheduling::Unknown(word) => {
            let words = format!("nobody here knows the scheduling {word}");
            return Some(Doing::Skipped(words.into()));
        }
    }
    if sight.service.status != ServiceStatus::Active {
        return Some(Doing::Skipped("it is not ACTIVE".into()));
    }
    match sight.record() {
        Some(Err(error)) => Some(Doing::Refused(error.to_string().into())),
        _ => None,
    }
}

fn doing_to_stop(sight: &Sight) -> Doing {
    if let Some(unfit) = unfit(sight) {
        return unfit;
    }
    let awake = sight.scaling.is_some_and(|it| it != it.asleep());
    let wanted = sight.service.desired > 0;
    if sight.record().is_some() {
        // On record already: whatever came back is stopped again, the record stays.
        let still = sight.service.running + sight.service.pending > 0;
        return if awake || wanted || still {
            Doing::Work
        } else {
            Doing::Nothing("stopped already".into())
        };
    }
    if !wanted && !awake {
        return Doing::Nothing("no task was wanted; it stays so".into());
    }
    if sight.deploying() {
        return Doing::Refused("a deployment is in progress".into());
    }
    if sight.service.tags.len() >= MOST_TAGS {
        return Doing::Refused("it has 50 tags: no room for the record".into());
    }
    Doing::Work
}

fn doing_to_start(sight: &Sight, count: Option<u32>) -> Doing {
    if let Some(unfit) = unfit(sight) {
        return unfit;
    }
    if sight.record().is_some() {
        return Doing::Work;
    }
    match (sight.service.desired, count, sight.last_count) {
        (1.., _, _) => Doing::Nothing("runs, and nothing is on record".into()),
        (0, Some(_), _) => Doing::Work,
        (0, None, Some(last)) => Doing::Ask(
            format!("nothing on record; its last deployment ran {last}: say how many").into(),
        ),
        (0, None, None) => Doing::Ask("nothing on record: say how many, or leave it".into()),
    }
}

fn planned_database(goal: Goal, database: &Database) -> PlannedDatabase {
    let doing = match (goal, &database.state) {
        (Goal::Stop, DatabaseState::Available) => match database.unstoppable {
            Some(why) => Doing::Skipped(why.into()),
            None => Doing::Work,
        },
        (Goal::Stop, DatabaseState::Stopped) | (Goal::Start, DatabaseState::Available) => {
            Doing::Nothing(database.state.word().into())
        }
        (Goal::Stop, DatabaseState::Stopping)
        | (
            Goal::Start,
            DatabaseState::Stopped | DatabaseState::Stopping | DatabaseState::Starting,
        ) => Doing::Work,
        (Goal::Stop, DatabaseState::Starting) => Doing::Refused("it is starting".into()),
        (_, DatabaseState::Other(word)) => Doing::Refused(format!("it is {word}").into()),
    };
    PlannedDatabase {
        database: database.clone(),
        doing,
    }
}
