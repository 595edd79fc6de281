//! One service with everything that speaks for and against it.

use std::collections::HashMap;

use super::{Health, Verdict};
use crate::estate::census::Census;
use crate::estate::dossier::TargetGroup;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::kpi::{Kpi, KpiKind};
use crate::estate::notice::Notice;
use crate::estate::service::{Controller, Deployment, DeploymentStatus, Rollout, Service};
use crate::estate::snapshot::{EnvironmentSnapshot, Sighting};
use crate::estate::stops::{self, Stop};
use crate::estate::task::Task;
use crate::estate::text::Text;
use crate::estate::{SignedDuration, Timestamp, words};

/// Stops this recent count (aws.md 1.5).
const STOPS_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// The API operations verdicts stand on.
pub(super) const SERVICES: &str = "DescribeServices";
pub(super) const TASKS: &str = "DescribeTasks";
pub(super) const ALARMS: &str = "DescribeAlarms";
pub(super) const METRICS: &str = "GetMetricData";

/// What earlier looks saw of the service, which one look cannot tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Past {
    /// When everything wanted was last seen running.
    pub(super) full_at: Option<Timestamp>,
    /// When the desired count was seen to have changed.
    pub(super) rescaled_at: Option<Timestamp>,
}

/// A task that stopped, with its meaning.
pub(super) struct Stopped<'a> {
    pub(super) task: &'a Task,
    pub(super) stop: Stop,
}

/// What an environment knows, sorted by service once so that judging all of them stays linear.
pub(super) struct Evidence<'a> {
    environment: &'a EnvironmentSnapshot,
    now: Timestamp,
    kpis: HashMap<&'a ServiceArn, Vec<&'a Kpi>>,
    /// By cluster and service name, newest first.
    stops: HashMap<(&'a ClusterArn, &'a str), Vec<&'a Task>>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(environment: &'a EnvironmentSnapshot, now: Timestamp) -> Self {
        let mut kpis: HashMap<_, Vec<_>> = HashMap::new();
        for kpi in &environment.kpis {
            for service in &kpi.services {
                kpis.entry(service).or_default().push(kpi);
            }
        }
        let mut stops: HashMap<_, Vec<_>> = HashMap::new();
        for task in &environment.stops {
            if let Some(name) = &task.service_name {
                let service = (&task.cluster, name.as_str());
                stops.entry(service).or_default().push(task);
            }
        }
        Self {
            environment,
            now,
            kpis,
            stops,
        }
    }
}

/// One service with everything that speaks for and against it.
pub(super) struct Case<'a> {
    pub(super) environment: &'a EnvironmentSnapshot,
    pub(super) service: &'a Service,
    pub(super) seen_at: Timestamp,
    pub(super) now: Timestamp,
    pub(super) past: Past,
    /// The KPIs that provably belong to this service.
    pub(super) kpis: &'a [&'a Kpi],
    /// Its tasks that stopped, newest first.
    stops: &'a [&'a Task],
    /// Abnormal stops of the last ten minutes, newest first.
    pub(super) aborts: Vec<Stopped<'a>>,
}

impl<'a> Case<'a> {
    pub(super) fn new(evidence: &'a Evidence<'a>, sighting: &'a Sighting, past: Past) -> Self {
        let service = &sighting.service;
        let kpis = evidence.kpis.get(&service.arn);
        let stops = evidence.stops.get(&(&service.cluster, service.arn.name()));
        let mut case = Self {
            environment: evidence.environment,
            service,
            seen_at: sighting.seen_at,
            now: evidence.now,
            past,
            kpis: kpis.map_or(&[], Vec::as_slice),
            stops: stops.map_or(&[], Vec::as_slice),
            aborts: Vec::new(),
        };
        case.aborts = case.recent_aborts();
        case
    }

    fn recent_aborts(&self) -> Vec<Stopped<'a>> {
        let recent = |task: &&&Task| {
            let at = task.stopped_at.or(task.stopping_at);
            at.is_some_and(|at| self.ago(at) <= STOPS_WINDOW)
        };
        let understood = self.stops.iter().filter(recent).map(|task| Stopped {
            task,
            stop: stops::stop(task),
        });
        understood.filter(|one| one.stop.abnormal).collect()
    }

    /// How long ago `at` was.
    pub(super) fn ago(&self, at: Timestamp) -> SignedDuration {
        self.now.duration_since(at)
    }

    pub(super) fn verdict(
        &self,
        health: Health,
        since: Option<Timestamp>,
        evidence: &[String],
        source: &'static str,
    ) -> Verdict {
        let parts: Vec<&str> = evidence
            .iter()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect();
        Verdict {
            health,
            since: since.map(|since| since.min(self.now)),
            evidence: parts.join(", ").into(),
            source,
        }
    }

    /// `3/4 running`.
    pub(super) fn running(&self) -> String {
        format!("{}/{} running", self.service.running, self.service.desired)
    }

    /// `last stop OutOfMemory (137), 6 stops in 10 min, since deploy orders:58`, as far as there
    /// is something to say.
    pub(super) fn stops_words(&self) -> Vec<String> {
        let Some(newest) = self.aborts.first() else {
            return Vec::new();
        };
        let count = words::counted(self.aborts.len(), "stop");
        let mut said = vec![
            format!("last stop {}", newest.stop.words),
            format!("{count} in 10 min"),
        ];
        if let Some(deployment) = self.culprit() {
            said.push(format!(
                "since deploy {}",
                deployment.task_definition.label()
            ));
        }
        said
    }

    /// The current deployment, when everything that stopped is of its revision and it is no
    /// older than what AWS remembers of stops by much.
    fn culprit(&self) -> Option<&'a Deployment> {
        let primary = self.service.primary()?;
        let young = self.ago(primary.created_at?) <= SignedDuration::from_hours(2);
        let all = self
            .aborts
            .iter()
            .all(|one| one.task.task_definition == primary.task_definition);
        (young && all).then_some(primary)
    }

    /// When the run of abnormal stops that reaches to now began: each no longer before the next
    /// than what counts as recent. After a restart of the console, what was written down of
    /// earlier stops still says since when.
    pub(super) fn run_of_aborts(&self) -> Option<Timestamp> {
        let mut began = self.now;
        let mut run = None;
        for task in self.stops {
            let Some(at) = task.stopped_at.or(task.stopping_at) else {
                continue;
            };
            if began.duration_since(at) > STOPS_WINDOW {
                break;
            }
            if stops::stop(task).abnormal {
                (began, run) = (at, Some(at));
            }
        }
        run
    }

    /// The newest stop of the service, whatever its kind.
    pub(super) fn newest_stop(&self) -> Option<&'a Task> {
        self.stops.first().copied()
    }

    /// Deployments that still have a say.
    pub(super) fn deployments(&self) -> impl Iterator<Item = &'a Deployment> {
        self.service
            .deployments
            .iter()
            .filter(|one| one.status != DeploymentStatus::Inactive)
    }

    /// Whether ECS itself exchanges tasks now; other controllers' `deployments` prove nothing
    /// (aws.md 1.1).
    pub(super) fn in_rollout(&self) -> bool {
        self.service.controller == Controller::Ecs
            && (self.deployments().nth(1).is_some()
                || self
                    .service
                    .primary()
                    .is_some_and(|one| one.rollout == Rollout::InProgress))
    }

    /// When the rollout last visibly moved: a deployment changed, or a task was started or
    /// stopped.
    pub(super) fn moved_at(&self) -> Option<Timestamp> {
        let deployments = self
            .deployments()
            .flat_map(|one| [one.created_at, one.updated_at])
            .flatten();
        deployments.chain(self.newest_movement()).max()
    }

    /// The newest event that tells of tasks started or stopped.
    pub(super) fn newest_movement(&self) -> Option<Timestamp> {
        let mut events = self.service.events.iter();
        events
            .find(|event| Notice::of(&event.message) == Notice::Movement)
            .map(|event| event.at)
    }

    /// When tasks were last started or stopped, unless ECS has called the service steady since,
    /// which it does only when all pass their checks: what was measured before is of other tasks.
    pub(super) fn unsettled_since(&self) -> Option<Timestamp> {
        let events = self.service.events.iter();
        let mut telling = events
            .map(|event| (event.at, Notice::of(&event.message)))
            .filter(|(_, notice)| matches!(notice, Notice::Movement | Notice::Steady));
        let (at, notice) = telling.next()?;
        (notice == Notice::Movement).then_some(at)
    }

    /// Its KPIs of one kind.
    pub(super) fn kpis_of(&self, kind: KpiKind) -> impl Iterator<Item = &'a Kpi> {
        self.kpis
            .iter()
            .copied()
            .filter(move |kpi| kpi.kind == kind)
    }

    /// Which of its pairs of target groups a KPI was measured at; of such a pair only one takes
    /// the traffic.
    pub(super) fn twins_of(&self, kpi: &Kpi) -> Option<usize> {
        let mut pairs = self.service.twins.iter();
        pairs.position(|pair| pair.iter().any(|group| *group.name() == *kpi.resource))
    }

    /// What the load balancer thinks of each of its tasks, if that was asked within the last
    /// minute and a half.
    pub(super) fn targets(&self) -> Option<&'a [TargetGroup]> {
        let read = &self.environment.dossier(&self.service.arn)?.targets;
        let fresh = self.ago(read.at?) <= SignedDuration::from_secs(90);
        read.news
            .as_deref()
            .filter(|_| fresh && read.problem.is_none())
    }

    /// What its running tasks say of themselves, if that was asked within the last three minutes
    /// and speaks of as many tasks as the service does.
    pub(super) fn census(&self) -> Option<&'a Census> {
        let member = (
            self.service.cluster.clone(),
            Text::from(self.service.arn.name()),
        );
        let census = self.environment.census.get(&member)?;
        let fresh = self.ago(census.seen_at) <= SignedDuration::from_mins(3);
        (fresh && census.all.running == self.service.running).then_some(census)
    }

    /// Its tasks, if it was opened and they were read within the last minute.
    pub(super) fn tasks(&self) -> Option<&'a [Task]> {
        let tasks = self.environment.tasks.get(&self.service.arn)?;
        let fresh = self.ago(tasks.seen_at) <= SignedDuration::from_mins(1);
        fresh.then_some(&tasks.tasks)
    }
}
