//! `firstline kpis`, `alarms` and `cost`: the numbers without a terminal.

use anyhow::Context;
use serde_json::json;

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};
use crate::app::command::{Alarms, Cost, Kpis, find_service};
use crate::estate::alarm::AlarmState;
use crate::estate::figures::{Bell, Figure, bells, figures};
use crate::estate::id::ServiceArn;
use crate::estate::part::Read;
use crate::estate::report::problems;
use crate::estate::snapshot::Snapshot;
use crate::estate::usage::{Estimate, Prices};
use crate::estate::verdict::Judge;
use crate::estate::{SignedDuration, Timestamp, words};

/// Measures once and prints what there is.
pub(super) async fn kpis(opened: &Opened, args: &Kpis) -> anyhow::Result<Exit> {
    let snapshot = look::look(&opened.cloud).await;
    let now = (opened.clock)();
    let since = args.since.unwrap_or(SignedDuration::ZERO);
    let found = match args.what.as_deref() {
        None => figures(&snapshot, None, None, (now, since)),
        Some(name) if snapshot.environment(&name.into()).is_some() => {
            figures(&snapshot, Some(&name.into()), None, (now, since))
        }
        Some(name) => {
            let rows = Judge::default().look(&snapshot, now);
            match find_service(&rows, name) {
                Ok(row) => figures(&snapshot, None, Some(&row.arn), (now, since)),
                Err(words) => {
                    print::problem(&format!("no environment is called \"{name}\", and {words}"));
                    print::problems(snapshot.problems());
                    return Ok(Exit::Unknown);
                }
            }
        }
    };
    if args.json {
        let report = json!({ "taken_at": now, "kpis": found, "problems": problems(&snapshot) });
        json_line(&report)?;
    } else {
        table(&snapshot, &found, now)?;
    }
    Ok(worst(&snapshot, found.iter().map(|one| one.level)))
}

/// Red is down's little sister, amber is worth a look; what could not be read counts first.
fn worst<'a>(snapshot: &Snapshot, levels: impl Iterator<Item = &'a str>) -> Exit {
    let levels: Vec<&str> = levels.collect();
    if levels.contains(&"red") {
        Exit::Down
    } else if snapshot.problems().next().is_some() {
        Exit::Unknown
    } else if levels.contains(&"amber") {
        Exit::Degraded
    } else {
        Exit::Good
    }
}

fn table(snapshot: &Snapshot, found: &[Figure], now: Timestamp) -> anyhow::Result<()> {
    let titles = ["ENVIRONMENT", "KPI", "OF", "LEVEL", "VALUE", "AGE", "NOTE"];
    let mut lines = vec![titles.map(str::to_owned)];
    for one in found {
        let age = one.as_of.map(|as_of| words::age(now.duration_since(as_of)));
        let suspects = one.suspects.iter();
        let suspects: Vec<String> = suspects
            .map(|suspect| format!("{}: {}", suspect.service.name(), suspect.why))
            .collect();
        let mut notes: Vec<String> = one.trend.clone().into_iter().collect();
        notes.extend(one.budget.clone());
        if !suspects.is_empty() {
            notes.push(format!("suspects: {}", suspects.join(", ")));
        }
        let name = one.label.as_deref().unwrap_or(&one.kind);
        lines.push([
            one.environment.to_string(),
            name.to_owned(),
            one.resource.to_string(),
            one.level.to_owned(),
            one.words.clone(),
            age.unwrap_or_else(|| "–".to_owned()),
            notes.join("; "),
        ]);
    }
    if found.is_empty() {
        print::line("no KPIs")?;
    } else {
        print::table(&lines)?;
    }
    print::problems(snapshot.problems());
    Ok(())
}

/// Asks for every alarm once and prints those that matter.
pub(super) async fn alarms(opened: &Opened, args: &Alarms) -> anyhow::Result<Exit> {
    let asked = [Read::Identity, Read::Services, Read::Alarms, Read::Mutes];
    let snapshot = look::look_at(opened, &asked).await;
    let now = (opened.clock)();
    let found = bells(&snapshot);
    let rings = found
        .iter()
        .any(|one| one.state == AlarmState::Alarm.word());
    if args.json {
        let report = json!({ "taken_at": now, "alarms": found, "problems": problems(&snapshot) });
        json_line(&report)?;
    } else {
        let fine = AlarmState::Ok;
        let shown = |one: &&Bell| args.all || one.state != fine.word();
        bell_table(&found.iter().filter(shown).collect::<Vec<_>>(), now)?;
        print::problems(snapshot.problems());
    }
    Ok(if rings {
        Exit::Degraded
    } else if snapshot.problems().next().is_some() {
        Exit::Unknown
    } else {
        Exit::Good
    })
}

fn bell_table(found: &[&Bell], now: Timestamp) -> anyhow::Result<()> {
    let titles = ["ENVIRONMENT", "ALARM", "STATE", "SINCE", "SERVICES", "WHY"];
    let mut lines = vec![titles.map(str::to_owned)];
    for one in found {
        let since = one.since.map(|since| words::age(now.duration_since(since)));
        let services: Vec<&str> = one.services.iter().map(ServiceArn::name).collect();
        let told = std::iter::once(&one.cause)
            .chain(&one.no_verdict)
            .chain(&one.silence);
        let told: Vec<&str> = told.map(AsRef::as_ref).collect();
        lines.push([
            one.environment.to_string(),
            one.name.to_string(),
            one.state.clone(),
            since.unwrap_or_else(|| "–".to_owned()),
            services.join(", "),
            told.join(" · "),
        ]);
    }
    if found.is_empty() {
        print::line("no alarm rings")?;
        return Ok(());
    }
    print::table(&lines)?;
    Ok(())
}

/// Asks for everything once, and says what a month of the console costs.
pub(super) async fn cost(opened: &Opened, args: &Cost) -> anyhow::Result<Exit> {
    let snapshot = look::look(&opened.cloud).await;
    let usage = opened.cloud.usage((opened.clock)());
    let estimate = Estimate::of(usage.metrics, &opened.settings.prices);
    if args.json {
        json_line(&json!({ "estimate": estimate, "problems": problems(&snapshot) }))?;
    } else {
        say(&estimate, &opened.settings.prices)?;
        print::problems(snapshot.problems());
    }
    Ok(if snapshot.problems().next().is_some() {
        Exit::Unknown
    } else {
        Exit::Good
    })
}

fn say(estimate: &Estimate, prices: &Prices) -> anyhow::Result<()> {
    print::line(&format!(
        "{} metrics are asked for at once; at ${} for 1,000 that is",
        estimate.metrics, prices.per_thousand
    ))?;
    for (dollars, when) in [
        (estimate.month, "a month round the clock"),
        (estimate.shift, "a month of one shift, 8 hours on 22 days"),
        (
            estimate.naive,
            "a month, were everything asked every minute",
        ),
    ] {
        print::line(&format!("  ${dollars:>9.2}  {when}"))?;
    }
    print::line("for each open console; describing services, tasks and alarms is free.")?;
    Ok(())
}

fn json_line(report: &impl serde::Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report).context("the report has no JSON form")?;
    Ok(print::line(&json)?)
}
