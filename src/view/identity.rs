//! The first line: where we are, as whom, what may happen here, and how old it all is.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, clock, zone};
use super::theme::Tone;
use crate::app::Model;
use crate::estate::environment::Tier;
use crate::estate::id::AccountId;
use crate::estate::identity::Identity;
use crate::estate::problem::Feed;
use crate::estate::snapshot::EnvironmentSnapshot;
use crate::estate::{SignedDuration, Timestamp, board, words};
use crate::policy::{Arm, Mode};

/// From here on a person should think of signing in again.
const CREDENTIALS_SOON: SignedDuration = SignedDuration::from_hours(1);
/// From here on they may not last as long as what is being done.
const CREDENTIALS_NOW: SignedDuration = SignedDuration::from_mins(10);

/// Draws the identity of the environment that is looked at.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect) {
    let model = canvas.model;
    let Some(here) = place(model) else {
        return;
    };
    let right = figures(model, here, area.width);
    let width: usize = right.iter().map(|(text, _)| text.width() + 2).sum();
    let width = u16::try_from(width).unwrap_or(area.width);
    let tier = tier(model, here);
    let mut pen = canvas.pen(area);
    pen.within(area.width.saturating_sub(width), |pen| {
        pen.put(badge(tier), Tone::Tier(tier)).gap(1);
        match (model.mode, &model.arm) {
            (Mode::ReadOnly, _) => pen.put("read-only", Tone::ReadOnly),
            (Mode::Observe, Some(arm)) => pen.put(&armed(arm, model.now), Tone::Danger),
            (Mode::Observe, None) => pen.put("observe", Tone::Observe),
        };
        pen.gap(2).put(&account(here), Tone::Strong);
        pen.gap(2)
            .text(here.environment.region.as_str(), Tone::Muted);
        if let Some(caller) = &here.identity {
            pen.gap(2).rest(&caller.short(), Tone::Muted);
        }
    });
    pen.to(area.right().saturating_sub(width));
    for (text, tone) in &right {
        pen.gap(1).put(text, *tone).gap(1);
    }
}

/// Draws the line below: heavy and in the tier's colour for production, so that it is seen from
/// across the room.
pub(super) fn draw_rule(canvas: &mut Canvas<'_>, area: Rect) {
    let tier = place(canvas.model).map(|here| tier(canvas.model, here));
    match tier {
        Some(Tier::Production) => canvas.rule(area, "━", Tone::Unknown),
        Some(Tier::Staging | Tier::Development) | None => canvas.rule(area, "─", Tone::Faint),
    }
}

/// The environment that is looked at: the one of the opened or selected service, else the only
/// one, else the first.
pub(super) fn place(model: &Model) -> Option<&EnvironmentSnapshot> {
    let snapshot = &model.look.snapshot;
    let subject = model.subject().and_then(|arn| snapshot.service(arn));
    let chosen = subject.map(|(place, _)| place);
    chosen
        .or_else(|| {
            model
                .only
                .as_ref()
                .and_then(|name| snapshot.environment(name))
        })
        .or_else(|| snapshot.environments.first())
}

/// The tier that can be proven for what is looked at: of the subject's cluster, else of every
/// cluster of the environment.
fn tier(model: &Model, here: &EnvironmentSnapshot) -> Tier {
    let caller = here.identity.as_ref().map(|one| &one.account);
    let subject = model.subject().and_then(|arn| here.services.get(arn));
    let proven = |cluster| here.environment.proven_tier(caller, cluster);
    subject.map_or_else(
        || here.clusters.iter().map(proven).min().unwrap_or_default(),
        |seen| proven(&seen.service.cluster),
    )
}

/// ` ARMED 14:32 `, or ` GLASS BROKEN 14:32 `: the minutes and seconds left.
fn armed(arm: &Arm, now: Timestamp) -> String {
    let left = arm.left(now).unwrap_or_default().as_secs();
    let word = if arm.glass { "GLASS BROKEN" } else { "ARMED" };
    format!(" {word} {:02}:{:02} ", left / 60, left % 60)
}

const fn badge(tier: Tier) -> &'static str {
    match tier {
        Tier::Production => " PRODUCTION ",
        Tier::Staging => " staging ",
        Tier::Development => " development ",
    }
}

/// `acme-prod 1234-5678-9012`; where AWS has not said yet who asks, what the settings claim.
fn account(here: &EnvironmentSnapshot) -> String {
    let id = here.identity.as_ref().map(|one| &one.account);
    let id = id.or(here.environment.account.as_ref());
    let id = id.map_or_else(|| "account unknown".to_owned(), grouped);
    match &here.environment.alias {
        Some(alias) => format!("{alias} {id}"),
        None => id,
    }
}

/// `1234-5678-9012`: twelve digits in three groups can be read aloud.
pub(super) fn grouped(account: &AccountId) -> String {
    let digits = account.as_str();
    match (digits.get(..4), digits.get(4..8), digits.get(8..)) {
        (Some(a), Some(b), Some(c)) if digits.len() == 12 => format!("{a}-{b}-{c}"),
        _ => digits.to_owned(),
    }
}

/// What stands at the right: as much as the width allows, the clock always.
fn figures(model: &Model, here: &EnvironmentSnapshot, width: u16) -> Vec<(String, Tone)> {
    let mut figures = Vec::new();
    if width >= 150 {
        let calls = model.usage.calls_per_minute;
        figures.push((format!("{calls:>4} calls/min"), Tone::Muted));
    }
    if width >= 120 {
        let money = words::dollars_per_hour(model.usage.dollars_per_hour);
        figures.push((money, Tone::Muted));
    }
    figures.extend(
        here.identity
            .as_ref()
            .and_then(|one| credentials(model, one)),
    );
    if model.is_idle() {
        figures.push(("idle: fewer metrics".to_owned(), Tone::Muted));
    }
    figures.push(data_age(model, here));
    figures.push((now(model), Tone::Text));
    figures
}

/// `14:03:22`, with the zone where it is not UTC.
fn now(model: &Model) -> String {
    let time = clock(model, model.now);
    if !model.display.local {
        return time;
    }
    format!("{time} {}", zone(model, model.now))
}

/// `login 41 m`, once that is less than an hour.
fn credentials(model: &Model, identity: &Identity) -> Option<(String, Tone)> {
    let left = identity.expires_at?.duration_since(model.now);
    if left >= CREDENTIALS_SOON {
        return None;
    }
    let tone = if left < CREDENTIALS_NOW {
        Tone::Danger
    } else {
        Tone::Degraded
    };
    Some((format!("login {:>4}", words::age(left)), tone))
}

/// `data 3 s`; what is too old to be believed says so in the loudest tone there is.
fn data_age(model: &Model, here: &EnvironmentSnapshot) -> (String, Tone) {
    let Some(age) = board::age(here, model.now) else {
        return ("no data yet".to_owned(), Tone::Unknown);
    };
    let mut rows = model.look.rows.iter();
    let stale = rows.any(|row| row.stale && row.environment == here.environment.name);
    let troubled = here
        .feed(Feed::Services)
        .is_some_and(|feed| !feed.problems.is_empty());
    let tone = match (stale, troubled) {
        (true, _) => Tone::Danger,
        (false, true) => Tone::Degraded,
        (false, false) => Tone::Muted,
    };
    (format!("data {:>4}", words::age(age)), tone)
}
