//! Everything read about one opened service beyond what the board knows: its deployments as AWS
//! keeps them, what its revisions are made of, how it scales, how its targets are.
//!
//! | file | holds |
//! |---|---|
//! | `definition` | task definitions, and what differs between two of them |
//! | `scaling` | how many tasks auto scaling may run, and what it did or did not do |
//! | `target` | what the load balancer thinks of each task |

pub mod definition;
pub mod scaling;
pub mod target;

pub use definition::{ContainerDefinition, Difference, TaskDefinition, differences};
pub use scaling::Scaling;
pub use target::{Target, TargetGroup, sick_words, sick_zone};

use super::Timestamp;
use super::aspect::Aspect;
use super::deployment::ServiceDeployment;
use super::history::ScalingActivity;
use super::id::{TaskArn, TaskDefinitionArn};
use super::text::Text;

/// What is known of one opened service; each aspect is there, old or missing on its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dossier {
    /// The last service deployments, newest first.
    pub rollouts: Aspect<Vec<ServiceDeployment>>,
    /// The task definitions of the current revision and the one before.
    pub definitions: Aspect<Vec<TaskDefinition>>,
    /// Its scalable target; `Some(None)` when it has none.
    pub scaling: Aspect<Option<Scaling>>,
    /// What auto scaling did with it, and what it did not do and why; newest first.
    pub activities: Aspect<Vec<ScalingActivity>>,
    /// Its target groups with every target.
    pub targets: Aspect<Vec<TargetGroup>>,
    /// The last lines of the task somebody asked about last.
    pub last_words: Option<LastWords>,
}

/// The last lines a task wrote before it died.
#[derive(Clone, Debug, PartialEq)]
pub struct LastWords {
    /// The task.
    pub task: TaskArn,
    /// When and what, oldest first; secrets are masked.
    pub lines: Aspect<Vec<(Timestamp, Text)>>,
}

/// One leaf of a dossier, as it comes home.
#[derive(Clone, Debug)]
pub enum Leaf {
    /// Service deployments.
    Rollouts(Aspect<Vec<ServiceDeployment>>),
    /// Task definitions.
    Definitions(Aspect<Vec<TaskDefinition>>),
    /// The scalable target.
    Scaling(Aspect<Option<Scaling>>),
    /// Scaling activities.
    Activities(Aspect<Vec<ScalingActivity>>),
    /// Targets.
    Targets(Aspect<Vec<TargetGroup>>),
    /// The last lines of a task.
    LastWords(LastWords),
}

impl Dossier {
    /// Takes in what came home.
    pub fn absorb(&mut self, leaf: Leaf) {
        match leaf {
            Leaf::Rollouts(newer) => self.rollouts.absorb(newer),
            Leaf::Definitions(newer) => self.definitions.absorb(newer),
            Leaf::Scaling(newer) => self.scaling.absorb(newer),
            Leaf::Activities(newer) => self.activities.absorb(newer),
            Leaf::Targets(newer) => self.targets.absorb(newer),
            Leaf::LastWords(newer) => self.last_words = Some(newer),
        }
    }

    /// The task definition `arn`, when it was read.
    pub fn definition(&self, arn: &TaskDefinitionArn) -> Option<&TaskDefinition> {
        self.definitions.all().iter().find(|one| one.arn == *arn)
    }

    /// The service deployment that brought `definition`, the newest if there are several.
    pub fn rollout_of(&self, definition: &TaskDefinitionArn) -> Option<&ServiceDeployment> {
        let mut rollouts = self.rollouts.all().iter();
        rollouts.find(|one| one.task_definition.as_ref() == Some(definition))
    }

    /// The revision that ran before `current`, by what the deployments tell.
    pub fn before(&self, current: &TaskDefinitionArn) -> Option<&TaskDefinitionArn> {
        let rollouts = self.rollouts.all().iter();
        let mut known = rollouts.filter_map(|one| one.task_definition.as_ref());
        known.find(|one| *one != current)
    }
}
