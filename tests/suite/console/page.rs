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
