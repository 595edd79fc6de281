//! The whole room over the simulated AWS: the same clients and the same bytes as on the wire.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::estate::Timestamp;
use crate::estate::change::{Change, Target};
use crate::estate::closely::example::well;
use crate::estate::environment::{Environment, Tier};
use crate::estate::kpi::Wanted;
use crate::estate::log::TailState;
use crate::estate::part::{News, Part, Read};
use crate::estate::problem::{Feed, ProblemKind};
use crate::estate::service::DeploymentStatus;
use crate::estate::snapshot::Snapshot;
use crate::estate::text::Text;
use crate::estate::usage::Prices;
use crate::policy::{Answer, Approved, Arm, Decision, Facts, JournalState, Standing, decide};
use crate::sim::connector::http_client;
use crate::sim::scenario::Scenario;
use crate::sim::{Call, Sim, round_trips};

mod kpis;

struct Bench {
    sim: Sim,
    seconds: Arc<AtomicI64>,
    cloud: Cloud,
    snapshot: Mutex<Snapshot>,
}

async fn bench(cache: Option<std::path::PathBuf>) -> Bench {
    bench_of(None, cache).await
}

/// A bench over some of the estate's clusters: few enough calls that no budget makes a test wait.
async fn bench_of(clusters: Option<Vec<Text>>, cache: Option<std::path::PathBuf>) -> Bench {
    let steady = Scenario::named("steady").unwrap();
    bench_over(&steady, clusters, cache, Prices::default()).await
}

async fn bench_over(
    scenario: &Scenario,
    clusters: Option<Vec<Text>>,
    cache: Option<std::path::PathBuf>,
    prices: Prices,
) -> Bench {
    bench_said(scenario, (clusters, cache), prices, Wanted::default()).await
}

/// A steady estate with what the settings say of its KPIs.
async fn bench_wanting(wanted: Wanted) -> Bench {
    let steady = Scenario::named("steady").unwrap();
    bench_said(&steady, (None, None), Prices::default(), wanted).await
}

async fn bench_said(
    scenario: &Scenario,
    (clusters, cache): (Option<Vec<Text>>, Option<std::path::PathBuf>),
    prices: Prices,
    wanted: Wanted,
) -> Bench {
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let hand = Arc::clone(&seconds);
    let clock: crate::sim::Clock =
        Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap());
    let sim = Sim::new(scenario, 1, Arc::clone(&clock));
    let cloud = connect(&sim, clock, (clusters, wanted), cache, prices).await;
    let environments = cloud
        .links()
        .iter()
        .map(|link| link.environment().clone())
        .collect();
    Bench {
        sim,
        seconds,
        cloud,
        snapshot: Mutex::new(Snapshot::unread(environments)),
    }
}

/// One environment of a steady estate.
pub(super) async fn link() -> Arc<Link> {
    Arc::clone(bench(None).await.link())
}

async fn connect(
    sim: &Sim,
    clock: crate::sim::Clock,
    (clusters, wanted): (Option<Vec<Text>>, Wanted),
    cache: Option<std::path::PathBuf>,
    prices: Prices,
) -> Cloud {
    let connection = Connection {
        kpis: wanted,
        environment: Environment {
            name: "estate".into(),
            tier: Tier::Production,
            account: None,
            alias: None,
            region: "eu-central-1".into(),
            clusters,
        },
        profile: None,
        role: None,
        endpoint_url: None,
        credentials: Some(StaticCredentials {
            access_key_id: "123456789012".into(),
            secret_access_key: "simulated".into(),
        }),
    };
    let options = Options {
        prices,
        endpoint_url: None,
        region: None,
        http: Some(http_client(sim.clone())),
        cache_dir: cache,
        clock,
        masks: crate::estate::log::Masks::default(),
        log_keys: crate::estate::log::LogKeys::default(),
    };
    Cloud::connect(vec![connection], options).await.unwrap()
}

impl Bench {
    fn link(&self) -> &Arc<Link> {
        &self.cloud.links()[0]
    }

    fn wait(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn fault(&self, spec: &str) {
        self.sim.set_faults(spec.parse().unwrap());
    }

    async fn read(&self, what: Read) -> Vec<Part> {
        let parts = Mutex::new(Vec::new());
        let sink = |part: Part| {
            self.snapshot.lock().unwrap().absorb(part.clone());
            parts.lock().unwrap().push(part);
        };
        self.link().read(&what, &sink).await;
        parts.into_inner().unwrap()
    }

    /// Calls since the last time, by operation, and how many waited for one another.
    fn calls(&self) -> (Vec<String>, usize) {
        let calls: Vec<Call> = self.sim.calls();
        self.sim.forget_calls();
        let trips = round_trips(&calls);
        let mut names: Vec<String> = calls.into_iter().map(|call| call.operation).collect();
        names.sort();
        (names, trips)
    }

    fn count(&self) -> usize {
        let snapshot = self.snapshot.lock().unwrap();
        snapshot.environments[0].services.len()
    }

    /// What a person would have to have done for the first service that may be restarted.
    fn approved(&self) -> Approved {
        let snapshot = self.snapshot.lock().unwrap();
        let environment = &snapshot.environments[0];
        let (writable, now) = (JournalState::Writable, self.link().gate.now());
        for sighting in environment.services.values() {
            let target = Target::of(&sighting.service, &environment.environment.name).unwrap();
            let change = Change::Redeploy(target);
            let answer = Answer {
                typed: change.confirmation().to_owned(),
                reason: "a test".to_owned(),
                acknowledged: vec![],
            };
            let arm = Arm::of_command(now, false);
            let seen = well(&sighting.service, now);
            let facts = Facts {
                journal: Some(&writable),
                environment: Some(&environment.environment),
                caller: environment.identity.as_ref(),
                service: Some(sighting),
                examination: Some(&seen),
                answer: Some(&answer),
                standing: Standing {
                    arm: Some(&arm),
                    recent: Some(&[]),
                    ..Standing::NONE
                },
                ..Facts::unknown(now)
            };
            if let Decision::Allow(approved) = decide(&change, &facts) {
                return approved;
            }
        }
        panic!("no service of the steady estate may be restarted");
    }
}

fn problems(parts: &[Part]) -> Vec<&crate::estate::problem::Problem> {
    parts.iter().flat_map(|part| &part.problems).collect()
}

#[tokio::test]
async fn cold_rows_take_three_round_trips_and_the_fewest_calls() {
    let bench = bench(None).await;
    let (identity, services) = tokio::join!(bench.read(Read::Identity), bench.read(Read::Services));
    assert!(problems(&identity).is_empty() && problems(&services).is_empty());
    let (calls, trips) = bench.calls();
    assert_eq!(trips, 3, "{calls:?}");
    let clusters = bench.link().fleet.clusters().len();
    let known = bench.link().fleet.known();
    assert!(clusters > 0 && known.len() > 5 && bench.count() == known.len());
    let mut per_cluster = std::collections::BTreeMap::new();
    for one in known.values() {
        *per_cluster.entry(one.cluster.clone()).or_insert(0_usize) += 1;
    }
    let batches: usize = per_cluster.values().map(|count| count.div_ceil(10)).sum();
    assert_eq!(calls.len(), 1 + 1 + clusters + batches, "{calls:?}");
}

#[tokio::test]
async fn a_steady_look_describes_and_every_five_minutes_lists_again() {
    let bench = bench_of(Some(vec!["prod".into()]), None).await;
    bench.read(Read::Services).await;
    bench.calls();
    bench.wait(15);
    bench.read(Read::Services).await;
    let (steady, trips) = bench.calls();
    assert!(
        steady.iter().all(|name| name == "DescribeServices") && trips == 1,
        "{steady:?}"
    );
    assert_eq!(steady.len(), bench.count().div_ceil(10));
    bench.wait(300);
    bench.read(Read::Services).await;
    assert_eq!(bench.calls().0.len(), 1 + 1 + steady.len());
}

#[tokio::test]
async fn warm_rows_take_one_round_trip_and_come_from_aws_alone() {
    let folder = std::env::temp_dir().join(format!("firstline-warm-{}", std::process::id()));
    let cold = bench(Some(folder.clone())).await;
    cold.read(Read::Services).await;
    let count = cold.count();

    let warm = bench(Some(folder.clone())).await;
    let first = Mutex::new(None);
    let sink = |part: Part| {
        if let News::Services(services) = &part.news {
            let calls: Vec<Call> = warm.sim.calls();
            let answered: Vec<Call> = calls
                .into_iter()
                .filter(|call| call.answered.is_some())
                .collect();
            let trips = round_trips(&answered);
            first.lock().unwrap().get_or_insert((services.len(), trips));
        }
    };
    warm.link().read(&Read::Services, &sink).await;
    let (rows, trips) = first.into_inner().unwrap().unwrap();
    assert_eq!(rows, count);
    assert_eq!(trips, 1);

    let dead = bench(Some(folder.clone())).await;
    dead.fault("denied:ecs");
    let parts = dead.read(Read::Services).await;
    assert_eq!(
        dead.count(),
        0,
        "rows of the last run are never shown as current"
    );
    let problems = problems(&parts);
    assert!(!problems.is_empty());
    let denied = |kind: &ProblemKind| matches!(kind, ProblemKind::Denied { .. });
    assert!(problems.iter().all(|one| denied(&one.kind)), "{problems:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_complete_board_takes_at_most_six_round_trips() {
    let bench = bench(None).await;
    let (_, _, stops, alarms, kpis) = tokio::join!(
        bench.read(Read::Identity),
        bench.read(Read::Services),
        bench.read(Read::Stops),
        bench.read(Read::Alarms),
        bench.read(Read::Kpis),
    );
    let (calls, trips) = bench.calls();
    assert!(trips <= 6, "{trips}: {calls:?}");
    for parts in [stops, alarms, kpis] {
        assert!(problems(&parts).is_empty(), "{parts:?}");
    }
    let snapshot = bench.snapshot.lock().unwrap();
    let environment = &snapshot.environments[0];
    assert!(!environment.alarms.is_empty());
    let with_points = environment
        .kpis
        .iter()
        .filter(|kpi| !kpi.series.points.is_empty())
        .count();
    assert!(
        with_points * 2 > environment.kpis.len(),
        "{with_points} of {}",
        environment.kpis.len()
    );
    let mut ceilings = environment.kpis.iter().filter_map(|kpi| kpi.ceiling);
    assert!(ceilings.all(|ceiling| ceiling.value > 10.0));
    let attributed = environment.kpis.iter().any(|kpi| kpi.services.len() == 1);
    assert!(attributed && bench.cloud.usage(bench.link().gate.now()).metrics_per_hour > 0);
}

#[tokio::test]
async fn alarms_are_read_in_full_now_and_then_and_a_failure_clears_none() {
    let bench = bench(None).await;
    let full = bench.read(Read::Alarms).await;
    let brief = bench.read(Read::Alarms).await;
    let completeness = |parts: &[Part]| {
        let News::Alarms { complete, .. } = &parts[0].news else {
            panic!("{parts:?}");
        };
        *complete
    };
    assert!(completeness(&full) && !completeness(&brief));
    bench.wait(300);
    bench.fault("denied:cloudwatch");
    let failed = bench.read(Read::Alarms).await;
    assert!(!completeness(&failed) && !problems(&failed).is_empty());
}

#[tokio::test]
async fn a_denied_operation_leaves_the_rest() {
    let bench = bench(None).await;
    bench.fault("denied:rds.DescribeDBInstances");
    let parts = bench.read(Read::Kpis).await;
    let denied = problems(&parts);
    assert_eq!(denied.len(), 1, "{denied:?}");
    assert_eq!(denied[0].feed, Feed::Topology);
    let action = "rds:DescribeDBInstances".into();
    assert_eq!(denied[0].kind, ProblemKind::Denied { action });
    let snapshot = bench.snapshot.lock().unwrap().clone();
    assert!(!snapshot.environments[0].kpis.is_empty());

    bench.fault("expired");
    let parts = bench.read(Read::Identity).await;
    assert_eq!(problems(&parts)[0].kind, ProblemKind::Expired);
}

#[tokio::test]
async fn an_approved_change_is_made_once_and_its_deployment_named() {
    let bench = bench(None).await;
    tokio::join!(bench.read(Read::Identity), bench.read(Read::Services));
    bench.calls();
    let approved = bench.approved();
    let receipt = bench
        .link()
        .apply(&approved, "firstline-test")
        .await
        .unwrap();
    assert!(receipt.request_id.is_some());
    let (calls, trips) = bench.calls();
    assert_eq!(
        calls,
        ["DescribeServices", "GetCallerIdentity", "UpdateService"]
    );
    assert_eq!(trips, 2);
    bench.read(Read::Services).await;
    let snapshot = bench.snapshot.lock().unwrap().clone();
    let service = &approved.change().target().service;
    let (_, sighting) = snapshot.service(service).unwrap();
    let primary = sighting.service.primary().unwrap();
    assert_eq!(primary.status, DeploymentStatus::Primary);
    assert_eq!(receipt.deployment.as_ref(), Some(&primary.id));
    let again = bench.link().apply(&approved, "firstline-test").await;
    assert!(
        matches!(&again, Err(ApplyError::Moved(words)) if words.contains("another deployment")),
        "{again:?}"
    );
    assert!(!bench.calls().0.contains(&"UpdateService".to_owned()));
}

#[tokio::test]
async fn a_lost_answer_is_unclear_and_never_repeated_and_a_no_is_a_no() {
    let bench = bench(None).await;
    tokio::join!(bench.read(Read::Identity), bench.read(Read::Services));
    let approved = bench.approved();
    for (fault, unclear) in [
        ("drop:ecs.UpdateService", true),
        ("error:ecs.UpdateService=500", true),
        ("throttle:ecs.UpdateService", false),
        ("denied:ecs.UpdateService", false),
    ] {
        bench.calls();
        bench.fault(fault);
        let error = bench
            .link()
            .apply(&approved, "firstline-test")
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, ApplyError::Unclear(_)),
            unclear,
            "{fault}: {error}"
        );
        assert_eq!(
            matches!(error, ApplyError::Refused(_)),
            !unclear,
            "{fault}: {error}"
        );
        let calls = bench.calls().0;
        let asked = calls.iter().filter(|name| *name == "UpdateService").count();
        assert_eq!(asked, 1, "{fault}");
    }
}

#[tokio::test]
async fn nothing_is_asked_when_looking_again_fails_or_the_approval_is_old() {
    let bench = bench(None).await;
    tokio::join!(bench.read(Read::Identity), bench.read(Read::Services));
    let approved = bench.approved();
    bench.calls();
    bench.fault("denied:ecs.DescribeServices");
    let error = bench
        .link()
        .apply(&approved, "firstline-test")
        .await
        .unwrap_err();
    assert!(matches!(error, ApplyError::Unchecked(_)), "{error}");
    bench.wait(301);
    let error = bench
        .link()
        .apply(&approved, "firstline-test")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("5 min"), "{error}");
    assert!(!bench.calls().0.contains(&"UpdateService".to_owned()));
}

#[tokio::test]
async fn a_tail_brings_each_line_once() {
    let bench = bench(None).await;
    bench.read(Read::Services).await;
    let service = bench.link().fleet.known().into_keys().next().unwrap();
    let mut tail = bench.link().tail(service.clone());
    let first = tail.next().await;
    assert_eq!(first.state, TailState::Live);
    assert!(!first.lines.is_empty() && first.lines.iter().all(|line| line.service == service));
    assert!(first.lines.is_sorted_by_key(|line| line.at));
}

mod dossier;
