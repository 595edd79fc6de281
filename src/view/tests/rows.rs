//! What the rules would say of the estate, written down so that a picture changes only when the
//! view does.

use super::estate::{ago, environments, lines, now, snapshot};
use crate::app::Model;
use crate::app::keymap::Keymap;
use crate::app::model::{Display, Size, Start};
use crate::app::screen::board::{Entry, Selected};
use crate::estate::SignedDuration;
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::event::{Event, EventKind};
use crate::estate::log::TailState;
use crate::estate::part::Part;
use crate::estate::usage::Usage;
use crate::estate::verdict::{Health, Verdict};
use crate::policy::Mode;

/// The console before anything was read.
pub(super) fn unread(columns: u16, rows: u16) -> Model {
    Model::new(Start {
        now: now(),
        size: Size { columns, rows },
        mode: Mode::Observe,
        display: Display::default(),
        environments: environments(),
        only: None,
        keymap: Keymap::load(&[]).unwrap(),
        orders: Vec::new(),
        contacts: crate::estate::advice::Contacts::default(),
        hold: crate::estate::log::held::HOLD,
        idle_after: SignedDuration::from_mins(15),
        terms: crate::policy::Terms::default(),
        services: crate::estate::catalogue::Catalogue::default(),
    })
}

/// The console after `parts`, every service judged healthy unless [`verdict`] knows better.
pub(super) fn after(parts: Vec<Part>, columns: u16, rows: u16) -> Model {
    let mut model = unread(columns, rows);
    model.look.snapshot = snapshot(parts);
    model.usage = Usage {
        calls_per_minute: 42,
        calls: 1_234,
        metrics: 6_000,
        metrics_per_hour: 6_000,
        dollars_per_hour: 0.06,
        live_tails: 0,
    };
    let seen: Vec<Row> = model
        .look
        .snapshot
        .environments
        .iter()
        .flat_map(|one| {
            one.services
                .values()
                .map(|seen| row(one.environment.name.as_str(), seen))
        })
        .collect();
    model.look.rows = seen;
    model.look.rows.sort_by(|a, b| {
        let rank = |row: &Row| row.verdict.health.rank();
        rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name))
    });
    arrange(&mut model);
    model
}

/// Lays out the board as the core does: the healthy folded while anything is sick.
pub(super) fn arrange(model: &mut Model) {
    let healthy = |row: &Row| row.verdict.health == Health::Healthy;
    let sick = model.look.rows.iter().filter(|row| !healthy(row)).count();
    let fine = model.look.rows.len() - sick;
    let shown = if sick == 0 { fine } else { sick };
    model.board.entries = (0..shown).map(Entry::Row).collect();
    if sick > 0 && fine > 1 {
        model.board.entries.push(Entry::Healthy(fine));
    }
    let first = model.look.rows.first();
    model.board.selected = first.map(|row| Selected::Service(row.arn.clone()));
}

/// The incident of SCREENS.md.
pub(super) fn incident(columns: u16, rows: u16) -> Model {
    let mut model = after(super::estate::incident(), columns, rows);
    model.look.feed = events();
    model.logs.service = Some(super::estate::service_arn("orders"));
    model.logs.lines = lines().into_iter().collect();
    model.logs.state = TailState::Live;
    model.recent = Some(Vec::new());
    model
}

fn row(environment: &str, seen: &crate::estate::snapshot::Sighting) -> Row {
    let service = &seen.service;
    let known = (environment == super::estate::PRODUCTION).then(|| verdict(&service.name));
    let rollout = match &*service.name {
        "orders" if known.is_some() => "orders:58 0/4 new · breaker on",
        "search" if known.is_some() => "search:113 2/4 new, 2 old · breaker on",
        _ => "",
    };
    Row {
        environment: environment.into(),
        arn: service.arn.clone(),
        name: service.name.clone(),
        cluster: service.cluster.clone(),
        verdict: known.flatten().unwrap_or_else(healthy),
        running: service.running,
        desired: service.desired,
        pending: service.pending,
        rollout: rollout.into(),
        seen_at: seen.seen_at,
        stale: false,
    }
}

fn healthy() -> Verdict {
    said(Health::Healthy, ago(4_000, 0), "every target healthy")
}

fn said(health: Health, since: Timestamp, evidence: &str) -> Verdict {
    Verdict {
        health,
        since: Some(since),
        evidence: evidence.into(),
        source: "DescribeServices",
    }
}

fn verdict(name: &str) -> Option<Verdict> {
    let known = match name {
        "orders" => said(
            Health::Down,
            ago(6, 12),
            "last stop OutOfMemory (137), 6 stops in 10 min, since deploy orders:58 12 min ago",
        ),
        "billing" => said(
            Health::Degraded,
            ago(11, 40),
            "DB connections 97 % and rising, only billing's tasks grow",
        ),
        "web" => said(
            Health::Degraded,
            ago(4, 3),
            "1 target unhealthy: timeout for 4 min, AZ 1b",
        ),
        "search" => said(
            Health::Deploying,
            ago(2, 10),
            "search:113 2 of 4 new, circuit breaker on, about 3 min left",
        ),
        _ => return None,
    };
    Some(known)
}

fn events() -> Vec<Event> {
    let event = |minutes, seconds, kind, words: &str, trouble| Event {
        at: ago(minutes, seconds),
        kind,
        environment: super::estate::PRODUCTION.into(),
        service: None,
        words: words.into(),
        trouble,
    };
    vec![
        event(
            0,
            31,
            EventKind::Alarm,
            "rds-connections-high ALARM (405 > 373)",
            true,
        ),
        event(2, 10, EventKind::Deploy, "search:113 started by ci", false),
        event(
            4,
            31,
            EventKind::Alarm,
            "orders-5xx-high ALARM (186 > 60)",
            true,
        ),
        event(
            5,
            42,
            EventKind::Stop,
            "orders 3f9c1c55 OutOfMemory (137)",
            true,
        ),
        event(
            6,
            0,
            EventKind::Event,
            "orders is unable to consistently start tasks successfully",
            true,
        ),
        event(12, 17, EventKind::Deploy, "orders:58 started by ci", false),
        event(
            58,
            2,
            EventKind::Action,
            "alice redeployed reports: memory leak OPS-1042",
            false,
        ),
        event(190, 0, EventKind::Deploy, "catalog:14 completed", false),
    ]
}
