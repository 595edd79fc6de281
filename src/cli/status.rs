//! `firstline status`: the board without a terminal.

use anyhow::Context;

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::report::{Report, report};
use crate::estate::verdict::{Health, Judge};
use crate::estate::words;

/// Looks once and prints what there is; `only` names an environment or a service.
pub(super) async fn run(opened: &Opened, only: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let snapshot = look::look(&opened.cloud).await;
    let now = (opened.clock)();
    let mut rows = Judge::default().look(&snapshot, now);
    if let Some(name) = only {
        rows.retain(|row| *row.environment.as_str() == *name || *row.name == *name);
        if rows.is_empty() && snapshot.environment(&name.into()).is_none() {
            print::problem(&format!("no environment or service is called {name}"));
            return Ok(Exit::Unknown);
        }
    }
    let report = report(&snapshot, &rows, now);
    if json {
        let json = serde_json::to_string_pretty(&report).context("the report has no JSON form")?;
        print::line(&json)?;
    } else {
        table(&report, &rows, now)?;
    }
    Ok(verdict(&report))
}

/// The worst decides. Unknown counts before degraded: nobody may take it for good news.
fn verdict(report: &Report) -> Exit {
    let any = |wanted: &[Health]| {
        report
            .services
            .iter()
            .any(|one| wanted.contains(&one.verdict))
    };
    if any(&[Health::Down]) {
        Exit::Down
    } else if any(&[Health::Unknown]) || report.services.is_empty() || !report.problems.is_empty() {
        Exit::Unknown
    } else if any(&[
        Health::Degraded,
        Health::StoppedUnexplained,
        Health::Deploying,
    ]) {
        Exit::Degraded
    } else {
        Exit::Good
    }
}

fn table(report: &Report, rows: &[Row], now: Timestamp) -> anyhow::Result<()> {
    let titles = ["ENVIRONMENT", "SERVICE", "VERDICT", "TASKS", "SINCE", "WHY"];
    let mut lines = vec![titles.map(str::to_owned)];
    for row in rows {
        let since = row
            .verdict
            .since
            .map(|since| words::age(now.duration_since(since)));
        lines.push([
            row.environment.to_string(),
            row.name.to_string(),
            row.verdict.health.word().to_owned(),
            format!("{}/{}", row.running, row.desired),
            since.unwrap_or_else(|| "–".to_owned()),
            row.verdict.evidence.to_string(),
        ]);
    }
    if rows.is_empty() {
        print::line("no services")?;
    } else {
        print::table(&lines)?;
    }
    for alarm in &report.alarms {
        print::line(&format!(
            "ALARM {} ({}): {}",
            alarm.name, alarm.environment, alarm.reason
        ))?;
    }
    for one in &report.problems {
        print::problem(&format!("{}: {}", one.environment, one.problem.sentence));
    }
    Ok(())
}
