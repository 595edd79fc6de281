//! `firstline explain`: the page of one service as text.

use anyhow::Context;

use super::exit::Exit;
use super::look::{self, Looked};
use super::open::Opened;
use super::{print, status};
use crate::app::command;
use crate::estate::explain::{Explanation, Rolling, Stopped, explain};
use crate::estate::text::Text;
use crate::estate::timeline::{Scope, Timeline, timeline};
use crate::estate::{SignedDuration, Timestamp, words};

/// How far back the explanation's timeline goes.
const BACK: SignedDuration = SignedDuration::from_hours(2);

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    timeline: &'a Timeline,
}

/// Looks at one service closely and prints everything there is to say.
pub(super) async fn run(opened: &Opened, asked: &command::Explain) -> anyhow::Result<Exit> {
    let now = (opened.clock)();
    let Looked {
        snapshot,
        rows,
        row,
    } = match look::closely(opened, &asked.service).await {
        Ok(looked) => looked,
        Err(exit) => return Ok(exit),
    };
    let deeds = opened.journal.deeds(now - BACK).unwrap_or_default();
    let sources = crate::estate::timeline::Sources {
        snapshot: &snapshot,
        rows: &rows,
        deeds: &deeds,
    };
    let happened = timeline(&sources, Scope::Service(&row.arn), now - BACK);
    let contacts = &opened.settings.contacts;
    let Some(explanation) = explain(&snapshot, &rows, &row.arn, contacts, now) else {
        print::problem(&format!("{} could not be read", row.name));
        return Ok(Exit::Unknown);
    };
    if asked.json {
        let document = Document {
            explanation: &explanation,
            timeline: &happened,
        };
        let json = serde_json::to_string_pretty(&document);
        print::line(&json.context("the explanation has no JSON form")?)?;
    } else {
        page(&explanation, &happened, now)?;
    }
    Ok(status::exit_of(&row, now))
}

fn age(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(|| "–".to_owned(), |at| words::age(now.duration_since(at)))
}

fn page(one: &Explanation, happened: &Timeline, now: Timestamp) -> std::io::Result<()> {
    let since = age(one.since, now);
    print::line(&format!(
        "{} ({}, {}): {} for {since}",
        one.name,
        one.environment,
        one.cluster.name(),
        one.verdict.word()
    ))?;
    print::line(&format!("  {}", one.evidence))?;
    let pending = match one.pending {
        0 => String::new(),
        pending => format!(", {pending} pending"),
    };
    print::line(&format!(
        "  {}/{} running{pending}",
        one.running, one.desired
    ))?;
    next(one)?;
    deployments(one, now)?;
    tasks(one, now)?;
    around(one, now)?;
    changes(one, happened, now)?;
    for words in &one.missing {
        print::line(&format!("not available: {words}"))?;
    }
    Ok(())
}

/// What to do about it, why, what would make it worse, and whom to call.
fn next(one: &Explanation) -> std::io::Result<()> {
    if one.advice.is_empty() {
        return Ok(());
    }
    title("WHAT TO DO")?;
    for advice in &one.advice {
        print::line(&format!("  {}: {}", advice.step, advice.said()))?;
        print::line(&format!("    because {}", advice.reason))?;
        print::line(&format!("    careful: {}", advice.warning))?;
        if let Some(owner) = &advice.owner {
            print::line(&format!("    call {owner}"))?;
        }
        if let Some(runbook) = &advice.runbook {
            print::line(&format!("    read {runbook}"))?;
        }
    }
    Ok(())
}

fn title(words: &str) -> std::io::Result<()> {
    print::line("")?;
    print::line(words)
}

fn deployments(one: &Explanation, now: Timestamp) -> std::io::Result<()> {
    title("DEPLOYMENTS")?;
    for rolling in &one.deployments {
        print::line(&format!("  {}", deployment(rolling, now)))?;
        for image in &rolling.images {
            let digest = image.digest.as_deref().unwrap_or("no digest");
            print::line(&format!("    image {} {digest}", image.name))?;
        }
        if let Some(breaker) = &rolling.breaker {
            print::line(&format!("    {}", breaker.words()))?;
        }
    }
    let mut table = vec![["  LAST", "STATUS", "BEGAN", "TOOK", "BY", "WHY"].map(str::to_owned)];
    for past in &one.history {
        let took = past.took_seconds.map(SignedDuration::from_secs);
        table.push([
            format!("  {}", past.label),
            past.status.to_string(),
            age(past.began, now),
            took.map_or_else(|| "–".to_owned(), words::duration),
            past.by.as_deref().unwrap_or("–").to_owned(),
            past.reason.to_string(),
        ]);
    }
    if one.history.is_empty() {
        return print::line("  no deployment of the last ninety days could be read");
    }
    print::table(&table)
}

fn deployment(one: &Rolling, now: Timestamp) -> String {
    let mut words = format!(
        "{} {} {}/{}",
        one.place, one.label, one.running, one.desired
    );
    if one.pending > 0 {
        words = format!("{words} +{} pending", one.pending);
    }
    for more in [&one.rollout, &one.stage, &one.reason].map(Text::as_str) {
        if !more.is_empty() {
            words = format!("{words}, {more}");
        }
    }
    if one.failed > 0 {
        words = format!("{words}, {} failed in a row", one.failed);
    }
    words = format!("{words}, began {} ago", age(one.began, now));
    if let Some(by) = &one.by {
        words = format!("{words} by {by}");
    }
    if let Some(forecast) = &one.forecast {
        words = format!("{words}, {}", forecast.words());
    }
    words
}

fn tasks(one: &Explanation, now: Timestamp) -> std::io::Result<()> {
    title("TASKS")?;
    if let Some(words) = &one.zone_trouble {
        print::line(&format!("  {words}"))?;
    }
    let mut table = vec![
        [
            "  TASK", "ZONE", "STATUS", "HEALTH", "TARGET", "STARTED", "REVISION",
        ]
        .map(str::to_owned),
    ];
    for task in &one.tasks {
        table.push([
            format!("  {}", task.task.short()),
            task.zone.as_deref().unwrap_or("–").to_owned(),
            task.status.to_lowercase(),
            task.health.to_lowercase(),
            task.target_words.clone().unwrap_or_else(|| "–".to_owned()),
            age(task.started, now),
            task.label.to_string(),
        ]);
    }
    match (one.tasks.is_empty(), one.tasks_known) {
        (true, true) => print::line("  no task runs")?,
        (true, false) => print::line("  its tasks could not be read")?,
        (false, _) => print::table(&table)?,
    }
    if one.stops.is_empty() {
        return print::line("  no task stopped in the time AWS remembers");
    }
    let mut table = vec![["  STOPPED", "ZONE", "WHEN", "REVISION", "WHY"].map(str::to_owned)];
    table.extend(one.stops.iter().map(|stop| stopped(stop, now)));
    print::table(&table)
}

fn stopped(stop: &Stopped, now: Timestamp) -> [String; 5] {
    let why = if stop.reason.is_empty() {
        stop.words.clone()
    } else {
        format!("{}: {}", stop.words, stop.reason)
    };
    [
        format!("  {}", stop.task.short()),
        stop.zone.as_deref().unwrap_or("–").to_owned(),
        age(stop.at, now),
        stop.label.to_string(),
        why,
    ]
}

fn around(one: &Explanation, now: Timestamp) -> std::io::Result<()> {
    title("CAPACITY")?;
    for trouble in &one.troubles {
        print::line(&format!(
            "  {} ago: {}",
            age(Some(trouble.at), now),
            trouble.words
        ))?;
    }
    match (&one.scaling, one.scaling_known) {
        (Some(limits), _) => {
            print::line(&format!(
                "  scales from {} to {} tasks",
                limits.min, limits.max
            ))?;
            let suspended = limits.suspended.map(|what| format!("{what} is suspended"));
            for words in suspended.iter().map(String::as_str).chain(limits.limit) {
                print::line(&format!("  {words}"))?;
            }
        }
        (None, true) => print::line("  no auto scaling")?,
        (None, false) => print::line("  whether it scales could not be read")?,
    }
    for activity in one.activities.iter().take(5) {
        let at = age(Some(activity.at), now);
        print::line(&format!("  {at} ago: {}", activity.words()))?;
    }
    for group in &one.targets {
        let (healthy, all) = (group.healthy(), group.targets.len());
        print::line(&format!(
            "  {}: {healthy} of {all} targets healthy",
            group.arn.name()
        ))?;
        if group.fails_open() {
            print::line("  no healthy target: requests go to all of them")?;
        }
    }
    for alarm in &one.alarms {
        print::line(&format!(
            "  alarm {} {}: {}",
            alarm.name, alarm.state, alarm.cause
        ))?;
    }
    Ok(())
}

fn changes(one: &Explanation, happened: &Timeline, now: Timestamp) -> std::io::Result<()> {
    if let Some(change) = &one.change {
        title(&format!("WHAT {} CHANGED FROM {}", change.to, change.from))?;
        for difference in &change.differences {
            let or_none = |words: &str| if words.is_empty() { "–" } else { words }.to_owned();
            print::line(&format!(
                "  {}: {} → {}",
                difference.what,
                or_none(&difference.old),
                or_none(&difference.new)
            ))?;
        }
        if change.differences.is_empty() {
            print::line("  nothing a task definition says")?;
        }
    }
    if let Some(incident) = &happened.incident {
        title("WHAT CHANGED IN THE 30 MIN BEFORE IT BROKE")?;
        let mut any = false;
        for moment in happened.changes_before() {
            any = true;
            let at = age(Some(moment.at), now);
            print::line(&format!("  {at} ago: {}", moment.sentence()))?;
        }
        if !any {
            print::line("  nothing, as far as anybody can tell")?;
        }
        let at = age(Some(incident.since), now);
        print::line(&format!("  {at} ago it broke: {}", incident.words))?;
    }
    Ok(())
}
