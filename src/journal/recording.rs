//! Recordings of shells, beside the journal: one file for each, named after its entry.
#![expect(
    clippy::disallowed_methods,
    reason = "the journal is one of the rooms that own files"
)]

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::file::failed;
use super::{EntryId, Journal, JournalError};

impl Journal {
    /// Begins the recording of the session that `intent` opens: an empty file only its owner may
    /// read.
    pub fn begin_recording(
        &self,
        intent: &EntryId,
    ) -> Result<(Box<dyn Write + Send>, PathBuf), JournalError> {
        let folder = self.recordings_folder();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(failed("create", &folder))?;
        let path = folder.join(format!("{intent}.cast"));
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed("create", &path))?;
        Ok((Box::new(file), path))
    }

    /// The recordings there are, oldest first.
    pub fn recordings(&self) -> Result<Vec<PathBuf>, JournalError> {
        let folder = self.recordings_folder();
        let listed = match std::fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("list", &folder)(error)),
        };
        let mut found: Vec<_> = listed
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "cast"))
            .map(|path| {
                (
                    path.metadata().and_then(|about| about.modified()).ok(),
                    path,
                )
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    /// The text of a recording: a path, or a name from the list.
    pub fn read_recording(&self, named: &Path) -> Result<String, JournalError> {
        let own = self.recordings_folder().join(named).with_extension("cast");
        let path = if named.exists() { named } else { &own };
        std::fs::read_to_string(path).map_err(failed("read", path))
    }

    fn recordings_folder(&self) -> PathBuf {
        self.folder.join("recordings")
    }
}
