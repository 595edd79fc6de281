//! `firstline timeline`: what happened, oldest first, as a person reads it.

use anyhow::Context;

use super::exit::Exit;
use super::look;
use super::open::Opened;
use super::print;
use crate::app::command;
use crate::estate::Timestamp;
use crate::estate::board::Row;
use crate::estate::id::{EnvironmentName, ServiceArn};
use crate::estate::part::Read;
use crate::estate::snapshot::Snapshot;
use crate::estate::timeline::{Scope, Sources, Timeline, timeline};
use crate::estate::verdict::Judge;

/// Looks once and prints what happened since `asked.since`.
pub(super) async fn run(opened: &Opened, asked: &command::Timeline) -> anyhow::Result<Exit> {
    let now = (opened.clock)();
    let since = now - asked.since;
    let deeds = match opened.journal.deeds(since) {
        Ok(deeds) => deeds,
        Err(error) => {
            print::problem(&format!("the journal's own lines are missing: {error}"));
            Vec::new()
        }
    };
    let links = opened.cloud.links().iter();
    let mut known = links.map(|link| &link.environment().name);
    let named = asked.what.as_deref();
    let environment = known.find(|name| named == Some(name.as_str()));
    let (snapshot, rows, only) = match (named, environment) {
        (Some(service), None) => match look::closely(opened, service).await {
            Ok(looked) => (looked.snapshot, looked.rows, Some(looked.row.arn)),
            Err(exit) => return Ok(exit),
        },
        (_, only) => {
            let (snapshot, rows) = at_large(opened, only, now).await;
            (snapshot, rows, None)
        }
    };
    let sources = Sources {
        snapshot: &snapshot,
        rows: &rows,
        deeds: &deeds,
    };
    let scope = match (&only, environment) {
        (Some(service), _) => Scope::Service(service),
        (None, Some(environment)) => Scope::Environment(environment),
        (None, None) => Scope::Estate,
    };
    let told = timeline(&sources, scope, since);
    if asked.json {
        let json = serde_json::to_string_pretty(&told).context("the timeline has no JSON form")?;
        print::line(&json)?;
    } else {
        lines(&told)?;
    }
    print::problems(snapshot.problems());
    let blind = snapshot.problems().next().is_some();
    Ok(if blind { Exit::Unknown } else { Exit::Good })
}

/// An environment, or all of them, with what AWS remembers of it.
async fn at_large(
    opened: &Opened,
    only: Option<&EnvironmentName>,
    now: Timestamp,
) -> (Snapshot, Vec<Row>) {
    let mut snapshot = look::look_in(&opened.cloud, only).await;
    for part in look::read(&opened.cloud, only, &[Read::History]).await {
        snapshot.absorb(part);
    }
    look::remember(&opened.journal, &mut snapshot, now);
    let rows = Judge::default().look(&snapshot, now);
    (snapshot, rows)
}

/// The time of day in UTC with its day: a timeline may cross midnight.
fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn lines(told: &Timeline) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut began = told.incident.as_ref();
    for moment in told.moments.iter().rev() {
        if let Some(incident) = began.filter(|incident| moment.at >= incident.since) {
            rows.push(start(
                incident.since,
                incident.service.name(),
                &incident.words,
            ));
            began = None;
        }
        let service = moment.service.as_ref().map(ServiceArn::name);
        rows.push([
            when(moment.at),
            if moment.trouble { "!" } else { " " }.to_owned(),
            moment.kind.to_string(),
            service.unwrap_or("–").to_owned(),
            moment.sentence(),
        ]);
    }
    if rows.is_empty() {
        print::line("nothing happened, as far as anybody can tell")?;
    }
    print::table(&rows)?;
    for words in &told.missing {
        print::problem(&format!("not available: {words}"));
    }
    Ok(())
}

fn start(at: Timestamp, name: &str, words: &str) -> [String; 5] {
    [
        when(at),
        "!".to_owned(),
        "BROKE".to_owned(),
        name.to_owned(),
        words.to_owned(),
    ]
}
