//! Reading: every entry, the newest ones, and whether all of it is what was once written.

use std::path::{Path, PathBuf};

use crate::estate::Timestamp;
use crate::estate::text::Text;

use super::entry::Entry;
use super::file::{each_line, put_aside_in, tail};
use super::{JournalError, chain};

/// Bytes of the file's end that are looked at first for recent entries.
const RECENT: u64 = 64 * 1024;

/// What reading the journal brought.
#[derive(Debug, Default)]
pub struct Reading {
    /// Every line that could be read, oldest first.
    pub entries: Vec<Entry>,
    /// Numbers of whole lines that could not, counted over all files: altered, or written by a
    /// newer version.
    pub unreadable: Vec<usize>,
    /// The torn end of the newest file, if a writer died there; the next append heals it.
    pub torn: Option<Text>,
}

/// The files of a journal up to `path`, oldest first. A file that is no journal's by its name
/// stands alone.
fn files_to(path: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let current = path.file_name().is_some_and(|name| name == "journal.jsonl");
    let mut files = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => put_aside_in(folder)?,
        _ => put_aside_in(Path::new("."))?,
    };
    if let Some(at) = files
        .iter()
        .position(|one| one.file_name() == path.file_name())
    {
        files.truncate(at + 1);
    } else if current {
        files.push(path.to_owned());
    } else {
        files = vec![path.to_owned()];
    }
    Ok(files)
}

/// Every entry that can be read. No file is an empty journal.
pub(super) fn read(path: &Path) -> Result<Reading, JournalError> {
    let mut reading = Reading::default();
    let mut before = 0;
    for file in files_to(path)? {
        let mut lines = 0;
        reading.torn = each_line(&file, |number, line| {
            match serde_json::from_slice(line) {
                Ok(entry) => reading.entries.push(entry),
                Err(_) => reading.unreadable.push(before + number),
            }
            lines = number;
            Ok(())
        })?;
        before += lines;
    }
    Ok(reading)
}

/// The entries since a moment, oldest first; it reads no more of the files than it needs.
pub(super) fn read_since(path: &Path, since: Timestamp) -> Result<Vec<Entry>, JournalError> {
    let mut found: Vec<Entry> = Vec::new();
    for file in files_to(path)?.iter().rev() {
        let (entries, reached) = tail_since(file, since)?;
        found.splice(0..0, entries);
        if reached {
            break;
        }
    }
    found.retain(|entry| entry.at >= since);
    Ok(found)
}

/// The newest entries of one file, and whether one of them is older than `since`.
fn tail_since(file: &Path, since: Timestamp) -> Result<(Vec<Entry>, bool), JournalError> {
    let mut window = RECENT;
    loop {
        let (text, all) = tail(file, window)?;
        let entries: Vec<Entry> = text
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let reached = entries.first().is_some_and(|first| first.at < since);
        if all || reached {
            return Ok((entries, reached));
        }
        window *= 4;
    }
}

/// Checks every line and its tie to the one before it, over all files up to `path`.
pub(super) fn verify(path: &Path) -> Result<usize, JournalError> {
    let mut previous = chain::GENESIS.to_owned();
    let mut good = 0;
    for file in files_to(path)? {
        each_line(&file, |number, line| {
            let (seal, whole) = chain::check(line);
            if !whole {
                return Err(broken(&file, number, "its seal is broken: it was altered"));
            }
            let Some(tied) = chain::tie(line) else {
                return Err(broken(&file, number, "this is no entry"));
            };
            if *tied != *previous {
                let what = "it does not follow the line before: lines were altered or removed";
                return Err(broken(&file, number, what));
            }
            previous = seal;
            good += 1;
            Ok(())
        })?;
    }
    Ok(good)
}

fn broken(path: &Path, line: usize, what: &'static str) -> JournalError {
    JournalError::Broken {
        path: path.to_owned(),
        line,
        what,
    }
}
