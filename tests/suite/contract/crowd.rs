//! What a crowd of tasks, stops by hand, targets and a rollout that cannot move look like at a third
//! party's AWS, read by the same reads and judged by the same rules.

use std::sync::Arc;

use firstline::cloud::{Cloud, Link, Options};
use firstline::estate::advice::{Contacts, Symptom, advise};
use firstline::estate::dossier::TargetGroup;
use firstline::estate::explain::explain;
use firstline::estate::part::Read;
use firstline::estate::service::Rollout;
use firstline::estate::snapshot::{EnvironmentSnapshot, Snapshot};
use firstline::estate::stops::{StopClass, stop};
use firstline::estate::task::Task;
use firstline::estate::usage::Prices;
use firstline::estate::verdict::{Health, Judge};
use firstline::estate::{SignedDuration, Timestamp};

use super::backend::read;
use crate::endpoints::{self, Server};
use crate::opened::everything;

const ACCOUNT: &str = "444455556666";

/// More tasks than one page of `ListTasks` and one call of `DescribeTasks` hold.
const CROWD: u32 = 150;

/// How much later than AWS's clock the console's is: a rollout must stand still for ten minutes
/// to be stuck, and nobody waits for that.
const LATER: SignedDuration = SignedDuration::from_mins(15);

/// `crowd` with 150 tasks of which three are stopped by hand, and `stuck`, which is to run a task
/// definition that does not exist; both behind a load balancer.
const MAKE: &str = r#"
import sys
from seed import Account, ecs_service, load_balancer
account = Account(sys.argv[1], sys.argv[2])
account.ecs.create_cluster(clusterName="prod")
_, groups = load_balancer(account, ["crowd", "stuck"])
for name in groups:
    ecs_service(account, name, "prod", groups[name])
account.ecs.update_service(cluster="prod", service="crowd", desiredCount=int(sys.argv[3]))
account.ecs.update_service(cluster="prod", service="stuck", taskDefinition="nowhere:9")
for task in account.ecs.list_tasks(cluster="prod", serviceName="crowd")["taskArns"][:3]:
    account.ecs.stop_task(cluster="prod", task=task, reason="by hand")
"#;

async fn link(server: &Server) -> Arc<Link> {
    let options = Options {
        prices: Prices::default(),
        endpoint_url: Some(server.url.clone()),
        region: None,
        http: None,
        cache_dir: None,
        clock: Arc::new(|| Timestamp::now() + LATER),
        masks: firstline::estate::log::Masks::default(),
        log_keys: firstline::estate::log::LogKeys::default(),
    };
    let connections = vec![everything(ACCOUNT, "us-east-1")];
    let cloud = Cloud::connect(connections, options).await.unwrap();
    Arc::clone(&cloud.links()[0])
}

fn made(server: &Server) {
    let mut python = endpoints::python().expect("the server was started with it");
    let count = CROWD.to_string();
    let output = python
        .args(["-c", MAKE, &server.url, ACCOUNT, &count])
        .output()
        .expect("the estate is made");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "not made:\n{complaint}");
}

#[tokio::test]
async fn ministacks_crowd_and_its_stuck_rollout_are_read_right() {
    let Some(server) = Server::ministack() else {
        return;
    };
    made(&server);
    let link = link(&server).await;
    let everything = [Read::Identity, Read::Services, Read::Alarms, Read::Stops];
    let seen = read(&link, &everything).await;
    let problems: Vec<_> = seen.feeds.values().flat_map(|one| &one.problems).collect();
    assert!(problems.is_empty(), "{problems:#?}");

    the_counts_are_right(&seen);
    let crowd = seen
        .services
        .keys()
        .find(|arn| arn.name() == "crowd")
        .unwrap();
    let close = [Read::Tasks(crowd.clone()), Read::Targets(crowd.clone())];
    let close = read(&link, &close).await;
    every_task_comes_home(&close.tasks[crowd].tasks);
    stops_by_hand_are_told(&seen.stops);
    targets_have_their_state(close.dossiers[crowd].targets.all());
    the_rollout_is_stuck(seen);
}

fn the_counts_are_right(seen: &EnvironmentSnapshot) {
    let service = |name: &str| {
        let mut services = seen.services.values().map(|one| &one.service);
        services.find(|one| &*one.name == name).unwrap()
    };
    let crowd = service("crowd");
    assert_eq!((crowd.desired, crowd.running), (CROWD, CROWD - 3));
    let stuck = service("stuck");
    let primary = stuck.primary().unwrap();
    assert_eq!(primary.rollout, Rollout::InProgress);
    assert_eq!(stuck.task_definition.label(), "nowhere:9");
    assert_eq!(stuck.deployments.len(), 2, "the old one is still there");
}

fn every_task_comes_home(tasks: &[Task]) {
    let running = tasks.iter().filter(|task| &*task.last_status == "RUNNING");
    assert_eq!(running.count(), 147, "of {}", tasks.len());
    let stopped = tasks.iter().filter(|task| &*task.last_status == "STOPPED");
    assert_eq!(stopped.count(), 3);
    let mut arns: Vec<_> = tasks.iter().map(|task| &task.arn).collect();
    arns.sort();
    arns.dedup();
    assert_eq!(arns.len(), tasks.len(), "each once");
    assert!(
        tasks
            .iter()
            .all(|task| task.zone.is_some() && task.created_at.is_some())
    );
}

fn stops_by_hand_are_told(stops: &[Task]) {
    assert_eq!(stops.len(), 3, "{stops:#?}");
    for task in stops {
        let meaning = stop(task);
        assert_eq!(meaning.class, StopClass::Manual, "{task:?}");
        assert!(!meaning.abnormal);
        assert_eq!(task.stopped_reason.as_deref(), Some("by hand"));
        assert_eq!(task.service_name.as_deref(), Some("crowd"));
    }
}

fn targets_have_their_state(groups: &[TargetGroup]) {
    let [group] = groups else {
        panic!("{groups:?}");
    };
    assert_eq!((group.targets.len(), group.healthy()), (2, 2), "{group:?}");
    assert!(group.targets.iter().all(|one| one.port == Some(8080)));
}

fn the_rollout_is_stuck(seen: EnvironmentSnapshot) {
    let now = Timestamp::now() + LATER;
    let snapshot = Snapshot {
        environments: vec![seen],
    };
    let rows = Judge::default().look(&snapshot, now);
    let row = rows.iter().find(|row| &*row.name == "stuck").unwrap();
    assert_eq!(row.verdict.health, Health::Degraded, "{:?}", row.verdict);
    let evidence = &row.verdict.evidence;
    assert!(evidence.contains("rollout stuck for 15 min"), "{evidence}");
    assert!(evidence.contains("nowhere:9"), "{evidence}");
    let place = &snapshot.environments[0];
    let advice = advise(place, row, &Contacts::default(), now);
    assert_eq!(advice[0].symptom, Symptom::DeployStuck);
    let told = explain(&snapshot, &rows, &row.arn, &Contacts::default(), now).unwrap();
    assert_eq!(told.deployments[0].label.as_str(), "nowhere:9");

    let crowd = rows.iter().find(|row| &*row.name == "crowd").unwrap();
    assert_eq!(
        crowd.verdict.health,
        Health::Degraded,
        "three of its tasks are not replaced"
    );
    assert!(
        crowd.verdict.evidence.contains("147/150 running, 3 short"),
        "{crowd:?}"
    );
}
