//! A recording on its way: from what a session shows to a file beside the journal.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::estate::Timestamp;
use crate::journal::{EntryId, Journal, JournalError};
use crate::session::record::{self, Header};

/// Why a recording cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// There is no file for it.
    #[error(transparent)]
    NoFile(#[from] JournalError),
    /// The file takes nothing.
    #[error("the recording cannot be written: {0}")]
    Unwritable(#[from] io::Error),
}

/// A recording on its way. What is typed is kept only when asked for.
pub struct Recording {
    writer: record::Recorder<BufWriter<Box<dyn Write + Send>>>,
    path: PathBuf,
    began: Timestamp,
    last: Duration,
    /// It took no more: said once.
    torn: bool,
}

impl Recording {
    /// Begins the recording of the session that `intent` opened, on a terminal of so many columns
    /// and rows.
    ///
    /// # Errors
    /// [`RecordingError`].
    pub fn begin(
        journal: &Journal,
        intent: &EntryId,
        (cols, rows): (u16, u16),
        began: Timestamp,
        input: bool,
    ) -> Result<Self, RecordingError> {
        let (file, path) = journal.begin_recording(intent)?;
        let header = Header {
            cols,
            rows,
            began: u64::try_from(began.as_second()).unwrap_or_default(),
            title: format!("journal entry {intent}"),
            input,
        };
        let writer = record::Recorder::new(BufWriter::new(file), &header, &[])?;
        Ok(Self {
            writer,
            path,
            began,
            last: Duration::ZERO,
            torn: false,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps what is shown at `now`.
    pub fn output(&mut self, now: Timestamp, bytes: &[u8]) {
        self.reach(now);
        let kept = self.writer.output(self.last, bytes);
        self.mind(kept);
    }

    /// Keeps what is typed at `now`, if that is wanted.
    pub fn input(&mut self, now: Timestamp, bytes: &[u8]) {
        self.reach(now);
        let kept = self.writer.input(self.last, bytes);
        self.mind(kept);
    }

    /// Keeps a new size of the terminal.
    pub fn resize(&mut self, now: Timestamp, (cols, rows): (u16, u16)) {
        self.reach(now);
        let kept = self.writer.resize(self.last, cols, rows);
        self.mind(kept);
    }

    /// A clock that jumped back must not turn the recording round.
    fn reach(&mut self, now: Timestamp) {
        let after = now.duration_since(self.began);
        self.last = Duration::try_from(after).unwrap_or_default().max(self.last);
    }

    fn mind(&mut self, kept: io::Result<()>) {
        if let Err(error) = kept
            && !std::mem::replace(&mut self.torn, true)
        {
            tracing::warn!(%error, "a recording takes no more");
        }
    }

    /// Closes the file; where it is, and why it is not whole, if so.
    pub fn end(self) -> (String, Option<io::Error>) {
        let torn = self.writer.finish(self.last).err();
        (self.path.display().to_string(), torn)
    }
}
