//! `firstline journal`: what was done, and is the record whole? What a team shares is told by
//! `shared`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::exit::Exit;
use super::open::{Clock, Opened};
use super::{print, shared};
use crate::app::command::{self, Flags};
use crate::config::Folders;
use crate::estate::Timestamp;
use crate::journal::{self, Entry, Journal, Told, Who, told};

/// Looks into the journal. Needs neither settings nor AWS: the record of a broken console is the
/// one that is wanted most.
pub(super) async fn run(
    flags: &Flags,
    asked: &command::Journal,
    clock: &Clock,
) -> anyhow::Result<Exit> {
    let open = || Opened::new(flags, None, Arc::clone(clock));
    match asked {
        command::Journal::Show {
            since,
            shared: true,
            json,
        } => {
            let since = since.map(|back| clock() - back);
            shared::show(&Box::pin(open()).await?, since, *json).await
        }
        command::Journal::Verify { shared: true, .. } => {
            shared::verify(&Box::pin(open()).await?).await
        }
        command::Journal::Sync => shared::sync(&Box::pin(open()).await?).await,
        command::Journal::Show { since, json, .. } => {
            let entries = entries(since.map(|back| clock() - back))?;
            shown(&told(&entries), *json, Told::line)
        }
        command::Journal::Export { since } => {
            for entry in entries(since.map(|back| clock() - back))? {
                print::line(&serde_json::to_string(&entry).context("an entry has no JSON form")?)?;
            }
            Ok(Exit::Good)
        }
        command::Journal::Verify {
            file: Some(file), ..
        } if !file.is_file() => {
            bail!("there is no journal {}", file.display())
        }
        command::Journal::Verify {
            file: Some(file), ..
        } => verify(file),
        command::Journal::Verify { file: None, .. } => {
            let own = journal::file_in(&Folders::of_user()?.journal());
            if own.is_file() {
                return verify(&own);
            }
            let own = own.display();
            print::line(&format!("{own}: no journal yet, nothing was ever recorded"))?;
            Ok(Exit::Good)
        }
    }
}

/// The entries of the user's own journal; what cannot be read is said aside.
fn entries(since: Option<Timestamp>) -> anyhow::Result<Vec<Entry>> {
    let nobody = Who {
        user: "".into(),
        host: "".into(),
    };
    let journal = Journal::open(&Folders::of_user()?.journal(), nobody);
    let reading = journal.entries()?;
    for line in &reading.unreadable {
        print::problem(&format!(
            "line {line} cannot be read: altered, or of a newer version"
        ));
    }
    if let Some(torn) = &reading.torn {
        print::problem(&format!(
            "the last line is torn, the next one heals it: {torn}"
        ));
    }
    let late = |entry: &Entry| since.is_none_or(|since| entry.at >= since);
    Ok(reading.entries.into_iter().filter(late).collect())
}

/// Prints what was done, as JSON or in lines.
pub(super) fn shown(
    told: &[Told],
    json: bool,
    line: impl Fn(&Told) -> String,
) -> anyhow::Result<Exit> {
    if json {
        print::line(&serde_json::to_string_pretty(told).context("no JSON form")?)?;
        return Ok(Exit::Good);
    }
    for one in told {
        print::line(&line(one))?;
    }
    if told.is_empty() {
        print::line("nothing was done in that time")?;
    }
    Ok(Exit::Good)
}

fn verify(path: &Path) -> anyhow::Result<Exit> {
    match journal::verify(path) {
        Ok(lines) => {
            print::line(&format!(
                "{}: {lines} lines, every seal is good",
                path.display()
            ))?;
            Ok(Exit::Good)
        }
        Err(error) => {
            print::problem(&error.to_string());
            Ok(Exit::Failed)
        }
    }
}
