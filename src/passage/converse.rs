//! The loop: keys, output, sizes, signals, the time box.

use std::io::{self, Write as _};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::session::channel::{Channel, Ended, Event};

use super::keys::Keys;
use super::raw::{Traces, size};

/// Ctrl-]: leaves the session.
const LEAVE: u8 = 0x1d;
/// How often the time box and the silence are looked at.
const TICK: Duration = Duration::from_secs(5);
/// Before the end of the time box a warning comes, this long before.
const WARNINGS: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(1)];
/// AWS ends a session nobody uses after 20 minutes; it is said this long before.
const IDLE: Duration = Duration::from_mins(18);

/// How long a session may last.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the console ends it.
    pub open: Duration,
}

/// Why the terminal came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// The session is over.
    Ended(Ended),
    /// The person left with the key.
    LetGo,
    /// The time box is over.
    TimeBox,
    /// The process was told to end, or the terminal is gone.
    Told,
}

/// A session and the terminal it is lent.
pub struct Passage<'a> {
    /// The session.
    pub channel: &'a mut Channel,
    /// How long it may last.
    pub limits: Limits,
    /// Words from outside, such as that the task is being stopped.
    pub notices: mpsc::Receiver<String>,
    /// Sees what is shown, and each new size.
    pub copy: &'a mut (dyn FnMut(Shown<'_>) + Send),
}

/// What a recording keeps.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Output.
    Bytes(&'a [u8]),
    /// Columns and rows.
    Size(u16, u16),
}

impl Passage<'_> {
    /// Carries bytes both ways until one side ends it. The terminal must be raw already.
    ///
    /// # Errors
    /// When the terminal cannot be read or written at all.
    pub async fn converse(mut self) -> io::Result<Left> {
        let mut traces = Traces::default();
        let left = self.carry(&mut traces).await;
        let mut out = io::stdout().lock();
        // With the terminal gone there is nothing to tidy.
        let _ = out.write_all(traces.tidy().as_bytes());
        let _ = out.flush();
        left
    }

    async fn carry(&mut self, traces: &mut Traces) -> io::Result<Left> {
        let mut keys = Keys::listen()?;
        let mut resized = signal(SignalKind::window_change())?;
        let mut told = Told::listen()?;
        let mut clock = Clock::start(self.limits.open);
        let mut tick = tokio::time::interval(TICK);
        let (writer, remote) = (self.channel.writer(), self.channel.remote());
        self.fit(&remote);
        loop {
            tokio::select! {
                event = self.channel.next() => match event {
                    Some(event) => {
                        clock.used();
                        if let Some(ended) = self.show(event, traces)? {
                            return Ok(Left::Ended(ended));
                        }
                    }
                    None => return Ok(Left::Ended(Ended::Here)),
                },
                typed = keys.next() => match typed {
                    Some(typed) => {
                        clock.used();
                        let leaves = typed.iter().position(|&key| key == LEAVE);
                        let bytes = typed.get(..leaves.unwrap_or(typed.len()));
                        let bytes = bytes.unwrap_or_default().to_vec();
                        if leaves.is_some() {
                            return Ok(Left::LetGo);
                        }
                        // A session that is over says so in its next event.
                        let _ = writer.write(bytes).await;
                    }
                    None => return Ok(Left::Told),
                },
                _ = resized.recv() => self.fit(&remote),
                () = told.next() => return Ok(Left::Told),
                Some(words) = self.notices.recv() => say(&words)?,
                _ = tick.tick() => match clock.passed() {
                    Passed::Over => return Ok(Left::TimeBox),
                    Passed::Warn(words) => say(&words)?,
                    Passed::Quiet => {}
                },
            }
        }
    }

    /// The remote end gets the terminal's size.
    fn fit(&mut self, remote: &crate::session::channel::Remote) {
        if let Some((columns, rows)) = size() {
            remote.resize(columns, rows);
            (self.copy)(Shown::Size(columns, rows));
        }
    }

    fn show(&mut self, event: Event, traces: &mut Traces) -> io::Result<Option<Ended>> {
        match event {
            Event::Output(bytes) | Event::ErrorOutput(bytes) => {
                traces.watch(&bytes);
                (self.copy)(Shown::Bytes(&bytes));
                let mut out = io::stdout().lock();
                out.write_all(&bytes)?;
                out.flush()?;
            }
            Event::Message(words) => say(&words)?,
            Event::Lost { why } => say(&format!("the connection is lost ({why}); resuming"))?,
            Event::Resumed => say("resumed, nothing was lost")?,
            Event::Away => say("the other end is away")?,
            Event::Back => say("the other end is back")?,
            Event::Closed(ended) => return Ok(Some(ended)),
            Event::Greeted { .. } | Event::Ready | Event::ExitCode(_) | Event::Flag(_) => {}
        }
        Ok(None)
    }
}

/// Says something of our own on a raw terminal, so that nobody takes it for the remote's.
fn say(words: &str) -> io::Result<()> {
    let clean: String = words.chars().filter(|one| !one.is_control()).collect();
    let mut out = io::stderr().lock();
    write!(out, "\r\n[firstline: {clean}]\r\n")?;
    out.flush()
}

/// Signals that end a session: a storm of Ctrl-C is bytes on a raw terminal and none of these.
struct Told {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

impl Told {
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

/// What the time says.
#[derive(Debug, PartialEq, Eq)]
enum Passed {
    Quiet,
    Warn(String),
    Over,
}

/// The time box and the silence, in the runtime's own time.
struct Clock {
    ends: Instant,
    used: Instant,
    warned: usize,
    idle: bool,
}

impl Clock {
    fn start(open: Duration) -> Self {
        let begin = now();
        // A box shorter than a warning needs no such warning.
        let warned = WARNINGS.iter().filter(|&&before| before >= open).count();
        Self {
            ends: begin + open,
            used: begin,
            warned,
            idle: false,
        }
    }

    fn used(&mut self) {
        self.used = now();
        self.idle = false;
    }

    fn passed(&mut self) -> Passed {
        let now = now();
        let left = self.ends.saturating_duration_since(now);
        if left.is_zero() {
            return Passed::Over;
        }
        let due = WARNINGS.iter().filter(|&&before| left <= before).count();
        if due > self.warned {
            self.warned = due;
            let minutes = left.as_secs().div_ceil(60);
            return Passed::Warn(format!("the time box ends in {minutes} min"));
        }
        if !self.idle && now.duration_since(self.used) >= IDLE {
            self.idle = true;
            let words = "nobody used this for 18 min; AWS ends it after 20";
            return Passed::Warn(words.to_owned());
        }
        Passed::Quiet
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time box runs in the runtime's own time, which a test may pause"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_time_box_warns_twice_and_ends() {
        let mut clock = Clock::start(Duration::from_mins(10));
        assert_eq!(clock.passed(), Passed::Quiet);
        tokio::time::advance(Duration::from_mins(5)).await;
        assert_eq!(
            clock.passed(),
            Passed::Warn("the time box ends in 5 min".into())
        );
        assert_eq!(clock.passed(), Passed::Quiet);
        tokio::time::advance(Duration::from_mins(4)).await;
        assert_eq!(
            clock.passed(),
            Passed::Warn("the time box ends in 1 min".into())
        );
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(clock.passed(), Passed::Over);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_once() {
        let mut clock = Clock::start(Duration::from_hours(8));
        tokio::time::advance(Duration::from_mins(18)).await;
        assert!(matches!(clock.passed(), Passed::Warn(words) if words.contains("18 min")));
        assert_eq!(clock.passed(), Passed::Quiet);
        clock.used();
        tokio::time::advance(Duration::from_mins(18)).await;
        assert!(matches!(clock.passed(), Passed::Warn(_)));
    }
}
