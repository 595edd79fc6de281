//! The page of one service: what it says of the demo's incident, and how it opens.

use super::harness::{Desk, Opening};

/// The page of `orders`, with everything read.
async fn orders() -> Desk {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(5).await;
    desk.press("g g enter");
    desk.wait(40).await;
    desk
}

fn expect(page: &str, wanted: &[&str]) {
    for words in wanted {
        assert!(page.contains(words), "{words:?} is missing:\n{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn it_tells_of_deployments_and_what_the_last_one_changed() {
    let mut desk = orders().await;
    desk.press("right");
    let page = desk.screen(160, 50);
    expect(
        &page,
        &[
            "LAST DEPLOYMENTS",
            "rolled back",
            "CHANGED FROM",
            "image",
            "1.58.0",
            "environment RELEASE",
            "••••",
            "sha256:",
            "by deploy@ci",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn it_tells_of_scaling_targets_and_alarms() {
    let mut desk = orders().await;
    desk.press("right right");
    let page = desk.screen(120, 40);
    expect(
        &page,
        &[
            "PLACEMENT AND CAPACITY",
            "SCALING",
            "TARGETS",
            "ALARMS",
            "NEXT",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn it_tells_what_changed_before_it_broke() {
    let mut desk = orders().await;
    desk.press("w");
    let page = desk.screen(120, 40);
    expect(
        &page,
        &[
            "what changed in the 30 min before orders broke",
            "started by deploy@ci",
        ],
    );
    desk.press("w");
    expect(
        &desk.screen(120, 40),
        &["orders broke", "the trouble began", "stop"],
    );
}

#[tokio::test(start_paused = true)]
async fn the_environment_has_a_timeline_too() {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(5).await;
    desk.press("g g w");
    desk.wait(40).await;
    let page = desk.screen(120, 40);
    expect(&page, &["production", "before", "broke"]);
    desk.press("w");
    expect(&desk.screen(120, 40), &["orders", "billing", "deploy"]);
    desk.press("esc");
    expect(&desk.screen(120, 40), &["▌ ✖ orders"]);
}

#[tokio::test(start_paused = true)]
async fn the_last_lines_of_a_crashed_task_are_one_key_away() {
    let mut desk = orders().await;
    expect(&desk.screen(120, 40), &["enter last lines"]);
    desk.press("enter");
    desk.wait(5).await;
    let page = desk.screen(120, 60);
    assert!(page.contains("│ "), "{page}");
    assert!(!page.contains("asking for its last lines"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_is_named_and_the_rest_stands() {
    let refused = "denied:ecs.ListServiceDeployments,denied:cloudtrail.LookupEvents,\
                   denied:elbv2.DescribeTargetHealth";
    let mut desk = Opening::of("demo").faults(refused).open().await;
    desk.wait(5).await;
    desk.press("g g enter right right");
    desk.wait(40).await;
    let page = desk.screen(160, 50);
    expect(
        &page,
        &[
            "NOT AVAILABLE",
            "ecs:ListServiceDeployments",
            "cloudtrail:LookupEvents",
            "SCALING",
        ],
    );
}

/// A task is selected, and what is asked for is about that one alone.
#[tokio::test(start_paused = true)]
async fn a_selected_task_is_the_one_that_is_stopped_entered_and_read() {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(5).await;
    desk.press("/");
    desk.write("web");
    desk.press("enter enter");
    desk.wait(40).await;
    desk.press("down down down");
    let page = desk.screen(120, 40);
    let line = page
        .lines()
        .find(|line| line.contains("▌ ") && line.contains("running"));
    let line = line.unwrap_or_else(|| panic!("no task is selected:\n{page}"));
    let task = line.split_whitespace().nth(1).expect("its id").to_owned();
    desk.press("X");
    desk.wait(3).await;
    let dialog = desk.screen(120, 40);
    assert!(dialog.contains("stop-task"), "no dialog:\n{dialog}");
    assert!(dialog.contains(&task), "{task} is not in:\n{dialog}");
    desk.press("esc s");
    desk.wait(10).await;
    let picker = desk.screen(120, 40);
    let line = picker
        .lines()
        .find(|line| line.contains('▌') && line.contains(&task));
    assert!(line.is_some(), "{task} is not selected in:\n{picker}");
    desk.press("esc enter");
    desk.wait(5).await;
    let log = desk.screen(120, 40);
    assert!(log.contains(&format!("[task={task}")), "{log}");
}
