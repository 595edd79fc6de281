//! `firstline timeline`: what happened, oldest first, as a person reads it.

use anyhow::Context;

use super::exit::Exit;
use super::look::{self, Looked};
use super::open::Opened;
use super::print;
use crate::app::command;
use crate::estate::Timestamp;
use crate::estate::id::ServiceArn;
use crate::estate::part::Read;
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
    let (snapshot, rows, only) = if let Some(service) = &asked.service {
        match look::closely(opened, service).await {
            Ok(Looked {
                snapshot,
                rows,
                row,
            }) => (snapshot, rows, Some(row.arn)),
            Err(exit) => return Ok(exit),
        }
    } else {
        let mut snapshot = look::look(opened).await;
        for part in look::read(&opened.cloud, None, &[Read::History]).await {
            snapshot.absorb(part);
        }
        let rows = Judge::default().look(&snapshot, now);
        (snapshot, rows, None)
    };
    let sources = Sources {
        snapshot: &snapshot,
        rows: &rows,
        deeds: &deeds,
    };
    let scope = only.as_ref().map_or(Scope::Estate, Scope::Service);
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
