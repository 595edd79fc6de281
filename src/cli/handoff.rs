//! `firstline handoff`: the report for the next level.

use anyhow::Context;

use crate::app::command::{self, find_service};
use crate::estate::board::Row;
use crate::estate::handoff::{Act, Asked, Said, handoff};
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::log::{LogLine, Masks};
use crate::estate::problem::Feed;
use crate::estate::snapshot::{EnvironmentSnapshot, Snapshot};
use crate::estate::timeline::{Scope, Sources};
use crate::estate::verdict::{Health, Judge};
use crate::journal::{self, told};

use super::exit::Exit;
use super::open::Opened;
use super::{look, print};

/// The most services whose log is looked into: the worst ones.
const LOGS: usize = 3;

/// Looks once, puts the report together and gives it to whoever wants it.
pub(super) async fn run(opened: &Opened, asked: &command::Handoff) -> anyhow::Result<Exit> {
    let snapshot = look::look(&opened.cloud).await;
    let now = (opened.clock)();
    let rows = Judge::default().look(&snapshot, now);
    let environment: Option<EnvironmentName> = asked.what.as_deref().map(Into::into);
    let environment = environment.filter(|name| snapshot.environment(name).is_some());
    let service = match (asked.what.as_deref(), &environment) {
        (Some(written), None) => match find_service(&rows, written) {
            Ok(row) => Some(row.arn.clone()),
            Err(sentence) => {
                print::problem(&sentence);
                print::problems(snapshot.problems());
                return Ok(Exit::Unknown);
            }
        },
        _ => None,
    };
    let scope = match (&service, &environment) {
        (Some(arn), _) => Scope::Service(arn),
        (None, Some(name)) => Scope::Environment(name),
        (None, None) => Scope::Estate,
    };
    let since = now - asked.since;
    let lines = lines(opened, &rows, scope).await;
    let entries = opened.journal.entries_since(since).unwrap_or_else(|error| {
        print::problem(&format!("the journal cannot be read: {error}"));
        Vec::new()
    });
    let acts: Vec<Act> = told(&entries).into_iter().map(Act::from).collect();
    let deeds = opened.journal.deeds(since).unwrap_or_default();
    let masks = Masks::with(&opened.settings.logs.masks)?;
    let wanted = Asked {
        sources: Sources {
            snapshot: &snapshot,
            rows: &rows,
            deeds: &deeds,
        },
        scope,
        since,
        now,
        acts: &acts,
        masks: &masks,
        keys: &opened.settings.logs.keys,
        note: &asked.note,
    };
    let report = handoff(&wanted, lines.iter().map(said));
    let text = if asked.json {
        let json = serde_json::to_string_pretty(&report);
        json.context("the report has no JSON form")? + "\n"
    } else {
        report.markdown()
    };
    give(asked, &text)?;
    Ok(worth(&snapshot))
}

/// A line as the report reads it.
fn said(line: &LogLine) -> Said<'_> {
    Said {
        at: line.at,
        service: &line.service,
        level: line.level,
        message: &line.message,
    }
}

/// A report of what nobody could look at is worth having, and no good news.
fn worth(snapshot: &Snapshot) -> Exit {
    let unread = |one: &EnvironmentSnapshot| {
        let services = one.feed(Feed::Services);
        services.is_none_or(|feed| feed.good_at.is_none())
    };
    if snapshot.environments.iter().any(unread) {
        Exit::Unknown
    } else {
        Exit::Good
    }
}

/// What the log of the worst services says.
async fn lines(opened: &Opened, rows: &[Row], scope: Scope<'_>) -> Vec<LogLine> {
    let wanted = rows.iter().filter(|row| match scope {
        Scope::Service(arn) => row.arn == *arn,
        Scope::Environment(name) => row.environment == *name && is_sick(row),
        Scope::Estate => is_sick(row),
    });
    let wanted: Vec<(&EnvironmentName, &ServiceArn)> = wanted
        .take(LOGS)
        .map(|row| (&row.environment, &row.arn))
        .collect();
    let mut lines = Vec::new();
    for (environment, arn) in wanted {
        if let Some(link) = opened.cloud.link(environment) {
            lines.extend(link.tail(arn.clone()).next().await.lines);
        }
    }
    lines
}

const fn is_sick(row: &Row) -> bool {
    matches!(row.verdict.health, Health::Down | Health::Degraded)
}

fn give(asked: &command::Handoff, text: &str) -> anyhow::Result<()> {
    if let Some(path) = &asked.output {
        journal::write_new(path, text)
            .with_context(|| format!("cannot write {}", path.display()))?;
        print::problem(&format!("written to {}", path.display()));
    } else if asked.clipboard {
        print::clipboard(text)?;
        print::problem("in the clipboard of this terminal, if it takes it");
    } else {
        print::line(text.trim_end())?;
    }
    Ok(())
}
