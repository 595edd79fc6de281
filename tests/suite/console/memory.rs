//! What a console knows that was not there when it happened.

use firstline::estate::Timestamp;
use firstline::estate::verdict::Health;
use firstline::sim::scenario::{Estate, Scenario};

use super::harness::{Desk, Opening};
use crate::opened::{Folder, production};

/// worker's stops as a console knows them, newest first.
fn stops(desk: &Desk) -> Vec<Option<Timestamp>> {
    let production = &desk.model().look.snapshot.environments[0];
    let own = production.stops.iter();
    let own = own.filter(|task| task.service_name.as_deref() == Some("worker"));
    own.map(|task| task.stopped_at).collect()
}

fn worker(desk: &Desk) -> (Health, Option<Timestamp>) {
    let rows = &desk.model().look.rows;
    let row = rows.iter().find(|row| &*row.name == "worker").unwrap();
    (row.verdict.health, row.verdict.since)
}

#[tokio::test(start_paused = true)]
async fn a_console_restarted_in_mid_incident_knows_the_stops_it_had_seen() {
    let folder = Folder::new();
    let opening = || Opening::of("crash-loop").cache(&folder);
    let mut first = opening().open().await;
    first.wait(600).await;
    let (seen, verdict) = (stops(&first), worker(&first));
    assert!(seen.len() > 20, "{}", seen.len());
    assert_eq!(verdict.0, Health::Degraded);
    let world = first.world();
    drop(first);

    let mut second = opening().on(&world).open().await;
    second.wait(5).await;
    let known = stops(&second);
    assert!(
        known.ends_with(&seen),
        "all that the first one knew, and newer ones"
    );
    assert_eq!(worker(&second), verdict, "since when as well");
}

#[tokio::test(start_paused = true)]
async fn what_aws_has_forgotten_is_still_known() {
    let text = r#"
        about = "worker crashes for five minutes."
        [[effect]]
        at = "1m"
        until = "6m"
        do.die = { service = "prod-batch/worker", after = "30s", exit = 139 }
    "#;
    let scenario = || Scenario::parsed("mine", text, Estate::shipped().unwrap()).unwrap();
    let folder = Folder::new();
    let opening = || Opening::over(scenario(), vec![production()]).cache(&folder);
    let mut first = opening().open().await;
    first.wait(480).await;
    let seen = stops(&first);
    assert!(seen.len() > 4, "{}", seen.len());
    let world = first.world();
    drop(first);

    // Nobody looks for an hour and a half; AWS forgets a stopped task after one.
    tokio::time::advance(std::time::Duration::from_mins(90)).await;
    let mut forgetful = Opening::over(scenario(), vec![production()])
        .on(&world)
        .open()
        .await;
    forgetful.wait(40).await;
    assert!(
        stops(&forgetful).is_empty(),
        "without the file nothing is left"
    );
    let mut second = opening().on(&world).open().await;
    second.wait(40).await;
    assert_eq!(stops(&second), seen);
}
