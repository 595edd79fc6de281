//! What the console asks of AWS, and what each thing is for: the words under the policies it
//! prints and under what the doctor tries.

use serde::Serialize;
use strum::{Display, EnumIter};

/// Something the console can do that a missing permission takes away.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display, EnumIter,
)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Services and their verdicts.
    #[strum(serialize = "the board: services and their verdicts")]
    Board,
    /// Alarms.
    #[strum(serialize = "alarms")]
    Alarms,
    /// Numbers of services, load balancers, databases and caches.
    #[strum(serialize = "KPIs of services, load balancers, databases and caches")]
    Kpis,
    /// Log lines.
    #[strum(serialize = "log lines")]
    Logs,
    /// The page of a service.
    #[strum(serialize = "the page of a service: deployments, scaling, targets")]
    Page,
    /// What happened, and who did it.
    #[strum(serialize = "the timeline: what happened, and who did it")]
    Timeline,
    /// What a change is judged by.
    #[strum(serialize = "the preflight of a change")]
    Preflight,
    /// Redeploy, recycle, roll back, scale, stop a task.
    #[strum(serialize = "redeploy, recycle, roll back, scale, stop a task")]
    Verbs,
    /// Shells, commands and ports of containers.
    #[strum(serialize = "shells, commands and ports of containers")]
    Shells,
    /// Shells, commands and ports of nodes.
    #[strum(serialize = "shells, commands and ports of nodes")]
    Nodes,
    /// Stopping and starting an environment.
    #[strum(serialize = "stopping and starting an environment")]
    Staging,
    /// The journal a team shares.
    #[strum(serialize = "the journal a team shares")]
    Sharing,
    /// Taking on the role of an environment.
    #[strum(serialize = "taking on the role of an environment")]
    Role,
}

/// One operation of AWS's API, and what it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The IAM prefix (`ecs`).
    pub service: &'static str,
    /// The operation (`ListServices`).
    pub operation: &'static str,
    /// What is gone without it; the first is what it is there for.
    pub serves: &'static [Feature],
}

impl Permission {
    /// The IAM action (`ecs:ListServices`).
    pub fn action(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether it can only look; a stream of log lines is begun, and alters nothing.
    pub fn looks(&self) -> bool {
        let reads = [
            "Describe",
            "Filter",
            "Get",
            "List",
            "Lookup",
            "StartLiveTail",
        ];
        reads.iter().any(|verb| self.operation.starts_with(verb))
    }
}

/// What somebody is there for, and so may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Looks, and alters nothing.
    Observer,
    /// Acts on services and opens shells everywhere; stops and starts what is not production.
    Operator,
    /// Looks everywhere; acts only on what is not production.
    Developer,
}

impl Duty {
    /// What belongs to it in an environment that counts as production, or does not.
    pub fn features(self, production: bool) -> Vec<Feature> {
        use Feature::{
            Alarms, Board, Kpis, Logs, Nodes, Page, Preflight, Shells, Staging, Timeline, Verbs,
        };
        // Whoever asks for what they may not do is shown what it would take, and why not.
        let looks = [Board, Alarms, Kpis, Logs, Page, Timeline, Preflight];
        let more: &[Feature] = match (self, production) {
            (Self::Observer, _) | (Self::Developer, true) => &[],
            (Self::Operator, true) => &[Verbs, Shells, Nodes],
            (Self::Operator, false) => &[Verbs, Shells, Nodes, Staging],
            (Self::Developer, false) => &[Verbs, Shells, Staging],
        };
        looks.into_iter().chain(more.iter().copied()).collect()
    }

    /// Whether `one` belongs to it where a team shares a journal: everybody reads it, and whoever may
    /// alter something writes there too.
    pub fn shares(self, one: &Permission) -> bool {
        one.serves.contains(&Feature::Sharing) && (one.looks() || self != Self::Observer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_stops_production_and_a_developer_alters_nothing_there() {
        for duty in [Duty::Observer, Duty::Operator, Duty::Developer] {
            assert!(!duty.features(true).contains(&Feature::Staging), "{duty:?}");
        }
        let alters = [Feature::Verbs, Feature::Shells, Feature::Nodes];
        let developer = Duty::Developer.features(true);
        assert!(alters.iter().all(|one| !developer.contains(one)));
        assert_eq!(developer, Duty::Observer.features(false));
    }
}
