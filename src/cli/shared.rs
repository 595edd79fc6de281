//! The journal a team shares: sent, shown and checked.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::exit::Exit;
use super::journal::shown;
use super::open::Opened;
use super::print;
use crate::cloud::SharedGroup;
use crate::estate::Timestamp;
use crate::estate::shared::{Found, entries};
use crate::journal::{self, Chain, Told, told};
use crate::road::{ShareError, Sharer};

/// How long a command that is done may still take to share what it recorded.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// Sends what waits before a command ends; what does not go in time waits for the next run. Never
/// changes how the command ended.
pub(super) async fn before_leaving(opened: &Opened) {
    let group = opened.cloud.shared();
    // Who may alter nothing writes into no group, either.
    let Some(group) = group.filter(|_| !opened.settings.read_only) else {
        return;
    };
    let sharer = sharer(opened, group, &|_| {});
    // A console that runs beside this command sends it, and nobody has to be told.
    let Err(problem) = sharer.send_within(LAST_WORDS).await else {
        return;
    };
    if matches!(problem, ShareError::Elsewhere) {
        return;
    }
    let waiting = sharer.standing(Some(&problem)).map_or(0, |one| one.waiting);
    if waiting > 0 {
        let entries = entries(waiting);
        print::problem(&format!(
            "the shared journal {} lacks {entries} of this machine: {problem}; nothing is lost, the next run sends them, or firstline journal sync",
            group.name()
        ));
    }
}

/// `firstline journal sync`: sends what waits, now.
pub(super) async fn sync(opened: &Opened) -> anyhow::Result<Exit> {
    let group = group(opened)?;
    if opened.settings.read_only {
        print::problem("refused (read-only): sending writes into the log group");
        return Ok(Exit::Refused);
    }
    let told = |sent: usize| {
        // With nobody listening there is nobody to tell; it is sent all the same.
        let _ = print::aside(&format!("{sent} sent"));
    };
    let sharer = sharer(opened, group, &told);
    let ended = sharer.send().await;
    let standing = sharer.standing(ended.as_ref().err())?;
    let name = group.name();
    if standing.kept_back > 0 {
        print::problem(&format!(
            "longer than CloudWatch Logs takes, and on this machine alone: {}",
            entries(standing.kept_back)
        ));
    }
    match ended {
        Ok(_) => {
            let words = format!(
                "{name}: {} of this machine, all there are",
                entries(standing.shared)
            );
            print::line(&words)?;
            Ok(Exit::Good)
        }
        Err(problem) => {
            let lag = standing.lag((opened.clock)());
            let lag = lag.map_or_else(String::new, |lag| format!(" ({lag})"));
            print::problem(&format!("{name}: {problem}{lag}"));
            Ok(Exit::Failed)
        }
    }
}

/// `firstline journal show --shared`: what the team did, of all its journals.
pub(super) async fn show(
    opened: &Opened,
    since: Option<Timestamp>,
    json: bool,
) -> anyhow::Result<Exit> {
    let group = group(opened)?;
    let (lines, whole) = read(group, since).await;
    let mut reading = journal::shared(&lines);
    let late = |at: Timestamp| since.is_none_or(|since| at >= since);
    reading.entries.retain(|entry| late(entry.at));
    if reading.unreadable > 0 {
        let many = reading.unreadable;
        print::problem(&format!(
            "{many} lines cannot be read: altered, of a newer version, or somebody else's"
        ));
    }
    // Of what could not be read nobody knows that it is nothing.
    if !whole && !json && reading.entries.is_empty() {
        return Ok(Exit::Failed);
    }
    let exit = shown(&told(&reading.entries), json, Told::line_of_team)?;
    Ok(if whole { exit } else { Exit::Failed })
}

/// `firstline journal verify --shared`: every journal in the group.
pub(super) async fn verify(opened: &Opened) -> anyhow::Result<Exit> {
    let group = group(opened)?;
    let (lines, whole) = read(group, None).await;
    let chains = journal::verify_shared(&lines);
    if chains.is_empty() && whole {
        let name = group.name();
        print::line(&format!("{name}: no journal yet, nothing was ever shared"))?;
    }
    let mut exit = if whole { Exit::Good } else { Exit::Failed };
    for chain in &chains {
        if let Some(bad) = &chain.broken {
            let (stream, at) = (&chain.stream, bad.at);
            print::problem(&format!("{stream}, {at}, line {}: {}", bad.line, bad.what));
            exit = Exit::Failed;
        } else {
            print::line(&good(chain))?;
        }
    }
    Ok(exit)
}

fn good(chain: &Chain) -> String {
    let twice = match chain.twice {
        0 => String::new(),
        many => format!(", {many} sent twice"),
    };
    let start = if chain.from_the_start {
        ""
    } else {
        ", older ones are gone"
    };
    let (stream, good) = (&chain.stream, chain.good);
    format!("{stream}: {good} lines, every seal is good{twice}{start}")
}

/// The lines of the group, and whether they are all there are; why not is said.
async fn read(group: &SharedGroup, since: Option<Timestamp>) -> (Vec<Found>, bool) {
    let (lines, problem) = Box::pin(group.lines(since)).await;
    if let Some(problem) = &problem {
        print::problem(&problem.sentence);
    }
    (lines, problem.is_none())
}

fn sharer<'a>(
    opened: &'a Opened,
    group: &'a SharedGroup,
    told: &'a (dyn Fn(usize) + Send + Sync),
) -> Sharer<'a> {
    Sharer {
        journal: &opened.journal,
        group,
        clock: &*opened.clock,
        told,
    }
}

fn group(opened: &Opened) -> anyhow::Result<&Arc<SharedGroup>> {
    opened.cloud.shared().context(
        "no journal is shared: name a log group with `group = \"…\"` under [journal] in the settings",
    )
}
