//! One service explained: everything the page shows and `firstline explain` prints, as data.
//!
//! Put together when data arrives, never while drawing. Both faces say the same because both
//! read this.
//!
//! | file | holds |
//! |---|---|
//! | `deployments` | the current ones as bars, the last ones as history, how long is left |
//! | `tasks` | tasks, stops, targets, and all of them by zone |
//! | `around` | scaling, placement, alarms, and what the revision changed |

mod around;
mod deployments;
mod tasks;

use serde::Serialize;

pub use around::{Change, Limits, ServiceAlarm, Trouble};
pub use deployments::{Past, Rolling};
pub use tasks::{Stopped, TaskLine, Zone};

use super::Timestamp;
use super::advice::{Advice, Contacts, advise};
use super::board::Row;
use super::dossier::{Dossier, TargetGroup};
use super::history::ScalingActivity;
use super::id::{ClusterArn, EnvironmentName, ServiceArn};
use super::service::Service;
use super::snapshot::{EnvironmentSnapshot, Snapshot};
use super::text::Text;
use super::verdict::Health;

/// One service, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// When it was put together.
    pub taken_at: Timestamp,
    /// The service.
    pub service: ServiceArn,
    /// Its name.
    pub name: Text,
    /// Where it lives.
    pub environment: EnvironmentName,
    /// Its cluster.
    pub cluster: ClusterArn,
    /// What is believed of it.
    pub verdict: Health,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, in one sentence.
    pub evidence: Text,
    /// Whether what was seen is too old to be believed.
    pub stale: bool,
    /// Tasks running.
    pub running: u32,
    /// Tasks wanted.
    pub desired: u32,
    /// Tasks on their way.
    pub pending: u32,
    /// The current deployment and the ones it replaces.
    pub deployments: Vec<Rolling>,
    /// The last service deployments, newest first.
    pub history: Vec<Past>,
    /// By Availability Zone, so that the failure of one is seen as one.
    pub zones: Vec<Zone>,
    /// One sentence when one zone has all the trouble.
    pub zone_trouble: Option<String>,
    /// Tasks that live.
    pub tasks: Vec<TaskLine>,
    /// Whether the tasks were read at all.
    pub tasks_known: bool,
    /// Tasks that stopped, newest first.
    pub stops: Vec<Stopped>,
    /// Placement, capacity and other troubles ECS told of and did not take back.
    pub troubles: Vec<Trouble>,
    /// What auto scaling may do; `None` when it does nothing here.
    pub scaling: Option<Limits>,
    /// Whether that is known.
    pub scaling_known: bool,
    /// What auto scaling did and did not do, newest first.
    pub activities: Vec<ScalingActivity>,
    /// What the load balancer thinks.
    pub targets: Vec<TargetGroup>,
    /// Alarms that watch it.
    pub alarms: Vec<ServiceAlarm>,
    /// What its revision changed; `None` until both revisions were read.
    pub change: Option<Change>,
    /// What to do about it, the most telling first; nothing when nothing is wrong.
    pub advice: Vec<Advice>,
    /// What could not be read, one sentence each.
    pub missing: Vec<Text>,
}

/// Explains `service`; `None` when nobody knows it. `rows` are those of the same snapshot,
/// `contacts` what the settings say about whom to call.
pub fn explain(
    snapshot: &Snapshot,
    rows: &[Row],
    service: &ServiceArn,
    contacts: &Contacts,
    now: Timestamp,
) -> Option<Explanation> {
    let (place, seen) = snapshot.service(service)?;
    let row = rows.iter().find(|row| row.arn == *service)?;
    let nothing = Dossier::default();
    let dossier = place.dossier(service).unwrap_or(&nothing);
    let of = Of {
        place,
        service: &seen.service,
        dossier,
        now,
    };
    let targets = dossier.targets.all().to_vec();
    let (tasks, stops) = (of.tasks(), of.stops());
    let zones = tasks::zones(&tasks, &stops, &targets);
    Some(Explanation {
        taken_at: now,
        service: service.clone(),
        name: row.name.clone(),
        environment: row.environment.clone(),
        cluster: row.cluster.clone(),
        verdict: row.verdict.health,
        since: row.verdict.since,
        evidence: row.verdict.evidence.clone(),
        stale: row.stale,
        running: row.running,
        desired: row.desired,
        pending: row.pending,
        deployments: of.deployments(),
        history: of.history(),
        zone_trouble: tasks::zone_trouble(&zones),
        zones,
        tasks,
        tasks_known: place.tasks.contains_key(service),
        stops,
        troubles: of.troubles(),
        scaling: of.limits(),
        scaling_known: dossier.scaling.news.is_some(),
        activities: dossier.activities.all().to_vec(),
        targets,
        alarms: of.alarms(),
        change: of.change(),
        advice: advise(place, row, contacts, now),
        missing: of.missing(),
    })
}

/// What an explanation is made of.
struct Of<'a> {
    place: &'a EnvironmentSnapshot,
    service: &'a Service,
    dossier: &'a Dossier,
    now: Timestamp,
}

impl Of<'_> {
    fn missing(&self) -> Vec<Text> {
        let one = self.dossier;
        let aspects = [
            ("deployments", &one.rollouts.problem),
            ("task definitions", &one.definitions.problem),
            ("auto scaling", &one.scaling.problem),
            ("what auto scaling did", &one.activities.problem),
            ("targets", &one.targets.problem),
            ("alarm history", &self.place.history.alarms.problem),
            ("who called AWS", &self.place.history.trail.problem),
        ];
        let said = aspects.into_iter().filter_map(|(what, problem)| {
            let problem = problem.as_ref()?;
            Some(Text::from(format!("{what}: {}", problem.sentence)))
        });
        said.collect()
    }
}

#[cfg(test)]
mod tests;
