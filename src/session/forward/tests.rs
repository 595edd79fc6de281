//! Forwards, over the worst line and over a real one.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a script answers what it is about"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::channel::tests::{Counted, loopback, over_the_worst_line};
use super::super::channel::{Channel, Ended, Kind, Options, StreamTarget};
use super::super::token::Token;
use super::super::wire::smux::{self, Command, Frame, Reader};
use super::super::wire::{Flag, Message, PayloadType};
use super::mux::{Demux, Incoming};
use super::{Forward, ForwardError, ForwardEvent, Listen};
use loopback::{Answer, Loopback, port_handshake, the_end};

type Bytes = BTreeMap<u32, Vec<u8>>;

fn data(seed: u64, length: usize) -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; length];
    dice.fill(&mut bytes);
    bytes
}

/// Three streams, their pieces mixed.
fn mixed(seed: u64, all: &Bytes) -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut left = all.clone();
    let mut bytes = Vec::new();
    for id in all.keys() {
        smux::write(Command::Syn, *id, &[], &mut bytes);
    }
    while !left.is_empty() {
        let id = *dice.choice(left.keys()).unwrap();
        let rest = left.get_mut(&id).unwrap();
        let piece: Vec<u8> = rest
            .drain(..rest.len().min(dice.usize(1..40_000)))
            .collect();
        smux::write(Command::Push, id, &piece, &mut bytes);
        if rest.is_empty() {
            left.remove(&id);
            smux::write(Command::Fin, id, &[], &mut bytes);
        }
    }
    bytes
}

fn digests(all: &Bytes) -> Vec<(u32, Vec<u8>)> {
    let digest = |(id, bytes): (&u32, &Vec<u8>)| (*id, Sha256::digest(bytes).to_vec());
    all.iter().map(digest).collect()
}

#[test]
fn ten_megabytes_each_way_in_three_streams_survive_the_worst_line() {
    let streams = |seed| -> Bytes {
        (0..3)
            .map(|at| (3 + 2 * at, data(seed + u64::from(at), 3_400_000)))
            .collect()
    };
    let (up, down) = (streams(10), streams(20));
    let (came_up, came_down) = over_the_worst_line(5, &mixed(1, &up), &mixed(2, &down));
    let mut reader = Reader::default();
    reader.feed(&came_up);
    let mut heard = Bytes::new();
    while let Some(Frame { stream, data, .. }) = reader.next_frame().unwrap() {
        heard.entry(stream).or_default().extend(data);
    }
    assert_eq!(digests(&heard), digests(&up));
    let mut heard = Bytes::new();
    let mut finished = Vec::new();
    for incoming in Demux::default().take(&came_down).unwrap() {
        match incoming {
            Incoming::Data(id, data) => heard.entry(id).or_default().extend(data),
            Incoming::Finished(id) => finished.push(id),
        }
    }
    assert_eq!(digests(&heard), digests(&down));
    assert_eq!(finished.len(), 3);
}

/// An agent whose port echoes. A connection that says `bye` is closed, one that says `no` could not
/// be made, and `end` ends the session.
fn echoing() -> impl FnMut(&Message) -> Answer + Send {
    let mut reader = Reader::default();
    move |message| {
        if message.payload_type != PayloadType::Output {
            return Vec::new();
        }
        reader.feed(&message.payload);
        let (mut answer, mut bytes) = (Vec::new(), Vec::new());
        while let Some(frame) = reader.next_frame().unwrap() {
            if frame.command != Command::Push {
                continue;
            }
            match &frame.data[..] {
                b"bye" => smux::write(Command::Fin, frame.stream, &[], &mut bytes),
                b"no" => {
                    answer.push((PayloadType::Flag, Flag::ConnectToPortError.encode()));
                    smux::write(Command::Fin, frame.stream, &[], &mut bytes);
                }
                b"end" => answer.push(the_end("")),
                data => smux::write(Command::Push, frame.stream, data, &mut bytes),
            }
        }
        let pieces = bytes
            .chunks(1024)
            .map(|piece| (PayloadType::Output, piece.to_vec()));
        answer.splice(..0, pieces);
        answer
    }
}

async fn channel<B>(version: &str, behaviour: B) -> (Channel, Arc<Counted>)
where
    B: FnMut(&Message) -> Answer + Send + 'static,
{
    let (agent, listener, url, _) = Loopback::new(port_handshake(version), behaviour).await;
    tokio::spawn(agent.serve(listener));
    let token = Token::new("t").unwrap();
    let options = Options {
        kind: Kind::Port,
        loopback: true,
        ..Options::at(1_700_000_000_000)
    };
    let calls: Arc<Counted> = Arc::default();
    let target = StreamTarget { url, token };
    let channel = Channel::open(target, options, Arc::clone(&calls) as _)
        .await
        .unwrap();
    (channel, calls)
}

async fn reply(socket: &mut TcpStream, said: &[u8], length: usize) -> Vec<u8> {
    socket.write_all(said).await.unwrap();
    let mut heard = vec![0; length];
    socket.read_exact(&mut heard).await.unwrap();
    heard
}

#[tokio::test]
async fn many_connections_at_once_and_each_gets_its_own_bytes() {
    let (channel, _calls) = channel("3.3.2746.0", echoing()).await;
    let forward = Forward::listen(channel, Listen::default()).await.unwrap();
    let address = forward.address();
    let connections = (0..8).map(|seed| async move {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let sent = data(seed, 100_000);
        let (mut reading, mut writing) = socket.split();
        let mut heard = vec![0; sent.len()];
        let (wrote, read) = tokio::join!(writing.write_all(&sent), reading.read_exact(&mut heard));
        wrote.unwrap();
        read.unwrap();
        assert!(heard == sent, "{seed}");
    });
    futures::future::join_all(connections).await;
    let counters = forward.counters();
    assert_eq!(
        (counters.connections, counters.up, counters.down),
        (8, 800_000, 800_000)
    );
}

#[tokio::test]
async fn bytes_are_not_altered_and_endings_are_told() {
    let (channel, calls) = channel("3.3.2746.0", echoing()).await;
    let mut forward = Forward::listen(channel, Listen::default()).await.unwrap();
    let mut socket = TcpStream::connect(forward.address()).await.unwrap();
    assert_eq!(reply(&mut socket, b"\n", 1).await, b"\n");
    assert_eq!(reply(&mut socket, b"\r\n\x03", 3).await, b"\r\n\x03");
    socket.write_all(b"bye").await.unwrap();
    assert_eq!(socket.read(&mut [0]).await.unwrap(), 0, "closed from there");
    let mut refused = TcpStream::connect(forward.address()).await.unwrap();
    refused.write_all(b"no").await.unwrap();
    assert_eq!(refused.read(&mut [0]).await.unwrap(), 0);
    let mut last = TcpStream::connect(forward.address()).await.unwrap();
    last.write_all(b"end").await.unwrap();
    let mut told = Vec::new();
    while let Some(event) = forward.next().await {
        told.push(event);
    }
    assert!(told.contains(&ForwardEvent::Unreachable), "{told:?}");
    assert!(
        told.contains(&ForwardEvent::Disconnected {
            connection: 1,
            error: None
        }),
        "{told:?}"
    );
    let output = String::new();
    assert_eq!(
        told.last(),
        Some(&ForwardEvent::Closed(Ended::Remote { output }))
    );
    drop((forward, calls));
}

#[tokio::test]
async fn dropping_a_forward_says_farewell_and_ends_the_session() {
    let (flags, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let behaviour = move |message: &Message| {
        if message.payload_type == PayloadType::Flag {
            flags.send(Flag::decode(&message.payload)).unwrap();
        }
        Vec::new()
    };
    let (channel, calls) = channel("3.3.2746.0", behaviour).await;
    drop(Forward::listen(channel, Listen::default()).await.unwrap());
    assert_eq!(heard.recv().await, Some(Some(Flag::TerminateSession)));
    calls.terminated.notified().await;
}

#[tokio::test]
async fn an_old_agent_gets_one_connection_after_the_other() {
    let (flags, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let behaviour = move |message: &Message| match message.payload_type {
        PayloadType::Output => vec![(PayloadType::Output, message.payload.clone())],
        PayloadType::Flag => {
            flags.send(Flag::decode(&message.payload)).unwrap();
            Vec::new()
        }
        _ => Vec::new(),
    };
    let (channel, _calls) = channel("3.0.196.0", behaviour).await;
    let forward = Forward::listen(channel, Listen::default()).await.unwrap();
    for said in [b"\n", b"2"] {
        let mut socket = TcpStream::connect(forward.address()).await.unwrap();
        assert_eq!(reply(&mut socket, said, 1).await, said);
        drop(socket);
        assert_eq!(heard.recv().await, Some(Some(Flag::DisconnectToPort)));
    }
    assert_eq!(forward.counters().connections, 2);
}

#[tokio::test]
async fn other_machines_are_not_let_in_by_chance() {
    let (channel, calls) = channel("3.3.2746.0", |_: &Message| Vec::new()).await;
    let listen = Listen {
        address: "0.0.0.0:0".parse().unwrap(),
        beyond_loopback: false,
    };
    let refused = Forward::listen(channel, listen).await.unwrap_err();
    assert!(
        matches!(refused, ForwardError::BeyondLoopback(_)),
        "{refused}"
    );
    calls.terminated.notified().await;
}
