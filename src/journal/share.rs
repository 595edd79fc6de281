//! The journal on its way to a group a team shares: pure file work. Lines are handed out in the order
//! they were written, and a cursor beside the journal keeps how far they came.
//!
//! The cursor is written after AWS took the lines: a console that dies in between sends them again,
//! and whoever reads the group takes each line once. One that does not fit the files (a journal that
//! was put elsewhere and begun anew) counts for nothing, and all is sent again.
#![expect(
    clippy::disallowed_methods,
    reason = "the journal is one of the rooms that own files"
)]

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry::{Entry, Record};
use super::file::{failed, lock, number_of, open_to_append, put_aside_in, sync};
use super::{Journal, JournalError, Who, chain};
use crate::estate::Timestamp;
use crate::estate::shared::{MOST_BYTES, MOST_LINES, Sharing};
use crate::estate::text::Text;

/// How far the journal was shared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    /// The stream its lines go to; empty before the first.
    stream: String,
    /// The number of the file the next line is in, from one.
    file: u32,
    /// Where in it the next line begins, in bytes.
    offset: u64,
    /// The seal of the last shared line.
    seal: String,
    /// Lines that are shared.
    lines: u64,
    /// Lines that were too long for AWS.
    kept_back: u64,
    /// When the last line was shared.
    at: Option<Timestamp>,
}

/// A line that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The line, word for word.
    pub line: String,
    /// When it was written; `None` where nobody can read it.
    pub at: Option<Timestamp>,
    file: u32,
    /// Where it ends, in bytes.
    end: u64,
}

/// The journal while it is sent; nobody else sends it meanwhile.
#[derive(Debug)]
pub struct Share<'a> {
    journal: &'a Journal,
    path: PathBuf,
    cursor: Cursor,
    _lock: File,
}

impl Journal {
    /// Takes the journal to send it to the group that `key` stands for; `None` where somebody else on
    /// this machine does so now.
    ///
    /// # Errors
    /// When files of the journal's folder cannot be read or written.
    pub fn share(&self, key: &str) -> Result<Option<Share<'_>>, JournalError> {
        drop(lock(&self.folder)?); // it creates the folder
        let path = cursor_in(&self.folder, key);
        let file = open_to_append(&path.with_extension("lock"))?;
        if file.try_lock().is_err() {
            return Ok(None);
        }
        Ok(Some(Share {
            cursor: self.cursor(&path)?,
            journal: self,
            path,
            _lock: file,
        }))
    }

    /// How the journal stands with the group that `key` stands for, as far as its files tell.
    ///
    /// # Errors
    /// When files of the journal's folder cannot be read.
    pub fn sharing(&self, key: &str) -> Result<Sharing, JournalError> {
        let cursor = self.cursor(&cursor_in(&self.folder, key))?;
        let (mut waiting, mut oldest) = (0, None);
        self.each_after(&cursor, |pending| {
            oldest = oldest.or(pending.at);
            waiting += 1;
            true
        })?;
        Ok(Sharing {
            stream: Text::clean(&cursor.stream),
            shared: cursor.lines,
            shared_at: cursor.at,
            waiting,
            oldest,
            kept_back: cursor.kept_back,
            ..Sharing::default()
        })
    }

    /// Forgets how far the journal was shared: all of it is sent again. For groups that are gone with
    /// the simulator.
    pub fn forget_sharing(&self) {
        let listed = std::fs::read_dir(&self.folder).into_iter().flatten();
        for path in listed.filter_map(Result::ok).map(|one| one.path()) {
            let name = path.file_name().and_then(|name| name.to_str());
            if name.is_some_and(|name| name.starts_with("shared-")) {
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    /// The cursor, or the beginning where there is none that fits.
    fn cursor(&self, path: &Path) -> Result<Cursor, JournalError> {
        let mut text = String::new();
        match File::open(path) {
            Ok(mut file) => file
                .read_to_string(&mut text)
                .map_err(failed("read", path))?,
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(failed("open", path)(error)),
        };
        let files = self.files()?;
        if let Ok(cursor) = serde_json::from_str::<Cursor>(&text)
            && let Some((_, file)) = files.iter().find(|(number, _)| *number == cursor.file)
            && ends_with(file, &cursor)?
        {
            return Ok(cursor);
        }
        let Some((number, first)) = files.first() else {
            return Ok(Cursor::default());
        };
        Ok(Cursor {
            stream: first_line(first)?.map_or_else(String::new, |line| stream(&line)),
            file: *number,
            ..Cursor::default()
        })
    }

    /// The files with their numbers, oldest first.
    fn files(&self) -> Result<Vec<(u32, PathBuf)>, JournalError> {
        let aside = put_aside_in(&self.folder)?;
        let mut files: Vec<(u32, PathBuf)> = aside
            .into_iter()
            .map(|path| (number_of(&path).unwrap_or_default(), path))
            .collect();
        let next = files.last().map_or(0, |(number, _)| *number) + 1;
        files.push((next, self.path()));
        Ok(files)
    }

    /// Hands out every whole line after `cursor` until `take` has enough.
    fn each_after(
        &self,
        cursor: &Cursor,
        mut take: impl FnMut(Pending) -> bool,
    ) -> Result<(), JournalError> {
        let mut number = cursor.file.max(1);
        let mut offset = cursor.offset;
        loop {
            let Some((file, path)) = self.numbered(number)? else {
                return Ok(());
            };
            let mut reader = BufReader::with_capacity(64 * 1024, file);
            reader
                .seek(SeekFrom::Start(offset))
                .map_err(failed("read", &path))?;
            let mut line = Vec::new();
            loop {
                line.clear();
                let length = reader.read_until(b'\n', &mut line);
                offset += length.map_err(failed("read", &path))? as u64;
                let Some(whole) = line.strip_suffix(b"\n") else {
                    break;
                };
                let pending = pending(whole, (number, offset));
                if !whole.is_empty() && !take(pending) {
                    return Ok(());
                }
            }
            (number, offset) = (number + 1, 0);
        }
    }

    /// The file of that number, opened. It may be put aside at any moment: the number is looked up
    /// again after it was opened.
    fn numbered(&self, number: u32) -> Result<Option<(File, PathBuf)>, JournalError> {
        loop {
            let before = self.files()?;
            let Some((_, path)) = before.iter().find(|(one, _)| *one == number) else {
                return Ok(None);
            };
            let file = match File::open(path) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(failed("open", path)(error)),
            };
            if self.files()? == before {
                return Ok(file.map(|file| (file, path.clone())));
            }
        }
    }
}

impl Share<'_> {
    /// The stream the lines go to: `user@host/` and what no other journal has.
    pub fn stream(&self) -> &str {
        &self.cursor.stream
    }

    /// The next lines, as many as one call may take; empty when all is shared.
    ///
    /// # Errors
    /// When the files cannot be read.
    pub fn waiting(&mut self) -> Result<Vec<Pending>, JournalError> {
        if self.cursor.stream.is_empty() {
            self.cursor = self.journal.cursor(&self.path)?; // the first line may have come by now
        }
        let (mut lines, mut bytes) = (Vec::new(), 0);
        self.journal.each_after(&self.cursor, |pending| {
            bytes += pending.line.len();
            lines.push(pending);
            bytes < MOST_BYTES && lines.len() < MOST_LINES
        })?;
        Ok(lines)
    }

    /// Keeps that everything up to the last of `lines` is shared, `kept_back` of them not. On the disk
    /// when it returns.
    ///
    /// # Errors
    /// When it cannot be written: then the lines are sent again.
    pub fn shared(
        &mut self,
        lines: &[Pending],
        kept_back: u64,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let Some(last) = lines.last() else {
            return Ok(());
        };
        let cursor = Cursor {
            stream: self.cursor.stream.clone(),
            file: last.file,
            offset: last.end,
            seal: chain::check(last.line.as_bytes()).0,
            lines: self.cursor.lines + lines.len() as u64 - kept_back,
            kept_back: self.cursor.kept_back + kept_back,
            at: Some(now),
        };
        let text = serde_json::to_string(&cursor)?;
        let new = self.path.with_extension("new");
        let written = || {
            let mut options = OpenOptions::new();
            options.create(true).truncate(true).write(true).mode(0o600);
            let mut file = options.open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, &self.path)
        };
        written().map_err(failed("write", &self.path))?;
        sync(&self.journal.folder)?;
        self.cursor = cursor;
        Ok(())
    }
}

/// The cursor's file; a group in another account or region has another.
fn cursor_in(folder: &Path, key: &str) -> PathBuf {
    let digest = chain::hexadecimal(&Sha256::digest(key));
    let short = digest.get(..12).unwrap_or(&digest);
    folder.join(format!("shared-{short}.json"))
}

/// The journal somebody else would have written, and the stream it goes to: for a simulated team.
///
/// # Errors
/// When a record cannot be put into JSON.
pub fn written_by(
    who: &Who,
    records: &[(Timestamp, Record)],
) -> Result<(String, Vec<String>), JournalError> {
    let (mut previous, mut lines) = (chain::GENESIS.to_owned(), Vec::new());
    for (at, record) in records {
        let entry = Entry::new(*at, who, &previous, record)?;
        let line = chain::seal(&serde_json::to_string(&entry)?);
        previous = chain::check(line.as_bytes()).0;
        lines.push(line);
    }
    let first = lines.first().map_or(&[][..], |line| line.as_bytes());
    Ok((stream(first), lines))
}

fn pending(line: &[u8], (file, end): (u32, u64)) -> Pending {
    #[derive(Deserialize)]
    struct Written {
        at: Timestamp,
    }
    let written: Option<Written> = serde_json::from_slice(line).ok();
    Pending {
        line: String::from_utf8_lossy(line).into_owned(),
        at: written.map(|written| written.at),
        file,
        end,
    }
}

/// Whether the line that ends where the cursor stands is the one it names.
fn ends_with(path: &Path, cursor: &Cursor) -> Result<bool, JournalError> {
    let file = match File::open(path) {
        Ok(file) => file,
        // It was put aside since it was listed, or a journal was taken away: all is sent again.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut window = 16 * 1024;
    loop {
        let start = cursor.offset.saturating_sub(window);
        let mut bytes = Vec::new();
        let mut part = &file;
        part.seek(SeekFrom::Start(start))
            .and_then(|_| part.take(cursor.offset - start).read_to_end(&mut bytes))
            .map_err(failed("read", path))?;
        if bytes.len() as u64 != cursor.offset - start {
            return Ok(false);
        }
        let Some(lines) = bytes.strip_suffix(b"\n") else {
            return Ok(false);
        };
        let begin = lines.iter().rposition(|&byte| byte == b'\n');
        if begin.is_none() && start > 0 {
            window *= 4;
            continue;
        }
        let last = lines.get(begin.map_or(0, |at| at + 1)..);
        return Ok(chain::check(last.unwrap_or_default()).0 == cursor.seal);
    }
}

fn first_line(path: &Path) -> Result<Option<Vec<u8>>, JournalError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("open", path)(error)),
    };
    let mut line = Vec::new();
    BufReader::new(file)
        .read_until(b'\n', &mut line)
        .map_err(failed("read", path))?;
    Ok(line.strip_suffix(b"\n").map(<[u8]>::to_vec))
}

/// The stream of the journal that begins with `line`: who began it, and the seal of that line. A
/// journal begun anew has a stream of its own, so that each stream is one chain.
fn stream(line: &[u8]) -> String {
    let who: Option<Who> = serde_json::from_slice(line).ok();
    let word = |text: &Text| -> String {
        let letters = text.chars().take(100).map(|one| {
            let kept = one.is_ascii_alphanumeric() || "._-".contains(one);
            if kept { one } else { '-' }
        });
        letters.collect()
    };
    let who = who.map_or_else(
        || "unknown".to_owned(),
        |who| format!("{}@{}", word(&who.user), word(&who.host)),
    );
    let (seal, _) = chain::check(line);
    format!("{who}/{}", seal.get(..12).unwrap_or(&seal))
}

#[cfg(test)]
mod tests {
    use super::super::example::Folder;
    use super::*;
    use crate::estate::SignedDuration;
    use crate::policy::example::now;
    use crate::policy::{Arm, Terms};

    /// Writes so many entries, a minute apart.
    fn write(journal: &Journal, entries: i64) {
        for minute in 0..entries {
            let at = now() + SignedDuration::from_mins(minute);
            let arm = Arm::new("INC-42", at, &Terms::default(), false);
            journal.armed(&arm, Vec::new()).unwrap();
        }
    }

    /// Everything the files hold.
    fn held(journal: &Journal) -> Vec<String> {
        let files = journal.files().unwrap().into_iter();
        let texts = files.map(|(_, path)| std::fs::read_to_string(path).unwrap_or_default());
        texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// Takes `most` lines of what waits as shared, and says them.
    fn take(journal: &Journal, most: usize) -> Vec<String> {
        let mut share = journal.share("group").unwrap().unwrap();
        let lines = share.waiting().unwrap();
        let taken = &lines[..most.min(lines.len())];
        share.shared(taken, 0, now()).unwrap();
        taken.iter().map(|one| one.line.clone()).collect()
    }

    #[test]
    fn every_line_comes_once_whatever_file_it_is_in() {
        let folder = Folder::new();
        let mut journal = folder.journal();
        journal.largest = 1_000;
        write(&journal, 9);
        let mut taken = Vec::new();
        for most in [0, 1, 3, 2, 0, 5] {
            taken.extend(take(&journal, most));
            write(&journal, 2);
        }
        assert!(journal.files().unwrap().len() > 5, "files were put aside");
        taken.extend(take(&journal, usize::MAX));
        assert_eq!(taken, held(&journal));
        assert_eq!(journal.sharing("group").unwrap().waiting, 0);
        assert_eq!(
            journal.sharing("other").unwrap().waiting,
            21,
            "another group has none"
        );
    }

    #[test]
    fn what_waits_is_counted() {
        let folder = Folder::new();
        let journal = folder.journal();
        assert_eq!(journal.sharing("group").unwrap(), Sharing::default());
        assert!(take(&journal, 1).is_empty(), "no journal yet");
        write(&journal, 3);
        take(&journal, 1);
        let standing = journal.sharing("group").unwrap();
        assert_eq!((standing.shared, standing.waiting), (1, 2));
        assert_eq!(standing.oldest, Some(now() + SignedDuration::from_mins(1)));
        assert_eq!(standing.shared_at, Some(now()));
        assert!(
            standing.stream.starts_with("alice@jump-1/"),
            "{}",
            standing.stream
        );
    }

    #[test]
    fn a_torn_end_is_not_sent_before_it_is_healed() {
        let folder = Folder::new();
        let journal = folder.journal();
        write(&journal, 2);
        let mut file = open_to_append(&journal.path()).unwrap();
        file.write_all(b"{\"id\":\"torn").unwrap();
        assert_eq!(take(&journal, 9).len(), 2);
        write(&journal, 1);
        let healed = take(&journal, 9);
        assert_eq!(healed.len(), 2);
        assert!(healed[0].contains("\"kind\":\"healed\""), "{healed:?}");
        assert!(journal.verify().is_ok());
    }

    #[test]
    fn a_journal_begun_anew_is_another_stream() {
        let folder = Folder::new();
        let journal = folder.journal();
        write(&journal, 3);
        assert_eq!(take(&journal, 9).len(), 3);
        let before = journal.sharing("group").unwrap().stream;
        std::fs::rename(journal.path(), folder.path().join("elsewhere")).unwrap();
        let other = Journal {
            who: Who {
                user: "bob: *".into(),
                host: "jump-2".into(),
            },
            ..journal.clone()
        };
        write(&other, 2);
        assert_eq!(take(&journal, 9).len(), 2, "all of the new one");
        let after = journal.sharing("group").unwrap().stream;
        assert_ne!(before, after);
        assert!(after.starts_with("bob---@jump-2/"), "{after}");
    }

    #[test]
    fn the_oldest_file_may_be_taken_away() {
        let folder = Folder::new();
        let mut journal = folder.journal();
        journal.largest = 1_000;
        write(&journal, 12);
        assert_eq!(take(&journal, 99).len(), 12);
        let stream = journal.sharing("group").unwrap().stream;
        let oldest = journal.files().unwrap()[0].1.clone();
        std::fs::remove_file(oldest).unwrap();
        write(&journal, 12);
        let names: Vec<u32> = journal
            .files()
            .unwrap()
            .iter()
            .map(|(number, _)| *number)
            .collect();
        assert!(
            names.is_sorted_by(|one, other| one < other),
            "none was written over: {names:?}"
        );
        assert_eq!(take(&journal, 99).len(), 12, "only what is new");
        assert_eq!(journal.sharing("group").unwrap().stream, stream);
    }

    #[test]
    fn one_console_sends_at_a_time() {
        let folder = Folder::new();
        let journal = folder.journal();
        write(&journal, 1);
        let share = journal.share("group").unwrap();
        assert!(share.is_some());
        assert!(folder.journal().share("group").unwrap().is_none());
        drop(share);
        assert!(folder.journal().share("group").unwrap().is_some());
    }

    #[test]
    fn a_cursor_nobody_can_read_counts_for_nothing() {
        let folder = Folder::new();
        let journal = folder.journal();
        write(&journal, 2);
        take(&journal, 2);
        let path = cursor_in(&journal.folder, "group");
        std::fs::write(&path, "{").unwrap();
        assert_eq!(take(&journal, 9).len(), 2, "sent again, not lost");
        write(&journal, 1);
        journal.forget_sharing();
        assert_eq!(journal.sharing("group").unwrap().waiting, 3);
    }
}
