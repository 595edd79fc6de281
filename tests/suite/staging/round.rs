//! There and back: everything as it was, within AWS's rate limits, one operator at a time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use firstline::estate::staging::{Event, Goal, Phase, State};
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::wire::Service;
use proptest::prelude::*;

use super::bench::{ACCOUNT, Bench, Operator, Ran, every_kind, world};

#[tokio::test(start_paused = true)]
async fn what_one_stops_another_starts_exactly() {
    let mut bench = Bench::new(every_kind());
    bench.orders.databases = vec!["staging-db".into(), "orders-aurora".into()];
    let before = bench.state();
    let alice = Operator::new("alice");
    let ran = alice.run(&bench, Goal::Stop).await;
    assert!(ran.is_good(), "{ran:?}");
    assert_eq!(bench.awake(), Vec::<String>::new());
    let stopped = bench.state().join("\n");
    for stops in ["staging-db stopped", "writer stopped", "reader stopped"] {
        assert!(stopped.contains(stops), "{stopped}");
    }
    assert!(
        stopped.contains("firstline-staging mutes [\"staging-connections\"]"),
        "{stopped}"
    );
    assert!(
        stopped.contains("v1 d=3 min=2 max=10 s=000 at="),
        "{stopped}"
    );
    assert!(stopped.contains("by=alice"), "{stopped}");
    // The scheduled action comes and goes, and wakes nobody.
    tokio::time::advance(Duration::from_secs(4000)).await;
    assert_eq!(bench.awake(), Vec::<String>::new());
    let bob = Operator::new("bob");
    let ran = bob.run(&bench, Goal::Start).await;
    assert!(ran.is_good(), "{ran:?}");
    assert_eq!(bench.state(), before);
    alice.journal.verify().unwrap();
    bob.journal.verify().unwrap();
}

/// The trap of `RegisterScalableTarget`: with nothing but `SuspendedState` it lifts a stopped
/// service to its minimum. So does AWS, so does the simulator, and so our call sends all at once.
#[tokio::test(start_paused = true)]
async fn suspending_alone_would_wake_what_we_put_to_sleep() {
    use firstline::sim::world::ScalableTargetRequest;
    let bench = Bench::new(every_kind());
    let arn = format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/scaled");
    let lifted = bench.sim.with_world(|world| {
        let mut world = world.clone();
        world.set_desired(ACCOUNT, &arn, 0).unwrap();
        let alone = ScalableTargetRequest {
            resource_id: "service/staging/scaled".to_owned(),
            scale_out_suspended: Some(true),
            ..ScalableTargetRequest::default()
        };
        world.register_scalable_target(ACCOUNT, &alone).unwrap();
        world
            .account(ACCOUNT)
            .unwrap()
            .service_by_arn(&arn)
            .unwrap()
            .desired
    });
    assert_eq!(lifted, 2, "the trap is there");
    let alice = Operator::new("alice");
    // Stopped by hand first: then our call meets a service below its minimum.
    bench
        .sim
        .with_world(|world| world.set_desired(ACCOUNT, &arn, 0).unwrap());
    assert!(alice.run(&bench, Goal::Stop).await.is_good());
    assert_eq!(bench.awake(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn of_two_at_once_one_wins_and_the_other_is_told_who() {
    let bench = Bench::new(every_kind());
    let before = bench.state();
    let (alice, bob) = (Operator::new("alice"), Operator::new("bob"));
    let (first, second) =
        futures::join!(alice.run(&bench, Goal::Stop), bob.run(&bench, Goal::Stop));
    let (winner, loser, name) = if first.is_good() {
        (first, second, "alice")
    } else {
        (second, first, "bob")
    };
    assert!(winner.is_good(), "{winner:?}");
    let Ran::Halted(words) = loser else {
        panic!("both went: {loser:?}");
    };
    assert!(
        words.contains(&format!("{name}@jump-1 is at it (stop)")),
        "{words}"
    );
    assert_eq!(bench.awake(), Vec::<String>::new());
    assert!(bob.run(&bench, Goal::Start).await.is_good());
    assert_eq!(bench.state(), before);
}

#[tokio::test(start_paused = true)]
async fn what_came_back_is_stopped_again_without_touching_its_record() {
    let bench = Bench::new(every_kind());
    let before = bench.state();
    let alice = Operator::new("alice");
    assert!(alice.run(&bench, Goal::Stop).await.is_good());
    let record = bench
        .state()
        .into_iter()
        .find(|one| one.starts_with("plain"))
        .unwrap();
    let arn = format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/plain");
    bench.sim.with_world(|world| {
        world.set_desired(ACCOUNT, &arn, 5).unwrap();
        world
            .force_new_deployment(ACCOUNT, &arn, "arn:aws:sts::210987654321:assumed-role/ci/x")
            .unwrap();
    });
    tokio::time::advance(Duration::from_mins(4)).await;
    let cloud = alice.cloud(&bench).await;
    let survey = cloud.links()[0].survey(&bench.orders).await.unwrap();
    let plan = firstline::estate::staging::Plan::new(
        Goal::Stop,
        (&bench.environment, &bench.orders),
        &survey,
        bench.now(),
    )
    .unwrap();
    let back = plan
        .services
        .iter()
        .find(|one| &*one.name == "plain")
        .unwrap();
    let words = back.resurrected.as_ref().expect("it came back").to_string();
    assert_eq!(
        words,
        "came back: assumed-role/ci/deploy deployed staging-plain:1"
    );
    assert!(Operator::new("bob").run(&bench, Goal::Stop).await.is_good());
    assert_eq!(
        bench
            .state()
            .into_iter()
            .find(|one| one.starts_with("plain"))
            .unwrap(),
        record
    );
    assert!(
        Operator::new("carol")
            .run(&bench, Goal::Start)
            .await
            .is_good()
    );
    assert_eq!(bench.state(), before);
}

/// A record of a version nobody here knows is neither used nor overwritten; siblings go on.
#[tokio::test(start_paused = true)]
async fn an_unknown_record_stays_as_it_is() {
    let bench = Bench::new(every_kind());
    let arn = format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/plain");
    let strange = [("firstline:restore".to_owned(), "v2 d=9".to_owned())];
    bench
        .sim
        .with_world(|world| world.tag(ACCOUNT, &arn, strange.into()).unwrap());
    let Ran::Through(progress) = Operator::new("alice").run(&bench, Goal::Stop).await else {
        panic!("it did not run");
    };
    assert!(!progress.is_good());
    assert_eq!(bench.awake(), ["plain"]);
    let plain = bench
        .state()
        .into_iter()
        .find(|one| one.starts_with("plain"))
        .unwrap();
    assert!(
        plain.contains("wants 2") && plain.contains("v2 d=9"),
        "{plain}"
    );
}

/// Forty services, half of them scaled: within the limits the simulator enforces (it throttles
/// as AWS does), with progress told for each.
#[tokio::test(start_paused = true)]
async fn forty_services_go_down_and_up_within_the_limits() {
    let mut scenario = Scenario::generated(40, 1, 7);
    scenario.estate.accounts[0].id = ACCOUNT.to_owned();
    for (index, service) in scenario.estate.services.iter_mut().enumerate() {
        service.lines = 0.0;
        service.scaling = (index % 2 == 0).then_some([1, 8]);
    }
    let mut bench = Bench::new(world(scenario.estate));
    bench.environment.clusters = Some(vec!["prod-0".into()]);
    let before = bench.state();
    for goal in [Goal::Stop, Goal::Start] {
        bench.sim.forget_calls();
        let (operator, began) = (Operator::new("alice"), bench.now());
        let ran = operator.run(&bench, goal).await;
        assert!(ran.is_good(), "{ran:?}");
        let took = bench.now().duration_since(began).as_secs();
        let calls = bench.sim.calls();
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for call in &calls {
            *by_name.entry(call.operation.clone()).or_default() += 1;
        }
        let updates: Vec<i64> = calls
            .iter()
            .filter(|call| call.service == Service::Ecs && call.operation == "UpdateService")
            .map(|call| call.at.as_second())
            .collect();
        assert_eq!(updates.len(), 40);
        for start in &updates {
            let within = updates
                .iter()
                .filter(|at| (*start..start + 10).contains(*at));
            assert!(
                within.count() <= 15,
                "a fair share is 1 a second, small bursts aside"
            );
        }
        eprintln!(
            "{}: {} calls in {took} s: {by_name:?}",
            goal.word(),
            calls.len()
        );
        let told = operator.told.lock().unwrap();
        let done = |event: &&Event| matches!(event, Event::Service(_, State::Done));
        assert_eq!(told.iter().filter(done).count(), 40);
        assert_eq!(told.last(), Some(&Event::Phase(Phase::Over)));
    }
    assert_eq!(bench.state(), before);
}

/// One service of a random estate.
fn service() -> impl Strategy<Value = (u32, Option<(u32, u32)>, [bool; 3], usize)> {
    let scaling = prop::option::of((0u32..4, 0u32..4).prop_map(|(min, more)| (min, min + more)));
    (0u32..5, scaling, any::<[bool; 3]>(), 0usize..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// start(stop(estate)) = estate, whatever was wanted, scaled, suspended, and in which tiers.
    #[test]
    fn what_was_stopped_is_started_as_it_was(services in prop::collection::vec(service(), 1..6)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut text = String::from(
                "region = 'eu-central-1'\naccount = [{ id = '210987654321', alias = 'a' }]\n\
                 cluster = [{ name = 'staging', account = 'a', environment = 'staging' }]\n");
            for index in 0..services.len() {
                write!(text, "[[service]]\nname = 's{index}'\ncluster = 'staging'\n\
                    desired = 1\nrevision = 1\ntag = '1'\nlines = 0\n").unwrap();
            }
            let estate: Estate = toml::from_str(&text).unwrap();
            let mut world = world(estate);
            for (index, (desired, scaling, flags, _)) in services.iter().enumerate() {
                if let Some((min, max)) = scaling {
                    world.register_scalable_target(ACCOUNT, &firstline::sim::world::ScalableTargetRequest {
                        resource_id: format!("service/staging/s{index}"),
                        min: Some(*min), max: Some(*max),
                        scale_in_suspended: Some(flags[0]),
                        scale_out_suspended: Some(flags[1]),
                        scheduled_suspended: Some(flags[2]),
                    }).unwrap();
                }
                let arn = format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/s{index}");
                world.set_desired(ACCOUNT, &arn, *desired).unwrap();
            }
            let settled = world.now() + jiff::SignedDuration::from_mins(10);
            world.advance(settled);
            let mut bench = Bench::new(world);
            bench.orders.order = (0..2).map(|tier| {
                let of = services.iter().enumerate().filter(|(_, one)| one.3 == tier);
                of.map(|(index, _)| format!("s{index}").as_str().into()).collect()
            }).collect();
            let before = bench.state();
            let ran = Operator::new("alice").run(&bench, Goal::Stop).await;
            assert!(ran.is_good(), "{ran:?}");
            assert_eq!(bench.awake(), Vec::<String>::new());
            let ran = Operator::new("bob").run(&bench, Goal::Start).await;
            assert!(ran.is_good(), "{ran:?}");
            assert_eq!(bench.state(), before);
        });
    }
}
