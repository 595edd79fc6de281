//! `firstline forward TARGET [HOST:]PORT`: a port of a container, or of a host it can reach, on
//! this machine.

use std::net::{Ipv4Addr, SocketAddr};

use crate::app::command;
use crate::cli::exit::Exit;
use crate::cli::open::Opened;
use crate::cli::print;
use crate::estate::session::Purpose;
use crate::road::Parting;
use crate::session::channel::Ended;
use crate::session::forward::{Counters, Forward, ForwardEvent, Listen};

use super::enter::enter;
use super::inside;
use super::pick::pick;

/// Forwards until Ctrl-C, the time box, or the other end.
pub(in crate::cli) async fn run(opened: &Opened, args: &command::Forward) -> anyhow::Result<Exit> {
    let mut picked = match pick(opened, &args.entrance).await {
        Ok(picked) => picked,
        Err(sentence) => {
            print::problem(&sentence);
            return Ok(Exit::Unknown);
        }
    };
    let purpose = Purpose::Forward {
        host: args.remote.host.as_deref().map(Into::into),
        port: args.remote.port,
    };
    let entered = match Box::pin(enter(opened, &mut picked, &args.entrance, purpose)).await? {
        Ok(entered) => entered,
        Err(exit) => return Ok(exit),
    };
    let visit = inside::visit(opened, &picked, entered);
    let (channel, visit) = match inside::open(opened, visit).await {
        Ok(inside) => inside,
        Err(error) => {
            print::problem(&error.to_string());
            return Ok(Exit::Failed);
        }
    };
    let minutes = visit.time_box();
    let (mut notices, watching) = visit.watch();
    let listen = Listen {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, args.local)),
        ..Listen::default()
    };
    let (words, by_aws, exit) = match Forward::listen(channel, listen).await {
        Err(error) => {
            print::problem(&error.to_string());
            (error.to_string(), false, Exit::Failed)
        }
        Ok(mut forward) => {
            let minutes = minutes.as_secs() / 60;
            banner(&forward, &args.remote, minutes)?;
            until_over(&mut forward, &mut notices, minutes).await?
        }
    };
    drop(watching);
    let parting = Parting {
        words,
        by_aws,
        recording: None,
    };
    inside::end(opened, visit, &parting).await;
    Ok(exit)
}

/// Where it listens, and what is not recorded.
fn banner(forward: &Forward, remote: &command::Remote, minutes: u64) -> std::io::Result<()> {
    let host = remote.host.as_deref().unwrap_or("the task");
    print::line(&format!(
        "{} is port {} of {host}, for {minutes} min; Ctrl-C ends it. AWS does not record what \
         goes through",
        forward.address(),
        remote.port
    ))
}

/// Forwards for so many minutes at most: how it ended, whether AWS knows, and the exit.
async fn until_over(
    forward: &mut Forward,
    notices: &mut tokio::sync::mpsc::Receiver<String>,
    minutes: u64,
) -> std::io::Result<(String, bool, Exit)> {
    let longest = std::time::Duration::from_mins(minutes);
    let ended = tokio::time::timeout(longest, carry(forward, notices)).await;
    print::line(&counted(forward.counters()))?;
    Ok(match ended {
        Err(_) => ("the time box ended".to_owned(), false, Exit::Good),
        Ok(None) => ("told to end".to_owned(), false, Exit::Good),
        Ok(Some(ended)) => {
            print::problem(&ended.to_string());
            let over = matches!(ended, Ended::Remote { .. });
            (ended.to_string(), over, Exit::Failed)
        }
    })
}

/// Tells what happens until it is over; `None` when somebody here ended it.
async fn carry(
    forward: &mut Forward,
    notices: &mut tokio::sync::mpsc::Receiver<String>,
) -> Option<Ended> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    let mut hang_up = signal(SignalKind::hangup()).ok()?;
    loop {
        let event = tokio::select! {
            event = forward.next() => event?,
            Some(words) = notices.recv() => {
                print::problem(&words);
                continue;
            }
            _ = tokio::signal::ctrl_c() => return None,
            _ = terminate.recv() => return None,
            _ = hang_up.recv() => return None,
        };
        match event {
            ForwardEvent::Closed(ended) => return Some(ended),
            ForwardEvent::Connected { connection, peer } => {
                print::problem(&format!("connection {connection} from {peer}"));
            }
            ForwardEvent::Disconnected {
                connection,
                error: Some(error),
            } => print::problem(&format!("connection {connection}: {error}")),
            ForwardEvent::Disconnected { error: None, .. } => {}
            ForwardEvent::Unreachable => {
                print::problem("the other end cannot reach that port; does anything listen there?");
            }
            ForwardEvent::Message(words) => print::problem(&words),
            ForwardEvent::Lost(why) => {
                print::problem(&format!("the connection is lost ({why}); resuming"));
            }
            ForwardEvent::Resumed => print::problem("resumed, nothing was lost"),
        }
    }
}

fn counted(counters: Counters) -> String {
    format!(
        "{} bytes sent, {} bytes received",
        counters.up, counters.down
    )
}
