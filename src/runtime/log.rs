//! The program's own log: a file, never the screen.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

/// Writes the program's log to `path`, appending. `filter` is a `tracing` filter such as
/// `firstline=debug`.
///
/// # Errors
/// When the file cannot be opened, or another subscriber was installed before.
pub fn to_file(path: &Path, filter: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    #[expect(clippy::disallowed_methods, reason = "the log file is the runtime's")]
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .try_init()
        .map_err(io::Error::other)
}
