//! Many connections at once, through smux.
//!
//! One task writes to the session and one reads from it, so that neither direction waits for the
//! other; a connection has a task for each of its halves.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::super::channel::{Channel, Ended, Event, Over, Writer};
use super::super::wire::smux::{self, Command};
use super::counters::Tally;
use super::mux::{Demux, Ids, Incoming};
use super::{Desk, ForwardEvent, session_event};

/// Pieces of at most 32 KiB that wait for a local side to read them.
const UNREAD: usize = 64;
const NOP: Duration = Duration::from_secs(10);

/// What goes up, about a stream.
struct Up(Command, u32, Vec<u8>);

/// The connections there are, and where to put what comes for them.
#[derive(Clone, Default)]
struct Streams(Arc<Mutex<HashMap<u32, mpsc::Sender<Vec<u8>>>>>);

impl Streams {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<u32, mpsc::Sender<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn run(mut channel: Channel, desk: Desk, nops: bool) {
    let (up, frames) = mpsc::channel(64);
    let streams = Streams::default();
    let writer = channel.writer();
    let ended = tokio::select! {
        ended = down(&mut channel, &desk, &streams) => ended,
        ended = send(writer, frames, nops) => ended,
        ended = accept(&desk, &streams, up) => ended,
    };
    desk.tell(ForwardEvent::Closed(ended));
}

/// Session to connections.
async fn down(channel: &mut Channel, desk: &Desk, streams: &Streams) -> Ended {
    let mut demux = Demux::default();
    while let Some(event) = channel.next().await {
        let Event::Output(bytes) = event else {
            match session_event(event) {
                Some(ForwardEvent::Closed(ended)) => return ended,
                Some(event) => desk.tell(event),
                None => {}
            }
            continue;
        };
        match demux.take(&bytes) {
            Ok(incoming) => {
                for one in incoming {
                    hand_over(one, streams, &desk.tally).await;
                }
            }
            Err(error) => {
                let output = error.to_string();
                return Ended::Remote { output };
            }
        }
    }
    Ended::Here
}

async fn hand_over(incoming: Incoming, streams: &Streams, tally: &Tally) {
    match incoming {
        Incoming::Data(id, data) => {
            tally.down(data.len());
            let stream = streams.all().get(&id).cloned();
            if let Some(stream) = stream {
                // A connection that is gone wants nothing.
                let _ = stream.send(data).await;
            }
        }
        Incoming::Finished(id) => drop(streams.all().remove(&id)),
    }
}

/// Connections to session.
async fn send(writer: Writer, mut frames: mpsc::Receiver<Up>, nops: bool) -> Ended {
    let mut ready = Vec::new();
    loop {
        let received = frames.recv_many(&mut ready, 16);
        let count = if nops {
            tokio::time::timeout(NOP, received).await
        } else {
            Ok(received.await)
        };
        let mut bytes = Vec::new();
        match count {
            Ok(0) => return Ended::Here,
            Ok(_) => {
                for Up(command, id, data) in ready.drain(..) {
                    smux::write(command, id, &data, &mut bytes);
                }
            }
            Err(_) => smux::write(Command::Nop, 0, &[], &mut bytes),
        }
        if let Err(Over) = writer.write(bytes).await {
            // The reason comes the other way.
            return std::future::pending().await;
        }
    }
}

async fn accept(desk: &Desk, streams: &Streams, up: mpsc::Sender<Up>) -> Ended {
    let mut ids = Ids::default();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = desk.listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                continue;
            }
        };
        let Some(id) = ids.next() else {
            return Ended::Here;
        };
        let (sender, receiver) = mpsc::channel(UNREAD);
        streams.all().insert(id, sender);
        let connection = desk.tally.connected();
        desk.tell(ForwardEvent::Connected { connection, peer });
        let (streams, up) = (streams.clone(), up.clone());
        let (tally, told) = (Arc::clone(&desk.tally), desk.told.clone());
        connections.spawn(async move {
            let result = carry(socket, id, receiver, (&up, &tally)).await;
            streams.all().remove(&id);
            let _ = up.send(Up(Command::Fin, id, Vec::new())).await;
            let error = result.err().map(|error| error.to_string());
            tally.ended(error.is_some());
            let _ = told.send(ForwardEvent::Disconnected { connection, error });
        });
    }
}

/// One connection, until either side closes it.
async fn carry(
    socket: TcpStream,
    id: u32,
    receiver: mpsc::Receiver<Vec<u8>>,
    (up, tally): (&mpsc::Sender<Up>, &Tally),
) -> io::Result<()> {
    let _ = socket.set_nodelay(true);
    let (reading, writing) = socket.into_split();
    if up.send(Up(Command::Syn, id, Vec::new())).await.is_err() {
        return Ok(());
    }
    tokio::select! {
        read = read(reading, id, up, tally) => read,
        written = write(writing, receiver) => written,
    }
}

async fn read(
    mut socket: OwnedReadHalf,
    id: u32,
    up: &mpsc::Sender<Up>,
    tally: &Tally,
) -> io::Result<()> {
    let mut buffer = vec![0; smux::LONGEST_DATA];
    loop {
        let count = socket.read(&mut buffer).await?;
        let data = buffer.get(..count).unwrap_or_default().to_vec();
        tally.up(data.len());
        if count == 0 || up.send(Up(Command::Push, id, data)).await.is_err() {
            return Ok(());
        }
    }
}

async fn write(mut socket: OwnedWriteHalf, mut data: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    while let Some(data) = data.recv().await {
        socket.write_all(&data).await?;
    }
    socket.shutdown().await
}
