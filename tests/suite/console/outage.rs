//! AWS hangs, refuses or is gone.

use std::time::Duration;

use firstline::app::model::Model;
use firstline::estate::verdict::Health;
use firstline::sim::scenario::Scenario;

use super::harness::{Desk, Opening};
use crate::opened::production;

async fn demo() -> Desk {
    let mut desk = Opening::of("demo").open().await;
    desk.wait(20).await;
    desk.press("g g");
    desk
}

fn healths(model: &Model) -> Vec<Health> {
    let rows = model.look.rows.iter();
    rows.map(|row| row.verdict.health).collect()
}

#[tokio::test(start_paused = true)]
async fn a_key_is_shown_at_once_while_a_refresh_hangs() {
    let mut desk = demo().await;
    desk.sim.set_faults("latency=2s".parse().unwrap());
    desk.press("ctrl-r");
    desk.wait(1).await;
    let waiting = desk
        .sim
        .calls()
        .iter()
        .filter(|one| one.answered.is_none())
        .count();
    assert!(waiting > 3, "{waiting} calls hang");
    let now = tokio::time::Instant::now();
    let before = desk.screen(120, 40);
    desk.press("?");
    let help = desk.screen(120, 40);
    desk.press("esc down");
    let moved = desk.screen(120, 40);
    assert_eq!(now.elapsed(), Duration::ZERO, "no time passed");
    assert!(
        help.contains("what every key does") && help != before,
        "{help}"
    );
    assert!(moved.contains("▌ ▲ web"), "{moved}");
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_nothing_stays_green_and_it_mends_by_itself() {
    let outages = [
        ("drop", "nobody answered"),
        ("denied", "the permission ecs:DescribeServices is missing"),
        ("expired", "the credentials ran out: run aws sso login"),
        ("error=503", "DescribeServices"),
        ("throttle", "AWS asks for fewer DescribeServices calls"),
    ];
    for (fault, sentence) in outages {
        let mut desk = demo().await;
        desk.sim.set_faults(fault.parse().unwrap());
        desk.wait(60).await;
        let screen = desk.screen(140, 44);
        assert!(
            healths(desk.model())
                .iter()
                .all(|&health| health == Health::Unknown),
            "{fault}:\n{screen}"
        );
        assert!(
            !screen.contains('✔'),
            "{fault}: something is green:\n{screen}"
        );
        assert!(screen.contains(sentence), "{fault}:\n{screen}");
        assert!(screen.contains("data  1 m"), "{fault}: no age:\n{screen}");
        assert!(screen.contains("no data for"), "{fault}:\n{screen}");

        desk.sim.set_faults("".parse().unwrap());
        desk.wait(45).await;
        let screen = desk.screen(140, 44);
        assert!(screen.contains("✖ 1 down"), "{fault}:\n{screen}");
        assert!(!screen.contains(sentence), "{fault} is over:\n{screen}");
        assert!(
            !healths(desk.model()).contains(&Health::Unknown),
            "{fault} is over:\n{screen}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_console_that_never_got_an_answer_says_why() {
    let mut desk = Opening::of("demo").faults("expired").open().await;
    desk.wait(20).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("the credentials ran out"), "{screen}");
    assert!(
        screen.contains("no data yet") && !screen.contains('✔'),
        "{screen}"
    );
    desk.sim.set_faults("".parse().unwrap());
    desk.wait(60).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("✖ 1 down"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn one_environment_in_trouble_leaves_the_other_alone() {
    let mut desk = demo().await;
    // The metrics of both are gone, and nothing else.
    desk.sim.set_faults("denied:cloudwatch".parse().unwrap());
    desk.wait(90).await;
    let screen = desk.screen(140, 44);
    assert!(screen.contains("cloudwatch:"), "{screen}");
    assert!(screen.contains("✖ 1 down"), "the rest is kept:\n{screen}");
}

#[tokio::test(start_paused = true)]
async fn a_misspelt_cluster_is_told_and_the_others_are_shown() {
    let mut misspelt = production();
    misspelt.environment.clusters = Some(vec!["prod".into(), "prod-bach".into()]);
    let scenario = Scenario::named("steady").unwrap();
    let mut desk = Opening::over(scenario, vec![misspelt]).open().await;
    desk.wait(5).await;
    let screen = desk.screen(120, 40);
    let told = "there is no cluster prod-bach in eu-central-1";
    assert!(screen.contains(told), "{screen}");
    assert!(screen.contains("production  ✔ 11"), "{screen}");
}
