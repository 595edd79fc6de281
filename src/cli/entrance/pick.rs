//! From what somebody typed to one container or node.

use std::sync::{Arc, Mutex, PoisonError};

use crate::app::command::{Entrance, find_service};
use crate::cli::look::{self, SERVICES};
use crate::cli::open::Opened;
use crate::cloud::{Candidate, Link};
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::change::Target;
use crate::estate::doctor::{Check, Patient, examine, recorded};
use crate::estate::id::{ServiceArn, TaskArn};
use crate::estate::node::{self, Node};
use crate::estate::part::{News, Part, Read};
use crate::estate::session::{Place, Purpose, Session, container, healthiest};
use crate::estate::snapshot::Snapshot;
use crate::estate::task::Task;
use crate::estate::text::Text;
use crate::estate::verdict::Judge;

use super::nodes;

/// A container or node, as it was just seen.
pub(super) enum Spot {
    Container(Box<Patient>),
    Node(Box<Node>),
}

impl Spot {
    /// Every prerequisite of a session there.
    pub(super) fn checks(&self) -> Vec<Check> {
        match self {
            Self::Container(patient) => examine(patient),
            Self::Node(node) => node.examine(),
        }
    }

    /// Whether AWS records a session there, in the doctor's words.
    pub(super) fn recorded(&self) -> Text {
        match self {
            Self::Container(patient) => recorded(patient.logging.as_ref()).words,
            Self::Node(_) => node::recorded().words,
        }
    }

    pub(super) fn seen_at(&self) -> Timestamp {
        match self {
            Self::Container(patient) => patient.seen_at,
            Self::Node(node) => node.seen_at,
        }
    }

    pub(super) fn patient(&self) -> Option<&Patient> {
        match self {
            Self::Container(patient) => Some(patient),
            Self::Node(_) => None,
        }
    }

    pub(super) fn node(&self) -> Option<&Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Container(_) => None,
        }
    }

    /// Where a session there leads.
    pub(super) fn place(&self) -> Place {
        match self {
            Self::Container(patient) => Place::Container {
                task: patient.task.clone(),
                container: patient.container.clone(),
                runtime_id: patient.runtime_id.clone(),
            },
            Self::Node(node) => Place::Node {
                id: node.id.clone(),
                name: node.name.clone(),
            },
        }
    }
}

/// A container or node somebody means, and everything known around it.
pub(super) struct Picked {
    pub(super) snapshot: Snapshot,
    pub(super) link: Arc<Link>,
    pub(super) target: Target,
    pub(super) spot: Spot,
    /// What was chosen where there was a choice, in words.
    pub(super) choice: Option<String>,
}

impl Picked {
    /// The session in it.
    pub(super) fn session(&self, purpose: Purpose, minutes: u32) -> Session {
        Session {
            target: self.target.clone(),
            place: self.spot.place(),
            purpose,
            minutes,
        }
    }

    /// Looks at everything again: a person may have thought for a while.
    pub(super) async fn look_again(&mut self, opened: &Opened) -> Result<(), String> {
        let patient = match &self.spot {
            Spot::Container(patient) => patient,
            Spot::Node(node) => {
                let id = node.id.clone();
                self.snapshot = look::look_at(opened, &nodes::CALLER).await;
                let node = self.link.node(&id).await;
                let node = node.map_err(|problem| problem.sentence.to_string())?;
                let node =
                    node.ok_or_else(|| format!("Session Manager does not manage {id} any more"))?;
                self.spot = Spot::Node(Box::new(node));
                return Ok(());
            }
        };
        self.snapshot = look::look_at(opened, &SERVICES).await;
        let (cluster, task) = (&self.target.cluster, &patient.task);
        let found = self.link.examine(cluster, task).await;
        let found = found.map_err(|problem| problem.sentence.to_string())?;
        let same = |one: &Candidate| one.patient.container == patient.container;
        let found = found.into_iter().find(same);
        let found = found.ok_or_else(|| format!("task {} is gone", task.short()))?;
        self.spot = Spot::Container(Box::new(found.patient));
        Ok(())
    }
}

/// Finds what `entrance` means, or says in a sentence why it is nothing.
pub(super) async fn pick(opened: &Opened, entrance: &Entrance) -> Result<Picked, String> {
    if entrance.instance || node::is_id(&entrance.target) {
        return nodes::pick(opened, &entrance.target).await;
    }
    let mut snapshot = look::look_at(opened, &SERVICES).await;
    let mut rows = Judge::default().look(&snapshot, (opened.clock)());
    if task_id(&entrance.target).is_none() && find_service(&rows, &entrance.target).is_err() {
        // A look can be partial, above all beside a console that looks as well.
        snapshot = look::look_at(opened, &SERVICES).await;
        rows = Judge::default().look(&snapshot, (opened.clock)());
    }
    if let Some(id) = task_id(&entrance.target) {
        return by_task(opened, snapshot, &rows, id, entrance).await;
    }
    let row = find_service(&rows, &entrance.target).map_err(|sentence| {
        let problems = snapshot.problems();
        problems.fold(sentence, |all, (environment, problem)| {
            format!("{all}\n{environment}: {}", problem.sentence)
        })
    })?;
    let link = opened
        .cloud
        .link(&row.environment)
        .ok_or("there is no connection to it")?;
    let tasks = tasks_of(link, &row.arn).await?;
    let (task, choice) = choose(&tasks, entrance.task.as_deref(), row)?;
    let patient = examined(link, row, &task.arn, entrance).await?;
    let target = target(&snapshot, row)?;
    let link = Arc::clone(link);
    Ok(Picked {
        snapshot,
        link,
        target,
        spot: Spot::Container(Box::new(patient)),
        choice,
    })
}

/// A task's id, alone or at the end of its ARN.
fn task_id(written: &str) -> Option<&str> {
    let id = match written.split_once(":task/") {
        Some((_, path)) => path.rsplit('/').next()?,
        None => written,
    };
    let hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    (id.len() >= 32 && hexadecimal).then_some(id)
}

/// Looks for a task in every cluster that has services.
async fn by_task(
    opened: &Opened,
    snapshot: Snapshot,
    rows: &[Row],
    id: &str,
    entrance: &Entrance,
) -> Result<Picked, String> {
    let mut asked = Vec::new();
    for row in rows {
        let place = (&row.environment, &row.cluster);
        let Some(link) = opened.cloud.link(&row.environment) else {
            continue;
        };
        if asked.contains(&place) {
            continue;
        }
        asked.push(place);
        let task = TaskArn::new(id);
        let found = link.examine(&row.cluster, &task).await.unwrap_or_default();
        let Some(service) = found.first().map(|one| one.service.clone()) else {
            continue;
        };
        let named = |other: &&Row| {
            Some(&other.name) == service.as_ref() && (&other.environment, &other.cluster) == place
        };
        let row = rows.iter().find(named).ok_or_else(|| {
            format!("task {id} belongs to no service; only tasks of services are entered")
        })?;
        let patient = chosen(found, entrance)?;
        let target = target(&snapshot, row)?;
        let link = Arc::clone(link);
        return Ok(Picked {
            snapshot,
            link,
            target,
            spot: Spot::Container(Box::new(patient)),
            choice: None,
        });
    }
    Err(format!("there is no task {id}"))
}

fn target(snapshot: &Snapshot, row: &Row) -> Result<Target, String> {
    let seen = snapshot.service(&row.arn).map(|(_, seen)| &seen.service);
    seen.and_then(|service| Target::of(service, &row.environment))
        .ok_or_else(|| "AWS gave this service an ARN nobody can read".to_owned())
}

async fn tasks_of(link: &Link, service: &ServiceArn) -> Result<Vec<Task>, String> {
    let parts = Mutex::new(Vec::new());
    let sink = |part: Part| {
        let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.push(part);
    };
    link.read(&Read::Tasks(service.clone()), &sink).await;
    let parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut found, mut problem) = (Vec::new(), None);
    for part in parts {
        if let News::Tasks { tasks, .. } = part.news {
            found.extend(tasks);
        }
        problem = problem.or(part.problems.into_iter().next());
    }
    match problem {
        Some(problem) if found.is_empty() => Err(problem.sentence.to_string()),
        _ => Ok(found),
    }
}

/// The task asked for, or the healthiest; where there was a choice, what was chosen.
fn choose<'a>(
    tasks: &'a [Task],
    asked: Option<&str>,
    row: &Row,
) -> Result<(&'a Task, Option<String>), String> {
    let running = || tasks.iter().filter(|task| *task.last_status == *"RUNNING");
    let names = || -> Vec<&str> { running().map(|task| task.arn.short()).collect() };
    if let Some(asked) = asked {
        let meant: Vec<&Task> = tasks
            .iter()
            .filter(|task| task.arn.id().starts_with(asked))
            .collect();
        return match meant.as_slice() {
            [only] => Ok((only, None)),
            [] => Err(format!(
                "{} has no task {asked}; it has {}",
                row.name,
                names().join(", ")
            )),
            _ => Err(format!(
                "several tasks begin with {asked}: {}",
                names().join(", ")
            )),
        };
    }
    let Some(best) = healthiest(tasks) else {
        return Err(format!("no task of {} runs", row.name));
    };
    let count = running().count();
    let words = || format!("task {} of {count} ({})", best.arn.short(), best.health);
    Ok((best, (count > 1).then(words)))
}

async fn examined(
    link: &Link,
    row: &Row,
    task: &TaskArn,
    entrance: &Entrance,
) -> Result<Patient, String> {
    let found = link.examine(&row.cluster, task).await;
    chosen(
        found.map_err(|problem| problem.sentence.to_string())?,
        entrance,
    )
}

fn chosen(found: Vec<Candidate>, entrance: &Entrance) -> Result<Patient, String> {
    let names = found.iter().map(|one| one.patient.container.as_str());
    let name = container(names, entrance.container.as_deref())?.to_owned();
    let found = found.into_iter().map(|one| one.patient);
    let mut same = found.filter(|patient| *patient.container == *name);
    same.next()
        .ok_or_else(|| "the container is gone".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_told_from_a_service_by_its_id() {
        let id = "0123456789abcdef0123456789abcdef";
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:task/prod/{id}");
        assert_eq!((task_id(id), task_id(&arn)), (Some(id), Some(id)));
        assert_eq!((task_id("orders"), task_id("beef")), (None, None));
    }
}
