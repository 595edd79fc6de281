//! What stands where, as a function of the terminal's size and the focus alone, so that nothing
//! moves when a number grows.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::screen::board::Pane;

/// Below this nothing can be laid out that would still be true.
const SMALLEST: (u16, u16) = (60, 15);
/// From here on all panes stand side by side; below, they are tabs.
const ROOMY: (u16, u16) = (100, 30);

/// From here on two KPIs stand in a line.
pub(super) const TWO_ABREAST: u16 = 116;
/// From here on a service's page has a column of its own for what surrounds it.
const WIDE: u16 = 150;
/// Lines for what is advised (and, where there is room, for the keys of the next steps).
const NEXT: u16 = 4;
const ADVICE: u16 = 2;
/// Lines that say the whole evidence of the selected service, and on a tall screen its numbers too.
const EVIDENCE: u16 = 2;
const MORE_EVIDENCE: u16 = 7;
/// From so many lines on one pane alone has a line to spare.
const SPARE: u16 = 14;
/// From so many lines on a screen is a tall one.
const TALL: u16 = 50;

/// The strips around every screen.
pub(super) struct Strips {
    pub(super) identity: Rect,
    pub(super) rule: Rect,
    pub(super) headline: Rect,
    pub(super) banner: Rect,
    pub(super) body: Rect,
    pub(super) status: Rect,
    pub(super) hints: Rect,
}

/// The panes of the board; one that is not in sight is empty.
#[derive(Default)]
pub(super) struct Panes {
    pub(super) tabs: Rect,
    pub(super) services: Rect,
    pub(super) evidence: Rect,
    pub(super) kpis: Rect,
    pub(super) events: Rect,
    pub(super) logs: Rect,
}

/// The parts of a service's page; one that is not in sight is empty.
#[derive(Default)]
pub(super) struct Page {
    pub(super) facts: Rect,
    pub(super) deployments: Rect,
    pub(super) kpis: Rect,
    pub(super) tabs: Rect,
    pub(super) body: Rect,
    pub(super) side: Rect,
    pub(super) next: Rect,
    pub(super) logs: Rect,
}

/// Whether `area` is too small for any screen.
pub(super) fn too_small(area: Rect) -> bool {
    area.width < SMALLEST.0 || area.height < SMALLEST.1
}

/// Whether all panes fit side by side.
pub(super) fn is_roomy(area: Rect) -> bool {
    area.width >= ROOMY.0 && area.height + STRIPS >= ROOMY.1
}

/// Lines of the strips.
const STRIPS: u16 = 6;

/// Lays out the strips.
pub(super) fn frame(area: Rect) -> Strips {
    let one = Constraint::Length(1);
    let [identity, rule, headline, banner, body, status, hints] =
        Layout::vertical([one, one, one, one, Constraint::Fill(1), one, one]).areas(area);
    Strips {
        identity,
        rule,
        headline,
        banner,
        body,
        status,
        hints,
    }
}

/// Where a box may lie over a screen: under the strip that says who and where one is and whether the
/// console is armed, and over the one with the keys.
pub(super) fn over(area: Rect) -> Rect {
    Rect {
        y: area.y + 2.min(area.height),
        height: area.height.saturating_sub(4),
        ..area
    }
}

/// Lays out the board in what the strips leave.
pub(super) fn panes(body: Rect, focus: Pane) -> Panes {
    if is_roomy(body) {
        side_by_side(body)
    } else {
        one_at_a_time(body, focus)
    }
}

/// Two parts of five for the services, three for what happens and what is said: enough for an
/// incident, and the rest of the estate fits beneath it in few words. On a tall screen a third
/// is enough for that.
fn side_by_side(body: Rect) -> Panes {
    let tall = body.height + STRIPS >= TALL;
    let (evidence, more, part) = if tall {
        (MORE_EVIDENCE, 3, 1)
    } else {
        (EVIDENCE, 0, 2)
    };
    let numbers = 1 + more + if body.width >= TWO_ABREAST { 3 } else { 4 };
    let [services, evidence, _, kpis, _, below] = Layout::vertical([
        Constraint::Fill(part),
        Constraint::Length(evidence),
        Constraint::Length(1),
        Constraint::Length(numbers),
        Constraint::Length(1),
        Constraint::Fill(if tall { 2 } else { 3 }),
    ])
    .areas(body);
    let [events, _, logs] = Layout::horizontal([
        Constraint::Fill(1),
        Constraint::Length(2),
        Constraint::Fill(1),
    ])
    .areas(below);
    Panes {
        services,
        evidence,
        kpis,
        events,
        logs,
        ..Panes::default()
    }
}

fn one_at_a_time(body: Rect, focus: Pane) -> Panes {
    let [tabs, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(body);
    let mut panes = Panes {
        tabs,
        ..Panes::default()
    };
    match focus {
        Pane::Services => {
            // Narrow lines wrap: the third is for what to do, where the services can spare it.
            let evidence = EVIDENCE + u16::from(rest.height >= SPARE);
            [panes.services, panes.evidence, panes.kpis] = Layout::vertical([
                Constraint::Fill(1),
                Constraint::Length(evidence),
                Constraint::Length(2),
            ])
            .areas(rest);
        }
        Pane::Kpis => panes.kpis = rest,
        Pane::Events => panes.events = rest,
        Pane::Logs => panes.logs = rest,
    }
    panes
}

/// Lays out a service's page in what the strips leave; `follows` is whether the log may stand
/// below the tab.
pub(super) fn page(body: Rect, follows: bool) -> Page {
    let roomy = is_roomy(body);
    let (numbers, log) = match (roomy, follows) {
        (true, true) => (4, Constraint::Fill(2)),
        (true, false) => (4, Constraint::Length(0)),
        (false, _) => (1, Constraint::Length(0)),
    };
    let air = Constraint::Length(u16::from(roomy));
    let below = Constraint::Length(u16::from(roomy && follows));
    let next = Constraint::Length(if roomy { NEXT } else { ADVICE });
    let [facts, deployments, _, kpis, _, tabs, body, next, _, logs] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(if roomy { 3 } else { 2 }),
        air,
        Constraint::Length(numbers),
        air,
        Constraint::Length(1),
        Constraint::Fill(4),
        next,
        below,
        log,
    ])
    .areas(body);
    let wide = if roomy && body.width >= WIDE {
        body.width / 5 * 2
    } else {
        0
    };
    let [body, side] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(wide)]).areas(body);
    Page {
        facts,
        deployments,
        kpis,
        tabs,
        body,
        side,
        next,
        logs,
    }
}
