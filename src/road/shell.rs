//! A shell that is open: its channel kept, its recording made, its end written down.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use crate::estate::Timestamp;
use crate::journal::Journal;
use crate::passage::{Keeping, Kept, Over, Shown};
use crate::session::channel::{Ended, OpenError};

use super::recording::Recording;
use super::visit::{Parting, Visit, Watch};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// An open shell: whoever holds it has to [`OpenShell::finish`] it.
pub struct OpenShell {
    visit: Visit,
    kept: Kept,
    over: JoinHandle<Over>,
    recording: Shared,
    clock: Clock,
    _watch: Watch,
}

type Shared = Arc<Mutex<Option<Recording>>>;

/// How a shell came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Why, in a few words; empty of anything bad when `exit` ended it.
    pub words: String,
    /// Whether it ended against everybody's will.
    pub bad: bool,
    /// What went wrong with the end itself, each a sentence.
    pub problems: Vec<String>,
}

impl OpenShell {
    /// Opens the channel of `visit` and keeps it, for a terminal of so many columns and rows.
    ///
    /// # Errors
    /// When there is no way to it: by then its end is at AWS and in the journal. What went wrong
    /// with that comes beside the error.
    pub async fn open(
        visit: Visit,
        size: (u16, u16),
        recording: Option<Recording>,
        (journal, clock): (&Journal, Clock),
    ) -> Result<Self, (OpenError, Vec<String>)> {
        let channel = match visit.channel().await {
            Ok(channel) => channel,
            Err(error) => {
                let parting = Parting {
                    words: error.to_string(),
                    by_aws: false,
                    recording: recording.map(|one| one.end().0),
                };
                let problems = visit.end(journal, &*clock, &parting).await;
                return Err((error, problems));
            }
        };
        let recording: Shared = Arc::new(Mutex::new(recording));
        let (notices, watch) = visit.watch();
        let keeping = Keeping {
            open: visit.time_box(),
            silence: visit.silence(),
            size,
            notices,
            copy: copy(Arc::clone(&recording), Arc::clone(&clock)),
        };
        let (kept, over) = Kept::keep(channel, keeping);
        Ok(Self {
            visit,
            kept,
            over,
            recording,
            clock,
            _watch: watch,
        })
    }

    /// What a terminal is lent to.
    pub fn kept(&self) -> Kept {
        self.kept.clone()
    }

    /// What is open.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// Where it is recorded, if it is.
    pub fn recorded(&self) -> Option<String> {
        let recording = lock(&self.recording);
        recording
            .as_ref()
            .map(|one| one.path().display().to_string())
    }

    /// Waits until it is over, whoever ends it, and ends it at AWS and in the journal.
    pub async fn finish(self, journal: &Journal) -> Finished {
        let Self {
            visit,
            kept,
            over,
            recording,
            clock,
            _watch,
        } = self;
        let over = over.await;
        drop(kept);
        let (words, by_aws, bad) = match &over {
            Ok(Over::Ended(Ended::Remote { output })) if output.trim().is_empty() => {
                ("the shell ended".to_owned(), true, false)
            }
            Ok(Over::Ended(ended)) => {
                let told = matches!(ended, Ended::Remote { .. } | Ended::TimedOut);
                (ended.to_string(), told, !told)
            }
            Ok(Over::LetGo(why)) => (why.clone(), false, false),
            Ok(Over::TimeBox) => ("the time box ended".to_owned(), false, false),
            Err(error) => (format!("the session failed: {error}"), false, true),
        };
        let ended = lock(&recording).take().map(Recording::end);
        let (recording, torn) = ended.unzip();
        let parting = Parting {
            words: words.clone(),
            by_aws,
            recording,
        };
        let mut problems = visit.end(journal, &*clock, &parting).await;
        problems.extend(
            torn.flatten()
                .map(|error| format!("the recording is not whole: {error}")),
        );
        Finished {
            words,
            bad,
            problems,
        }
    }
}

fn copy(recording: Shared, clock: Clock) -> crate::passage::Copy {
    Box::new(move |shown| {
        if let Some(recording) = lock(&recording).as_mut() {
            match shown {
                Shown::Bytes(bytes) => recording.output(clock(), bytes),
                Shown::Typed(bytes) => recording.input(clock(), bytes),
                Shown::Size(columns, rows) => recording.resize(clock(), (columns, rows)),
            }
        }
    })
}

fn lock(recording: &Shared) -> MutexGuard<'_, Option<Recording>> {
    recording.lock().unwrap_or_else(PoisonError::into_inner)
}
