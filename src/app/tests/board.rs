use proptest::prelude::*;

use super::*;
use crate::app::screen::Overlay;
use crate::app::screen::board::{Entry, Pane, Selected};
use crate::app::screen::service::Tab;

const FIVE: [(&str, u32); 5] = [
    ("api", 4),
    ("billing", 3),
    ("orders", 0),
    ("search", 4),
    ("web", 4),
];

#[test]
fn the_worst_is_selected_and_the_healthy_are_folded() {
    let mut desktop = Desktop::over(&FIVE);
    assert_eq!(desktop.subject(), Some("orders"));
    assert_eq!(desktop.model.board.entries.last(), Some(&Entry::Healthy(3)));
    desktop.press("j j");
    assert_eq!(desktop.model.board.selected, Some(Selected::Healthy));
    desktop.press("enter");
    assert_eq!(desktop.subject(), Some("api"));
    assert_eq!(desktop.model.board.entries.len(), 5);
    desktop.press("G");
    assert_eq!(desktop.subject(), Some("web"));
    desktop.press("g g H");
    assert_eq!(desktop.subject(), Some("orders"));
    assert_eq!(desktop.model.board.entries.len(), 3);
}

#[test]
fn a_quiet_estate_is_not_folded_away() {
    let desktop = Desktop::over(&[("api", 4), ("web", 4)]);
    assert_eq!(desktop.model.board.entries, [Entry::Row(0), Entry::Row(1)]);
}

#[test]
fn when_the_selected_service_goes_its_neighbour_is_selected() {
    let mut desktop = Desktop::over(&[("a", 0), ("b", 0), ("c", 0)]);
    desktop.press("j");
    desktop.see(&[("a", 0), ("c", 0)]);
    assert_eq!(desktop.subject(), Some("c"));
    desktop.see(&[("a", 0)]);
    assert_eq!(desktop.subject(), Some("a"));
    desktop.see(&[]);
    assert_eq!(desktop.model.board.selected, None);
}

#[test]
fn enter_opens_a_page_and_escape_returns() {
    let mut desktop = Desktop::over(&FIVE);
    desktop.press("enter");
    assert_eq!(desktop.model.service.as_ref().unwrap().arn, arn("orders"));
    desktop.press("tab tab tab tab tab");
    assert_eq!(desktop.model.service.as_ref().unwrap().tab, Tab::Logs);
    desktop.press("esc");
    assert!(desktop.model.service.is_none());
    assert_eq!(desktop.subject(), Some("orders"));
}

#[test]
fn tab_goes_round_the_panes() {
    let mut desktop = Desktop::over(&FIVE);
    let mut visited = vec![];
    for _ in 0..4 {
        visited.push(desktop.model.board.pane);
        desktop.press("tab");
    }
    assert_eq!(
        visited,
        [Pane::Services, Pane::Kpis, Pane::Events, Pane::Logs]
    );
    assert_eq!(desktop.model.board.pane, Pane::Services);
    desktop.press("shift-tab");
    assert_eq!(desktop.model.board.pane, Pane::Logs);
    desktop.press("esc");
    assert_eq!(desktop.model.board.pane, Pane::Services);
}

#[test]
fn a_filter_narrows_while_it_is_typed() {
    let mut desktop = Desktop::over(&FIVE);
    desktop.press("/").text("we");
    assert_eq!(desktop.subject(), Some("web"));
    desktop.press("enter");
    assert!(desktop.model.overlay.is_none());
    assert_eq!(desktop.model.board.entries.len(), 1);
    desktop.press("esc");
    assert_eq!(desktop.subject(), Some("web"));
    assert_eq!(desktop.model.board.entries.last(), Some(&Entry::Healthy(2)));
    desktop.press("/").text("degraded");
    assert_eq!(desktop.subject(), Some("billing"));
    desktop.press("ctrl-w").text("main");
    assert_eq!(desktop.model.board.entries.len(), 5);
    desktop.press("esc");
    assert!(desktop.model.board.filter.is_empty());
}

#[test]
fn letters_typed_into_a_filter_are_never_commands() {
    let mut desktop = Desktop::over(&FIVE);
    desktop.press("/").text("qR:?");
    assert_eq!(desktop.model.board.filter.text(), "qR:?");
    assert!(desktop.effects.is_empty());
    assert!(matches!(desktop.model.overlay, Some(Overlay::Filter)));
}

#[test]
fn a_paste_is_text_or_nothing() {
    let mut desktop = Desktop::over(&FIVE);
    desktop.tell(Msg::Paste("qR\n".into()));
    assert!(desktop.effects.is_empty());
    assert!(desktop.model.overlay.is_none());
    desktop.press("/");
    desktop.tell(Msg::Paste("we\u{1b}[31mb\nq".into()));
    assert_eq!(desktop.model.board.filter.text(), "we\u{FFFD}[31mb q");
}

#[test]
fn a_sequence_shows_what_may_follow_and_escape_drops_it() {
    let mut desktop = Desktop::over(&FIVE);
    desktop.press("g");
    let next: Vec<String> = crate::app::guide::following(&desktop.model)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(next, ["b", "e", "g", "h", "i", "j", "k", "l", "p", "s"]);
    desktop.press("esc");
    assert!(desktop.model.pending.is_empty());
    desktop.press("g e");
    assert_eq!(desktop.model.board.pane, Pane::Events);
    desktop.press("g x j");
    assert!(desktop.model.pending.is_empty());
}

#[test]
fn until_somebody_moves_the_worst_is_selected() {
    let mut desktop = Desktop::over(&[("web", 3)]);
    assert_eq!(desktop.subject(), Some("web"));
    desktop.see(&[("orders", 0), ("web", 3)]);
    assert_eq!(
        desktop.subject(),
        Some("orders"),
        "the worst, once it is known"
    );
    desktop.wait(200).see(&[("orders", 0), ("web", 3)]);
    desktop.wait(200);
    let followed = desktop.model.logs.service.clone();
    assert_eq!(
        followed,
        Some(arn("orders")),
        "news do not keep it from resting"
    );
    desktop.press("j");
    desktop.see(&[("orders", 0), ("search", 0), ("web", 3)]);
    assert_eq!(desktop.subject(), Some("web"), "from then on it stays");
}

proptest! {
    /// Whatever AWS says next, whoever is selected stays selected while it exists.
    #[test]
    fn a_selection_never_drifts(
        looks in prop::collection::vec(
            prop::collection::btree_map("[a-f]", 0..=4_u32, 0..6), 1..8
        ),
        moves in 0..6_usize,
        unfold: bool,
    ) {
        let all: Vec<(String, u32)> = ["a", "b", "c", "d", "e", "f"]
            .iter().zip([0, 4, 2, 4, 0, 4]).map(|(name, running)| ((*name).to_owned(), running))
            .collect();
        let borrowed: Vec<(&str, u32)> = all.iter().map(|(n, r)| (n.as_str(), *r)).collect();
        let mut desktop = Desktop::over(&borrowed);
        if unfold { desktop.press("H"); }
        for _ in 0..moves { desktop.press("j"); }
        for look in looks {
            let before = desktop.model.board.selected.clone();
            let seen: Vec<(&str, u32)> = look.iter().map(|(n, r)| (n.as_str(), *r)).collect();
            desktop.see(&seen);
            if let Some(Selected::Service(arn)) = &before {
                let row = desktop.model.look.row(arn);
                let listed = desktop.model.board.entries.iter().any(|entry| match entry {
                    Entry::Row(place) => desktop.model.look.rows[*place].arn == *arn,
                    Entry::Healthy(_) => false,
                });
                if row.is_some() && desktop.model.board.chosen {
                    prop_assert!(listed, "a selected service must keep a line of its own");
                    prop_assert_eq!(&desktop.model.board.selected, &before);
                }
            }
            let at = desktop.model.board.selected_index(&desktop.model.look.rows);
            prop_assert_eq!(at.is_none(), desktop.model.board.entries.is_empty());
        }
    }
}

/// Whoever types a name means the worst service of that name, not the one that slid under the cursor.
#[test]
fn a_filter_selects_the_worst_that_passes() {
    let mut desktop = Desktop::over(&[("orders", 0), ("orders-api", 4), ("web", 4), ("zoo", 4)]);
    desktop.press("H G");
    assert_eq!(desktop.subject(), Some("zoo"));
    desktop.press("/").text("ord").press("enter");
    assert_eq!(desktop.subject(), Some("orders"));
}
