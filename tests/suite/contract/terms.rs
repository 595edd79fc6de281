//! What every AWS has to bring home.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use firstline::cloud::Link;
use firstline::estate::alarm::AlarmState;
use firstline::estate::change::{Change, Target};
use firstline::estate::id::ServiceArn;
use firstline::estate::kpi::KpiKind;
use firstline::estate::log::{LogLine, TailState};
use firstline::estate::part::Read;
use firstline::estate::problem::{Feed, ProblemKind};
use firstline::estate::service::{DeploymentStatus, Service};
use firstline::estate::snapshot::{EnvironmentSnapshot, Snapshot};
use firstline::journal::{Ending, Record};
use firstline::policy::{
    Answer, Arm, Decision, Facts, JournalState, Mark, Standing, decide, preflight,
};
use firstline::road::{Carried, Road};

use super::backend::{Backend, SERVICES, read};
use crate::opened::Folder;

pub(super) async fn keeps(backend: &Backend) {
    let link = backend.link(backend.connection()).await;
    let everything = [
        Read::Identity,
        Read::Services,
        Read::Alarms,
        Read::Stops,
        Read::Kpis,
    ];
    let seen = read(&link, &everything).await;
    let problems: Vec<_> = seen
        .feeds
        .values()
        .flat_map(|feed| &feed.problems)
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
    the_caller_is_known(backend, &seen);
    every_service_is_there(backend, &seen);
    alarms_ring(backend, &seen);
    numbers_are_in_order(&seen);
    stops_are_told(backend, &seen);
    the_tasks_of_a_service_are_its_own(backend, &link, &seen).await;
    lines_come_once(backend, &link, &seen).await;
    what_is_not_there_is_a_problem(backend, &link, &seen).await;
    let seen = examined(backend, &link, seen).await;
    a_wrong_account_is_refused(backend, &seen).await;
    a_redeploy_is_seen(backend, &link).await;
}

fn service<'a>(seen: &'a EnvironmentSnapshot, name: &str) -> &'a Service {
    let mut services = seen.services.values().map(|one| &one.service);
    services.find(|one| &*one.name == name).unwrap()
}

fn the_caller_is_known(backend: &Backend, seen: &EnvironmentSnapshot) {
    let identity = seen.identity.as_ref().unwrap();
    assert_eq!(identity.account.as_str(), backend.account);
    assert!(identity.arn.starts_with("arn:aws:"), "{}", identity.arn);
}

fn every_service_is_there(backend: &Backend, seen: &EnvironmentSnapshot) {
    assert_eq!(seen.services.len(), SERVICES);
    assert_eq!(seen.clusters.len(), backend.clusters);
    for (arn, sighting) in &seen.services {
        let one = &sighting.service;
        assert_eq!(arn.name(), &*one.name);
        assert!(
            seen.clusters.contains(&one.cluster),
            "{arn} is in {}",
            one.cluster
        );
        assert!(one.desired > 0 && one.running <= one.desired * 2, "{one:?}");
        let primary = one.primary().unwrap();
        assert_eq!(primary.status, DeploymentStatus::Primary);
        assert_eq!(primary.task_definition, one.task_definition);
        assert!(
            one.task_definition.label().contains(':'),
            "{}",
            one.task_definition
        );
        let running: u32 = one
            .deployments
            .iter()
            .map(|deployment| deployment.running)
            .sum();
        assert_eq!(running, one.running, "{arn}");
        let newest_first = one.events.iter().rev().map(|event| event.at);
        assert!(newest_first.is_sorted(), "{:?}", one.events);
        assert!(one.created_at.is_some(), "{arn}");
    }
    let quiet = seen
        .services
        .values()
        .filter(|one| one.service.running == one.service.desired);
    assert!(quiet.count() >= SERVICES - 4);
    assert!(
        seen.services
            .values()
            .any(|one| !one.service.target_groups.is_empty())
    );
}

fn alarms_ring(backend: &Backend, seen: &EnvironmentSnapshot) {
    let alarms = &seen.alarms;
    let ringing = alarms
        .iter()
        .find(|one| &*one.name == backend.alarm)
        .unwrap();
    assert_eq!(ringing.state, AlarmState::Alarm);
    assert!(ringing.since.is_some() && !ringing.reason.is_empty());
    assert!(
        alarms.iter().any(|one| one.state == AlarmState::Ok),
        "the first look is at all"
    );
    assert!(
        alarms.iter().any(|one| one.metric.is_none()),
        "composite alarms are alarms too"
    );
}

fn numbers_are_in_order(seen: &EnvironmentSnapshot) {
    for kpi in &seen.kpis {
        let times: Vec<_> = kpi.series.points.iter().map(|point| point.at()).collect();
        let ascending = times.windows(2).all(|pair| pair[0] < pair[1]);
        assert!(ascending, "{}: {times:?}", kpi.id);
    }
    let orders = |kpi: &&firstline::estate::kpi::Kpi| {
        kpi.kind == KpiKind::DatabaseConnections && &*kpi.resource == "orders-db"
    };
    let connections = seen.kpis.iter().find(orders).unwrap();
    let ceiling = connections.ceiling.unwrap();
    assert!(
        (350.0..500.0).contains(&ceiling.value) && !ceiling.exact,
        "{ceiling:?}"
    );
    let last = connections.series.last().unwrap();
    assert!(
        (300.0..ceiling.value).contains(&last.value),
        "{last:?} of {ceiling:?}"
    );
    let kinds: HashSet<KpiKind> = seen.kpis.iter().map(|kpi| kpi.kind).collect();
    let wanted = [
        KpiKind::LoadBalancer5xx,
        KpiKind::Target5xx,
        KpiKind::LatencyP99,
        KpiKind::CacheHitRate,
    ];
    for kind in wanted {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }
}

fn stops_are_told(backend: &Backend, seen: &EnvironmentSnapshot) {
    assert!(seen.feeds.contains_key(&Feed::Stops));
    assert_eq!(!seen.stops.is_empty(), backend.stops);
    for stop in &seen.stops {
        assert_eq!(&*stop.last_status, "STOPPED");
        assert!(
            stop.stopped_at.is_some() && stop.stop_code.is_some(),
            "{stop:?}"
        );
    }
    let newest_first = seen.stops.iter().rev().map(|stop| stop.stopped_at);
    assert!(newest_first.is_sorted());
}

async fn the_tasks_of_a_service_are_its_own(
    backend: &Backend,
    link: &Link,
    seen: &EnvironmentSnapshot,
) {
    let web = service(seen, backend.talker);
    let looked = read(link, &[Read::Tasks(web.arn.clone())]).await;
    let tasks = &looked.tasks[&web.arn].tasks;
    let running = tasks
        .iter()
        .filter(|task| &*task.last_status == "RUNNING")
        .count();
    assert!(
        running >= usize::try_from(web.running).unwrap(),
        "{running} of {}",
        web.running
    );
    for task in tasks {
        assert!(task.belongs_to(&web.arn, &web.cluster), "{task:?}");
        assert!(!task.containers.is_empty(), "{task:?}");
    }
}

async fn lines_come_once(backend: &Backend, link: &Arc<Link>, seen: &EnvironmentSnapshot) {
    let talker = service(seen, backend.talker);
    let mut tail = link.tail(talker.arn.clone());
    let mut lines: Vec<LogLine> = Vec::new();
    let first = tail.next().await;
    assert_eq!(first.state, TailState::Live);
    assert!(first.lines.len() >= 12, "{} lines", first.lines.len());
    lines.extend(first.lines);
    // Two more looks; in most of these AWS they bring nothing, and never what was there.
    for _ in 0..2 {
        if let Ok(news) = tokio::time::timeout(Duration::from_secs(3), tail.next()).await {
            assert!(news.lines.iter().map(|line| line.at).is_sorted());
            lines.extend(news.lines);
        }
    }
    let ids: HashSet<_> = lines.iter().map(|line| &line.id).collect();
    assert_eq!(ids.len(), lines.len(), "a line came twice");
    let words: HashSet<_> = lines
        .iter()
        .map(|line| (&line.stream, line.at, &line.message))
        .collect();
    assert_eq!(
        words.len(),
        lines.len(),
        "a line came twice under another id"
    );
    assert!(lines.iter().all(|line| line.service == talker.arn));
    assert!(lines.iter().all(|line| !line.message.is_empty()));
}

async fn what_is_not_there_is_a_problem(
    backend: &Backend,
    link: &Arc<Link>,
    seen: &EnvironmentSnapshot,
) {
    let known = service(seen, backend.talker).arn.as_str().to_owned();
    let nowhere = known.replace(&format!("/{}", backend.talker), "/no-such-service");
    let stranger = ServiceArn::new(&nowhere);
    let looked = read(link, &[Read::Tasks(stranger.clone())]).await;
    let feed = looked.feed(Feed::Tasks).unwrap();
    assert!(looked.tasks[&stranger].tasks.is_empty());
    assert!(
        feed.problems
            .iter()
            .all(|one| one.kind == ProblemKind::NotFound),
        "{feed:?}"
    );
    let silent = link.tail(stranger).next().await;
    assert!(silent.lines.is_empty());
    assert_ne!(silent.state, TailState::Live);

    let mut misspelt = backend.connection();
    misspelt.environment.clusters = Some(vec!["no-such-cluster".into()]);
    let link = backend.link(misspelt).await;
    let looked = read(&link, &[Read::Services]).await;
    let problems = &looked.feed(Feed::Inventory).unwrap().problems;
    assert!(looked.services.is_empty());
    assert_eq!(problems.len(), 1, "a cluster that is not there is told");
    assert_eq!(problems[0].kind, ProblemKind::NotFound);
    assert!(
        problems[0].sentence.contains("no-such-cluster"),
        "{}",
        problems[0].sentence
    );
}

/// The same look with a close one at the talker.
async fn examined(
    backend: &Backend,
    link: &Arc<Link>,
    mut seen: EnvironmentSnapshot,
) -> EnvironmentSnapshot {
    let arn = service(&seen, backend.talker).arn.clone();
    seen.closely = read(link, &[Read::Closely(arn)]).await.closely;
    seen
}

/// What policy says about redeploying a service as it was last seen.
fn decision(backend: &Backend, seen: &EnvironmentSnapshot) -> Decision {
    let target = Target::of(service(seen, backend.talker), &seen.environment.name).unwrap();
    let change = Change::Redeploy(target);
    let snapshot = Snapshot {
        environments: vec![seen.clone()],
    };
    let facts = Facts {
        journal: Some(&JournalState::Writable),
        ..Facts::seen(&snapshot, &change, (backend.clock)())
    };
    let checks = preflight(&change, &facts).into_iter();
    let amber = checks.filter(|check| check.mark == Mark::Warn);
    let answer = Answer {
        typed: backend.talker.to_owned(),
        reason: "the contract".to_owned(),
        acknowledged: amber.map(|check| check.about).collect(),
    };
    let arm = Arm::of_command(facts.now, false);
    let facts = Facts {
        answer: Some(&answer),
        standing: Standing {
            arm: Some(&arm),
            recent: Some(&[]),
            ..Standing::NONE
        },
        ..facts
    };
    decide(&change, &facts)
}

async fn a_wrong_account_is_refused(backend: &Backend, seen: &EnvironmentSnapshot) {
    let mut bound = seen.clone();
    bound.environment.account = Some("999999999999".into());
    let Decision::Deny(why) = decision(backend, &bound) else {
        panic!("the settings bind another account");
    };
    assert_eq!(why.rule, "account-bound-elsewhere");

    let Decision::Allow(approved) = decision(backend, seen) else {
        panic!("nothing stands against it: {:?}", decision(backend, seen));
    };
    let mut foreign = backend.connection();
    foreign.environment.name = "elsewhere".into();
    let link = backend.link(foreign).await;
    let refused = link.apply(&approved, "contract").await.unwrap_err();
    assert!(refused.to_string().starts_with("not done"), "{refused}");
}

async fn a_redeploy_is_seen(backend: &Backend, link: &Arc<Link>) {
    let reads = [Read::Identity, Read::Services];
    let before = examined(backend, link, read(link, &reads).await).await;
    let Decision::Allow(approved) = decision(backend, &before) else {
        panic!(
            "nothing stands against it: {:?}",
            decision(backend, &before)
        );
    };
    let folder = Folder::new();
    let journal = folder.journal();
    let road = Road {
        journal: &journal,
        caller: before.identity.as_ref().unwrap(),
        clock: &*backend.clock,
        told: &|_| {},
    };
    let Carried::Asked {
        answer, unrecorded, ..
    } = road.carry(&approved, link).await
    else {
        panic!("the journal takes lines");
    };
    assert!(unrecorded.is_none());
    answer.unwrap();
    let entries = journal.entries().unwrap().entries;
    let [_, outcome] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    let Record::Outcome(outcome) = &outcome.record else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Done);

    let after = read(link, &reads).await;
    let deployed = |seen| service(seen, backend.talker).primary().unwrap().id.clone();
    assert_ne!(
        deployed(&before),
        deployed(&after),
        "another deployment is the primary one"
    );
    // The approval is for the world as it was: the same one does not go twice.
    let twice = link.apply(&approved, "contract").await.unwrap_err();
    assert!(twice.to_string().contains("deployment"), "{twice}");
}
