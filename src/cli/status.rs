//! `firstline status`: the board without a terminal.

use anyhow::Context;

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};
use crate::app::command::{find_service, is_meant};
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::id::EnvironmentName;
use crate::estate::report::{Report, report};
use crate::estate::verdict::{Health, Judge};
use crate::estate::words;

/// Looks once and prints what there is; `only` names an environment or a service.
pub(super) async fn run(opened: &Opened, only: Option<&str>, json: bool) -> anyhow::Result<Exit> {
    let snapshot = look::look(&opened.cloud).await;
    let now = (opened.clock)();
    let everything = Judge::default().look(&snapshot, now);
    let rows = match only {
        Some(name) => meant(&everything, name),
        None => everything.clone(),
    };
    let mut report = report(&snapshot, &rows, now);
    if let Some(name) = only {
        let environment = snapshot.environment(&name.into()).is_some();
        if rows.is_empty() && !environment {
            let words = find_service(&everything, name).err();
            print::problem(&format!(
                "no environment is called \"{name}\", and {}",
                words.unwrap_or_default()
            ));
            print::problems(snapshot.problems());
            return Ok(Exit::Unknown);
        }
        narrow(&mut report, |one| {
            environment && *one.as_str() == *name || rows.iter().any(|row| row.environment == *one)
        });
    }
    if json {
        let json = serde_json::to_string_pretty(&report).context("the report has no JSON form")?;
        print::line(&json)?;
    } else {
        table(&report, &rows, &everything, now)?;
    }
    Ok(verdict(&report))
}

/// The rows of an environment, or of a service.
fn meant(rows: &[Row], name: &str) -> Vec<Row> {
    let is_meant = |row: &&Row| *row.environment.as_str() == *name || is_meant(row, name);
    rows.iter().filter(is_meant).cloned().collect()
}

/// Leaves nothing of other environments than those to `keep`.
fn narrow(report: &mut Report, keep: impl Fn(&EnvironmentName) -> bool) {
    report.environments.retain(|one| keep(&one.name));
    report.alarms.retain(|one| keep(&one.environment));
    report.problems.retain(|one| keep(&one.environment));
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

/// A service's name, with its cluster where its environment has another of that name.
fn name(everything: &[Row], row: &Row) -> String {
    let same = |other: &&Row| other.environment == row.environment && other.name == row.name;
    if everything.iter().filter(same).nth(1).is_some() {
        format!("{}/{}", row.cluster.name(), row.name)
    } else {
        row.name.to_string()
    }
}

/// `everything` is what a service's name must not be mistaken in.
fn table(report: &Report, rows: &[Row], everything: &[Row], now: Timestamp) -> anyhow::Result<()> {
    let titles = ["ENVIRONMENT", "SERVICE", "VERDICT", "TASKS", "SINCE", "WHY"];
    let mut lines = vec![titles.map(str::to_owned)];
    for row in rows {
        let since = row
            .verdict
            .since
            .map(|since| words::age(now.duration_since(since)));
        lines.push([
            row.environment.to_string(),
            name(everything, row),
            row.verdict.health.word().to_owned(),
            format!("{}/{}", row.running, row.desired),
            since.unwrap_or_else(|| "–".to_owned()),
            row.verdict.evidence.to_string(),
        ]);
    }
    match (rows.is_empty(), report.problems.is_empty()) {
        (true, true) => print::line("no services")?,
        (true, false) => print::line("no service could be read")?,
        (false, _) => print::table(&lines)?,
    }
    for alarm in &report.alarms {
        print::line(&format!(
            "ALARM {} ({}): {}",
            alarm.name, alarm.environment, alarm.reason
        ))?;
    }
    let problems = report.problems.iter();
    print::problems(problems.map(|one| (&one.environment, &one.problem)));
    Ok(())
}
