//! One service, looked at closely.

use futures::future::join;

use super::*;
use crate::estate::deployment::State;
use crate::estate::id::{ServiceArn, TaskArn, TaskDefinitionArn};

/// A bench that knows its services, and one of them behind a load balancer.
async fn opened() -> (Bench, ServiceArn) {
    let bench = bench_of(Some(vec!["prod".into()]), None).await;
    bench.read(Read::Services).await;
    let known = bench.link().fleet.known();
    let service = known
        .iter()
        .find(|(arn, one)| arn.name() == "web" && !one.target_groups.is_empty());
    let service = service.unwrap().0.clone();
    bench.calls();
    (bench, service)
}

/// The same with sixty tasks.
async fn opened_large() -> (Bench, ServiceArn) {
    let mut steady = Scenario::named("steady").unwrap();
    for one in &mut steady.estate.services {
        if one.name == "web" && one.cluster == "prod" {
            one.desired = 60;
        }
    }
    let prod = Some(vec!["prod".into()]);
    let bench = bench_over(&steady, prod, None, Prices::default()).await;
    bench.read(Read::Services).await;
    let known = bench.link().fleet.known();
    let service = known.keys().find(|arn| arn.name() == "web").cloned();
    bench.calls();
    (bench, service.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_close_look_asks_each_thing_once() {
    let (bench, service) = opened().await;
    bench.read(Read::Closely(service)).await;
    let (calls, _) = bench.calls();
    let described = calls.iter().filter(|name| *name == "DescribeServices");
    assert_eq!(described.count(), 1, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_page_of_sixty_tasks_opens_with_three_round_trips() {
    let (bench, service) = opened_large().await;
    bench.fault("latency=100ms");
    let tasks = bench.read(Read::Tasks(service.clone()));
    join(tasks, bench.read(Read::Dossier(service.clone()))).await;
    let (calls, trips) = bench.calls();
    assert!(trips <= 3, "{trips}: {calls:?}");
    let tasks = bench.snapshot.lock().unwrap().environments[0].tasks[&service].clone();
    assert_eq!(tasks.tasks.len(), 60);
    // Looked at again, what never changes is not asked for again.
    bench.read(Read::Dossier(service)).await;
    let (calls, trips) = bench.calls();
    assert!(
        !calls.iter().any(|name| name == "DescribeTaskDefinition"),
        "{calls:?}"
    );
    assert!(trips <= 2, "{calls:?}");
}

#[tokio::test]
async fn a_dossier_holds_what_a_person_compares() {
    let (bench, service) = opened().await;
    bench.read(Read::Dossier(service.clone())).await;
    let snapshot = bench.snapshot.lock().unwrap();
    let place = &snapshot.environments[0];
    let dossier = place.dossier(&service).unwrap();
    let rollouts = dossier.rollouts.all();
    assert!(rollouts.len() >= 4, "{rollouts:?}");
    assert!(rollouts.is_sorted_by(|a, b| a.created_at >= b.created_at));
    let newest = &rollouts[0];
    assert_eq!(newest.state, State::Successful);
    assert!(newest.task_definition.is_some() && newest.breaker.is_some());
    let digest = newest.images[0].digest.as_deref().unwrap_or_default();
    assert!(digest.starts_with("sha256:"), "{newest:?}");
    assert_eq!(
        dossier.definitions.all().len(),
        2,
        "{:?}",
        dossier.definitions.problem
    );
    assert!(dossier.scaling.news.as_ref().is_some_and(Option::is_some));
    let targets = &dossier.targets.all()[0].targets;
    assert!(!targets.is_empty() && targets.iter().all(|one| one.zone.is_some()));
    let known = [
        &dossier.rollouts.problem,
        &dossier.targets.problem,
        &dossier.scaling.problem,
    ];
    assert_eq!(known, [&None; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_said_where_it_matters_and_nowhere_else() {
    let (bench, service) = opened().await;
    bench.fault("denied:ecs.ListServiceDeployments,denied:cloudtrail.LookupEvents");
    bench.read(Read::Dossier(service.clone())).await;
    bench.read(Read::History).await;
    let snapshot = bench.snapshot.lock().unwrap();
    let place = &snapshot.environments[0];
    let dossier = place.dossier(&service).unwrap();
    let refused = dossier.rollouts.problem.as_ref().unwrap();
    assert!(
        refused.sentence.contains("ecs:ListServiceDeployments"),
        "{refused:?}"
    );
    assert!(dossier.scaling.news.is_some() && !dossier.targets.all().is_empty());
    let trail = place.history.trail.problem.as_ref().unwrap();
    assert!(
        trail.sentence.contains("cloudtrail:LookupEvents"),
        "{trail:?}"
    );
    assert_eq!(place.history.alarms.problem, None);
    assert_eq!(snapshot.problems().count(), 0, "no verdict depends on it");
}

#[tokio::test(start_paused = true)]
async fn the_trail_says_who_redeployed_five_minutes_later() {
    let (bench, service) = opened().await;
    let who = "arn:aws:sts::123456789012:assumed-role/ops/alice";
    let ask = bench.link().clients.ecs.update_service();
    let ask = ask
        .cluster("prod")
        .service(service.name())
        .force_new_deployment(true);
    ask.send().await.unwrap();
    bench.read(Read::History).await;
    let known = |bench: &Bench| {
        let snapshot = bench.snapshot.lock().unwrap();
        let calls = snapshot.environments[0].history.trail.all();
        let found = calls
            .iter()
            .find(|one| one.service.as_deref() == Some(service.name()));
        found.cloned()
    };
    assert_eq!(known(&bench), None, "the trail is minutes late");
    bench.wait(360);
    bench.read(Read::History).await;
    let call = known(&bench).unwrap();
    assert_eq!(&*call.by, crate::estate::identity::short(who));
    assert_eq!(
        (&*call.call, &*call.words),
        ("UpdateService", "force new deployment")
    );
}

#[tokio::test]
async fn the_last_lines_of_a_task_come_from_its_own_stream() {
    let (bench, service) = opened().await;
    bench.read(Read::Tasks(service.clone())).await;
    let (task, definition) = {
        let snapshot = bench.snapshot.lock().unwrap();
        let task = snapshot.environments[0].tasks[&service].tasks[0].clone();
        (task.arn, task.task_definition)
    };
    bench.read(last_words(&service, &task, &definition)).await;
    let lines = |task: &TaskArn| {
        let snapshot = bench.snapshot.lock().unwrap();
        let dossier = snapshot.environments[0].dossier(&service).unwrap();
        let read = dossier.last_words.clone().unwrap();
        assert_eq!((&read.task, &read.lines.problem), (task, &None));
        read.lines.all().to_vec()
    };
    let told = lines(&task);
    assert!((1..=30).contains(&told.len()), "{}", told.len());
    assert!(told.is_sorted_by_key(|(at, _)| *at));
    let mute = TaskArn::new("arn:aws:ecs:eu-central-1:123456789012:task/prod/00000000");
    bench.read(last_words(&service, &mute, &definition)).await;
    assert_eq!(lines(&mute), [], "a task that never started has no stream");
}

fn last_words(service: &ServiceArn, task: &TaskArn, definition: &TaskDefinitionArn) -> Read {
    Read::LastWords {
        service: service.clone(),
        task: task.clone(),
        definition: definition.clone(),
    }
}
