//! Stopped tasks outlive the console that saw them: AWS forgets them after about an hour and
//! resets its own count of failures (aws.md 1.1), so they are written down here for a day.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use super::inventory::{beside, file_of};
use crate::cloud::connect::{Connection, Options};
use crate::estate::id::Region;
use crate::estate::snapshot::KEEP_STOPS;
use crate::estate::task::Task;
use crate::estate::{SignedDuration, Timestamp};

/// How often what has grown too old is thrown out of the file.
const TIDY: SignedDuration = SignedDuration::from_hours(1);

/// The file of one account, region, environment and endpoint: one task a line. Several consoles
/// may add to it at a time; a task that two of them saw stands in it twice until it is tidied.
#[derive(Clone, Debug)]
pub(super) struct StopStore(PathBuf);

/// When the file was last tidied.
#[derive(Debug, Default)]
pub(super) struct Tidied(Option<Timestamp>);

impl StopStore {
    /// Its place; `None` when nothing is to be kept.
    pub(super) fn of(connection: &Connection, options: &Options, region: &Region) -> Option<Self> {
        let path = file_of("stops", connection, options, region)?;
        Some(Self(path.with_extension("jsonl")))
    }

    /// What stopped within the day before `now`, each once. Lines nobody can read (a write that
    /// was cut, a later version's) are left out.
    pub(super) fn read(&self, now: Timestamp) -> Vec<Task> {
        #[expect(
            clippy::disallowed_methods,
            reason = "what the cloud remembers is one of the three rooms of files"
        )]
        let text = std::fs::read(&self.0).unwrap_or_default();
        let mut seen = HashSet::new();
        let lines = text.split(|&byte| byte == b'\n');
        lines
            .filter_map(|line| serde_json::from_slice::<Task>(line).ok())
            .filter(|task| task.stopped_at.is_some_and(|at| at >= now - KEEP_STOPS))
            .filter(|task| seen.insert(task.arn.clone()))
            .collect()
    }

    /// Adds tasks, and now and then throws out those of more than a day ago. That it failed is
    /// worth a line in the log and no more: the console then forgets with its end.
    pub(super) fn keep(&self, tasks: &[Task], now: Timestamp, tidied: &mut Tidied) {
        let due = tidied.0.is_none_or(|at| now.duration_since(at) >= TIDY);
        let added = self.add(tasks);
        let done = if due {
            added.and_then(|()| self.tidy(now))
        } else {
            added
        };
        if due {
            tidied.0 = Some(now);
        }
        if let Err(error) = done {
            let path = self.0.display();
            tracing::warn!(%path, %error, "stopped tasks cannot be kept; the next start forgets them");
        }
    }

    /// One write for all lines, so that those of two consoles do not mix.
    fn add(&self, tasks: &[Task]) -> io::Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        if let Some(folder) = self.0.parent() {
            std::fs::create_dir_all(folder)?;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "what the cloud remembers is one of the three rooms of files"
        )]
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.0)?;
        // A line that an earlier end cut short must not swallow the first of these.
        file.write_all(&[b"\n", lines(tasks)?.as_slice()].concat())
    }

    fn tidy(&self, now: Timestamp) -> io::Result<()> {
        let kept = self.read(now);
        if kept.is_empty() && !self.0.exists() {
            return Ok(());
        }
        let beside = beside(&self.0);
        #[expect(
            clippy::disallowed_methods,
            reason = "what the cloud remembers is one of the three rooms of files"
        )]
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(&lines(&kept)?)?;
        std::fs::rename(&beside, &self.0)
    }
}

fn lines(tasks: &[Task]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    for task in tasks {
        serde_json::to_writer(&mut lines, task)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estate::fixture::{ago, stop};

    #[test]
    fn a_day_of_stops_is_kept_once_each_whatever_else_is_in_the_file() {
        let folder = std::env::temp_dir().join(format!("firstline-stops-{}", std::process::id()));
        let store = StopStore(folder.join("stops.jsonl"));
        let mut tidied = Tidied::default();
        assert!(store.read(ago(0)).is_empty());
        let crash = |age| stop(age, "EssentialContainerExited", 1, "");
        store.keep(&[crash(60), crash(90_000)], ago(0), &mut tidied);
        assert_eq!(store.read(ago(0)), [crash(60)], "yesterday's is thrown out");

        // Another console writes the same, and a third one dies in the middle of a line.
        store.keep(&[crash(60), crash(30)], ago(0), &mut tidied);
        #[expect(clippy::disallowed_methods, reason = "damages the file under test")]
        let cut = std::fs::OpenOptions::new().append(true).open(&store.0);
        cut.unwrap().write_all(b"{\"arn\": \"arn:aws").unwrap();
        store.keep(&[crash(10)], ago(0), &mut tidied);
        assert_eq!(store.read(ago(0)), [crash(60), crash(30), crash(10)]);
        let later = ago(-3600);
        store.keep(&[], later, &mut tidied);
        let size = std::fs::metadata(&store.0).unwrap().len();
        let three = lines(&[crash(60), crash(30), crash(10)]).unwrap();
        assert_eq!(
            size,
            u64::try_from(three.len()).unwrap(),
            "tidied after an hour"
        );
        assert!(store.read(ago(-100_000)).is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
