//! Tasks: those of one service, and those that stopped.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use aws_sdk_ecs::types::DesiredStatus;
use futures::future::{join, join_all};

use super::stops::{StopStore, Tidied};
use crate::cloud::connect::{Connection, Options};
use crate::cloud::link::{Link, Sink};
use crate::cloud::{convert, gate};
use crate::estate::Timestamp;
use crate::estate::census;
use crate::estate::id::{ClusterArn, Region, ServiceArn, TaskArn, TaskDefinitionArn};
use crate::estate::part::News;
use crate::estate::problem::{Feed, Problem};
use crate::estate::task::Task;

/// `DescribeTasks` takes a hundred (aws.md 2.1).
const DESCRIBE_BATCH: usize = 100;

/// What a link remembers of tasks.
#[derive(Default)]
pub(in crate::cloud) struct TaskLists {
    /// Where stopped tasks are written down, and what of it was not handed over yet.
    store: Option<StopStore>,
    remembered: Mutex<Option<Vec<Task>>>,
    tidied: Mutex<Tidied>,
    /// Stopped tasks handed over, by cluster, as long as AWS lists them.
    stopped: Mutex<HashMap<ClusterArn, HashSet<TaskArn>>>,
    /// The last tasks of each opened service, for the time AWS does not answer.
    last: Mutex<HashMap<ServiceArn, Vec<Task>>>,
}

impl TaskLists {
    /// Starts from what earlier runs wrote down.
    pub(in crate::cloud) fn remember(
        connection: &Connection,
        options: &Options,
        region: &Region,
    ) -> Self {
        let store = StopStore::of(connection, options, region);
        let remembered = store.as_ref().map(|store| store.read((options.clock)()));
        let mut stopped: HashMap<ClusterArn, HashSet<TaskArn>> = HashMap::new();
        for task in remembered.iter().flatten() {
            let seen = stopped.entry(task.cluster.clone()).or_default();
            seen.insert(task.arn.clone());
        }
        Self {
            store,
            remembered: Mutex::new(remembered),
            stopped: Mutex::new(stopped),
            ..Self::default()
        }
    }

    /// What earlier runs saw, the first time this is asked.
    fn take_remembered(&self) -> Vec<Task> {
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        remembered.take().unwrap_or_default()
    }

    fn write_down(&self, stops: &[Task], now: Timestamp) {
        if let Some(store) = &self.store {
            let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
            store.keep(stops, now, &mut tidied);
        }
    }
}

/// Some tasks and what kept the others away.
pub(in crate::cloud) struct Found<T> {
    pub(in crate::cloud) tasks: Vec<T>,
    pub(in crate::cloud) problems: Vec<Problem>,
}

impl Link {
    /// Tasks that stopped since the last look; at the first one also those that earlier runs saw.
    pub(in crate::cloud) async fn read_stops(&self, sink: Sink<'_>) {
        self.know_services(sink).await;
        let at = self.gate.now();
        let clusters = self.fleet.clusters();
        let found = join_all(clusters.iter().map(|cluster| self.stops_of(cluster))).await;
        let (mut stops, mut problems) = (Vec::new(), Vec::new());
        for one in found {
            stops.extend(one.tasks);
            problems.extend(one.problems);
        }
        self.tasks.write_down(&stops, at);
        stops.extend(self.tasks.take_remembered());
        sink(self.part(at, News::Stops(stops), problems));
    }

    /// The running and stopped tasks of one service.
    pub(in crate::cloud) async fn read_tasks(&self, service: &ServiceArn, sink: Sink<'_>) {
        let at = self.gate.now();
        let found = self.tasks_of(service).await;
        let mut last = self
            .tasks
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let tasks = if found.problems.is_empty() || !found.tasks.is_empty() {
            last.insert(service.clone(), found.tasks.clone());
            found.tasks
        } else {
            last.get(service).cloned().unwrap_or_default()
        };
        drop(last);
        let service = service.clone();
        sink(self.part(at, News::Tasks { service, tasks }, found.problems));
    }

    /// The running tasks of every cluster with a service that no load balancer watches, or whose
    /// agents may fall silent: of those, the tasks themselves are all that tells.
    pub(in crate::cloud) async fn read_census(&self, sink: Sink<'_>) {
        self.know_services(sink).await;
        let at = self.gate.now();
        let known = self.fleet.known();
        let unwatched = known
            .values()
            .filter(|one| one.target_groups.is_empty() || one.on_instances);
        let clusters: BTreeSet<&ClusterArn> = unwatched.map(|one| &one.cluster).collect();
        let found = join_all(clusters.into_iter().map(|cluster| self.running_in(cluster))).await;
        let (mut census, mut problems) = (BTreeMap::new(), Vec::new());
        for one in found {
            problems.extend(one.problems);
            census.extend(census::count(&one.tasks, at));
        }
        sink(self.part(at, News::Census(census), problems));
    }

    /// All running tasks of a cluster, or none: a part of them would be counted as if it were all.
    async fn running_in(&self, cluster: &ClusterArn) -> Found<Task> {
        let status = DesiredStatus::Running;
        let listed = self.list_tasks(cluster, None, status, Feed::Census).await;
        if !listed.problems.is_empty() {
            return Found {
                tasks: Vec::new(),
                problems: listed.problems,
            };
        }
        let mut found = self
            .describe_tasks(cluster, &listed.tasks, Feed::Census)
            .await;
        if !found.problems.is_empty() {
            found.tasks.clear();
        }
        found
    }

    /// The tasks of a service that ECS wants in `status`.
    pub(in crate::cloud) async fn tasks_with(
        &self,
        cluster: &ClusterArn,
        service: Option<&str>,
        status: DesiredStatus,
        feed: Feed,
    ) -> Result<Vec<Task>, Problem> {
        let listed = self.list_tasks(cluster, service, status, feed).await;
        if let Some(problem) = listed.problems.into_iter().next() {
            return Err(problem);
        }
        let found = self.describe_tasks(cluster, &listed.tasks, feed).await;
        match found.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(found.tasks),
        }
    }

    async fn tasks_of(&self, service: &ServiceArn) -> Found<Task> {
        let cluster = self.cluster_of(service);
        let list = |status| self.list_tasks(&cluster, Some(service.name()), status, Feed::Tasks);
        let (running, stopped) =
            join(list(DesiredStatus::Running), list(DesiredStatus::Stopped)).await;
        let mut arns = running.tasks;
        arns.extend(stopped.tasks);
        let mut found = self.describe_tasks(&cluster, &arns, Feed::Tasks).await;
        found.problems.extend(running.problems);
        found.problems.extend(stopped.problems);
        found
    }

    /// The tasks of `service` that run or are about to.
    ///
    /// # Errors
    /// When they could not be listed.
    pub(in crate::cloud) async fn running_tasks(
        &self,
        service: &ServiceArn,
    ) -> Result<Vec<TaskArn>, Problem> {
        let cluster = self.cluster_of(service);
        let status = DesiredStatus::Running;
        let list = self.list_tasks(&cluster, Some(service.name()), status, Feed::Tasks);
        let found = list.await;
        match found.problems.into_iter().next() {
            Some(problem) if found.tasks.is_empty() => Err(problem),
            _ => Ok(found.tasks),
        }
    }

    /// The task definitions of the tasks of an opened service, newest look.
    pub(in crate::cloud) fn definitions_seen(
        &self,
        service: &ServiceArn,
    ) -> Vec<TaskDefinitionArn> {
        let last = self
            .tasks
            .last
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let tasks = last.get(service).into_iter().flatten();
        tasks.map(|task| task.task_definition.clone()).collect()
    }

    /// The cluster of a service, by what was described or by its ARN.
    pub(in crate::cloud) fn cluster_of(&self, service: &ServiceArn) -> ClusterArn {
        let known = self.fleet.service(service).map(|known| known.cluster);
        known.unwrap_or_else(|| {
            let path = service
                .as_str()
                .split(":service/")
                .nth(1)
                .unwrap_or_default();
            path.split_once('/')
                .map_or("default", |(cluster, _)| cluster)
                .into()
        })
    }

    /// `STOPPED` also lists tasks that are still draining: those come when they have stopped.
    async fn stops_of(&self, cluster: &ClusterArn) -> Found<Task> {
        let listed = self
            .list_tasks(cluster, None, DesiredStatus::Stopped, Feed::Stops)
            .await;
        let unseen: Vec<TaskArn> = {
            let mut stopped = self
                .tasks
                .stopped
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let seen = stopped.entry(cluster.clone()).or_default();
            if listed.problems.is_empty() {
                let listed: HashSet<&TaskArn> = listed.tasks.iter().collect();
                seen.retain(|arn| listed.contains(arn));
            }
            listed
                .tasks
                .iter()
                .filter(|arn| !seen.contains(arn))
                .cloned()
                .collect()
        };
        let mut found = self.describe_tasks(cluster, &unseen, Feed::Stops).await;
        found.tasks.retain(|task| &*task.last_status == "STOPPED");
        found.problems.extend(listed.problems);
        let mut stopped = self
            .tasks
            .stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let seen = stopped.entry(cluster.clone()).or_default();
        seen.extend(found.tasks.iter().map(|task| task.arn.clone()));
        found
    }

    pub(in crate::cloud) async fn list_tasks(
        &self,
        cluster: &ClusterArn,
        service: Option<&str>,
        status: DesiredStatus,
        feed: Feed,
    ) -> Found<TaskArn> {
        let ask = |token| {
            let list = self
                .clients
                .ecs
                .list_tasks()
                .cluster(cluster.as_str())
                .max_results(100);
            list.set_service_name(service.map(str::to_owned))
                .desired_status(status.clone())
                .set_next_token(token)
                .send()
        };
        let answer = self
            .gate
            .pages(feed, &gate::LIST_TASKS, ask, |page| page.next_token())
            .await;
        let arns = answer.pages.iter().flat_map(|page| page.task_arns());
        Found {
            tasks: arns.map(|arn| TaskArn::new(arn)).collect(),
            problems: answer.problem.into_iter().collect(),
        }
    }

    pub(in crate::cloud) async fn describe_tasks(
        &self,
        cluster: &ClusterArn,
        arns: &[TaskArn],
        feed: Feed,
    ) -> Found<Task> {
        let batches = arns.chunks(DESCRIBE_BATCH).map(|batch| {
            let arns = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
            let describe = self.clients.ecs.describe_tasks().cluster(cluster.as_str());
            let call = describe.set_tasks(Some(arns)).send();
            self.gate.call(feed, &gate::DESCRIBE_TASKS, call)
        });
        let mut found = Found {
            tasks: Vec::new(),
            problems: Vec::new(),
        };
        for answer in join_all(batches).await {
            match answer {
                Ok(answer) => {
                    let raw = answer.tasks().iter();
                    found
                        .tasks
                        .extend(raw.filter_map(|raw| convert::task(raw, cluster)));
                }
                Err(problem) => found.problems.push(problem),
            }
        }
        found
    }
}
