//! `firstline status`: the board without a terminal.

use std::time::Duration;

use anyhow::Context;

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};
use crate::app::command::{self, find_service, is_meant};
use crate::estate::board::Row;
use crate::estate::id::EnvironmentName;
use crate::estate::report::{Report, report};
use crate::estate::text::Text;
use crate::estate::verdict::{Health, Judge};
use crate::estate::words;
use crate::estate::{SignedDuration, Timestamp};

/// How often `--watch` looks again: the board's own rhythm (aws.md 2.4).
const EVERY: Duration = Duration::from_secs(15);

/// Looks and prints what there is, once or until interrupted.
pub(super) async fn run(opened: &Opened, asked: &command::Status) -> anyhow::Result<Exit> {
    let only = asked.what.as_deref();
    if !asked.watch {
        let (said, exit) = look_once(opened, only, &mut Judge::default()).await?;
        said.print(asked.json)?;
        return Ok(exit);
    }
    let mut judge = Judge::default();
    let mut before = None;
    loop {
        let (said, exit) = look_once(opened, only, &mut judge).await?;
        let state = said.state();
        if before.as_ref() != Some(&state) {
            if !asked.json {
                let now = (opened.clock)().strftime("%H:%M:%SZ");
                print::line(&format!("── {now}"))?;
            }
            said.print_again(asked.json)?;
            before = Some(state);
        }
        if tokio::time::timeout(EVERY, tokio::signal::ctrl_c())
            .await
            .is_ok()
        {
            return Ok(exit);
        }
    }
}

/// What one look found.
struct Said {
    report: Report,
    rows: Vec<Row>,
    everything: Vec<Row>,
    now: Timestamp,
    /// What is wrong with the name that was given.
    wrong: Option<String>,
}

impl Said {
    fn print(&self, json: bool) -> anyhow::Result<()> {
        if let Some(words) = &self.wrong {
            print::problem(words);
            let problems = self.report.problems.iter();
            print::problems(problems.map(|one| (&one.environment, &one.problem)));
            return Ok(());
        }
        if json {
            let json = serde_json::to_string_pretty(&self.report);
            print::line(&json.context("the report has no JSON form")?)?;
            return Ok(());
        }
        table(&self.report, &self.rows, &self.everything, self.now)
    }

    /// The same while watching: JSON in one line.
    fn print_again(&self, json: bool) -> anyhow::Result<()> {
        if json && self.wrong.is_none() {
            let json = serde_json::to_string(&self.report);
            print::line(&json.context("the report has no JSON form")?)?;
            return Ok(());
        }
        self.print(json)
    }

    /// What has to change before it is printed again: ages do not count.
    fn state(&self) -> Vec<(EnvironmentName, Text, Health, Text, u32, u32)> {
        let rows = self.rows.iter();
        rows.map(|row| {
            let verdict = &row.verdict;
            (
                row.environment.clone(),
                row.name.clone(),
                verdict.health,
                timeless(&verdict.evidence),
                row.running,
                row.desired,
            )
        })
        .collect()
    }
}

/// Evidence without its numbers: `6 m` becomes `7 m` and nothing happened.
fn timeless(evidence: &str) -> Text {
    let kept: String = evidence
        .chars()
        .filter(|one| !one.is_ascii_digit())
        .collect();
    kept.into()
}

/// Looks once; `only` names an environment or a service.
async fn look_once(
    opened: &Opened,
    only: Option<&str>,
    judge: &mut Judge,
) -> anyhow::Result<(Said, Exit)> {
    let snapshot = look::look(opened).await;
    let now = (opened.clock)();
    let everything = judge.look(&snapshot, now);
    let rows = match only {
        Some(name) => meant(&everything, name),
        None => everything.clone(),
    };
    let mut report = report(&snapshot, &rows, now);
    let mut wrong = None;
    if let Some(name) = only {
        let environment = snapshot.environment(&name.into()).is_some();
        if rows.is_empty() && !environment {
            let words = find_service(&everything, name).err().unwrap_or_default();
            wrong = Some(format!("no environment is called \"{name}\", and {words}"));
        } else {
            narrow(&mut report, |one| {
                environment && *one.as_str() == *name
                    || rows.iter().any(|row| row.environment == *one)
            });
        }
    }
    let exit = match &wrong {
        Some(_) => Exit::Unknown,
        None => verdict(&report, &rows, now),
    };
    let said = Said {
        report,
        rows,
        everything,
        now,
        wrong,
    };
    Ok((said, exit))
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

/// A deployment that takes longer than this is not fine any more. Stuck ones are degraded long
/// before (aws.md 1.5); this is for those that creep.
const TOO_LONG: SignedDuration = SignedDuration::from_mins(30);

/// The worst decides. Unknown counts before degraded: nobody may take it for good news.
fn verdict(report: &Report, rows: &[Row], now: Timestamp) -> Exit {
    let blind = report.services.is_empty() || !report.problems.is_empty();
    let worst = rows
        .iter()
        .map(|row| exit_of(row, now))
        .max_by_key(|exit| rank(*exit));
    match worst {
        Some(Exit::Down) => Exit::Down,
        _ if blind => Exit::Unknown,
        Some(worst) => worst,
        None => Exit::Unknown,
    }
}

/// How bad an exit of this command is.
fn rank(exit: Exit) -> usize {
    let order = [Exit::Good, Exit::Degraded, Exit::Unknown, Exit::Down];
    let place = order.iter().position(|one| *one == exit);
    place.unwrap_or_default()
}

/// The exit code for one service.
pub(super) fn exit_of(row: &Row, now: Timestamp) -> Exit {
    let lasts = row.verdict.since.map(|since| now.duration_since(since));
    match row.verdict.health {
        Health::Down => Exit::Down,
        Health::Unknown => Exit::Unknown,
        Health::Degraded | Health::StoppedUnexplained => Exit::Degraded,
        Health::Deploying if lasts.is_some_and(|lasts| lasts > TOO_LONG) => Exit::Degraded,
        Health::Deploying
        | Health::Deleting
        | Health::Stopping
        | Health::Stopped
        | Health::HealthyUnverified
        | Health::Healthy => Exit::Good,
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
