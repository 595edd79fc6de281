//! The page of one service: its tasks, deployments, capacity, timeline, events and log.

use strum::IntoEnumIterator as _;

use super::chronicle::Sight;
use crate::estate::id::{EnvironmentName, ServiceArn, TaskArn};

/// The tabs of the page, in the order Tab visits them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, strum::EnumIter, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Tab {
    /// Running and stopped tasks.
    #[default]
    Tasks,
    /// Deployments, the current one first, and what the last one changed.
    Deployments,
    /// Placement, scaling, targets, alarms, and what may be done next.
    Capacity,
    /// What happened, and what changed before it broke.
    Timeline,
    /// Service events, newest first.
    Events,
    /// The log.
    Logs,
}

/// The page's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicePage {
    /// Whose page it is.
    pub arn: ServiceArn,
    /// The environment it was opened in.
    pub environment: EnvironmentName,
    /// The tab shown.
    pub tab: Tab,
    /// First line shown of the tab.
    pub top: usize,
    /// How the timeline is looked at.
    pub sight: Sight,
    /// The selected task, while the tasks are shown.
    pub task: Option<TaskArn>,
    /// The task whose last lines are shown.
    pub last_words: Option<TaskArn>,
}

impl ServicePage {
    /// The page of a service, its tasks first.
    pub fn new(arn: ServiceArn, environment: EnvironmentName) -> Self {
        Self {
            arn,
            environment,
            tab: Tab::default(),
            top: 0,
            sight: Sight::default(),
            task: None,
            last_words: None,
        }
    }

    /// Moves by `steps` tabs, round and round.
    pub(in crate::app) fn turn(&mut self, steps: isize) {
        let tabs: Vec<Tab> = Tab::iter().collect();
        let at = tabs.iter().position(|tab| *tab == self.tab);
        let count = isize::try_from(tabs.len()).unwrap_or(1);
        let next = at
            .and_then(|at| isize::try_from(at).ok())
            .map_or(0, |at| (at + steps).rem_euclid(count));
        self.show(tabs[next.unsigned_abs()]);
    }

    /// Shows `tab` from its start.
    pub(in crate::app) fn show(&mut self, tab: Tab) {
        self.tab = tab;
        self.top = 0;
        self.task = None;
        self.last_words = None;
        self.sight = Sight::default();
    }
}
