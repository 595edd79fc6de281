//! `firstline session-attach`: carries a session somebody else opened. Hidden: it is how any
//! gateway is tried with this channel.

use std::io;
use std::sync::Arc;

use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::passage::{Keeping, Kept, Left, Over, converse, is_terminal, size};
use crate::session::channel::{Channel, Ended, Kind};

use super::exec;

/// A day: whoever opened it decides.
const OPEN: std::time::Duration = std::time::Duration::from_hours(24);

/// Reads the answer of `StartSession` from the first line of standard input, then carries the
/// rest of it to the session.
pub(in crate::cli) async fn run(opened: &Opened) -> anyhow::Result<Exit> {
    let Some(link) = opened.cloud.links().first().map(Arc::clone) else {
        print::problem("there is no environment to ask for the session's upkeep");
        return Ok(Exit::Usage);
    };
    let Some(grant) = link.attached(&first_line()?) else {
        print::problem(
            "standard input begins with no answer of StartSession: one line of JSON with \
             SessionId, StreamUrl and TokenValue is expected",
        );
        return Ok(Exit::Usage);
    };
    let (target, options) = link.way_in(&grant, Kind::Shell);
    let channel = match Channel::open(target, options, link.upkeep(&grant)).await {
        Ok(channel) => channel,
        Err(error) => {
            print::problem(&error.to_string());
            return Ok(Exit::Failed);
        }
    };
    let ended = if is_terminal() {
        lend(channel).await?
    } else {
        let mut channel = channel;
        exec::carry(&mut channel).await?.0
    };
    if matches!(ended, Some(Ended::Remote { .. })) {
        return Ok(Exit::Good);
    }
    if let Err(problem) = link.terminate(&grant).await {
        print::problem(&problem.sentence);
        return Ok(Exit::Failed);
    }
    Ok(Exit::Good)
}

/// Lends the terminal to it; how the other side ended it, if it did.
async fn lend(channel: Channel) -> io::Result<Option<Ended>> {
    let (_tell, notices) = tokio::sync::mpsc::channel(1);
    let keeping = Keeping {
        open: OPEN,
        silence: OPEN,
        size: size().unwrap_or((80, 24)),
        notices,
        copy: Box::new(|_| {}),
    };
    let (kept, over) = Kept::keep(channel, keeping);
    let left = converse(&kept).await;
    kept.end("left");
    drop(kept);
    // Whatever it says, its channel is gone when this is over.
    let _ = over.await;
    Ok(match left? {
        Left::Over(Over::Ended(ended)) => Some(ended),
        Left::Over(Over::LetGo(_) | Over::TimeBox) | Left::Away { .. } | Left::Told => None,
    })
}

/// The first line, and not a byte of what follows.
fn first_line() -> io::Result<String> {
    let mut line = Vec::new();
    let input = io::stdin();
    let mut byte = [0];
    while line.len() < 64 * 1024 && rustix::io::read(&input, &mut byte)? == 1 && byte != *b"\n" {
        line.extend(byte);
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}
