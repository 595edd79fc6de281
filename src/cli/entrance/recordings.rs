//! Recordings of shells: made while one is open, listed, and played.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::command::Recordings;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::estate::Timestamp;
use crate::journal::{EntryId, Journal, JournalError};
use crate::passage::Shown;

/// A recording on its way: asciicast, version 2. What is typed is not kept.
pub(super) struct Recorder {
    file: BufWriter<Box<dyn Write + Send>>,
    path: PathBuf,
    began: Timestamp,
    /// The beginning of a letter that was cut in two.
    cut: Vec<u8>,
}

impl Recorder {
    pub(super) fn begin(
        opened: &Opened,
        intent: &EntryId,
        (columns, rows): (u16, u16),
    ) -> Result<Self, JournalError> {
        let (file, path) = opened.journal.begin_recording(intent)?;
        let began = (opened.clock)();
        let mut recorder = Self {
            file: BufWriter::new(file),
            path,
            began,
            cut: Vec::new(),
        };
        let head = serde_json::json!({
            "version": 2,
            "width": columns,
            "height": rows,
            "timestamp": began.as_second(),
            "title": format!("journal entry {intent}"),
        });
        recorder.line(&head);
        Ok(recorder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps what is shown at `now`.
    pub(super) fn keep(&mut self, now: Timestamp, shown: Shown<'_>) {
        let after = now.duration_since(self.began).as_secs_f64();
        match shown {
            Shown::Bytes(bytes) => {
                let text = self.whole(bytes);
                if !text.is_empty() {
                    self.line(&serde_json::json!([after, "o", text]));
                }
            }
            Shown::Size(columns, rows) => {
                self.line(&serde_json::json!([
                    after,
                    "r",
                    format!("{columns}x{rows}")
                ]));
            }
        }
    }

    /// Closes the file; where it is.
    pub(super) fn end(mut self) -> String {
        if let Err(error) = self.file.flush() {
            print::problem(&format!("the recording is not whole: {error}"));
        }
        self.path.display().to_string()
    }

    /// The letters that are whole; a cut one waits for its rest.
    fn whole(&mut self, bytes: &[u8]) -> String {
        self.cut.extend(bytes);
        let good = match std::str::from_utf8(&self.cut) {
            Ok(text) => text.len(),
            // Up to three bytes may be the beginning of a letter; more are none.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.cut.len(),
        };
        let rest = self.cut.split_off(good);
        let whole = std::mem::replace(&mut self.cut, rest);
        String::from_utf8_lossy(&whole).into_owned()
    }

    fn line(&mut self, json: &serde_json::Value) {
        if let Err(error) = writeln!(self.file, "{json}") {
            tracing::warn!(%error, "a recording takes no more");
        }
    }
}

/// Lists recordings, or plays one.
pub(in crate::cli) async fn run(asked: &Recordings, journal: &Journal) -> anyhow::Result<Exit> {
    match asked {
        Recordings::List => {
            let found = journal.recordings()?;
            for path in &found {
                print::line(&path.display().to_string())?;
            }
            if found.is_empty() {
                print::line("no recordings")?;
            }
        }
        Recordings::Play { file, speed } => play(&journal.read_recording(file)?, *speed).await?,
    }
    Ok(Exit::Good)
}

/// The longest pause played: nobody watches a terminal where nothing happens.
const PAUSE: f64 = 3.0;

async fn play(text: &str, speed: f64) -> io::Result<()> {
    let mut last = 0.0;
    for line in text.lines().skip(1) {
        let Ok((after, kind, data)) = serde_json::from_str::<(f64, String, String)>(line) else {
            continue;
        };
        if kind != "o" {
            continue;
        }
        let pause = ((after - last) / speed).clamp(0.0, PAUSE);
        last = after;
        let pause = Duration::try_from_secs_f64(pause).unwrap_or_default();
        if !pause.is_zero() {
            let mut tick = tokio::time::interval(pause);
            tick.tick().await;
            tick.tick().await;
        }
        let mut out = io::stdout().lock();
        out.write_all(data.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}
