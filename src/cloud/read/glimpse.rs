//! One look at a change that is on its way.

use std::sync::{Mutex, PoisonError};

use aws_sdk_ecs::types::DesiredStatus;
use futures::future::{join_all, join3, join4};

use crate::cloud::link::Link;
use crate::cloud::{convert, gate};
use crate::estate::SignedDuration;
use crate::estate::change::Target;
use crate::estate::deployment::{ServiceDeployment, usual_length};
use crate::estate::follow::{Followed, Glimpse};
use crate::estate::id::{ClusterArn, ServiceArn, ServiceDeploymentArn, TaskArn};
use crate::estate::part::{News, Part, Read};
use crate::estate::problem::{Feed, Problem, ProblemKind};
use crate::estate::service::Service;
use crate::estate::snapshot::Snapshot;
use crate::estate::stops::stop;
use crate::estate::task::Task;
use crate::estate::text::Text;
use crate::estate::verdict::{Verdict, judge};

/// Stopped tasks that are told; one is usually like the other.
const STOPS: usize = 5;
/// Lines that are told; the one that matters is mostly the last.
const LINES: usize = 3;
/// A task without a health check counts as healthy after this (aws.md 4.2).
const PROVEN: SignedDuration = SignedDuration::from_secs(40);

/// How much earlier than its intent a deployment may seem to have begun: clocks differ.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// How many tasks of a service serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serving {
    /// Tasks that run and are healthy, by their container and, where there is one, by the load
    /// balancer.
    pub serving: u32,
    /// Tasks that are to run.
    pub running: Vec<TaskArn>,
}

/// What became of the deployment that is followed.
enum Seen {
    Deployment(Box<ServiceDeployment>),
    /// It cannot be read now.
    Hidden,
    /// There is none, or nobody may read it.
    Absent,
}

impl Link {
    /// Looks at the service, its deployment and its stopped tasks; what could not be read is
    /// left out. With `verdict` the whole environment is read too, which a verdict stands on.
    pub async fn glimpse(
        &self,
        followed: &Followed,
        before: Option<&Glimpse>,
        verdict: bool,
    ) -> Glimpse {
        let at = self.gate.now();
        let cluster = self.cluster_of(&followed.service);
        let (service, deployment, stops, left) = join4(
            self.service_now(&cluster, &followed.service),
            self.deployment_seen(followed.deployment.as_ref()),
            self.stops_since(&cluster, followed),
            self.left(&cluster, followed),
        )
        .await;
        let told = before.filter(|one| {
            one.stops.first().map(|task| &task.arn) == stops.first().map(|task| &task.arn)
        });
        let lines = match (told, stops.first()) {
            (Some(before), _) => before.lines.clone(),
            (None, Some(task)) => self.last_words_of(task).await,
            (None, None) => Vec::new(),
        };
        let service = match (service, &deployment) {
            (Ok(_), Seen::Hidden) => Err("its deployment cannot be read now".into()),
            (Ok(service), _) => Ok(service),
            (Err(problem), _) => Err(problem.sentence),
        };
        Glimpse {
            at,
            service,
            deployment: match deployment {
                Seen::Deployment(deployment) => Some(*deployment),
                Seen::Hidden | Seen::Absent => None,
            },
            left,
            stops,
            lines,
            verdict: if verdict {
                self.verdict(&cluster, &followed.service).await
            } else {
                None
            },
        }
    }

    /// The deployment that began when `followed` did, for verbs that begin one, and how long
    /// such a deployment usually takes.
    pub async fn begun(
        &self,
        followed: &Followed,
    ) -> (Option<ServiceDeploymentArn>, Option<SignedDuration>) {
        let cluster = self.cluster_of(&followed.service);
        let past = self.deployments_of(&cluster, &followed.service).await;
        let past = past.unwrap_or_default();
        let since = followed.began - SKEW;
        let begun = past
            .iter()
            .rev()
            .find(|one| one.created_at.is_some_and(|at| at >= since));
        let begins = &*followed.verb == "redeploy";
        let usual = begins.then(|| usual_length(&past)).flatten();
        (begun.filter(|_| begins).map(|one| one.arn.clone()), usual)
    }

    /// How many tasks of a service serve now.
    ///
    /// # Errors
    /// When the tasks cannot be read.
    pub async fn serving(&self, target: &Target) -> Result<Serving, Problem> {
        let service = self.service_now(&target.cluster, &target.service).await?;
        let tasks = self.tasks_to_run(&target.cluster, &target.service).await?;
        let now = self.gate.now();
        let proven = |task: &&Task| match (&*task.last_status, &*task.health) {
            ("RUNNING", "HEALTHY") => true,
            ("RUNNING", "UNHEALTHY") => false,
            ("RUNNING", _) => task
                .started_at
                .is_some_and(|at| now.duration_since(at) >= PROVEN),
            _ => false,
        };
        let proven = tasks.iter().filter(proven).count();
        // Where the load balancer cannot be read, the containers' own health has to do.
        let groups = service.target_groups.iter();
        let targets = join_all(groups.map(|group| self.healthy_targets(group))).await;
        let serving = targets
            .into_iter()
            .filter_map(Result::ok)
            .filter_map(|healthy| usize::try_from(healthy).ok())
            .fold(proven, usize::min);
        Ok(Serving {
            serving: u32::try_from(serving).unwrap_or(u32::MAX),
            running: tasks.into_iter().map(|task| task.arn).collect(),
        })
    }

    /// The last lines a task wrote; none where its log cannot be read.
    async fn last_words_of(&self, task: &Task) -> Vec<Text> {
        let lines = self.last_lines(&task.arn, &task.task_definition).await;
        let mut lines = lines.unwrap_or_default();
        let surplus = lines.len().saturating_sub(LINES);
        lines.drain(..surplus);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    async fn service_now(
        &self,
        cluster: &ClusterArn,
        service: &ServiceArn,
    ) -> Result<Service, Problem> {
        let raw = self.describe_one(cluster, service).await?;
        convert::service(&raw, cluster).ok_or_else(|| Problem {
            feed: Feed::Closely,
            operation: gate::DESCRIBE_SERVICES.name,
            kind: ProblemKind::Unreadable,
            sentence: format!("AWS describes {} without its ARN", service.name()).into(),
            at: self.gate.now(),
        })
    }

    async fn deployment_seen(&self, arn: Option<&ServiceDeploymentArn>) -> Seen {
        let Some(arn) = arn else {
            return Seen::Absent;
        };
        let found = self.describe_deployments(vec![arn.as_str().to_owned()]);
        match found.await {
            Ok(found) => match found.into_iter().next() {
                Some(deployment) => Seen::Deployment(Box::new(deployment)),
                None => Seen::Absent,
            },
            Err(problem) => match problem.kind {
                ProblemKind::Denied { .. } | ProblemKind::NotFound | ProblemKind::Other => {
                    Seen::Absent
                }
                ProblemKind::Throttled
                | ProblemKind::Expired
                | ProblemKind::NoCredentials
                | ProblemKind::NoRegion
                | ProblemKind::Unreachable
                | ProblemKind::ClockSkew
                | ProblemKind::Unreadable => Seen::Hidden,
            },
        }
    }

    /// How many of the tasks that have to be gone are still to run; `None` where nothing hangs on
    /// it, or they cannot be read now.
    async fn left(&self, cluster: &ClusterArn, followed: &Followed) -> Option<usize> {
        let gone = followed.to_be_gone();
        if gone.is_empty() {
            return None;
        }
        let running = self.tasks_to_run(cluster, &followed.service).await.ok()?;
        let left = running.iter().filter(|task| gone.contains(&task.arn));
        Some(left.count())
    }

    /// Its tasks that stopped badly since it began, newest first.
    async fn stops_since(&self, cluster: &ClusterArn, followed: &Followed) -> Vec<Task> {
        let name = Some(followed.service.name());
        let stopped = DesiredStatus::Stopped;
        let found = self.tasks_with(cluster, name, stopped, Feed::Closely).await;
        let mut stops = found.unwrap_or_default();
        stops.retain(|task| {
            task.stopped_at.is_some_and(|at| at >= followed.began) && stop(task).abnormal
        });
        stops.sort_by(|a, b| (b.stopped_at, &b.arn).cmp(&(a.stopped_at, &a.arn)));
        stops.truncate(STOPS);
        stops
    }

    /// The verdict on one service, from a fresh look at its environment. Its stops are read
    /// here: the console's own look at stops hands each over once.
    async fn verdict(&self, cluster: &ClusterArn, service: &ServiceArn) -> Option<Verdict> {
        let at = self.gate.now();
        let parts = Mutex::new(Vec::new());
        let sink = |part: Part| {
            let mut parts = parts.lock().unwrap_or_else(PoisonError::into_inner);
            parts.push(part);
        };
        let stopped = DesiredStatus::Stopped;
        let ((), (), stops) = join3(
            self.read(&Read::Services, &sink),
            self.read(&Read::Alarms, &sink),
            self.tasks_with(cluster, Some(service.name()), stopped, Feed::Stops),
        )
        .await;
        let mut stops = stops.ok()?;
        stops.retain(|task| &*task.last_status == "STOPPED");
        sink(self.part(at, News::Stops(stops), Vec::new()));
        let mut snapshot = Snapshot::unread(vec![self.environment.clone()]);
        for part in parts.into_inner().unwrap_or_else(PoisonError::into_inner) {
            snapshot.absorb(part);
        }
        let (place, sighting) = snapshot.service(service)?;
        Some(judge(place, sighting, self.gate.now()))
    }
}
