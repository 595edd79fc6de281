//! The files: one writer at a time, torn ends healed, synced before anybody relies on them.
#![expect(
    clippy::disallowed_methods,
    reason = "the journal is one of the rooms that own files"
)]

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::estate::Timestamp;
use crate::estate::text::Text;

use super::chain;
use super::entry::{Entry, EntryId, Record};
use super::{Journal, JournalError};

/// Held by whoever carries a change of several steps: as long as they live, nobody else takes it
/// up. Dropped, it is free; so it is when they die.
#[derive(Debug)]
pub struct Hold {
    _file: File,
    path: PathBuf,
}

impl Drop for Hold {
    fn drop(&mut self) {
        // One that stays is found free and taken away by the next console.
        let _ = std::fs::remove_file(&self.path);
    }
}

pub(super) fn hold_of(folder: &Path, intent: &str) -> PathBuf {
    folder.join(format!("held-{intent}.lock"))
}

/// Takes the hold on an intent; `None` where the operating system refuses: then somebody may take
/// the change up too early, and that only reads.
pub(super) fn hold(folder: &Path, intent: &EntryId) -> Option<Hold> {
    let path = hold_of(folder, intent.as_str());
    let file = open_to_append(&path).ok()?;
    file.try_lock().ok()?;
    Some(Hold { _file: file, path })
}

/// Whether somebody holds it who still lives.
pub(super) fn is_held(folder: &Path, intent: &str) -> bool {
    let path = hold_of(folder, intent);
    let Ok(file) = OpenOptions::new().append(true).open(&path) else {
        return false;
    };
    let held = file.try_lock().is_err();
    if !held {
        let _ = std::fs::remove_file(&path);
    }
    held
}

/// How much of the file's end is read at once while looking for the last line.
const WINDOW: u64 = 16 * 1024;
/// Bytes after which a file is put aside and the next one begun: about ten thousand changes.
const LARGEST: u64 = 8 * 1024 * 1024;

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
    append_if(journal, at, record, |_| Ok(()))
}

/// The same, if `check` has nothing against it while nobody else writes.
pub(super) fn append_if(
    journal: &Journal,
    at: Timestamp,
    record: &Record,
    check: impl FnOnce(&Path) -> Result<(), JournalError>,
) -> Result<EntryId, JournalError> {
    let path = &journal.path();
    let record = &*journal.masked(record);
    let _lock = lock(&journal.folder)?;
    check(path)?;
    put_aside(journal)?;
    let mut file = open_to_append(path)?;
    let end = end(&mut file).map_err(failed("read", path))?;
    let mut previous = match end.seal {
        Some(seal) => seal,
        None => last_seal(&put_aside_in(&journal.folder)?)?,
    };
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
        sync(&journal.folder)?;
    }
    Ok(entry.id)
}

pub(super) fn sync(folder: &Path) -> Result<(), JournalError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("sync", folder))
}

/// Puts the file aside when it is large; the next one goes on with its chain. The name is a
/// number, so a crash right after leaves nothing to mend.
fn put_aside(journal: &Journal) -> Result<(), JournalError> {
    let path = journal.path();
    let large = |path: &Path| {
        path.metadata()
            .is_ok_and(|about| about.len() >= journal.largest)
    };
    if !large(&path) {
        return Ok(());
    }
    // Not how many there are: somebody may have taken the oldest away.
    let last = put_aside_in(&journal.folder)?;
    let number = last.last().and_then(|path| number_of(path)).unwrap_or(0) + 1;
    let aside = journal.folder.join(format!("journal-{number:06}.jsonl"));
    std::fs::rename(&path, &aside).map_err(failed("put aside", &path))?;
    sync(&journal.folder)
}

/// Writes a new file only its owner may read; one that exists is left alone.
///
/// # Errors
/// When the file exists, or the operating system refuses.
pub fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The size at which a file is put aside unless a test says otherwise.
pub(super) const fn largest() -> u64 {
    LARGEST
}

/// The number of a file that was put aside.
pub(super) fn number_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    let number = name.strip_prefix("journal-")?.strip_suffix(".jsonl")?;
    let digits = number.len() == 6 && number.bytes().all(|one| one.is_ascii_digit());
    digits.then(|| number.parse().ok())?
}

/// The files put aside, oldest first.
pub(super) fn put_aside_in(folder: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", folder)(error)),
    };
    let aside = |path: &PathBuf| number_of(path).is_some();
    let mut files: Vec<PathBuf> = listed
        .filter_map(Result::ok)
        .map(|one| one.path())
        .filter(aside)
        .collect();
    files.sort();
    Ok(files)
}

/// The seal the first line of the file after `files` has to carry.
fn last_seal(files: &[PathBuf]) -> Result<String, JournalError> {
    let Some(path) = files.last() else {
        return Ok(chain::GENESIS.to_owned());
    };
    let mut file = File::open(path).map_err(failed("open", path))?;
    let end = end(&mut file).map_err(failed("read", path))?;
    Ok(end.seal.unwrap_or_else(|| chain::GENESIS.to_owned()))
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
    /// The seal of the last whole line; `None` where there is none.
    seal: Option<String>,
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
        return Ok(End {
            whole: length - torn.len() as u64,
            seal: (!last.is_empty()).then(|| chain::check(last).0),
            torn: torn.to_vec(),
        });
    }
}

/// The lines of the file's last `window` bytes that are whole, and whether that was all of it.
pub(super) fn tail(path: &Path, window: u64) -> Result<(String, bool), JournalError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok((String::new(), true));
        }
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut read = || {
        let start = file.metadata()?.len().saturating_sub(window);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(start))?;
        file.read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(match (start, text.split_once('\n')) {
            (0, _) => (text, true),
            (_, Some((_, whole))) => (whole.to_owned(), false),
            (_, None) => (String::new(), false),
        })
    };
    read().map_err(failed("read", path))
}

/// Calls `take` with every whole line and its number; returns the torn end.
pub(super) fn each_line(
    path: &Path,
    mut take: impl FnMut(usize, &[u8]) -> Result<(), JournalError>,
) -> Result<Option<Text>, JournalError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut reader = BufReader::with_capacity(64 * 1024, file);
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
