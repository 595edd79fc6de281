//! A console observes until somebody arms it, and everybody in the room sees that it is armed.

use firstline::estate::{SignedDuration, Timestamp};
use firstline::journal::Record;
use firstline::policy::{Freeze, Terms, Window};

use super::harness::{Desk, Opening};

async fn at_cart(opening: Opening) -> Desk {
    let mut desk = opening.open().await;
    desk.wait(5).await;
    desk.press("/");
    desk.write("cart");
    desk.press("enter");
    desk
}

fn changes(desk: &Desk) -> usize {
    let calls = desk.sim.calls();
    let changing = calls
        .iter()
        .filter(|call| call.operation == "UpdateService");
    changing.count()
}

#[tokio::test(start_paused = true)]
async fn a_redeploy_of_production_arms_first() {
    let mut desk = at_cart(Opening::of("steady").observing()).await;
    assert!(desk.screen(120, 40).contains(" observe "));
    desk.press("R");
    desk.wait(1).await;
    let asked = desk.screen(120, 40);
    assert!(asked.contains("arm this console"), "{asked}");
    assert!(asked.contains("redeploy cart needs it"), "{asked}");
    desk.press("ctrl-s");
    assert!(
        desk.screen(120, 40)
            .contains("a reason or a ticket is needed")
    );
    desk.write("INC-42 the cache is stuck");
    desk.press("ctrl-s");
    desk.wait(1).await;
    let dialog = desk.screen(120, 40);
    assert!(dialog.contains("ARMED 14:5"), "{dialog}");
    assert!(dialog.contains("redeploy cart in production"), "{dialog}");
    assert!(
        dialog.contains("INC-42 the cache is stuck"),
        "the reason is there:\n{dialog}"
    );
    assert_eq!(changes(&desk), 0);
    desk.write("cart");
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 1);
    let entries = desk.journal.entries().unwrap().entries;
    let (Record::Armed(armed), Record::Intent(intent)) = (&entries[0].record, &entries[1].record)
    else {
        panic!("{entries:?}");
    };
    assert_eq!(&*armed.reason, "INC-42 the cache is stuck");
    assert!(armed.callers[0].ends_with("assumed-role/ops/alice"));
    assert!(!armed.glass && !intent.glass);
    desk.press("esc");
    desk.wait(60 * 15).await;
    let later = desk.screen(120, 40);
    assert!(
        later.contains(" observe ") && !later.contains("ARMED"),
        "{later}"
    );
}

/// A freeze that holds for the next hours.
fn frozen(now: Timestamp) -> Terms {
    Terms {
        freezes: vec![Freeze {
            name: "year's end".into(),
            when: Window::Once {
                from: now - SignedDuration::from_hours(1),
                until: now + SignedDuration::from_hours(9),
            },
            environments: vec![],
        }],
        ..Terms::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_freeze_holds_until_the_glass_is_broken() {
    let opening = Opening::of("steady").observing();
    let desk = opening.open().await;
    let now = desk.model().now;
    drop(desk);
    let mut desk = at_cart(Opening::of("steady").observing().terms(frozen(now))).await;
    desk.press("R");
    desk.wait(1).await;
    let refused = desk.screen(120, 40);
    assert!(refused.contains("frozen: year's end"), "{refused}");
    assert!(refused.contains("rule frozen"), "{refused}");
    desk.press("esc");
    desk.press("g");
    desk.press("b");
    desk.wait(1).await;
    assert!(desk.screen(120, 40).contains("break the glass"));
    desk.write("INC-43 all is down");
    desk.press("ctrl-s");
    desk.wait(1).await;
    let frame = desk.screen(120, 40);
    assert!(
        frame.contains("GLASS BROKEN") && frame.contains('═'),
        "{frame}"
    );
    desk.press("R");
    desk.wait(1).await;
    desk.write("it must be");
    desk.press("enter");
    desk.write("cart");
    let warned = desk.screen(120, 40);
    assert!(warned.contains("behind the broken glass"), "{warned}");
    desk.press("ctrl-k");
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 1);
    let entries = desk.journal.entries().unwrap().entries;
    let armed = entries.iter().find_map(|entry| {
        let Record::Armed(armed) = &entry.record else {
            return None;
        };
        Some(armed.glass)
    });
    let carried = entries.iter().find_map(|entry| entry.record.intent());
    assert_eq!(
        (armed, carried.map(|one| one.glass)),
        (Some(true), Some(true))
    );
    assert!(
        entries.iter().any(
            |entry| matches!(&entry.record, Record::Refused(refused) if *refused.rule == *"frozen")
        ),
        "{entries:?}"
    );
    // The second restart of the same service within 15 minutes is behind the glass too.
    desk.press("esc");
    desk.press("g");
    desk.press("j");
    desk.wait(1).await;
    let journal = desk.screen(120, 40);
    assert!(journal.contains("broke the glass"), "{journal}");
    assert!(journal.contains("every seal is good"), "{journal}");
}

#[tokio::test(start_paused = true)]
async fn a_service_cools_down_between_two_restarts() {
    let mut desk = at_cart(Opening::of("steady")).await;
    desk.press("R");
    desk.wait(1).await;
    desk.write("the cache is stuck");
    desk.press("enter");
    desk.write("cart");
    desk.press("ctrl-s");
    desk.wait(1).await;
    assert_eq!(changes(&desk), 1);
    desk.press("esc");
    desk.wait(60 * 10).await;
    desk.press("f5");
    desk.wait(2).await;
    desk.press("R");
    desk.wait(1).await;
    let refused = desk.screen(120, 40);
    assert!(
        refused.contains("cart: redeploy 10 min ago by"),
        "{refused}"
    );
    desk.press("esc");
    desk.wait(60 * 5).await;
    desk.press("f5");
    desk.wait(2).await;
    desk.press("R");
    desk.wait(1).await;
    let asked = desk.screen(120, 40);
    assert!(asked.contains("type cart"), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn the_policy_is_a_page() {
    let mut desk = at_cart(Opening::of("steady").observing()).await;
    desk.press("g");
    desk.press("p");
    desk.wait(1).await;
    let page = desk.screen(120, 40);
    assert!(
        page.contains("observing: production needs it armed"),
        "{page}"
    );
    assert!(page.contains("alice@ops is operator"), "{page}");
    assert!(page.contains("read-only"), "{page}");
}
