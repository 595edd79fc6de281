//! The terminal lent to a program of somebody else, such as AWS's own client.

use std::io::{self, Write as _};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::clock::{Clock, Passed};
use super::raw::Traces;

/// How often the time box is looked at.
const TICK: Duration = Duration::from_secs(5);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// By itself.
    Ended(ExitStatus),
    /// The time box ended it.
    TimeBox,
    /// This process was told to end, so it was as well.
    Told,
}

/// Runs `command` in this terminal for at most `open`, and says in between what comes as notices and
/// how the time goes; the terminal is as it was afterwards, however the program ended.
///
/// # Errors
/// When it cannot be started or waited for.
pub async fn run(
    mut command: Command,
    open: Duration,
    notices: &mut mpsc::Receiver<String>,
) -> io::Result<Done> {
    // Ctrl-C and Ctrl-\ are the session's; caught here, they end nothing.
    let (_interrupt, _quit) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::quit())?,
    );
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let before = tcgetattr(io::stdin()).ok();
    let mut child = command.spawn()?;
    let pid = Pid::from_child(&child);
    let mut waiting = tokio::task::spawn_blocking(move || child.wait());
    // What it sends and hears is not seen here, so its silence is not known.
    let mut clock = Clock::start(open, Duration::MAX);
    let mut tick = tokio::time::interval(TICK);
    let mut why = None;
    let status = loop {
        tokio::select! {
            status = &mut waiting => break status.map_err(io::Error::other)??,
            Some(words) = notices.recv() => aside(&words),
            _ = tick.tick(), if why.is_none() => match clock.passed() {
                Passed::Quiet => {}
                Passed::Warn(words) => aside(&words),
                Passed::Over => {
                    why = Some(Done::TimeBox);
                    let _ = kill_process(pid, Signal::TERM);
                }
            },
            _ = terminate.recv() => {
                why = Some(Done::Told);
                let _ = kill_process(pid, Signal::TERM);
            }
            _ = hang_up.recv() => {
                why = Some(Done::Told);
                let _ = kill_process(pid, Signal::HUP);
            }
        }
    };
    tidy(before.as_ref());
    Ok(why.unwrap_or(Done::Ended(status)))
}

/// Killed, it leaves the terminal as it had it.
fn tidy(before: Option<&rustix::termios::Termios>) {
    if let Some(before) = before {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
    }
    let mut out = io::stdout().lock();
    let _ = out.write_all(Traces::default().tidy().as_bytes());
    let _ = out.flush();
}

/// The terminal is raw and somebody else's.
fn aside(words: &str) {
    let clean: String = words.chars().filter(|one| !one.is_control()).collect();
    let mut out = io::stderr().lock();
    let _ = write!(out, "\r\n[firstline: {clean}]\r\n");
    let _ = out.flush();
}
