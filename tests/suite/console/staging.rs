//! An evening and a morning in the console: the demo's staging goes down and comes back whole.

use std::time::Duration;

use firstline::estate::staging::{Hours, Orders};
use firstline::estate::verdict::Health;
use firstline::policy::{Callers, Role, Terms};

use super::harness::{Desk, Opening};
use crate::opened::{PRODUCTION, STAGING};

/// As the demo's settings say it.
fn orders() -> Orders {
    Orders {
        order: vec![vec!["accounts".into()]],
        databases: vec!["staging-db".into()],
        mute_alarms: vec!["staging-*".into()],
        hours: Hours::read("mon-fri 07:00-19:00 Europe/Berlin"),
        ..Orders::default()
    }
}

/// Counts, scaling, tags: what has to come back. The record the demo begins with is bob's.
fn state(desk: &Desk) -> Vec<String> {
    desk.sim.with_world(|world| {
        let account = world.account(STAGING).unwrap();
        let services = account.services.iter().filter(|one| one.name != "report");
        let services = services.map(|one| format!("{} {} {:?}", one.name, one.desired, one.tags));
        let targets = account.scalable_targets.iter();
        let targets = targets.map(|one| {
            let flags = (
                one.scale_in_suspended,
                one.scale_out_suspended,
                one.scheduled_suspended,
            );
            format!("{} {}..{} {flags:?}", one.resource_id, one.min, one.max)
        });
        let databases = account.databases.iter();
        let databases = databases.map(|one| format!("{} {}", one.id, one.status));
        let mutes = account.mute_rules.iter().map(|one| one.name.clone());
        services
            .chain(targets)
            .chain(databases)
            .chain(mutes)
            .collect()
    })
}

/// Types the line, waits for the plan, and confirms it; says how long it took.
async fn bring(desk: &mut Desk, line: &str) -> String {
    desk.press(":");
    desk.write(line);
    desk.press("enter");
    let minute = Duration::from_mins(1);
    let planned = |desk: &Desk| desk.model().overlay.is_some();
    assert!(desk.until(minute, planned).await.is_some());
    desk.wait(1).await;
    let plan = desk.screen(120, 40);
    desk.press("ctrl-s");
    assert!(desk.model().carrying.is_some(), "{plan}");
    plan
}

async fn over(desk: &mut Desk) -> String {
    let hour = Duration::from_mins(40);
    let over = |desk: &Desk| desk.model().carrying.is_none();
    assert!(desk.until(hour, over).await.is_some());
    desk.screen(120, 40)
}

/// Whoever calls is a developer: `iam print --for developer` is all they are permitted.
fn developers() -> Terms {
    Terms {
        callers: vec![Callers {
            pattern: "*".into(),
            role: Role::Developer,
        }],
        ..Terms::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_developer_acts_on_staging_and_on_nothing_else() {
    let mut desk = Opening::of("steady").terms(developers()).open().await;
    desk.wait(70).await;
    let asked = |desk: &Desk, account: &str| {
        let calls = desk.sim.calls();
        let mut mine = calls.iter().filter(|call| call.account == account);
        mine.any(|call| call.operation == "UpdateService")
    };
    for (service, account, done) in [
        ("prod/web", PRODUCTION, false),
        ("staging/web", STAGING, true),
    ] {
        desk.press(":");
        desk.write(&format!("redeploy {service} --reason INC-42 --confirm web"));
        desk.press("enter");
        desk.wait(2).await;
        desk.press("ctrl-k");
        desk.press("ctrl-s");
        desk.wait(3).await;
        let screen = desk.screen(120, 40);
        assert_eq!(asked(&desk, account), done, "{service}:\n{screen}");
        desk.press("esc");
    }
}

#[tokio::test(start_paused = true)]
async fn the_demo_goes_down_in_the_evening_and_comes_back_whole() {
    let opening = Opening::of("steady").orders(orders());
    let mut desk = opening.terms(developers()).open().await;
    desk.wait(5).await;
    let before = state(&desk);
    // A Saturday: staging should not run at all.
    let board = desk.screen(200, 40);
    assert!(
        board.contains("▲ left running outside mon-fri 07:00-19:00 Europe/Berlin"),
        "{board}"
    );
    let plan = bring(&mut desk, "stop staging --reason evening --confirm staging").await;
    for told in [
        "RDS starts it again by itself after seven days",
        "mutes 1 first",
        "EC2 hosts",
    ] {
        assert!(plan.contains(told), "{told} is missing:\n{plan}");
    }
    // Closed and opened again in the middle, it says how far it is.
    desk.wait(20).await;
    desk.press("esc");
    let board = desk.screen(200, 40);
    assert!(board.contains("◌ stopping "), "{board}");
    desk.press(":");
    desk.write("stop staging");
    desk.press("enter");
    let told = over(&mut desk).await;
    assert!(
        told.contains("8 services stopped, each seen there"),
        "{told}"
    );
    desk.press("esc");
    desk.wait(200).await;
    let board = desk.screen(200, 40);
    assert!(board.contains(" ago, 9 services, saves about $"), "{board}");
    assert!(!board.contains("left running"), "{board}");
    let stopped = state(&desk).join("\n");
    assert!(
        stopped.contains("staging-db stopped") && stopped.contains("firstline-staging"),
        "{stopped}"
    );
    the_journal_knows_where_the_record_is_lost(&mut desk).await;
    bring(
        &mut desk,
        "start staging --reason morning --confirm staging",
    )
    .await;
    let told = over(&mut desk).await;
    assert!(
        told.contains("9 services started, each seen there"),
        "{told}"
    );
    assert_eq!(state(&desk), before);
    assert!(desk.journal.verify().is_ok());
}

/// A service whose tags somebody took away was still stopped on purpose: it was done from here.
async fn the_journal_knows_where_the_record_is_lost(desk: &mut Desk) {
    let (arn, tags) = desk.sim.with_world(|world| {
        let account = world.account(STAGING).unwrap();
        let one = account.service("staging", "mailer").unwrap();
        (one.arn.clone(), one.tags.clone())
    });
    let keys: Vec<String> = tags.keys().cloned().collect();
    desk.sim
        .with_world(|world| world.untag(STAGING, &arn, &keys))
        .unwrap();
    desk.press("ctrl-r");
    desk.wait(30).await;
    let rows = &desk.model().look.rows;
    let row = rows.iter().find(|row| row.arn.as_str() == arn).unwrap();
    assert_eq!(row.verdict.health, Health::Stopped, "{:?}", row.verdict);
    assert_eq!(row.verdict.source, "journal");
    let evidence = &row.verdict.evidence;
    assert!(evidence.ends_with("from here: evening"), "{evidence}");
    desk.sim
        .with_world(|world| world.tag(STAGING, &arn, tags))
        .unwrap();
    desk.wait(30).await;
}
