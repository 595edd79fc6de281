//! Recordings of shells: made while one is open, listed, and played.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::command::Recordings;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::estate::Timestamp;
use crate::journal::{EntryId, Journal};
use crate::passage::Shown;
use crate::session::record::{self, Header};

/// A recording on its way. What is typed is not kept.
pub(super) struct Recorder {
    writer: record::Recorder<BufWriter<Box<dyn Write + Send>>>,
    path: PathBuf,
    began: Timestamp,
    last: Duration,
    /// It took no more: said once.
    torn: bool,
}

impl Recorder {
    pub(super) fn begin(
        opened: &Opened,
        intent: &EntryId,
        (cols, rows): (u16, u16),
    ) -> anyhow::Result<Self> {
        let (file, path) = opened.journal.begin_recording(intent)?;
        let began = (opened.clock)();
        let header = Header {
            cols,
            rows,
            began: u64::try_from(began.as_second()).unwrap_or_default(),
            title: format!("journal entry {intent}"),
            input: false,
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

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps what is shown at `now`.
    pub(super) fn keep(&mut self, now: Timestamp, shown: Shown<'_>) {
        let after = now.duration_since(self.began);
        // A clock that jumped back must not turn the recording round.
        self.last = Duration::try_from(after).unwrap_or_default().max(self.last);
        let kept = match shown {
            Shown::Bytes(bytes) => self.writer.output(self.last, bytes),
            Shown::Size(cols, rows) => self.writer.resize(self.last, cols, rows),
        };
        if let Err(error) = kept
            && !std::mem::replace(&mut self.torn, true)
        {
            tracing::warn!(%error, "a recording takes no more");
        }
    }

    /// Closes the file; where it is.
    pub(super) fn end(self) -> String {
        if let Err(error) = self.writer.finish(self.last) {
            print::problem(&format!("the recording is not whole: {error}"));
        }
        self.path.display().to_string()
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
