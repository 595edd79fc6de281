//! Recordings of shells, listed and played.

use std::io::{self, Write as _};
use std::time::Duration;

use crate::app::command::Recordings;
use crate::cli::exit::Exit;
use crate::cli::print;
use crate::journal::Journal;

/// Lists recordings, or plays one.
pub(in crate::cli) async fn run(asked: &Recordings, journal: &Journal) -> anyhow::Result<Exit> {
    match asked {
        Recordings::List { json: true } => {
            let found = journal.recordings()?;
            print::line(&serde_json::json!({ "recordings": found }).to_string())?;
        }
        Recordings::List { json: false } => {
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
