//! The plan: now, saved, after; one row for each service, in the order of the work.

use serde::Serialize;

use super::counts::Counts;
use super::lock::Lock;
use super::mute::PlannedMute;
use super::orders::Orders;
use super::planned::{Doing, PlannedDatabase, PlannedService, planned, planned_database};
use super::saving::Saving;
use super::sight::Survey;
use crate::estate::Timestamp;
use crate::estate::change::{Belief, Target};
use crate::estate::environment::Environment;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::text::Text;

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
    /// Alarms that are muted first and speak again last.
    pub mute: Option<PlannedMute>,
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
    /// Plans from one look. `None` when the environment has no cluster to carry the lock.
    pub fn new(
        goal: Goal,
        (environment, orders): (&Environment, &Orders),
        survey: &Survey,
        now: Timestamp,
    ) -> Option<Self> {
        let cluster = survey.clusters.first()?;
        let target = target(environment, survey, cluster)?;
        let mut services: Vec<PlannedService> = survey
            .services
            .iter()
            .map(|sight| {
                let tier = orders.tier(&sight.service.name);
                planned(goal, sight, tier)
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
            mute: survey
                .muting
                .as_ref()
                .map(|one| PlannedMute::new(goal, one)),
        })
    }

    /// The row of a service.
    pub fn service(&self, arn: &ServiceArn) -> Option<&PlannedService> {
        self.services.iter().find(|one| one.service == *arn)
    }

    /// How many rows it has: services, databases, the alarms.
    pub fn rows(&self) -> usize {
        self.services.len() + self.databases.len() + usize::from(self.mute.is_some())
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

    /// Services nothing is on record for: somebody has to say how many tasks.
    pub fn asking(&self) -> impl Iterator<Item = &PlannedService> {
        self.services.iter().filter(|one| one.asks())
    }

    /// What is proposed for services nothing is on record for, as [`Counts`] is typed.
    pub fn proposals(&self) -> String {
        let words = self.asking().filter_map(|one| {
            let count = one.proposal()?;
            Some(format!("{}={count}", one.name))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Takes in how many tasks somebody asked for; what `counts` does not name is left alone.
    ///
    /// # Errors
    /// When a service is named that does not ask.
    pub fn give(&mut self, counts: &Counts) -> Result<(), String> {
        let stranger = counts.iter().find(|(name, _)| {
            let mut asking = self.asking();
            asking.all(|one| one.name != *name)
        });
        if let Some((name, _)) = stranger {
            return Err(format!("{name} does not ask for a count"));
        }
        for one in self.services.iter_mut().filter(|one| one.asks()) {
            let found = counts.iter().find(|(name, _)| *name == one.name);
            one.give(found.map(|(_, count)| *count));
        }
        Ok(())
    }

    /// What no plan touches and goes on costing (aws.md 5.1).
    pub const fn untouched(&self) -> Option<&'static str> {
        match self.goal {
            Goal::Stop => Some(
                "EC2 hosts are left to managed scaling; NAT gateways, balancers, caches bill on",
            ),
            Goal::Start => None,
        }
    }

    /// Who stopped the environment and when, by its records: the newest of them.
    pub fn stopped_by(&self) -> Option<(Text, Timestamp)> {
        let records = self.services.iter().filter_map(|one| one.saved.as_ref());
        let newest = records.max_by_key(|record| record.at)?;
        Some((newest.by.clone(), newest.at))
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
