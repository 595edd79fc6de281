//! What exists in the simulated AWS: two accounts, their clusters, services, tasks, load
//! balancers, databases, caches, alarms, metrics and logs.
//!
//! Plain data with AWS's nouns. The wire reads it, calls the verbs of [`verb`], and asks the
//! questions of [`query`]; only `step` moves it, one second at a time, on a clock that is
//! given to it.
//!
//! May not: read a clock, do I/O, or roll any dice but the seeded ones.

pub mod account;
pub mod alarm;
pub mod balancer;
mod build;
pub mod cache;
pub mod calendar;
pub mod database;
pub mod deployment;
pub mod dice;
pub(in crate::sim) mod habit;
pub mod key;
pub mod log;
pub mod metric;
pub mod node;
pub mod query;
pub mod scaling;
pub mod service;
pub mod task;
pub mod task_definition;
#[cfg(test)]
mod tests;
pub mod trail;
pub mod verb;

use jiff::{SignedDuration, Timestamp};

pub use account::{Account, Cluster, Poller};
pub use alarm::{
    Alarm, AlarmKind, AlarmState, CompositeRule, MetricRule, MissingData, MuteRule, Transition,
};
pub use balancer::{LoadBalancer, Target, TargetGroup, TargetReason, TargetState};
pub use cache::Cache;
pub use database::{Database, Engine, ParameterGroup};
pub use deployment::{
    Deployment, DeploymentStatus, Hook, RolloutState, ServiceDeployment, ServiceDeploymentStatus,
    Stage, StrategyName,
};
pub use key::Key;
pub use log::{LogEvent, LogGroup, LogStream, SavedQuery};
pub use metric::{Metrics, Point, Statistic};
pub use node::{Node, Ping};
pub use query::{LogQuery, MetricQuery, Sample};
pub use scaling::{ScalableTarget, ScalingActivity, ScheduledAction};
pub use service::{Service, ServiceEvent, Tags};
pub use task::{Container, Health, StopCode, Task, TaskStatus};
pub use task_definition::{ContainerDefinition, TaskDefinition};
pub use trail::TrailRecord;
pub use verb::{Refusal, ScalableTargetRequest};

use super::{scenario::Scenario, step};

/// The step of the simulated clock. The world only ever moves by whole ticks, so that it does not
/// matter in how many calls of [`World::advance`] a stretch of time is covered.
pub const TICK: SignedDuration = SignedDuration::from_secs(1);

/// How much of the past exists when a world is built, and how long minute points are kept.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(3);

/// The simulated AWS.
#[derive(Debug, Clone)]
pub struct World {
    /// The accounts, production first.
    pub accounts: Vec<Account>,
    pub(in crate::sim) now: Timestamp,
    pub(in crate::sim) timeline: step::effect::Timeline,
}

impl World {
    /// Builds the estate of a scenario with three hours of history behind `now`. Effects of the
    /// scenario before `now` have already happened.
    pub fn new(scenario: &Scenario, seed: u64, now: Timestamp) -> Self {
        let mut world = build::world(scenario, seed, now);
        world.advance(now);
        world
    }

    /// The world's own clock: the last whole tick it reached.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the world to `to` in whole ticks. Does nothing when `to` is not after its clock.
    pub fn advance(&mut self, to: Timestamp) {
        while self.now.saturating_add(TICK).is_ok_and(|next| next <= to) {
            step::tick(self);
        }
    }

    /// The account with this id (`123456789012`).
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The account with this id, to change.
    pub fn account_mut(&mut self, id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.id == id)
    }
}
