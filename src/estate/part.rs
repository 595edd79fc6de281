//! What one read of AWS brings home: a part of the next snapshot, with its failures inside.

use std::collections::BTreeMap;

use super::Timestamp;
use super::alarm::Alarm;
use super::aspect::Aspect;
use super::calendar::CalendarState;
use super::census::{Census, Member};
use super::chart::{Charted, Curve};
use super::closely::Examination;
use super::dossier::Leaf;
use super::history::Memory;
use super::id::{ClusterArn, EnvironmentName, ServiceArn, TaskArn, TaskDefinitionArn};
use super::identity::Identity;
use super::kpi::Kpi;
use super::problem::{Feed, Problem};
use super::service::Service;
use super::staging::Asleep;
use super::task::Task;
use super::text::Text;

/// The result of one read. Partial failure keeps the rest: `news` holds what could be read,
/// `problems` what could not.
#[derive(Clone, Debug)]
pub struct Part {
    /// The environment that was read.
    pub environment: EnvironmentName,
    /// When AWS was asked; the data is no newer than this.
    pub at: Timestamp,
    /// What was read.
    pub news: News,
    /// What failed; empty when everything asked for was answered.
    pub problems: Vec<Problem>,
}

/// What was read.
#[derive(Clone, Debug)]
pub enum News {
    /// Who is asking; `None` when AWS did not say.
    Identity(Option<Identity>),
    /// Which clusters and services exist. `None` entries of a cluster were not readable.
    Inventory {
        /// Clusters of the environment.
        clusters: Vec<ClusterArn>,
        /// Every service of the clusters that could be listed. A service missing here is gone,
        /// unless its cluster is in `unlisted`.
        services: Vec<ServiceArn>,
        /// Clusters whose services could not be listed this time.
        unlisted: Vec<ClusterArn>,
    },
    /// The services that could be described.
    Services(Vec<Service>),
    /// Tasks in STOPPED that AWS still remembers (about an hour) and that were not handed over
    /// before.
    Stops(Vec<Task>),
    /// All tasks of one service, running and stopped.
    Tasks {
        /// The service.
        service: ServiceArn,
        /// Its tasks.
        tasks: Vec<Task>,
    },
    /// The running tasks of whole clusters, counted; of services that are not among them nothing
    /// is known.
    Census(BTreeMap<Member, Census>),
    /// A close look at one service.
    Closely {
        /// The service.
        service: ServiceArn,
        /// What was seen.
        examination: Box<Examination>,
    },
    /// Every alarm that could be read; `complete` when it was the full list and not only those
    /// in ALARM.
    Alarms {
        /// The alarms.
        alarms: Vec<Alarm>,
        /// Whether OK and INSUFFICIENT_DATA ones are among them.
        complete: bool,
    },
    /// What a stopped environment is beside its services.
    Asleep(Asleep),
    /// Metric values; series are absorbed into those of the same KPI.
    Kpis(Vec<Kpi>),
    /// Values for a chart; what failed travels inside.
    Curves(Aspect<Vec<Curve>>),
    /// A leaf of an opened service's dossier; what failed travels inside it.
    Leaf {
        /// The service.
        service: ServiceArn,
        /// The leaf.
        leaf: Leaf,
    },
    /// A page of what AWS remembers of the environment; what failed travels inside it.
    Memory(Memory),
    /// Whether the environment's change calendars are open.
    Calendar(CalendarState),
}

impl News {
    /// The feed these news belong to; none for what no verdict depends on.
    pub const fn feed(&self) -> Option<Feed> {
        Some(match self {
            Self::Identity(_) => Feed::Identity,
            Self::Inventory { .. } => Feed::Inventory,
            Self::Services(_) => Feed::Services,
            Self::Stops(_) => Feed::Stops,
            Self::Tasks { .. } => Feed::Tasks,
            Self::Census(_) => Feed::Census,
            Self::Closely { .. } => Feed::Closely,
            Self::Alarms { .. } => Feed::Alarms,
            Self::Kpis(_) => Feed::Metrics,
            Self::Asleep(_) => Feed::Topology,
            Self::Calendar(_) => Feed::Calendar,
            Self::Leaf { .. } | Self::Memory(_) | Self::Curves(_) => return None,
        })
    }
}

/// What can be asked of one environment. Each is answered by the parts of its own feed
/// (`Services` also brings the inventory when that is old).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// Who am I?
    Identity,
    /// Every service's state.
    Services,
    /// Tasks that stopped since the last look.
    Stops,
    /// Alarms: those in ALARM, and now and then the full list.
    Alarms,
    /// KPI values.
    Kpis,
    /// KPI values for a chart, further back than the board keeps them.
    Curves(Charted),
    /// The running tasks of every cluster in which one is not watched by a load balancer.
    Census,
    /// What auto scaling may do with services that want no task and carry no record.
    AtRest,
    /// What the load balancer thinks of the tasks of one service.
    Targets(ServiceArn),
    /// The tasks of one service.
    Tasks(ServiceArn),
    /// Everything a change of one service is judged by.
    Closely(ServiceArn),
    /// Everything else about one service: its dossier.
    Dossier(ServiceArn),
    /// What AWS remembers of the environment.
    History,
    /// The mute rules that are in force.
    Mutes,
    /// What a stopped environment is beside its services: those that carry a record.
    Asleep(Vec<ServiceArn>),
    /// The last lines of a task that died.
    LastWords {
        /// Its service.
        service: ServiceArn,
        /// The task.
        task: TaskArn,
        /// The revision it ran, which says where it logs.
        definition: TaskDefinitionArn,
    },
    /// The state of these change calendars, by name or ARN.
    Calendar(Vec<Text>),
}
