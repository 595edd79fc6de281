//! The page of one service: the sentence that says how it is, then what stands behind it.

use ratatui::layout::{Position, Rect};
use strum::IntoEnumIterator as _;

use super::canvas::{Canvas, line};
use super::layout::{Strips, page};
use super::theme::{Tone, health_mark};
use super::widget::window;
use super::{capacity, chronicle, deployments, kpis, logs, tasks};
use crate::app::Model;
use crate::app::screen::service::{ServicePage, Tab};
use crate::estate::board::Row;
use crate::estate::service::{Controller, Scheduling, Service, ServiceStatus};
use crate::estate::verdict::strategy_word;

/// Columns between two tabs of a line so wide.
const fn tab_gap(width: u16) -> u16 {
    if width < 100 { 2 } else { 4 }
}

/// Whether the log may stand below the tab: not when the tab is the log itself.
pub(super) fn log_follows(model: &Model) -> bool {
    model
        .service
        .as_ref()
        .is_none_or(|page| page.tab != Tab::Logs)
}

/// Draws the page of the opened service.
pub(super) fn draw(canvas: &mut Canvas<'_>, strips: &Strips) {
    let model = canvas.model;
    let Some(opened) = &model.service else {
        return;
    };
    let areas = page(strips.body, log_follows(model));
    let Some((_, seen)) = model.look.snapshot.service(&opened.arn) else {
        let words = format!("{} is not there any more", opened.arn.name());
        canvas
            .pen(strips.headline)
            .gap(1)
            .rest(&words, Tone::Unknown);
        let again = "it was deleted, or its cluster could not be listed; esc goes back";
        canvas.pen(strips.banner).gap(1).rest(again, Tone::Muted);
        return;
    };
    if let Some(row) = model.look.row(&opened.arn) {
        draw_headline(canvas, strips.headline, row);
    }
    draw_facts(canvas, areas.facts, &seen.service);
    deployments::draw(canvas, areas.deployments);
    capacity::draw_next(canvas, areas.next);
    capacity::draw_side(canvas, areas.side);
    kpis::draw_of(canvas, areas.kpis, &opened.arn);
    draw_tabs(canvas, areas.tabs, opened.tab);
    match opened.tab {
        Tab::Tasks => tasks::draw(canvas, areas.body, opened),
        Tab::Deployments => deployments::draw_all(canvas, areas.body, opened),
        Tab::Capacity => capacity::draw(canvas, areas.body, opened),
        Tab::Timeline => chronicle::draw_tab(canvas, areas.body, &opened.sight),
        Tab::Events => draw_events(canvas, areas.body, opened, &seen.service),
        Tab::Logs => logs::draw(canvas, areas.body, true),
    }
    logs::draw(canvas, areas.logs, false);
}

fn draw_headline(canvas: &mut Canvas<'_>, area: Rect, row: &Row) {
    let health = row.verdict.health;
    let tone = if row.stale {
        Tone::Stale
    } else {
        Tone::of_health(health)
    };
    let since = row.verdict.since.map(|since| canvas.when(since));
    let mut pen = canvas.pen(area);
    pen.gap(1).put(health_mark(health), tone).gap(1);
    pen.put(&row.name, Tone::Strong)
        .gap(1)
        .put(health.word(), tone);
    if let Some(since) = since {
        let preposition = if since.contains(':') {
            " since "
        } else {
            " for "
        };
        pen.put(preposition, Tone::Muted).put(&since, tone);
    }
    pen.gap(2).rest(&row.verdict.evidence, Tone::Text);
}

fn draw_facts(canvas: &mut Canvas<'_>, area: Rect, service: &Service) {
    let mut pen = canvas.pen(area);
    let tasks = format!("{}/{} running", service.running, service.desired);
    pen.gap(3).put(&tasks, Tone::Text);
    if service.pending > 0 {
        pen.put(&format!(", {} pending", service.pending), Tone::Moving);
    }
    let mut fact = |words: &str, tone| {
        pen.put("  ·  ", Tone::Faint).put(words, tone);
    };
    fact(service.task_definition.label(), Tone::Text);
    fact(service.cluster.name(), Tone::Muted);
    match &service.status {
        ServiceStatus::Active => {}
        ServiceStatus::Draining => fact("DRAINING", Tone::Degraded),
        ServiceStatus::Inactive => fact("INACTIVE", Tone::Degraded),
        ServiceStatus::Unknown(word) => fact(word, Tone::Unknown),
    }
    match &service.scheduling {
        Scheduling::Replica => {}
        Scheduling::Daemon => fact("daemon", Tone::Muted),
        Scheduling::Unknown(word) => fact(word, Tone::Unknown),
    }
    match &service.controller {
        Controller::Ecs => {}
        Controller::CodeDeploy => fact("deployed by CodeDeploy", Tone::Muted),
        Controller::External => fact("deployed from outside ECS", Tone::Muted),
        Controller::Unknown(word) => fact(word, Tone::Unknown),
    }
    if let Some(strategy) = strategy_word(&service.strategy) {
        fact(strategy, Tone::Muted);
    }
    if service.express {
        fact("Express", Tone::Muted);
    }
    if service.rolling.circuit_breaker {
        fact("circuit breaker on", Tone::Muted);
    } else {
        fact("no circuit breaker", Tone::Degraded);
    }
    if service.exec_enabled {
        fact("exec on", Tone::Muted);
    }
}

fn draw_tabs(canvas: &mut Canvas<'_>, area: Rect, shown: Tab) {
    let gap = tab_gap(area.width);
    let mut pen = canvas.pen(area);
    pen.gap(1);
    for tab in Tab::iter() {
        let (mark, tone) = if tab == shown {
            ("▌ ", Tone::Accent)
        } else {
            ("  ", Tone::Muted)
        };
        pen.put(mark, tone)
            .put(&tab.to_string().to_uppercase(), tone)
            .gap(gap);
    }
}

/// The tab at a place of the tab line.
pub(super) fn tab_at(area: Rect, at: Position) -> Option<Tab> {
    if !area.contains(at) {
        return None;
    }
    let mut x = area.x + 1;
    for tab in Tab::iter() {
        let end = x + 2 + u16::try_from(tab.to_string().len()).unwrap_or(0);
        if (x..end).contains(&at.x) {
            return Some(tab);
        }
        x = end + tab_gap(area.width);
    }
    None
}

fn draw_events(canvas: &mut Canvas<'_>, area: Rect, opened: &ServicePage, service: &Service) {
    if service.events.is_empty() {
        canvas
            .pen(area)
            .gap(3)
            .rest("AWS remembers no event of this service", Tone::Muted);
    }
    // AWS begins each with the service, whose page this is.
    let own = format!("(service {}) ", service.name);
    let window = window::from(opened.top, service.events.len(), usize::from(area.height));
    for (down, event) in service.events[window].iter().enumerate() {
        let when = canvas.when(event.at);
        let mut pen = canvas.pen(line(area, down));
        pen.gap(1).right(&when, 8, Tone::Muted).gap(2).rest(
            event.message.strip_prefix(&own).unwrap_or(&event.message),
            Tone::Text,
        );
    }
}
