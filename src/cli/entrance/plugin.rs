//! A shell carried by AWS's own client, where the settings say `client = "plugin"`.
//!
//! It has the terminal for itself: what goes through is not seen here and not recorded. The road, the
//! time box, the journal and the end at AWS are the same.

use std::io::{self, ErrorKind};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::road::Parting;
use crate::session::plugin::PROGRAM;

use super::enter::Entered;
use super::inside;
use super::pick::Picked;

/// So long before the end of the time box it is said.
const WARNING: Duration = Duration::from_mins(5);

/// Hands the session and the terminal over, and ends the session afterwards.
pub(super) async fn lend(
    opened: &Opened,
    picked: &Picked,
    entered: Entered,
) -> anyhow::Result<Exit> {
    let mut places = opened.settings.places.iter();
    let name = &picked.target.environment;
    let profile = places.find(|place| place.environment.name == *name);
    let profile = profile.and_then(|place| place.profile.as_deref());
    let handover = picked.link.handover(&entered.grant, profile);
    let session = &entered.session;
    print::line(&format!(
        "{}: {}; {}; ended after {} min; carried by {PROGRAM}, so firstline keeps no recording",
        entered.tier.word().to_uppercase(),
        session.place.words(),
        picked.spot.recorded(),
        session.minutes,
    ))?;
    let visit = inside::visit(opened, picked, entered);
    let (mut notices, watching) = visit.watch();
    let ended = match handover {
        Some(handover) => carry(handover.command(), visit.time_box(), &mut notices).await,
        None => Err(io::Error::other("nobody knows where the session leads")),
    };
    drop(watching);
    let (words, exit) = match ended {
        Ok(Some(status)) if status.success() => (format!("{PROGRAM} ended"), Exit::Good),
        Ok(Some(status)) => (format!("{PROGRAM} ended: {status}"), Exit::Failed),
        Ok(None) => ("the time box ended".to_owned(), Exit::Good),
        Err(error) => {
            print::problem(&error.to_string());
            (format!("{PROGRAM}: {error}"), Exit::Failed)
        }
    };
    let parting = Parting {
        words,
        by_aws: false,
        recording: None,
    };
    inside::end(opened, visit, &parting).await;
    Ok(exit)
}

/// Runs it in this terminal; `None` when the time box ended it.
async fn carry(
    mut command: Command,
    open: Duration,
    notices: &mut mpsc::Receiver<String>,
) -> io::Result<Option<ExitStatus>> {
    // Ctrl-C and Ctrl-\ are the session's; caught here, they end nothing.
    let (_interrupt, _quit) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::quit())?,
    );
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let before = tcgetattr(io::stdin()).ok();
    let mut child = command.spawn().map_err(|error| {
        if error.kind() != ErrorKind::NotFound {
            return error;
        }
        let mend = "install it, or set client = \"native\" under [shell]";
        io::Error::other(format!("{PROGRAM} is not on the path: {mend}"))
    })?;
    let pid = Pid::from_child(&child);
    let mut waiting = tokio::task::spawn_blocking(move || child.wait());
    let mut warning = Box::pin(tokio::time::timeout(
        open.saturating_sub(WARNING),
        std::future::pending::<()>(),
    ));
    let mut end = Box::pin(tokio::time::timeout(open, std::future::pending::<()>()));
    let (mut warned, mut over) = (open <= WARNING, false);
    let status = loop {
        tokio::select! {
            status = &mut waiting => break status.map_err(io::Error::other)??,
            Some(words) = notices.recv() => aside(&words),
            _ = &mut warning, if !warned => {
                warned = true;
                aside("the time box ends in 5 min");
            }
            _ = &mut end, if !over => {
                over = true;
                let _ = kill_process(pid, Signal::TERM);
            }
            _ = terminate.recv() => drop(kill_process(pid, Signal::TERM)),
            _ = hang_up.recv() => drop(kill_process(pid, Signal::HUP)),
        }
    };
    if let Some(before) = before {
        // Killed, it leaves the terminal as it had it.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
    }
    Ok((!over).then_some(status))
}

/// The terminal is raw and somebody else's.
fn aside(words: &str) {
    let _ = print::aside(&format!("\r\n[firstline: {words}]\r"));
}
