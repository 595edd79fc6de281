//! Writing lines of a log into a file of the person's.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use super::work::Post;
use crate::app::Msg;
use crate::app::effect::Saved;
use crate::app::msg::Tone;

/// Writes the file beside the console's other work, and says how that went.
pub(super) fn save(saved: Saved, post: Post) {
    tokio::task::spawn_blocking(move || {
        let file = &saved.file;
        let (tone, words) = match write(&saved) {
            Ok(()) => (Tone::Good, format!("{} lines are in {file}", saved.lines)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let words = format!("{file} exists already and was left as it is");
                (Tone::Bad, words)
            }
            Err(error) => (Tone::Bad, format!("{file} could not be written: {error}")),
        };
        // Nobody listens any more only while the console ends.
        let _ = post.send(Msg::Notice(tone, words.into()));
    });
}

/// A new file that only its owner reads: what programs log is nobody else's business.
fn write(saved: &Saved) -> io::Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one file that belongs to the person, named by the person"
    )]
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&saved.file)?;
    file.write_all(saved.text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_is_written_and_one_that_exists_is_left() {
        let name = format!("firstline-saving-{}.log", std::process::id());
        let file = std::env::temp_dir().join(name).to_str().unwrap().to_owned();
        let saved = |text: &str| Saved {
            file: file.clone(),
            text: text.to_owned(),
            lines: 1,
        };
        write(&saved("one\n")).unwrap();
        assert!(write(&saved("two\n")).is_err());
        #[expect(clippy::disallowed_methods, reason = "the test reads what it wrote")]
        let read = std::fs::read_to_string(&file).unwrap();
        assert_eq!(read, "one\n");
        std::fs::remove_file(&file).unwrap();
    }
}
