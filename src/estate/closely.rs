//! A close look at one service: what a change is judged by beyond what every look brings.

use super::Timestamp;
use super::change::{Change, Target};
use super::deployment::ServiceDeployment;
use super::task::Task;
use super::text::Text;

/// What was read, each part for itself: the sentence says why a part is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// When AWS was asked.
    pub seen_at: Timestamp,
    /// Its tasks that are to run, oldest first.
    pub tasks: Result<Vec<Task>, Text>,
    /// Its service deployments, newest first.
    pub deployments: Result<Vec<ServiceDeployment>, Text>,
    /// The images of its current revision.
    pub images: Result<Vec<Image>, Text>,
    /// How many of its tasks are protected from scale-in and replacement.
    pub protected: Result<u32, Text>,
    /// The bounds auto scaling keeps it in; `None` where nothing scales it.
    pub bounds: Result<Option<Bounds>, Text>,
}

/// `MinCapacity` and `MaxCapacity` of a scalable target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
}

/// One container's image in the running revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The container.
    pub container: Text,
    /// As the task definition names it.
    pub name: Text,
    /// Where its tag points now, beside what runs.
    pub drift: Drift,
}

/// Whether a new task would run what runs (aws.md 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The task definition names a digest: it cannot move.
    Pinned,
    /// The tag points to what runs.
    Same,
    /// The tag points to something else: a redeploy is a deploy.
    Moved {
        /// The digest it points to now.
        to: Text,
        /// When that was pushed.
        pushed_at: Option<Timestamp>,
    },
    /// The tag is gone: a new task could not start.
    Gone,
    /// Nobody could say, and why.
    Unknown(Text),
}

impl Drift {
    /// The worse, the higher.
    const fn rank(&self) -> u8 {
        match self {
            Self::Pinned => 0,
            Self::Same => 1,
            Self::Unknown(_) => 2,
            Self::Moved { .. } => 3,
            Self::Gone => 4,
        }
    }
}

impl Examination {
    /// The image whose drift matters most; `None` when no image is known.
    pub fn worst_image(&self) -> Option<&Image> {
        let images = self.images.as_ref().ok()?;
        images.iter().max_by_key(|image| image.drift.rank())
    }

    /// The images that are known; none where they could not be read.
    pub fn known_images(&self) -> &[Image] {
        self.images.as_deref().unwrap_or_default()
    }

    /// Whether a tag of any image is known to point to something else than what runs.
    pub fn has_moved(&self) -> bool {
        let moved = |image: &Image| matches!(image.drift, Drift::Moved { .. });
        self.known_images().iter().any(moved)
    }

    /// The service deployment that is under way.
    pub fn underway(&self) -> Option<&ServiceDeployment> {
        let deployments = self.deployments.as_ref().ok()?;
        deployments.iter().find(|one| !one.state.is_over())
    }
}

/// What a person wants of a service, before anybody looked closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// New tasks of the same task definition.
    Redeploy,
    /// Its tasks replaced one by one.
    Recycle,
    /// The running deployment taken back.
    Rollback,
    /// One task stopped: that whose id begins so, or where none is named the one that is worst
    /// off.
    StopTask(Option<Text>),
    /// So many tasks.
    Scale(u32),
}

impl Wish {
    /// The verb's name, as typed on a command line.
    pub const fn verb(&self) -> &'static str {
        match self {
            Self::Redeploy => "redeploy",
            Self::Recycle => "recycle",
            Self::Rollback => "rollback",
            Self::StopTask(_) => "stop-task",
            Self::Scale(_) => "scale",
        }
    }

    /// The change that fulfils it, now that somebody looked.
    ///
    /// # Errors
    /// A sentence: what it would be about is not there, or could not be read.
    pub fn change(&self, target: Target, seen: &Examination) -> Result<Change, String> {
        let name = target.service.name().to_owned();
        let tasks = || {
            let tasks = seen.tasks.as_ref();
            tasks.map_err(|why| format!("the tasks of {name} could not be read: {why}"))
        };
        Ok(match self {
            Self::Redeploy => Change::Redeploy(target),
            Self::Scale(count) => Change::Scale {
                target,
                count: *count,
            },
            Self::Recycle => Change::Recycle {
                tasks: tasks()?.iter().map(|task| task.arn.clone()).collect(),
                target,
            },
            Self::StopTask(wanted) => {
                let task = picked(tasks()?, wanted.as_deref(), &name)?;
                Change::StopTask {
                    task: task.arn.clone(),
                    target,
                }
            }
            Self::Rollback => {
                let known = seen.deployments.as_ref();
                known
                    .map_err(|why| format!("the deployments of {name} could not be read: {why}"))?;
                let underway = seen
                    .underway()
                    .ok_or_else(|| format!("no deployment of {name} is in progress"))?;
                Change::Rollback {
                    deployment: underway.arn.clone(),
                    target,
                }
            }
        })
    }
}

/// The task whose id begins with `wanted`; without one the unhealthy before the healthy, then the
/// oldest.
fn picked<'a>(tasks: &'a [Task], wanted: Option<&str>, name: &str) -> Result<&'a Task, String> {
    let Some(wanted) = wanted else {
        let worst = tasks
            .iter()
            .min_by_key(|task| (&*task.health != "UNHEALTHY", task.created_at));
        return worst.ok_or_else(|| format!("no task of {name} runs"));
    };
    let id = wanted.rsplit('/').next().unwrap_or(wanted);
    let mut found = tasks.iter().filter(|task| task.arn.id().starts_with(id));
    match (found.next(), found.next()) {
        (Some(task), None) if !id.is_empty() => Ok(task),
        (None, _) => Err(format!("{name} has no running task {wanted}")),
        _ => Err(format!("{wanted} names more than one task of {name}")),
    }
}

#[cfg(test)]
pub(crate) mod example {
    use super::*;
    use crate::estate::service::Service;

    /// A close look at `service` with nothing against anything: two minutes ago nothing moved.
    pub(crate) fn well(service: &Service, seen_at: Timestamp) -> Examination {
        let task = |number: u32| Task {
            arn: format!(
                "arn:aws:ecs:eu-central-1:123456789012:task/main/{number:02}{}",
                "ab".repeat(15)
            )
            .as_str()
            .into(),
            cluster: service.cluster.clone(),
            service_name: Some(service.name.clone()),
            task_definition: service.task_definition.clone(),
            last_status: "RUNNING".into(),
            desired_status: "RUNNING".into(),
            health: "HEALTHY".into(),
            stop_code: None,
            stopped_reason: None,
            started_by: service.primary().map(|one| one.id.as_str().into()),
            zone: Some("eu-central-1a".into()),
            address: None,
            connectivity: None,
            created_at: Some(seen_at - crate::estate::SignedDuration::from_hours(2)),
            started_at: None,
            stopping_at: None,
            stopped_at: None,
            containers: vec![],
        };
        Examination {
            seen_at,
            tasks: Ok((1..=service.desired).map(task).collect()),
            deployments: Ok(vec![]),
            images: Ok(vec![Image {
                container: "app".into(),
                name: "orders:1.8".into(),
                drift: Drift::Same,
            }]),
            protected: Ok(0),
            bounds: Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, service};

    fn target() -> Target {
        Target::of(&service("orders"), &"production".into()).unwrap()
    }

    fn seen() -> Examination {
        example::well(&service("orders"), ago(0))
    }

    #[test]
    fn the_worst_task_goes_unless_one_is_named() {
        let mut seen = seen();
        seen.tasks.as_mut().unwrap()[2].health = "UNHEALTHY".into();
        let stopped = |wanted: Option<&str>| match Wish::StopTask(wanted.map(Into::into))
            .change(target(), &seen)
        {
            Ok(Change::StopTask { task, .. }) => task.id()[..2].to_owned(),
            Ok(other) => panic!("{other:?}"),
            Err(why) => why,
        };
        assert_eq!(stopped(None), "03");
        assert_eq!(stopped(Some("01")), "01");
        assert_eq!(stopped(Some("0")), "0 names more than one task of orders");
        assert_eq!(stopped(Some("ff")), "orders has no running task ff");
    }

    #[test]
    fn nothing_under_way_is_nothing_to_take_back() {
        let refused = Wish::Rollback.change(target(), &seen()).unwrap_err();
        assert_eq!(refused, "no deployment of orders is in progress");
        let mut blind = seen();
        blind.deployments = Err("you may not".into());
        let refused = Wish::Rollback.change(target(), &blind).unwrap_err();
        assert!(refused.ends_with("could not be read: you may not"));
    }

    #[test]
    fn the_worst_drift_speaks_for_all() {
        let mut seen = seen();
        let image = |drift| Image {
            container: "side".into(),
            name: "side:1".into(),
            drift,
        };
        seen.images
            .as_mut()
            .unwrap()
            .extend([image(Drift::Gone), image(Drift::Pinned)]);
        assert_eq!(seen.worst_image().unwrap().drift, Drift::Gone);
    }
}
