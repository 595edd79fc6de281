//! The other verbs on one service, followed to their real end; and consoles that die on the way.

use std::time::Duration;

use firstline::app::model::Model;
use firstline::estate::follow::End;
use firstline::journal::{Ending, Record};
use firstline::policy::Terms;

use super::harness::{Desk, Opening};
use crate::opened::{Folder, PRODUCTION};

/// The board of `scenario` with `service` selected.
async fn at(opening: Opening, service: &str) -> Desk {
    let mut desk = opening.open().await;
    desk.wait(70).await;
    desk.press("/");
    desk.write(service);
    desk.press("enter");
    desk
}

/// Opens the dialog of a verb by its key and answers everything it asks.
async fn confirmed(desk: &mut Desk, key: &str, service: &str) {
    desk.press(key);
    desk.wait(1).await;
    desk.press("ctrl-k");
    desk.write("INC-42");
    desk.press("enter");
    desk.write(service);
    desk.press("ctrl-s");
    desk.wait(1).await;
}

fn asked(desk: &Desk, operation: &str) -> usize {
    let calls = desk.sim.calls();
    let found = calls.iter().filter(|call| call.operation == operation);
    found.count()
}

/// How the change of `service` ended, once it did.
fn end(model: &Model, service: &str) -> Option<End> {
    let mut all = model.pursuits.all.values();
    all.find(|one| one.followed.service.name() == service)?
        .end
        .clone()
}

async fn ended(desk: &mut Desk, service: &str) -> End {
    let limit = Duration::from_mins(30);
    let over = desk
        .until(limit, |desk| end(desk.model(), service).is_some())
        .await;
    let screen = desk.screen(120, 40);
    assert!(over.is_some(), "{service} never ended:\n{screen}");
    end(desk.model(), service).unwrap()
}

fn connections(desk: &Desk) -> f64 {
    desk.sim.with_world(|world| {
        let account = world.account(PRODUCTION).unwrap();
        let found = account.databases.iter().find(|one| one.id == "orders-db");
        found.unwrap().connections
    })
}

/// db-connections: a redeploy warns, the recycle it names is the cure.
#[tokio::test(start_paused = true)]
async fn a_leak_is_recycled_and_not_redeployed() {
    let mut desk = at(Opening::of("db-connections"), "billing").await;
    desk.wait(300).await;
    desk.press("R");
    desk.wait(1).await;
    let dialog = desk.screen(120, 44);
    assert!(dialog.contains("could double"), "{dialog}");
    assert!(dialog.contains("recycle frees them first"), "{dialog}");
    desk.press("esc");
    let before = connections(&desk);
    confirmed(&mut desk, "C", "billing").await;
    assert_eq!(ended(&mut desk, "billing").await, End::Healthy);
    let after = connections(&desk);
    assert!(after < before / 2.0, "{before} connections became {after}");
    let tasks = asked(&desk, "StopTask");
    let entries = desk.journal.entries().unwrap().entries;
    let stops = entries.iter().filter(|one| {
        let Record::Intent(intent) = &one.record else {
            return false;
        };
        let step = intent.step.as_deref();
        step.is_some_and(|step| step.starts_with("stop task"))
    });
    assert_eq!(stops.count(), tasks, "every stop is on record before it");
    assert_eq!(asked(&desk, "UpdateService"), 0);
}

/// A recycle is held before the next task, and called off.
#[tokio::test(start_paused = true)]
async fn a_recycle_can_be_held_and_called_off() {
    let mut desk = at(Opening::of("steady"), "cart").await;
    confirmed(&mut desk, "C", "cart").await;
    desk.press("esc F space");
    desk.wait(600).await;
    let held = desk.screen(120, 40);
    assert!(held.contains("HELD"), "{held}");
    let stopped = asked(&desk, "StopTask");
    assert_eq!(stopped, 1, "held before the second");
    desk.press("X");
    desk.wait(30).await;
    assert_eq!(asked(&desk, "StopTask"), 1);
    let entries = desk.journal.entries().unwrap().entries;
    let Some(Record::Outcome(outcome)) = entries.last().map(|one| &one.record) else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Failed);
    assert!(
        outcome
            .words
            .contains("1 of 3 tasks were stopped, then it was called off")
    );
}

/// bad-deploy: while it fails it can be taken back, and that is followed too.
#[tokio::test(start_paused = true)]
async fn a_bad_deployment_is_taken_back() {
    let mut desk = at(Opening::of("bad-deploy"), "orders").await;
    desk.press("R");
    desk.wait(1).await;
    let refused = desk.screen(120, 40);
    assert!(refused.contains("is in progress"), "{refused}");
    desk.press("esc");
    confirmed(&mut desk, "B", "orders").await;
    assert_eq!(asked(&desk, "StopServiceDeployment"), 1);
    assert_eq!(ended(&mut desk, "orders").await, End::Healthy);
}

/// bad-deploy, left alone until ECS goes back by itself: then nothing new may begin.
#[tokio::test(start_paused = true)]
async fn a_rollback_is_left_alone() {
    let mut desk = at(Opening::of("bad-deploy"), "orders").await;
    let limit = Duration::from_mins(20);
    let back = desk
        .until(limit, |desk| {
            desk.sim.with_world(|world| {
                let account = world.account(PRODUCTION).unwrap();
                let orders = account.service("prod", "orders").unwrap();
                let newest = orders.service_deployments.first().unwrap();
                newest.status.as_ref() == "ROLLBACK_IN_PROGRESS"
            })
        })
        .await;
    assert!(back.is_some(), "the circuit breaker opens");
    desk.wait(16).await;
    desk.press("R");
    desk.wait(1).await;
    let refused = desk.screen(120, 40);
    assert!(refused.contains("is being rolled back"), "{refused}");
    assert!(refused.contains("rule rolling-back"), "{refused}");
    assert_eq!(asked(&desk, "UpdateService"), 0);
}

/// The change calendar of production, on a Saturday.
fn closed() -> Terms {
    Terms {
        calendars: vec![("production".into(), vec!["acme-weekends".into()])],
        ..Terms::default()
    }
}

/// A closed change calendar refuses with its name and when it opens; the way out of a bad
/// deployment stays open.
#[tokio::test(start_paused = true)]
async fn a_closed_calendar_refuses_everything_but_the_undo() {
    let mut desk = at(Opening::of("bad-deploy").terms(closed()), "cart").await;
    for key in ["R", "C", "X"] {
        desk.press(key);
        desk.wait(1).await;
        desk.press("ctrl-s");
        let refused = desk.screen(120, 40);
        let why = "change calendar acme-weekends is CLOSED until 2026-11-23T00:00:00Z";
        assert!(refused.contains(why), "{key}: {refused}");
        assert!(refused.contains("rule calendar"), "{key}: {refused}");
        desk.press("esc");
    }
    assert_eq!(asked(&desk, "UpdateService") + asked(&desk, "StopTask"), 0);
    desk.press("g");
    desk.press("p");
    desk.wait(1).await;
    let policy = desk.screen(120, 40);
    assert!(policy.contains("change calendar CLOSED"), "{policy}");
    desk.press("esc");
    drop(desk);

    let mut desk = at(Opening::of("bad-deploy").terms(closed()), "orders").await;
    confirmed(&mut desk, "B", "orders").await;
    assert_eq!(asked(&desk, "StopServiceDeployment"), 1);
    assert_eq!(ended(&mut desk, "orders").await, End::Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_task_is_replaced_and_a_scaled_service_grows() {
    let mut desk = at(Opening::of("steady"), "cart").await;
    confirmed(&mut desk, "X", "cart").await;
    assert_eq!(asked(&desk, "StopTask"), 1);
    assert_eq!(ended(&mut desk, "cart").await, End::Healthy);
    desk.press("esc +");
    desk.write("4");
    desk.press("enter");
    desk.wait(1).await;
    desk.write("INC-42");
    desk.press("enter");
    desk.write("cart");
    desk.press("ctrl-k ctrl-s");
    desk.wait(1).await;
    let desired = desk.sim.with_world(|world| {
        let account = world.account(PRODUCTION).unwrap();
        account.service("prod", "cart").unwrap().desired
    });
    assert_eq!(desired, 4);
    assert_eq!(asked(&desk, "UpdateService"), 1, "and no deployment began");
}

/// A verb AWS denied is not offered again, and says which permission is missing.
#[tokio::test(start_paused = true)]
async fn a_denied_verb_greys_with_the_missing_action() {
    let mut desk = at(Opening::of("steady"), "cart").await;
    desk.sim.set_faults("denied:ecs.StopTask".parse().unwrap());
    confirmed(&mut desk, "X", "cart").await;
    desk.press("esc X");
    let screen = desk.screen(120, 40);
    assert!(
        screen.contains("you may not stop-task: ecs:StopTask is missing"),
        "{screen}"
    );
    assert_eq!(asked(&desk, "StopTask"), 1, "it is not tried again");
}

/// What a redeploy leaves in the journal, line by line.
const LINES: usize = 2;

/// The console dies after each line of the journal, and while AWS is being asked: the next one
/// knows what was in flight, follows it to its end, and does nothing twice.
#[tokio::test(start_paused = true)]
async fn a_console_that_dies_leaves_nothing_open_and_nothing_twice() {
    for (faults, lines) in [("", 1), ("latency:ecs.UpdateService=4s", 1), ("", LINES)] {
        let folder = Folder::new();
        let mut desk = at(Opening::of("steady").record(&folder), "cart").await;
        let world = desk.world();
        desk.sim.forget_calls();
        desk.sim.set_faults(faults.parse().unwrap());
        desk.press("R");
        desk.wait(1).await;
        desk.press("ctrl-k");
        desk.write("INC-42");
        desk.press("enter");
        desk.write("cart");
        desk.press("ctrl-s");
        let written = |desk: &Desk| desk.journal.entries().unwrap().entries.len();
        let limit = Duration::from_secs(30);
        let died = desk.until(limit, |desk| written(desk) >= lines).await;
        assert!(died.is_some(), "{faults}: {lines} lines are written");
        drop(desk);
        let journal = folder.journal();
        assert_eq!(
            journal.verify().unwrap(),
            journal.entries().unwrap().entries.len()
        );

        let mut next = Opening::of("steady")
            .record(&folder)
            .on(&world)
            .open()
            .await;
        next.wait(1).await;
        let screen = next.screen(120, 40);
        assert!(next.model().pursuits.any(), "{faults}: it knows:\n{screen}");
        let _ = ended(&mut next, "cart").await;
        assert!(asked(&next, "UpdateService") <= 1, "{faults}: asked once");
        assert!(journal.unfinished().unwrap().is_empty(), "{faults}");
        assert_eq!(journal.in_flight((next.time)()).unwrap(), [], "{faults}");
        journal.verify().unwrap();
    }
}
