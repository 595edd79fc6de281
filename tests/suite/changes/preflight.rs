//! The checklist of aws.md 4.5 over a simulated AWS: each check in each of its colours, with its
//! evidence, out of what AWS answered.

use std::collections::BTreeMap;
use std::time::Duration;

use firstline::estate::SignedDuration;
use firstline::estate::closely::Wish;
use firstline::estate::history::{Deed, DeedEnding};
use firstline::estate::part::Read;
use firstline::estate::staging::Hours;
use firstline::policy::{Decision, Freeze, Mark, Terms, Window, decide, preflight};
use firstline::sim::world::{RolloutState, Service, World};

use super::bench::{Bench, Proposal, Standpoint, read, rings, world};
use crate::opened::{PRODUCTION, clock};

/// What a check has to say in a world.
struct Row {
    number: u8,
    mark: Mark,
    words: &'static str,
    world: &'static str,
    spoil: fn(&mut World),
    /// Seconds until somebody looks.
    after: u64,
    wish: Wish,
    service: &'static str,
}

/// One row; the rest is a redeploy of the cart in a world where nothing is wrong.
fn row(number: u8, mark: Mark, words: &'static str) -> Row {
    Row {
        number,
        mark,
        words,
        world: "steady",
        spoil: |_| {},
        after: 0,
        wish: Wish::Redeploy,
        service: "cart",
    }
}

impl Row {
    fn of(self, service: &'static str) -> Self {
        Self { service, ..self }
    }

    fn wishing(self, wish: Wish) -> Self {
        Self { wish, ..self }
    }

    fn over(self, world: &'static str) -> Self {
        Self { world, ..self }
    }

    fn after(self, after: u64) -> Self {
        Self { after, ..self }
    }

    fn spoilt(self, spoil: fn(&mut World)) -> Self {
        Self { spoil, ..self }
    }
}

/// What goes on in the world `busy`: to each service something of its own.
const BUSY: &str = r#"
about = "each service has a trouble of its own"

[[effect]]
at = "-20m"
do.push = { service = "prod/pricing" }

[[effect]]
at = "-20m"
do.push = { service = "prod/recommend", gone = true }

[[effect]]
at = "-20m"
do.protect = { service = "prod/catalog", tasks = 2 }

[[effect]]
at = "-4m"
do.say = { service = "prod/mailer", words = "was unable to place a task because no container instance met all of its requirements." }

[[effect]]
at = "-12m"
do.deploy = { service = "prod/accounts", tag = "6.3.1", by = "ci" }

[[effect]]
at = "-20s"
do.deploy = { service = "prod/webhooks", tag = "5.2.2", by = "ci" }
"#;

fn service<'a>(world: &'a mut World, name: &str) -> &'a mut Service {
    let account = world.account_mut(PRODUCTION).unwrap();
    let mut services = account.services.iter_mut();
    services.find(|one| one.name == name).unwrap()
}

fn arn(world: &mut World, name: &str) -> String {
    service(world, name).arn.clone()
}

fn redeployed(world: &mut World) {
    let cart = arn(world, "cart");
    let ci = "arn:aws:iam::123456789012:role/ci";
    world.force_new_deployment(PRODUCTION, &cart, ci).unwrap();
}

fn asleep(world: &mut World) {
    let cart = arn(world, "cart");
    world.set_desired(PRODUCTION, &cart, 0).unwrap();
}

/// Checks 1 to 4: whether it can be done at all.
#[expect(clippy::too_many_lines, reason = "one entry a finding")]
fn possible() -> Vec<Row> {
    use Mark::{Bad, Ok, Warn};
    vec![
        row(1, Ok, "ECS carries out its deployments"),
        row(1, Warn, "all of them may go at once")
            .of("node-agent")
            .over("other-controllers"),
        row(1, Bad, "AWS CodeDeploy deploys checkout")
            .of("checkout")
            .over("other-controllers"),
        row(1, Bad, "an external controller deploys quotes")
            .of("quotes")
            .over("other-controllers"),
        row(1, Ok, "its scheduler replaces tasks")
            .of("checkout")
            .over("other-controllers")
            .wishing(Wish::Recycle),
        row(1, Bad, "has one task on each host")
            .of("node-agent")
            .over("other-controllers")
            .wishing(Wish::Scale(5)),
        row(1, Bad, "ECS manages hello itself")
            .of("hello")
            .over("stages"),
        row(2, Ok, "ACTIVE, 3 of 3 tasks run"),
        row(2, Warn, "ACTIVE, 2 of 3 tasks run")
            .spoilt(|world| {
                let task = service(world, "cart").tasks[0].arn.clone();
                world.stop_task(PRODUCTION, &task, None).unwrap();
            })
            .after(5),
        row(2, Bad, "cart wants no task").spoilt(asleep).after(5),
        row(2, Bad, "production is never scaled to zero").wishing(Wish::Scale(0)),
        row(3, Ok, "none in progress"),
        row(3, Bad, "cart:41 is in progress")
            .spoilt(redeployed)
            .after(5),
        row(3, Warn, "this would change it on its way")
            .wishing(Wish::Scale(4))
            .spoilt(redeployed)
            .after(5),
        row(3, Ok, "webhooks:53 is in progress and can be taken back")
            .of("webhooks")
            .over("busy")
            .wishing(Wish::Rollback),
        row(3, Bad, "webhooks:53 failed and is being rolled back")
            .of("webhooks")
            .over("busy")
            .spoilt(|world| {
                let begun = service(world, "webhooks").service_deployments[0]
                    .arn
                    .clone();
                world
                    .stop_service_deployment(PRODUCTION, &begun, true)
                    .unwrap();
            })
            .after(5),
        row(4, Ok, "never below 3 tasks, limits 100/200"),
        row(
            4,
            Warn,
            "OUTAGE: every old task may stop before a new one serves",
        )
        .of("indexer")
        .spoilt(|world| {
            let indexer = service(world, "indexer");
            (indexer.minimum_healthy_percent, indexer.maximum_percent) = (0, 100);
        }),
        row(4, Bad, "no task may stop and none start")
            .of("ledger")
            .over("deadlock"),
        row(4, Warn, "it is the only task")
            .of("indexer")
            .wishing(Wish::Recycle),
        row(4, Ok, "1 of 3 tasks at a time, 33 % of its capacity").wishing(Wish::Recycle),
        row(4, Warn, "2 tasks of 3 stop, 66 % of its capacity").wishing(Wish::Scale(1)),
        row(4, Ok, "6 tasks, auto scaling keeps it between 2 and 10")
            .of("orders")
            .wishing(Wish::Scale(6)),
        row(4, Bad, "auto scaling keeps it between 2 and 10 tasks")
            .of("orders")
            .wishing(Wish::Scale(11)),
    ]
}

/// Checks 5 to 11: how it would go.
fn prospects() -> Vec<Row> {
    use Mark::{Bad, Note, Ok, Warn};
    vec![
        row(
            5,
            Ok,
            "cart:4.1.3: same digest, this is a restart and no deploy",
        ),
        row(
            5,
            Warn,
            "pricing:1.9.1 points to another image now, pushed 20 min ago: this is a DEPLOY",
        )
        .of("pricing")
        .over("busy"),
        row(5, Bad, "recommend:0.27.0 is gone from the registry")
            .of("recommend")
            .over("busy"),
        row(6, Ok, "no trouble placing tasks in 15 min"),
        row(
            6,
            Warn,
            "4 min ago: (service mailer) was unable to place a task",
        )
        .of("mailer")
        .over("busy"),
        row(7, Ok, "orders-5xx-high would fail it").of("orders"),
        row(
            7,
            Warn,
            "orders-5xx-high in ALARM: ignored for this deployment",
        )
        .of("orders")
        .over("busy"),
        row(8, Ok, "circuit breaker on, it rolls back"),
        row(8, Warn, "circuit breaker off").of("worker"),
        row(8, Warn, "it does not roll back")
            .spoilt(|world| service(world, "cart").rollback = false),
        row(9, Ok, "last completed prod-cart:41"),
        row(9, Warn, "no completed deployment to return to")
            .of("webhooks")
            .over("busy")
            .wishing(Wish::Rollback)
            .spoilt(|world| {
                let webhooks = service(world, "webhooks");
                webhooks
                    .deployments
                    .retain(|one| one.rollout != RolloutState::Completed);
            }),
        row(10, Ok, "no task is protected"),
        row(10, Warn, "2 tasks protected")
            .of("catalog")
            .over("busy"),
        row(11, Note, "the median of its last ones"),
        row(11, Note, "up to").wishing(Wish::Recycle),
        row(11, Note, "nobody knows: no deployment went well lately").spoilt(|world| {
            service(world, "cart").service_deployments.clear();
        }),
    ]
}

/// Checks 12 to 15: whether now is the time. What hangs on the settings and the journal has
/// tests of its own below.
fn timely() -> Vec<Row> {
    use Mark::{Bad, Ok, Warn};
    vec![
        row(12, Ok, "not deployed within 15 min"),
        row(12, Warn, "it was deployed 12 min ago")
            .of("accounts")
            .over("busy"),
        row(13, Ok, "no freeze of the settings holds now"),
        row(14, Ok, "no task failed to start in 30 min"),
        row(14, Bad, "new tasks cannot start (CannotPullContainer")
            .of("web")
            .over("image-gone"),
        row(
            14,
            Bad,
            "new tasks cannot start (secret or registry credentials not readable)",
        )
        .of("accounts")
        .over("secret-deleted")
        .after(120),
        row(15, Ok, "orders-db").of("orders"),
        row(15, Warn, "recycle frees them first")
            .of("billing")
            .over("db-connections")
            .after(300),
        row(15, Ok, "a stopped task gives its own back first")
            .of("billing")
            .over("db-connections")
            .wishing(Wish::Recycle)
            .after(300),
    ]
}

fn named(name: &str) -> World {
    if name == "busy" {
        rings(BUSY)
    } else {
        world(name)
    }
}

async fn every_row_holds(rows: Vec<Row>) {
    let mut worlds: BTreeMap<&str, World> = BTreeMap::new();
    let mut wrong = Vec::new();
    for row in rows {
        let mut world = worlds
            .entry(row.world)
            .or_insert_with(|| named(row.world))
            .clone();
        (row.spoil)(&mut world);
        let bench = Bench::of(world);
        tokio::time::advance(Duration::from_secs(row.after)).await;
        let link = bench.start().await;
        let at = format!(
            "{} {} of {} in {}",
            row.number,
            row.wish.verb(),
            row.service,
            row.world
        );
        let proposal = match Proposal::of(&link, row.service, &row.wish).await {
            Ok(proposal) => proposal,
            Err(why) => {
                wrong.push(format!("{at}: {why}"));
                continue;
            }
        };
        let checks = proposal.checks(bench.now());
        let found = checks.iter().find(|one| one.number == row.number);
        if !found.is_some_and(|one| one.mark == row.mark && one.words.contains(row.words)) {
            wrong.push(format!(
                "{at}: not {:?} {:?} but {found:?}",
                row.mark, row.words
            ));
            continue;
        }
        let about = found.map(|one| one.about).unwrap();
        let terms = Terms::default();
        let decision = proposal.with(&Standpoint::at(bench.now(), &terms), decide);
        match (row.mark, decision) {
            (Mark::Bad, Decision::Deny(_)) | (Mark::Ok | Mark::Note, _) => {}
            // Another check may refuse it altogether.
            (Mark::Warn, Decision::Deny(why)) if why.rule != "not-armed" => {}
            (Mark::Warn, Decision::Ask(challenge)) if challenge.amber.contains(&about) => {}
            (_, decision) => wrong.push(format!("{at}: {decision:?}")),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn whether_it_is_possible() {
    every_row_holds(possible()).await;
}

#[tokio::test(start_paused = true)]
async fn how_it_would_go() {
    every_row_holds(prospects()).await;
}

#[tokio::test(start_paused = true)]
async fn whether_now_is_the_time() {
    every_row_holds(timely()).await;
}

/// A service that wants no task is refused for that alone: nothing would hang, nothing goes out.
#[tokio::test(start_paused = true)]
async fn nothing_wanted_is_one_red_row() {
    let mut world = world("steady");
    asleep(&mut world);
    let bench = Bench::of(world);
    tokio::time::advance(Duration::from_mins(2)).await;
    let link = bench.start().await;
    let proposal = Proposal::of(&link, "cart", &Wish::Redeploy).await.unwrap();
    let checks = proposal.checks(bench.now());
    let loud = checks
        .iter()
        .filter(|one| matches!(one.mark, Mark::Warn | Mark::Bad));
    let loud: Vec<&str> = loud.map(|one| one.about).collect();
    assert_eq!(loud, ["service"], "{checks:#?}");
}

/// Every check of the list has a row in green or as a note, and one that is not.
#[test]
fn no_check_is_left_out() {
    let rows = [possible(), prospects(), timely()];
    let rows = || rows.iter().flatten();
    for number in 1..=15 {
        let calm =
            rows().any(|row| row.number == number && matches!(row.mark, Mark::Ok | Mark::Note));
        let loud =
            rows().any(|row| row.number == number && matches!(row.mark, Mark::Warn | Mark::Bad));
        // The eleventh only tells; the thirteenth is loud below.
        assert!(
            calm && (loud || number == 11 || number == 13),
            "check {number}"
        );
    }
}

/// What the checklist says of a redeploy of the cart, check `number`, and whether it is refused.
async fn said(number: u8, terms: &Terms, recent: &[Deed]) -> (Mark, String, Option<&'static str>) {
    let bench = Bench::of(world("steady"));
    let link = bench.start().await;
    let mut proposal = Proposal::of(&link, "cart", &Wish::Redeploy).await.unwrap();
    let calendars = terms.calendars_of(&"production".into()).to_vec();
    read(&link, &mut proposal.snapshot, &[Read::Calendar(calendars)]).await;
    let standpoint = Standpoint {
        recent,
        ..Standpoint::at(bench.now(), terms)
    };
    let checks = proposal.with(&standpoint, preflight);
    let check = checks.into_iter().find(|one| one.number == number).unwrap();
    let rule = match proposal.with(&standpoint, decide) {
        Decision::Deny(reason) => Some(reason.rule),
        Decision::Allow(_) | Decision::Ask(_) => None,
    };
    (check.mark, check.words.to_string(), rule)
}

fn restarted(minutes: i64) -> Deed {
    Deed {
        at: clock()() - SignedDuration::from_mins(minutes),
        by: "bob@ops".into(),
        environment: "production".into(),
        service: "arn:aws:ecs:eu-central-1:123456789012:service/prod/cart".into(),
        verb: "redeploy".into(),
        reason: "INC-41".into(),
        detail: "".into(),
        ending: DeedEnding::Done,
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_restarted_lately_cools_down() {
    let terms = Terms::default();
    let (mark, words, rule) = said(12, &terms, &[restarted(5)]).await;
    assert_eq!((mark, rule), (Mark::Bad, Some("cooldown")), "{words}");
    assert!(
        words.contains("cart: redeploy 5 min ago by bob@ops"),
        "{words}"
    );
    let (mark, words, rule) = said(12, &terms, &[restarted(16)]).await;
    assert_eq!((mark, rule), (Mark::Ok, None), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_freeze_and_a_closed_calendar_refuse() {
    let freeze = Freeze {
        name: "year's end".into(),
        when: Window::Weekly(Hours::read("sat 14:00-15:00 UTC").unwrap()),
        environments: vec![],
    };
    let terms = Terms {
        freezes: vec![freeze],
        ..Terms::default()
    };
    let (mark, words, rule) = said(13, &terms, &[]).await;
    assert_eq!((mark, rule), (Mark::Bad, Some("frozen")), "{words}");
    assert!(words.contains("year's end"), "{words}");
    let calendar = |name: &str| Terms {
        calendars: vec![("production".into(), vec![name.into()])],
        ..Terms::default()
    };
    // It is a Saturday.
    let (mark, words, rule) = said(13, &calendar("acme-weekends"), &[]).await;
    assert_eq!((mark, rule), (Mark::Bad, Some("calendar")), "{words}");
    assert!(
        words.contains("acme-weekends") && words.contains("2026-11-23"),
        "{words}"
    );
    let (mark, words, rule) = said(13, &calendar("acme-nights"), &[]).await;
    assert_eq!((mark, rule), (Mark::Ok, None), "{words}");
    assert!(words.contains("acme-nights is OPEN"), "{words}");
    // Nobody knows what is not there, and unknown never allows.
    let (mark, words, rule) = said(13, &calendar("gone"), &[]).await;
    assert_eq!((mark, rule), (Mark::Bad, Some("calendar")), "{words}");
}
