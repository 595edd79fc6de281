//! The journal a team shares, behind the console: nothing is to be seen of it while it works, and what
//! is wrong with it is on the strip and on the journal's page.

use super::harness::{Desk, Opening};
use crate::opened::{Folder, PRODUCTION};

const GROUP: &str = "/ops/firstline";

async fn open(faults: &str, group: &'static str) -> Desk {
    let opening = Opening::of("steady").observing().sharing(group);
    let mut desk = opening.faults(faults).open().await;
    desk.wait(5).await;
    desk
}

/// Arms the console, which is an entry.
async fn arm(desk: &mut Desk, reason: &str) {
    desk.press("A");
    desk.wait(1).await; // what is typed ahead is dropped
    desk.write(reason);
    desk.press("ctrl-s");
    desk.wait(8).await;
}

/// How many lines are in the group.
fn there(desk: &Desk) -> usize {
    desk.sim.with_world(|world| {
        let groups = world.account(PRODUCTION).unwrap().log_groups.iter();
        let streams = groups
            .filter(|one| one.name == GROUP)
            .flat_map(|one| &one.streams);
        streams.map(|one| one.written().count()).sum()
    })
}

/// The journal's page.
async fn page(desk: &mut Desk) -> String {
    desk.press("g j");
    desk.wait(1).await;
    let page = desk.screen(120, 40);
    desk.press("esc");
    page
}

#[tokio::test(start_paused = true)]
async fn what_is_recorded_is_shared_and_nothing_is_said() {
    let mut desk = open("", GROUP).await;
    assert!(!desk.screen(120, 40).contains("shared journal"));
    arm(&mut desk, "INC-42").await;
    assert_eq!(there(&desk), 1);
    assert!(!desk.screen(120, 40).contains("shared journal"));
    let page = page(&mut desk).await;
    assert!(
        page.contains("shared in /ops/firstline: 1 entry, the last at"),
        "{page}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_missing_permission_is_named_and_tried_seldom() {
    let mut desk = open("denied:logs.PutLogEvents", GROUP).await;
    arm(&mut desk, "INC-42").await;
    let screen = desk.screen(120, 40);
    let said = "▲ the shared journal /ops/firstline, 1 entry waits: you may not PutLogEvents";
    assert!(screen.contains(said), "{screen}");
    assert!(screen.contains("ARMED"), "nothing waits for it:\n{screen}");
    let page = page(&mut desk).await;
    for words in [
        "shared in /ops/firstline: 0 entries; 1 entry waits",
        "logs:PutLogEvents is missing; tried again at 11-21 14:",
    ] {
        assert!(page.contains(words), "{words}:\n{page}");
    }
    desk.wait(600).await;
    let tries = || {
        let calls = desk.sim.calls().into_iter();
        calls.filter(|one| one.operation == "PutLogEvents").count()
    };
    assert_eq!(tries(), 1, "the permission is not waited for with haste");
    desk.sim.set_faults("".parse().unwrap());
    desk.press("f5");
    desk.wait(3).await;
    assert_eq!(there(&desk), 1);
    let screen = desk.screen(120, 40);
    assert!(!screen.contains("shared journal"), "{screen}");
}

#[tokio::test(start_paused = true)]
async fn an_outage_mends_itself() {
    let mut desk = open("drop:logs.PutLogEvents", GROUP).await;
    arm(&mut desk, "INC-42").await;
    desk.wait(60).await;
    let screen = desk.screen(120, 40);
    assert!(
        screen.contains("1 entry waits, the oldest for 1 min"),
        "{screen}"
    );
    desk.sim.set_faults("".parse().unwrap());
    desk.wait(500).await;
    assert_eq!(there(&desk), 1);
    assert!(!desk.screen(120, 40).contains("shared journal"));
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_not_there_is_told() {
    let mut desk = open("", "/ops/other").await;
    arm(&mut desk, "INC-42").await;
    let screen = desk.screen(120, 40);
    let said = "the shared journal /ops/other, 1 entry waits: there is no log group /ops/other";
    assert!(screen.contains(said), "{screen}");
    let calls = desk.sim.calls();
    assert!(calls.iter().all(|one| one.operation != "CreateLogGroup"));
}

/// A console that was killed left lines behind: the next one sends them.
#[tokio::test(start_paused = true)]
async fn the_next_console_sends_what_the_last_one_left() {
    let folder = Folder::new();
    let opening = || {
        Opening::of("steady")
            .observing()
            .sharing(GROUP)
            .record(&folder)
    };
    let mut desk = opening().faults("drop:logs.PutLogEvents").open().await;
    desk.wait(5).await;
    arm(&mut desk, "INC-42").await;
    let world = desk.world();
    drop(desk);
    let mut next = opening().on(&world).open().await;
    next.wait(5).await;
    assert_eq!(there(&next), 1);
}

/// Two consoles, two machines, one group: each sees what the other did.
#[tokio::test(start_paused = true)]
async fn the_team_is_a_page_away() {
    let mut desk = open("", GROUP).await;
    arm(&mut desk, "INC-42").await;
    let world = desk.world();
    let opening = Opening::of("steady").observing().sharing(GROUP);
    let mut other = opening.on(&world).open().await;
    other.wait(5).await;
    arm(&mut other, "INC-43").await;
    other.press(":");
    other.write("journal show --shared --since 1h");
    other.press("enter");
    other.wait(2).await;
    let page = other.screen(120, 40);
    for words in [
        "the team's journal",
        "2 journals in /ops/firstline",
        "“INC-42”",
        "“INC-43”",
    ] {
        assert!(page.contains(words), "{words}:\n{page}");
    }
    other.press("g j");
    other.wait(2).await;
    let own = other.screen(120, 40);
    assert!(own.contains("the journal, newest first"), "{own}");
    other.press("g j");
    other.wait(2).await;
    let team = other.screen(120, 40);
    assert!(
        team.contains("the team's journal"),
        "the same keys again:\n{team}"
    );
}

/// Who may alter nothing writes into no group, and reads what the team did.
#[tokio::test(start_paused = true)]
async fn a_read_only_console_reads_and_sends_nothing() {
    let mut desk = open("", GROUP).await;
    arm(&mut desk, "INC-42").await;
    let world = desk.world();
    let opening = Opening::of("steady").read_only().sharing(GROUP);
    let mut other = opening.on(&world).open().await;
    other.wait(5).await;
    other
        .journal
        .disarmed(firstline::estate::Timestamp::UNIX_EPOCH)
        .unwrap();
    other.press(":");
    other.write("journal show --shared");
    other.press("enter");
    other.wait(20).await;
    let page = other.screen(120, 40);
    assert!(page.contains("1 journal in /ops/firstline"), "{page}");
    assert_eq!(there(&desk), 1);
}
