//! One connection after the other, for agents that know no smux and for the SSH document.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::channel::{Channel, Ended, Event};
use super::super::wire::Flag;
use super::{Desk, ForwardEvent, session_event};

/// Why a connection is no longer carried.
enum Stop {
    /// The local side closed it, or failed.
    Local(Option<io::Error>),
    /// The agent closed it.
    Remote,
    /// The session is over.
    Session(Ended),
}

pub(super) async fn run(mut channel: Channel, desk: Desk) {
    let ended = loop {
        let (socket, peer) = tokio::select! {
            accepted = desk.listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    continue;
                }
            },
            event = channel.next() => match idle(event, &desk) {
                Some(ended) => break ended,
                None => continue,
            },
        };
        let connection = desk.tally.connected();
        desk.tell(ForwardEvent::Connected { connection, peer });
        let stop = carry(&mut channel, &desk, socket).await;
        let error = match &stop {
            Stop::Local(error) => error.as_ref().map(ToString::to_string),
            Stop::Remote | Stop::Session(_) => None,
        };
        desk.tally.ended(error.is_some());
        desk.tell(ForwardEvent::Disconnected { connection, error });
        match stop {
            // The agent connects again when the next bytes come.
            Stop::Local(_) => drop(channel.writer().flag(Flag::DisconnectToPort).await),
            Stop::Remote => {}
            Stop::Session(ended) => break ended,
        }
    };
    desk.tell(ForwardEvent::Closed(ended));
}

/// Without a connection; the end, if it is one. Bytes that come late are nobody's.
fn idle(event: Option<Event>, desk: &Desk) -> Option<Ended> {
    match event {
        None => Some(Ended::Here),
        Some(Event::Closed(ended)) => Some(ended),
        Some(other) => {
            if let Some(event) = session_event(other) {
                desk.tell(event);
            }
            None
        }
    }
}

async fn carry(channel: &mut Channel, desk: &Desk, socket: TcpStream) -> Stop {
    let _ = socket.set_nodelay(true);
    let writer = channel.writer();
    let (mut reading, mut writing) = socket.into_split();
    let up = async {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let count = match reading.read(&mut buffer).await {
                Ok(0) => return Stop::Local(None),
                Ok(count) => count,
                Err(error) => return Stop::Local(Some(error)),
            };
            desk.tally.up(count);
            let data = buffer.get(..count).unwrap_or_default().to_vec();
            if writer.write(data).await.is_err() {
                return Stop::Session(Ended::Here);
            }
        }
    };
    let down = async {
        loop {
            match channel.next().await {
                Some(Event::Output(bytes)) => {
                    desk.tally.down(bytes.len());
                    if let Err(error) = writing.write_all(&bytes).await {
                        return Stop::Local(Some(error));
                    }
                }
                Some(Event::Flag(Flag::DisconnectToPort)) => return Stop::Remote,
                Some(Event::Flag(Flag::ConnectToPortError)) => {
                    desk.tell(ForwardEvent::Unreachable);
                    return Stop::Remote;
                }
                other => {
                    if let Some(ended) = idle(other, desk) {
                        return Stop::Session(ended);
                    }
                }
            }
        }
    };
    tokio::select! {
        biased;
        stop = down => stop,
        stop = up => stop,
    }
}
