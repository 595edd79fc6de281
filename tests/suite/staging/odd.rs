//! What stands in the way: protection, permission, quota, a record that is gone, targets that
//! are not healthy yet. Siblings go on, and nothing is stopped without a record.

use std::time::Duration;

use firstline::estate::change::Change;
use firstline::estate::staging::{Counts, Doing, Event, Goal, Phase, Plan, Progress, State};
use firstline::sim::scenario::Estate;

use super::bench::{ACCOUNT, Bench, Operator, Ran, every_kind, world};

fn arn(name: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:service/staging/{name}")
}

fn line(bench: &Bench, name: &str) -> String {
    let lines = bench.state().into_iter();
    let mut found = lines.filter(|line| line.starts_with(&format!("{name} ")));
    found.next().unwrap()
}

fn through(ran: Ran) -> Progress {
    match ran {
        Ran::Through(progress) => progress,
        other @ (Ran::Halted(_) | Ran::Denied(_)) => panic!("{other:?}"),
    }
}

fn said(progress: &Progress, name: &str) -> String {
    let mut rows = progress.rows.iter();
    rows.find(|row| &*row.name == name).unwrap().state.words()
}

async fn planned(bench: &Bench, operator: &Operator, goal: Goal) -> Plan {
    let cloud = operator.cloud(bench).await;
    let mut survey = cloud.links()[0].survey(&bench.orders).await.unwrap();
    survey.remember(|service| operator.journal.saved_on(service));
    Plan::new(
        goal,
        (&bench.environment, &bench.orders),
        &survey,
        bench.now(),
    )
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_protected_task_is_told_apart_and_its_siblings_stop() {
    let bench = Bench::new(every_kind());
    let before = bench.state();
    bench.sim.with_world(|world| {
        let until = world.now() + jiff::SignedDuration::from_hours(2);
        let account = world.account_mut(ACCOUNT).unwrap();
        let service = account.services.iter_mut().find(|one| one.name == "plain");
        service.unwrap().tasks[0].protect(Some(until));
    });
    let progress = through(Operator::new("alice").run(&bench, Goal::Stop).await);
    assert!(!progress.is_good());
    let words = said(&progress, "plain");
    assert!(
        words.starts_with("failed: 1 task protected from being stopped until 20"),
        "{words}"
    );
    assert!(line(&bench, "plain").contains("v1 d=2"), "its record stays");
    let running = |bench: &Bench| {
        bench.sim.with_world(|world| {
            let account = world.account(ACCOUNT).unwrap();
            account.service_by_arn(&arn("plain")).unwrap().running()
        })
    };
    assert_eq!((running(&bench), bench.awake().len()), (1, 1));
    // The protection runs out, and with it the task; then nothing is left to do.
    tokio::time::advance(Duration::from_hours(3)).await;
    assert!(Operator::new("bob").run(&bench, Goal::Stop).await.is_good());
    assert_eq!(bench.awake(), Vec::<String>::new());
    let ran = Operator::new("carol").run(&bench, Goal::Start).await;
    assert!(ran.is_good(), "{ran:?}");
    assert_eq!(bench.state(), before);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_tag_stops_nothing() {
    let bench = Bench::new(every_kind());
    let before = bench.state();
    bench
        .sim
        .set_faults("denied:ecs.TagResource".parse().unwrap());
    let ran = Operator::new("alice").run(&bench, Goal::Stop).await;
    let Ran::Halted(words) = ran else {
        panic!("it went on: {ran:?}");
    };
    assert!(words.contains("TagResource"), "{words}");
    assert_eq!(bench.state(), before);
    let calls = bench.sim.calls();
    let alters = |name: &str| name.starts_with("Update") || name.starts_with("Register");
    assert!(!calls.iter().any(|call| alters(&call.operation)));
}

#[tokio::test(start_paused = true)]
async fn a_service_with_fifty_tags_is_left_alone_and_its_siblings_stop() {
    let bench = Bench::new(every_kind());
    let room = 50
        - bench.sim.with_world(|world| {
            let account = world.account(ACCOUNT).unwrap();
            account.service_by_arn(&arn("plain")).unwrap().tags.len()
        });
    let tags = (0..room).map(|number| (format!("tag-{number}"), "x".to_owned()));
    bench
        .sim
        .with_world(|world| world.tag(ACCOUNT, &arn("plain"), tags.collect()).unwrap());
    let progress = through(Operator::new("alice").run(&bench, Goal::Stop).await);
    assert!(!progress.is_good());
    assert!(said(&progress, "plain").contains("50 tags"));
    assert_eq!(bench.awake(), ["plain"]);
    assert!(line(&bench, "plain").contains("wants 2"));
}

/// Both copies of the record are gone: the last deployment proposes, a person says.
#[tokio::test(start_paused = true)]
async fn without_any_record_a_count_is_proposed_and_asked_for() {
    let bench = Bench::new(every_kind());
    assert!(
        Operator::new("alice")
            .run(&bench, Goal::Stop)
            .await
            .is_good()
    );
    let untag = |name: &str| {
        let tag = ["firstline:restore".to_owned()];
        bench
            .sim
            .with_world(|world| world.untag(ACCOUNT, &arn(name), &tag).unwrap());
    };
    untag("plain");
    let bob = Operator::new("bob");
    let mut plan = planned(&bench, &bob, Goal::Start).await;
    let asking: Vec<&str> = plan.asking().map(|one| &*one.name).collect();
    assert_eq!(
        asking,
        ["idle", "plain"],
        "nothing was ever on record of idle"
    );
    let row = |plan: &Plan, name: &str| {
        let mut services = plan.services.iter();
        services.find(|one| &*one.name == name).unwrap().clone()
    };
    let asked = row(&plan, "plain");
    assert_eq!(asked.proposal(), Some(2));
    assert!(
        matches!(&asked.doing, Doing::Ask(words) if words.contains("its last deployment ran 2"))
    );
    assert!(plan.give(&Counts::read("scaled=1").unwrap()).is_err());
    plan.give(&Counts::read("plain=2").unwrap()).unwrap();
    assert!(
        bob.bring(&bench, Change::StartEnvironment(Box::new(plan)))
            .await
            .is_good()
    );
    assert!(line(&bench, "plain").contains("wants 2 "));
    assert!(
        line(&bench, "idle").contains("wants 0 "),
        "left out, it stays"
    );
}

/// The tag is gone, this machine's journal still knows: count and scaling come back from it.
#[tokio::test(start_paused = true)]
async fn the_journal_is_the_second_copy_of_the_record() {
    let bench = Bench::new(every_kind());
    let before = bench.state();
    let alice = Operator::new("alice");
    assert!(alice.run(&bench, Goal::Stop).await.is_good());
    let tag = ["firstline:restore".to_owned()];
    bench
        .sim
        .with_world(|world| world.untag(ACCOUNT, &arn("scaled"), &tag).unwrap());
    let mut plan = planned(&bench, &alice, Goal::Start).await;
    assert!(
        plan.proposals().contains("scaled=3"),
        "{}",
        plan.proposals()
    );
    plan.give(&Counts::read("scaled=3").unwrap()).unwrap();
    let change = Change::StartEnvironment(Box::new(plan));
    let ran = alice.bring(&bench, change).await;
    assert!(ran.is_good(), "{ran:?}");
    assert_eq!(bench.state(), before, "minimum, maximum and flags too");
}

const TWO_TIERS: &str = r#"
region = "eu-central-1"
account = [{ id = "210987654321", alias = "acme-staging" }]
cluster = [{ name = "staging", account = "acme-staging", environment = "staging" }]
balancer = [{ name = "alb", account = "acme-staging" }]

[[service]]
name = "api"
cluster = "staging"
desired = 2
revision = 1
tag = "1"
lines = 0
balancer = "alb"
rpm = 5
warm_seconds = 90

[[service]]
name = "web"
cluster = "staging"
desired = 1
revision = 1
tag = "1"
lines = 0
health_check = true
"#;

#[tokio::test(start_paused = true)]
async fn a_tier_waits_until_the_one_before_serves() {
    let estate: Estate = toml::from_str(TWO_TIERS).unwrap();
    let mut bench = Bench::new(world(estate));
    bench.orders.order = vec![vec!["api".into()], vec!["web".into()]];
    let before = bench.state();
    assert!(
        Operator::new("alice")
            .run(&bench, Goal::Stop)
            .await
            .is_good()
    );
    let bob = Operator::new("bob");
    let ran = bob.run(&bench, Goal::Start).await;
    assert!(ran.is_good(), "{ran:?}");
    let told = bob.told.lock().unwrap();
    let waits = |event: &Event, words: &str| {
        matches!(event, Event::Service(_, State::Settling { unready: Some(why), .. })
            if why.contains(words))
    };
    let second = told
        .iter()
        .position(|one| *one == Event::Phase(Phase::Tier(2, 2)));
    let waited = told
        .iter()
        .position(|one| waits(one, "healthy at the load balancer"));
    assert!(waited.unwrap() < second.unwrap(), "{told:#?}");
    let checked = told
        .iter()
        .position(|one| waits(one, "pass their health check"));
    assert!(checked.unwrap() > second.unwrap(), "{told:#?}");
    assert_eq!(bench.state(), before);
}
