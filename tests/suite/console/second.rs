//! A second person in the dialog: asked for, pasted, named by STS, and what will not do.

use std::sync::Arc;
use std::time::Duration;

use firstline::cloud::{Cloud, Link, Options};
use firstline::estate::SignedDuration;
use firstline::estate::approval::{Code, digest};
use firstline::estate::usage::Prices;
use firstline::journal::Record;
use firstline::sim::connector;

use super::harness::{Desk, Opening};
use crate::opened::{Folder, PRODUCTION, production};

const WHY: &str = "I read run 812";

/// The demo's estate, whose report has a tag that moved, with everything typed.
async fn typed(folder: &Folder) -> Desk {
    let mut desk = Opening::of("demo").record(folder).open().await;
    desk.wait(5).await;
    desk.press("/");
    desk.write("report");
    desk.press("enter down R");
    desk.wait(2).await;
    desk.press("ctrl-k");
    desk.write("CI run 812 has to go out");
    desk.press("enter");
    desk.write("report");
    let asked = |desk: &Desk| code(desk).is_some();
    let patience = Duration::from_secs(20);
    let found = desk.until(patience, asked).await;
    assert!(found.is_some(), "no code:\n{}", desk.screen(120, 40));
    desk
}

/// The code the dialog shows.
fn code(desk: &Desk) -> Option<Code> {
    use firstline::app::screen::Overlay;
    match &desk.model().overlay {
        Some(Overlay::Dialog(dialog)) => dialog.second.code.clone(),
        _ => None,
    }
}

/// The link of whoever holds the access key of `name`, to the same AWS at the same time.
async fn link_of(desk: &Desk, name: &str) -> Arc<Link> {
    let (sim, clock) = desk.world();
    let mut connection = production();
    let credentials = connection.credentials.as_mut().unwrap();
    credentials.access_key_id = format!("{PRODUCTION}:{name}");
    credentials.secret_access_key = format!("simulated-{name}");
    let options = Options {
        prices: Prices::default(),
        endpoint_url: None,
        region: None,
        http: Some(connector::http_client(sim)),
        cache_dir: None,
        clock,
        masks: firstline::estate::log::Masks::default(),
        log_keys: firstline::estate::log::LogKeys::default(),
    };
    let cloud = Cloud::connect(vec![connection], options).await.unwrap();
    Arc::clone(&cloud.links()[0])
}

/// What `name` hands over for what alice's dialog is about.
async fn approved(desk: &Desk, name: &str) -> String {
    use firstline::app::screen::Overlay;
    let Some(Overlay::Dialog(dialog)) = &desk.model().overlay else {
        panic!("no dialog");
    };
    let (change, code) = (dialog.change.clone(), code(desk).unwrap());
    let snapshot = &desk.model().look.snapshot;
    let place = snapshot.environment(&change.target().environment).unwrap();
    let seen = place.closely.get(&change.target().service).unwrap();
    let subject = digest(&change, seen.known_images(), &code, WHY);
    let link = link_of(desk, name).await;
    let token = link.approve(&code, (&subject, &WHY.into())).await.unwrap();
    token.to_string()
}

fn changes(desk: &Desk) -> usize {
    let calls = desk.sim.calls();
    let changing = calls.iter().filter(|one| one.operation == "UpdateService");
    changing.count()
}

/// The screen, with the code's digits as they are in every run.
fn shown(desk: &mut Desk, columns: u16, rows: u16) -> String {
    let id = code(desk).unwrap().id().to_owned();
    desk.screen(columns, rows).replace(&id, "3f9a1c20b7de")
}

#[tokio::test(start_paused = true)]
async fn somebody_else_approves_and_it_is_done() {
    let folder = Folder::new();
    let mut desk = Box::pin(typed(&folder)).await;
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 0, "not alone");
    insta::assert_snapshot!("awaited_80x24", shown(&mut desk, 80, 24));
    insta::assert_snapshot!("awaited_120x40", shown(&mut desk, 120, 40));

    let token = approved(&desk, "bob").await;
    desk.paste(&token);
    desk.wait(2).await;
    insta::assert_snapshot!("approved_80x24", shown(&mut desk, 80, 24));
    insta::assert_snapshot!("approved_120x40", shown(&mut desk, 120, 40));
    let id = code(&desk).unwrap().id().to_owned();
    desk.press("ctrl-s");
    desk.wait(2).await;
    assert_eq!(changes(&desk), 1);
    let entries = desk.journal.entries().unwrap().entries;
    let asked = entries.iter().find(|one| one.id.as_str() == id).unwrap();
    assert!(matches!(asked.record, Record::SecondAsked(_)));
    let intent = entries.iter().find_map(|one| one.record.intent()).unwrap();
    let second = intent.second.as_ref().unwrap();
    assert!(second.caller.ends_with("assumed-role/ops/bob"));
    assert_eq!((&*second.code, &*second.reason), (&*id, WHY));
    let journal = std::fs::read_to_string(desk.journal.path()).unwrap();
    assert!(!journal.contains(&token));
}

#[tokio::test(start_paused = true)]
async fn what_will_not_do_is_said_and_nothing_is_done() {
    let folder = Folder::new();
    let mut desk = Box::pin(typed(&folder)).await;
    let refused = async |desk: &mut Desk, token: &str, why: &str| {
        desk.paste(token);
        desk.wait(2).await;
        let screen = desk.screen(120, 40);
        assert!(screen.contains(why), "{why}:\n{screen}");
        desk.press("ctrl-s");
        desk.wait(1).await;
        assert_eq!(changes(desk), 0, "{why}");
    };
    let own = approved(&desk, "alice").await;
    refused(&mut desk, &own, "that approval is your own").await;
    let good = approved(&desk, "bob").await;
    let spoilt = good.replace("firstline1.", "firstline1.AA");
    refused(&mut desk, &spoilt, "that is no approval").await;
    // The tag moves once more between bob's look and alice's.
    desk.sim.with_world(|world| {
        let now = world.now();
        let account = world.account_mut(PRODUCTION).unwrap();
        let container = account
            .task_definitions
            .iter_mut()
            .map(|one| &mut one.container)
            .filter(|one| one.image.contains("/report:"));
        for container in container {
            container.digest = format!("sha256:{}", "7".repeat(64));
            container.pushed_at = now;
        }
    });
    desk.wait(20).await;
    refused(&mut desk, &good, "is of something else").await;
    // What is too old is nobody's word, though it is of exactly this.
    let late = approved(&desk, "bob").await;
    desk.wait(SignedDuration::from_mins(6).as_secs().unsigned_abs())
        .await;
    refused(&mut desk, &late, "signed too long ago").await;
}

/// Whoever was approved still meets the last look: a tag that moves after it does nothing.
#[tokio::test(start_paused = true)]
async fn an_approval_is_looked_at_again_before_the_call() {
    let folder = Folder::new();
    let mut desk = Box::pin(typed(&folder)).await;
    let token = approved(&desk, "bob").await;
    desk.paste(&token);
    desk.wait(2).await;
    desk.sim.with_world(|world| {
        let account = world.account_mut(PRODUCTION).unwrap();
        for one in &mut account.task_definitions {
            if one.container.image.contains("/report:") {
                one.container.digest = format!("sha256:{}", "7".repeat(64));
            }
        }
    });
    desk.press("ctrl-s");
    desk.wait(2).await;
    assert_eq!(changes(&desk), 0);
    let screen = desk.screen(120, 40);
    assert!(
        screen.contains("not the one that was approved any more"),
        "{screen}"
    );
}
