//! What the running tasks of a service say of themselves, counted: health checks, zones, and
//! whether the agents that report it are still heard.

use std::collections::BTreeMap;

use super::Timestamp;
use super::id::ClusterArn;
use super::task::Task;
use super::text::Text;

/// A service by its cluster and name, as a task's group tells it.
pub type Member = (ClusterArn, Text);

/// The running tasks of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// When AWS was asked.
    pub seen_at: Timestamp,
    /// All of them together.
    pub all: Tally,
    /// By Availability Zone.
    pub zones: BTreeMap<Text, Tally>,
}

/// Tasks counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// In RUNNING.
    pub running: u32,
    /// Of those, HEALTHY.
    pub healthy: u32,
    /// Of those, UNHEALTHY.
    pub unhealthy: u32,
    /// Of those, on an instance whose agent is not heard: what they said last is all there is
    /// (aws.md 1.1).
    pub silent: u32,
}

impl Tally {
    fn add(&mut self, task: &Task) {
        self.running += 1;
        self.healthy += u32::from(&*task.health == "HEALTHY");
        self.unhealthy += u32::from(&*task.health == "UNHEALTHY");
        self.silent += u32::from(task.is_silent());
    }

    /// Tasks of which something is wrong.
    pub const fn sick(&self) -> u32 {
        let sick = self.unhealthy.saturating_add(self.silent);
        if sick > self.running {
            self.running
        } else {
            sick
        }
    }
}

impl Census {
    /// The one zone in which something is wrong, when other zones are fine.
    pub fn sick_zone(&self) -> Option<&Text> {
        let mut sick = self.zones.iter().filter(|(_, tally)| tally.sick() > 0);
        let (zone, _) = sick.next()?;
        (sick.next().is_none() && self.zones.len() > 1).then_some(zone)
    }
}

/// Counts `tasks` by service; those of no service are nobody's.
pub fn count(tasks: &[Task], seen_at: Timestamp) -> BTreeMap<Member, Census> {
    let mut found: BTreeMap<Member, Census> = BTreeMap::new();
    let running = tasks.iter().filter(|task| &*task.last_status == "RUNNING");
    for task in running {
        let Some(name) = &task.service_name else {
            continue;
        };
        let member = (task.cluster.clone(), name.clone());
        let census = found.entry(member).or_default();
        census.seen_at = seen_at;
        census.all.add(task);
        if let Some(zone) = &task.zone {
            census.zones.entry(zone.clone()).or_default().add(task);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, stop};

    #[test]
    fn running_tasks_are_counted_by_service_and_zone() {
        let task = |zone: &str, health: &str, connectivity: &str| {
            let mut one = stop(9, "", 0, "");
            one.last_status = "RUNNING".into();
            (one.zone, one.health) = (Some(zone.into()), health.into());
            one.connectivity = Some(connectivity.into());
            one
        };
        let mut nobodys = task("a", "HEALTHY", "CONNECTED");
        nobodys.service_name = None;
        let tasks = [
            task("a", "HEALTHY", "CONNECTED"),
            task("b", "UNHEALTHY", "CONNECTED"),
            task("b", "HEALTHY", "DISCONNECTED"),
            nobodys,
            stop(9, "", 0, ""),
        ];
        let found = count(&tasks, ago(3));
        assert_eq!(found.len(), 1);
        let census = found.values().next().unwrap();
        let all = Tally {
            running: 3,
            healthy: 2,
            unhealthy: 1,
            silent: 1,
        };
        assert_eq!(
            (census.seen_at, census.all, census.zones.len()),
            (ago(3), all, 2)
        );
        assert_eq!(census.sick_zone().map(|zone| &**zone), Some("b"));
        assert_eq!(
            count(&tasks[1..3], ago(3))
                .values()
                .next()
                .unwrap()
                .sick_zone(),
            None
        );
    }
}
