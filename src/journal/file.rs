//! The file: one writer at a time, torn ends healed, synced before anybody relies on it.
#![expect(
    clippy::disallowed_methods,
    reason = "the journal is one of the rooms that own files"
)]

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::estate::Timestamp;
use crate::estate::text::Text;

use super::chain;
use super::entry::{Entry, EntryId, Record};
use super::{Journal, JournalError, Reading};

/// How much of the file's end is read at once while looking for the last line.
const WINDOW: u64 = 16 * 1024;

pub(super) fn failed<'a>(
    doing: &'static str,
    path: &'a Path,
) -> impl FnOnce(std::io::Error) -> JournalError + 'a {
    move |source| JournalError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}

/// Waits for the writer's lock, which others hold for one line only; creates the folder, for
/// its owner alone. The lock goes with the returned file.
pub(super) fn lock(folder: &Path) -> Result<File, JournalError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed("create", folder))?;
    let path = folder.join("journal.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed("open", &path))?;
    file.lock().map_err(failed("lock", &path))?;
    Ok(file)
}

pub(super) fn open_to_append(path: &Path) -> Result<File, JournalError> {
    OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(failed("open", path))
}

/// Appends one entry, tied to the line before it, and syncs it.
pub(super) fn append(
    journal: &Journal,
    at: Timestamp,
    record: &Record,
) -> Result<EntryId, JournalError> {
    let path = &journal.path();
    let _lock = lock(&journal.folder)?;
    let mut file = open_to_append(path)?;
    let end = end(&mut file).map_err(failed("read", path))?;
    let mut previous = end.seal;
    let mut lines = String::new();
    match chain::check(&end.torn) {
        _ if end.torn.is_empty() => {}
        (seal, true) => {
            lines.push('\n'); // all of it was written but the line break
            previous = seal;
        }
        (_, false) => {
            file.set_len(end.whole).map_err(failed("heal", path))?;
            let torn = Text::clean(&String::from_utf8_lossy(&end.torn));
            let healed = Entry::new(at, &journal.who, &previous, &Record::Healed { torn })?;
            previous = push(&mut lines, &healed)?;
        }
    }
    let entry = Entry::new(at, &journal.who, &previous, record)?;
    push(&mut lines, &entry)?;
    file.write_all(lines.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed("write", path))?;
    if end.whole == 0 {
        let folder = &journal.folder;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed("sync", folder))?;
    }
    Ok(entry.id)
}

/// Adds the sealed line of `entry` and returns its seal.
fn push(lines: &mut String, entry: &Entry) -> Result<String, JournalError> {
    let line = chain::seal(&serde_json::to_string(entry)?);
    lines.push_str(&line);
    lines.push('\n');
    Ok(chain::check(line.as_bytes()).0)
}

/// The end of the file.
struct End {
    /// Bytes up to and with the last line break.
    whole: u64,
    /// The seal of the last whole line.
    seal: String,
    /// What stands behind the last line break.
    torn: Vec<u8>,
}

fn end(file: &mut File) -> std::io::Result<End> {
    let length = file.metadata()?.len();
    let mut window = WINDOW;
    loop {
        let start = length.saturating_sub(window);
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.read_to_end(&mut tail)?;
        let whole = tail
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let (lines, torn) = tail.split_at(whole);
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        let line = lines
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map(|at| at + 1);
        if line.is_none() && start > 0 {
            window *= 2;
            continue;
        }
        let last = lines.get(line.unwrap_or(0)..).unwrap_or_default();
        let seal = if last.is_empty() {
            chain::GENESIS.to_owned()
        } else {
            chain::check(last).0
        };
        return Ok(End {
            whole: length - torn.len() as u64,
            seal,
            torn: torn.to_vec(),
        });
    }
}

/// Every entry that can be read. No file is an empty journal.
pub(super) fn read(path: &Path) -> Result<Reading, JournalError> {
    let (mut entries, mut unreadable) = (Vec::new(), Vec::new());
    let torn = each_line(path, |number, line| {
        match serde_json::from_slice(line) {
            Ok(entry) => entries.push(entry),
            Err(_) => unreadable.push(number),
        }
        Ok(())
    })?;
    Ok(Reading {
        entries,
        unreadable,
        torn,
    })
}

/// Checks every line and its tie to the one before it.
pub(super) fn verify(path: &Path) -> Result<usize, JournalError> {
    /// What every version's entries share.
    #[derive(serde::Deserialize)]
    struct Tie {
        previous: Text,
    }
    let mut previous = chain::GENESIS.to_owned();
    let mut good = 0;
    each_line(path, |number, line| {
        let (seal, whole) = chain::check(line);
        if !whole {
            return Err(broken(path, number, "its seal is broken: it was altered"));
        }
        let tie: Tie =
            serde_json::from_slice(line).map_err(|_| broken(path, number, "this is no entry"))?;
        if *tie.previous != *previous {
            let what = "it does not follow the line before: lines were altered or removed";
            return Err(broken(path, number, what));
        }
        previous = seal;
        good = number;
        Ok(())
    })?;
    Ok(good)
}

fn broken(path: &Path, line: usize, what: &'static str) -> JournalError {
    JournalError::Broken {
        path: path.to_owned(),
        line,
        what,
    }
}

/// Calls `take` with every whole line and its number; returns the torn end.
fn each_line(
    path: &Path,
    mut take: impl FnMut(usize, &[u8]) -> Result<(), JournalError>,
) -> Result<Option<Text>, JournalError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let length = reader
            .read_until(b'\n', &mut line)
            .map_err(failed("read", path))?;
        if length == 0 {
            break;
        }
        match line.strip_suffix(b"\n") {
            Some(whole) => take(number, whole)?,
            None => return Ok(Some(Text::clean(&String::from_utf8_lossy(&line)))),
        }
    }
    Ok(None)
}
