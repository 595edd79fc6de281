//! The first guarded action, from the board through the dialog to the rollout's end.

use firstline::journal::{Ending, Record};
use firstline::sim::scenario::{Estate, Scenario};
use firstline::sim::wire::Service;

use super::harness::{Desk, Opening};
use crate::opened::{PRODUCTION, production, staging};

/// The steady estate with the cart of production selected.
async fn at_cart(opening: Opening) -> Desk {
    let mut desk = opening.open().await;
    desk.wait(5).await;
    desk.press("/");
    desk.write("cart");
    desk.press("enter");
    desk
}

/// Opens the dialog and answers what it asks.
async fn answered(desk: &mut Desk) {
    desk.press("R");
    desk.wait(1).await;
    desk.write("the cache is stuck");
    desk.press("enter");
    desk.write("cart");
}

fn changes(desk: &Desk) -> usize {
    let calls = desk.sim.calls();
    let changing = calls
        .iter()
        .filter(|call| call.operation == "UpdateService");
    changing.count()
}

/// What another person, or a pipeline, does at the same time.
fn somebody_else_redeploys(desk: &Desk) {
    desk.sim.with_world(|world| {
        let account = world.account(PRODUCTION).unwrap();
        let cart = account.service("prod", "cart").unwrap().arn.clone();
        let by = "arn:aws:iam::123456789012:user/bob";
        world.force_new_deployment(PRODUCTION, &cart, by).unwrap();
    });
}

#[tokio::test(start_paused = true)]
async fn facts_name_reason_journal_and_the_rollout_on_the_board() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    desk.press("R");
    desk.wait(1).await;
    let dialog = desk.screen(120, 40);
    for fact in [
        "redeploy cart in production",
        "replace 3 tasks, new ones first",
        "passed",
        "aws ecs update-service",
        "type cart",
    ] {
        assert!(dialog.contains(fact), "{fact} is missing:\n{dialog}");
    }
    desk.press("ctrl-s");
    desk.write("the cache is stuck");
    desk.press("enter");
    desk.write("car");
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 0, "not with half a name");
    desk.write("t");
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 1);
    let entries = desk.journal.entries().unwrap().entries;
    let [intent, outcome] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    let (Record::Intent(intent), Record::Outcome(outcome)) = (&intent.record, &outcome.record)
    else {
        panic!("{entries:?}");
    };
    assert_eq!(&*intent.reason, "the cache is stuck");
    assert_eq!(&*intent.typed, "cart");
    assert!(intent.caller.ends_with("assumed-role/ops/alice"));
    assert_eq!(outcome.ending, Ending::Done);
    assert!(outcome.request_id.is_some() && outcome.deployment.is_some());
    assert_eq!(desk.journal.verify().unwrap(), 2);

    let done = desk.screen(120, 40);
    assert!(done.contains("changes on their way"), "{done}");
    assert!(done.contains("in progress"), "{done}");
    desk.press("esc");
    desk.wait(15).await;
    let board = desk.screen(120, 40);
    assert!(board.contains("▌ ◌ cart"), "{board}");
    assert!(board.contains("deploying"), "{board}");
    desk.wait(300).await;
    let board = desk.screen(120, 40);
    assert!(board.contains("▌ ✔ cart"), "{board}");
    assert!(board.contains("prod-cart:41 completed"), "{board}");
    desk.press("F");
    let ended = desk.screen(120, 40);
    assert!(ended.contains("done and healthy"), "{ended}");
    let entries = desk.journal.entries().unwrap().entries;
    let Some(Record::Followed(end)) = entries.last().map(|one| &one.record) else {
        panic!("{entries:?}");
    };
    assert_eq!(&*end.end, "healthy");
}

#[tokio::test(start_paused = true)]
async fn read_only_refuses_and_says_so() {
    let mut desk = Box::pin(at_cart(Opening::of("steady").read_only())).await;
    desk.press("R");
    desk.wait(1).await;
    desk.press("ctrl-s");
    let screen = desk.screen(120, 40);
    assert!(screen.contains("read-only"), "{screen}");
    assert!(screen.contains("this console is read-only"), "{screen}");
    assert_eq!(changes(&desk), 0);
    let entries = desk.journal.entries().unwrap().entries;
    assert!(matches!(
        entries
            .iter()
            .map(|one| &one.record)
            .collect::<Vec<_>>()
            .as_slice(),
        [Record::Refused(_)]
    ));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_deploys_already_is_left_alone() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    somebody_else_redeploys(&desk);
    desk.wait(20).await;
    desk.press("R");
    desk.wait(1).await;
    desk.press("ctrl-s");
    let screen = desk.screen(120, 40);
    assert!(screen.contains("is in progress"), "{screen}");
    assert_eq!(changes(&desk), 0);
}

#[tokio::test(start_paused = true)]
async fn facts_that_move_end_the_asking() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    answered(&mut desk).await;
    somebody_else_redeploys(&desk);
    desk.wait(20).await;
    let screen = desk.screen(140, 44);
    assert!(
        screen.contains("cart has moved under the dialog"),
        "{screen}"
    );
    assert!(!screen.contains("type cart"), "{screen}");
    assert_eq!(changes(&desk), 0);
}

/// CI deploys while somebody types (aws.md 10, scenario 16).
#[tokio::test(start_paused = true)]
async fn a_deployment_of_ci_ends_the_asking() {
    let text = r#"
        about = "CI deploys the cart"
        [[effect]]
        at = "20s"
        do.deploy = { service = "prod/cart", tag = "4.1.4", by = "ci" }
        "#;
    let scenario = Scenario::parsed("ci", text, Estate::shipped().unwrap()).unwrap();
    let opening = Opening::over(scenario, vec![production(), staging()]);
    let mut desk = Box::pin(at_cart(opening)).await;
    answered(&mut desk).await;
    assert!(
        desk.screen(140, 44).contains("everything is typed"),
        "{}",
        desk.screen(140, 44)
    );
    desk.wait(40).await;
    desk.press("ctrl-s");
    desk.wait(1).await;
    let screen = desk.screen(140, 44);
    let moved = "cart has moved under the dialog, nothing was done: the task definition is";
    assert!(screen.contains(moved), "{screen}");
    assert!(
        screen.contains("prod-cart:42 now, it was prod-cart:41"),
        "{screen}"
    );
    assert!(!screen.contains("type cart"), "{screen}");
    assert_eq!(changes(&desk), 0);
}

#[tokio::test(start_paused = true)]
async fn what_moved_unseen_is_found_by_the_second_look() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    answered(&mut desk).await;
    somebody_else_redeploys(&desk);
    desk.press("ctrl-s");
    desk.wait(1).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("another deployment began"), "{screen}");
    assert_eq!(changes(&desk), 0);
    let entries = desk.journal.entries().unwrap().entries;
    let Some(Record::Outcome(outcome)) = entries.last().map(|one| &one.record) else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Refused);
}

#[tokio::test(start_paused = true)]
async fn stale_data_decides_nothing() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    answered(&mut desk).await;
    desk.sim.set_faults("drop".parse().unwrap());
    desk.wait(40).await;
    desk.press("ctrl-s");
    desk.wait(1).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("refusing to run blind"), "{screen}");
    assert_eq!(changes(&desk), 0);
    assert!(desk.journal.entries().unwrap().entries.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_aws_is_told_and_recorded() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    answered(&mut desk).await;
    desk.sim
        .set_faults("denied:ecs.UpdateService".parse().unwrap());
    desk.press("ctrl-s");
    desk.wait(1).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("ecs:UpdateService"), "{screen}");
    let tried = desk.sim.calls();
    let tried = tried
        .iter()
        .filter(|call| call.service == Service::Ecs && call.operation == "UpdateService");
    assert_eq!(tried.count(), 1, "a change is asked once");
    let entries = desk.journal.entries().unwrap().entries;
    let Some(Record::Outcome(outcome)) = entries.last().map(|one| &one.record) else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Failed);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_called_unknown() {
    let mut desk = Box::pin(at_cart(Opening::of("steady"))).await;
    answered(&mut desk).await;
    desk.sim
        .set_faults("drop:ecs.UpdateService".parse().unwrap());
    desk.press("ctrl-s");
    desk.wait(1).await;
    let screen = desk.screen(120, 40);
    assert!(screen.contains("unknown outcome"), "{screen}");
    let entries = desk.journal.entries().unwrap().entries;
    let Some(Record::Outcome(outcome)) = entries.last().map(|one| &one.record) else {
        panic!("{entries:?}");
    };
    assert_eq!(outcome.ending, Ending::Unclear);
}
