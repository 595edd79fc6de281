//! Whose a stream is. Services of two clusters may share log group, prefix and container: then
//! only the task's id at the end of the stream's name tells their lines apart.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_ecs::types as aws;

use crate::cloud::gate;
use crate::cloud::link::Link;
use crate::estate::id::{ClusterArn, ServiceArn};
use crate::estate::problem::Feed;

/// `DescribeTasks` takes a hundred (aws.md 2.1).
const BATCH: usize = 100;

/// What is known of the tasks that write where a service writes.
#[derive(Debug, Default)]
pub(super) struct Owners {
    ours: HashMap<String, bool>,
}

impl Owners {
    /// Whether a stream's lines are ours: always, unless its task is known to be another's.
    pub(super) fn owns(&self, stream: &str) -> bool {
        let known = task_of(stream).and_then(|task| self.ours.get(task));
        known.copied().unwrap_or(true)
    }

    /// The tasks of these streams that nobody asked about yet.
    pub(super) fn unknown<'a>(&self, streams: impl Iterator<Item = &'a str>) -> Vec<String> {
        let tasks: BTreeSet<&str> = streams.filter_map(task_of).collect();
        let new = tasks
            .into_iter()
            .filter(|task| !self.ours.contains_key(*task));
        new.map(str::to_owned).collect()
    }

    /// Asks whose `tasks` are. AWS knows a stopped task for an hour; one that nobody knows any
    /// more wrote where we read, so it counts as ours. What cannot be asked now is asked again.
    pub(super) async fn learn(&mut self, link: &Link, service: &ServiceArn, tasks: &[String]) {
        let home = link.cluster_of(service);
        for batch in tasks.chunks(BATCH) {
            let Some(found) = described(link, &home, batch).await else {
                continue;
            };
            for task in &found {
                let theirs = task.group() != Some(&format!("service:{}", service.name()))
                    || !is_in(task, &home);
                self.ours.insert(id_of(task).to_owned(), !theirs);
            }
            let mut lost: Vec<String> = batch.to_vec();
            lost.retain(|task| !self.ours.contains_key(task));
            for other in link.fleet.clusters() {
                if other == home || lost.is_empty() {
                    continue;
                }
                for task in described(link, &other, &lost).await.unwrap_or_default() {
                    self.ours.insert(id_of(&task).to_owned(), false);
                }
                lost.retain(|task| !self.ours.contains_key(task));
            }
            self.ours.extend(lost.into_iter().map(|task| (task, true)));
        }
    }
}

async fn described(link: &Link, cluster: &ClusterArn, tasks: &[String]) -> Option<Vec<aws::Task>> {
    let describe = link.clients.ecs.describe_tasks().cluster(cluster.as_str());
    let call = describe.set_tasks(Some(tasks.to_vec())).send();
    let answer = link
        .gate
        .call(Feed::Logs, &gate::DESCRIBE_TASKS, call)
        .await;
    answer.ok().map(|answer| answer.tasks.unwrap_or_default())
}

fn id_of(task: &aws::Task) -> &str {
    let arn = task.task_arn().unwrap_or_default();
    arn.rsplit('/').next().unwrap_or_default()
}

/// A cluster may be known by name or by ARN.
fn is_in(task: &aws::Task, cluster: &ClusterArn) -> bool {
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let named = task.cluster_arn().map(last);
    named.is_none_or(|named| named == last(cluster.as_str()))
}

/// The task's id at the end of a stream's name: 32 hexadecimal digits, or the longer form of old
/// tasks. Streams that are named after something else have none.
fn task_of(stream: &str) -> Option<&str> {
    let end = stream.rsplit('/').next()?;
    let end = end.rsplit_once("-firelens-").map_or(end, |(_, task)| task);
    let digits = end.bytes().filter(u8::is_ascii_hexdigit).count();
    let dashes = end.bytes().filter(|byte| *byte == b'-').count();
    let form = (digits, dashes, end.len());
    matches!(form, (32, 0, 32) | (32, 4, 36)).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "3f9c1c5566b04cc8a9b5e4d3c2b1a098";

    #[test]
    fn a_stream_ends_with_its_task() {
        for (stream, task) in [
            (format!("ecs/app/{TASK}"), Some(TASK)),
            (format!("p-app-firelens-{TASK}"), Some(TASK)),
            (
                "ecs/app/0f9de17a-a465-4b1f-8c1c-2a4d6e8f0a1b".to_owned(),
                Some("0f9de17a-a465-4b1f-8c1c-2a4d6e8f0a1b"),
            ),
            ("ecs/app/abc".to_owned(), None),
            ("i-0123".to_owned(), None),
        ] {
            assert_eq!(task_of(&stream), task, "{stream}");
        }
    }

    #[test]
    fn only_a_stream_known_to_be_anothers_is_left_out() {
        let mut owners = Owners::default();
        let stream = format!("ecs/app/{TASK}");
        assert!(owners.owns(&stream));
        let streams = || [stream.as_str(), "x"].into_iter();
        assert_eq!(owners.unknown(streams()), [TASK]);
        owners.ours.insert(TASK.to_owned(), false);
        assert!(!owners.owns(&stream) && owners.owns("x"));
        assert!(owners.unknown(streams()).is_empty());
    }
}
