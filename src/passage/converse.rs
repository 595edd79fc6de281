//! The loop: keys, output, sizes, signals.

use std::io::{self, Write as _};

use rustix::io::Errno;
use tokio::signal::unix::{SignalKind, signal};

use super::kept::{Kept, Over, Told};
use super::keys::Keys;
use super::raw::{Raw, Traces, size};

/// Ctrl-]: leaves the session.
const LEAVE: u8 = 0x1d;

/// Why the terminal came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// The session is over.
    Over(Over),
    /// The person left with the key; the session is still open.
    Away {
        /// What was typed behind the key, before anybody else could read it.
        typed: Vec<u8>,
    },
    /// The process was told to end, or the terminal is gone.
    Told,
}

/// Lends the terminal of this process to `kept`: raw bytes both ways, until one side ends it.
///
/// # Errors
/// When there is a terminal and it cannot be taken, read or written at all.
pub async fn converse(kept: &Kept) -> io::Result<Left> {
    match lend(kept).await {
        Err(error) if is_gone(&error) => Ok(Left::Told),
        left => left,
    }
}

/// Whether an error is only how a closed window shows: who writes to it may hear of that before the
/// signal comes.
fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::IO.raw_os_error())
        || error.kind() == io::ErrorKind::BrokenPipe
}

async fn lend(kept: &Kept) -> io::Result<Left> {
    let raw = Raw::take()?;
    let mut traces = Traces::default();
    let left = carry(kept, &mut traces).await;
    kept.detach();
    let mut out = io::stdout().lock();
    // With the terminal gone there is nothing to tidy.
    let _ = out.write_all(traces.tidy().as_bytes());
    let _ = out.flush();
    drop(raw);
    left
}

async fn carry(kept: &Kept, traces: &mut Traces) -> io::Result<Left> {
    let mut keys = Keys::listen()?;
    let mut resized = signal(SignalKind::window_change())?;
    let mut told = Signals::listen()?;
    let mut shown = kept.attach(size());
    loop {
        tokio::select! {
            one = shown.recv() => match one {
                Some(Told::Bytes(bytes)) => {
                    traces.watch(&bytes);
                    let mut out = io::stdout().lock();
                    out.write_all(&bytes)?;
                    out.flush()?;
                }
                Some(Told::Words(words)) => say(&words)?,
                Some(Told::Over(over)) => return Ok(Left::Over(over)),
                None => return Ok(Left::Over(Over::LetGo(String::new()))),
            },
            typed = keys.next(), if kept.takes() => match typed {
                Some(typed) => {
                    if let Some(mut typed) = typing(kept, typed) {
                        // Read already, and meant for whoever reads next.
                        typed.extend(keys.rest().await);
                        return Ok(Left::Away { typed });
                    }
                }
                None => return Ok(Left::Told),
            },
            _ = resized.recv() => {
                if let Some(size) = size() {
                    kept.resize(size);
                }
            }
            () = told.next() => return Ok(Left::Told),
        }
    }
}

/// Sends what was typed, up to the key that leaves; gives what was typed behind that.
fn typing(kept: &Kept, mut typed: Vec<u8>) -> Option<Vec<u8>> {
    let leaves = typed.iter().position(|&key| key == LEAVE);
    let behind = leaves.map(|at| typed.split_off(at));
    if !typed.is_empty() {
        kept.write(typed);
    }
    let mut behind = behind?;
    behind.remove(0);
    Some(behind)
}

/// Says something of our own on a raw terminal, so that nobody takes it for the remote's.
fn say(words: &str) -> io::Result<()> {
    let clean: String = words.chars().filter(|one| !one.is_control()).collect();
    let mut out = io::stderr().lock();
    write!(out, "\r\n[firstline: {clean}]\r\n")?;
    out.flush()
}

/// Signals that end a session: a storm of Ctrl-C is bytes on a raw terminal and none of these.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.quit.recv() => {}
        }
    }
}
