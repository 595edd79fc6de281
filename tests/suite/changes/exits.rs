//! A command that waits says with its exit code how the change ended in the end.

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use firstline::app::command::Cli;
use firstline::cli::{self, Opened};
use firstline::config::{self, Folders, Settings, Variables};
use firstline::journal::Record;
use firstline::policy::Terms;
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::world::World;

use super::bench::{Bench, rings, world};
use crate::opened::{Folder, PRODUCTION, clock};

/// The settings of somebody who wrote none.
fn settings(folders: &Folders) -> Settings {
    let nothing = Variables::of([], &[]).unwrap();
    Settings::load(&config::Flags::default(), &nothing, folders).unwrap()
}

/// Runs `line` over the bench's production to its exit code; what the journal says of the end.
async fn run(bench: &Bench, line: &str) -> (u8, Option<String>) {
    Box::pin(run_with(bench, line, Terms::default())).await
}

/// The same where the team decided something.
async fn run_with(bench: &Bench, line: &str, terms: Terms) -> (u8, Option<String>) {
    let folder = Folder::new();
    let folders = Folders {
        config: folder.path().join("config"),
        state: folder.path().join("state"),
        cache: folder.path().join("cache"),
        working: None,
    };
    let opened = Opened {
        settings: Settings {
            terms,
            ..settings(&folders)
        },
        cloud: Arc::new(bench.cloud().await),
        journal: folder.journal(),
        clock: Arc::clone(&bench.time),
        folders,
    };
    let words = line.split(' ').chain(["--reason", "INC-42", "--json"]);
    let command = Cli::try_parse_from(["firstline"].into_iter().chain(words));
    let command = command.unwrap().command.unwrap();
    let exit = Box::pin(cli::change(&opened, &command)).await.unwrap();
    opened.journal.verify().unwrap();
    let entries = opened.journal.entries().unwrap().entries;
    let end = entries.iter().find_map(|one| {
        if let Record::Followed(end) = &one.record {
            Some(end.end.to_string())
        } else {
            None
        }
    });
    (exit.code(), end)
}

/// The steady estate, and after `text` something happens.
fn then(text: &str) -> World {
    let text = format!("about = \"a test\"\n{text}");
    let scenario = Scenario::parsed("test", &text, Estate::shipped().unwrap()).unwrap();
    World::new(&scenario, 7, clock()())
}

/// New tasks of the cart do not start any more, soon after the world was opened.
fn nothing_starts() -> World {
    then(
        r#"
        [[effect]]
        at = "2s"
        do.refuse = { service = "prod/cart", after = "9s", reason = "CannotPullContainerError: not found" }
        "#,
    )
}

/// An alarm of orders rings and rings.
fn an_alarm_rings() -> World {
    rings("about = \"a test\"")
}

#[tokio::test(start_paused = true)]
async fn zero_is_done_and_healthy() {
    for line in [
        "redeploy cart --confirm cart",
        "recycle cart --confirm cart",
    ] {
        let bench = Bench::of(world("steady"));
        let (code, end) = run(&bench, line).await;
        assert_eq!((code, end.as_deref()), (0, Some("healthy")), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_is_done_and_not_healthy() {
    for line in [
        "redeploy orders --confirm orders --acknowledge",
        "recycle orders --confirm orders --acknowledge",
    ] {
        let bench = Bench::of(an_alarm_rings());
        let (code, end) = run(&bench, line).await;
        assert_eq!((code, end.as_deref()), (1, Some("unhealthy")), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_is_failed() {
    let bench = Bench::of(nothing_starts());
    let (code, end) = run(&bench, "redeploy cart --confirm cart").await;
    assert_eq!((code, end.as_deref()), (2, Some("failed")));
    assert_eq!(bench.heard("UpdateService"), 1);
    // A recycle stops no further task while the replacement of the one before does not serve.
    let bench = Bench::of(nothing_starts());
    let (code, end) = run(&bench, "recycle cart --confirm cart").await;
    assert_eq!((code, end), (2, None));
    assert_eq!(bench.heard("StopTask"), 1);
}

/// A change calendar that is closed on this Saturday.
#[tokio::test(start_paused = true)]
async fn three_is_refused() {
    let closed = || Terms {
        calendars: vec![("production".into(), vec!["acme-weekends".into()])],
        ..Terms::default()
    };
    for line in [
        "redeploy cart --confirm cart",
        "scale cart 4 --confirm cart",
    ] {
        let bench = Bench::of(world("steady"));
        let (code, end) = Box::pin(run_with(&bench, line, closed())).await;
        assert_eq!((code, end), (3, None), "{line}");
        assert_eq!(bench.heard("UpdateService"), 0, "{line}");
    }
}

/// CI deploys while the command decides: the look right before the call sees it.
#[tokio::test(start_paused = true)]
async fn four_is_facts_moved() {
    for line in [
        "redeploy cart --confirm cart",
        "recycle cart --confirm cart",
    ] {
        let bench = Bench::of(world("steady"));
        bench.sim.set_faults("latency:ecs=300ms".parse().unwrap());
        let ci = async {
            while bench.heard("ListServiceDeployments") == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            bench.sim.with_world(|world| {
                let account = world.account(PRODUCTION).unwrap();
                let cart = account.service("prod", "cart").unwrap().arn.clone();
                let by = "arn:aws:iam::123456789012:role/ci";
                world.force_new_deployment(PRODUCTION, &cart, by).unwrap();
            });
        };
        let ((code, end), ()) = tokio::join!(run(&bench, line), ci);
        assert_eq!((code, end), (4, None), "{line}");
        let asked = bench.heard("UpdateService") + bench.heard("StopTask");
        assert_eq!(asked, 0, "{line}: nothing was asked");
    }
}

#[tokio::test(start_paused = true)]
async fn five_is_still_running() {
    for line in [
        "redeploy cart --confirm cart --timeout 20s",
        "recycle cart --confirm cart --timeout 20s",
    ] {
        let bench = Bench::of(world("steady"));
        let (code, end) = run(&bench, line).await;
        assert_eq!((code, end), (5, None), "{line}");
    }
}
