//! What a forwarded port carries on loopback, without loss: `cargo bench --bench forward`.
//!
//! The official client pauses 1 ms after each KiB, which makes 1 MiB/s at most. Ours has to carry
//! five times that, each way.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that cannot go on stops; nobody calls it"
)]

use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use firstline::session;
use firstline::session::Token;
use firstline::session::channel::{
    Calls, Channel, DataKey, Kind, Options, ResumeError, StreamTarget,
};
use firstline::session::forward::{Forward, Listen};
use firstline::session::wire::smux::{self, Command, Reader};
use firstline::session::wire::{KmsRequest, Message, PayloadType};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[path = "../../src/session/channel/tests/loopback.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod loopback;

use loopback::{Answer, Loopback, port_handshake};

const AMOUNT: usize = 8 << 20;

struct NoCalls;

impl Calls for NoCalls {
    fn sign<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, String>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn resume(&self) -> BoxFuture<'_, Result<Option<Token>, ResumeError>> {
        async { Ok(None) }.boxed()
    }

    fn data_key(&self, _: KmsRequest) -> BoxFuture<'_, Result<DataKey, String>> {
        async { Err(String::new()) }.boxed()
    }

    fn terminate(&self) -> BoxFuture<'_, Result<(), String>> {
        async { Ok(()) }.boxed()
    }
}

/// A port that answers a lone byte with [`AMOUNT`] bytes, and so many bytes with a lone one.
fn port() -> impl FnMut(&Message) -> Answer + Send {
    let mut reader = Reader::default();
    let mut heard = 0;
    let much = vec![7; AMOUNT];
    move |message| {
        let mut bytes = Vec::new();
        if message.payload_type == PayloadType::Output {
            reader.feed(&message.payload);
        }
        while let Some(frame) = reader.next_frame().unwrap() {
            heard += frame.data.len();
            if frame.data.len() == 1 {
                heard = 0;
                smux::write(Command::Push, frame.stream, &much, &mut bytes);
            } else if heard == AMOUNT {
                heard = 0;
                smux::write(Command::Push, frame.stream, &[1], &mut bytes);
            }
        }
        let pieces = bytes.chunks(1024);
        pieces
            .map(|piece| (PayloadType::Output, piece.to_vec()))
            .collect()
    }
}

async fn connected() -> (Forward, TcpStream) {
    let opening = port_handshake("3.3.2746.0");
    let (agent, listener, url, _) = Loopback::new(opening, port()).await;
    tokio::spawn(agent.serve(listener));
    let target = StreamTarget {
        url,
        token: Token::new("t").unwrap(),
    };
    let options = Options {
        kind: Kind::Port,
        loopback: true,
        ..Options::at(1_700_000_000_000)
    };
    let channel = Channel::open(target, options, Arc::new(NoCalls))
        .await
        .unwrap();
    let forward = Forward::listen(channel, Listen::default()).await.unwrap();
    let socket = TcpStream::connect(forward.address()).await.unwrap();
    (forward, socket)
}

fn forward(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut group = criterion.benchmark_group("forward");
    group.throughput(Throughput::Bytes(AMOUNT as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    let (_forward, mut socket) = runtime.block_on(connected());
    let much = vec![7; AMOUNT];
    group.bench_function("up", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                socket.write_all(&much).await.unwrap();
                socket.read_exact(&mut [0]).await.unwrap();
            });
        });
    });
    let mut heard = vec![0; AMOUNT];
    group.bench_function("down", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                socket.write_all(&[1]).await.unwrap();
                socket.read_exact(&mut heard).await.unwrap();
            });
        });
    });
}

criterion_group!(benches, forward);
criterion_main!(benches);
