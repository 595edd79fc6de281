//! `firstline status`: the board without a terminal.

use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};
use crate::app::command::{self, find_service, is_meant};
use crate::cloud::Cloud;
use crate::estate::board::Row;
use crate::estate::id::EnvironmentName;
use crate::estate::report::{Report, report};
use crate::estate::snapshot::Snapshot;
use crate::estate::text::Text;
use crate::estate::verdict::{Health, Judge};
use crate::estate::words;
use crate::estate::{SignedDuration, Timestamp};
use crate::journal::Journal;

/// How often `--watch` looks again: the board's own rhythm (aws.md 2.4).
const EVERY: Duration = Duration::from_secs(15);

/// Looks and prints what there is, once or until interrupted.
pub(super) async fn run(opened: &Opened, asked: &command::Status) -> anyhow::Result<Exit> {
    let mut eyes = Eyes {
        cloud: &opened.cloud,
        journal: &opened.journal,
        clock: &*opened.clock,
        only: asked.what.as_deref(),
        judge: Judge::default(),
    };
    if !asked.watch {
        let (said, exit) = eyes.look_once().await?;
        said.print(asked.json)?;
        return Ok(exit);
    }
    let tell = |said: &Said| {
        let heard = asked.json || print::is_heard(&said.moment())?;
        Ok(heard && said.print_again(asked.json)?)
    };
    // Listened for from the start: an interrupt during a look is none of the shell's.
    let mut interrupts = signal(SignalKind::interrupt())?;
    eyes.watch(interrupts.recv(), tell).await
}

/// Who looks again and again, and remembers what it saw.
struct Eyes<'a> {
    cloud: &'a Cloud,
    journal: &'a Journal,
    clock: &'a (dyn Fn() -> Timestamp + Send + Sync),
    /// An environment or a service.
    only: Option<&'a str>,
    judge: Judge,
}

impl Eyes<'_> {
    /// Looks every fifteen seconds and tells what differs from what was told before, until
    /// `enough` or nobody listens any more. Ends as the last look would have.
    async fn watch(
        &mut self,
        enough: impl Future,
        mut tell: impl FnMut(&Said) -> anyhow::Result<bool>,
    ) -> anyhow::Result<Exit> {
        let mut enough = pin!(enough);
        let (mut before, mut exit) = (None, Exit::Unknown);
        loop {
            let said;
            (said, exit) = tokio::select! {
                biased;
                _ = &mut enough => return Ok(exit),
                looked = self.look_once() => looked?,
            };
            let state = said.state();
            if before.as_ref() != Some(&state) {
                if !tell(&said)? {
                    return Ok(exit);
                }
                before = Some(state);
            }
            if tokio::time::timeout(EVERY, &mut enough).await.is_ok() {
                return Ok(exit);
            }
        }
    }

    async fn look_once(&mut self) -> anyhow::Result<(Said, Exit)> {
        let mut snapshot = look::look(self.cloud).await;
        let now = (self.clock)();
        look::remember(self.journal, &mut snapshot, now);
        let everything = self.judge.look(&snapshot, now);
        let said = Said::of(&snapshot, everything, self.only, now);
        let exit = match &said.wrong {
            Some(_) => Exit::Unknown,
            None => verdict(&said.report, &said.rows, now),
        };
        Ok((said, exit))
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
    /// `only` names an environment or a service.
    fn of(snapshot: &Snapshot, everything: Vec<Row>, only: Option<&str>, now: Timestamp) -> Self {
        let rows = match only {
            Some(name) => meant(&everything, name),
            None => everything.clone(),
        };
        let mut report = report(snapshot, &rows, now);
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
        Self {
            report,
            rows,
            everything,
            now,
            wrong,
        }
    }

    /// `── 14:03:22Z`, above each table of a watch.
    fn moment(&self) -> String {
        format!("── {}", self.now.strftime("%H:%M:%SZ"))
    }

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

    /// The same while watching: JSON in one line. Says whether somebody still listens.
    fn print_again(&self, json: bool) -> anyhow::Result<bool> {
        if json && self.wrong.is_none() {
            let json = serde_json::to_string(&self.report);
            return Ok(print::is_heard(
                &json.context("the report has no JSON form")?,
            )?);
        }
        self.print(json)?;
        Ok(true)
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

/// Evidence without its numbers and their units: `6 min` becomes `7 min 2 s` and nothing happened.
fn timeless(evidence: &str) -> Text {
    let counts = |word: &&str| {
        let number = word.chars().all(|one| one.is_ascii_digit());
        !number && !matches!(*word, "s" | "min" | "h" | "d")
    };
    let words: Vec<&str> = evidence.split_whitespace().filter(counts).collect();
    let mut kept = words.join(" ");
    kept.retain(|one| !one.is_ascii_digit());
    kept.into()
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

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;

    use tokio::time::Instant;

    use super::*;
    use crate::cli::demo;
    use crate::cloud::Options;
    use crate::journal::Who;
    use crate::sim::scenario::Scenario;
    use crate::sim::{Sim, connector};

    type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

    /// A clock that follows tokio's, which stands still while nothing waits.
    #[expect(clippy::disallowed_methods, reason = "the test's time is tokio's")]
    fn clock() -> (Instant, Clock) {
        let began = Instant::now();
        let opened: Timestamp = "2026-11-21T14:03:22Z".parse().unwrap();
        let clock = move || opened + SignedDuration::try_from(began.elapsed()).unwrap();
        (began, Arc::new(clock))
    }

    async fn simulated(scenario: &str, clock: &Clock) -> Cloud {
        let scenario = Scenario::named(scenario).unwrap();
        let sim = Sim::new(&scenario, 7, Arc::clone(clock));
        let connections = demo::places().iter().map(demo::connection).collect();
        let options = Options {
            prices: crate::estate::usage::Prices::default(),
            endpoint_url: None,
            region: None,
            http: Some(connector::http_client(sim)),
            cache_dir: None,
            clock: Arc::clone(clock),
            masks: crate::estate::log::Masks::default(),
            log_keys: crate::estate::log::LogKeys::default(),
        };
        Cloud::connect(connections, options).await.unwrap()
    }

    /// Forty looks, ten minutes, at a deployment that fails and goes back.
    #[tokio::test(start_paused = true)]
    async fn a_watch_tells_what_changed_and_is_quiet_between() {
        let (began, clock) = clock();
        let cloud = simulated("bad-deploy", &clock).await;
        let who = Who {
            user: "alice".into(),
            host: "jump-1".into(),
        };
        let nowhere = std::env::temp_dir().join("firstline-no-journal-here");
        let journal = Journal::open(&nowhere, who);
        let mut eyes = Eyes {
            cloud: &cloud,
            journal: &journal,
            clock: &*clock,
            only: Some("prod/orders"),
            judge: Judge::default(),
        };
        let mut told: Vec<(Health, String)> = Vec::new();
        let enough = tokio::time::sleep_until(began + Duration::from_mins(10));
        let tell = |said: &Said| {
            let verdict = &said.rows[0].verdict;
            told.push((verdict.health, verdict.evidence.to_string()));
            Ok(true)
        };
        let exit = eyes.watch(enough, tell).await.unwrap();
        assert_eq!(began.elapsed(), Duration::from_mins(10));
        assert_eq!(exit, Exit::Degraded);
        assert_eq!(told[0].0, Health::Healthy, "{told:?}");
        let degraded = told.iter().any(|(health, _)| *health == Health::Degraded);
        assert!(degraded, "{told:?}");
        assert!(
            (3..20).contains(&told.len()),
            "{} of 40: {told:?}",
            told.len()
        );
        let same = |pair: &[(Health, String)]| {
            pair[0].0 == pair[1].0 && timeless(&pair[0].1) == timeless(&pair[1].1)
        };
        assert!(!told.windows(2).any(same), "{told:?}");

        let mut once = 0;
        let gone = |_: &Said| {
            once += 1;
            Ok(false)
        };
        eyes.watch(pending::<()>(), gone).await.unwrap();
        assert_eq!(once, 1, "who does not listen any more is not told again");
    }
}
